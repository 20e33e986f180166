"""The preflight: tell what is wrong with an environment, and what to do about it.

It has to work where packages are missing, so none is imported before it is asked for.
"""

import sys
import time
from typing import Any

from antares_helpers.errors import AntaresHelpersError, InvalidInputError, LocusNotFoundError
from antares_helpers.preflight.findings import Finding, Preflight
from antares_helpers.preflight.packages import (
    check_packages,
    check_python,
    explain_imports,
    failed_imports,
)
from antares_helpers.preflight.settings import check_settings, is_local, service_url

__all__ = ["check", "is_command"]

LOCUS_ID = "ANT2026z3bqyjga24oc"
"""The locus that is asked for: that of Rubin's tutorial."""

_SLOW = 5.0  # seconds; the service takes about 1 s a locus


def check(*, network: bool = True, timeout: float = 10.0) -> Preflight:
    """Look for what can go wrong in this environment, and say what to do about it.

    Looks at the versions of Python and of the packages that matter, at packages in ``~/.local``
    that hide others, at the environment variables that antares-client reads, and at whether the
    service (or the sandbox) answers.

    Parameters
    ----------
    network : bool, optional
        Whether to ask the service for a locus. Without, nothing is sent.
    timeout : float, optional
        Seconds that the service may take.

    Returns
    -------
    Preflight
        The findings. Its ``ok`` is False where one of them is a problem.

    Raises
    ------
    InvalidInputError
        If `timeout` is not a positive number.

    Examples
    --------
    >>> from antares_helpers import check
    >>> preflight = check(network=False)
    >>> preflight.ok
    True
    >>> print(preflight)
    ok       Python ...
    >>> [finding.what_to_do for finding in preflight if finding.status == "problem"]
    []
    """
    failures = failed_imports()
    findings = [check_python(), *check_packages(), *check_settings(), *explain_imports(failures)]
    if network:
        findings.append(_not_asked() if failures else _ask(timeout))
    return Preflight(tuple(findings))


def is_command() -> bool:
    """Tell whether Python is about to run ``python -m antares_helpers``.

    While it looks for the module to run, the first argument is ``-m`` (documented in `sys.argv`).
    """
    given = any(argument.endswith("antares_helpers") for argument in sys.orig_argv)
    return sys.argv[:1] == ["-m"] and given


def _not_asked() -> Finding:
    what = "The service was not asked: antares_helpers does not work yet"
    return Finding("warning", what, "Mend the problems above first, then run this again.")


def _ask(timeout: float) -> Finding:
    """Fetch a locus, as a user will."""
    from antares_helpers.fetching.locus import fetch_locus

    start = time.monotonic()
    try:
        locus = fetch_locus(LOCUS_ID, include_catalogs=False, timeout=timeout, retries=0)
    except InvalidInputError:
        raise
    except LocusNotFoundError as error:
        return _without_locus(error, time.monotonic() - start)
    except AntaresHelpersError as error:
        return _failed(error)
    return _answered(locus, time.monotonic() - start)


def _answered(locus: dict[str, Any], seconds: float) -> Finding:
    kind = "simulated locus" if "simulated" in locus["user_tags"] else "locus"
    what = f"ANTARES has sent the {kind} {LOCUS_ID} in {seconds:.2g} s"
    if seconds < _SLOW:
        return Finding("ok", what)
    advice = "The service is slow now. Allow more with timeout=60, or try again later."
    return Finding("warning", what, advice)


def _without_locus(error: LocusNotFoundError, seconds: float) -> Finding:
    return Finding(
        "warning",
        f"ANTARES answers (in {seconds:.2g} s), but has no locus {error.locus_id}",
        "That is as it should be for a sandbox with loci of your own. Otherwise check the "
        "address that requests go to.",
    )


def _failed(error: AntaresHelpersError) -> Finding:
    # Each message says what has happened, then what to do.
    what, _, what_to_do = str(error).partition(". ")
    if is_local(service_url()):
        other = "Is the sandbox running? python -m antares_sandbox starts one."
    else:
        other = "Without a network, work with simulated loci: python -m antares_sandbox."
    return Finding("problem", what, f"{what_to_do} {other}")
