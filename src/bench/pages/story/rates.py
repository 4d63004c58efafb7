"""Counts per 100,000 adults of an area.

The population is the denominators of the two admissions indicators, which divide by everybody aged
18 to 64 and by everybody aged 65 and over; each rate says which year's population it uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.judge.summaries import records
from bench.judge.trend import Point
from bench.reference.areas import ENGLAND
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Collection

    from bench.reference import Council, Indicator, Registers

RATE_COLUMNS = ["area_id", "period", "count", "population", "population_period", "rate"]
BY_AGE = ("care_home_admissions_18_64", "care_home_admissions_65_over")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint(Point):
    """One year of a count per 100,000 adults.

    Attributes:
        count: the council's count; None where there is none.
        england_count: England's.
        population_period: the year of the council's population; None where none is published.
    """

    count: float | None
    england_count: float | None
    population_period: str | None


def rates(figures: pd.DataFrame, indicator_id: str, areas: Collection[str]) -> pd.DataFrame:
    """The published counts of an indicator, each per 100,000 adults of its area.

    Args:
        figures: The table in force, breakdown "all".
        indicator_id: An indicator whose value is a count of people.
        areas: The areas wanted, by `area_id`.

    Returns:
        `RATE_COLUMNS`, sorted by area and period, one row per published count. The population is
        that of the same year where it is published, else of the nearest year that publishes it,
        the earlier of two as near; `population_period` says which. An area without any has no rate.
    """
    counts = figures[
        (figures["indicator_id"] == indicator_id)
        & figures["area_id"].isin(areas)
        & figures["value"].notna()
    ]
    adults = _adults(figures[figures["area_id"].isin(areas)])
    rows = []
    for area, period, count in counts[["area_id", "period", "value"]].itertuples(index=False):
        year, people = _nearest(adults.get(str(area), {}), FinancialYear.parse(str(period)))
        rows.append(
            {
                "area_id": str(area),
                "period": str(period),
                "count": float(count),
                "population": people,
                "population_period": str(year) if year else None,
                "rate": float(count) * 100_000 / people if people else None,
            }
        )
    frame = pd.DataFrame(rows, columns=RATE_COLUMNS)
    return frame.sort_values(["area_id", "period"], ignore_index=True)


def points(
    figures: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    council: Council,
    *,
    model: str,
) -> tuple[RatePoint, ...]:
    """The years of a count per 100,000 adults, for one council.

    Args:
        figures: The table in force, breakdown "all", of the indicator and of `BY_AGE` at least.
        registers: Councils, breaks and peer models.
        indicator: Whose value is a count of people.
        council: Whose figures.
        model: Peer model; its members follow the areas of each year.

    Returns:
        The years in order, as of `bench.judge.trend.points`, but rates, beside the counts.
    """
    years = [year for year in indicator.years if council.exists(year)]
    groups = {year: registers.peers.group(model, council, year) for year in years}
    peers = {peer.area_id for group in groups.values() for peer in group.members}
    found = rates(figures, indicator.indicator_id, {council.area_id, ENGLAND, *peers})
    by_key = {(one["area_id"], one["period"]): one for one in records(found)}
    shown = []
    for year in years:
        period = str(year)
        own = by_key.get((council.area_id, period), {})
        england = by_key.get((ENGLAND, period), {})
        reporting = [
            rate
            for peer in groups[year].members
            if (rate := by_key.get((peer.area_id, period), {}).get("rate")) is not None
        ]
        cut = registers.comparability.cut_between(
            indicator.indicator_id, council.area_id, year.shift(-1), year
        )
        shown.append(
            RatePoint(
                period=period,
                council=own.get("rate"),
                england=england.get("rate"),
                peer_average=sum(reporting) / len(reporting) if reporting else None,
                peers_reporting=len(reporting),
                gap_before=cut is not None,
                gap_text=cut.text if cut else "",
                status="observed" if own else "not_available",
                isolated=False,
                count=own.get("count"),
                england_count=england.get("count"),
                population_period=own.get("population_period"),
            )
        )
    return tuple(shown)


def _adults(figures: pd.DataFrame) -> dict[str, dict[FinancialYear, float]]:
    """Adults by area and year, where both ages are published."""
    counted = figures[figures["indicator_id"].isin(BY_AGE) & figures["denominator"].gt(0)]
    ages: dict[tuple[str, str], list[float]] = {}
    for area, period, people in counted[["area_id", "period", "denominator"]].itertuples(
        index=False
    ):
        ages.setdefault((str(area), str(period)), []).append(float(people))
    adults: dict[str, dict[FinancialYear, float]] = {}
    for (area, period), parts in ages.items():
        if len(parts) == len(BY_AGE):
            adults.setdefault(area, {})[FinancialYear.parse(period)] = sum(parts)
    return adults


def _nearest(
    adults: dict[FinancialYear, float], year: FinancialYear
) -> tuple[FinancialYear | None, float | None]:
    if not adults:
        return None, None
    found = min(adults, key=lambda other: (abs(other.start - year.start), other))
    return found, adults[found]
