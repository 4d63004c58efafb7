from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from bench.errors import ParameterError, RegisterError, UnknownNameError
from bench.reference import FinancialYear, Indicators, IntervalMethod, Polarity, Registers, Unit
from bench.reference.indicator import code_order

if TYPE_CHECKING:
    from pathlib import Path

year = FinancialYear.parse


@pytest.fixture
def indicators(registers: Registers) -> Indicators:
    return registers.indicators


RENAMED = [
    ("social_care_quality_of_life", "1A", "1A"),
    ("adjusted_social_care_quality_of_life", "1J", "1B"),
    ("control_over_daily_life", "1B", "3A"),
    ("self_directed_support", "1C(1A)", "3D(1a)"),
    ("carers_self_directed_support", "1C(1B)", "3D(1b)"),
    ("direct_payments", "1C(2A)", "3D(2a)"),
    ("carers_direct_payments", "1C(2B)", "3D(2b)"),
    ("carer_quality_of_life", "1D", "1C"),
    ("learning_disability_own_home", "1G", "2E"),
    ("social_contact", "1I(1)", "5A(1)"),
    ("carers_social_contact", "1I(2)", "5A(2)"),
    ("care_home_admissions_18_64", "2A(1)", "2B"),
    ("care_home_admissions_65_over", "2A(2)", "2C"),
    ("home_after_reablement", "2B(1)", "2D(1)"),
    ("reablement_after_hospital", "2B(2)", "2D(2)"),
    ("short_term_service_outcome", "2D", "2A"),
    ("satisfaction_with_services", "3A", "1D"),
    ("carers_satisfaction", "3B", "1E"),
    ("carers_consulted", "3C", "3B"),
    ("finding_information", "3D(1)", "3C(1)"),
    ("carers_finding_information", "3D(2)", "3C(2)"),
    ("feeling_safe", "4A", "4A"),
]


@pytest.mark.parametrize(("indicator_id", "before", "after"), RENAMED)
def test_one_indicator_through_its_renaming(
    indicators: Indicators, indicator_id: str, before: str, after: str
) -> None:
    indicator = indicators[indicator_id]
    assert indicator.code(year("2022-23")) == before
    assert indicator.code(year("2023-24")) == after
    for code, period in ((before, "2022-23"), (after, "2023-24")):
        assert indicators.match_code(code, year(period)) is indicator
        assert indicators.find(code.casefold(), year(period)) is indicator


@pytest.mark.parametrize(
    ("printed", "period", "indicator_id"),
    [
        ("1C1A", "2016-17", "self_directed_support"),
        ("1C(1A)", "2014-15", "self_directed_support"),
        ("3D1A", "2023-24", "self_directed_support"),
        ("3d(1a)", "2024-25", "self_directed_support"),
        ("2A(1)_1415", "2014-15", "care_home_admissions_18_64"),
        ("2B", "2024-25", "care_home_admissions_18_64"),
        ("1I1", "2018-19", "social_contact"),
        ("1I(1)", "2014-15", "social_contact"),
        ("3D1", "2015-16", "finding_information"),
        ("3C1", "2023-24", "finding_information"),
        ("4B", "2022-23", "services_made_safe"),
        ("4b", "2023-24", "safeguarding_risk_reduced"),
        ("2E", "2023-24", "learning_disability_own_home"),
        ("2e(1)", "2024-25", "learning_disability_own_home"),
        ("2e(2a)", "2024-25", "long_term_support_at_home_18_64"),
        ("2e(2b)", "2024-25", "long_term_support_at_home_65_over"),
        ("2C", "2023-24", "care_home_admissions_65_over"),
        ("2C1", "2017-18", "delayed_transfers"),
        ("2C3", "2019-20", "delayed_transfers_joint"),
        ("6a ", "2024-25", "workforce_turnover"),
        ("NI130", "2009-10", "ni_130"),
        ("1C(1)", "2012-13", "self_directed_support_1c_part_1"),
        ("1C(2)", "2013-14", "direct_payments_1c_part_2"),
        ("2E", "2024-25", None),
        ("2C3", "2016-17", None),
        ("1J", "2015-16", None),
        ("3D(1b)", "2024-25", None),
        ("9Z", "2024-25", None),
    ],
)
def test_printed_codes(
    indicators: Indicators, printed: str, period: str, indicator_id: str | None
) -> None:
    found = indicators.match_code(printed, year(period))
    assert (found and found.indicator_id) == indicator_id


@pytest.mark.parametrize(
    ("period", "number"),
    [
        ("2014-15", 27),
        ("2015-16", 22),
        ("2016-17", 26),
        ("2017-18", 24),
        ("2018-19", 29),
        ("2019-20", 24),
        ("2020-21", 21),
        ("2021-22", 26),
        ("2022-23", 21),
        ("2023-24", 25),
        ("2024-25", 20),
    ],
)
def test_indicators_of_a_year(indicators: Indicators, period: str, number: int) -> None:
    found = indicators.in_year(year(period))
    assert len(found) == number
    codes = [entry.code(year(period)) for entry in found]
    assert codes == sorted(codes, key=code_order)
    assert len(set(codes)) == number


@pytest.mark.parametrize(
    ("period", "codes"),
    [
        ("2014-15", "1A 1B 1C(1A) 1C(1B) 1C(2A) 1C(2B) 1D 1E 1F 1G 1H 1I(1) 1I(2)"),
        ("2014-15", "2A(1) 2A(2) 2B(1) 2B(2) 2C(1) 2C(2) 2D 3A 3B 3C 3D(1) 3D(2) 4A 4B"),
        ("2024-25", "1A 1B 1D 2A 2B 2C 2D(1) 2D(2) 2E(1) 2E(2a) 2E(2b)"),
        ("2024-25", "3A 3C(1) 3D(1a) 3D(2a) 4A 4B 5A(1) 6A 6B"),
    ],
)
def test_natural_order_of_the_codes(indicators: Indicators, period: str, codes: str) -> None:
    printed = [entry.code(year(period)) for entry in indicators.in_year(year(period))]
    first = printed.index(codes.split()[0])
    assert printed[first : first + len(codes.split())] == codes.split()
    assert code_order("2B(2)") < code_order("2B(10)")


@pytest.mark.parametrize(
    ("indicator_id", "period", "title"),
    [
        ("self_directed_support", "2022-23", "Enhancing quality of life for people with care"),
        ("self_directed_support", "2023-24", "Empowerment - information and advice"),
        ("care_home_admissions_65_over", "2014-15", "Delaying and reducing the need for care"),
        ("care_home_admissions_65_over", "2024-25", "Independence"),
        ("satisfaction_with_services", "2014-15", "Ensuring that people have a positive"),
        ("satisfaction_with_services", "2024-25", "Quality of life"),
        ("feeling_safe", "2014-15", "Safeguarding adults whose circumstances"),
        ("feeling_safe", "2024-25", "Safety"),
        ("social_contact", "2024-25", "Social connections"),
        ("workforce_turnover", "2024-25", "Continuity and quality of care"),
        ("ni_130", "2009-10", "National Indicator Set"),
        ("self_directed_support_1c_part_1", "2012-13", "Enhancing quality of life"),
    ],
)
def test_the_domain_of_the_year(
    indicators: Indicators, indicator_id: str, period: str, title: str
) -> None:
    assert indicators[indicator_id].domain(year(period)).startswith(title)


LOWER = {
    "care_home_admissions_18_64",
    "care_home_admissions_65_over",
    "delayed_transfers",
    "delayed_transfers_social_care",
    "delayed_transfers_joint",
    "workforce_turnover",
}
COUNTS = {
    "direct_payment_clients_31_march", "direct_payment_carers", "day_services_65_over_in_house",
    "day_services_65_over_by_others",
}  # fmt: skip


def test_polarity(indicators: Indicators) -> None:
    by = defaultdict(set)
    for entry in indicators:
        by[entry.polarity].add(entry.indicator_id)
    assert by[Polarity.LOWER] == LOWER
    assert by[Polarity.NONE] == COUNTS
    assert "short_term_service_outcome" in by[Polarity.HIGHER]
    assert indicators["reablement_after_hospital"].polarity_note


def test_intervals(indicators: Indicators) -> None:
    by = defaultdict(set)
    for entry in indicators:
        by[entry.interval].add(entry.indicator_id)
        survey = "Survey" in entry.collection(entry.years[-1])
        assert (entry.interval is IntervalMethod.MARGIN) == survey
        assert entry.wilson_on_respondents == (survey and entry.unit is Unit.PER_CENT)
        assert entry.collection(entry.years[0]) != ""
    assert by[IntervalMethod.BYAR] == {
        "care_home_admissions_18_64",
        "care_home_admissions_65_over",
        "ni_130_per_100k",
    }
    assert by[IntervalMethod.NONE] == COUNTS | {
        "delayed_transfers",
        "delayed_transfers_social_care",
        "delayed_transfers_joint",
        "mental_health_employment",
        "mental_health_independent_living",
        "workforce_turnover",
    }


@pytest.mark.parametrize(
    ("indicator_id", "period", "decimals"),
    [
        ("adjusted_social_care_quality_of_life", "2016-17", 3),
        ("adjusted_social_care_quality_of_life", "2024-25", 3),
        ("mental_health_employment", "2015-16", 1),
        ("mental_health_employment", "2017-18", 0),
        ("mental_health_independent_living", "2014-15", 1),
        ("mental_health_independent_living", "2022-23", 0),
        ("home_after_reablement", "2023-24", 1),
        ("home_after_reablement", "2024-25", 2),
        ("reablement_after_hospital", "2024-25", 2),
        ("care_home_admissions_65_over", "2024-25", 1),
        ("workforce_turnover", "2024-25", 1),
        ("direct_payment_clients_31_march", "2010-11", 0),
    ],
)
def test_decimals(indicators: Indicators, indicator_id: str, period: str, decimals: int) -> None:
    assert indicators[indicator_id].decimals(year(period)) == decimals


@pytest.mark.parametrize(
    ("indicator_id", "period", "previous"),
    [
        ("carers_satisfaction", "2023-24", "2021-22"),
        ("carers_satisfaction", "2018-19", "2016-17"),
        ("mental_health_employment", "2017-18", "2015-16"),
        ("self_directed_support", "2024-25", "2023-24"),
        ("self_directed_support", "2014-15", None),
        ("workforce_turnover", "2023-24", None),
    ],
)
def test_the_year_published_before(
    indicators: Indicators, indicator_id: str, period: str, previous: str | None
) -> None:
    found = indicators[indicator_id].previous_year(year(period))
    assert (found and str(found)) == previous


@pytest.mark.parametrize(
    ("text", "period", "indicator_id"),
    [
        ("control_over_daily_life", None, "control_over_daily_life"),
        ("Control_Over_Daily_Life", "2014-15", "control_over_daily_life"),
        ("3A", None, "control_over_daily_life"),
        ("3A", "2022-23", "satisfaction_with_services"),
        ("4B", None, "safeguarding_risk_reduced"),
        ("1c(1a)", None, "self_directed_support"),
        ("2C(1)", None, "delayed_transfers"),
        ("Care homes rated good or outstanding", None, "residential_quality"),
        ("The proportion of people who use services who feel safe", None, "feeling_safe"),
    ],
)
def test_found_by_id_code_or_title(
    indicators: Indicators, text: str, period: str | None, indicator_id: str
) -> None:
    found = indicators.find(text, year(period) if period else None)
    assert found.indicator_id == indicator_id


@pytest.mark.parametrize(
    ("text", "period", "told"),
    [
        ("control_over_daly_life", None, "did you mean control_over_daily_life"),
        ("Care homes rated god", None, "did you mean residential_quality"),
        ("1F", "2024-25", "Unknown indicator '1F' in the codes of 2024-25"),
        ("9Z", None, "see `bench list indicators`"),
    ],
)
def test_near_misses(indicators: Indicators, text: str, period: str | None, told: str) -> None:
    with pytest.raises(UnknownNameError) as error:
        indicators.find(text, year(period) if period else None)
    assert told in str(error.value)


def test_a_code_outside_its_years(indicators: Indicators) -> None:
    with pytest.raises(ParameterError, match="has no code in 2015-16") as told:
        indicators["adjusted_social_care_quality_of_life"].code(year("2015-16"))
    assert "1J from 2016-17 to 2022-23, 1B from 2023-24 to today" in str(told.value)


def test_carers_are_surveyed_every_other_year(indicators: Indicators) -> None:
    surveys = ["2014-15", "2016-17", "2018-19", "2021-22", "2023-24"]
    carers = [e for e in indicators if "Carers in England" in e.collection(year("2014-15"))]
    assert len(carers) == 5
    for entry in carers:
        assert [str(y) for y in entry.years] == surveys


def test_other_frameworks_have_no_row_among_the_outcomes(indicators: Indicators) -> None:
    assert [e.indicator_id for e in indicators.in_year(year("2009-10"))] == []
    assert {e.indicator_id for e in indicators.in_year(year("2009-10"), framework=None)} == (
        COUNTS | {"ni_130", "ni_130_per_100k"}
    )
    assert [e.code(year("2012-13")) for e in indicators.in_year(year("2012-13"))] == (
        ["1C(1)", "1C(2)"]
    )


def test_every_entry_is_reviewed_and_sourced(indicators: Indicators) -> None:
    for entry in indicators:
        assert entry.polarity_source
        assert entry.review.author != entry.review.checker
        assert date(2026, 1, 1) <= entry.review.reviewed < entry.review.next_review
        assert (entry.review.next_review - entry.review.reviewed).days <= 366
        assert len(entry.short_title) <= 60
        assert entry.short_title[0].isupper()
        assert entry.counts.endswith(".")


@pytest.mark.parametrize(
    ("printed", "breakdown"),
    [
        ("Total", "all"),
        ("18-64", "age_18_64"),
        ("18 to 64", "age_18_64"),
        ("65 and over", "age_65_over"),
        ("64 and under", "age_64_under"),
        ("not yet rated", "not_yet_rated"),
        ("Other", "other"),
        ("of mixed age", None),
    ],
)
def test_breakdowns(indicators: Indicators, printed: str, breakdown: str | None) -> None:
    assert indicators.breakdown(printed) == breakdown


def test_a_misspelt_field_is_told(tmp_path: Path) -> None:
    (tmp_path / "indicators.yaml").write_text(
        "frameworks: {}\nbreakdowns: []\nindicators:\n- {id: Bad, polarty: none}\n"
    )
    with pytest.raises(RegisterError) as told:
        Indicators.read(tmp_path)
    assert "indicators.0.polarty: Extra inputs are not permitted" in str(told.value)
    assert "indicators.0.id: String should match" in str(told.value)


@pytest.mark.parametrize(
    ("indicator_id", "lineage"),
    [
        ("self_directed_support", ["NI 130", "1C(1)", "1C(1A)"]),
        ("direct_payments", ["1C(2)", "1C(2A)"]),
        ("carers_direct_payments", ["1C(2B)"]),
    ],
)
def test_which_indicators_asked_the_question_before(
    indicators: Indicators, indicator_id: str, lineage: list[str]
) -> None:
    found = indicators.lineage(indicators[indicator_id])
    assert [entry.codes[0].value for entry in found] == lineage


@pytest.mark.parametrize(
    ("continues", "told"),
    [
        ("nothing", "continues 'nothing', which is no indicator"),
        ("direct_payments", "continues direct_payments, which did not begin before it"),
    ],
)
def test_an_indicator_takes_up_only_an_earlier_one(
    reference: Path, tmp_path: Path, continues: str, told: str
) -> None:
    text = (reference / "indicators.yaml").read_text(encoding="utf-8")
    changed = text.replace("continues: ni_130", f"continues: {continues}")
    (tmp_path / "indicators.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(RegisterError, match=told):
        Indicators.read(tmp_path)


# --- parts and limits -----------------------------------------------------------------------------


def test_a_part_counts_people_of_its_whole_in_the_same_years(indicators):
    parts = {one.indicator_id: one.part_of for one in indicators if one.part_of}
    assert parts == {
        "direct_payments": "self_directed_support",
        "carers_direct_payments": "carers_self_directed_support",
        "direct_payments_1c_part_2": "self_directed_support_1c_part_1",
    }
    for part, whole in parts.items():
        assert set(indicators[part].years) <= set(indicators[whole].years)
        assert indicators[part].interval is indicators[whole].interval is IntervalMethod.WILSON


@pytest.mark.parametrize(
    ("indicator_id", "minimum", "maximum", "inside", "outside"),
    [
        ("self_directed_support", 0, 100, [0, 33.3, 100], [-0.1, 100.1, 683]),
        ("care_home_admissions_65_over", 0, 100_000, [0, 4051.9], [-1, 100_000.1, 598_700]),
        ("delayed_transfers", 0, 100_000, [46.1], [-0.1]),
        ("direct_payment_clients_31_march", 0, None, [0, 130_900], [-5]),
        ("social_care_quality_of_life", 0, 24, [0, 19.0, 24], [-0.1, 24.1, 190]),
        ("carer_quality_of_life", 0, 12, [7.3, 12], [12.1, 73]),
        ("adjusted_social_care_quality_of_life", -1.17, 1.17, [-0.1, 0.404], [1.2, 40.4, -1.2]),
    ],
)
def test_a_figure_has_limits_in_its_unit(
    indicators, indicator_id, minimum, maximum, inside, outside
):
    indicator = indicators[indicator_id]
    assert (indicator.minimum, indicator.maximum) == (minimum, maximum)
    assert all(map(indicator.admits, inside))
    assert not any(map(indicator.admits, outside))


def test_every_indicator_has_limits_and_a_score_says_whose_they_are(indicators):
    for indicator in indicators:
        assert (indicator.maximum is None) == (indicator.unit is Unit.COUNT), indicator.indicator_id
        assert bool(indicator.limits_source) == (indicator.unit is Unit.SCORE)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("part_of: self_directed_support\n", "part_of: nothing\n", "part of 'nothing'"),
        ("part_of: self_directed_support\n", "part_of: direct_payments\n", "no other indicator"),
        ("maximum: 24\n", "maximum: 0\n", "minimum 0 is not below its maximum 0"),
        ("  maximum: 24\n", "", "social_care_quality_of_life: has no maximum"),
        ("maximum: 24\n", "maximum: .inf\n", "finite number"),
        ("maximum: 24\n", "maximum: '24'\n", "valid number"),
        ("  minimum: 0\n  maximum: 24\n", "  maximum: 24\n", "minimum: Field required"),
        ("maximum: 100\n", "maximum: 101\n", "outside what the unit per_cent allows, 0 to 100"),
        ("maximum: 100\n", "maximum: 50\n", "no limits_source says why"),
        ("minimum: 0\n  polarity: none", "minimum: -1\n  polarity: none", "allows, 0 or more"),
        ("limits_source: 'The published", "polarity_note: 'The published", "no limits_source"),
    ],
)
def test_a_part_has_a_whole_and_limits_their_order(reference, tmp_path, before, after, told):
    text = (reference / "indicators.yaml").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "indicators.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(RegisterError, match=told):
        Indicators.read(tmp_path)


# --- relatives ------------------------------------------------------------------------------------


def test_relatives_are_named_with_a_way_and_a_reason(indicators):
    found = {one.indicator_id: one.relatives for one in indicators if one.relatives}
    assert len(found) > 15
    for own, relatives in found.items():
        for relative in relatives:
            assert relative.indicator_id in indicators
            assert relative.indicator_id != own
            assert relative.reason
    ways = {r.indicator_id: r.moves.value for r in found["care_home_admissions_65_over"]}
    assert set(ways.values()) == {"opposite"}


def test_two_relatives_agree_on_how_they_move(indicators):
    ways = {
        (own.indicator_id, relative.indicator_id): relative.moves
        for own in indicators
        for relative in own.relatives
    }
    differ = {
        pair: way for pair, way in ways.items() if ways.get((pair[1], pair[0]), way) is not way
    }
    assert differ == {}


@pytest.mark.parametrize(
    ("relatives", "told"),
    [
        ([{"indicator": "nothing", "moves": "same", "reason": "R"}], "'nothing' is no indicator"),
        ([{"indicator": "feeling_safe", "moves": "same", "reason": "R"}], "is its own relative"),
        (
            [{"indicator": "social_contact", "moves": "same", "reason": "R"}] * 2,
            "social_contact stands there twice",
        ),
        ([{"indicator": "social_contact", "moves": "upwards", "reason": "R"}], "moves"),
        ([{"indicator": "social_contact", "moves": "same"}], "reason"),
    ],
)
def test_relatives_that_make_no_sense_are_refused(root, tmp_path, relatives, told):
    held = yaml.safe_load((root / "data" / "reference" / "indicators.yaml").read_text())
    entry = next(one for one in held["indicators"] if one["id"] == "feeling_safe")
    entry["relatives"] = relatives
    (tmp_path / "indicators.yaml").write_text(yaml.safe_dump(held))
    with pytest.raises(RegisterError, match=told):
        Indicators.read(tmp_path)
