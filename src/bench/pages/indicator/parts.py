"""What the page of an indicator shows beyond its rows: frames and sentences, nothing drawn.

Enters: a year's table and an indicator of it. Leaves: who reaches a milestone, groups of people,
shares of a whole, and pairs of figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from bench.integrity.restatement.related import pairs
from bench.judge import groups as by_group
from bench.judge.association import Association, spearman
from bench.judge.figure import NO_ROW
from bench.judge.intervals import Interval, exact
from bench.judge.reach import Reach, reach
from bench.judge.shares import share
from bench.judge.statistics import rounded
from bench.pages import store
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from fractions import Fraction

    from bench.integrity.restatement.placement import Milestone
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council, Indicator

__all__ = [
    "SHARE_COLUMNS",
    "Pairs",
    "groups",
    "paired",
    "reached",
    "shares",
    "split_years",
    "whole",
]

SHARE_COLUMNS = [
    "council",
    "area_id",
    "region",
    "share",
    "lower",
    "upper",
    "part",
    "whole",
    "basis",
    "reason",
    "apart",
]
_DECIMALS = 1


def reached(
    table: YearTable,
    indicator: Indicator,
    rows: Iterable[tuple[Council, Row]],
    milestone: Milestone,
) -> Reach:
    """How many councils reach a milestone, of those whose figure can be compared at all."""
    figures: list[tuple[Fraction, Interval | None]] = [
        (exact(row.value), row.interval)
        for council, row in rows
        if row.value is not None and table.why_not(indicator, council) is None
    ]
    lowest_first = indicator.polarity == "lower_is_better"
    return reach(figures, milestone.value, lowest_first=lowest_first)


def groups(table: YearTable, indicator: Indicator, areas: Collection[str]) -> pd.DataFrame:
    """The year's figures by age and sex; see `bench.judge.groups.groups`.

    No rows where none of the areas has a figure of any group.
    """
    found = by_group.groups(store.by_age_and_sex(), table.registers, indicator, table.year, areas)
    split = found["breakdown"] != "all"
    return found if found.loc[split, "value"].notna().any() else found.iloc[:0]


def split_years(indicator: Indicator) -> tuple[set[str], str | None]:
    """The years held with any figure by age or sex, and the last of them that England has."""
    figures = store.by_age_and_sex()
    found = figures[
        (figures["indicator_id"] == indicator.indicator_id)
        & (figures["breakdown"] != "all")
        & figures["value"].notna()
    ]
    years = found["period"].astype(str)
    return set(years), years[found["area_id"] == ENGLAND].max() if len(found) else None


def whole(table: YearTable, indicator: Indicator) -> tuple[Indicator, Indicator] | None:
    """The indicator that is a part and the one it is part of, if this is either; None if not."""
    for part in table.indicators:
        if part.part_of and indicator.indicator_id in (part.indicator_id, part.part_of):
            found = table.registers.indicators[part.part_of]
            return (part, found) if found in table.indicators else None
    return None


def shares(table: YearTable, part: Indicator, of: Indicator) -> pd.DataFrame:
    """The part as a share of the whole, for England and every council.

    Returns:
        `SHARE_COLUMNS`: England, then councils with the highest share first, then those without
        one or set apart. `share`, `lower` and `upper` in per cent; `part` and `whole` are the
        counts; `apart` says that the council is too small, or its share not possible; `reason`
        why there is no share, or it is set apart.
    """
    parts, wholes = table.printed(part.indicator_id), table.printed(of.indicator_id)
    places: list[tuple[str, str, str, bool]] = [("England", ENGLAND, "", False)]
    places += [
        (one.name, one.area_id, one.region_name, one.tiny)
        for one in table.registers.councils.in_year(table.year)
    ]
    rows = []
    for name, area_id, region, tiny in places:
        found = share(parts.get(area_id, NO_ROW), wholes.get(area_id, NO_ROW))
        made = found.interval
        rows.append(
            (
                name,
                area_id,
                region,
                None if found.value is None else rounded(found.value, _DECIMALS),
                None if made is None else rounded(made.lower, _DECIMALS),
                None if made is None else rounded(made.upper, _DECIMALS),
                found.part,
                found.whole,
                found.basis.value,
                found.reason or ("too small to compare" if tiny else ""),
                tiny or not found.possible,
            )
        )
    rows.sort(key=lambda row: (row[1] != ENGLAND, row[10], -(row[3] or 0), row[0]))
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


class Pairs(NamedTuple):
    """Two indicators of a year over councils.

    Attributes:
        points: columns area_id, council, x, y; ordered by council.
        association: over those that can be compared in both, or why there is none.
        england: both figures of England; None where one is missing.
    """

    points: pd.DataFrame
    association: Association | str
    england: tuple[float, float] | None


def paired(table: YearTable, x: Indicator, y: Indicator, council: Council | None = None) -> Pairs:
    """Both figures of every council that has both; a tiny one only where it is asked for."""
    registers = table.registers
    refused = [
        f"the publisher asks not to compare “{one.short_title}” for {table.year}"
        for one in (x, y)
        if registers.comparability.not_compared(one.indicator_id, "", table.year)
    ]
    points = pairs(
        store.figures(), registers, x, y, table.year, also=council.area_id if council else ""
    )
    able = [
        not any(table.why_not(one, registers.councils[area_id]) for one in (x, y))
        for area_id in points["area_id"]
    ]
    told = points[able]
    values = [table.printed(one.indicator_id).get(ENGLAND, NO_ROW).value for one in (x, y)]
    first, second = values
    return Pairs(
        points,
        refused[0] if refused else spearman(told["x"].tolist(), told["y"].tolist()),
        None if first is None or second is None else (first, second),
    )
