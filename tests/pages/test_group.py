"""A group of councils: who is in it, and that its figures and verdicts are those of other pages."""

import pytest

import bench
from bench.errors import ParameterError, UnknownNameError
from bench.reference.areas import Region


@pytest.fixture(scope="module")
def south_west():
    return bench.group("South West", "2024-25", pages="all")


@pytest.mark.parametrize(
    ("word", "region"),
    [
        ("South West", Region.SOUTH_WEST),
        ("the south-west", Region.SOUTH_WEST),
        ("south_west", Region.SOUTH_WEST),
        ("London", Region.LONDON),
        ("Yorkshire & the Humber", Region.YORKSHIRE_AND_THE_HUMBER),
        ("East of England", Region.EAST_OF_ENGLAND),
    ],
)
def test_a_region_is_known_by_its_name(word, region):
    assert Region.named(word) is region


@pytest.mark.parametrize(
    ("councils", "year", "error", "message"),
    [
        ("South Wast", "2024-25", UnknownNameError, "did you mean South West"),
        ("Leeds", "2024-25", UnknownNameError, "Unknown region 'Leeds'"),
        ("", "2024-25", ParameterError, "at least 2"),
        ("Leeds;Lieds", "2024-25", UnknownNameError, "did you mean Leeds"),
        ("Leeds;Barnet;E08000035", "2024-25", ParameterError, "Leeds is named twice"),
        ("Leeds;Cumbria", "2024-25", ParameterError, "Cumberland"),
    ],
)
def test_a_group_that_cannot_be_is_refused(councils, year, error, message):
    with pytest.raises(error, match=message):
        bench.group(councils, year)


def test_a_region_holds_the_councils_of_its_year():
    assert "Northamptonshire" in [c.name for c in bench.group("East Midlands", "2018-19").councils]
    later = [c.name for c in bench.group("East Midlands", "2024-25").councils]
    assert "Northamptonshire" not in later
    assert "West Northamptonshire" in later


def test_figures_and_verdicts_are_those_of_every_other_page(south_west):
    columns = ["value", "verdict_vs_england", "certainty_vs_england", "verdict_vs_peers"]
    keys = ["indicator", "area_id"]
    everyone = bench.overview("2024-25").frame().set_index(keys)[columns]
    frame = south_west.frame().set_index(keys)[columns]
    councils = frame[~frame.index.get_level_values("area_id").str.startswith("region:")]
    assert len(councils) == 15 * 20
    assert councils.equals(everyone.loc[councils.index])


def test_a_regions_figures_are_the_published_ones(south_west):
    table = bench.observations()
    published = table[
        (table["area_id"] == "region:south_west")
        & (table["period"] == "2024-25")
        & (table["breakdown"] == "all")
    ].set_index("indicator_id")["value"]
    frame = south_west.frame()
    own = frame[frame["area_id"] == "region:south_west"].set_index("indicator")["value"]
    assert len(own) == 20
    assert own.dropna().to_dict() == published.reindex(own.dropna().index).to_dict()


def test_a_group_that_is_no_region_has_no_figure_of_its_own():
    found = bench.group("Leeds;Barnet", "2018-19", title="Two")
    assert set(found.frame()["council"]) == {"Barnet", "Leeds"}
    assert "as a region" not in str(found.heading())
    assert "The region against England" not in str(found.beside_england())


def test_every_council_of_an_indicator_is_counted_once(south_west):
    for line in south_west.table.lines:
        assert len(line.rows) == 15
        assert 0 <= line.worse <= line.compared <= 15


def test_who_stands_out_is_who_is_sure_and_no_other(south_west):
    text = str(south_west.standing_out())
    frame = south_west.frame()
    sure = frame[frame["certainty_vs_england"].isin(["sure", "untested"])]
    named = sure[sure["verdict_vs_england"].isin(["better", "worse"])]
    named = named[~named["area_id"].str.startswith("region:")]
    for code, rows in named.groupby("code"):
        cells = text[text.index(f">{code} ") :].split("</tr>")[0]
        assert all(name in cells for name in rows["council"])
    cells = text[text.index(">1D ") :].split("</tr>")[0]
    assert "Cornwall" not in cells  # probably better alone


def test_questions_are_about_what_a_third_share_or_the_region_itself(south_west):
    text = str(south_west.questions())
    asked = [line for line in south_west.table.lines if f">{line.measure.code} " in text]
    assert 0 < len(asked) <= 5
    frame = south_west.frame().set_index(["code", "area_id"])
    for line in asked:
        verdicts = frame.loc[line.measure.code]
        region = verdicts.loc["region:south_west"]
        red = (verdicts["verdict_vs_england"] == "worse") & (
            verdicts["certainty_vs_england"] != "probable"
        )
        own = region["verdict_vs_england"] == "worse"
        assert own or red.drop("region:south_west").sum() * 3 >= line.compared


def test_many_councils_are_several_tables():
    london = bench.group("London", "2024-25", pages="Barnet")
    text = str(london.councils_table())
    assert text.count("<table") == 3
    assert text.count('href="barnet.html"') == 1
    assert text.count("<a ") == 1
