"""What chance alone would do, in words that count only what can be counted."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markupsafe import escape

from bench import briefing, indicator
from bench.judge.remarks import Remark
from bench.present import terminal
from bench.present.certainty_words import at_once, chance_line
from present.conftest import only, published
from present.reading import grade

GAPS = "judged by the usual gap between councils."


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (["control_over_daily_life"], "2 comparisons use a margin of error. Of these, fewer than"),
        (["overall_satisfaction"], "1 comparison uses a margin of error. Of it, fewer than one"),
        (["mental_health_employment"], f"2 are {GAPS}"),
    ],
)
def test_each_rule_is_counted_for_itself(kept: list[str], expected: str) -> None:
    line = chance_line(only(*kept))
    assert line is not None
    assert line.startswith(expected)


@pytest.mark.parametrize(
    ("why", "verdicts", "probabilities", "rows", "expected"),
    [
        ("both matter", ("worse", "worse"), (0.99, 0.98), 1,
         "2 gaps are likely to matter. Of these, fewer than one may be expected not to."),
        ("many of them", ("worse", "better"), (0.75, 0.95), 10,
         "20 gaps are likely to matter. Of these, about 3 may be expected not to."),
        ("neither way is better", ("higher", "lower"), (0.75, 0.75), 4,
         "8 gaps are likely to matter. Of these, about 2 may be expected not to."),
        ("one", ("worse", "similar"), (0.8, 0.6), 1,
         "1 gap is likely to matter, with a chance of about 8 in 10."),
        ("one, nearly certain", ("worse", "similar"), (0.999, 0.6), 1,
         "1 gap is likely to matter, with a chance of over 99 in 100."),
        ("one, certain as far as numbers go", ("unclear", "better"), (None, 1.0), 1,
         "1 gap is likely to matter, with a chance of over 99 in 100."),
        ("one, not sure", ("worse", "similar"), (0.899, 0.6), 1,
         "1 gap is likely to matter, with a chance of nearly 9 in 10."),
        ("nothing to be wrong about", ("similar", "unclear"), (0.6, None), 1, None),
    ],
)  # fmt: skip
def test_what_is_expected_to_be_wrong_is_added_up(
    why: str,
    verdicts: tuple[str, str],
    probabilities: tuple[float, float | None],
    rows: int,
    expected: str | None,
) -> None:
    judged = only(
        "control_over_daily_life",
        rule="probability",
        verdict_vs_peers=verdicts[0],
        verdict_vs_england=verdicts[1],
        probability_vs_peers=probabilities[0],
        probability_vs_england=probabilities[1],
    )
    assert chance_line(judged * rows) == expected, why


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "funnel",
            "2 are judged by the funnel of all councils. Of these, fewer than one would lie",
        ),
        ("quartile", "2 are judged by quarters."),
        ("tolerance", "2 are judged by a set tolerance."),
        ("size", "2 are judged by size alone, as no margin of error is known."),
    ],
)
def test_every_rule_has_its_words(rule: str, expected: str) -> None:
    line = chance_line(only("control_over_daily_life", rule=rule))
    assert line is not None
    assert line.startswith(expected)


def test_where_nothing_is_compared_nothing_is_said() -> None:
    nothing = dict.fromkeys(("verdict_vs_peers", "verdict_vs_england"), "not_compared")
    assert chance_line(published(**nothing)) is None


def test_chance_over_a_whole_page() -> None:
    line = chance_line(published())
    assert line is not None
    assert line.startswith("19 comparisons use a margin of error. Of these, about 1 would")
    assert GAPS in line


def test_the_page_says_what_was_taken_back() -> None:
    brief = briefing("Somerset", "2018-19", multiplicity="map")
    taken = [row.code for row in brief.rows if "taken_back_vs_peers" in row.flags]
    assert taken
    assert re.search(r"verdicts? w\w+ taken back and \w+ now unclear: ", str(brief.glance()))
    assert all(f"{code} against peers" in str(brief.glance()) for code in taken)
    assert "before many comparisons were allowed for" in str(brief.table())
    assert "if each comparison stood by itself" in brief.files["indicators"].content.decode()
    assert "Among so many this may be chance." in str(brief.footing())
    assert "before many comparisons were allowed for" in brief.text()


def test_by_interval_what_was_taken_back_is_similar() -> None:
    brief = briefing("Somerset", "2018-19", rule="interval", multiplicity="map")
    assert "taken back and are now similar: " in str(brief.glance())


def test_the_page_says_that_nothing_was_taken_back() -> None:
    page = chance_line(published(), multiplicity="page") or ""
    assert page.endswith("No verdict was taken back.")
    assert "taken back" not in str(briefing("Somerset", "2018-19").glance())


def test_an_indicators_page_says_over_what_chance_is_allowed_for() -> None:
    page = indicator("3A", "2018-19", multiplicity="map")
    assert escape(at_once("map")) in page.method()
    assert "before many comparisons were allowed for" in str(page.council_table())


def test_a_terminal_without_anything_taken_back_has_no_line_of_it() -> None:
    printed = terminal.text_table(published(), council="A", year="2014-15", peers_title="B")
    assert "many comparisons" not in printed


def test_a_terminal_says_what_was_taken_back_beside_whatever_else_is_flagged() -> None:
    row = replace(
        published()[0],
        flags=("revised", "few_peers", "taken_back_vs_peers", "taken_back_vs_england"),
        notes=(
            Remark("revised", "Revised."),
            Remark("revised", "England's too."),
            Remark("taken_back_vs_peers", "Peers: many comparisons."),
            Remark("taken_back_vs_england", "England: as many."),
        ),
    )
    printed = terminal.text_table([row], council="A", year="2014-15", peers_title="B").splitlines()
    texts = [line.strip() for line in printed]
    assert texts[-2:] == ["Peers: many comparisons.", "England: as many."]
    assert not {"Revised.", "England's too."} & {*texts}


@pytest.mark.parametrize("multiplicity", ["none", "page", "map"])
def test_it_reads_at_school_level(multiplicity: str) -> None:
    assert grade(chance_line(published(), multiplicity=multiplicity) or "") <= 9
