import os
import re
import signal
import subprocess
import sys

import httpx
import pytest

from antares_sandbox import TUTORIAL_ID, Sandbox

WARNINGS = ["-W", "error", "-W", "ignore::DeprecationWarning"]  # which are those of others
COMMAND = [sys.executable, *WARNINGS, "-m", "antares_sandbox"]
SHOW = (
    "import os; from antares_client.search import get_by_id; "
    f"print(get_by_id({TUTORIAL_ID!r}).properties['simulated'])"
)
WAIT = "import time; print('ready', flush=True); time.sleep(60)"


def run(*arguments, **options):
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, **options
    )


def start(*arguments):
    """Start the command, away from the terminal that the tests may have."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def read_until(process, word):
    """Return the lines of a process up to the one with a word."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if word in line:
            break
    return "".join(lines)


def test_a_command_runs_against_the_sandbox():
    done = run("--", sys.executable, "-c", SHOW)

    assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")


def test_window_and_origins_are_those_of_the_command():
    code = (
        "import os, httpx; "
        "url = os.environ['ANTARES_API_BASE_URL'] + 'loci'; "
        "ask = lambda origin: httpx.get(url, headers={'Origin': origin}, trust_env=False); "
        "print(ask('').json()['meta']['count'], *(ask(f'http://{x}').headers.get("
        "'access-control-allow-origin') for x in 'abc'))"
    )
    options = ["--window", "12", "--allow-origin", "http://a", "--allow-origin", "http://b"]

    done = run(*options, "--", sys.executable, "-c", code)

    assert (done.stdout, done.stderr) == ("12 http://a http://b None\n", "")


@pytest.mark.parametrize("status", [0, 1, 7, 255])
def test_the_status_of_the_command_is_passed_on(status):
    assert run("--", sys.executable, "-c", f"raise SystemExit({status})").returncode == status


def test_the_arguments_of_the_command_are_its_own():
    code = "import sys; print(sys.argv[1:])"

    done = run("--", sys.executable, "-c", code, "--port", "x", "--", "-h")

    assert done.stdout == "['--port', 'x', '--', '-h']\n"


@pytest.mark.parametrize(("options", "mime"), [((), "png"), (("--thumbnails", "fits"), "fits")])
def test_the_format_of_thumbnails_can_be_chosen(options, mime):
    code = (
        "from antares_client import search\n"
        f"alert = search.get_by_id({TUTORIAL_ID!r}).alerts[0]\n"
        "print({each['url'].rpartition('.')[2] for each in "
        "search.get_thumbnails(alert.alert_id).values()})"
    )

    assert run(*options, "--", sys.executable, "-c", code).stdout == f"{ {mime}!r}\n"


def test_the_command_has_the_input_of_the_terminal():
    done = run("--", sys.executable, "-c", "print(input())", input="hello\n")

    assert done.stdout == "hello\n"


def test_a_folder_can_be_given(small_file, write):
    code = "from antares_client.search import get_by_id; print(get_by_id('ANT2026small').dec)"

    done = run(str(write(small_file)), "--", sys.executable, "-c", code)

    assert done.stdout == "-30.0\n"


def test_a_command_that_a_signal_kills_has_the_status_of_a_shell():
    done = run("--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")

    assert done.returncode == 128 + 9


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_passed_to_the_command(number):
    process = start("--", sys.executable, "-c", WAIT)
    with process:
        read_until(process, "ready")
        process.send_signal(number)
        process.communicate(timeout=20)

    assert process.returncode == 128 + number


def test_the_command_decides_what_ctrl_c_does():
    code = (
        "import time\n"
        "try: print('ready', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt: print('saved'); raise SystemExit(3)\n"
    )
    process = start("--", sys.executable, "-c", code)
    with process:
        read_until(process, "ready")
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=20)

    assert (process.returncode, printed, errors) == (3, "saved\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_stops_cleanly(number):
    process = start()
    with process:
        printed = read_until(process, "Ctrl-C")
        url = re.search(r"export ANTARES_API_BASE_URL=(\S+)", printed)[1]
        assert httpx.get(f"{url}loci/{TUTORIAL_ID}", trust_env=False).status_code == 200
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")
    assert re.match(r"Serving \d+ loci of .* at http://127\.0\.0\.1:\d+/v2/\n", printed)


def test_behind_a_proxy_it_says_how_to_bypass_it(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    process = start()
    with process:
        printed = read_until(process, "Ctrl-C")
        process.terminate()

    assert "export NO_PROXY=127.0.0.1\n" in printed


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["/no/such/folder"], 2, "/no/such/folder does not exist"),
        (["--", "no-such-command"], 127, "command not found: no-such-command"),
        (["--", os.devnull], 126, "can't be run"),
        (["--"], 2, "give a command after --"),
        (["--port", "70000"], 2, "port 70000"),
        (["--port", "x"], 2, "'x' is not a valid integer"),
        (["--thumbnails", "jpeg"], 2, "'jpeg' is not one of 'png', 'fits'"),
        (["--window", "0"], 2, "window 0"),
        (["--night", "0"], 2, "night 0"),
        (["--night", "5", "--largest-visit", "6"], 2, "largest_visit 6"),
        (["/no/such/folder", "--night", "5"], 2, "give one of them"),
        (["--allow-origin", "localhost"], 2, "'localhost' is not an origin"),
        (["a", "b"], 2, "unexpected extra argument (b)"),
    ],
)
def test_a_mistake_is_one_clear_message(arguments, status, message):
    done = run(*arguments)

    assert done.returncode == status
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_that_is_taken_is_one_clear_line():
    with Sandbox() as sandbox:
        port = httpx.URL(sandbox.url).port
        done = run("--port", str(port))

    assert done.returncode == 2
    assert re.fullmatch(rf"antares_sandbox: port {port} .* give another, .*\n", done.stderr)


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_missing_extra_is_one_line(package):
    program = (
        f"import runpy, sys; sys.modules[{package!r}] = None; sys.argv = ['antares_sandbox']; "
        "runpy.run_module('antares_sandbox', run_name='__main__')"
    )
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'antares-helpers[sandbox]'" in done.stderr
