"""One indicator of one council and year, with two verdicts and their evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.judge import statistics
from bench.judge.intervals import exact

if TYPE_CHECKING:
    from bench.judge.change import ChangeVerdict
    from bench.judge.detectable import Detectable
    from bench.judge.figure import Printed
    from bench.judge.intervals import Figure, Interval
    from bench.judge.rag import Benchmark, Rule, Verdict
    from bench.reference import FinancialYear, Indicator


class Judged(NamedTuple):
    """A council's figure as it was judged: see `bench.judge.year_table.YearTable.judged`.

    Attributes:
        own: as it is printed.
        figure: the same as its interval was made of.
        made: its interval, or why there is none.
        beside: the year of peers and England.
        average: the peers' average.
        vs_peers: the verdict against it.
        vs_england: the verdict against England's published figure.
    """

    own: Printed
    figure: Figure
    made: Interval | str
    beside: FinancialYear
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
    could show, None where the rule `auto` did not judge it. `next` is the figure of the next
    comparable year, where one is held.
    """

    indicator: Indicator
    year: FinancialYear
    code: str
    domain: str
    decimals: int
    value: float | None
    figure: Figure
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
    notes: tuple[str, ...] = ()
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
    def rule(self) -> Rule:
        """The rule of the council's figure; none only when neither benchmark is compared."""
        return self.vs_peers.rule if self.vs_peers.compared else self.vs_england.rule

    def record(self) -> dict[str, Any]:
        """The row with the keys and precision of `bench table --format json`."""

        def number(value: float | Fraction | None, decimals: int) -> float | int | None:
            if value is None:
                return None
            shown = statistics.rounded(Fraction(value), decimals)
            return int(shown) if decimals == 0 else shown

        def edges(interval: Interval | None) -> tuple[float | None, float | None]:
            ends = (interval.lower, interval.upper) if interval else (None, None)
            return number(ends[0], self.decimals + 1), number(ends[1], self.decimals + 1)

        def probability(verdict: Verdict | ChangeVerdict) -> float | None:
            return None if verdict.probability is None else round(verdict.probability, 3)

        def smallest_gap(detectable: Detectable | None) -> float | None:
            """Rounded down: no gap below the number printed could have been shown."""
            if detectable is None:
                return None
            scale: int = 10 ** (self.decimals + 1)
            return math.floor(detectable.gap * scale) / scale

        lower, upper = edges(self.interval)
        previous_lower, previous_upper = edges(self.previous_interval)
        of_peers = [value for _, value in self.peer_values]
        return {
            "indicator": self.indicator.indicator_id,
            "code": self.code,
            "title": self.indicator.title,
            "domain": self.domain,
            "unit": str(self.indicator.unit),
            "polarity": str(self.indicator.polarity),
            "value": number(self.value, self.decimals),
            "lower": lower,
            "upper": upper,
            "status": self.status,
            "peer_average": number(self.peer_average, self.decimals),
            "peers_reporting": len(self.peer_values),
            "peers_total": self.peers_total,
            "england": number(self.england, self.decimals),
            "verdict_vs_peers": str(self.vs_peers.meaning),
            "verdict_vs_england": str(self.vs_england.meaning),
            "rule": str(self.rule),
            "reason": self.reason,
            "rank": self.rank,
            "rank_of": self.rank_of,
            "previous": self.previous,
            "change": self.change,
            "flags": list(self.flags),
            "short_title": self.indicator.short_title,
            "decimals": self.decimals,
            "marker": self.marker,
            "peers_missing": list(self.peers_missing),
            "peer_values": [[name, value] for name, value in self.peer_values],
            "previous_lower": previous_lower,
            "previous_upper": previous_upper,
            "verdict_vs_previous": str(self.vs_previous.meaning),
            "certainty_vs_previous": self.vs_previous.certainty and str(self.vs_previous.certainty),
            "probability_vs_previous": probability(self.vs_previous),
            "change_margin_from": self.vs_previous.margin_from
            and str(self.vs_previous.margin_from),
            "change_not_judged": self.vs_previous.reason or None,
            "next": self.next,
            "next_period": self.next_period and str(self.next_period),
            "previous_period": str(self.previous_period) if self.previous_period else None,
            "change_reason": self.change_reason,
            "flag_texts": list(self.notes),
            "benchmark_period": str(self.benchmark_year or self.year),
            "certainty_vs_peers": self.vs_peers.certainty and str(self.vs_peers.certainty),
            "certainty_vs_england": self.vs_england.certainty and str(self.vs_england.certainty),
            "probability_vs_peers": probability(self.vs_peers),
            "probability_vs_england": probability(self.vs_england),
            "peer_median": number(self.peer_median, self.decimals),
            "peer_lowest": number(min(of_peers, default=None), self.decimals),
            "peer_highest": number(max(of_peers, default=None), self.decimals),
            "peer_mean_dragged": self.peer_mean_dragged,
            "smallest_gap_vs_peers": smallest_gap(self.detectable_vs_peers),
            "smallest_gap_vs_england": smallest_gap(self.detectable_vs_england),
            "more_answers_vs_peers": self.detectable_vs_peers
            and self.detectable_vs_peers.more_answers,
            "more_answers_vs_england": self.detectable_vs_england
            and self.detectable_vs_england.more_answers,
            "own_figures": [[period, value] for period, value in self.own_figures],
        }
