"""The rank, verdicts and milestones of a restated figure.

The benchmarks, the spread of councils and all other councils stay as published; only the council's
own figure, its interval and its place are other ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.judge import statistics
from bench.judge.funnel import standing
from bench.judge.intervals import Interval, PublishedFigure, exact, interval
from bench.judge.rag import Benchmark, Verdict, judge
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from fractions import Fraction

    from bench.judge.funnel import Funnel
    from bench.judge.rag import Rules
    from bench.judge.row import Row
    from bench.judge.statistics import Field
    from bench.reference import Council, FinancialYear

# Only here do two counts of people make the figure; a survey's counts are weighted estimates.
COUNTED = (IntervalMethod.WILSON, IntervalMethod.BYAR)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A figure that was to be reached, in the indicator's unit, with who set it.

    Attributes:
        value: the figure; it is reached by what equals it.
        label: what it is called, as "70%, by April 2013".
        source: the document; "" for a reader's own.
        indicator_id: the definition that it was set for; "" for any.
        last: the last year whose figures were to reach it; None for any.
        terms: what else was said of it, as whose share it is; "" for nothing.
    """

    value: Fraction
    label: str
    source: str = ""
    indicator_id: str = ""
    last: FinancialYear | None = None
    terms: str = ""

    def holds(self, indicator_id: str, year: FinancialYear) -> bool:
        """Whether it was set for such a figure: of this definition, and not of a later year."""
        asked = self.indicator_id in ("", indicator_id)
        return asked and (self.last is None or year <= self.last)

    def passed(self, value: Fraction, *, lowest_first: bool = False) -> bool:
        """Whether a figure reaches it; the milestone itself does."""
        return value <= self.value if lowest_first else value >= self.value


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a figure stands among the published ones of its year.

    Attributes:
        value: the figure at published decimals.
        rank: 1 is best; None where the council has none.
        rank_of: councils with a place.
        vs_peers, vs_england: the verdicts.
    """

    value: float
    rank: int | None
    rank_of: int
    vs_peers: Verdict
    vs_england: Verdict


@dataclass(frozen=True)
class Place:
    """The published figures of a year in which a council's own can stand otherwise.

    Attributes:
        row: the council's row as published.
        council: whose.
        field: every council's published value, without the tiny two.
        rules: how a verdict is reached.
        funnel: that of all councils, or why there is none.
    """

    row: Row
    council: Council
    field: Field
    rules: Rules
    funnel: Funnel | str = "no funnel was made"

    @property
    def lowest_first(self) -> bool:
        """Whether a low figure is good."""
        return str(self.row.indicator.polarity) == "lower_is_better"

    def published(self) -> Placement:
        """Where the council stands as published."""
        row = self.row
        value = 0.0 if row.value is None else row.value
        return Placement(value, row.rank, row.rank_of, row.vs_peers, row.vs_england)

    def of(self, numerator: Fraction, denominator: Fraction) -> Placement:
        """Where it would stand with these counts; the denominator is above 0."""
        unit = str(self.row.indicator.unit)
        value = printed(numerator * PER[unit] / denominator, self.row.decimals)
        figure = PublishedFigure(
            value=value,
            unit=unit,
            method=self.row.indicator.interval,
            numerator=float(numerator),
            denominator=float(denominator),
        )
        own = exact(value)
        verdicts = [
            self._verdict(own, figure, benchmark, was)
            for benchmark, was in (
                (self._peers(), self.row.vs_peers),
                (self._england(), self.row.vs_england),
            )
        ]
        area_id = self.council.area_id
        others = statistics.Field({**self.field.values, area_id: own})
        ranked = self.row.rank is not None
        return Placement(
            value,
            others.rank(area_id, lowest_first=self.lowest_first) if ranked else None,
            self.row.rank_of,
            *verdicts,
        )

    def _verdict(
        self, value: Fraction, figure: PublishedFigure, benchmark: Benchmark, was: Verdict
    ) -> Verdict:
        made = interval(figure)
        # What is not compared as published is not compared when counted otherwise either.
        if not was.compared:
            return was
        return judge(
            value,
            benchmark,
            polarity=str(self.row.indicator.polarity),
            interval=made if isinstance(made, Interval) else None,
            field=self.field,
            rules=self.rules,
            standing=standing(self.funnel, figure),
        )

    def _peers(self) -> Benchmark:
        members = tuple(exact(value) for _, value in self.row.peer_values)
        was = self.row.vs_peers
        return Benchmark(was.benchmark, members=members, variance=was.benchmark_variance)

    def _england(self) -> Benchmark:
        was = self.row.vs_england
        return Benchmark(was.benchmark, variance=was.benchmark_variance)


def printed(value: Fraction, decimals: int) -> float:
    """The figure as it would have been printed, halves away from zero."""
    return statistics.rounded(value, decimals)
