"""One indicator of one council and year, with two verdicts and their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.judge import statistics
from bench.judge.intervals import exact
from bench.judge.published_row import published

if TYPE_CHECKING:
    from fractions import Fraction

    from bench.judge.change import ChangeVerdict
    from bench.judge.detectable import Detectable
    from bench.judge.figure import FigureInForce
    from bench.judge.intervals import Interval, PublishedFigure
    from bench.judge.rag import Benchmark, DecidingRule, Verdict
    from bench.judge.remarks import Remark
    from bench.reference import FinancialYear, Indicator


class Judged(NamedTuple):
    """A council's figure as it was judged: see `bench.judge.year_table.YearTable.judged`.

    Attributes:
        own: as it is printed.
        figure: the same as its interval was made of.
        interval: its interval, or why there is none.
        benchmark_year: the year of peers and England.
        average: the peers' average.
        vs_peers: the verdict against it.
        vs_england: the verdict against England's published figure.
    """

    own: FigureInForce
    figure: PublishedFigure
    interval: Interval | str
    benchmark_year: FinancialYear
    average: Benchmark
    vs_peers: Verdict
    vs_england: Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of one council and year; numbers in the indicator's own unit.

    `benchmark_year` is the year of peers and England where it is not the row's own; `own_figures`
    are the council's own provisional figures beside it by financial year, which nothing judges;
    `peer_mean_dragged` says that a few peers drag their mean, see
    `bench.judge.benchmarks.mean_is_dragged`; `detectable_...` is the smallest gap that the figure
    could show, None where the rule `auto` did not judge it. `flags` are the codes of `notes` and
    those whose words are the same of every row. `next` is the figure of the next comparable year,
    where there is one.
    """

    indicator: Indicator
    year: FinancialYear
    code: str
    domain: str
    decimals: int
    value: float | None
    figure: PublishedFigure
    interval: Interval | None
    status: str
    marker: str
    peer_average: Fraction | None
    peer_values: tuple[tuple[str, float], ...]
    peers_total: int
    peers_missing: tuple[str, ...]
    england: float | None
    vs_peers: Verdict
    vs_england: Verdict
    reason: str | None
    rank: int | None
    rank_of: int
    previous: float | None
    previous_interval: Interval | None
    previous_period: FinancialYear | None
    change: float | None
    vs_previous: ChangeVerdict
    change_reason: str | None
    flags: tuple[str, ...] = ()
    notes: tuple[Remark, ...] = ()
    benchmark_year: FinancialYear | None = None
    own_figures: tuple[tuple[str, float], ...] = ()
    peer_mean_dragged: bool = False
    next: float | None = None
    next_period: FinancialYear | None = None
    detectable_vs_peers: Detectable | None = None
    detectable_vs_england: Detectable | None = None

    @property
    def peer_median(self) -> Fraction | None:
        """The median of the peers that have a figure."""
        values = [exact(value) for _, value in self.peer_values]
        return statistics.median(values) if values else None

    @property
    def rule(self) -> DecidingRule:
        """The rule of the council's figure; none only when neither benchmark is compared."""
        return self.vs_peers.rule if self.vs_peers.compared else self.vs_england.rule

    def record(self) -> dict[str, Any]:
        """The row with the keys and precision of `bench table --format json`."""
        return published(self).record()
