"""What the rules about counts find stands beside the figure on its row."""

import pandas as pd
import pytest

import bench
from bench.integrity.checks.count_rules import count_remarks
from bench.pages import store
from bench.published import sources
from bench.reference.periods import FinancialYear


@pytest.mark.parametrize(
    ("council", "year", "code", "flag", "words"),
    [
        ("Barnet", "2018-19", "1G", "check_still",
         "stood still since 2017-18 while the other leapt: numerator 641 in both years"),
        ("Westminster", "2017-18", "2C(1)", "check_population",
         "199,631 here, 203,401 and 207,879 in 2016-17 and 2018-19."),
        ("Bury", "2018-19", "2A(1)", "check_shared",
         "The population, 112,308, is that of Kingston upon Thames too."),
        ("Milton Keynes", "2020-21", "2A(2)", "check_shared", "A coincidence"),
        ("Slough", "2018-19", "1C(2A)", "check_alike",
         "Numerator and denominator, 327 of 857, are those of “People whose support is "
         "self-directed” too."),
    ],
)  # fmt: skip
def test_a_row_says_what_is_odd_about_its_counts(council, year, code, flag, words):
    brief = bench.briefing(council, year)
    row = brief.row(code).record()
    assert flag in row["flags"]
    (text,) = (text for text in row["flag_texts"] if words in text)
    assert text.endswith(".")
    assert words in str(brief.table()).replace("&#39;", "'")


def test_a_row_without_a_finding_says_nothing():
    flags = {flag for row in bench.briefing("Leeds", "2018-19").records() for flag in row["flags"]}
    assert not {flag for flag in flags if flag.startswith("check_")}


def planted(**changes):
    """The figures in force with Leeds's admissions of 2018-19 changed."""
    figures = store.figures().copy()
    where = (
        (figures["indicator_id"] == "home_after_reablement")
        & (figures["area_id"] == "leeds")
        & (figures["period"] == "2018-19")
    )
    assert where.sum() == 1
    for column, number in changes.items():
        figures.loc[where, column] = number
    return figures


def test_what_nobody_has_explained_is_said_without_an_explanation():
    figures = store.figures()
    own = figures[(figures["indicator_id"] == "home_after_reablement")]
    own = own[own["area_id"].eq("leeds")].set_index("period")
    before = own.loc["2017-18"]
    changed = planted(numerator=before["numerator"], denominator=3 * before["denominator"])
    year = FinancialYear.parse("2018-19")
    found = count_remarks(changed, sources.reference(), year, lambda: ())
    (remark,) = found["home_after_reablement", "leeds", "2018-19"]
    assert remark.code == "check_still"
    assert remark.text.startswith("One count stood still since 2017-18 while the other leapt")
    assert ("home_after_reablement", "leeds", "2018-19") not in count_remarks(
        figures, sources.reference(), year, lambda: ()
    )


def test_a_year_of_which_there_is_nothing_has_no_remarks():
    nothing = store.figures().iloc[:0]
    year = FinancialYear.parse("2018-19")
    assert count_remarks(nothing, sources.reference(), year, lambda: ()) == {}
    alone = store.figures()[store.figures()["period"] == "2018-19"]
    codes = {
        one.code
        for each in count_remarks(alone, sources.reference(), year, lambda: ()).values()
        for one in each
    }
    assert "check_still" not in codes  # there is no year before
    assert pd.notna(alone["period"]).all()
