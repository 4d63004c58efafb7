"""How large each indicator's figures usually are, by the data in force."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import MissingDataError
from bench.published import observations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_FEWEST = 30


@dataclass(frozen=True, slots=True)
class Usual:
    """The values of one indicator over councils and years, in its own unit.

    Attributes:
        lowest: the least of all.
        low: 1 in 20 is below it.
        high: 1 in 20 is above it.
        highest: the greatest of all.
    """

    lowest: float
    low: float
    high: float
    highest: float

    def fits(self, value: float) -> bool:
        """Whether a value is about as large as those in force."""
        return self.low / 2 <= value <= self.high * 1.5

    def far(self, value: float) -> bool:
        """Whether a value is beyond all in force: a tenth of, or three times, what is usual."""
        above = value > self.highest and value > 3 * self.high
        return above or (0 < value < self.lowest and value < self.low / 10)

    def scaled_down(self, values: Sequence[float]) -> int:
        """How many times too small a table's values are: as rates per 1,000 are (100), or 10,000.

        Args:
            values: An indicator's figures in one table, taken for rates per 100,000.

        Returns:
            100, 10, or 0 where the figures do not look like either.
        """
        middle = float(np.median([value for value in values if value > 0] or [0.0]))
        if not 0 < middle < self.low / 2:
            return 0
        # One small council alone may have a tenth of what is usual, never a hundredth.
        for times in (100, 10) if len(values) > 2 else (100,):
            if self.low <= middle * times <= self.high:
                return times
        return 0

    def __str__(self) -> str:
        return f"{self.low:,.4g} to {self.high:,.4g}"


def usual_values(root: Path) -> Mapping[str, Usual]:
    """The usual values of every indicator with enough figures; none where no data is built."""
    folder = root / "data" / "published"
    stamps = tuple((p.name, p.stat().st_mtime_ns) for p in sorted(folder.glob("*.parquet")))
    return _usual_values(root, stamps)


@functools.lru_cache(maxsize=4)
def _usual_values(root: Path, stamps: tuple[tuple[str, int], ...]) -> Mapping[str, Usual]:
    """The usual values of the data with these files, worked out once."""
    if not stamps:
        return {}
    try:
        figures = observations.load(root=root, breakdown="all")
    except MissingDataError:
        return {}
    areas = figures["area_id"].astype(str)
    council = ~(areas.eq("england") | areas.str.contains(":"))
    values = figures.loc[council & figures["value"].notna()].groupby("indicator_id", observed=True)
    ranges = values["value"].quantile(np.array([0.0, 0.05, 0.95, 1.0])).unstack()
    sizes = values.size()
    return {
        str(indicator): Usual(*map(float, row))
        for indicator, row in zip(ranges.index, ranges.to_numpy().tolist(), strict=True)
        if sizes[indicator] >= _FEWEST
    }
