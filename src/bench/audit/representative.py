"""Do those that answered look like everybody? An exact test over the groups of a population.

Enters: how many of each group answered, and how many there are. Leaves: how far the make-up of
those that answered lies from that of all, and how often chance alone would take it so far.

The test is the exact one of a population that is finite and known: if every choice of n out of N
were as likely, the counts by group would follow the multivariate hypergeometric distribution. How
far a choice lies from the make-up of all is measured by chi-squared with the correction for a
finite population, (N - 1) / N times Pearson's of the table of those that answered and those that
did not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Likeness", "likeness"]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like the population those that answered are.

    Attributes:
        distance: chi-squared with the finite population correction; 0 is the same make-up.
        degrees_of_freedom: groups less one.
        p_value: share of all choices of so many councils that lie as far off, or farther.
        expected: how many of each group would answer if all groups answered alike.
    """

    distance: float
    degrees_of_freedom: int
    p_value: float
    expected: tuple[float, ...]


def likeness(answered: Sequence[int], everyone: Sequence[int]) -> Likeness:
    """Compare those that answered with all, group by group.

    Args:
        answered: Those that answered, by group; none above its group.
        everyone: All there are, by group, in the same order; each above 0.

    Returns:
        The exact test. Nobody and everybody are both just like the population: p is 1.
    """
    chosen, total = sum(answered), sum(everyone)
    expected = tuple(chosen * size / total for size in everyone)
    common = math.lcm(*everyone)
    scales = [common // size for size in everyone]
    # The sum of squares over sizes orders all choices as chi-squared does, and in whole numbers,
    # so that choices that lie equally far off are known to.
    found = sum(count * count * scale for count, scale in zip(answered, scales, strict=True))
    distance = 0.0
    if 0 < chosen < total:
        pearson = total * found / (chosen * common) - chosen
        distance = max(0.0, pearson * (total - 1) / (total - chosen))
    return Likeness(
        distance=distance,
        degrees_of_freedom=len(everyone) - 1,
        p_value=_share_as_far(found, everyone, scales, chosen),
        expected=expected,
    )


def _share_as_far(found: int, everyone: Sequence[int], scales: Sequence[int], chosen: int) -> float:
    """The share of choices whose weighted sum of squares is `found` or more.

    The groups are dealt into two halves, and every choice of one half is met with the choices of
    the other that take it far enough: nine regions have 10^11 choices, each half some 10^5.
    """
    some, others = (
        _by_count([everyone[at] for at in half], [scales[at] for at in half])
        for half in _halves(everyone)
    )
    ways = 0.0
    for count, (sums, weights) in enumerate(some):
        if 0 <= chosen - count < len(others):
            their_sums, their_weights = others[chosen - count]
            # how many ways from each place to the end; none beyond it
            tails = np.append(np.cumsum(their_weights[::-1])[::-1], 0.0)
            # sought in rising order, which is the quicker way to search
            reached = np.searchsorted(their_sums, (found - sums)[::-1])
            ways += float(weights[::-1] @ tails[reached])
    return min(1.0, ways / math.comb(sum(everyone), chosen))


def _halves(everyone: Sequence[int]) -> tuple[list[int], list[int]]:
    """The groups in two parts, by their places, whose choices are fewest.

    Each part has the product of its sizes, plus 1 each, of choices.
    """
    parts: dict[int, list[int]] = {1: []}
    for at, size in enumerate(everyone):
        parts |= {product * (size + 1): [*part, at] for product, part in parts.items()}
    whole = max(parts)
    smaller = parts[max(product for product in parts if product * product <= whole)]
    return smaller, [at for at in range(len(everyone)) if at not in smaller]


def _by_count(
    sizes: Sequence[int], scales: Sequence[int]
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Every choice from some groups, by how many it takes: none, one, two and so on.

    Returns:
        For each number the weighted sums of squares in rising order, and in how many ways each
        is reached.
    """
    counts, sums, ways = np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1)
    for size, scale in zip(sizes, scales, strict=True):
        own = np.arange(size + 1, dtype=np.int64)
        own_ways = np.array([math.comb(size, one) for one in range(size + 1)], np.float64)
        counts = np.add.outer(counts, own).ravel()
        sums = np.add.outer(sums, own * own * scale).ravel()
        ways = np.multiply.outer(ways, own_ways).ravel()
    order = np.argsort(counts * (int(sums.max()) + 1) + sums)
    ends = np.searchsorted(counts[order], np.arange(sum(sizes)), side="right")
    return list(zip(np.split(sums[order], ends), np.split(ways[order], ends), strict=True))
