"""The page on troubleshooting quotes the errors as people see them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import antares_helpers as ah
from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Delay, Fault, Null, Status

PAGE = (Path(__file__).parents[1] / "docs" / "troubleshooting.rst").read_text(encoding="utf-8")
TERMS = re.findall(r"^(``.*``)\n    `antares_helpers\.(\w+)`", PAGE, re.MULTILINE)

ERRORS: list[Callable[[], Any]] = [
    lambda: ah.fetch_locus("M 31"),
    lambda: ah.fetch_locus(31),  # type: ignore[arg-type]
    lambda: ah.fetch_locus(TUTORIAL_ID, timeout=-1),
    lambda: ah.fetch_locus("ANT2026nowhere"),
    lambda: ah.extract_lightcurve(TUTORIAL_ID),  # type: ignore[arg-type]
    lambda: ah.extract_lightcurve({}),
    lambda: ah.extract_lightcurve({"alerts": []}, survey="hst"),
    lambda: ah.extract_lightcurve({"alerts": []}, bands="k"),
    lambda: ah.plot_lightcurve({}),  # type: ignore[arg-type]
    lambda: ah.load_locus(__file__),
]
FAULTS: list[Fault] = [Status(503), Status(429), Status(403), Delay(2), Null("data.ra")]


def explained(error: ah.AntaresHelpersError) -> bool:
    """Tell whether the page quotes a message, under the class of the error."""
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
        sandbox.fail(f"loci/{TUTORIAL_ID}", fault, times=None)
        with pytest.raises(ah.AntaresHelpersError) as raised:
            ah.fetch_locus(TUTORIAL_ID, timeout=1, retries=0)
    assert explained(raised.value), raised.value


def test_an_unreachable_service_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    monkeypatch.setattr("antares_helpers.asking.base_url", lambda: url)
    with pytest.raises(ah.ServiceError) as raised:
        ah.fetch_locus(TUTORIAL_ID, retries=0)
    assert explained(raised.value), raised.value


@pytest.mark.parametrize(
    "other", ["'NoneType' object has no attribute 'to_devkit'", "JSONDecodeError", "ReadTimeout"]
)
def test_what_users_of_the_bare_client_see_is_there_too(other: str) -> None:
    assert other in PAGE
