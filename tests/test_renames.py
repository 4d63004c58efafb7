"""Renamed indicators and councils, and areas that ended or began: one series, or two."""

import pytest

import bench
from bench.errors import ParameterError
from bench.published import observations, sources
from bench.reference import FinancialYear

year = FinancialYear.parse


@pytest.fixture(scope="module")
def figures():
    return observations.load(breakdown="all")


@pytest.mark.parametrize(
    "indicator",
    [i for i in sources.reference().indicators if len(i.codes) > 1],
    ids=lambda i: i.indicator_id,
)
def test_an_indicator_is_one_series_through_all_its_codes(figures, indicator):
    own = figures[
        (figures["indicator_id"] == indicator.indicator_id)
        & (figures["area_id"] == "leeds")
        & figures["value"].notna()
    ]
    assert not own["period"].duplicated().any()
    for period in own["period"]:
        assert indicator.published_in(year(period))
        found = sources.reference().indicators.find(indicator.code(year(period)), year(period))
        assert found.indicator_id == indicator.indicator_id


def test_4b_is_two_indicators(figures):
    find = sources.reference().indicators.find
    assert find("4B", year("2022-23")).indicator_id == "services_made_safe"
    assert find("4B", year("2023-24")).indicator_id == "safeguarding_risk_reduced"
    spans = {
        name: (own["period"].min(), own["period"].max())
        for name in ("services_made_safe", "safeguarding_risk_reduced")
        for own in [
            figures[(figures["indicator_id"] == name) & figures["value"].notna()].astype(
                {"period": str}
            )
        ]
    }
    assert spans == {
        "services_made_safe": ("2014-15", "2022-23"),
        "safeguarding_risk_reduced": ("2023-24", "2024-25"),
    }


@pytest.mark.parametrize(
    ("council", "before", "after", "changed"),
    [
        ("Somerset", "E10000027", "E06000066", "2023-24"),
        ("North Yorkshire", "E10000023", "E06000065", "2023-24"),
        ("Buckinghamshire", "E10000002", "E06000060", "2020-21"),
    ],
)
def test_a_county_that_became_unitary_is_one_council_and_its_trend_goes_on(
    council, before, after, changed
):
    registers = sources.reference()
    assert registers.councils.find(before) == registers.councils.find(after)
    assert registers.councils.find(council).code_in(year(changed)) == after
    brief = bench.briefing(council, changed)
    last = str(year(changed).shift(-1))
    row = next(r for r in brief.records() if r["indicator"] == "self_directed_support")
    assert row["previous_period"] == last
    assert row["change"] is not None
    series = brief.series("self_directed_support").set_index("period")
    assert series.index[0] == "2014-15"
    assert series["council"].notna().all()
    assert not series.loc[:"2023-24", "gap_before"].any()


@pytest.mark.parametrize(
    "peers", ["cipfa", *(pytest.param(name, marks=pytest.mark.slow) for name in ("type", "region"))]
)
@pytest.mark.parametrize(
    ("council", "first"),
    [
        ("Dorset", "2019-20"),
        ("Bournemouth, Christchurch and Poole", "2019-20"),
        ("North Northamptonshire", "2021-22"),
        ("Cumberland", "2023-24"),
    ],
)
def test_a_new_area_starts_its_trend_anew(council, first, peers):
    brief = bench.briefing(council, first, peers=peers)
    row = next(r for r in brief.records() if r["indicator"] == "self_directed_support")
    assert row["previous"] is None
    assert (
        row["change_reason"]
        == f"no figure for {year(first).shift(-1)}, when the council did not exist"
    )
    assert brief.series("self_directed_support")["period"].iloc[0] == first
    assert brief.trend("self_directed_support").alt.startswith("Lines over")


@pytest.mark.parametrize(
    ("council", "of_year", "kind"),
    [
        ("Somerset", "2022-23", "shire county"),
        ("Somerset", "2023-24", "unitary authority"),
        ("North Yorkshire", "2024-25", "unitary authority"),
        ("Buckinghamshire", "2019-20", "shire county"),
    ],
)
def test_a_page_s_heading_says_what_kind_of_council_it_is_that_year(council, of_year, kind):
    assert kind in str(bench.briefing(council, of_year).heading())


def test_dorset_before_and_after_2019_are_two_areas(figures):
    old = figures[figures["area_id"] == "dorset_county"]
    new = figures[figures["area_id"] == "dorset"]
    assert old.loc[old["value"].notna(), "period"].astype(str).max() == "2018-19"
    assert new.loc[new["value"].notna(), "period"].astype(str).min() == "2019-20"
    find = sources.reference().councils.find
    assert find("Dorset").area_id == "dorset"
    assert find("Old Dorset").successors == ("bournemouth_christchurch_poole", "dorset")


@pytest.mark.parametrize(
    ("council", "ended", "successors"),
    [
        ("Cumbria", "2023-24", "Cumberland or Westmorland and Furness"),
        ("Northamptonshire", "2021-22", "North Northamptonshire or West Northamptonshire"),
        ("Bournemouth", "2019-20", "Bournemouth, Christchurch and Poole"),
        ("Poole", "2019-20", "Bournemouth, Christchurch and Poole"),
        ("Old Dorset", "2019-20", "Bournemouth, Christchurch and Poole or Dorset"),
    ],
)
def test_a_page_after_the_end_names_the_successors(council, ended, successors):
    with pytest.raises(ParameterError) as refused:
        bench.briefing(council, ended)
    assert f"did not exist in {ended}" in str(refused.value)
    assert f"for later years, {successors}." in str(refused.value)
    assert bench.briefing(council, str(year(ended).shift(-1))).rows


@pytest.mark.parametrize(
    ("council", "before", "predecessor"),
    [("Cumberland", "2022-23", "Cumbria"), ("Dorset", "2018-19", "Dorset (to 2018-19)")],
)
def test_a_page_before_the_beginning_names_the_predecessors(council, before, predecessor):
    with pytest.raises(ParameterError, match="did not exist") as refused:
        bench.briefing(council, before)
    assert f"for earlier years, {predecessor}." in str(refused.value)


@pytest.mark.parametrize("period", ["2008-09", "2013-14"])
def test_a_year_with_counts_alone_is_no_year_of_the_framework(period):
    from bench.errors import UnknownNameError
    from bench.pages.store import years

    assert [str(y) for y in (years()[0], years()[-1])] == ["2014-15", "2024-25"]
    with pytest.raises(UnknownNameError, match=f"year '{period}'"):
        bench.briefing("Somerset", period)
