"""Numbers + polarity + params/rag.yaml -> Verdict. The only place that judges.

Colours and words for people are the business of `present`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import Field as Limits
from pydantic import model_validator

from bench.judge.belief import Belief, Chances, belief
from bench.judge.funnel import FunnelRules
from bench.judge.ranks import RankRules
from bench.judge.statistics import Field, apart, gap_parts, quartiles, sign
from bench.project.files import StrictModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.funnel import FunnelPosition
    from bench.judge.intervals import Interval


_WHOLE = 100


class Meaning(StrEnum):
    """What a comparison comes to."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    UNCLEAR = "unclear"
    HIGHER = "higher"
    LOWER = "lower"
    NOT_COMPARED = "not_compared"


class Certainty(StrEnum):
    """How sure a verdict of the rule `auto` is.

    Sure and probable go by the probability of what the verdict says; untested means that no
    error of the figure is known, so that its size alone decided.
    """

    SURE = "sure"
    PROBABLE = "probable"
    UNTESTED = "untested"


class RuleName(StrEnum):
    """A rule that a reader can choose."""

    AUTO = "auto"
    INTERVAL = "interval"
    SPREAD = "spread"
    QUARTILE = "quartile"
    TOLERANCE = "tolerance"
    FUNNEL = "funnel"


class DecidingRule(StrEnum):
    """The rule that decided.

    `auto` decides by `probability` where the figure's error is known, else by `size`.
    """

    PROBABILITY = "probability"
    SIZE = "size"
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


class AutoRules(StrictModel):
    """What the rule `auto` takes for a gap that matters, and how sure it has to be.

    Attributes:
        material: the smallest gap that matters, as a share of the usual gap between councils.
        probable: from which probability on a figure is better or worse.
        sure: from which probability on a verdict is sure.
        close: from which probability of a smaller gap on two figures are similar.
    """

    material: Decimal = Limits(gt=0)
    probable: float = Limits(gt=0.5, lt=1)
    sure: float = Limits(gt=0.5, lt=1)
    close: float = Limits(ge=0.5, lt=1)

    @model_validator(mode="after")
    def _in_order(self) -> AutoRules:
        if self.sure < self.probable:
            raise ValueError(f"sure is {self.sure}, and probable already {self.probable}")
        return self


class _Spread(StrictModel):
    half_width: Decimal
    least_councils: int


class _Quartile(StrictModel):
    least_values: int


class _Tolerance(StrictModel):
    per_cent_of_benchmark: Decimal


class TrendRules(StrictModel):
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


class PeersWorthRules(StrictModel):
    """When a share can be given, and when it is so small that a page says so: params/rag.yaml.

    Attributes:
        least_councils: How many councils need a figure and a peer that has one.
        no_guide: Peers are no guide where the upper end of the range is at most this share.
    """

    least_councils: int = Limits(default=30, ge=3)
    no_guide: float = Limits(default=0.05, ge=0, lt=1)


class Rules(StrictModel):
    """params/rag.yaml: how a verdict is reached, and its bands."""

    rule: RuleName
    average: Average
    auto: AutoRules
    spread: _Spread
    quartile: _Quartile
    tolerance: _Tolerance
    funnel: FunnelRules
    ranks: RankRules
    few_peers: int
    trend: TrendRules
    multiplicity: Multiplicity = Multiplicity.NONE
    peers_worth: PeersWorthRules = PeersWorthRules()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a figure is compared with: the peers' average or England.

    `variance` is that of its own sampling error, as far as that is known, in its unit squared.
    """

    value: Fraction | None
    reason: str = ""
    members: tuple[Fraction, ...] = ()
    variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison comes to, with its evidence.

    `before` is what it came to before many comparisons were allowed for, where that took it back.

    Attributes:
        certainty: of the rule `auto`: sure, probable or untested; None where it is unclear.
        probability: that what the verdict says is true; None where it is unclear or untested.
        belief: the three probabilities, and the distribution of the true gap that they come from.
        benchmark_variance: of the benchmark's sampling error, as far as it is known.
    """

    meaning: Meaning
    rule: DecidingRule
    benchmark: Fraction | None = None
    reason: str = ""
    before: Meaning | None = None
    certainty: Certainty | None = None
    probability: float | None = None
    belief: Belief | None = None
    benchmark_variance: float = 0.0

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
    standing: FunnelPosition | str = "no funnel was made",
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
        return Verdict(Meaning.NOT_COMPARED, DecidingRule.NONE, None, benchmark.reason)
    if rules.rule is RuleName.AUTO:
        return _by_size_and_certainty(
            value, benchmark, benchmark.value, polarity, interval, field, rules
        )
    outcome: tuple[int, DecidingRule] | str
    if rules.rule is RuleName.FUNNEL:
        outcome = without_power(field) or _sign_by_funnel(value, benchmark.value, standing)
    else:
        outcome = _sign_by_rule(value, benchmark.value, benchmark.members, interval, field, rules)
    if isinstance(outcome, str):
        return Verdict(Meaning.NOT_COMPARED, DecidingRule.NONE, benchmark.value, outcome)
    side, rule = outcome
    return Verdict(_MEANING[polarity][side], rule, benchmark.value)


_MEANING = {
    "higher_is_better": {-1: Meaning.WORSE, 0: Meaning.SIMILAR, 1: Meaning.BETTER},
    "lower_is_better": {-1: Meaning.BETTER, 0: Meaning.SIMILAR, 1: Meaning.WORSE},
    "none": {-1: Meaning.LOWER, 0: Meaning.SIMILAR, 1: Meaning.HIGHER},
}


def _by_size_and_certainty(
    value: Fraction,
    benchmark: Benchmark,
    average: Fraction,
    polarity: str,
    interval: Interval | None,
    field: Field,
    rules: Rules,
) -> Verdict:
    """The rule `auto`: a gap that matters, with how sure that is."""
    edge = material_gap(field, rules)
    if isinstance(edge, str):
        return Verdict(Meaning.NOT_COMPARED, DecidingRule.NONE, average, edge)
    if interval is None:
        return Verdict(
            _MEANING[polarity][side_by_size(value, average, edge)],
            DecidingRule.SIZE,
            average,
            certainty=Certainty.UNTESTED,
            benchmark_variance=benchmark.variance,
        )
    top, bottom = gap_parts(value, average)
    known = belief(
        top / bottom,
        interval.variance,
        field.prior.beside(float(average)),
        edge=float(edge),
        benchmark_variance=benchmark.variance,
    )
    meaning, probability = meaning_of(known, polarity, rules.auto, side=(top > 0) - (top < 0))
    return Verdict(
        meaning,
        DecidingRule.PROBABILITY,
        average,
        certainty=certainty_of(probability, rules.auto),
        probability=probability,
        belief=known,
        benchmark_variance=benchmark.variance,
    )


def meaning_of(
    known: Belief | Chances, polarity: str, rules: AutoRules, *, side: int
) -> tuple[Meaning, float | None]:
    """What a belief comes to, and the probability of it; unclear has none.

    What councils in general are like may outweigh a figure, but no figure bears the colour of a
    side that it is not on itself: then it is unclear.

    Args:
        known: The three chances of a true gap or move.
        polarity: higher_is_better, lower_is_better or none.
        rules: From which probability on something is said.
        side: -1 where the published gap is below 0, 1 above, 0 where there is none.
    """
    likelier = 1 if known.above >= known.below else -1
    beyond = max(known.above, known.below)
    if beyond >= rules.probable:
        return (_MEANING[polarity][side], beyond) if side == likelier else (Meaning.UNCLEAR, None)
    if known.close >= rules.close:
        return Meaning.SIMILAR, known.close
    return Meaning.UNCLEAR, None


def certainty_of(probability: float | None, rules: AutoRules) -> Certainty | None:
    """How sure a verdict of such a probability is; None where it says nothing."""
    if probability is None:
        return None
    return Certainty.SURE if probability >= rules.sure else Certainty.PROBABLE


def side_by_size(value: Fraction, benchmark: Fraction, edge: Fraction) -> int:
    """-1 below and 1 above by the edge or more, else 0: the figures alone, errors left aside."""
    return sign(value, benchmark) if apart(value, benchmark, edge) else 0


def material_gap(field: Field, rules: Rules) -> Fraction | str:
    """The smallest gap that matters, in the indicator's unit, or why there is none."""
    asked = (rules.auto.material, rules.spread.least_councils)
    if asked not in field.material_gaps:
        field.material_gaps[asked] = _material_gap(field, rules)
    return field.material_gaps[asked]


def _material_gap(field: Field, rules: Rules) -> Fraction | str:
    if reason := _no_usual_gap(field, rules):
        return reason
    return max(Fraction(rules.auto.material) * field.spread, field.printed_unit)


def _no_usual_gap(field: Field, rules: Rules) -> str | None:
    """Why the usual gap between councils is not known, or None."""
    least = rules.spread.least_councils
    if len(field) < least:
        return f"only {len(field)} councils have a figure, and the spread needs {least}"
    if not field.spread:
        return "the councils do not spread: the middle half of them share one value"
    return None


def without_power(field: Field) -> str | None:
    """Why a funnel could find nothing, or None."""
    at_100 = field.count(_WHOLE)
    if at_100 and 2 * at_100 >= len(field):
        return (
            f"{at_100} of {len(field)} councils stand at 100: around them the funnel has no power "
            "to tell who is unusual"
        )
    return None


def _sign_by_funnel(
    value: Fraction, average: Fraction, standing: FunnelPosition | str
) -> tuple[int, DecidingRule] | str:
    """-1 or 1 outside the 95% limits around the benchmark, or why there are none."""
    if isinstance(standing, str):
        return standing
    return standing.side(value, average), DecidingRule.FUNNEL


def _sign_by_rule(
    value: Fraction,
    average: Fraction,
    members: tuple[Fraction, ...],
    interval: Interval | None,
    field: Field,
    rules: Rules,
) -> tuple[int, DecidingRule] | str:
    """-1, 0 or 1 and the rule that decided, or why no rule could."""
    side = sign(value, average)
    gap = abs(value - average)

    if rules.rule is RuleName.INTERVAL and interval is not None:
        return (0 if interval.holds(average) else side), DecidingRule.INTERVAL

    if rules.rule in (RuleName.INTERVAL, RuleName.SPREAD):
        if reason := _no_usual_gap(field, rules):
            return reason
        return (
            0 if gap <= band(DecidingRule.SPREAD, average, field, rules) else side
        ), DecidingRule.SPREAD

    if rules.rule is RuleName.QUARTILE:
        group = _quartered(value, members, field)
        if len(group) < rules.quartile.least_values:
            return f"only {len(group)} values, and quarters need {rules.quartile.least_values}"
        low, high = quartiles(group)
        return (value > high) - (value < low), DecidingRule.QUARTILE

    return (
        0 if gap <= band(DecidingRule.TOLERANCE, average, field, rules) else side
    ), DecidingRule.TOLERANCE


def band(rule: DecidingRule, benchmark: Fraction, field: Field, rules: Rules) -> Fraction:
    """The largest gap to a benchmark that counts as similar, by the spread or the tolerance."""
    if rule is DecidingRule.SPREAD:
        return Fraction(rules.spread.half_width) * field.spread
    return abs(benchmark) * Fraction(rules.tolerance.per_cent_of_benchmark) / 100


def middle_half(
    value: Fraction, members: Sequence[Fraction], field: Field
) -> tuple[Fraction, Fraction]:
    """The quartiles of the peers with the council, or of all councils where there are no peers."""
    return quartiles(_quartered(value, members, field))


def _quartered(value: Fraction, members: Sequence[Fraction], field: Field) -> list[Fraction]:
    return [*members, value] if members else list(field.values.values())
