"""The sizes of a run."""

from dataclasses import dataclass

__all__ = ["FULL", "QUICK", "Sizes"]


@dataclass(frozen=True)
class Sizes:
    """The sizes of a run; every number of rounds is odd, so that a median is one of them.

    Attributes
    ----------
    delay_ms, connections
        The delay of each response, and the number of requests in flight.
    one_rounds
        Rounds of fetching one locus.
    loci, tutorial_loci, many_rounds
        Loci fetched concurrently, loci fetched one after another, and rounds of both.
    extracted, extract_rounds
        Alerts of the loci whose light curves are extracted, and rounds.
    import_rounds
        Rounds of importing the packages.
    growing_alerts, growing_loci, growth_rounds
        The points of the growth curves; the last one of each is measured once.
    streamed_loci, rows, alerts_a_locus
        The points of the memory curves, and the alerts of each locus that gives rows.
    night_loci, night_largest_visit
        The points of the curves of a night, and how many loci one visit has, but at most half.
    """

    delay_ms: int
    connections: int
    one_rounds: int
    loci: int
    tutorial_loci: int
    many_rounds: int
    extracted: tuple[int, ...]
    extract_rounds: int
    import_rounds: int
    growing_alerts: tuple[int, ...]
    growing_loci: tuple[int, ...]
    growth_rounds: int
    streamed_loci: tuple[int, ...]
    rows: tuple[int, ...]
    alerts_a_locus: int
    night_loci: tuple[int, ...]
    night_largest_visit: int


FULL = Sizes(
    delay_ms=100,
    connections=8,
    one_rounds=15,
    loci=200,
    tutorial_loci=10,
    many_rounds=3,
    extracted=(100, 10_000),
    extract_rounds=5,
    import_rounds=5,
    growing_alerts=(10, 100, 1_000, 10_000, 100_000),
    growing_loci=(1, 10, 100, 1_000, 10_000),
    growth_rounds=3,
    streamed_loci=(10, 100, 1_000),
    rows=(1_000, 10_000, 100_000, 1_000_000),
    alerts_a_locus=200,
    night_loci=(1_000, 10_000, 100_000, 500_000),
    night_largest_visit=12_000,
)

QUICK = Sizes(
    delay_ms=100,
    connections=8,
    one_rounds=3,
    loci=24,
    tutorial_loci=3,
    many_rounds=1,
    extracted=(100, 1_000),
    extract_rounds=3,
    import_rounds=3,
    growing_alerts=(10, 100, 1_000),
    growing_loci=(1, 10, 100),
    growth_rounds=1,
    streamed_loci=(10, 100),
    rows=(1_000, 10_000),
    alerts_a_locus=200,
    night_loci=(1_000, 10_000),
    night_largest_visit=12_000,
)
