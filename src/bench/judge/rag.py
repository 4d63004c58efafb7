"""Numbers + polarity + params/rag.yaml -> Verdict. The only place that judges.

Enters: a figure, its interval, a benchmark, all councils' values, and the rules. Leaves: a
`Verdict` with its evidence. Colours and words for people are the business of `present`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Limits

from bench.judge.funnel import FunnelRules
from bench.judge.ranks import RankRules
from bench.judge.statistics import Field, quartiles, sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.funnel import Standing
    from bench.judge.intervals import Interval


class Meaning(StrEnum):
    """What a comparison comes to."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    NOT_COMPARED = "not_compared"


class RuleName(StrEnum):
    """A rule that a reader can choose."""

    AUTO = "auto"
    INTERVAL = "interval"
    SPREAD = "spread"
    QUARTILE = "quartile"
    TOLERANCE = "tolerance"
    FUNNEL = "funnel"


class Rule(StrEnum):
    """The rule that decided."""

    INTERVAL = "interval"
    SPREAD = "spread"
    QUARTILE = "quartile"
    TOLERANCE = "tolerance"
    FUNNEL = "funnel"
    NONE = "none"


class Average(StrEnum):
    """How the peers' figures make one benchmark."""

    MEAN = "mean"
    MEDIAN = "median"
    POOLED = "pooled"


class Multiplicity(StrEnum):
    """Over which comparisons chance is allowed for; see `bench.judge.multiplicity`."""

    NONE = "none"
    PAGE = "page"
    MAP = "map"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Spread(_Strict):
    half_width: Decimal
    least_councils: int


class _Quartile(_Strict):
    least_values: int


class _Tolerance(_Strict):
    per_cent_of_benchmark: Decimal


class TrendRules(_Strict):
    """How many years make a trend, and how rarely the usual ups and downs may make one."""

    years: int
    least_years: int = Limits(ge=4)
    least_councils: int = Limits(ge=2)
    significance: float = Limits(gt=0, lt=0.5)

    @model_validator(mode="after")
    def _enough(self) -> TrendRules:
        if self.years < self.least_years:
            raise ValueError(f"years is {self.years}, and a test needs {self.least_years} of them")
        return self


class Rules(_Strict):
    """params/rag.yaml: how a verdict is reached, and its bands."""

    rule: RuleName
    average: Average
    spread: _Spread
    quartile: _Quartile
    tolerance: _Tolerance
    funnel: FunnelRules
    ranks: RankRules
    few_peers: int
    trend: TrendRules
    multiplicity: Multiplicity = Multiplicity.NONE


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a figure is compared with: the peers' average or England."""

    value: Fraction | None
    reason: str = ""
    members: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison comes to, with its evidence.

    `before` is what it came to before many comparisons were allowed for, where that took it back.
    """

    meaning: Meaning
    rule: Rule
    benchmark: Fraction | None = None
    reason: str = ""
    before: Meaning | None = None

    @property
    def compared(self) -> bool:
        """Whether there is a verdict at all."""
        return self.meaning is not Meaning.NOT_COMPARED


def judge(
    value: Fraction,
    benchmark: Benchmark,
    *,
    polarity: str,
    interval: Interval | None,
    field: Field,
    rules: Rules,
    standing: Standing | str = "no funnel was made",
) -> Verdict:
    """Compare a figure with one benchmark.

    Args:
        value: The council's figure, exact.
        benchmark: What it is compared with, in the same unit.
        polarity: higher_is_better, lower_is_better or none.
        interval: The figure's 95% interval, if it has one.
        field: Every council's value that year.
        rules: Which rule, and its bands.
        standing: The funnel of all councils as this figure meets it, or why there is none; for the
            rule `funnel` alone. Its limits, with the same tau squared, are laid around whichever
            benchmark the figure is compared with: the peers' average, or England as published.

    Returns:
        Better, similar, worse, or higher, similar, lower where no judgement applies, or not
        compared with the reason.
    """
    if benchmark.value is None:
        return Verdict(Meaning.NOT_COMPARED, Rule.NONE, None, benchmark.reason)
    if rules.rule is RuleName.FUNNEL:
        outcome = _sign_by_funnel(value, benchmark.value, standing)
    else:
        outcome = _sign_by_rule(value, benchmark.value, benchmark.members, interval, field, rules)
    if isinstance(outcome, str):
        return Verdict(Meaning.NOT_COMPARED, Rule.NONE, benchmark.value, outcome)
    side, rule = outcome
    return Verdict(_MEANING[polarity][side], rule, benchmark.value)


def judge_change(
    value: Fraction,
    previous: Fraction,
    *,
    polarity: str,
    intervals: tuple[Interval | None, Interval | None],
) -> Meaning:
    """What a move between two comparable years comes to.

    Args:
        value: The council's figure, exact.
        previous: Its previous comparable figure, in the same unit.
        polarity: higher_is_better, lower_is_better or none.
        intervals: The 95% interval of each figure, if it has one.

    Returns:
        Similar where both have an interval and the two overlap or touch; otherwise the sign says.
    """
    now, before = intervals
    if now is not None and before is not None and now.overlaps(before):
        return Meaning.SIMILAR
    return _MEANING[polarity][sign(value, previous)]


_MEANING = {
    "higher_is_better": {-1: Meaning.WORSE, 0: Meaning.SIMILAR, 1: Meaning.BETTER},
    "lower_is_better": {-1: Meaning.BETTER, 0: Meaning.SIMILAR, 1: Meaning.WORSE},
    "none": {-1: Meaning.LOWER, 0: Meaning.SIMILAR, 1: Meaning.HIGHER},
}


def _sign_by_funnel(
    value: Fraction, average: Fraction, standing: Standing | str
) -> tuple[int, Rule] | str:
    """-1 or 1 outside the 95% limits around the benchmark, or why there are none."""
    if isinstance(standing, str):
        return standing
    return standing.side(value, average), Rule.FUNNEL


def _sign_by_rule(
    value: Fraction,
    average: Fraction,
    members: tuple[Fraction, ...],
    interval: Interval | None,
    field: Field,
    rules: Rules,
) -> tuple[int, Rule] | str:
    """-1, 0 or 1 and the rule that decided, or why no rule could."""
    side = sign(value, average)
    gap = abs(value - average)

    if rules.rule in (RuleName.AUTO, RuleName.INTERVAL):
        if interval is not None:
            return (0 if interval.holds(average) else side), Rule.INTERVAL
        if rules.rule is RuleName.INTERVAL:
            return "the figure has no interval"

    if rules.rule in (RuleName.AUTO, RuleName.SPREAD):
        least = rules.spread.least_councils
        if len(field) < least:
            return f"only {len(field)} councils have a figure, and the spread needs {least}"
        if not field.spread:
            return "the councils do not spread: at least three quarters share one value"
        return (0 if gap <= band(Rule.SPREAD, average, field, rules) else side), Rule.SPREAD

    if rules.rule is RuleName.QUARTILE:
        group = _quartered(value, members, field)
        if len(group) < rules.quartile.least_values:
            return f"only {len(group)} values, and quarters need {rules.quartile.least_values}"
        low, high = quartiles(group)
        return (value > high) - (value < low), Rule.QUARTILE

    return (0 if gap <= band(Rule.TOLERANCE, average, field, rules) else side), Rule.TOLERANCE


def band(rule: Rule, benchmark: Fraction, field: Field, rules: Rules) -> Fraction:
    """The largest gap to a benchmark that counts as similar, by the spread or the tolerance."""
    if rule is Rule.SPREAD:
        return Fraction(rules.spread.half_width) * field.spread
    return abs(benchmark) * Fraction(rules.tolerance.per_cent_of_benchmark) / 100


def middle_half(
    value: Fraction, members: Sequence[Fraction], field: Field
) -> tuple[Fraction, Fraction]:
    """The quartiles of the peers with the council, or of all councils where there are no peers."""
    return quartiles(_quartered(value, members, field))


def _quartered(value: Fraction, members: Sequence[Fraction], field: Field) -> list[Fraction]:
    return [*members, value] if members else list(field.values.values())
