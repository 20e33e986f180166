"""A loop over constant cases runs them all and names those that fail."""

import pytest
from looping import MAX_SHOWN, for_each


def test_every_failing_case_is_named() -> None:
    called = []

    @for_each("number", range(4), ids=lambda number: f"case-{number}")
    def check(number: int, limit: int) -> None:
        called.append(number)
        assert number < limit

    with pytest.raises(AssertionError, match="2 of 4 failed") as caught:
        check(limit=2)
    assert called == [0, 1, 2, 3]
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()[1:]] == [
        "case-2",
        "case-3",
    ]


def test_of_many_failing_cases_some_are_named() -> None:
    @for_each("number", range(MAX_SHOWN + 5))
    def check(number: int) -> None:
        pytest.fail(f"not {number}")

    with pytest.raises(AssertionError, match=r"and 5 more$"):
        check()


@for_each("word", ["one", "two"])
def test_fixtures_are_passed_on(word: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert tmp_path_factory.mktemp(word).name.startswith(word)
