"""The page on troubleshooting quotes the errors as people see them."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from antares_client import search
from antares_devkit.models import DevKitLocus
from astropy import units
from astropy.coordinates import Angle, SkyCoord

import antares_helpers as ah
from antares_helpers.validation import import_optional
from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Cut, Delay, Fault, Missing, Null, Status

PAGE = (Path(__file__).parents[1] / "docs" / "troubleshooting.rst").read_text(encoding="utf-8")
TERMS = re.findall(r"^(``.*``)\n    `antares_helpers\.(?:errors\.)?(\w+)`", PAGE, re.MULTILINE)

ERRORS: list[Callable[[], Any]] = [
    lambda: ah.fetch_locus("M 31"),
    lambda: ah.fetch_locus(31),  # type: ignore[arg-type]
    lambda: ah.find_loci(name="M31"),
    lambda: ah.find_loci(name="SN 2026abc"),
    lambda: ah.find_loci(properties={"num_alerts": ">10"}),
    lambda: ah.fetch_locus(TUTORIAL_ID, timeout=-1),
    lambda: ah.fetch_locus("ANT2026nowhere"),
    lambda: ah.extract_lightcurve(TUTORIAL_ID),  # type: ignore[arg-type]
    lambda: ah.extract_lightcurve({}),
    lambda: ah.extract_lightcurve({"alerts": []}, survey="hst"),
    lambda: ah.extract_lightcurve({"alerts": []}, bands="k"),
    lambda: ah.plot_lightcurve({}),  # type: ignore[arg-type]
    lambda: ah.load_locus(__file__),
    lambda: list(ah.find_loci(near=(400, 0), radius=0.1)),
    lambda: list(ah.find_loci(near=(10, 0))),
    lambda: list(ah.find_loci(near=(10, 0), radius=7200)),
    lambda: list(ah.find_loci(dia_object_id=1.7e17)),  # type: ignore[call-overload]
    lambda: list(ah.find_loci(query={"tags": "high_snr"})),
    lambda: list(ah.find_loci(limit=-1)),
    lambda: list(ah.find_loci(night="tonight")),
    lambda: list(ah.find_loci(limit=5, folder="pages")),
    lambda: ah.fetch_loci([TUTORIAL_ID], max_connections=0, progress=False),
    lambda: ah.fetch_cutouts("lsst:1"),
    lambda: ah.fetch_loci([TUTORIAL_ID], folder=__file__, progress=False),
    lambda: ah.lightcurve_table(Path(__file__)),
    lambda: ah.lightcurve_table(Path(__file__).parent),
    lambda: import_optional("no_such_package"),
    lambda: ah.fetch_alert_packet("ztf_candidate:1"),
    lambda: ah.fetch_alert_packet({"alerts": []}),
    lambda: ah.fetch_alert_packet("lsst:1"),
    lambda: ah.fetch_alert_packet("lsst:1", token="t"),
    lambda: ah.fetch_alert_packet("lsst:1", url="https://rsp.example.org", token="t\n"),
    lambda: ah.fetch_alert_packet("lsst:1", url="http://rsp.example.org", token="t"),
]
FAULTS: list[Fault] = [Status(503), Status(429), Status(403), Delay(2), Null("data.ra")]


def explained(error: ah.AntaresHelpersError) -> bool:
    """Say whether the page quotes a message, under the class of the error."""
    quotes = [each for each, kind in TERMS if kind == type(error).__name__]
    parts = [part for each in quotes for part in re.findall("``(.*?)``", each)]
    patterns = [re.escape(part).replace(r"\.\.\.", ".*") for part in parts]
    return any(re.search(pattern, str(error)) for pattern in patterns)


@pytest.mark.parametrize("act", ERRORS)
def test_an_error_is_explained(act: Callable[[], Any]) -> None:
    with pytest.raises(ah.AntaresHelpersError) as raised:
        act()
    assert explained(raised.value), raised.value


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_error_of_the_service_is_explained(fault: Fault) -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault(f"loci/{TUTORIAL_ID}", fault, times=None)
        with pytest.raises(ah.AntaresHelpersError) as raised:
            ah.fetch_locus(TUTORIAL_ID, timeout=1, retries=0)
    assert explained(raised.value), raised.value


def test_an_unreachable_service_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    monkeypatch.setattr(search, "api_client", type(search.api_client)(base_url=url))
    with pytest.raises(ah.ServiceError) as raised:
        ah.fetch_locus(TUTORIAL_ID, retries=0)
    assert explained(raised.value), raised.value


def client_errors() -> dict[str, Callable[[], Any]]:
    """Return calls of antares-client and the devkit that fail, by the message that users see."""
    nowhere, there = "ANT1999nowhere", TUTORIAL_ID
    center = SkyCoord(10, -30, unit="deg")
    quantity: Any = 10 * units.arcsec
    number: Any = 170525601705717858
    return {
        "AttributeError: 'NoneType' object has no attribute 'to_devkit'": lambda: search.get_by_id(
            nowhere
        ).to_devkit(),
        "TypeError: 'NoneType' object is not subscriptable": lambda: search.get_by_id(nowhere)[
            "alerts"
        ],
        "TypeError: 'NoneType' object is not iterable": lambda: list(search.get_by_id(nowhere)),
        "TypeError: antares_devkit.models.DevKitLocus() argument after ** must be a mapping, "
        "not NoneType": lambda: DevKitLocus(**search.get_by_id(nowhere)),
        "'Locus' object is not subscriptable": lambda: search.get_by_id(there)["alerts"],
        "'Locus' object is not iterable": lambda: list(search.get_by_id(there)),
        "'dict' object has no attribute 'alerts'": lambda: devkit(there).alerts,
        "KeyError: 'lsst_diaSource_psfFlux'": lambda: every("ANT2026simmissing", "psfFlux"),
        "KeyError: 'lsst_diaSource_band'": lambda: every("ANT2026simmixed", "band"),
        "AntaresException": lambda: search.get_locus_alerts(nowhere),
        "ValidationError: 4 validation errors for DevKitLocus": lambda: DevKitLocus(),
        "BaseModel.__init__() takes 1 positional argument but 2 were given": lambda: DevKitLocus(
            devkit(there)
        ),
        "cannot guess format from input values with zero-size array": lambda: DevKitLocus(
            **devkit(there)
        ).timeseries(),
        "``lsst_object_id`` must be a string": lambda: search.get_by_lsst_dia_object_id(number),
        "must be an astropy.coordinates.Angle instance": lambda: search.cone_search(
            center, quantity
        ),
        "must be less than 1 degree": lambda: search.cone_search(center, Angle(2, "deg")),
        "arguments must be of type 'float'": lambda: search.catalog_search(10, -30),
        "'generator' object is not subscriptable": lambda: search.search({"query": {}})[0],
        "StopIteration": lambda: next(search.search({"query": {"term": {"tags": nowhere}}})),
    }


def devkit(locus_id: str) -> Any:
    return search.get_by_id(locus_id).to_devkit()


def every(locus_id: str, name: str) -> list[Any]:
    return [each["properties"][f"lsst_diaSource_{name}"] for each in devkit(locus_id)["alerts"]]


def as_seen(error: BaseException) -> str:
    """Return the last line of a traceback, with the double backticks of the page."""
    return f"{type(error).__name__}: {error}".replace("`", "``")


def on_the_page(text: str) -> bool:
    return " ".join(text.split()) in " ".join(PAGE.split())


@pytest.mark.parametrize("text", client_errors())
def test_an_error_of_the_client_is_quoted_as_it_is(text: str) -> None:
    with pytest.raises((Exception, StopIteration)) as raised:
        client_errors()[text]()
    assert text in as_seen(raised.value)
    assert on_the_page(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "unsupported operand type(s) for |: 'NoneType' and 'dict'",
            Null("data.internal_properties"),
        ),
        ("KeyError: 'lightcurve'", Missing("data.lightcurve")),
        ("ValidationError: 1 validation error for BaseResponse[LocusResponse]", Null("data.ra")),
        ("RemoteProtocolError", Cut()),
        ("AntaresException", Status(500)),
    ],
)
def test_an_error_of_the_client_with_a_failing_service_is_quoted(text: str, fault: Fault) -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault(f"loci/{TUTORIAL_ID}", fault, times=None)
        with pytest.raises(Exception, match=r".*") as raised:
            search.get_by_id(TUTORIAL_ID)
    assert text in as_seen(raised.value)
    assert on_the_page(text)


def fetch_alone(**variables: str) -> str:
    """Import the client in a process of its own, as its settings are read once; fetch a locus."""
    code = "from antares_client import search; search.get_by_id('ANT1999nowhere')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


def test_an_api_timeout_that_is_not_an_integer_is_explained() -> None:
    text = "ValueError: invalid literal for int() with base 10"
    assert text in fetch_alone(API_TIMEOUT="2.5")
    assert on_the_page(text)


def test_an_unreachable_service_is_explained_for_the_client() -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    assert "httpx.ConnectError" in fetch_alone(ANTARES_API_BASE_URL=url)
    assert on_the_page("httpx.ConnectError")


def test_a_slow_service_and_an_error_page_are_explained_for_the_client() -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault("loci/*", Delay(3), times=1)
        assert "httpx.ReadTimeout" in fetch_alone(API_TIMEOUT="1")
        sandbox.inject_fault("loci/*", Status(502, html=True), times=1)
        assert "JSONDecodeError: Expecting value" in fetch_alone()
    assert on_the_page("httpx.ReadTimeout")
    assert on_the_page("JSONDecodeError: Expecting value")


def test_what_the_devkit_prints_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    DevKitLocus(**devkit(TUTORIAL_ID)).timeseries(survey="lsst")
    text = "Attempt to correct magnitudes failed, missing fields"
    assert text in capsys.readouterr().out
    assert on_the_page(text)


def test_the_sandbox_without_its_extra_is_explained() -> None:
    missing = "import sys; sys.modules |= dict.fromkeys(['starlette', 'uvicorn'])"
    code = f"{missing}; from antares_sandbox.cli import main; main([])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    said = re.findall("the sandbox needs [a-z]+", run.stderr)
    assert said, run.stderr
    assert f"``{said[0]}``" in PAGE


def test_what_pip_says_is_quoted() -> None:
    spec = importlib.util.find_spec("pip")
    if spec is None or spec.origin is None:
        pytest.skip("pip is not installed")
    command = Path(spec.origin).parent / "_internal" / "commands" / "install.py"
    said = " ".join(re.sub(r'"\s+"', "", command.read_text(encoding="utf-8")).split())
    text = "pip's dependency resolver does not currently take into account all the packages"
    assert text in said
    assert on_the_page(text)


def test_none_is_explained_first() -> None:
    """A search for NoneType leads to the top of the page."""
    headings = re.findall(r"^(.*)\n~~~", PAGE, re.MULTILINE)
    assert "NoneType" in headings[0]
    assert ":ref:`snippet-missing`" in PAGE
