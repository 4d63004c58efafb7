"""What a verdict rests on and what would change it, in words; told by hand-made trials."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from markupsafe import escape

from bench import briefing, indicator
from bench.judge.rag import Average
from bench.judge.robustness import SENSITIVITY_COLUMNS, Probe
from bench.pages.choices import rules_for
from bench.pages.council import worsening
from bench.present import robustness_words
from bench.present import sheet as sheets
from bench.present import table as tables
from present.conftest import HOSTILE, only, published
from present.test_page import read

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow

TITLES = {"region": "councils in the same region"}


def trial(test: str, outcome: str = "unchanged", **given: Any) -> dict[str, Any]:
    usual = {
        "indicator": "control_over_daily_life", "code": "1B", "against": "peers",
        "verdict": "better", "sensitivity": "robust", "hinges_on": [], "rule": "interval",
        "similar_from": 70.25, "similar_to": 74.5, "alternative": "", "becomes": [], "without": [], "reason": "",
    }  # fmt: skip
    return usual | {"test": test, "outcome": outcome} | given


def one(*trials: dict[str, Any]) -> robustness_words.VerdictGrounds:
    (row,) = only("control_over_daily_life")
    found = robustness_words.grounds(
        [(row.indicator, row)],
        [{**each, "indicator": row.indicator} for each in trials],
        key="indicator",
        peers_titles=TITLES,
        rules=rules_for(average="mean"),
    )
    return next(iter(found.values()))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (trial("rounding", "changed", becomes=["similar"]), "AMBER similar within its rounding."),
        (
            trial("one_peer", "changed", becomes=["similar"], without=["Devon"]),
            "AMBER similar without Devon.",
        ),
        (
            trial("one_peer", "changed", becomes=["similar"] * 2, without=["Devon", "Kent"]),
            "AMBER similar without any one of Devon and Kent.",
        ),
        (
            trial("one_peer", "changed", becomes=["similar"] * 6, without=list("ABCDEF")),
            "AMBER similar without any one of A, B, C and 3 more peers.",
        ),
        (
            trial("peers", "changed", alternative="region", becomes=["worse"]),
            "RED worse beside councils in the same region.",
        ),
        (
            trial("average", "changed", alternative="median", becomes=["similar"]),
            "AMBER similar beside the peers' median.",
        ),
    ],
)
def test_what_would_change_it(made: dict[str, Any], expected: str) -> None:
    assert one(made).change == f"It would be {expected}"


@pytest.mark.parametrize(
    ("rule", "becomes", "text"),
    [
        ("probability", "worse", "It would be worse within its rounding."),
        ("probability", "better", "It would be better within its rounding."),
        ("probability", "similar", "It would be AMBER similar within its rounding."),
        ("probability", "unclear", "It would be unclear within its rounding."),
        ("interval", "worse", "It would be RED worse within its rounding."),
        ("size", "worse", "It would be RED worse within its rounding."),
    ],
)
def test_what_it_would_be_claims_no_certainty_that_no_trial_has(
    rule: str, becomes: str, text: str
) -> None:
    assert one(trial("rounding", "changed", rule=rule, becomes=[becomes])).change == text


def test_what_two_peers_change_differently_is_said_of_each() -> None:
    made = trial("one_peer", "changed", becomes=["similar", "worse"], without=["Devon", "Kent"])
    assert one(made).change == (
        "It would be AMBER similar without Devon. It would be RED worse without Kent."
    )


def test_what_changes_nothing_and_what_cannot_be_tried() -> None:
    told = one(
        trial("rounding"),
        trial("one_peer"),
        trial("average", "not_asked", alternative="pooled", reason="counts are lacking."),
    )
    assert told.change == "Nothing that was tried changes it."
    assert told.unchanged == ("rounding", "any one peer left out")
    assert told.untried == ("the peers' pooled figure (counts are lacking)",)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "It lies outside the margin of error"),
        ({"verdict": "similar"}, "It lies inside the margin of error"),
        ({"rule": "spread"}, "Up to 2.13 is similar: half of the usual gap between councils."),
        ({"rule": "tolerance"}, "Up to 2.13 is similar: the tolerance."),
        ({"rule": "quartile"}, "Judged by quarters: the middle half is similar."),
        ({"rule": "funnel"}, "Judged by the funnel of all councils."),
        ({"rule": "size"}, "No margin of error is known, so its size alone decides."),
        ({"rule": "probability"}, "It is judged by its size and by how sure it is."),
        ({}, "Figures from 70.25 to 74.50 are AMBER similar."),
        ({}, "The mean of 13 of 15 peers,"),
        ({"against": "england"}, "England as published,"),
    ],
)
def test_what_it_rests_on(given: dict[str, Any], expected: str) -> None:
    assert expected in one(trial("rounding", **given)).rests_on


def test_where_no_range_is_known_none_is_told() -> None:
    made = trial("rounding", rule="funnel", similar_from=None, similar_to=None)
    assert "Figures from" not in one(made).rests_on


@pytest.mark.parametrize(
    ("hinges", "without", "expected"),
    [
        ([], [], ""),
        (["peers"], [], "hinges on the peers chosen"),
        (["average"], [], "hinges on how the peers are averaged"),
        (["rounding"], [], "hinges on the rounding of the figure"),
        (["chance"], [], "hinges on how many comparisons are made at once"),
        (["one_peer"], ["Devon"], "hinges on one peer: Devon"),
        (["one_peer"], ["Devon", "Kent"], "hinges on one peer: any of 2"),
        (["one_peer"], list("ABCDE"), "hinges on one peer: any of 5"),
        (
            ["rounding", "one_peer", "peers"],
            ["Devon"],
            "hinges on the rounding of the figure, on one peer: Devon and on the peers chosen",
        ),
    ],
)
def test_what_it_hinges_on_in_words(hinges: list[str], without: list[str], expected: str) -> None:
    becomes = ["similar"] * len(without)
    trials = [
        trial("rounding", hinges_on=hinges),
        trial("one_peer", "changed" if without else "unchanged", becomes=becomes, without=without)
        | {"hinges_on": hinges},
    ]
    told = one(*trials)
    assert told.hinges_on == expected
    assert len(told.hinges) == len(hinges)


def test_every_test_and_average_has_its_words() -> None:
    assert set(Average) == robustness_words.AVERAGES.keys()
    for probe in Probe:
        changed = trial(
            probe, "changed", hinges_on=[probe], becomes=["worse"], without=["Devon"],
            alternative="region" if probe == "peers" else "median",
        )  # fmt: skip
        assert one(changed).hinges_on
        assert one(changed).change.startswith("It would be RED worse ")


def test_a_robust_verdict_bears_no_mark_anywhere(rows: list[PublishedRow]) -> None:
    row = next(row for row in rows if row.code == "1B")
    tried = {(row.indicator, "peers"): one(trial("rounding"), trial("one_peer"))}
    section = str(robustness_words.section(rows, tried))
    table = str(
        tables.peer_table(
            rows,
            council="A",
            year="2014-15",
            peers_title="B",
            context=tables.RowContext(sensitivity=tried),
        )
    )
    sheet = sheets.indicator_sheet(sheets.Whose("A", "", "2014-15"), rows, sensitivity=tried)
    assert "None of the 1 verdicts hinges on a choice." in section
    assert "<details" not in section
    assert "#rests-" not in table
    marks = {
        cell
        for line in sheet.rows
        for name, cell in zip(sheet.columns, line, strict=True)
        if "Hinges" in name
    }
    assert marks <= {sheets.Empty.NONE, sheets.Empty.NOT_AVAILABLE}


def test_names_are_text_and_not_markup() -> None:
    made = trial(
        "one_peer", "changed", becomes=["similar"], without=[HOSTILE], hinges_on=["one_peer"]
    )
    row = only("control_over_daily_life")[0]
    shown = str(robustness_words.section([row], {(row.indicator, "peers"): one(made)}))
    assert "<script>" not in shown
    assert HOSTILE in unescape(shown)


def test_without_any_verdict_the_section_says_so() -> None:
    shown = str(robustness_words.section(published(), {}))
    assert "No verdict was reached." in shown
    assert "<details" not in shown


# --- on published figures -----------------------------------------------------------------------


def test_each_verdict_that_hinges_on_a_choice_leads_to_where_the_page_says_more() -> None:
    brief = briefing("Somerset", "2018-19")
    table, section = read(str(brief.table())), read(str(brief.footing()))
    places = {attributes.get("id") for attributes, _ in section.find("details", "footing")}
    led = [a["href"] for a, text in table.find("a") if "hinges on" in text]
    frame = brief.sensitivity()
    verdicts = frame.groupby(["indicator", "against"])["sensitivity"].first()
    sensitive = (verdicts == "sensitive").sum()
    assert {href.removeprefix("#") for href in led} == places
    assert len(led) == sensitive > 0
    assert f"{sensitive} of {len(verdicts)} verdicts hinge on a choice" in str(brief.footing())
    assert f"The other {len(verdicts) - sensitive} do not." in str(brief.footing())
    cells = [text for _, text in table.find("td", "judged")]
    assert not [text for text in cells if "not compared" in text and "hinges" in text]


def test_the_frame_says_what_the_page_says() -> None:
    brief = briefing("Somerset", "2018-19")
    frame = brief.sensitivity()
    assert list(frame.columns) == SENSITIVITY_COLUMNS
    keys = ["indicator", "against", "test", "alternative"]
    assert not frame.duplicated(keys).any()
    own = frame[(frame["code"] == "1C(1A)") & (frame["against"] == "peers")].set_index("test")
    assert set(own["sensitivity"]) == {"sensitive"}
    assert own["hinges_on"].tolist() == [["one_peer"]] * len(own)
    left_out = dict(
        zip(own.loc["one_peer", "without"], own.loc["one_peer", "becomes"], strict=True)
    )
    assert left_out == {"West Sussex": "worse"}
    assert "without West Sussex" in str(brief.footing())
    assert "hinges on one peer: West Sussex" in str(brief.table())


def test_what_is_red_and_getting_worse_says_of_each_row_what_it_hinges_on() -> None:
    brief = briefing("Somerset", "2018-19")
    frame, shown = brief.sensitivity(), str(brief.worsening())
    listed = worsening.ordered(brief._published, sensitivity=brief._told)
    assert listed
    assert "no choice that was tried would change that it is worse" in shown
    for one in listed:
        own = frame[(frame["code"] == one.row.code) & (frame["verdict"] == "worse")]
        hinging = {verdict.against.casefold() for verdict in one.verdicts if verdict.hinges_on}
        assert hinging == set(own.loc[own["sensitivity"] == "sensitive", "against"])
        text = one.text
        assert ("that hinges on" in text) is bool(hinging)
        for verdict in one.verdicts:
            if verdict.hinges_on:
                assert f"Against {verdict.against}, that {verdict.hinges_on}." in text
        assert escape(text) in shown


def test_files_hold_what_a_verdict_hinges_on() -> None:
    brief = briefing("Somerset", "2018-19")
    sheet = brief.files["indicators"].content.decode("utf-8-sig")
    assert all(column.heading in sheet.splitlines()[0] for column in sheets.SENSITIVITY)
    assert "It would be worse without West Sussex" in sheet
    assert "hinges on one peer: West Sussex" in sheet


def test_an_indicators_page_says_it_of_every_council_whose_verdict_hinges_on_a_choice() -> None:
    brief = indicator("1C(1A)", "2018-19")
    table = read(str(brief.council_table()))
    cells = [text for _, text in table.find("td", "hinges")]
    frame = brief.sensitivity()
    sensitive = set(frame.loc[frame["sensitivity"] == "sensitive", "area_id"])
    assert len(cells) == 152
    assert sum("hinges on" in text for text in cells) == len(sensitive) > 0
    assert sum(not text.strip() for text in cells) == 152 - len(sensitive)
    assert list(frame.columns) == ["area_id", *SENSITIVITY_COLUMNS]
    council = briefing("Somerset", "2018-19").sensitivity()
    same = frame[frame["area_id"] == "somerset"].drop(columns="area_id")
    pd.testing.assert_frame_equal(
        same.reset_index(drop=True),
        council[council["code"] == "1C(1A)"].reset_index(drop=True),
    )


def test_a_table_without_trials_has_no_column_for_them() -> None:
    shown = str(tables.peer_table(published(), council="A", year="2014-15", peers_title="B"))
    assert "#rests-" not in shown
