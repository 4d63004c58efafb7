"""What each answer would count for if the groups had answered in proportion.

Enters: region and type of those that answered, and of all. Leaves: a weight for each, and whom the
weighted answers speak for.

The weights are raked (iterative proportional fitting, Deming and Stephan 1940): the councils that
answered stand for as many of each region and of each type as there are. Nobody can stand for a
region or a type in which none answered, so that those councils are left out and named. Where the
groups that answered cannot meet both counts, the weights follow the type alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Weights", "effective", "rake", "weigh"]

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
        empty_regions: regions in which none answered.
        empty_types: types of which none answered.
    """

    by_cell: Mapping[Cell, float]
    by_region: bool
    stands_for: int
    left_out: int
    empty_regions: tuple[str, ...]
    empty_types: tuple[str, ...]


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
        empty_regions=tuple(sorted({region for region, _ in everyone} - regions)),
        empty_types=tuple(sorted({kind for _, kind in everyone} - types)),
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
