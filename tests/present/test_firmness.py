"""What a verdict rests on and what would change it, in words; told by hand-made trials."""

from __future__ import annotations

from html import unescape
from typing import Any

import pandas as pd
import pytest

from bench import briefing, indicator
from bench.judge.rag import Average, RuleName
from bench.judge.robustness import FIRMNESS_COLUMNS, Grade
from bench.pages.choices import rules_for
from bench.present import robustness_words
from bench.present import sheet as sheets
from bench.present import table as tables
from bench.present.glossary import GRADE_TEXTS
from present.conftest import HOSTILE, only, published
from present.test_page import read

TITLES = {"region": "councils in the same region"}


def trial(test: str, outcome: str = "unchanged", **given: Any) -> dict[str, Any]:
    usual = {
        "indicator": "control_over_daily_life", "code": "1B", "against": "peers",
        "verdict": "better", "grade": "leans", "rule": "interval", "similar_from": 70.25,
        "similar_to": 74.5, "alternative": "", "becomes": [], "without": [], "reason": "",
    }  # fmt: skip
    return usual | {"test": test, "outcome": outcome} | given


def one(*trials: dict[str, Any]) -> robustness_words.Told:
    (row,) = only("control_over_daily_life")
    found = robustness_words.told(
        [(row.indicator, row)],
        pd.DataFrame([{**each, "indicator": row.indicator} for each in trials]),
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
            trial("rule", "changed", alternative="quartile", becomes=["similar"]),
            "AMBER similar judged by quarters.",
        ),
        (
            trial("average", "changed", alternative="median", becomes=["similar"]),
            "AMBER similar beside the peers' median.",
        ),
    ],
)
def test_what_would_change_it(made: dict[str, Any], expected: str) -> None:
    assert one(made).change == f"It would be {expected}"


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
        trial("rule", "not_asked", alternative="auto", reason="as is tried already"),
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
        ({"rule": "another"}, "Judged by another."),
        ({}, "Figures from 70.25 to 74.50 are AMBER similar."),
        ({}, "The mean of 13 of 15 peers,"),
        ({"against": "england"}, "England as published,"),
    ],
)
def test_what_it_rests_on(given: dict[str, Any], expected: str) -> None:
    assert expected in one(trial("rounding", **given)).rests_on


def test_where_no_range_is_known_none_is_told() -> None:
    made = trial("rounding", rule="another", similar_from=None, similar_to=None)
    assert "Figures from" not in one(made).rests_on


def test_every_rule_average_and_grade_has_its_words() -> None:
    assert set(RuleName) <= robustness_words.RULES.keys()
    assert set(Average) == robustness_words.AVERAGES.keys()
    assert set(Grade) == GRADE_TEXTS.keys()


def test_names_are_text_and_not_markup() -> None:
    made = trial("one_peer", "changed", becomes=["similar"], without=[HOSTILE])
    row = only("control_over_daily_life")[0]
    shown = str(robustness_words.section([row], {(row.indicator, "peers"): one(made)}))
    assert "<script>" not in shown
    assert HOSTILE in unescape(shown)


def test_without_any_verdict_the_section_says_so() -> None:
    shown = str(robustness_words.section(published(), {}))
    assert "No verdict was reached." in shown
    assert "<details" not in shown


# --- on published figures -----------------------------------------------------------------------


def test_each_judged_cell_leads_to_where_the_page_says_what_it_rests_on() -> None:
    brief = briefing("Somerset", "2018-19")
    table, section = read(str(brief.table())), read(str(brief.footing()))
    places = {attributes.get("id") for attributes, _ in section.find("details", "footing")}
    cells = [text for _, text in table.find("td", "judged")]
    led = [a["href"] for a, text in table.find("a") if text in GRADE_TEXTS]
    assert {href.removeprefix("#") for href in led} == places
    assert len(led) == sum("not compared" not in text for text in cells) > 40
    unjudged = [text for text in cells if "not compared" in text]
    assert unjudged
    assert not [text for text in unjudged if any(grade in text for grade in GRADE_TEXTS)]


def test_the_frame_says_what_the_page_says() -> None:
    brief = briefing("Somerset", "2018-19")
    frame = brief.firmness()
    assert list(frame.columns) == FIRMNESS_COLUMNS
    keys = ["indicator", "against", "test", "alternative"]
    assert not frame.duplicated(keys).any()
    own = frame[(frame["code"] == "1C(1A)") & (frame["against"] == "peers")].set_index("test")
    assert own["grade"].unique().tolist() == ["depends"]
    left_out = dict(
        zip(own.loc["one_peer", "without"], own.loc["one_peer", "becomes"], strict=True)
    )
    assert left_out == {"Norfolk": "similar", "West Sussex": "worse"}
    assert "without Norfolk" in str(brief.footing())


def test_files_hold_the_grade_and_the_words() -> None:
    brief = briefing("Somerset", "2018-19")
    sheet = brief.files["indicators"].content.decode("utf-8-sig")
    assert all(column.heading in sheet.splitlines()[0] for column in sheets.FIRMNESS)
    assert "It would be AMBER similar without Norfolk" in sheet


def test_an_indicators_page_says_it_of_every_council() -> None:
    brief = indicator("1C(1A)", "2018-19")
    table = read(str(brief.council_table()))
    cells = [text for _, text in table.find("td", "firmness")]
    assert len(cells) == 152
    assert sum("not compared" in text for text in cells) == 2  # the tiny two
    frame = brief.firmness()
    assert list(frame.columns) == ["area_id", *FIRMNESS_COLUMNS]
    council = briefing("Somerset", "2018-19").firmness()
    same = frame[frame["area_id"] == "somerset"].drop(columns="area_id")
    pd.testing.assert_frame_equal(
        same.reset_index(drop=True),
        council[council["code"] == "1C(1A)"].reset_index(drop=True),
    )


def test_a_table_without_trials_has_no_column_for_them() -> None:
    shown = str(tables.peer_table(published(), council="A", year="2014-15", peers_title="B"))
    assert "#rests-" not in shown
