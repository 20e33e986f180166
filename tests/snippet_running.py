"""Run snippets in an environment without antares-helpers, against folders of loci."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import snippet_folders

from antares_sandbox import TUTORIAL_ID, Sandbox

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "snippets"
SNIPPETS = sorted(FOLDER.glob("*.py"))
NAMES = [path.stem for path in SNIPPETS]
PLAIN = os.environ.get("PLAIN_PYTHON")
RUNNER = Path(__file__).with_name("run_snippets.py")

needs_plain = pytest.mark.skipif(
    not PLAIN, reason="PLAIN_PYTHON names no Python without antares-helpers: run make test"
)


def in_plain_python(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"MPLBACKEND": "agg"}
    environment.pop("PYTHONPATH", None)
    command = [str(ROOT / str(PLAIN)), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def run(folder: Path, snippets: list[Path]) -> dict[str, Any]:
    """Run snippets against the sandbox that runs; return what each made, by name."""
    done = in_plain_python(folder, str(RUNNER), *map(str, snippets))
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return results


@dataclass
class Sky:
    """A folder of loci, what the snippets made of it, and where they wrote files."""

    loci: dict[str, Any]
    ran: dict[str, Any]
    folder: Path
    truth: dict[str, float] = field(default_factory=dict)

    @property
    def tutorial(self) -> dict[str, Any]:
        return self.loci[TUTORIAL_ID]

    @property
    def rubin(self) -> list[dict[str, Any]]:
        return [each for each in self.tutorial["alerts"] if each["id"].startswith("lsst")]

    def newest_first(self, *names: str) -> list[str]:
        return snippet_folders.newest_first({name: self.loci[name] for name in names or self.loci})


def make_sky(loci: dict[str, Any], folder: Path) -> Sky:
    """Serve loci and run every snippet; the true fluxes are those of the signed twin, if any."""
    with Sandbox(snippet_folders.write(loci, folder / "loci"), thumbnails="fits"):
        sky = Sky(loci, run(folder, SNIPPETS), folder)
    signed = loci.get("ANT2026near", sky.loci.get(TUTORIAL_ID, {"alerts": []}))
    name = "lsst_diaSource_psfFlux"
    fluxes = {alert["mjd"]: alert["properties"].get(name) for alert in signed["alerts"]}
    if TUTORIAL_ID in loci:
        sky.truth = {alert["id"]: fluxes[alert["mjd"]] for alert in sky.rubin}
    return sky
