"""What chance alone would do, in words that count only what can be counted."""

from __future__ import annotations

import pytest
from markupsafe import escape

from bench import briefing, indicator
from bench.present import terminal
from bench.present.chance_words import at_once, chance_line
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
    ("rule", "expected"),
    [
        (
            "funnel",
            "2 are judged by the funnel of all councils. Of these, fewer than one would lie",
        ),
        ("quartile", "2 are judged by quarters."),
        ("tolerance", "2 are judged by a set tolerance."),
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
    line = "2 verdicts were taken back and are now similar: 4A against peers; 4B against peers."
    assert line in str(brief.glance())
    assert "Against peers it was worse before many comparisons" in str(brief.table())
    assert "It would be RED worse if each comparison stood by itself" in (
        brief.files["indicators"].content.decode()
    )
    assert "Among so many this may be chance." in str(brief.footing())
    assert "Against peers it was worse before" in brief.text()


def test_the_page_says_that_nothing_was_taken_back() -> None:
    page = str(briefing("Somerset", "2018-19", multiplicity="page").glance())
    assert "No verdict was taken back." in page
    assert "taken back" not in str(briefing("Somerset", "2018-19").glance())


def test_an_indicators_page_says_over_what_chance_is_allowed_for() -> None:
    page = indicator("3A", "2018-19", multiplicity="map")
    assert escape(at_once("map")) in page.method()
    assert "before many comparisons were allowed for" in str(page.council_table())


def test_a_terminal_without_anything_taken_back_has_no_line_of_it() -> None:
    printed = terminal.text_table(published(), council="A", year="2014-15", peers_title="B")
    assert "many comparisons" not in printed


@pytest.mark.parametrize("multiplicity", ["none", "page", "map"])
def test_it_reads_at_school_level(multiplicity: str) -> None:
    assert grade(chance_line(published(), multiplicity=multiplicity) or "") <= 9
