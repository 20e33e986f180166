"""Every test runs against a sandbox, unless ANTARES_LIVE=1 asks for the real service."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from antares_sandbox import Sandbox

# Programs and fixtures, not modules with examples.
collect_ignore = [
    "notebooks/make.py",
    "tests/benchmarks/run.py",
    "tests/browsing.py",
    "tests/rsp/run.py",
]
collect_ignore_glob = ["tests/*/conftest.py"]

with suppress(ImportError):
    from hypothesis import settings

    settings.load_profile("ci")  # the same examples each time, however slow the machine is

# Not with MPLBACKEND: the notebooks inherit the environment and need their own backend.
mpl.use("agg")


def pytest_configure(config: pytest.Config) -> None:
    """Start the sandbox before anything is collected: nbval runs no fixtures."""
    if os.environ.get("ANTARES_LIVE") != "1":
        sandbox = Sandbox(thumbnails="fits")  # from which fluxes can be measured
        sandbox.start()
        config.add_cleanup(sandbox.stop)


@pytest.fixture(autouse=True)
def _close_figures() -> Any:
    yield
    from matplotlib import pyplot as plt

    plt.close("all")


@pytest.fixture(autouse=True)
def _doctest_folder(doctest_namespace: dict[str, Any], tmp_path: Path) -> None:
    doctest_namespace["tmp_path"] = tmp_path


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox for the test, with the simulated loci."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def fetch() -> Callable[[str], dict[str, Any]]:
    """Fetch a locus as the tutorial does, with the unmodified client."""

    def get(locus_id: str) -> dict[str, Any]:
        from antares_client import search

        locus: dict[str, Any] = search.get_by_id(locus_id).to_devkit(include_catalogs=True)
        return locus

    return get


@pytest.fixture(scope="session")
def real_responses() -> dict[str, dict[str, Any]]:
    """Real loci as the service sent them: for each locus ID, the body of each path."""
    file = os.environ.get("ANTARES_REAL_LOCI")
    if not file:
        pytest.skip("needs real loci: ANTARES_REAL_LOCI is not set to their file")
    try:
        loci = json.loads(Path(file).read_text(encoding="utf-8"))["loci"]
        return {locus["locus_id"]: locus["responses"] for locus in loci}
    except (OSError, ValueError, KeyError, TypeError) as error:
        pytest.fail(f"ANTARES_REAL_LOCI={file} is not a file of real loci: {error!r}")


@pytest.fixture(scope="session")
def real_loci(real_responses: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Real loci as devkit dicts."""
    return {name: _devkit_dict(name, bodies) for name, bodies in real_responses.items()}


def _devkit_dict(locus_id: str, bodies: dict[str, Any]) -> dict[str, Any]:
    locus = bodies[f"loci/{locus_id}"]["data"]
    alerts = bodies[f"loci/{locus_id}/alerts"]["data"]
    names = ("id", "mjd", "properties", "grav_wave_events")
    return {
        "id": locus["id"],
        "ra": locus["ra"],
        "dec": locus["dec"],
        "user_tags": locus["tags"],
        "old_properties": locus["internal_properties"] | locus["user_properties"],
        "catalog_objects": {},
        "grav_wave_events_metadata": {},
        "alerts": [{name: alert[name] for name in names} for alert in alerts],
    }
