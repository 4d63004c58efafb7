"""One indicator of every council: published figures, in order, beside published England."""

import base64

import pandas as pd
import pytest

import bench
from bench.errors import ParameterError, UnknownNameError
from bench.judge.summaries import DISTRIBUTION_COLUMNS
from bench.present.theme import LOOKS
from present.test_page import read

pytestmark = pytest.mark.usefixtures("judged_once")


@pytest.fixture(scope="module")
def support():
    return bench.indicator("1C(1A)", "2018-19", council="Somerset")


def test_councils_stand_in_order_and_those_without_a_place_last(support):
    frame = support.frame()
    ranks = frame["rank"].dropna().tolist()
    assert ranks == sorted(ranks)
    assert frame["rank"].isna().tolist() == sorted(frame["rank"].isna())
    assert set(frame["area_id"][frame["rank"].isna()]) == {"city_of_london", "isles_of_scilly"}
    assert len(frame) == 152
    somerset = frame[frame["area_id"] == "somerset"].iloc[0]
    assert (somerset["value"], somerset["verdict_vs_england"]) == (91.5, "unclear")


def test_where_low_is_good_the_lowest_comes_first():
    values = bench.indicator("2B", "2024-25").frame()["value"].dropna()
    assert values.tolist()[:150] == sorted(values.tolist()[:150])


@pytest.mark.parametrize("council", ["Leeds", "Cumbria", "City of London"])
def test_a_row_is_the_one_of_the_council_s_page(support, council):
    frame = support.frame()
    row = frame[frame["council"] == council].iloc[0].to_dict()
    alone = next(r for r in bench.briefing(council, "2018-19").records() if r["code"] == "1C(1A)")
    assert {
        key: None if pd.api.types.is_scalar(row[key]) and pd.isna(row[key]) else row[key]
        for key in alone
    } == alone


def test_england_and_the_regions_are_as_published(support):
    areas = support.areas().set_index("area")
    assert list(areas.index[:3]) == ["England", "East Midlands", "East of England"]
    assert areas.loc["England", ["value", "councils"]].tolist() == [89.0, 150]
    assert areas.loc["East Midlands", "value"] == 95.3
    assert areas["councils"][1:].sum() == 150


@pytest.mark.parametrize(
    ("period", "england", "gap", "alone"),
    [
        ("2014-15", 83.7, False, False),
        ("2018-19", 89.0, False, False),
        ("2024-25", 82.4, True, False),
    ],
)
def test_the_years_are_cut_where_nothing_crosses(support, period, england, gap, alone):
    frame = support.distribution().set_index("period")
    assert [*frame.reset_index().columns] == DISTRIBUTION_COLUMNS
    year = frame.loc[period]
    assert (year["england"], year["gap_before"], year["isolated"]) == (england, gap, alone)
    assert year["low"] <= year["lower_quartile"] <= year["median"] <= year["upper_quartile"]
    assert bool(year["gap_text"]) is gap


def test_a_voluntary_year_stands_alone_and_cuts_nothing():
    frame = bench.indicator("1A", "2018-19").distribution().set_index("period")
    assert frame.index[frame["isolated"]].tolist() == ["2020-21"]
    assert frame.loc["2020-21", "councils"] == 18
    assert not frame["gap_before"].any()


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        (("1C(1A)", "2024-25"), UnknownNameError, "Unknown indicator"),
        (("self_directed", "2018-19"), UnknownNameError, "did you mean"),
        (("workforce_turnover", "2018-19"), ParameterError, "was not published for 2018-19"),
        (("1A", "2031-32"), UnknownNameError, "Unknown year"),
    ],
)
def test_what_there_is_not_is_told(asked, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        bench.indicator(*asked)


# --- the sections ---------------------------------------------------------------------------------


def sections(brief):
    shown = {
        "heading": brief.heading(), "facts": brief.facts(), "ladder": brief.ladder(),
        "councils": brief.council_table(), "areas": brief.area_table(),
        "years": brief.years(), "going": brief.going(), "notes": brief.notes(), "method": brief.method(),
        "sources": brief.sources(),
    }  # fmt: skip
    return {name: str(section) for name, section in shown.items()}


@pytest.mark.parametrize(
    ("indicator", "year"),
    [
        ("1C(1A)", "2018-19"),
        ("2B", "2024-25"),
        ("3D(1a)", "2024-25"),
        ("1A", "2020-21"),
        ("1F", "2014-15"),
    ],
)
def test_every_section_is_sound_html_and_the_same_twice(indicator, year):
    brief = bench.indicator(indicator, year, palette="af")
    first = sections(brief)
    assert first == sections(brief)
    for name, html in first.items():
        parsed = read(html)
        assert len(parsed.find("table")) == len(parsed.find("caption")), name
        assert {a.get("scope") for a, _ in parsed.find("th")} <= {"col", "row"}, name
    judged = [text for _, text in read(first["councils"]).find("td", "judged")]
    texts = {f"{look.symbol} {look.text}" for look in LOOKS.values()}
    assert len(judged) == 2 * len(brief.rows)
    assert all(text.startswith(tuple(texts)) for text in judged)


def test_the_page_says_what_is_counted_and_how_the_year_came_out(support):
    text = read(support.heading()).find("div")[0][1]
    assert (
        "England's figure for 2018-19 is 89.0%. 152 councils have a figure. The 150 that are"
        in text
    )
    assert (
        "Against England, 36 are RED (worse) and 96 are GREEN (better). 3 are probably worse and 1 "
        "is probably better. 12 are AMBER (similar) and 2 are unclear." in text
    )
    facts = dict(
        zip(*([t for _, t in read(support.facts()).find(tag)] for tag in ("dt", "dd")), strict=True)
    )
    assert facts["Which way is better"].startswith("A high figure is good. Source: Fingertips")
    assert facts["Codes"] == "1C(1A) (2014-15 to 2022-23); 3D(1a) (2023-24 to 2024-25)"


def test_a_figure_not_to_be_compared_says_so_first():
    brief = bench.indicator("3D(1a)", "2024-25")
    assert "Not to be compared this year." in brief.heading()
    assert "None is compared, so a place says little." in brief.council_table()
    # One reason, shared by all, stands in the notes of the page.
    assert "Nearly everyone with long-term community support" not in brief.council_table()


@pytest.mark.parametrize(("pages", "linked"), [("all", 152), ("none", 0), ("Somerset; Leeds", 2)])
def test_names_link_to_pages_that_there_are(pages, linked):
    brief = bench.indicator("1C(1A)", "2018-19", pages=pages)
    hrefs = [a["href"] for a, _ in read(brief.council_table()).find("a")]
    assert sum(href.endswith(".html") for href in hrefs) == linked
    assert linked == 0 or "somerset.html" in hrefs


def test_the_chart_holds_every_council_with_a_place_and_points_one_out(support):
    figure = support.ladder()
    marks = [trace for trace in figure.plotly.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in marks) == 150
    assert {trace.name: trace.marker.symbol for trace in marks} == {
        "GREEN better": "triangle-up", "probably better": "triangle-up-open",
        "AMBER similar": "circle", "probably worse": "triangle-down-open",
        "RED worse": "triangle-down", "unclear": "circle-open",
    }  # fmt: skip
    assert "A filled triangle is sure, an open one probable." in figure.note
    assert [note.text for note in figure.plotly.layout.annotations] == ["Somerset"]
    assert "A line marks England at 89.0%." in figure.alt
    assert len(read(figure.table).find("tr")) == 151


def test_the_page_says_where_each_council_is_going(support):
    tests = support.trend_tests().set_index("area_id")
    table = read(support.council_table())
    trends = [text for _, text in table.find("td", "trend")]
    assert len(trends) == 152
    assert trends.count("getting better") == (tests["direction"] == "improving").sum() == 3
    assert (
        trends.count("up to 2016-17, down since") == (tests["turns"] == "up_then_down").sum() == 0
    )
    assert tests.loc["somerset", ["direction", "beyond_usual"]].tolist() == ["improving", True]
    assert (
        "3 are getting better, 2 are getting worse, 1 has turned and 144 have no clear trend"
        in support.going()
    )
    csv = read(support.downloads()).find("a")[0][0]["href"]
    text = base64.b64decode(csv.partition(",")[2]).decode()
    assert (
        "Trend,Years of the trend,Years left out of the trend,Slope a year" in text.splitlines()[0]
    )
    assert sum("getting better" in line for line in text.splitlines()) == 3


def test_nothing_is_joined_between_years_and_a_word_stands_at_the_cut(support):
    figure = support.years()
    assert all(trace.mode == "markers" or not trace.connectgaps for trace in figure.plotly.data)
    assert [note.text for note in figure.plotly.layout.annotations] == ["not<br>comparable"]
    assert "Years before 2024-25 do not compare with later ones." in figure.note
    assert "not with earlier years" in figure.table
