"""How the councils of England and of each region lie; the published figures stay as published.

Enters: a year's table and an indicator. Leaves: one row for England and each region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.judge import statistics
from bench.reference import Region
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from bench.judge.year_table import YearTable
    from bench.reference import Indicator

__all__ = ["AREA_COLUMNS", "within_regions"]

AREA_COLUMNS = [
    "area",
    "value",
    "status",
    "councils",
    "low",
    "lower_quartile",
    "median",
    "upper_quartile",
    "high",
]


def within_regions(table: YearTable, indicator: Indicator) -> pd.DataFrame:
    """England and the regions as published, with how their councils lie.

    Args:
        table: The year's figures.
        indicator: One that the year's framework publishes.

    Returns:
        `AREA_COLUMNS`: England, then regions by name. `value` is the published figure of the area;
        `councils` counts those with a figure, without the tiny two, and the others are of these.
    """
    printed = table.printed(indicator.indicator_id)
    field = table.field(indicator.indicator_id)
    councils = table.registers.councils.in_year(table.year)
    places = [(ENGLAND, "England", [council.area_id for council in councils])]
    places += [
        (f"region:{region}", region.label, [c.area_id for c in councils if c.region == region])
        for region in sorted(Region, key=lambda one: one.label)
    ]
    rows = []
    for area_id, name, within in places:
        own = sorted(field.values[one] for one in within if one in field.values)  # noqa: PD011
        middle = [
            statistics.quartiles(own)[0], statistics.median(own), statistics.quartiles(own)[1]
        ] if own else []  # fmt: skip
        five = [own[0], *middle, own[-1]] if own else [None] * 5
        found = printed.get(area_id)
        rows.append(
            (
                name,
                found.value if found else None,
                found.status if found else "not_available",
                len(own),
                *(None if one is None else float(one) for one in five),
            )
        )
    return pd.DataFrame(rows, columns=AREA_COLUMNS)
