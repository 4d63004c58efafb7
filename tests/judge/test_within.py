"""Regions: published figures untouched, and their councils by another way of reckoning."""

import statistics

import pytest

from bench.judge.summaries import AREA_COLUMNS, within_regions
from bench.pages import choices, store
from bench.published import sources
from bench.reference import FinancialYear


def of(indicator_id, year):
    chosen = FinancialYear.parse(year)
    table = store.year_table(chosen, choices.rules_for())
    return within_regions(table, sources.reference().indicators[indicator_id])


@pytest.mark.parametrize(
    ("indicator_id", "year"),
    [("self_directed_support", "2018-19"), ("care_home_admissions_65_over", "2024-25")],
)
def test_every_region_agrees_with_the_standard_library(indicator_id, year):
    figures = store.figures()
    of_year = figures[(figures["indicator_id"] == indicator_id) & (figures["period"] == year)]
    values = dict(zip(of_year["area_id"], of_year["value"], strict=True))
    councils = sources.reference().councils.in_year(FinancialYear.parse(year))
    found = of(indicator_id, year)
    assert [*found.columns] == AREA_COLUMNS
    for area in found.to_dict("records"):
        own = sorted(
            values[c.area_id]
            for c in councils
            if not c.tiny and area["area"] in ("England", c.region_name)
            and values.get(c.area_id) == values.get(c.area_id)
        )  # fmt: skip
        quartiles = statistics.quantiles(own, n=4, method="inclusive")
        assert area["councils"] == len(own)
        assert [area[name] for name in AREA_COLUMNS[4:]] == pytest.approx(
            [own[0], *quartiles, own[-1]]
        )


def test_the_published_figure_is_not_worked_out():
    areas = of("self_directed_support", "2018-19").set_index("area")
    assert areas.loc["East Midlands", "value"] == 95.3
    assert areas.loc["England", "value"] == 89.0


def test_a_voluntary_year_has_regions_without_councils_or_figures():
    areas = of("control_over_daily_life", "2020-21").set_index("area")
    assert areas.loc["England", ["status", "councils"]].tolist() == ["not_available", 18]
    assert (areas["councils"][1:] == 0).any()
    assert areas["median"].isna().tolist() == (areas["councils"] == 0).tolist()
