"""One thing made otherwise, and what becomes of a verdict: the trials of its sensitivity.

Each trial asks `rag.judge` again; nothing is judged here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.judge.detectable import similar_range
from bench.judge.intervals import Interval, PublishedFigure, exact, interval
from bench.judge.rag import (
    Benchmark,
    DecidingRule,
    Meaning,
    Rules,
    Verdict,
    band,
    judge,
    middle_half,
)
from bench.reference.indicator import PER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.judge.funnel import FunnelPosition
    from bench.judge.statistics import Field

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
