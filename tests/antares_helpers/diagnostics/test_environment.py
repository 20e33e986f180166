import re
import site
import sys
from importlib.metadata import metadata, requires, version
from types import ModuleType

import pytest
from scripted_broker import says_nothing, sends, sends_html

from antares_helpers import InvalidInputError, check_environment
from antares_helpers.diagnostics import Check, Report, environment, packages
from antares_helpers.diagnostics.environment import check_settings, is_local
from antares_helpers.diagnostics.packages import (
    PACKAGES,
    PYTHONS,
    check_packages,
    check_python,
    explain_imports,
)
from antares_sandbox import Sandbox

UNREACHABLE = "http://127.0.0.1:9/v2/"


@pytest.fixture
def without_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def requested(broker, monkeypatch):
    """The broker's locus is the one that the check fetches."""
    monkeypatch.setattr(environment, "LOCUS_ID", broker.locus_id)
    monkeypatch.setenv("ANTARES_API_BASE_URL", broker.url)
    return broker


def about(text, checks):
    """Return the one check whose message contains a text."""
    [found] = [check for check in checks if text in check.message]
    return found


def distribution(folder, name, number):
    info = folder / f"{name}-{number}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")


# The result


def test_a_report_is_ok_with_warnings_but_not_with_problems():
    good, bad = Check("warning", "w"), Check("problem", "p")

    assert Report((good,)).ok
    assert not Report((good, bad)).ok


def test_a_report_is_a_sequence_of_checks():
    checks = (Check("ok", "a"), Check("warning", "b", "c"))
    report = Report(checks)

    assert (len(report), report[1], tuple(report)) == (2, checks[1], checks)


def test_a_report_is_printed_as_a_table():
    report = Report((Check("ok", "all good"), Check("problem", "all bad", "fix it")))

    assert str(report) == repr(report) == (
        "ok       all good\nproblem  all bad\n         -> fix it\n\n1 ok, 0 warnings, 1 problem"
    )  # fmt: skip


def test_the_table_keeps_its_width_and_does_not_break_commands():
    command = "python -m pip install --upgrade 'antares-client>=2.0.2'"
    lines = str(Check("warning", "word " * 40, f"{'word ' * 10}{command}")).splitlines()

    assert max(map(len, lines)) <= 88
    assert command in " ".join(line.strip() for line in lines)


# Python and packages


def test_the_supported_pythons_are_those_of_the_distribution():
    (oldest, (major, newest)) = PYTHONS
    stated = ">={}.{}".format(*oldest), f"<{major}.{newest + 1}"

    assert sorted(metadata("antares-helpers")["Requires-Python"].split(",")) == sorted(stated)


def test_this_python_is_supported():
    assert check_python().status == "ok"


@pytest.mark.parametrize("pythons", [((3, 8), (3, 9)), ((3, 98), (3, 99))])
def test_another_python_is_a_problem(monkeypatch, pythons):
    monkeypatch.setattr(packages, "PYTHONS", pythons)

    assert check_python().status == "problem"
    assert "3.{} to 3.{}".format(*(each[1] for each in pythons)) in check_python().hint


def test_every_dependency_is_checked():
    lines = [line for line in requires("antares-helpers") if ";" not in line]

    assert {re.match(r"[\w-]+", line)[0] for line in lines} <= set(PACKAGES)


@pytest.mark.parametrize("name", ["antares-helpers", *PACKAGES])
def test_each_package_is_named_with_its_version(name):
    assert about(f"{name} {version(name)}", check_packages()).status == "ok"


def test_a_package_newer_than_any_tested_is_ok(tmp_path, monkeypatch):
    distribution(tmp_path, "numpy", "99.0")
    monkeypatch.syspath_prepend(tmp_path)

    assert about("numpy 99.0", check_packages()).status == "ok"


@pytest.mark.parametrize("number", ["1.5.0", "1.12", "0.9"])
def test_a_client_below_2_is_a_problem_with_the_day_it_ends(tmp_path, monkeypatch, number):
    distribution(tmp_path, "antares_client", number)
    monkeypatch.syspath_prepend(tmp_path)
    check = about("antares-client", check_packages())

    assert check.status == "problem"
    assert f"antares-client {number} is too old" in check.message
    assert "2026-11-04" in check.message
    assert '--upgrade "antares-client>=2.' in check.hint


@pytest.mark.parametrize("number", ["1.26.4", "2.2.6", "2.0.0rc1", "2"])
def test_a_package_older_than_our_bound_is_a_problem(tmp_path, monkeypatch, number):
    distribution(tmp_path, "numpy", number)
    monkeypatch.syspath_prepend(tmp_path)
    check = about("numpy", check_packages())

    assert (check.status, check.message) == ("problem", f"numpy {number} is too old")
    assert '"numpy>=2.3"' in check.hint


def test_our_own_bound_counts_and_not_that_of_the_client(tmp_path, monkeypatch):
    # The client asks for pydantic 2.13.4, but works with the 2.12 of the Rubin Science Platform.
    distribution(tmp_path, "pydantic", "2.12.5")
    monkeypatch.syspath_prepend(tmp_path)

    assert about("pydantic", check_packages()).status == "ok"


def test_missing_packages_are_one_problem(monkeypatch):
    monkeypatch.setattr(packages, "PACKAGES", ("no-such-package", "nor-this"))
    check = about("Not installed", check_packages())

    assert check.status == "problem"
    assert "pip install no-such-package nor-this." in check.hint


def test_metadata_without_a_version_counts_as_missing(tmp_path, monkeypatch):
    (tmp_path / "numpy-2.3.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    assert about("Not installed", check_packages()).message == "Not installed: numpy"


# Packages in the place of others


def test_the_right_httpx_and_bson_are_not_mentioned():
    assert not [
        each for each in check_packages() if re.search("bson|in the place|taken", str(each))
    ]


def test_httpxyz_in_the_place_of_httpx_is_a_warning(monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", ModuleType("httpxyz"))
    check = about("httpxyz", check_packages())

    assert check.status == "warning"
    assert "has replaced httpx" in check.message
    assert "pip uninstall httpxyz" in check.hint


def test_a_bson_without_loads_is_a_warning(tmp_path, monkeypatch):
    distribution(tmp_path, "pymongo", "4.15")
    (tmp_path / "bson").mkdir()
    (tmp_path / "bson" / "__init__.py").write_text("def decode(data): ...")
    monkeypatch.delitem(sys.modules, "bson", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    check = about("bson", check_packages())
    monkeypatch.delitem(sys.modules, "bson")

    assert check.status == "warning"
    assert "pymongo" in check.message
    assert "StreamingClient" in check.message
    assert "pip install bson" in check.hint


@pytest.mark.parametrize("code", ["raise ImportError('no bson')", "raise RuntimeError('half')"])
def test_a_bson_that_can_not_be_imported_is_not_mentioned(tmp_path, monkeypatch, code):
    (tmp_path / "bson.py").write_text(code)
    monkeypatch.delitem(sys.modules, "bson", raising=False)
    monkeypatch.syspath_prepend(tmp_path)

    assert not [each for each in check_packages() if "bson" in str(each)]


# User packages


@pytest.fixture
def user_site(tmp_path, monkeypatch):
    """A folder of the user before one of the environment; both have the package `my-hidden`."""
    user, environment = tmp_path / "user", tmp_path / "environment"
    distribution(user, "My.Hidden", "2.0")
    distribution(environment, "my_hidden", "1.0")
    distribution(user, "alone", "1.0")
    (user / "half-gone-1.0.dist-info").mkdir()
    monkeypatch.setattr(site, "getusersitepackages", lambda: str(user))
    monkeypatch.setattr(sys, "path", [str(user), str(environment), *sys.path])
    return user


def test_a_user_package_that_hides_another_is_a_warning(user_site):
    check = about("of the environment", check_packages())

    assert check.status == "warning"
    assert str(user_site) in check.message
    assert check.message.endswith(": my-hidden 2.0 hides 1.0")
    assert "Clear .local directory" in check.hint
    assert "pip uninstall my-hidden " in check.hint


def test_of_many_hidden_packages_those_that_matter_come_first(user_site):
    for number in range(9):
        distribution(user_site, f"a{number}", "2.0")
        distribution(user_site.parent / "environment", f"a{number}", "1.0")
    distribution(user_site, "pydantic", "2.14.3")
    distribution(user_site.parent / "environment", "pydantic", "2.12.5")
    check = about("of the environment", check_packages())

    assert ": pydantic 2.14.3 hides 2.12.5, a0 2.0 hides 1.0" in check.message
    assert check.message.endswith("and 5 more")


def test_user_packages_that_are_not_on_the_path_hide_nothing(user_site, monkeypatch):
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != str(user_site)])

    assert about("No user package", check_packages()).status == "ok"


def test_user_packages_after_those_of_the_environment_hide_nothing(user_site, monkeypatch):
    environment = str(user_site.parent / "environment")
    monkeypatch.setattr(sys, "path", [environment, *sys.path])

    assert about("No user package", check_packages()).status == "ok"


# Imports


def test_a_missing_module_is_reported_with_its_name():
    error = ModuleNotFoundError("No module named 'astropy_healpix'", name="astropy_healpix")
    [check] = explain_imports({"antares_client": error, "antares_helpers": error})

    assert check.message.startswith("antares_client can't be imported (ModuleNotFoundError")
    assert "pip install astropy-healpix." in check.hint


def test_a_broken_module_needs_a_new_environment():
    [check] = explain_imports({"matplotlib": ImportError("numpy.core failed to import")})

    assert "numpy.core failed to import" in check.message
    assert "new environment" in check.hint


# Variables


@pytest.mark.parametrize("value", ["abc", "", "1.5", "0", "-1"])
def test_a_timeout_that_is_no_whole_number_is_a_problem(monkeypatch, value):
    monkeypatch.setenv("API_TIMEOUT", value)

    assert about(f"API_TIMEOUT={value!r}", check_settings()).status == "problem"


def test_a_good_timeout_is_not_mentioned(monkeypatch):
    monkeypatch.setenv("API_TIMEOUT", "30")

    assert not [each for each in check_settings() if "TIMEOUT" in each.message]


def test_an_address_set_too_late_is_a_warning(monkeypatch):
    monkeypatch.setenv("ANTARES_API_BASE_URL", "http://me:secret@example.org/v2/")
    check = about("has no effect", check_settings())

    assert check.status == "warning"
    assert "http://example.org/v2/" in check.message


@pytest.mark.parametrize(
    ("url", "status", "text"),
    [
        ("https://api.antares.noirlab.edu/v2/", "ok", "the ANTARES service, API v2"),
        ("http://127.0.0.1:9/v2/", "ok", "a sandbox on this machine, API v2"),
        ("https://example.org/v2", "ok", "another server, API v2"),
        ("https://api.antares.noirlab.edu/v1/", "warning", "does not end with /v2/"),
        ("https://api.antares.noirlab.edu/", "warning", "does not end with /v2/"),
    ],
)
@pytest.mark.usefixtures("without_proxy")
def test_the_address_of_requests_is_reported(pointed_at, monkeypatch, url, status, text):
    monkeypatch.setenv("ANTARES_API_BASE_URL", url)
    with pointed_at(url):
        [check] = check_settings()

    assert check.status == status
    assert text in check.message


@pytest.mark.parametrize("url", ["", "api.antares.noirlab.edu/v2/", "ftp://example.org/v2/"])
def test_what_is_not_an_address_is_a_problem(pointed_at, monkeypatch, url):
    monkeypatch.setenv("ANTARES_API_BASE_URL", url)
    with pointed_at(url):
        check = about("is not an address", check_settings())

    assert (check.status, repr(url) in check.message) == ("problem", True)


@pytest.mark.parametrize(
    ("variables", "status", "text"),
    [
        ({"HTTP_PROXY": "http://me:secret@proxy:8080"}, "warning", "through the proxy proxy:8080"),
        ({"http_proxy": "127.0.0.1:3128"}, "warning", "through the proxy 127.0.0.1:3128"),
        ({"ALL_PROXY": "http://proxy"}, "warning", "through the proxy proxy"),
        ({"HTTP_PROXY": "http://proxy", "NO_PROXY": "127.0.0.1"}, "ok", "bypass the proxy"),
        ({"HTTP_PROXY": "socks://proxy"}, "problem", "does not support socks:// proxies"),
    ],
)
@pytest.mark.usefixtures("without_proxy")
def test_a_proxy_for_this_machine_is_reported(pointed_at, monkeypatch, variables, status, text):
    with pointed_at(UNREACHABLE):
        monkeypatch.setenv("ANTARES_API_BASE_URL", UNREACHABLE)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        check = about(text, check_settings())

    assert check.status == status
    assert "secret" not in str(check)


@pytest.mark.usefixtures("without_proxy")
def test_a_proxy_for_the_service_is_ok(pointed_at, monkeypatch):
    with pointed_at("https://api.antares.noirlab.edu/v2/"):
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy:8080")

        assert about("through the proxy proxy:8080", check_settings()).status == "ok"


@pytest.mark.usefixtures("without_proxy")
def test_the_proxy_of_another_scheme_does_not_matter(pointed_at, monkeypatch):
    with pointed_at(UNREACHABLE):
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy:8080")

        assert not [each for each in check_settings() if "proxy" in each.message]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000/v2/", True),
        ("http://localhost/v2/", True),
        ("http://[::1]:8000/", True),
        ("https://api.antares.noirlab.edu/v2/", False),
        ("http://192.168.0.1/", False),
        ("http://[/", False),
        ("", False),
    ],
)
def test_an_address_is_on_this_machine_or_not(url, local):
    assert is_local(url) == local


@pytest.mark.parametrize(
    "url", ["http://me:5ecret@127.0.0.1:9/v2/?t=5ecret", "http://me:5ecret/x@127.0.0.1:9/v2/"]
)
def test_passwords_are_not_shown(url, monkeypatch, pointed_at):
    monkeypatch.setenv("ANTARES_API_BASE_URL", url)
    monkeypatch.setenv("HTTP_PROXY", "http://me:5ecret@127.0.0.1:9")

    with pointed_at("http://127.0.0.1:9/v2/"):
        checks = list(check_settings())

    assert len(checks) >= 2
    assert "5ecret" not in str(checks)


# The service


def test_all_is_ok_against_the_sandbox():
    result = check_environment()

    assert result.ok, str(result)
    assert about("has sent the", result).status in ("ok", "warning")


def test_without_the_network_nothing_is_sent(requested):
    result = check_environment(network=False)

    assert requested.requests == []
    assert "has sent" not in str(result)


def test_a_locus_is_fetched_from_the_service(requested):
    check = check_environment()[-1]

    assert check.status == "ok"
    assert check.message.startswith(f"ANTARES has sent the locus {requested.locus_id} in ")
    assert sorted(part for part, _ in requested.requests) == ["alerts", "locus"]


def test_a_slow_response_is_a_warning(requested, monkeypatch):  # noqa: ARG001 (answers)
    monkeypatch.setattr(environment, "_SLOW", 0.0)

    assert check_environment()[-1].status == "warning"


def test_an_unknown_locus_proves_that_the_service_responds(requested):
    requested.answer("locus", sends({"errors": [{"status": 404}]}, status=404))
    result = check_environment()

    assert result.ok
    assert result[-1].status == "warning"
    assert "responds" in result[-1].message


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (sends_html(503), "responded with 503"),
        (sends_html(403), "responded with 403"),
        (sends_html(200), "sent a malformed response"),
        (says_nothing, "did not send a complete response within 0.3 s"),
    ],
)
def test_a_service_that_fails_is_one_problem(requested, answer, text):
    requested.answer("locus", answer)
    result = check_environment(timeout=0.3)

    assert [check.status for check in result].count("problem") == 1
    assert text in result[-1].message
    assert result[-1].hint


def test_a_service_that_can_not_be_reached_is_one_problem(pointed_at, monkeypatch):
    monkeypatch.setenv("ANTARES_API_BASE_URL", UNREACHABLE)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pointed_at(UNREACHABLE):
        check = check_environment()[-1]

    assert check.status == "problem"
    assert check.message.startswith(f"ANTARES can't be reached at {UNREACHABLE}: ")
    assert "python -m antares_sandbox" in check.hint


# The Alerts API


def test_the_token_for_the_alerts_api_is_tried():
    with Sandbox() as sandbox:
        check = about("Alerts API", check_environment())

        assert "accepts the access token" in check.message
        assert [each.path for each in sandbox.requests].count("api/alerts") == 1
    assert sandbox.token not in str(check)


def test_without_a_token_nothing_is_sent_to_the_alerts_api(monkeypatch):
    with Sandbox() as sandbox, monkeypatch.context() as patch:
        patch.delenv("ACCESS_TOKEN")
        check = about("no access token", check_environment())

        assert check.status == "ok"
        assert "api/alerts" not in [each.path for each in sandbox.requests]


def test_without_the_network_the_token_is_not_tried():
    with Sandbox() as sandbox:
        check = about("Alerts API", check_environment(network=False))

        assert (check.status, sandbox.requests) == ("ok", [])
        assert "accepts" not in check.message


@pytest.mark.parametrize(
    ("variable", "value", "text"),
    [
        ("ACCESS_TOKEN", "an0ther", "responded with 401"),
        ("ACCESS_TOKEN", "an0ther\n", "is not an access token"),
        ("EXTERNAL_INSTANCE_URL", "http://rsp.example.org", "may be sent"),
        ("EXTERNAL_INSTANCE_URL", "http://127.0.0.1:1", "can't be reached"),
    ],
)
def test_a_token_that_does_not_work_is_a_warning(monkeypatch, variable, value, text):
    with Sandbox(), monkeypatch.context() as patch:
        patch.setenv(variable, value)
        result = check_environment()

    assert result.ok
    assert about(text, result).status == "warning"
    assert about(text, result).hint
    assert "an0ther" not in str(result)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "10"])
def test_a_wrong_timeout_is_refused(timeout):
    with pytest.raises(InvalidInputError, match="timeout="):
        check_environment(timeout=timeout)
