"""Run the tests as on the Rubin Science Platform: its pins, then our recipe for it.

If no Python 3.13 runs here, nothing is tested and the reason is printed; REQUIRE_RSP=1 makes that
an error. RSP_PYTHON names a Python 3.13 to use.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-rsp"
READY = VENV / "ready"
IMAGE = ROOT / "tests" / "rsp" / "image.txt"
RECIPE = ROOT / "docs" / "snippets" / "install_rsp.sh"
TESTED = ["tests/antares_helpers", "tests/antares_sandbox", "tests/live", "tests/rsp", "notebooks"]
SOURCES = [IMAGE, RECIPE, ROOT / "pyproject.toml"]


def candidates() -> Iterator[str]:
    """Yield candidates for Python 3.13: one may be a shim that does not run."""
    yield from filter(None, [os.environ.get("RSP_PYTHON"), shutil.which("python3.13")])
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob("versions/3.13*/bin/python3.13")))


def find_python() -> str | None:
    """Return the first Python 3.13 that really runs."""
    program = "import sys, venv; sys.exit(sys.version_info[:2] != (3, 13))"
    for python in candidates():
        if (
            subprocess.run([python, "-c", program], capture_output=True, check=False).returncode
            == 0
        ):
            return python
    return None


def environment() -> dict[str, str]:
    """Return the variables under which ``pip install --user`` installs into `VENV`."""
    return os.environ | {
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUSERBASE": str(VENV / "user"),
        "RSP_IMAGE": str(IMAGE),
    }


def is_ready() -> bool:
    """Return whether the environment exists and is newer than the files it is made from."""
    newest = max(file.stat().st_mtime for file in SOURCES)
    return READY.exists() and READY.stat().st_mtime >= newest


def make_environment(python: str) -> None:
    """Make the image, then follow the installation page."""
    shutil.rmtree(VENV, ignore_errors=True)
    # --user works only if the packages of the system are visible.
    subprocess.run([python, "-m", "venv", "--system-site-packages", VENV], check=True)
    install = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, "--ignore-installed", "--requirement", IMAGE], check=True)
    subprocess.run(["bash", "-eu", RECIPE], check=True, cwd=ROOT, env=environment())
    READY.touch()


def main() -> int:
    """Make the environment if it is missing, and run the tests in it."""
    python = find_python()
    if python is None:
        print("Skipped the tests under the RSP's pins: no Python 3.13 runs on this machine.")
        return int(os.environ.get("REQUIRE_RSP") == "1")
    if not is_ready():
        make_environment(python)
    tests = [VENV / "bin" / "python", "-m", "pytest", "-n", "2", "--dist", "loadscope", *TESTED]
    return subprocess.run(tests, cwd=ROOT, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
