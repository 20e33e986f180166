"""Check this environment: what is wrong, and how to fix it.

This has to work even if packages are missing, so each is imported only when it is needed.
"""

import time
from typing import Any

from antares_helpers.diagnostics import Check, Report
from antares_helpers.diagnostics.packages import (
    check_packages,
    check_python,
    explain_imports,
    failed_imports,
)
from antares_helpers.diagnostics.settings import check_settings, is_local, service_url
from antares_helpers.errors import AntaresHelpersError, InvalidInputError, LocusNotFoundError

__all__ = ["check_environment"]

LOCUS_ID = "ANT2026z3bqyjga24oc"
"""The locus that is fetched: that of Rubin's tutorial."""

_SLOW = 5.0  # seconds; the service takes about 1 s a locus


def check_environment(*, network: bool = True, timeout: float = 10.0) -> Report:
    """Check this environment, and say how to fix what is wrong with it.

    Checks the versions of Python and of the packages that matter, packages that hide or replace
    others, the environment variables that antares-client reads, and whether the service (or the
    sandbox) responds.

    Parameters
    ----------
    network : bool, optional
        Whether to fetch a locus from the service. If False, no request is sent.
    timeout : float, optional
        Seconds allowed for the response of the service.

    Returns
    -------
    Report
        The checks. Its ``ok`` is False if any of them is a problem.

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
        checks.append(_not_requested() if failures else _request(timeout))
    return Report(tuple(checks))


def _not_requested() -> Check:
    return Check(
        "warning",
        "No request was sent: antares_helpers does not work yet",
        "Fix the problems above first, then run this again.",
    )


def _request(timeout: float) -> Check:
    """Fetch a locus, as a user would."""
    from antares_helpers.fetching.locus import fetch_locus

    start = time.monotonic()
    try:
        locus = fetch_locus(LOCUS_ID, include_catalogs=False, timeout=timeout, retries=0)
    except InvalidInputError:
        raise
    except LocusNotFoundError as error:
        return _not_found(error, time.monotonic() - start)
    except AntaresHelpersError as error:
        return _failed(error)
    return _found(locus, time.monotonic() - start)


def _found(locus: dict[str, Any], seconds: float) -> Check:
    kind = "simulated locus" if "simulated" in locus["user_tags"] else "locus"
    message = f"ANTARES has sent the {kind} {LOCUS_ID} in {seconds:.2g} s"
    if seconds < _SLOW:
        return Check("ok", message)
    hint = "The service is slow now. Allow more time with timeout=60, or try again later."
    return Check("warning", message, hint)


def _not_found(error: LocusNotFoundError, seconds: float) -> Check:
    return Check(
        "warning",
        f"ANTARES responds (in {seconds:.2g} s), but has no locus {error.locus_id}",
        "This is expected of a sandbox with loci of your own. Otherwise check the address that "
        "requests go to.",
    )


def _failed(error: AntaresHelpersError) -> Check:
    if is_local(service_url()):
        other = "Is the sandbox running? python -m antares_sandbox starts one."
    else:
        other = "Without a network, work with simulated loci: python -m antares_sandbox."
    return Check("problem", error.reason.removesuffix("."), f"{error.advice} {other}".strip())
