"""The smallest gap that a figure could show, and how many more answers would show the gap it has.

The rule `auto` calls a figure better or worse from a probability of `probable` on. Of a figure with
an error that is so from some gap on: the edge of what matters, and a share of the standard
deviation of what is known of the true gap. As the figure counts partly as luck, its own gap must
be larger still (see `bench.judge.belief`).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from bench.judge.belief import belief
from bench.judge.intervals import Z_95, margin_of
from bench.judge.rag import DecidingRule, material_gap
from bench.reference.indicator import IntervalMethod

if TYPE_CHECKING:
    from fractions import Fraction

    from bench.judge.belief import Prior
    from bench.judge.intervals import Interval, PublishedFigure
    from bench.judge.rag import AutoRules, Rules, Verdict
    from bench.judge.statistics import Field

# No survey of a council gets so many times the answers that it has.
_MOST_TIMES = 10
# Published counts of people are rounded to this.
_ROUNDED_TO = 5


class NoAnswers(StrEnum):
    """Why no number of more answers is named for a survey's figure."""

    TOO_SMALL = "the gap is too small to matter"
    UNKNOWN = "how many answered is not known"
    HIDDEN = "the error of the other figure hides it, however many answer"
    PEOPLE = "it would take more answers than there are people to ask"
    TIMES = "it would take more than ten times the answers that there are"

    @property
    def beyond_reach(self) -> bool:
        """Whether the gap would matter, and no survey that could be held would show it."""
        return self in {NoAnswers.HIDDEN, NoAnswers.PEOPLE, NoAnswers.TIMES}


@dataclass(frozen=True, slots=True)
class GapLimits:
    """From which gap on, below and above, a figure would be judged to lie apart.

    Attributes:
        below: at this gap or less it is lower; in the indicator's unit, usually negative.
        above: at this gap or more it is higher; usually positive.
    """

    below: float
    above: float

    def beside(self, gap: float) -> float:
        """The smallest gap that could be shown on the side of a gap, as a size of 0 or more.

        Without a gap, on the side where the smaller one is enough.
        """
        above, below = max(0.0, self.above), max(0.0, -self.below)
        if not gap:
            return min(above, below)
        return above if gap > 0 else below


@dataclass(frozen=True, slots=True)
class Detectable:
    """What one figure could show against one benchmark.

    Attributes:
        gap: the smallest gap, on the side of the figure's own, that would be judged better or worse
            with its error, in the indicator's unit.
        more_answers: how many more people would have to answer for the gap there is to be judged
            better or worse, if they answered as the others did. 0 where it is judged so; None for
            what is no survey, and where `reason` says why.
        reason: why no number is named for a survey's figure; None where one is.
    """

    gap: float
    more_answers: int | None
    reason: NoAnswers | None = None


def thresholds(
    variance: float, prior: Prior, rules: AutoRules, *, edge: float, benchmark_variance: float = 0.0
) -> GapLimits:
    """The gaps from which on the rule `auto` has a figure lower or higher.

    Args:
        variance: The sampling variance of the figure, in its unit squared; above 0.
        prior: Of the true gap, as far as the benchmark is exact; see `Prior.beside`.
        rules: From which probability on something is said.
        edge: The smallest gap that matters; above 0.
        benchmark_variance: The sampling variance of what it is compared with.
    """
    own = prior.variance / (prior.variance + variance)
    needed = edge + NormalDist().inv_cdf(rules.probable) * math.sqrt(
        own * variance + benchmark_variance
    )
    return GapLimits(
        prior.centre + (-needed - prior.centre) / own, prior.centre + (needed - prior.centre) / own
    )


class AnswersGiven(NamedTuple):
    """What a survey's figure stands on.

    Attributes:
        variance: the sampling variance of the figure, in its unit squared; above 0.
        answers: how many people answered, or the number that the variance stands for.
        people: how many there are to ask; None where that is not known.
    """

    variance: float
    answers: float
    people: float | None = None


def more_answers(
    gap: float,
    sample: AnswersGiven,
    prior: Prior,
    rules: AutoRules,
    *,
    edge: float,
    benchmark_variance: float = 0.0,
) -> int | NoAnswers:
    """How many more answers would have a gap judged better or worse, or why none is named.

    The sampling variance is taken to fall as answers grow: that of a survey twice as large is half.

    Args:
        gap: The gap there is, in the indicator's unit.
        sample: What the figure stands on.
        prior: See `thresholds`.
        rules: From which probability on something is said.
        edge: The smallest gap that matters.
        benchmark_variance: The sampling variance of what the figure is compared with.
    """
    variance, answers, people = sample

    def shown(more: float) -> bool:
        left = variance * answers / (answers + more)
        known = belief(gap, left, prior, edge=edge, benchmark_variance=benchmark_variance)
        # On the side of the gap there is: what the others are like may suggest the other one.
        return (known.above if gap > 0 else known.below) >= rules.probable

    if shown(0):
        return 0
    if abs(gap) < edge:
        return NoAnswers.TOO_SMALL
    if not shown(math.inf):
        return NoAnswers.HIDDEN
    most = math.floor(people - answers if people else _MOST_TIMES * answers)
    if not shown(most):
        return NoAnswers.PEOPLE if people else NoAnswers.TIMES
    too_few, enough = 0, most
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if shown(middle) else (middle, enough)
    return enough


def answers_of(figure: PublishedFigure) -> float | None:
    """How many people answered, as published or as the margin of a percentage stands for.

    A simple random sample of that many would have the margin; None for what is no survey.
    """
    if figure.method is not IntervalMethod.MARGIN:
        return None
    if figure.respondents:
        return figure.respondents
    margin = margin_of(figure)
    if figure.unit != "per_cent" or margin is None or figure.value is None:
        return None
    spread = figure.value * (100 - figure.value)
    return spread * (Z_95 / margin) ** 2 if spread > 0 else None


def people_of(figure: PublishedFigure) -> float | None:
    """How many people a survey's answers stand for, where that is published; None where not.

    A weighted count of people. One that is no more than the answers, but for its rounding, counts
    the answers.
    """
    answers, people = answers_of(figure), figure.denominator
    return people if answers and people and people > answers + _ROUNDED_TO else None


def detectable(
    figure: PublishedFigure, interval: Interval | None, verdict: Verdict, field: Field, rules: Rules
) -> Detectable | None:
    """What a figure could show against the benchmark of its verdict.

    Args:
        figure: As published, with a value.
        interval: Its 95% interval, if it has one.
        verdict: What it came to.
        field: Every council's value that year.
        rules: By which it was judged.

    Returns:
        None where the rule `auto` did not judge the figure.
    """
    edge = material_gap(field, rules)
    if verdict.rule not in (DecidingRule.PROBABILITY, DecidingRule.SIZE) or isinstance(edge, str):
        return None
    assert figure.value is not None  # noqa: S101 - else there were no verdict
    assert verdict.benchmark is not None  # noqa: S101
    gap = figure.value - float(verdict.benchmark)
    if verdict.rule is DecidingRule.SIZE or interval is None:
        return Detectable(float(edge), None)
    prior, smallest = field.prior.beside(float(verdict.benchmark)), float(edge)
    known = {"edge": smallest, "benchmark_variance": verdict.benchmark_variance}
    limits = thresholds(interval.variance, prior, rules.auto, **known)
    shows = limits.beside(gap)
    if figure.method is not IntervalMethod.MARGIN:
        return Detectable(shows, None)
    answers = answers_of(figure)
    if not answers:
        return Detectable(shows, None, NoAnswers.UNKNOWN)
    sample = AnswersGiven(interval.variance, answers, people_of(figure))
    more = more_answers(gap, sample, prior, rules.auto, **known)
    if isinstance(more, NoAnswers):
        return Detectable(shows, None, more)
    return Detectable(shows, more)


def similar_range(
    benchmark: Fraction,
    interval: Interval | None,
    field: Field,
    rules: Rules,
    *,
    benchmark_variance: float = 0.0,
) -> tuple[float, float] | None:
    """From which figure to which, with the same error, the rule `auto` has two figures similar.

    Args:
        benchmark: What figures are compared with.
        interval: The 95% interval of the figure, if it has one; without it the size decides.
        field: Every council's value that year.
        rules: By which they are judged.
        benchmark_variance: The sampling variance of the benchmark.

    Returns:
        None where no figure would be: too little is known for any to be called similar.
    """
    edge = material_gap(field, rules)
    if isinstance(edge, str):
        return None
    middle, half = float(benchmark), float(edge)
    if interval is None:
        return middle - half, middle + half
    prior, variance = field.prior.beside(middle), interval.variance
    own = prior.variance / (prior.variance + variance)
    farthest = _farthest_similar(
        half, math.sqrt(own * variance + benchmark_variance), rules.auto.close
    )
    if farthest is None:
        return None
    low, high = (prior.centre + (at - prior.centre) / own for at in (-farthest, farthest))
    return middle + low, middle + high


@functools.lru_cache(maxsize=1 << 12)  # asked again of the same figure
def _farthest_similar(edge: float, deviation: float, often: float) -> float | None:
    """How far from 0 the mean of a true gap may be for it to be close often enough."""

    def close(mean: float) -> float:
        root = math.sqrt(2) * deviation
        return 0.5 * (math.erf((edge - mean) / root) + math.erf((edge + mean) / root))

    if close(0.0) < often:
        return None
    low, high = 0.0, edge + 10 * deviation
    while (middle := (low + high) / 2) not in (low, high):  # halving to the last digit
        low, high = (middle, high) if close(middle) >= often else (low, middle)
    return low
