"""Counts per 100,000 adults, and the year whose population divides them."""

import pandas as pd
import pytest

from bench.pages.story import rates
from bench.published import observations, sources
from bench.reference.periods import FinancialYear

COUNTS = "direct_payment_clients_31_march"
YOUNGER, OLDER = "care_home_admissions_18_64", "care_home_admissions_65_over"


def table(*rows):
    columns = ["indicator_id", "area_id", "period", "value", "denominator"]
    return pd.DataFrame(rows, columns=columns)


def people(period, younger=None, older=None):
    given = [(YOUNGER, younger), (OLDER, older)]
    return [(i, "leeds", period, 1.0, n) for i, n in given if n is not None]


@pytest.mark.parametrize(
    ("why", "published", "population", "of", "rate"),
    [
        ("the same year", people("2015-16", 60_000, 40_000) + people("2014-15", 1, 1), 100_000, "2015-16", 500.0),
        ("the nearest later", people("2017-18", 150_000, 50_000) + people("2019-20", 1, 1), 200_000, "2017-18", 250.0),
        ("the nearest earlier", people("2014-15", 200_000, 50_000) + people("2017-18", 1, 1), 250_000, "2014-15", 200.0),
        ("of two as near the earlier", people("2014-15", 60_000, 40_000) + people("2016-17", 1, 1), 100_000, "2014-15", 500.0),
        ("one age alone is no population", people("2015-16", 60_000) + people("2018-19", 60_000, 40_000), 100_000, "2018-19", 500.0),
        ("none", people("2015-16", 60_000), None, None, None),
        ("a population of nobody", people("2015-16", 0, 10), None, None, None),
    ],
)  # fmt: skip
def test_the_population_of_the_year_or_the_nearest(why, published, population, of, rate):
    figures = table((COUNTS, "leeds", "2015-16", 500.0, None), *published)
    row = rates.rates(figures, COUNTS, ["leeds"]).astype(object).iloc[0]
    found = [
        None if pd.isna(row[n]) else row[n] for n in ("population", "population_period", "rate")
    ]
    assert found == [population, of, rate], why


def test_a_missing_count_has_no_rate():
    figures = table((COUNTS, "leeds", "2015-16", None, None), *people("2015-16", 60, 40))
    assert rates.rates(figures, COUNTS, ["leeds"]).empty


@pytest.fixture(scope="module")
def figures():
    return observations.load(breakdown="all")


@pytest.mark.parametrize(
    ("area_id", "period", "count", "population", "of", "rate"),
    [
        ("somerset", "2008-09", 735, 307_890 + 124_820, "2014-15", 169.9),
        ("somerset", "2012-13", 1_640, 307_890 + 124_820, "2014-15", 379.0),
        ("barnet", "2013-14", 1_065, 286_935, "2014-15", 371.2),
        ("england", "2009-10", 130_900, 33_187_210 + 9_537_710, "2014-15", 306.4),
    ],
)  # fmt: skip
def test_published_counts(figures, area_id, period, count, population, of, rate):
    found = rates.rates(figures, COUNTS, [area_id]).set_index("period").loc[period]
    assert (found["count"], found["population"], found["population_period"]) == (
        count,
        population,
        of,
    )
    assert round(found["rate"], 1) == rate


def test_a_council_ended_before_any_population_is_published_has_counts_alone(figures):
    found = rates.rates(figures, COUNTS, ["bedfordshire"])
    assert found["count"].tolist() == [545]
    assert found["rate"].isna().all()


def test_the_series_of_a_council_beside_its_peers(figures):
    registers = sources.reference()
    council = registers.councils["somerset"]
    years = rates.points(figures, registers, registers.indicators[COUNTS], council, model="cipfa")
    assert [point.period for point in years] == [
        "2008-09",
        "2009-10",
        "2010-11",
        "2011-12",
        "2012-13",
        "2013-14",
    ]
    assert [point.count for point in years] == [735, 895, 825, 850, 1_640, 1_060]
    assert not any(point.gap_before for point in years)
    peers = registers.peers.group("cipfa", council, FinancialYear.parse("2012-13"))
    of_peers = rates.rates(figures, COUNTS, [p.area_id for p in peers.members])
    own = of_peers[of_peers["period"] == "2012-13"]["rate"]
    assert years[4].peer_average == pytest.approx(own.mean())
    assert years[4].peers_reporting == own.notna().sum()
