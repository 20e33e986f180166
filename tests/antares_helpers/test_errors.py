import pickle

import pytest

from antares_helpers import (
    AntaresHelpersError,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
    errors,
)
from antares_helpers.errors import (
    AlertNotFoundError,
    AntaresHelpersWarning,
    BadDataError,
    CutoutsNotFoundError,
    IncompleteLocusWarning,
    MissingPackageError,
    ServiceTimeoutError,
    SignConventionWarning,
    shown_url,
)

CHILDREN = [
    (InvalidInputError, ValueError),
    (LocusNotFoundError, LookupError),
    (CutoutsNotFoundError, LookupError),
    (AlertNotFoundError, LookupError),
    (MissingPackageError, ImportError),
    (ServiceError, ConnectionError),
    (ServiceTimeoutError, ServiceError),
    (ServiceTimeoutError, TimeoutError),
    (BadDataError, ValueError),
]
ERRORS = [AntaresHelpersError, *dict(CHILDREN)]


@pytest.mark.parametrize(("error", "builtin"), CHILDREN)
def test_an_error_is_caught_as_ours_and_as_the_builtin(error, builtin):
    assert issubclass(error, AntaresHelpersError)
    assert issubclass(error, builtin)


@pytest.mark.parametrize("warning", [IncompleteLocusWarning, SignConventionWarning])
def test_a_warning_can_be_filtered_as_ours(warning):
    assert issubclass(warning, AntaresHelpersWarning)
    assert issubclass(warning, UserWarning)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_says_its_message(error):
    assert str(error("what to do next")) == "what to do next"


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_has_its_reason_and_its_hint_apart(error):
    raised = error("It is gone.", hint="Look elsewhere.")

    assert str(raised) == "It is gone. Look elsewhere."
    assert (raised.reason, raised.hint) == ("It is gone.", "Look elsewhere.")


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_can_be_pickled(error):
    raised = error("message", locus_id="ANT2026abcd", url="http://127.0.0.1/v2/")

    copy = pickle.loads(pickle.dumps(raised))

    assert type(copy) is error
    assert str(copy) == "message"
    assert (copy.locus_id, copy.url) == ("ANT2026abcd", "http://127.0.0.1/v2/")


def test_every_error_and_warning_is_public():
    tree = {*ERRORS, AntaresHelpersWarning, IncompleteLocusWarning, SignConventionWarning}

    assert {kind.__name__ for kind in tree} == set(errors.__all__)


@pytest.mark.parametrize("error", ERRORS)
def test_the_cause_of_an_error_need_not_survive_pickling(error):
    raised = error("It is gone.", locus_id="ANT2026abcd")
    raised.cause = type("Local", (Exception,), {})()

    copy = pickle.loads(pickle.dumps(raised))

    assert copy.cause is None
    assert copy.locus_id == "ANT2026abcd"


# Addresses


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://example.org/v2/", "https://example.org/v2/"),
        ("http://[::1]:80/v2/", "http://[::1]:80/v2/"),
        ("nonsense/v2/", "nonsense/v2/"),
        ("https://me:5ecret@example.org/v2/", "https://example.org/v2/"),
        ("https://5ecret@example.org:8/v2/", "https://example.org:8/v2/"),
        ("https://me:a@5ecret@example.org/v2/", "https://example.org/v2/"),
        ("https://example.org/v2/?token=5ecret", "https://example.org/v2/"),
        ("https://example.org/v2/#5ecret", "https://example.org/v2/"),
        ("https://example.org/5ecret5ecret5ecret5ecret5/v2/", "https://example.org/.../v2/"),
        ("me:5ecret@example.org/v2/", "example.org/v2/"),
        ("https://me:1/5ecret@example.org/v2/", "example.org/v2/"),
        ("https://me:5ecret/x@example.org/v2/", "an address that is not valid"),
        ("https://me:5ecret@exa mple:x/", "an address that is not valid"),
        ("https://[5ecret/", "an address that is not valid"),
    ],
)
def test_what_may_be_secret_in_an_address_is_not_shown(given, shown):
    assert shown_url(given) == shown
