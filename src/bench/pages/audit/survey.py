"""A survey of councils as a committee reads it: who answered, what, and what does not add up.

A survey of councils as the sheets of its downloads.
What does not add up in a survey's report, in sentences that ask nobody to blame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.audit.survey_check import Outcome, adds_up
from bench.audit.survey_file import Of
from bench.pages.audit.sections import Content
from bench.pages.audit.survey_charts import answers, per_cent, span
from bench.present.html import Fragment, fill
from bench.present.numbers import NO_NUMBER, bare
from bench.present.sheet import Sheet, exact_cell
from bench.present.table import (
    beneath,
    capital,
    counted,
    paragraph,
    records_table,
    sentence_list,
    values_table,
)
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.audit.survey import Cohort, Grouping
    from bench.audit.survey_check import Check
    from bench.present.chart import Figure
    from bench.present.sheet import Cell


_UNLIKELY: Final = 0.05
_AMONG: Final = {"region": "in these regions", "type": "of these types"}


def content(cohort: Cohort, *, palette: str) -> Content:
    """The section: response, make-up, answers, weighting, and what does not add up.

    Args:
        cohort: a survey, counted.
        palette: "rag" or "af".
    """
    checks = adds_up(cohort)
    parts: list[Fragment | Figure] = [
        paragraph(cohort.survey.about, palette=palette),
        paragraph(_response(cohort), lead=True, palette=palette),
    ]
    if cohort.groupings:
        parts.append(_part("Are they like all councils?", *_likeness(cohort), palette=palette))
        parts += [_groups(one, cohort, palette=palette) for one in cohort.groupings]
    else:
        parts.append(
            _part(
                "Are they like all councils?",
                "That cannot be told: how many answered in each region, or of each type, is not "
                "in hand.",
                palette=palette,
            )
        )
    if cohort.results:
        parts.append(_part("What they answered", *_weighting(cohort), palette=palette))
        parts.append(
            answers(
                cohort.results,
                title=cohort.survey.title,
                weighted=cohort.weights is not None,
                population=cohort.population,
                palette=palette,
            )
        )
    if cohort.survey.statements:
        parts.append(_part("What else the report says", palette=palette))
        parts.append(_statements(cohort, palette=palette))
    if checks:
        parts.append(_part("What does not add up", palette=palette))
        parts.append(
            sentence_list(discrepancies(checks), none="Every total adds up.", palette=palette)
        )
    return Content(
        parts=tuple(parts),
        sheets=tuple(sheets(cohort, checks)),
        documents=tuple(
            dict.fromkeys(
                (
                    cohort.survey.document,
                    *(one.source for one in cohort.results),
                    *(one.source for one in checks),
                )
            )
        ),
    )


def _part(title: str, *texts: str, palette: str) -> Fragment:
    return fill("audit/part.html.j2", title=title, texts=texts, palette=check_palette(palette))


def _statements(cohort: Cohort, *, palette: str) -> Fragment:
    """Every statement with its count, what the report prints, and the share worked out here."""
    return records_table(
        caption="What the report says of how many councils",
        columns=("Statement", "Councils", "As printed", "Worked out here", "Section"),
        lines=[
            (
                one.text,
                NO_NUMBER if one.count is None else str(one.count),
                one.words or NO_NUMBER
                if one.printed is None
                else ", ".join(filter(None, [f"{one.printed.normalize():f}%", one.words])),
                NO_NUMBER
                if one.count is None
                else "; ".join(
                    f"{per_cent(one.count / base)} of {base}"
                    for base in one.bases or (cohort.answered,)
                ),
                one.where,
            )
            for one in cohort.survey.statements
        ],
        palette=palette,
    )


def _response(cohort: Cohort) -> str:
    asked = f"the {cohort.invited} councils asked"
    if cohort.invited < cohort.population:
        asked += f" (of {cohort.population} that there were)"
    return (
        f"{cohort.answered} of {asked} answered: {per_cent(cohort.answered / cohort.invited)}. "
        f"If who answers is chance, the rate could as well be {span(*cohort.rate)} (95% range)."
    )


def _likeness(cohort: Cohort) -> list[str]:
    if cohort.answered in (0, cohort.population):
        return ["Every council answered." if cohort.answered else "No council answered."]
    told = []
    for grouping in cohort.groupings:
        test = grouping.likeness
        if test is None:
            told.append(
                f"By {grouping.by} that cannot be told: the counts do not add up (see below)."
            )
            continue
        could = "could" if test.p_value >= _UNLIKELY else "would hardly"
        ways = _per_cent_of_ways(test.p_value)
        told.append(
            f"By {grouping.by}, chance alone {could} explain who answered. Pick "
            f"{cohort.answered} of {cohort.population} councils blindly: in {ways} of all ways to "
            "do so the pick is as uneven as this one, or more."
        )
        none = [group.name for group in grouping.groups if not group.answered]
        if none:
            told.append(f"None answered {_AMONG[grouping.by]}: {_listed(none)}.")
    told.append(
        "This is an exact test. It counts the ways to choose from a known number of councils "
        "(multivariate hypergeometric) and measures how uneven each is by chi-squared. Expected is "
        "how many would answer if all groups did alike."
    )
    return told


def _per_cent_of_ways(p_value: float) -> str:
    return "fewer than 0.1%" if p_value < 0.001 else per_cent(p_value)


def _groups(grouping: Grouping, cohort: Cohort, *, palette: str) -> Fragment:
    expected = grouping.likeness.expected if grouping.likeness else None
    some_asked = cohort.invited < cohort.population and cohort.replies
    lines = []
    for at, group in enumerate(grouping.groups):
        name: str = capital(group.name)
        if group.printed_as:
            name = beneath(name, f"printed as {group.printed_as}")
        line: list[object] = [name, group.everyone]
        if some_asked:
            line.append(group.invited)
        line += [
            group.answered,
            per_cent(group.answered / group.everyone) if group.everyone else NO_NUMBER,
        ]
        if expected:
            line.append(bare(expected[at], 1))
        lines.append(line)
    return values_table(
        caption=f"Who answered, by {grouping.by}",
        columns=(
            grouping.by.capitalize(),
            "All",
            *(("Asked",) if some_asked else ()),
            "Answered",
            "Share",
            *(("Expected",) if expected else ()),
        ),
        lines=lines,
        palette=palette,
    )


def _weighting(cohort: Cohort) -> list[str]:
    weights = cohort.weights
    if weights is None:
        return ["The answers are not weighted. They are not in hand council by council."]
    by = "region and type" if weights.by_region else "type"
    told = [
        f"Weighted, each answer counts for the councils like it, so that the answers stand for "
        f"{weights.stands_for} of {cohort.population} councils by {by}."
    ]
    if not weights.by_region:
        told[0] += " No weights fit both region and type."
    if weights.left_out:
        told.append(
            f"Nobody speaks for the other {weights.left_out}: none answered in their region or of "
            "their type."
        )
    most = max(weights.by_cell.values())
    worth = min((one.worth for one in cohort.results if one.worth is not None), default=0.0)
    told.append(
        f"One council stands for as many as {bare(most, 0)}. Weighted so unevenly, "
        f"{cohort.answered} answers tell as much as {bare(worth, 0)} even ones, so that the "
        "weighted shares are less sure than the others."
        if most > 1.5 * min(weights.by_cell.values())
        else "All answers count for nearly the same."
    )
    return told


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]


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
    if cohort.survey.statements:
        made.append(
            Sheet(
                "Statements",
                ("Section", "Statement", "Councils", "Printed, %", "In words", "Document"),
                tuple(
                    (
                        one.where, one.text, one.count, one.printed, one.words,
                        cohort.survey.document,
                    )
                    for one in cohort.survey.statements
                ),
            )
        )  # fmt: skip
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


def discrepancies(checks: Sequence[Check]) -> list[str]:
    """What does not add up in sentences with their documents; last, how many numbers do."""
    told: list[str] = [
        beneath(_discrepancy(one), one.source)
        for one in checks
        if one.outcome is not Outcome.AGREES
    ]
    agree = sum(one.outcome is Outcome.AGREES for one in checks)
    if told and agree:
        told.append(f"{counted(agree, 'other number')} held against the counts: no difference.")
    return told


def _discrepancy(check: Check) -> str:
    printed = bare(float(check.printed), check.decimals)
    found = _found(check)
    match check.of, check.outcome:
        case _, Outcome.SHORT:
            short = int(check.found - check.printed)
            return (
                f"“{check.name}” {printed} of the {found} councils gave an answer that counts; "
                f"{short} did not. Shares here are out of {printed}."
            )
        case Of.RESPONSE_RATE, _:
            count, base = check.out_of or (0, 1)
            return f"A response rate of {printed}% is printed. {count} of {base} is {found}."
        case ((Of.REGIONS_TOTAL | Of.TYPES_TOTAL), _) if check.name:
            return f"{capital(check.name)}: {printed} answered, but there were only {found}."
        case ((Of.REGIONS_TOTAL | Of.TYPES_TOTAL), _):
            by = "region" if check.of is Of.REGIONS_TOTAL else "type"
            return f"The counts by {by} come to {printed}, but {found} councils answered."
        case Of.ANSWER_SHARE, Outcome.OTHER_BASE:
            count, base = check.out_of or (0, 1)
            return (
                f"“{check.name}” The {printed}% printed for “{check.answer}” is {count} out of all "
                f"{base} that answered the survey."
            )
        case Of.ANSWER_SHARE, _:
            return f"“{check.name}” For “{check.answer}” {printed}% is printed. {_shares(check)}."
        case Of.STATEMENT, _:
            told = f"“{check.words}”" if check.words else f"{printed}%"
            return f"{check.name}: {told} is printed. {_shares(check)}."
        case Of.PARTS, _:
            parts = _listed([str(part) for part, _ in check.bases])
            gap = int(check.found - check.printed)
            more = f"{gap} are not accounted for" if gap > 0 else f"{-gap} too many: some overlap"
            return f"{check.name}: {parts} come to {printed}, not to {found}; {more}."
        case Of.ANSWER_COUNT, _:
            return (
                f"“{check.name}” For “{check.answer}” {printed} is printed; the count is {found}."
            )
        case Of.INVITED, _:
            return f"{printed} councils asked are printed; the count is {found}."
        case _:
            return f"{printed} councils that answered are printed; the count is {found}."


def _shares(check: Check) -> str:
    """The count out of each base that it may be meant of: 55 of 57 is 96.5%, of 58 94.8%."""
    bases = tuple(dict.fromkeys(check.bases))
    count, first = bases[0]
    decimals = check.decimals + 1
    told = f"{count} of {first} is {bare(100 * count / first, decimals)}%"
    return "".join(
        [told, *(f", of {base} {bare(100 * count / base, decimals)}%" for _, base in bases[1:])]
    )


def _found(check: Check) -> str:
    if check.out_of is None:
        return bare(float(check.found), 0)
    return f"{bare(float(check.found), check.decimals + 1)}%"
