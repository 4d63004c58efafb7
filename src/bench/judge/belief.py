"""What is known of a true gap: its distribution, given a figure, its error and how councils lie.

Empirical Bayes with a normal prior: the true figures of councils lie around their mean with the
variance that their published figures have beyond sampling error, so that a noisy extreme counts
partly as luck. A benchmark brings its own sampling error, which adds.

The variance is the plain one, not a robust spread: where councils have long tails or stand in a
heap, a robust spread would draw a council at the other end into the crowd, however far it lies.

Source: Efron and Morris (1975), Journal of the American Statistical Association 70, 311-319.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of a true figure before its own is seen: normal.

    Attributes:
        centre: where true figures lie, in the indicator's unit.
        variance: how far they lie apart, that unit squared; 0 or more.
    """

    centre: float
    variance: float

    def beside(self, benchmark: float) -> Prior:
        """The same of the gap to a benchmark."""
        return Prior(self.centre - benchmark, self.variance)


@dataclass(frozen=True, slots=True)
class Belief:
    """The distribution of a true gap: normal, with what it gives to three ranges.

    Attributes:
        mean: of the true gap, in the indicator's unit.
        variance: of the true gap, that unit squared.
        below: the probability that it is the edge or more below 0.
        close: the probability that it is smaller than the edge either way.
        above: the probability that it is the edge or more above 0.
    """

    mean: float
    variance: float
    below: float
    close: float
    above: float


def prior(values: Sequence[float], variances: Sequence[float]) -> Prior:
    """How the true figures of councils lie, given the published ones.

    The published figures differ by truth and by sampling error: what remains of their variance
    after the mean error variance is the truth's. It is never taken for less than one standard
    error of that variance, since so much it may itself be out by chance.

    Args:
        values: The published figures; two or more.
        variances: The error variance of each whose error is known.
    """
    count = len(values)
    centre = math.fsum(values) / count
    whole = math.fsum((value - centre) ** 2 for value in values) / (count - 1)
    error = math.fsum(variances) / len(variances) if variances else 0.0
    return Prior(centre, max(whole - error, whole * math.sqrt(2 / (count - 1))))


def belief(
    gap: float, variance: float, prior: Prior, *, edge: float, benchmark_variance: float = 0.0
) -> Belief:
    """The distribution of a true gap.

    Args:
        gap: Between a figure and what it is compared with, in the indicator's unit.
        variance: The sampling variance of the figure; 0 where it is exact.
        prior: Of the true gap, as far as the benchmark is exact.
        edge: The smallest gap that matters; above 0.
        benchmark_variance: The sampling variance of what it is compared with.
    """
    own = prior.variance / (prior.variance + variance) if variance else 1.0
    mean = prior.centre + own * (gap - prior.centre)
    spare = own * variance + benchmark_variance
    below, above = _beyond(mean + edge, spare), _beyond(edge - mean, spare)
    return Belief(mean, spare, below, max(0.0, 1.0 - below - above), above)


def _beyond(distance: float, variance: float) -> float:
    """The probability that a normal deviate of mean 0 is so far above it, or further."""
    if not variance:
        return 1.0 if distance <= 0 else 0.0
    return 0.5 * math.erfc(distance / math.sqrt(2 * variance))
