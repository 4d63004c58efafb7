"""A survey of councils as the sheets of its downloads.

Enters: a cohort and its checks. Leaves: sheets, shares in per cent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.audit.survey_check import Outcome
from bench.present.records import capital
from bench.present.sheet import Sheet, exact_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.audit.survey import Cohort
    from bench.audit.survey_check import Check
    from bench.present.sheet import Cell

__all__ = ["sheets"]

_OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.AGREES: "agrees",
    Outcome.OTHER_BASE: "agrees, out of all that answered the survey",
    Outcome.DIFFERS: "does not add up",
    Outcome.SHORT: "not all answered",
}


def sheets(cohort: Cohort, checks: Sequence[Check]) -> list[Sheet]:
    """The response, the groups, the answers, the councils and the checks, those that there are."""
    made = [
        Sheet(
            "Response",
            _RESPONSE_COLUMNS,
            (
                (
                    cohort.survey.title,
                    str(cohort.year),
                    cohort.population,
                    cohort.invited,
                    cohort.answered,
                    _share(cohort.answered / cohort.invited),
                    *map(_share, cohort.rate),
                ),
            ),
        )
    ]
    if cohort.groupings:
        made.append(Sheet("Groups", _GROUP_COLUMNS, tuple(_group_rows(cohort))))
    if cohort.results:
        made.append(Sheet("Answers", _ANSWER_COLUMNS, tuple(_answer_rows(cohort))))
    if cohort.replies:
        made.append(
            Sheet(
                "Councils",
                (
                    *_COUNCIL_COLUMNS,
                    *(f"Answer: {one.text}" for one in cohort.survey.questions.values()),
                ),
                tuple(_council_rows(cohort)),
            )
        )
    if checks:
        made.append(Sheet("Checks", _CHECK_COLUMNS, tuple(map(_check_row, checks))))
    return made


_RESPONSE_COLUMNS: Final = (
    "Survey", "Year", "Councils", "Asked", "Answered", "Response rate, %", "Lower 95% limit",
    "Upper 95% limit",
)  # fmt: skip
_COUNCIL_COLUMNS: Final = ("Council", "ONS code", "Region", "Type", "Answered", "Weight")
_GROUP_COLUMNS: Final = (
    "By", "Group", "All councils", "Asked", "Answered", "If all had answered alike",
    "Chi-squared, finite population", "Degrees of freedom", "Exact p value",
)  # fmt: skip
_ANSWER_COLUMNS: Final = (
    "Question", "Answer", "Councils", "Out of", "Share, %", "Lower 95% limit", "Upper 95% limit",
    "Weighted share, %", "Source",
)  # fmt: skip
_CHECK_COLUMNS: Final = (
    "Of", "Question or group", "Answer", "Printed", "From the counts", "Outcome", "Source",
)  # fmt: skip


def _group_rows(cohort: Cohort) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for grouping in cohort.groupings:
        test = grouping.likeness
        for at, group in enumerate(grouping.groups):
            numbers: tuple[Cell, ...] = (None, None, None, None)
            if test is not None:
                numbers = (
                    exact_cell(test.expected[at], 2),
                    exact_cell(test.distance, 4),
                    test.degrees_of_freedom,
                    exact_cell(test.p_value, 6),
                )
            name = capital(group.name)
            counts = (group.everyone, group.invited, group.answered)
            rows.append((grouping.by, name, *counts, *numbers))
    return rows


def _answer_rows(cohort: Cohort) -> list[tuple[Cell, ...]]:
    return [
        (
            result.text,
            one.text,
            one.count,
            result.base,
            _share(one.share),
            _share(one.lower),
            _share(one.upper),
            None if one.weighted is None else _share(one.weighted),
            result.source,
        )
        for result in cohort.results
        for one in result.answers
    ]


def _council_rows(cohort: Cohort) -> list[tuple[Cell, ...]]:
    weights = cohort.weights.by_cell if cohort.weights else {}
    rows: list[tuple[Cell, ...]] = []
    for one in cohort.replies:
        region, kind = one.council.region, one.council.type_in(cohort.year)
        weight = weights.get((region.value, kind.value)) if one.answered else None
        rows.append(
            (
                one.council.name,
                one.council.code_in(cohort.year),
                region.label,
                kind.singular,
                "yes" if one.answered else "no",
                None if weight is None else exact_cell(weight, 4),
                *(one.answers.get(name, "") for name in cohort.survey.questions),
            )
        )
    return rows


def _check_row(check: Check) -> tuple[Cell, ...]:
    return (
        check.of.value.replace("_", " "),
        check.name,
        check.answer,
        exact_cell(check.printed, check.decimals),
        exact_cell(check.found, 0 if check.out_of is None else check.decimals + 2),
        _OUTCOMES[check.outcome],
        check.source,
    )


def _share(share: float) -> Cell:
    return exact_cell(100 * share, 2)
