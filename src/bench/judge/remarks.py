"""What a figure was before, and what it is on another basis: remarks beside a figure.

Enters: earlier printings that differ, and figures on the population eligible before 2016-17.
Leaves: flags with their words, by indicator, area and year.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.reference.areas import ENGLAND
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reference import Indicator, Registers

__all__ = ["ORIGINAL", "Remark", "Remarks", "remarks"]

# The breakdown of the carers' figures that a cut does not touch: those asked before it.
ORIGINAL = "original_eligible"


@dataclass(frozen=True, slots=True)
class Remark:
    """A flag and its words."""

    code: str
    text: str


class Remarks:
    """Remarks by indicator, area and year; those on England go with every council's row."""

    def __init__(self, found: Mapping[tuple[str, str, str], list[Remark]]) -> None:
        self._found = found

    def of(self, indicator_id: str, area_id: str, year: FinancialYear) -> tuple[Remark, ...]:
        """What is to be said beside a council's figure."""
        areas = dict.fromkeys((area_id, ENGLAND))
        return tuple(
            remark
            for area in areas
            for remark in self._found.get((indicator_id, area, str(year)), ())
        )


def remarks(superseded: pd.DataFrame, figures: pd.DataFrame, registers: Registers) -> Remarks:
    """Gather the remarks of all years.

    Args:
        superseded: Earlier printings that differ, as `bench.published.observations.superseded`
            gives them; the first of a figure is the one named.
        figures: The table in force, with the breakdowns `all` and `original_eligible`.
        registers: Indicators and breaks.
    """
    found: dict[tuple[str, str, str], list[Remark]] = defaultdict(list)
    first = superseded.drop_duplicates(["indicator_id", "area_id", "period"], keep="first")
    bereft = _sure(first) - _sure(figures[figures["breakdown"] == "all"])
    for indicator_id, area, period, value in _rows(first):
        indicator = registers.indicators[indicator_id]
        whose = "England's figure was revised" if area == ENGLAND else "Revised"
        shown = _shown(value, indicator, period)
        text = f"{whose}: it was first published as {shown}."
        if (indicator_id, area, period) in bereft and area != ENGLAND:
            text += (
                " What was printed with that figure does not belong to this one, and no counts or "
                "margin of error are published with it."
            )
        found[indicator_id, area, period].append(Remark("revised", text))

    original = figures[figures["breakdown"] == ORIGINAL]
    surveys = original[["indicator_id", "period"]].drop_duplicates().astype(str)
    before_them = {
        str(registers.indicators[indicator_id].previous_year(FinancialYear.parse(period)))
        for indicator_id, period in surveys.itertuples(index=False)
    }
    of_carers = figures["indicator_id"].isin(surveys["indicator_id"].unique())
    official = figures[
        of_carers & figures["period"].isin(before_them) & (figures["breakdown"] == "all")
    ]
    by_key = {(i, a, p): value for i, a, p, value in _rows(official)}
    for indicator_id, area, period, value in _rows(original):
        indicator, year = registers.indicators[indicator_id], FinancialYear.parse(period)
        before = indicator.previous_year(year)
        cut = before and registers.comparability.cut_between(indicator_id, area, before, year)
        if area == ENGLAND or cut is None:
            continue
        earlier = by_key.get((indicator_id, area, str(before)))
        told = "" if earlier is None else f" ({_shown(earlier, indicator, str(before))} then)"
        text = (
            f"Among the carers who were eligible before, it is {_shown(value, indicator, period)}: "
            f"that figure compares with {before}{told}, the official one does not."
        )
        found[indicator_id, area, period].append(Remark("original_eligible_figure", text))
    return Remarks(found)


def _rows(figures: pd.DataFrame) -> list[tuple[str, str, str, float]]:
    held = figures[figures["value"].notna()]
    columns = held[["indicator_id", "area_id", "period", "value"]]
    return [(str(i), str(a), str(p), float(v)) for i, a, p, v in columns.itertuples(index=False)]


def _sure(figures: pd.DataFrame) -> set[tuple[str, str, str]]:
    """The figures that have counts or a margin, by indicator, area and year."""
    counted = figures["numerator"].notna() & figures["denominator"].notna()
    has = figures[counted | figures["margin"].notna() | figures["respondents"].notna()]
    keys = has[["indicator_id", "area_id", "period"]].astype(str)
    return set(keys.itertuples(index=False, name=None))


def _shown(value: float, indicator: Indicator, period: str) -> str:
    digits = f"{value:.{indicator.decimals(FinancialYear.parse(period))}f}"
    return f"{digits}%" if indicator.unit == "per_cent" else digits
