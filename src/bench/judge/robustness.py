"""Does a verdict hinge on a choice? Every trial made on it: the same question, asked otherwise.

The trials are the rounding of the figure, any one peer left out, the other peer models and the
other averages. Another rule asks another question and is no trial. Each
trial asks `rag.judge` again; nothing is judged here.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bench.judge import statistics
from bench.judge.benchmarks import one_left_out, peers_average
from bench.judge.detectable import similar_range
from bench.judge.funnel import standing
from bench.judge.intervals import Interval, PublishedFigure, exact, interval
from bench.judge.rag import (
    Average,
    Benchmark,
    DecidingRule,
    Meaning,
    RuleName,
    Rules,
    Verdict,
    band,
    judge,
    middle_half,
)
from bench.reference.areas import ENGLAND
from bench.reference.indicator import PER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.judge.funnel import FunnelPosition
    from bench.judge.row import Row
    from bench.judge.statistics import Field
    from bench.judge.year_table import YearTable
    from bench.reference import Council
    from bench.reference.peers import PeerGroup

# A count that is printed as a multiple of 5 stands for any up to half of that away.
_HALF_OF_FIVE = Fraction(5, 2)


class Probe(StrEnum):
    """What a trial makes otherwise."""

    ROUNDING = "rounding"
    ONE_PEER = "one_peer"
    PEERS = "peers"
    AVERAGE = "average"
    CHANCE = "chance"


class TrialOutcome(StrEnum):
    """What a trial came to."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing made otherwise, and what became of the verdict.

    Attributes:
        probe: what is made otherwise.
        alternative: the peer model or average tried; "" for rounding and for one peer.
        changes: what the verdict becomes, each with the peer that is left out, or "".
        reason: why the trial cannot be made; "" where it can.
    """

    probe: Probe
    alternative: str = ""
    changes: tuple[tuple[str, Meaning], ...] = ()
    reason: str = ""

    @property
    def outcome(self) -> TrialOutcome:
        """Unchanged, changed or not asked."""
        if self.reason:
            return TrialOutcome.NOT_ASKED
        return TrialOutcome.CHANGED if self.changes else TrialOutcome.UNCHANGED


@dataclass(frozen=True)
class TrialCase:
    """A figure, and what its verdict against one benchmark was reached by.

    Attributes:
        figure: as published, with a value.
        decimals: to which it is rounded.
        rounded_counts: whether its counts are printed as multiples of 5.
        interval: its 95% interval, if it has one.
        polarity: higher_is_better, lower_is_better or none.
        field: every council's value; held as it is while the figure or a peer changes.
        standing: the funnel of all councils as it meets the figure, or why there is none.
        benchmark: what it is compared with.
        rules: by which rules.
        verdict: what that came to.
    """

    figure: PublishedFigure
    decimals: int
    rounded_counts: bool
    interval: Interval | None
    polarity: str
    field: Field
    standing: FunnelPosition | str
    benchmark: Benchmark
    rules: Rules
    verdict: Verdict

    def similar(self) -> tuple[Fraction, Fraction] | None:
        """From which figure to which the verdict is similar, or None where no such range is known.

        By the interval it is the range of figures whose interval, moved with them, holds the
        benchmark.
        """
        return self._similar

    @functools.cached_property  # asked for the trial of rounding and for what is said of it
    def _similar(self) -> tuple[Fraction, Fraction] | None:
        benchmark, rule = self.benchmark.value, self.verdict.rule
        assert benchmark is not None  # noqa: S101 - else there is no verdict
        if rule in (DecidingRule.PROBABILITY, DecidingRule.SIZE):
            found = similar_range(
                benchmark,
                self.interval,
                self.field,
                self.rules,
                benchmark_variance=self.benchmark.variance,
            )
            return found and (Fraction(found[0]), Fraction(found[1]))
        if rule is DecidingRule.INTERVAL and self.interval is not None:
            above, below = self.interval.upper - self._value, self._value - self.interval.lower
            return benchmark - above, benchmark + below
        if rule in (DecidingRule.SPREAD, DecidingRule.TOLERANCE):
            half = band(rule, benchmark, self.field, self.rules)
            return benchmark - half, benchmark + half
        if rule is DecidingRule.QUARTILE:
            return middle_half(self._value, self.benchmark.members, self.field)
        if rule is DecidingRule.FUNNEL and not isinstance(self.standing, str):
            return self.standing.limits(benchmark)
        return None

    def rounding(self) -> Trial:
        """The figure anywhere within its rounding, its interval moving with it.

        By every rule the verdict rises with the figure from worse through similar (by `auto` with
        unclear on both sides of it) to better, and a larger count only narrows the interval: so
        the corners of what rounding allows, and what lies nearest to the middle of similar, show
        all that it can become.
        """
        found = dict.fromkeys(
            verdict.meaning
            for value, made in self._within_rounding()
            if (verdict := self._judged(self.benchmark, self.rules, value, made)).compared
        )
        others = (("", meaning) for meaning in found if meaning is not self.verdict.meaning)
        return Trial(Probe.ROUNDING, changes=tuple(others))

    def one_peer(self, left_out: Iterable[tuple[str, Benchmark]]) -> Trial:
        """Any one peer left out.

        Args:
            left_out: each peer that has a figure, and the benchmark of the others.
        """
        changes, asked = [], False
        for name, others in left_out:
            verdict = self._judged(others, self.rules)
            asked = asked or verdict.compared
            if verdict.compared and verdict.meaning is not self.verdict.meaning:
                changes.append((name, verdict.meaning))
        reason = "" if asked else "without it there is nothing to compare with"
        return Trial(Probe.ONE_PEER, changes=tuple(changes), reason=reason)

    def other_benchmark(self, probe: Probe, name: str, benchmark: Benchmark) -> Trial:
        """Other peers, or another average of the same."""
        return self._compared(probe, name, self._judged(benchmark, self.rules))

    def taken_back(self) -> Trial:
        """Each comparison by itself, for a verdict that did not hold among many."""
        assert self.verdict.before is not None  # noqa: S101 - else nothing was taken back
        return Trial(Probe.CHANCE, changes=(("", self.verdict.before),))

    def _compared(self, probe: Probe, name: str, verdict: Verdict) -> Trial:
        if not verdict.compared:
            return Trial(probe, name, reason=verdict.reason)
        same = verdict.meaning is self.verdict.meaning
        return Trial(probe, name, () if same else (("", verdict.meaning),))

    def _judged(
        self,
        benchmark: Benchmark,
        rules: Rules,
        value: Fraction | None = None,
        interval: Interval | None = None,
    ) -> Verdict:
        return judge(
            self._value if value is None else value,
            benchmark,
            polarity=self.polarity,
            interval=self.interval if value is None else interval,
            field=self.field,
            rules=rules,
            standing=self.standing,
        )

    @property
    def _value(self) -> Fraction:
        assert self.figure.value is not None  # noqa: S101 - else there is no verdict to try
        return exact(self.figure.value)

    def _within_rounding(self) -> Iterator[tuple[Fraction, Interval | None]]:
        """The corners of what the printed figure, and counts rounded to 5, may stand for."""
        half = Fraction(1, 2 * 10**self.decimals)
        shifts = [-half, half]
        if self.verdict.rule is DecidingRule.PROBABILITY and (span := self.similar()):
            middle = (span[0] + span[1]) / 2 - self._value
            shifts += [middle] if abs(middle) < half else []
        for shift in shifts:
            made = self.interval
            moved = Interval(made.lower + shift, made.upper + shift) if made else None
            yield self._value + shift, moved
            if self.rounded_counts and self.verdict.rule in (
                DecidingRule.INTERVAL,
                DecidingRule.PROBABILITY,
            ):
                for more in (-_HALF_OF_FIVE, _HALF_OF_FIVE):
                    again = interval(self._recounted(self._value + shift, more))
                    if isinstance(again, Interval):
                        yield self._value + shift, again

    def _recounted(self, value: Fraction, more: Fraction) -> PublishedFigure:
        """The figure at another value, out of so many more than are printed."""

        def counted(number: float | None) -> float | None:
            return None if number is None else max(0.0, number + float(more))

        figure = self.figure
        shown = max(0.0, float(value))
        if figure.unit == "per_cent":
            shown = min(shown, 100.0)
        out_of = counted(figure.denominator)
        share = shown / PER.get(figure.unit, 1)
        return replace(
            figure,
            value=shown,
            numerator=None if out_of is None else share * out_of,
            denominator=out_of,
            respondents=counted(figure.respondents),
        )


PEERS = "peers"
# What changes a verdict by itself; of the other choices it takes most of those that can be made.
_ALONE = (Probe.ROUNDING, Probe.ONE_PEER, Probe.CHANCE)


class Grade(StrEnum):
    """Whether the word of a verdict rests on the way it was made."""

    ROBUST = "robust"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One verdict, what it was judged by, and all that was tried on it.

    Attributes:
        row: the figure's row.
        against: `peers` or `england`.
        case: the figure, its benchmark and rules, and the verdict.
        trials: in the order of `Probe`.
    """

    row: Row
    against: str
    case: TrialCase
    trials: tuple[Trial, ...]

    @property
    def hinges_on(self) -> tuple[Probe, ...]:
        """What the verdict hinges on; see `hinges_on`."""
        return hinges_on(self.trials)

    @property
    def grade(self) -> Grade:
        """Robust, or sensitive where it hinges on anything."""
        return Grade.SENSITIVE if self.hinges_on else Grade.ROBUST

    def records(self) -> list[dict[str, Any]]:
        """One object per trial, with the keys of `SENSITIVITY_COLUMNS`."""
        low, high = self.case.similar() or (None, None)
        decimals = self.row.decimals + 1
        verdict = {
            "indicator": self.row.indicator.indicator_id,
            "code": self.row.code,
            "against": self.against,
            "verdict": str(self.case.verdict.meaning),
            "sensitivity": str(self.grade),
            "hinges_on": [str(probe) for probe in self.hinges_on],
            "rule": str(self.case.verdict.rule),
            "similar_from": None if low is None else statistics.rounded(low, decimals),
            "similar_to": None if high is None else statistics.rounded(high, decimals),
        }
        return [
            {
                **verdict,
                "test": str(trial.probe),
                "alternative": trial.alternative,
                "outcome": str(trial.outcome),
                "becomes": [str(meaning) for _, meaning in trial.changes],
                "without": [name for name, _ in trial.changes if name],
                "reason": trial.reason,
            }
            for trial in self.trials
        ]


SENSITIVITY_COLUMNS = [
    "indicator",
    "code",
    "against",
    "verdict",
    "sensitivity",
    "hinges_on",
    "rule",
    "similar_from",
    "similar_to",
    "test",
    "alternative",
    "outcome",
    "becomes",
    "without",
    "reason",
]


def hinges_on(trials: Iterable[Trial]) -> tuple[Probe, ...]:
    """What the word of a verdict hinges on, in the order of `Probe`; nothing where it is robust.

    On the rounding of the figure, or on one peer, if that changes the word. On the peers chosen or
    on how they are averaged, if most of the other peer models and averages that can be tried
    change it: then on whichever of the two most of its own trials change it.
    """
    asked, changed = Counter[Probe](), Counter[Probe]()
    for trial in trials:
        if trial.outcome is not TrialOutcome.NOT_ASKED:
            asked[trial.probe] += 1
            changed[trial.probe] += trial.outcome is TrialOutcome.CHANGED
    choices = [probe for probe in Probe if probe not in _ALONE]
    most = 2 * sum(changed[one] for one in choices) > sum(asked[one] for one in choices)
    return tuple(
        probe
        for probe in Probe
        if (changed[probe] if probe in _ALONE else most and 2 * changed[probe] > asked[probe])
    )


def sensitivity(
    table: YearTable, council: Council, peers: PeerGroup, rows: Iterable[Row]
) -> tuple[Sensitivity, ...]:
    """Every verdict of a council's rows, put to every trial that can be made.

    Args:
        table: The year's table that the rows come from.
        council: Whose rows.
        peers: With whom they are compared.
        rows: Its rows; a verdict that is "not compared" is left out.

    Returns:
        In the order of the rows, against the peers before against England. Of a verdict that was
        taken back among many comparisons that is the only trial.
    """
    other_peers = {
        name: table.registers.peers.group(name, council, table.year)
        for name in table.registers.peers.names()
        if name != peers.model
    }
    tried: list[Sensitivity] = []
    for row in rows:
        if row.vs_peers.compared:
            tried.append(_against_peers(table, row, peers, other_peers))
        if row.vs_england.compared:
            tried.append(_against_england(table, row))
    return tuple(tried)


def _against_peers(
    table: YearTable, row: Row, peers: PeerGroup, other_peers: Mapping[str, PeerGroup]
) -> Sensitivity:
    indicator, average = row.indicator, table.rules.average
    beside = row.benchmark_year or row.year
    printed = table.printed_with(indicator, peers, beside)

    def benchmark(group: PeerGroup, way: Average) -> Benchmark:
        return peers_average(indicator, group, printed, way, variances=variances)

    variances = table.variances_with(indicator, peers, beside)
    case = _case(table, row, benchmark(peers, average), row.vs_peers)
    if row.vs_peers.before is not None:
        return Sensitivity(row, PEERS, case, (case.taken_back(),))
    trials = (
        case.rounding(),
        case.one_peer(one_left_out(indicator, peers, printed, average, variances=variances)),
        *(
            case.other_benchmark(Probe.PEERS, name, benchmark(group, average))
            for name, group in other_peers.items()
        ),
        *(
            case.other_benchmark(Probe.AVERAGE, name, benchmark(peers, name))
            for name in Average
            if name is not average
        ),
    )
    return Sensitivity(row, PEERS, case, trials)


def _against_england(table: YearTable, row: Row) -> Sensitivity:
    case = _case(table, row, table.england_of(row.indicator, row.benchmark_year), row.vs_england)
    if row.vs_england.before is not None:
        return Sensitivity(row, ENGLAND, case, (case.taken_back(),))
    return Sensitivity(row, ENGLAND, case, (case.rounding(),))


def _case(table: YearTable, row: Row, benchmark: Benchmark, verdict: Verdict) -> TrialCase:
    indicator_id, beside = row.indicator.indicator_id, row.benchmark_year or row.year
    return TrialCase(
        figure=row.figure,
        decimals=row.decimals,
        rounded_counts=table.counts_in_fives(indicator_id, row.year),
        interval=row.interval,
        polarity=str(row.indicator.polarity),
        field=table.field(indicator_id, beside),
        standing=standing(table.funnel(row.indicator, beside), row.figure)
        if table.rules.rule is RuleName.FUNNEL
        else "the rule needs no funnel",
        benchmark=benchmark,
        rules=table.rules,
        verdict=verdict,
    )
