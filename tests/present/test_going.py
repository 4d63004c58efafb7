"""Where a figure is going, in words: cells, notes, files, and what is worse over years."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bench.judge.trend_test import Direction
from bench.pages.choices import rules_for
from bench.pages.council import sections, worsening
from bench.present import glossary, trend_words
from bench.present import sheet as sheets
from bench.present import table as tables
from bench.present.charts import trend_line
from bench.present.trend_words import Tendency
from present.conftest import HOSTILE, NAN, ROWS, only
from present.reading import grade

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow
    from bench.judge.trend import Point

TREND_COLUMNS = [column.heading for column in sheets.TREND]
YEARS = ["2010-11", "2011-12", "2012-13", "2013-14", "2014-15"]
NAMES = [row["indicator"] for row in ROWS]


def told(direction: str, **given: Any) -> Tendency:
    """Where a figure is going."""
    tested = direction not in {"too_few_years", "cannot_be_tested"}
    usual: dict[str, Any] = {
        "direction": direction,
        "first_year": YEARS[0],
        "last_year": YEARS[-1],
        "years": YEARS,
        "left_out": [],
        "slope_per_year": 1.25 if tested else None,
        "p": 0.0125 if tested else None,
        "beyond_usual": tested and direction not in {"no_clear_change", "turned"},
        "odd_year": None,
        "turning_year": "2012-13" if direction == "turned" else None,
        "turns": "down_then_up" if direction == "turned" else None,
        "reason": "" if tested else "2 comparable years, and a test needs 4",
    }
    return Tendency(**usual | given)


MEASURE = only("control_over_daily_life")[0]


@pytest.mark.parametrize("code", list(Direction))
def test_every_direction_has_its_words(code: str) -> None:
    one = told(code)
    assert trend_words.short_of(one)
    assert trend_words.brief(one)
    assert one.clear is (code in {"improving", "worsening", "rising", "falling"})
    assert grade(trend_words.explained(one, MEASURE)) <= 9


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (told("improving"), "Trend: getting better"),
        (told("turned"), "Down to 2012-13, up since"),
        (told("turned", turns="up_then_down"), "Up to 2012-13, down since"),
        (told("no_clear_change"), "No clear trend"),
        (told("no_clear_change", odd_year="2013-14"), "No clear trend: 2013-14 stands apart"),
        (told("no_clear_change", odd_year="2013-14", beyond_usual=True),
         "No clear trend without 2013-14"),
        (told("too_few_years"), "Too few years for a trend"),
    ],
)  # fmt: skip
def test_a_cell_names_the_year_that_matters(one: Tendency, text: str) -> None:
    assert trend_words.brief(one) == text


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (
            told("improving"),
            "Trend: getting better, 2010-11 to 2014-15. It goes up by about 1.3 points a year. "
            "That is beyond the usual ups and downs of this measure, whichever year is left out.",
        ),
        (
            told("no_clear_change", left_out=[["2012-13", "Voluntary."]]),
            "No clear trend, 2010-11 to 2014-15. What it moved is within the usual ups and downs "
            "of this measure. Left out: 2012-13.",
        ),
        (
            told("no_clear_change", beyond_usual=True, odd_year="2011-12"),
            "No clear trend, 2010-11 to 2014-15. Without 2011-12 it is within the usual ups and "
            "downs of this measure.",
        ),
        (
            told("no_clear_change", beyond_usual=True),
            "No clear trend, 2010-11 to 2014-15. Without one or another of these years it is "
            "within the usual ups and downs of this measure.",
        ),
        (
            told("no_clear_change", odd_year="2011-12"),
            "No clear trend, 2010-11 to 2014-15. The figure of 2011-12 stands apart from those of "
            "all other years.",
        ),
        (
            told("turned"),
            "Down to 2012-13, up since, 2010-11 to 2014-15. The turn is beyond the usual ups and "
            "downs of this measure.",
        ),
        (
            told("turned", beyond_usual=True, slope_per_year=-2.0),
            "Down to 2012-13, up since, 2010-11 to 2014-15. Over all these years it went down, "
            "beyond the usual ups and downs of this measure, but the last change goes the other "
            "way.",
        ),
        (
            told("too_few_years"),
            "Too few years for a trend: 2 comparable years, and a test needs 4.",
        ),
        (
            told("cannot_be_tested", reason="A year on its own."),
            "The trend is not tested: A year on its own.",
        ),
    ],
)
def test_a_direction_is_explained(one: Tendency, text: str) -> None:
    assert trend_words.explained(one, MEASURE) == text


def test_the_trend_figure_and_its_text_say_it(years: tuple[Point, ...]) -> None:
    text = trend_words.explained(told("falling", slope_per_year=-0.4), MEASURE)
    figure = trend_line.trend(years, measure=MEASURE, council="Somerset", direction=text)
    assert "down by about 0.40 points a year" in text
    assert figure.note.startswith("Trend: falling, 2010-11 to 2014-15.")
    assert figure.alt.endswith(text)


def test_the_cell_of_change_says_it(rows: list[PublishedRow]) -> None:
    trends = {
        "quality_of_life": told("improving"),
        "control_over_daily_life": told("no_clear_change"),
        "admissions_18_64": told("too_few_years"),
        "admissions_65_plus": told("turned"),
        "feel_safe": told("cannot_be_tested", reason=f"it is {HOSTILE}"),
        "carers_included": told("cannot_be_tested", reason="no figure"),  # its cell says so
    }
    section = tables.peer_table(
        rows,
        council="Somerset",
        year="2014-15",
        peers_title="",
        context=tables.RowContext(trends=trends),
    )
    table = str(section)
    cells = {row.code: table.split(f'Code">{row.code} ')[1].split("</tr>")[0] for row in rows}
    assert 'clear">Trend: getting better, <span class="together">2010-11</span> to' in cells["1A"]
    # What holds for most rows is said once above the table.
    assert "direction" not in cells["1B"]
    assert "direction" not in cells["2A(1)"]
    assert ">Down to 2012-13, up since</span>" in cells["2A(2)"]
    assert "Trend not tested: see note" in cells["4A"]
    assert "direction" not in cells["3C"]
    assert "direction" not in cells["3A"]  # nothing is known of it
    assert "<script>alert(1)" not in table


def test_the_files_hold_it(rows: list[PublishedRow]) -> None:
    trends = {
        "quality_of_life": told("worsening", left_out=[["2009-10", "a year on its own"]]),
        "feel_safe": told("too_few_years"),
    }
    sheet = sheets.indicator_sheet(sheets.Whose("Somerset", "E1", "2014-15"), rows, trends=trends)
    found = {
        row[3]: {
            name: "" if isinstance(cell, sheets.Empty) else cell
            for name, cell in zip(sheet.columns, row, strict=True)
        }
        for row in sheet.rows
    }
    assert [found["1A"][name] for name in TREND_COLUMNS] == [
        "getting worse", "; ".join(YEARS), "2009-10: A year on its own.", Decimal("1.250"), Decimal("0.012500"),
        "", "", "",
    ]  # fmt: skip
    assert found["4A"]["Why no trend is tested"].startswith("2 comparable years")
    assert found["4A"]["Slope a year"] == ""
    assert [found["1B"][name] for name in TREND_COLUMNS] == [
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ]


# --- worse, and worse over years ----------------------------------------------------------------


def test_a_trend_comes_before_one_step(rows: list[PublishedRow]) -> None:
    trends = {
        "admissions_65_plus": told("no_clear_change"),
        "learning_disability_employment": told("worsening", slope_per_year=-0.5),
        "control_over_daily_life": told("worsening"),  # GREEN: not among them
    }
    found = worsening.ordered(rows, trends)
    assert [(one.row.code, one.kind) for one in found] == [
        ("1E", "RED and worsening"),
        ("2A(2)", "RED and worse since the last figure"),
    ]
    assert found[0].text == (
        "0.0%. Over 2010-11 to 2014-15 it has gone down by about 0.50 points "
        "a year, which is worse. That is beyond the usual ups and downs of this measure, "
        "whichever year is left out. It is the same as in 2013-14. It is RED, worse than both its peers' average (6.1%) "
        "and England (6.0%)."
    )
    assert "Over 2010-11 to 2014-15 there is no clear trend." in found[1].text
    section = sections.worsening(
        rows,
        council="Somerset",
        questions=dict.fromkeys(NAMES, ("Why?",)),
        trends=trends,
    )
    shown = str(section)
    assert shown.index("RED and worsening:</strong>") < shown.index(
        "RED and worse since the last figure:<"
    )
    assert "Over several years, 1 has a trend that is getting worse." in shown


@pytest.mark.parametrize(
    ("direction", "changed", "text"),
    [
        ("improving", {}, "Yet over 2010-11 to 2014-15 its trend is getting better."),
        ("too_few_years", {}, "in 2013-14. It is RED"),
        ("turned", {}, "Over 2010-11 to 2014-15 it has turned: down to 2012-13, up since."),
        ("worsening", {"verdict_vs_previous": "similar"}, "which is too little to matter."),
        ("worsening", {}, "per 100,000 in 2013-14, which is worse. It is RED"),
        ("worsening", {"verdict_vs_previous": "better", "change": -9.0}, "in 2013-14, which is better."),
        ("worsening", {"change": NAN}, "whichever year is left out. It is RED"),
    ],
)  # fmt: skip
def test_the_step_and_the_trend_are_told_apart(
    direction: str, changed: dict[str, Any], text: str
) -> None:
    rows = only("admissions_65_plus", **changed)
    found = worsening.ordered(rows, {"admissions_65_plus": told(direction)})
    assert text in found[0].text
    assert grade(found[0].text) <= 9


@pytest.mark.parametrize(
    ("councils", "text"),
    [
        (
            [("a", "improving"), ("b", "worsening"), ("c", "worsening"), ("d", "no_clear_change")],
            "The trend of 4 councils can be tested, of most over 2010-11 to 2014-15: 1 is getting "
            "better, 2 are getting worse and 1 has no clear trend. A trend or a turn is beyond the "
            "usual ups and downs of this measure.",
        ),
        (
            [("a", "rising"), ("b", "turned"), ("c", "no_clear_change"), ("d", "too_few_years")],
            "The trend of 3 councils can be tested, of most over 2010-11 to 2014-15: 1 is rising, "
            "1 has turned and 1 has no clear trend. 1 more has too few years, or no figure to "
            "test. A trend or a turn is beyond the usual ups and downs of this measure.",
        ),
        (
            [("a", "too_few_years"), ("b", "too_few_years"), ("c", "cannot_be_tested")],
            "No council's trend can be tested: for most, 2 comparable years, and a test needs 4.",
        ),
        ([], "No council's trend can be tested."),
    ],
)  # fmt: skip
def test_the_councils_are_counted(councils: list[tuple[str, str]], text: str) -> None:
    found = trend_words.counted([told(direction) for _, direction in councils])
    assert found == text
    assert grade(found) <= 9


def test_the_words_name_the_years_of_the_parameters() -> None:
    rules = rules_for().trend
    meaning = {term.term: term.meaning for term in glossary.glossary(rules_for())}
    assert (rules.years, rules.least_years) == (5, 4)
    assert "last five years" in meaning["Trend"]
    assert "four years" in meaning["Too few years"]
