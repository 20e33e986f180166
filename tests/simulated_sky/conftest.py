"""A sandbox with the simulated loci."""

from collections.abc import Callable, Iterator
from typing import Any

import antares_client.search
import pytest

from antares_sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def fetch() -> Callable[[str], dict[str, Any]]:
    """Fetch a locus as the tutorial does, with the unmodified client."""

    def get(locus_id: str) -> dict[str, Any]:
        locus = antares_client.search.get_by_id(locus_id)
        return locus.to_devkit(include_catalogs=True)

    return get
