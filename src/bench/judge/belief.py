"""What is known of a true gap: its distribution, given a figure, its error and how councils lie.

Empirical Bayes with a normal prior: the true figures of councils lie around their mean with the
variance that their published figures have beyond sampling error, so that a noisy extreme counts
partly as luck. A benchmark brings its own sampling error, which adds.

The variance is the plain one, not a robust spread: where councils have long tails or stand in a
heap, a robust spread would draw a council at the other end into the crowd, however far it lies.

True moves between two years are not normal: most councils hardly move, and a few move far. Nor are
enough of them known to say how they lie. So several `SHAPES` are asked, each at all widths by how
well these explain the published moves, and with true moves as wide for every council or the wider
the larger its error. What the published moves speak against is left out, and of the others the
lowest chance is stated. It may be too low; `benchmarks/change.py` shows that it is not too high.

Sources: Efron and Morris (1975), Journal of the American Statistical Association 70, 311-319;
Berger (1990), Journal of Statistical Planning and Inference 25, 303-328 (the lowest over a class).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


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


class Chances(NamedTuple):
    """What is stated of a true move: the lowest chance of each of three ranges.

    They may add up to less than 1.

    Attributes:
        below: that it is the edge or more below 0.
        close: that it is smaller than the edge either way.
        above: that it is the edge or more above 0.
    """

    below: float
    close: float
    above: float


class Part(NamedTuple):
    """One normal of a shape, of a shape as wide as 1.

    Attributes:
        share: of all councils.
        offset: of its mean from the centre.
        variance: of its moves.
    """

    share: float
    offset: float
    variance: float


def _few_far(share: float, near: float) -> tuple[Part, ...]:
    """Most councils move little, with the variance `near`, and a share of them move far."""
    return Part(1 - share, 0.0, near), Part(share, 0.0, (1 - (1 - share) * near) / share)


_APART = 0.9
TWO_GROUPS: Final = "two groups"
# How true moves may lie: as a bell curve; in a crowd that moves little or not at all, out of which
# some move far; in two groups that move apart. Each has a variance of 1.
SHAPES: Final = {
    "bell": (Part(1.0, 0.0, 1.0),),
    "40 in 100 move far": _few_far(0.4, 0.05),
    "20 in 100 move far": _few_far(0.2, 0.2),
    "15 in 100 move far": _few_far(0.15, 0.0),
    TWO_GROUPS: (Part(0.5, -_APART, 1 - _APART**2), Part(0.5, _APART, 1 - _APART**2)),
}
_STILL: Final = Part(0.0, 0.0, 0.0)
# Every shape as two parts: shape, part, and the numbers of a part.
_PARTS: Final = np.array([[*parts, _STILL][:2] for parts in SHAPES.values()])
# How wide a shape may be: a multiple of the published moves' root mean square about their median.
_WIDTHS: Final = np.linspace(0.15, 1.2, 8)
# How likely a width is beforehand goes by these powers of it. Where errors are wide, moves say
# little of it, and a narrow one that luck suggests would make `similar` too sure.
_TILTS: Final = (0, 2)
# A shape that explains the published moves so much worse than the best one is left out.
_LEAST_LIKELY: Final = 0.1
# A part that so little speaks for adds nothing that is printed.
_NEXT_TO_NOTHING: Final = 1e-9
# The least density that has a logarithm.
_TINY: Final = float(np.finfo(float).tiny)


@dataclass(frozen=True, eq=False)
class TrueMoves:
    """How the true figures of councils may have moved: a row of each array is one possibility.

    Attributes:
        centres: about which they lie, in the indicator's unit; a number a row.
        usual_errors: the mean error variance of a move; likewise.
        shares: of the normals that a possibility is mixed of; twice in each row, with other widths
            the likelier, and each adds up to 1.
        offsets: of their means from the centre; of a council with the usual error.
        variances: of the true moves in each; likewise.
        grows: whether true moves are the wider, the larger the error of a council is.
    """

    centres: NDArray[np.float64]
    usual_errors: NDArray[np.float64]
    shares: NDArray[np.float64]
    offsets: NDArray[np.float64]
    variances: NDArray[np.float64]
    grows: NDArray[np.bool_]

    def beside(self, others: TrueMoves) -> TrueMoves:
        """The possibilities of both."""
        both = (
            np.concatenate([getattr(self, each.name), getattr(others, each.name)])
            for each in fields(self)
        )
        return TrueMoves(*both)

    def chances(self, move: float, variance: float, *, edge: float) -> Chances:
        """The lowest chances of a true move over all possibilities.

        Args:
            move: As published, in the indicator's unit.
            variance: Its error variance; above 0.
            edge: The smallest move that matters; above 0.
        """
        wider = np.where(self.grows, variance / self.usual_errors, 1.0)[:, None]
        middles = self.centres[:, None] + self.offsets * np.sqrt(wider)
        widths = self.variances * wider
        whole = widths + variance
        explained = ((move - middles) ** 2 / whole + np.log(whole)) / -2
        with np.errstate(divide="ignore"):  # a share of 0 is a chance of 0
            logs = np.log(self.shares) + explained[:, None]
        weights = np.exp(logs - logs.max(axis=2, keepdims=True))
        weights /= weights.sum(axis=2, keepdims=True)
        kept = widths / whole
        means, spare = middles + kept * (move - middles), kept * variance
        below, above = np.zeros_like(whole), np.zeros_like(whole)
        telling = np.nonzero(weights.max(axis=1) > _NEXT_TO_NOTHING)
        of_parts = zip(means[telling].tolist(), spare[telling].tolist(), strict=True)
        beyond = [(_beyond(at + edge, rest), _beyond(edge - at, rest)) for at, rest in of_parts]
        below[telling], above[telling] = zip(*beyond, strict=True)
        lower = (weights * below[:, None]).sum(axis=2)
        higher = (weights * above[:, None]).sum(axis=2)
        return Chances(
            float(lower.min()), max(0.0, float((1 - lower - higher).min())), float(higher.min())
        )


def true_moves(moves: Sequence[float], variances: Sequence[float]) -> TrueMoves:
    """How the true figures of councils may have moved, given the published moves.

    Each shape is taken at all its widths, by how well each explains the moves: once with all of
    them as likely beforehand, once with wider ones the likelier.

    Args:
        moves: Of each council, in the indicator's unit; one or more.
        variances: The error variance of each; above 0.
    """
    published, errors = np.array(moves), np.array(variances)
    middle, usual_error = float(np.median(published)), float(errors.mean())
    # A few far moves drag the mean; between two groups the median may be anywhere.
    centres = np.array([published.mean() if name == TWO_GROUPS else middle for name in SHAPES])
    widths = (math.sqrt(np.mean((published - middle) ** 2)) * _WIDTHS)[:, None]
    # By shape, part, width and council; before the shapes come those whose moves do not grow.
    share, offset, variance = _PARTS.transpose(2, 0, 1)[:, :, :, None, None]
    offsets, within, gaps = offset * widths, variance * widths**2, published - centres[:, None]
    logs = []
    for wider in (np.ones_like(errors), errors / usual_error):
        whole = within * wider + errors
        density = gaps[:, None, None] - offsets * np.sqrt(wider)
        density *= density  # in place: most of the time goes into memory
        density /= whole
        density *= -0.5
        np.exp(density, out=density)
        density /= np.sqrt(whole)
        density *= share
        logs.append(np.log(np.maximum(density.sum(axis=1), _TINY)).sum(axis=-1))
    by_width = np.concatenate(logs)
    weights = np.exp(by_width - by_width.max())
    likelihoods = weights.sum(axis=1)
    likely = likelihoods >= _LEAST_LIKELY * likelihoods.max()
    # The parts and widths of a shape stand in one row, with the shares for each of the tilts.
    weights = weights[likely, None] * _WIDTHS ** np.array(_TILTS)[:, None]
    weights /= weights.sum(axis=2, keepdims=True)
    shape = np.tile(np.arange(len(SHAPES)), 2)[likely]
    shares = share[shape, :, :, 0][:, None] * weights[:, :, None]
    return TrueMoves(
        centres[shape],
        np.full(len(shape), usual_error),
        shares=shares.reshape(len(shape), len(_TILTS), -1),
        offsets=offsets[shape].reshape(len(shape), -1),
        variances=within[shape].reshape(len(shape), -1),
        grows=np.repeat([False, True], len(SHAPES))[likely],
    )
