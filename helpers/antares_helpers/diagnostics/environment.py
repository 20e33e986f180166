"""Check this environment: what is wrong, and how to fix it.

This has to work if packages are missing, so each is imported only when it is needed.
"""

import time
from typing import Any

from antares_helpers.diagnostics.packages import (
    check_packages,
    check_python,
    explain_imports,
    failed_imports,
)
from antares_helpers.diagnostics.report import Check, Report
from antares_helpers.diagnostics.settings import check_settings, is_local, service_url
from antares_helpers.errors import AntaresHelpersError, InvalidInputError, LocusNotFoundError

__all__ = ["check_environment"]

LOCUS_ID = "ANT2026z3bqyjga24oc"
"""The locus that is asked for: that of Rubin's tutorial."""

_SLOW = 5.0  # seconds; the service takes about 1 s a locus


def check_environment(*, network: bool = True, timeout: float = 10.0) -> Report:
    """Check this environment, and say how to fix what is wrong with it.

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
    Report
        The checks. Its ``ok`` is False if one of them is a problem.

    Raises
    ------
    InvalidInputError
        If `timeout` is not a positive number.

    Examples
    --------
    >>> from antares_helpers import check_environment
    >>> report = check_environment(network=False)
    >>> report.ok
    True
    >>> print(report)
    ok       Python ...
    >>> [check.hint for check in report if check.status == "problem"]
    []
    """
    failures = failed_imports()
    checks = [check_python(), *check_packages(), *check_settings(), *explain_imports(failures)]
    if network:
        checks.append(_not_asked() if failures else _ask(timeout))
    return Report(tuple(checks))


def _not_asked() -> Check:
    what = "The service was not asked: antares_helpers does not work yet"
    return Check("warning", what, "Fix the problems above first, then run this again.")


def _ask(timeout: float) -> Check:
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


def _answered(locus: dict[str, Any], seconds: float) -> Check:
    kind = "simulated locus" if "simulated" in locus["user_tags"] else "locus"
    what = f"ANTARES has sent the {kind} {LOCUS_ID} in {seconds:.2g} s"
    if seconds < _SLOW:
        return Check("ok", what)
    advice = "The service is slow now. Allow more with timeout=60, or try again later."
    return Check("warning", what, advice)


def _without_locus(error: LocusNotFoundError, seconds: float) -> Check:
    return Check(
        "warning",
        f"ANTARES answers (in {seconds:.2g} s), but has no locus {error.locus_id}",
        "That is as it should be for a sandbox with loci of your own. Otherwise check the "
        "address that requests go to.",
    )


def _failed(error: AntaresHelpersError) -> Check:
    # Each message says what has happened, then what to do.
    what, _, hint = str(error).partition(". ")
    if is_local(service_url()):
        other = "Is the sandbox running? python -m antares_sandbox starts one."
    else:
        other = "Without a network, work with simulated loci: python -m antares_sandbox."
    return Check("problem", what, f"{hint} {other}")
