"""What stands beside an indicator's ladder: peers, groups, shares, milestones, another figure."""

import csv
import functools

import pytest

import bench
from bench.errors import ParameterError, UnknownNameError
from bench.judge.summaries import Reach
from bench.pages.indicator.data import SHARE_COLUMNS
from present.test_page import read

pytestmark = pytest.mark.usefixtures("judged_once")
indicator = functools.cache(bench.indicator)  # each page is gathered once


@pytest.fixture(scope="module")
def support():
    return bench.indicator(
        "1C(1A)", "2018-19", council="Somerset", milestone="70% by April 2013", beside="1B"
    )


def drawn(section):
    """The figure of a section that has its own heading."""
    heading, figure = section.parts
    return heading, figure


# --- what is asked for ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "error", "message"),
    [
        ({"council": "Sommerset"}, UnknownNameError, "did you mean Somerset"),
        ({"council": "Cumberland"}, ParameterError, "Cumberland did not exist in 2018-19"),
        ({"beside": "1Z"}, UnknownNameError, "Unknown indicator '1Z'"),
        ({"beside": "workforce_turnover"}, ParameterError, "was not published for 2018-19"),
        ({"beside": "1C(1A)"}, ParameterError, "cannot stand beside itself"),
        ({"milestone": "101"}, ParameterError, "its unit is per cent, 0 to 100"),
        ({"milestone": "most of them"}, ParameterError, '"70%, by April 2013"'),
        ({"milestone": "nan"}, ParameterError, "is no figure of self_directed_support"),
        ({"milestone": "-1"}, ParameterError, "0 to 100"),
    ],
)
def test_what_there_is_not_is_told(choices, error, message):
    with pytest.raises(error) as told:
        bench.indicator("1C(1A)", "2018-19", **choices)
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("indicator", "milestone", "message"),
    [
        ("1A", "25", "a score, 0 to 24"),
        ("1D", "12.5", "a score, 0 to 12"),
        ("1J", "most", "its unit is a score, -1.17 to 1.17."),
        ("2A(1)", "70%", "a rate per 100,000 people, 0 to 100,000"),
        ("2A(1)", "-0.1", "a rate per 100,000 people, 0 to 100,000"),
    ],
)
def test_a_milestone_is_a_figure_in_the_indicator_s_unit(indicator, milestone, message):
    with pytest.raises(ParameterError) as told:
        bench.indicator(indicator, "2018-19", milestone=milestone)
    assert message in str(told.value)


def test_nothing_asked_for_is_nothing_shown():
    for none in (None, "none", ""):
        brief = bench.indicator("1A", "2018-19", council=none, milestone=none, beside=none)
        assert (brief.group, brief.reach(), brief.pairs(), brief.shares()) == (None,) * 4
        assert (brief.council, brief.milestone, brief.second_indicator) == (None,) * 3
    assert not any((brief.neighbours(), brief.scatter(), brief.part_of_whole()))
    assert [*brief.files] == ["councils", "groups", "areas", "years", "workbook", "ods"]


# --- milestones -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "year", "milestone", "expected"),
    [
        ("1C(1A)", "2018-19", "70% by April 2013", Reach(139, 9, 2, 0)),
        ("1C(1A)", "2018-19", "70", Reach(139, 9, 2, 0)),
        ("3D(1a)", "2024-25", "70", Reach(0, 0, 0, 0)),  # the publisher asks not to compare
        ("1A", "2014-15", "19", Reach(90, 60, 0, 150)),  # no margin of error was printed
        ("2B", "2024-25", "15", Reach(17, 43, 90, 0)),  # a low rate is good
        ("1C(2B)", "2018-19", "80", Reach(93, 50, 5, 0)),  # two over a denominator of 0 left out
    ],
)
def test_who_reaches_a_milestone(code, year, milestone, expected):
    brief = indicator(code, year, milestone=milestone)
    assert brief.reach() == expected


def test_who_reaches_it_by_hand_from_the_frame(support):
    frame = support.frame()
    able = frame[(frame["verdict_vs_england"] != "not_compared")]
    unsure = (able["lower"] <= 70) & (able["upper"] >= 70)
    found = support.reach()
    assert (found.open, found.reached) == (unsure.sum(), (~unsure & (able["value"] > 70)).sum())


def test_the_milestone_is_a_line_and_its_sentence_says_who_set_it(support):
    figure = support.ladder()
    line = next(trace for trace in figure.plotly.data if trace.name.startswith("Milestone"))
    assert (line.name, list(line.y)) == ("Milestone: 70%, by April 2013", [70.0, 70.0])
    told = (
        "Milestone: 70%, by April 2013 (Community Care, 18 August 2016, opening). It was set for "
        "figures of 1C(1) to 2012-13, so nobody meets or misses it here. 139 of 150 councils are "
        "at it or above and 9 are below. For 2 it cannot be told: their margin of error holds it."
    )
    assert told in figure.note
    assert told in figure.alt


# --- peers ----------------------------------------------------------------------------------------


def test_a_council_stands_marked_among_its_peers_in_order(support):
    heading, figure = drawn(support.neighbours())
    assert "Somerset and its peers" in heading
    bars = next(trace for trace in figure.plotly.data if trace.type == "bar")
    own = dict(zip(support.frame()["council"], support.frame()["value"], strict=True))
    row = next(row for council, row in support.rows if council.name == "Somerset")
    expected = sorted([91.5, *(value for _, value in row.peer_values)], reverse=True)
    assert list(bars.x) == expected
    assert own["Somerset"] == 91.5
    names = list(figure.plotly.layout.yaxis.ticktext)
    accent = bars.marker.color[names.index("<b>Somerset</b>")]
    assert list(bars.marker.color).count(accent) == 1
    lines = {trace.name: trace.x[0] for trace in figure.plotly.data if trace.type == "scatter"}
    assert lines["England: 89.0%"] == 89.0
    assert lines["Milestone: 70%, by April 2013"] == 70.0
    assert lines["Peers' average: 90.0%"] == pytest.approx(row.record()["peer_average"])
    assert len(read(figure.table).find("tr")) == 1 + 16 + 2


def test_a_score_is_a_dot_since_its_scale_does_not_begin_at_0():
    _, figure = drawn(indicator("1A", "2018-19", council="Barnet").neighbours())
    assert not [trace for trace in figure.plotly.data if trace.type == "bar"]


def test_peers_without_a_figure_stand_in_the_table_with_the_reason():
    _, figure = drawn(indicator("2B", "2024-25", council="Somerset").neighbours())
    assert "14 of 15 peers have a figure." in figure.note
    lines = [text for _, text in read(figure.table).find("tr")]
    assert "Cumbriadid not exist that year—" in lines


def test_a_council_without_peers_is_told_so_in_words():
    (section,) = indicator("1A", "2014-15", council="City of London").neighbours().parts
    assert "City of London has no peers here." in section
    assert ".." not in section


def test_a_figure_that_is_not_compared_is_no_best_or_worst():
    _, figure = drawn(indicator("3D(1a)", "2024-25", council="Barnet").neighbours())
    assert "Best" not in figure.note
    assert "It is not compared." in figure.alt


# --- by age and sex -------------------------------------------------------------------------------


def test_the_split_says_what_was_published(support):
    figure = support.split()
    assert figure.alt == (
        "England: everybody 89.0%, aged 18 to 64 87.5%, aged 65 and over 90.3%. Somerset: "
        "everybody 91.5%, aged 18 to 64 92.1%, aged 65 and over 90.9%."
    )
    assert figure.title.endswith("by age, 2018-19")


@pytest.mark.parametrize(
    ("code", "year", "told"),
    [
        ("1C(1A)", "2022-23", "Not published by age or sex for 2022-23. The last year that we hold "
         "with it is 2020-21."),
        ("6A", "2024-25", "Not published by age or sex for 2024-25.</p>"),
        ("1A", "2020-21", "For 2020-21 no figure by age or sex is published for England, only for "
         "some councils."),
    ],
)  # fmt: skip
def test_where_nothing_is_split_the_page_says_so(code, year, told):
    assert told in indicator(code, year).split()


def test_a_suppressed_group_is_not_a_missing_one():
    figure = indicator("1E", "2018-19", council="City of London").split()
    cells = [text for _, text in read(figure.table).find("td")]
    assert cells.count("suppressed") == 2
    assert "A group without a mark has no figure" in figure.note


def test_a_group_above_100_says_that_it_cannot_be_right():
    figure = indicator("1G", "2017-18", council="Camden").split()
    assert "132.8% (cannot be right: its numerator is above its denominator)" in figure.table


# --- a part of a whole ----------------------------------------------------------------------------


@pytest.mark.corpus
@pytest.mark.parametrize("asked", ["1C(1A)", "1C(2A)"])
def test_shares_are_those_of_the_file_s_counts(raw, asked):
    counts = {}
    path = raw / "ascof" / "ascof-2018-19.csv"
    with path.open(encoding="cp1252", newline="") as file:
        for row in csv.DictReader(file):
            if (row["Measure Type"], row["Disaggregation Level"]) == ("Numerator", "Total"):
                key = row["Geographical Description"], row["Measure Group"]
                counts[key] = row["Measure Value"]
    frame = indicator(asked, "2018-19").shares().set_index("council")
    assert [*frame.reset_index().columns] == SHARE_COLUMNS
    for council in ("England", "Somerset", "Barnet", "Leeds", "Manchester"):
        expected = 100 * int(counts[council, "1C2A"]) / int(counts[council, "1C1A"])
        assert frame.loc[council, "share"] == round(expected, 1)


def test_shares_stand_in_order_with_the_tiny_two_apart(support):
    frame = support.shares()
    assert frame["area_id"][0] == "england"
    placed = frame[1:][~frame["apart"][1:]]
    assert placed["share"].is_monotonic_decreasing
    assert set(frame["area_id"][frame["apart"]]) == {"city_of_london", "isles_of_scilly"}
    _, figure = drawn(support.part_of_whole())
    assert "A line marks England at 31.8%." in figure.alt


def test_without_counts_the_share_is_of_the_rates_and_says_so():
    brief = indicator("1C(1A)", "2022-23")
    frame = brief.shares()
    assert set(frame["basis"]) == {"rates", "none"}
    assert frame["lower"].isna().all()
    _, figure = drawn(brief.part_of_whole())
    assert "this is one rate over the other; both are out of the same people" in figure.note


def test_a_share_that_is_not_to_be_compared_says_so():
    _, figure = drawn(indicator("3D(2a)", "2024-25").part_of_whole())
    assert "Not to be compared this year:" in figure.note


def test_carers_have_their_own_share_and_a_zero_whole_has_none():
    frame = indicator("1C(2B)", "2018-19").shares().set_index("area_id")
    assert frame.loc["somerset", ["basis", "reason"]].tolist() == [
        "none", "nobody is counted in the whole",
    ]  # fmt: skip


# --- beside another indicator ---------------------------------------------------------------------


def test_two_indicators_stand_side_by_side_without_a_cause(support):
    found = support.pairs()
    assert (found.association.count, found.england) == (150, (89.0, 77.6))
    _, figure = drawn(support.scatter())
    assert "Over 150 councils the rank correlation is 0.17 (95% range 0.01 to 0.32)" in figure.note
    assert "neither need be the cause of the other" in figure.note
    marks = {trace.name: len(trace.x) for trace in figure.plotly.data}
    assert marks == {"Another council": 134, "A peer": 15, "England": 1, "Somerset, 2018-19": 1}
    assert len(read(figure.table).find("tr")) == 1 + 150


def test_the_correlation_is_the_same_the_other_way_round():
    one = indicator("1C(1A)", "2018-19", beside="1B").pairs().association
    other = indicator("1B", "2018-19", beside="1C(1A)").pairs().association
    assert (one.rho, one.count) == (pytest.approx(other.rho), other.count)


@pytest.mark.parametrize("order", [("3D(1a)", "3A"), ("3A", "3D(1a)")])
def test_what_is_not_to_be_compared_has_no_correlation(order):
    brief = indicator(order[0], "2024-25", beside=order[1])
    assert "asks not to compare" in brief.pairs().association
    _, figure = drawn(brief.scatter())
    assert "No rank correlation: the publisher asks not to compare" in figure.note


def test_a_tiny_council_is_shown_where_it_is_asked_for_and_left_out_of_the_reckoning():
    usual = indicator("1B", "2018-19", beside="1A").pairs()
    asked = indicator("1B", "2018-19", beside="1A", council="City of London").pairs()
    assert len(asked.points) == len(usual.points) + 1
    assert asked.association == usual.association


def test_the_same_page_twice_has_the_same_bytes(support):
    again = bench.indicator(
        "1C(1A)", "2018-19", council="Somerset", milestone="70% by April 2013", beside="1B"
    )
    for name in ("neighbours", "split", "part_of_whole", "scatter", "ladder"):
        assert getattr(support, name)().html() == getattr(again, name)().html()
    assert [one.content for one in support.files.values()] == [
        one.content for one in again.files.values()
    ]
