"""Post-stratification weights of a survey of councils, and an exact test of its make-up.

With the 95% interval of a share of a finite population.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.judge.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


Cell = tuple[str, str]  # region, type

_CLOSE = 1e-12
_ROUNDS = 5000


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each council that answered, by its region and type.

    Attributes:
        by_cell: (region, type) -> weight; times the councils that answered they add up to
            `stands_for`.
        by_region: whether they meet the regions as well as the types.
        stands_for: how many councils of the population they speak for.
        left_out: how many they do not.
    """

    by_cell: Mapping[Cell, float]
    by_region: bool
    stands_for: int
    left_out: int


def weigh(answered: Sequence[Cell], everyone: Sequence[Cell]) -> Weights:
    """Weights of those that answered, to the population by region and type.

    Args:
        answered: (region, type) of each council that answered, at least one.
        everyone: (region, type) of each council there is.
    """
    regions, types = {region for region, _ in answered}, {kind for _, kind in answered}
    covered = [(region, kind) for region, kind in everyone if region in regions and kind in types]
    cells = Counter(answered)
    of_type = Counter(kind for _, kind in covered)
    raked = rake(cells, Counter(region for region, _ in covered), of_type)
    if raked is None:
        among = Counter(kind for _, kind in answered)
        raked = {cell: of_type[cell[1]] / among[cell[1]] for cell in cells}
        by_region = False
    else:
        by_region = True
    return Weights(
        by_cell=raked,
        by_region=by_region,
        stands_for=len(covered),
        left_out=len(everyone) - len(covered),
    )


def rake(
    cells: Mapping[Cell, int], rows: Mapping[str, int], columns: Mapping[str, int]
) -> dict[Cell, float] | None:
    """Weights by cell so that the weighted counts meet both margins; None where none do.

    Args:
        cells: How many answered in each cell, each above 0.
        rows: What the first parts of the cells have to add up to, each above 0.
        columns: What the second parts have to add up to, each above 0; the same in all.
    """
    row_at = {name: at for at, name in enumerate(sorted(rows))}
    column_at = {name: at for at, name in enumerate(sorted(columns))}
    counts = np.zeros((len(rows), len(columns)))
    for (row, column), count in cells.items():
        counts[row_at[row], column_at[column]] = count
    wanted_rows = np.array([rows[name] for name in row_at], float)
    wanted_columns = np.array([columns[name] for name in column_at], float)
    fitted = counts.copy()
    for _ in range(_ROUNDS):
        fitted *= (wanted_rows / fitted.sum(axis=1))[:, None]
        fitted *= wanted_columns / fitted.sum(axis=0)
        if np.abs(fitted.sum(axis=1) / wanted_rows - 1).max() < _CLOSE:
            return {
                cell: float(fitted[row_at[cell[0]], column_at[cell[1]]]) / count
                for cell, count in cells.items()
            }
    return None


def effective(weights: Sequence[float]) -> float:
    """How many equal answers would tell as much as these weighted ones (Kish 1965)."""
    of: NDArray[np.float64] = np.array(weights, float)
    return float(of.sum() ** 2 / (of**2).sum())


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


def _share_as_far(
    observed: int, everyone: Sequence[int], scales: Sequence[int], chosen: int
) -> float:
    """The share of choices whose weighted sum of squares is `observed` or more.

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
            reached = np.searchsorted(their_sums, (observed - sums)[::-1])
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


def wilson_of_finite(count: int, base: int, population: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share, with the finite population correction.

    A share of `base` out of `population` varies (population - base) / (population - 1) times as
    much as one of an endless population: as if so many more had been asked. Where all have
    answered there is nothing left to vary.

    Args:
        count: Those that gave the answer, from 0 to `base`.
        base: Those that answered the question, above 0.
        population: All there are, at least `base`.
    """
    if base >= population:
        return count / base, count / base
    as_if = base * (population - 1) / (population - base)
    return wilson(count / base * as_if, as_if)
