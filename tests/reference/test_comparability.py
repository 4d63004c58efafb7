from __future__ import annotations

import csv
import itertools
from typing import TYPE_CHECKING

import pytest

from bench.errors import RegisterError
from bench.reference import BreakKind, Comparability, FinancialYear, NoteEffect, Registers

if TYPE_CHECKING:
    from pathlib import Path

year = FinancialYear.parse

PREVIOUS = [
    ("control_over_daily_life", "2015-16", "2014-15"),
    ("control_over_daily_life", "2019-20", "2018-19"),
    ("control_over_daily_life", "2020-21", None),
    ("control_over_daily_life", "2021-22", "2019-20"),
    ("control_over_daily_life", "2022-23", "2021-22"),
    ("control_over_daily_life", "2023-24", "2022-23"),
    ("control_over_daily_life", "2024-25", "2023-24"),
    ("control_over_daily_life", "2014-15", None),
    ("services_made_safe", "2021-22", "2019-20"),
    ("adjusted_social_care_quality_of_life", "2017-18", "2016-17"),
    ("adjusted_social_care_quality_of_life", "2020-21", None),
    ("adjusted_social_care_quality_of_life", "2021-22", None),
    ("adjusted_social_care_quality_of_life", "2022-23", "2021-22"),
    ("carers_satisfaction", "2016-17", None),
    ("carers_satisfaction", "2018-19", "2016-17"),
    ("carers_satisfaction", "2021-22", "2018-19"),
    ("carers_satisfaction", "2023-24", "2021-22"),
    ("self_directed_support", "2014-15", None),
    ("self_directed_support", "2020-21", "2019-20"),
    ("self_directed_support", "2023-24", "2022-23"),
    ("self_directed_support", "2024-25", None),
    ("direct_payments", "2024-25", None),
    ("short_term_service_outcome", "2024-25", None),
    ("learning_disability_own_home", "2024-25", None),
    ("care_home_admissions_65_over", "2018-19", "2017-18"),
    ("care_home_admissions_65_over", "2024-25", None),
    ("carers_direct_payments", "2019-20", "2018-19"),
    ("mental_health_employment", "2017-18", "2015-16"),
    ("safeguarding_risk_reduced", "2024-25", "2023-24"),
    ("workforce_turnover", "2023-24", None),
]


@pytest.mark.parametrize(("indicator_id", "period", "previous"), PREVIOUS)
def test_the_year_to_compare_with(
    registers: Registers, indicator_id: str, period: str, previous: str | None
) -> None:
    found = registers.comparability.previous_comparable(
        registers.indicators[indicator_id], "somerset", year(period)
    )
    assert (found and str(found)) == previous


def test_a_figure_not_to_be_compared_is_nobodys_previous_year(registers: Registers) -> None:
    # as if 2025-26 were published: 2024-25 is passed over, and behind it lies the cut
    from dataclasses import replace

    indicator = registers.indicators["self_directed_support"]
    later = replace(indicator, years=(*indicator.years, year("2025-26")))
    found = registers.comparability.previous_comparable(later, "somerset", year("2025-26"))
    assert found is None


@pytest.mark.parametrize(
    ("indicator_id", "earlier", "later", "cut"),
    [
        ("self_directed_support", "2023-24", "2024-25", "2024-25"),
        ("self_directed_support", "2014-15", "2024-25", "2024-25"),
        ("self_directed_support", "2014-15", "2023-24", None),
        ("self_directed_support", "2013-14", "2014-15", "2014-15"),
        ("carer_quality_of_life", "2014-15", "2016-17", "2016-17"),
        ("carer_quality_of_life", "2016-17", "2023-24", None),
        ("adjusted_social_care_quality_of_life", "2019-20", "2021-22", "2020-21"),
        ("feeling_safe", "2014-15", "2024-25", None),
    ],
)
def test_a_cut_between_two_years(
    registers: Registers, indicator_id: str, earlier: str, later: str, cut: str | None
) -> None:
    found = registers.comparability.cut_between(
        indicator_id, "somerset", year(earlier), year(later)
    )
    assert (found and str(found.period)) == cut


def test_the_voluntary_year_stands_alone(registers: Registers) -> None:
    alone = {
        entry.indicator_id
        for entry in registers.indicators
        if registers.comparability.isolated(entry.indicator_id, "somerset", year("2020-21"))
    }
    surveyed = {
        entry.indicator_id
        for entry in registers.indicators.in_year(year("2020-21"))
        if "(ASCS)" in entry.collection(year("2020-21"))
    }
    assert alone == surveyed
    assert len(alone) == 8


def test_only_self_directed_support_of_2024_25_is_not_compared(registers: Registers) -> None:
    notes = registers.comparability.usage_notes
    barred = [note for note in notes if note.effect is NoteEffect.NOT_COMPARED]
    assert [(n.indicator_id, str(n.period), n.code) for n in barred] == [
        ("self_directed_support", "2024-25", "not_meaningful_to_compare")
    ]
    find = registers.comparability.not_compared
    assert find("self_directed_support", "somerset", year("2024-25")) == barred[0]
    assert find("self_directed_support", "somerset", year("2023-24")) is None


DEVELOPMENT = {"official_statistics_in_development", "calculated_before_rounding"}


@pytest.mark.parametrize(
    ("indicator_id", "area_id", "period", "codes"),
    [
        ("feeling_safe", "derby", "2024-25", {"missing_submission"}),
        ("feeling_safe", "england", "2024-25", {"previous_submission_used"}),
        ("feeling_safe", "region:east_midlands", "2024-25", {"previous_submission_used"}),
        ("feeling_safe", "type:unitary", "2024-25", {"previous_submission_used"}),
        ("feeling_safe", "region:london", "2024-25", set()),
        ("feeling_safe", "somerset", "2024-25", set()),
        ("feeling_safe", "somerset", "2020-21", {"voluntary_survey"}),
        ("direct_payments", "somerset", "2024-25", DEVELOPMENT),
        ("direct_payments", "somerset", "2023-24", set()),
        (
            "short_term_service_outcome",
            "portsmouth",
            "2024-25",
            DEVELOPMENT | {"new_definition", "missing_submission"},
        ),
        ("reablement_after_hospital", "kent", "2024-25", DEVELOPMENT | {"missing_submission"}),
        (
            "reablement_after_hospital",
            "england",
            "2024-25",
            DEVELOPMENT | {"excludes_missing_councils"},
        ),
        ("reablement_after_hospital", "region:north_east", "2024-25", DEVELOPMENT),
        ("carers_finding_information", "england", "2018-19", {"recalculated"}),
        ("carers_finding_information", "somerset", "2018-19", set()),
        ("adjusted_social_care_quality_of_life", "somerset", "2016-17", {"recalculated"}),
        (
            "safeguarding_risk_reduced",
            "luton",
            "2024-25",
            {"counts_rounded_to_5", "withheld_above_100"},
        ),
        ("safeguarding_risk_reduced", "luton", "2023-24", {"counts_rounded_to_5"}),
        (
            "workforce_turnover",
            "isles_of_scilly",
            "2024-25",
            {"estimate_without_counts", "joint_figure"},
        ),
        ("residential_quality", "somerset", "2023-24", {"boundaries_april_2024"}),
    ],
)
def test_what_the_publisher_says(
    registers: Registers, indicator_id: str, area_id: str, period: str, codes: set[str]
) -> None:
    notes = registers.comparability.notes(indicator_id, area_id, year(period))
    assert {note.code for note in notes} == codes


def test_notes_13_and_14_name_each_council(registers: Registers) -> None:
    def councils(indicator_id: str) -> int:
        return sum(
            note.code == "missing_submission" and note.indicator_id == indicator_id
            for note in registers.comparability.usage_notes
        )

    assert councils("short_term_service_outcome") == 3
    assert councils("home_after_reablement") == 13
    assert councils("reablement_after_hospital") == 13


def test_renamings_agree_with_the_codes(registers: Registers) -> None:
    renamed = {
        (entry.indicator_id, entry.period)
        for entry in registers.comparability.breaks
        if entry.kind is BreakKind.RENAME
    }
    changed = {
        (indicator.indicator_id, later.first)
        for indicator in registers.indicators
        if indicator.framework.framework_id == "ascof"
        for earlier, later in zip(indicator.codes, indicator.codes[1:], strict=False)
        if earlier.value != later.value
    }
    assert renamed == changed


def test_what_ended_has_no_later_year(registers: Registers) -> None:
    latest = max(y for entry in registers.indicators for y in entry.years)
    ended = {
        entry.indicator_id: entry.period
        for entry in registers.comparability.breaks
        if entry.kind is BreakKind.ENDED
    }
    for indicator in registers.indicators:
        if indicator.framework.framework_id == "pss_ex1":
            continue
        over = ended.get(indicator.indicator_id)
        survey_pause = "Carers in England" in indicator.collection(indicator.years[-1])
        assert (over is not None) == (indicator.years[-1] < latest and not survey_pause)
        if over is not None:
            assert indicator.years[-1].shift(1) == over


def test_a_line_back_meets_the_years_that_compare_until_a_cut(registers: Registers) -> None:
    """Of every indicator and year, for a council with entries of its own and one without."""
    comparability = registers.comparability
    own = next(note.area_id for note in comparability.usage_notes if note.area_id)
    for indicator in registers.indicators:
        for area_id, last in itertools.product(("leeds", own), indicator.years):
            line = comparability.line_back(indicator, area_id, last)
            about = (indicator.indicator_id, area_id)
            earlier = sorted((one for one in indicator.years if one < last), reverse=True)
            assert [one.year for one in line] == earlier[: len(line)]
            met = last
            for place, one in enumerate(line):
                cut = comparability.cut_between(*about, one.year, met)
                reason = cut or comparability.alone(*about, one.year)
                assert one.apart == (reason.text if reason else None)
                assert cut is None or place == len(line) - 1
                met = met if reason else one.year
            assert len(line) == len(earlier) or cut is not None


def test_every_break_is_told_once_in_words(registers: Registers) -> None:
    seen = set()
    for entry in registers.comparability.breaks:
        key = (entry.indicator_id, entry.area_id, entry.period, entry.kind)
        assert key not in seen
        seen.add(key)
        assert entry.text.endswith(".")
        assert len(entry.text) <= 240
        assert entry.source
    for note in registers.comparability.usage_notes:
        assert note.text.endswith(".")
        assert note.source


@pytest.mark.parametrize("name", ["breaks.csv", "usage_notes.csv"])
def test_rows_are_sorted(reference: Path, name: str) -> None:
    with (reference / name).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    order = [(row["indicator_id"], row["period"]) for row in rows]
    assert order == sorted(order)


def test_a_bad_file_tells_all_that_is_wrong_with_it(registers: Registers, tmp_path: Path) -> None:
    (tmp_path / "breaks.csv").write_text(
        "indicator_id,area_id,period,kind,text,source,reviewed\n"
        "nothing,,2020-21,cut,Words.,S,2026-01-01\n"
        "feeling_safe,atlantis,2020-22,snap,Words.,S,2026-01-01\n"
    )
    (tmp_path / "usage_notes.csv").write_text(
        "indicator_id,area_id,period,code,effect,text,source\nfeeling_safe,,2020-21,c,shrug,W.,S\n"
    )
    with pytest.raises(RegisterError) as told:
        Comparability.read(tmp_path, indicators=registers.indicators, councils=registers.councils)
    for words in ("'nothing'", "'atlantis'", "2020-22", "'shrug'"):
        assert words in str(told.value)
    (tmp_path / "breaks.csv").write_text("indicator,period\n")
    with pytest.raises(RegisterError, match="the header is indicator, period"):
        Comparability.read(tmp_path, indicators=registers.indicators, councils=registers.councils)
