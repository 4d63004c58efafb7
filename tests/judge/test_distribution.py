"""All councils of each year: quartiles by another way of reckoning, and years with gaps."""

import statistics

import pytest

from bench.judge.summaries import distribution
from bench.published import observations, sources


@pytest.fixture(scope="module")
def figures():
    return observations.load(breakdown="all")


def of(figures, indicator_id):
    registers = sources.reference()
    return distribution(figures, registers, registers.indicators[indicator_id]).set_index("period")


@pytest.mark.parametrize("indicator_id", ["self_directed_support", "care_home_admissions_65_over"])
def test_quartiles_agree_with_the_standard_library(figures, indicator_id):
    found = of(figures, indicator_id)
    areas = {council.area_id for council in sources.reference().councils if not council.tiny}
    own = figures[(figures["indicator_id"] == indicator_id) & figures["area_id"].isin(areas)]
    for period, year in found.iterrows():
        values = own.loc[own["period"] == period, "value"].dropna().tolist()
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        assert year[["lower_quartile", "median", "upper_quartile"]].tolist() == pytest.approx(
            [low, middle, high]
        )
        assert (year["councils"], year["low"], year["high"]) == (
            len(values),
            min(values),
            max(values),
        )


def test_a_year_without_a_figure_has_no_row(figures):
    cut = figures[figures["period"] != "2016-17"]
    assert "2016-17" not in of(cut, "self_directed_support").index


def test_a_year_of_england_alone_has_no_quartiles(figures):
    england = figures[figures["area_id"] == "england"]
    found = of(england, "self_directed_support")
    assert found["england"].notna().all()
    assert set(found["councils"]) == {0}
    assert found["median"].isna().all()
