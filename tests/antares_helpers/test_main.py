import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import antares_helpers
from antares_helpers.cli import main

PACKAGE = Path(antares_helpers.__file__).parent
UNREACHABLE = "http://127.0.0.1:9/v2/"
HINT = "`python -m antares_helpers check` finds what is wrong with this environment."
_NOT_INHERITED = ("PROXY", "ANTARES_", "API_TIMEOUT", "PYTHONPATH")


def environment(**variables):
    """Return the environment with only those of the variables it reads that are given."""
    others = {
        name: value
        for name, value in os.environ.items()
        if not any(part in name.upper() for part in _NOT_INHERITED)
    }
    return others | {"NO_PROXY": "127.0.0.1"} | variables


def run(*arguments, python=sys.executable, **variables):
    return subprocess.run(
        [python, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment(**variables),
    )


def run_check(*options, **variables):
    """Run the command, which must not crash, whatever is wrong."""
    done = run("-m", "antares_helpers", "check", *options, **variables)
    assert done.stderr == ""
    return done.returncode, " ".join(done.stdout.split())


def make_python(folder, *, sees_user=False):
    """Make a virtual environment that has only this package."""
    venv.EnvBuilder(system_site_packages=sees_user, symlinks=True).create(folder)
    site_packages = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(folder)}))
    (site_packages / "antares_helpers").symlink_to(PACKAGE)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    return make_python(tmp_path_factory.mktemp("bare"))


def broken(folder, package, code):
    """Make a package that is found before the real one."""
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text(code)
    return str(folder)


# The command line


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_the_help_names_the_commands(capsys, arguments):
    assert main(arguments) == 0
    assert "  check " in capsys.readouterr().out


def test_the_help_of_check_says_what_it_does(capsys):
    assert main(["check", "--help"]) == 0
    out = capsys.readouterr().out

    assert out.startswith("Usage: antares-helpers check [OPTIONS]")
    assert "--offline" in out
    assert "exit status" in out


def test_the_version_is_printed(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ["chek"],
        ["--no-such-option"],
        ["check", "--no-such-option"],
        ["check", "too much"],
        ["check", "--timeout", "soon"],
        ["check", "--timeout", "0"],
        ["check", "--timeout", "nan"],
    ],
)
def test_a_wrong_command_is_one_line_and_status_2(capsys, arguments):
    assert main(arguments) == 2
    captured = capsys.readouterr()

    assert captured.out == ""
    assert captured.err.startswith("antares-helpers: ")
    assert captured.err.count("\n") == 1


def test_check_prints_the_table_and_exits_with_0(capsys):
    assert main(["check"]) == 0
    assert capsys.readouterr().out.endswith(" 0 problems\n")


def test_problems_exit_with_1(capsys, pointed_at):
    with pointed_at(UNREACHABLE):
        assert main(["check"]) == 1
        assert capsys.readouterr().out.endswith(" 1 problem\n")
        assert main(["check", "--offline"]) == 0


# In other environments


def test_offline_all_is_ok_without_a_service():
    status, out = run_check("--offline")

    assert status == 0
    assert "API v2" in out
    assert out.endswith("0 problems")


def test_a_service_that_is_down_is_reported():
    status, out = run_check(ANTARES_API_BASE_URL=UNREACHABLE)

    assert status == 1
    assert f"ANTARES can't be reached at {UNREACHABLE}" in out
    assert out.endswith("1 problem")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.slow
def test_a_dead_proxy_is_reported(name):
    status, out = run_check(**{name: "http://me:secret@127.0.0.1:9"})

    assert status == 1
    assert "Requests go through the proxy 127.0.0.1:9" in out
    assert "ANTARES can't be reached at https://" in out
    assert "secret" not in out


def test_a_proxy_that_httpx_does_not_support_is_reported():
    status, out = run_check(ALL_PROXY="socks://127.0.0.1:9")

    assert status == 1
    assert "httpx does not support socks:// proxies" in out
    assert "antares_client can't be imported (ValueError" in out


def test_a_timeout_that_is_not_a_number_is_reported():
    status, out = run_check(API_TIMEOUT="one minute")

    assert status == 1
    assert "API_TIMEOUT='one minute' is not a whole number" in out
    assert "No request was sent" in out


def test_a_bare_environment_shows_what_is_missing(bare_python):
    status, out = run_check(python=bare_python)

    assert status == 1
    assert "Not installed: antares-helpers, antares-client, antares-devkit, astropy" in out
    assert out.endswith("1 problem")


@pytest.mark.parametrize("options", [["--offline"], []])
def test_a_broken_client_is_reported(tmp_path, options):
    folder = broken(tmp_path, "antares_client", "raise RuntimeError('half an installation')")
    status, out = run_check(*options, PYTHONPATH=folder)

    assert status == 1
    assert out.count("can't be imported (RuntimeError: half an installation)") == 1
    assert ("No request was sent" in out) == (not options)


def test_a_missing_part_of_the_client_is_reported(tmp_path):
    code = "raise ModuleNotFoundError(f'No module named {__name__!r}', name=__name__)"
    status, out = run_check(PYTHONPATH=broken(tmp_path, "astropy_healpix", code))

    assert status == 1
    assert "No module named 'astropy_healpix'" in out
    assert "python -m pip install astropy-healpix" in out


def test_a_user_package_that_hides_another_is_reported(tmp_path):
    python = make_python(tmp_path / "venv", sees_user=True)
    user = Path(sysconfig.get_path("purelib", "posix_user", {"userbase": str(tmp_path)}))
    info = user / "pydantic-2.99.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pydantic\nVersion: 2.99.0\n")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    (user / "environment.pth").write_text("\n".join(packages))
    status, out = run_check("--offline", python=python, PYTHONUSERBASE=str(tmp_path))

    assert status == 0
    assert "hide those of the environment: pydantic 2.99.0 hides" in out
    assert "ok pydantic 2.99.0" in out
    assert "Clear .local directory" in out


def test_a_bson_of_pymongo_is_a_warning(tmp_path):
    status, out = run_check("--offline", PYTHONPATH=broken(tmp_path, "bson", "encode = decode = 1"))

    assert status == 0
    assert "module 'bson' has no attribute 'loads'" in out


# Importing the package


def test_importing_the_package_needs_no_other_package(bare_python):
    done = run(
        "-c", "import antares_helpers; print(antares_helpers.__version__)", python=bare_python
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "unknown\n", "")


def test_a_name_that_needs_a_missing_package_fails_with_a_hint(bare_python):
    done = run("-c", "from antares_helpers import fetch_locus", python=bare_python)

    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named" in done.stderr
    assert done.stderr.endswith(f"{HINT}\n")


def test_another_module_that_needs_the_package_still_fails(bare_python, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "__init__.py").write_text("from antares_helpers import fetch_locus")
    (tmp_path / "other" / "__main__.py").write_text("")
    done = run("-m", "other", python=bare_python, PYTHONPATH=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr.endswith(f"{HINT}\n")


def test_the_command_line_does_not_import_matplotlib_before_it_is_needed():
    program = "import antares_helpers.cli, sys; print('matplotlib' in sys.modules)"

    assert run("-c", program).stdout == "False\n"
