"""The longer story of a council: lines that never join, quoted figures that are open marks."""

import json

import pandas as pd
import pytest
from markupsafe import Markup

import bench
from bench.errors import UnknownNameError
from bench.pages.story.quotes import Quote


@pytest.fixture(scope="module")
def somerset():
    return bench.briefing("Somerset", "2023-24").story()


@pytest.fixture(scope="module")
def barnet():
    return bench.briefing("Barnet", "2023-24").story()


def drawn(figure):
    return json.loads(figure.json())


def trace(figure, name):
    return next(one for one in drawn(figure)["data"] if one["name"] == name)


def test_the_section_brings_its_heading_and_two_figures(somerset):
    heading, lineage, counts = somerset.parts
    assert "<h2>The longer story</h2>" in heading
    assert "counted in 3 ways" in heading
    for label in (
        "NI 130, 2008-09 to 2010-11",
        "1C(1), 2010-11 to 2013-14",
        "1C(1A), then 3D(1a), 2014-15 to 2024-25",
    ):
        assert label in heading
    assert (lineage.div_id, counts.div_id) == (
        "story-self-directed-support",
        "story-direct-payment-clients-31-march",
    )
    assert isinstance(somerset.html(), Markup)


def test_no_line_joins_two_definitions(somerset):
    own = trace(somerset.parts[1], "Somerset")
    assert min(own["x"]) == 2014
    cut = own["x"].index(2023.5)
    assert own["y"][cut] is None
    layout = drawn(somerset.parts[1])["layout"]
    assert [(s["x0"] + s["x1"]) / 2 for s in layout["shapes"]] == pytest.approx([2013.5, 2023.5])
    texts = [one["text"] for one in layout["annotations"]]
    assert texts == ["not<br>comparable"] * 2 + ["NI 130", "1C(1)", "1C(1A), then 3D(1a)"]
    assert "2014-15: A new definition" in somerset.parts[1].note
    assert "2024-25: Figures come from client-level data" in somerset.parts[1].note
    assert layout["xaxis"]["ticktext"][0] == "2008-09"


@pytest.mark.parametrize(
    ("name", "points", "shape"),
    [
        ("Somerset, quoted", [(2010, 4), (2012, 7), (2013, 33), (2013, 31.5)], "circle-open"),
        ("Somerset, restated, quoted", [(2013, 12)], "circle-cross-open"),
        ("Somerset, counted another way, quoted", [(2013, 19.1)], "circle-x-open"),
        ("England, counted another way, quoted", [(2009, 18)], "diamond-x-open"),
        ("England, quoted", [(2009, 14), (2009, 13), (2010, 29.2)], "diamond-open"),
        ("South West, quoted", [(2010, 18.3)], "square-open"),
        ("National milestone", [(2010, 30), (2012, 70), (2012, 100)], "line-ew-open"),
    ],
)
def test_quoted_figures_are_open_marks(somerset, name, points, shape):
    found = trace(somerset.parts[1], name)
    assert sorted(zip(found["x"], found["y"], strict=True)) == sorted(points)
    assert (found["mode"], found["marker"]["symbol"]) == ("markers", shape)


def test_hover_and_table_name_the_document(somerset, barnet):
    hover = trace(somerset.parts[1], "Somerset, restated, quoted")["hovertext"]
    assert any(
        "12% (restated; set down by the council)<br>Community Care, 18 August 2016, Dispute" in text
        for text in hover
    )
    for words in (
        "33%",
        "published; not revised by August 2016",
        "South West Audit Partnership, review of ASCOF 1C in Somerset, 2014, The Denominator",
        "Audit Commission, Financial management of personal budgets, October 2010, §21",
        "no published figures are held",
    ):
        assert words in somerset.parts[1].table
    assert "Quoted for Somerset: 4% in 2010-11, 7% in 2012-13" in somerset.parts[1].alt
    for words in (
        "15.23%",
        "1,029",
        "1,208",
        "target beside the outturn of 2009-10",
        "2,011",
        "Grant Thornton",
        "13% to 59%",
        "£900 million",
        "£1.5 billion",
        "£1,179,000",
        "12.6%",
    ):
        assert words in barnet.parts[1].table
    assert (
        trace(barnet.parts[1], "Barnet, quoted")["x"],
        trace(barnet.parts[1], "Barnet, quoted")["y"],
    ) == ([2009], [15.23])


def test_counts_stand_apart_with_the_year_of_their_population(somerset):
    counts = somerset.parts[2]
    assert trace(counts, "Somerset")["x"] == list(range(2008, 2014))
    assert [round(y, 1) for y in trace(counts, "Somerset")["y"]] == [
        169.9,
        206.8,
        190.7,
        196.4,
        379.0,
        245.0,
    ]
    for words in (
        "neither NI 130 nor 1C",
        "the adults of 2014-15",
        "2009-10: The column was headed",
    ):
        assert words in counts.note
    for words in ("1,640", "67,685", "2014-15", "379.0"):
        assert words in counts.table


def test_quoted_figures_change_no_series_and_no_verdict(monkeypatch):
    from bench.published import quoted

    brief = bench.briefing("Somerset", "2023-24")
    before, series = brief.records(), brief.series("self_directed_support")
    monkeypatch.setattr(
        quoted, "load", lambda **_: pytest.fail("a verdict read the quoted figures")
    )
    again = bench.briefing("Somerset", "2023-24")
    assert again.records() == before
    pd.testing.assert_frame_equal(again.series("self_directed_support"), series)


@pytest.mark.parametrize("council", ["Dorset", "Cumberland", "Bournemouth, Christchurch and Poole"])
def test_a_council_without_earlier_figures_has_no_longer_story(council):
    story = bench.briefing(council, "2023-24").story()
    assert not story
    assert story.html() == ""


def test_direct_payments_have_a_story_of_two_definitions():
    heading, lineage, _ = bench.briefing("Leeds", "2018-19").story("direct_payments").parts
    assert "counted in 2 ways" in heading
    assert min(trace(lineage, "Leeds")["x"]) == 2014
    with pytest.raises(UnknownNameError, match="longer story 'control_over_daily_life'"):
        bench.briefing("Leeds", "2018-19").story("control_over_daily_life")


@pytest.mark.parametrize(
    ("value", "upper", "unit", "shown"),
    [
        (15.23, None, "per_cent", "15.23%"),
        (13, 59, "per_cent", "13% to 59%"),
        (1208, None, "count", "1,208"),
        (900_000_000, None, "gbp", "£900 million"),
        (1_500_000_000, None, "gbp", "£1.5 billion"),
        (1_179_000, None, "gbp", "£1,179,000"),
        (1_200_000, None, "gbp", "£1.2 million"),
        (950, None, "gbp", "£950"),
        (100, None, "per_cent", "100%"),
    ],
)
def test_a_quoted_figure_is_shown_as_it_was_quoted(value, upper, unit, shown):
    quote = Quote(
        role="england", whose="England", period="2009-10", kind="survey", value=value, upper=upper,
        unit=unit, subject="", document="D", note="",
    )  # fmt: skip
    assert quote.figure == shown


def test_the_page_names_the_return_among_its_sources():
    text = bench.briefing("Somerset", "2023-24").sources()
    assert "Personal Social Services Expenditure and Unit Costs, England, 2012-13" in text
