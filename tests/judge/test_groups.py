"""By age and sex, as the publisher printed it: England straight from the CSV."""

import csv

import pandas as pd
import pytest

from bench.judge.intervals import wilson
from bench.judge.summaries import GROUP_COLUMNS, by_age_or_sex, groups
from bench.pages import store
from bench.published import sources
from bench.reference import FinancialYear

YEAR = FinancialYear.parse("2018-19")
INDICATORS = sources.reference().indicators


@pytest.fixture(scope="module")
def figures():
    return store.by_age_and_sex()


def of(figures, indicator_id, year, *areas):
    registers = sources.reference()
    indicator = registers.indicators[indicator_id]
    return groups(figures, registers, indicator, FinancialYear.parse(year), areas)


def test_ages_come_from_the_youngest_then_women_and_men():
    named = ["male", "all", "age_85_over", "good", "age_65_74", "female", "age_64_under"]
    assert by_age_or_sex(named) == ["age_64_under", "age_65_74", "age_85_over", "female", "male"]


@pytest.mark.corpus
@pytest.mark.parametrize("indicator_id", [one.indicator_id for one in INDICATORS.in_year(YEAR)])
def test_england_is_as_the_file_prints_it(figures, raw, indicator_id):
    printed = {}
    group = INDICATORS[indicator_id].code(YEAR).replace("(", "").replace(")", "")
    path = raw / "ascof" / "ascof-2018-19.csv"
    with path.open(encoding="cp1252", newline="") as file:
        for row in csv.DictReader(file):
            if (row["ONS Area Code"], row["Measure Group"]) == ("E92000001", group):
                key = row["Disaggregation Level"], row["Measure Type"]
                printed[key] = row["Measure Value"]
    labels = {
        label: one.breakdown_id for one in INDICATORS.breakdowns.values() for label in one.printed
    }
    expected = {
        labels[level]: float(value)
        for (level, kind), value in printed.items()
        if kind == "Outcome" and level != "Total" and value.strip()
    }
    found = of(figures, indicator_id, "2018-19", "england")
    shown = dict(zip(found["breakdown"], found["value"], strict=True))
    shown.pop("all", None)  # a later release may have revised it
    assert shown == expected


def test_each_group_has_the_interval_of_its_own_counts(figures):
    found = of(figures, "self_directed_support", "2018-19", "england").set_index("breakdown")
    assert [*found.reset_index().columns] == GROUP_COLUMNS
    # 87.5 of 100, of 213,522 people: the figure as published, not 186,769 of them
    low, high = (round(100 * end, 2) for end in wilson(0.875 * 213_522, 213_522))
    assert found.loc["age_18_64", ["value", "lower", "upper"]].tolist() == [87.5, low, high]
    assert found["group"].tolist() == ["All", "Aged 18 to 64", "Aged 65 and over"]


def test_suppressed_and_missing_are_kept_apart(figures):
    work = of(figures, "learning_disability_employment", "2018-19", "england", "city_of_london")
    city = work[work["area_id"] == "city_of_london"].set_index("breakdown")
    assert city.loc["female", "status"] == "suppressed"
    assert pd.isna(city.loc["female", "value"])
    survey = of(figures, "control_over_daily_life", "2020-21", "england")
    assert survey["status"].unique().tolist() == ["not_available"]


def test_a_figure_that_cannot_be_right_stays_with_its_reason_and_without_interval(figures):
    home = of(figures, "learning_disability_own_home", "2017-18", "camden").set_index("breakdown")
    assert home.loc["male", "value"] == 132.8
    assert home.loc["male", "wrong"] == "its numerator is above its denominator"
    assert pd.isna(home.loc["male", "lower"])


@pytest.mark.parametrize(
    ("indicator", "year"),
    [("self_directed_support", "2022-23"), ("workforce_turnover", "2024-25"),
     ("residential_quality", "2024-25")],
)  # fmt: skip
def test_what_is_not_split_by_age_or_sex_has_no_rows(figures, indicator, year):
    assert of(figures, indicator, year, "england").empty
