"""A survey of an audit pack: who answered, what, its chart, what does not add up, and sheets."""

from __future__ import annotations

import functools
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bench.audit.survey import CheckOutcome, NumberKind, adds_up
from bench.pages.audit.sections import Content, part
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.html import Section, identifier, joined
from bench.present.numbers import NO_NUMBER, bare
from bench.present.sentences import listed
from bench.present.sheet import Column, Sheet, exact_cell, table_sheet
from bench.present.table import (
    beneath,
    capital,
    counted,
    paragraph,
    records_table,
    sentence_list,
    values_table,
)
from bench.present.theme import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.audit.survey import (
        AnswerShare,
        Check,
        Cohort,
        Grouping,
        QuestionResult,
        Reply,
        RespondentGroup,
        Statement,
    )
    from bench.audit.survey_weights import Likeness
    from bench.present.sheet import Cell


_UNLIKELY: Final = 0.05
_AMONG: Final = {"region": "in these regions", "type": "of these types"}


def content(cohort: Cohort) -> Content:
    """The section: response, make-up, answers, weighting, and what does not add up.

    Args:
        cohort: a survey, counted.
    """
    checks = adds_up(cohort)
    parts: list[Section | Figure] = [
        paragraph(cohort.survey.about),
        paragraph(_response(cohort), lead=True),
    ]
    if cohort.groupings:
        parts.append(part("Are they like all councils?", *_likeness(cohort)))
        parts += [_groups(one, cohort) for one in cohort.groupings]
    else:
        parts.append(
            part(
                "Are they like all councils?",
                "That cannot be told: how many answered in each region, or of each type, is not "
                "in hand.",
            )
        )
    if cohort.results:
        parts.append(part("What they answered", *_weighting(cohort)))
        parts.append(
            answers_chart(
                cohort.results,
                title=cohort.survey.title,
                weighted=cohort.weights is not None,
                population=cohort.population,
            )
        )
    if cohort.survey.statements:
        parts.append(part("What else the report says"))
        parts.append(_statements(cohort))
    if checks:
        parts.append(part("What does not add up"))
        parts.append(sentence_list(discrepancies(checks), none="Every total adds up."))
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


def _statements(cohort: Cohort) -> Section:
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
            told.append(f"None answered {_AMONG[grouping.by]}: {listed(none)}.")
    told.append(
        "This is an exact test. It counts the ways to choose from a known number of councils "
        "(multivariate hypergeometric) and measures how uneven each is by chi-squared. Expected is "
        "how many would answer if all groups did alike."
    )
    return told


def _per_cent_of_ways(p_value: float) -> str:
    return "fewer than 0.1%" if p_value < 0.001 else per_cent(p_value)


def _groups(grouping: Grouping, cohort: Cohort) -> Section:
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
        caption=f"How many councils answered, by {grouping.by}",
        columns=(
            grouping.by.capitalize(),
            "All",
            *(("Asked",) if some_asked else ()),
            "Answered",
            "Share",
            *(("Expected",) if expected else ()),
        ),
        lines=lines,
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


_OUTCOMES: Final[Mapping[CheckOutcome, str]] = {
    CheckOutcome.AGREES: "agrees",
    CheckOutcome.OTHER_BASE: "agrees, out of all that answered the survey",
    CheckOutcome.DIFFERS: "does not add up",
    CheckOutcome.SHORT: "not all answered",
}


class _Grouped(NamedTuple):
    """A region or type, and how alike those that answered are to all by it."""

    grouping: Grouping
    at: int

    @property
    def group(self) -> RespondentGroup:
        """The group's councils."""
        return self.grouping.groups[self.at]


class _Given(NamedTuple):
    """An answer to a question."""

    result: QuestionResult
    answer: AnswerShare


_RESPONSE: Final[tuple[Column[Cohort], ...]] = (
    Column("Survey", lambda cohort: cohort.survey.title),
    Column("Year", lambda cohort: str(cohort.year)),
    Column("Councils", lambda cohort: cohort.population),
    Column("Asked", lambda cohort: cohort.invited),
    Column("Answered", lambda cohort: cohort.answered),
    Column("Response rate, %", lambda cohort: _share(cohort.answered / cohort.invited)),
    Column("Lower 95% limit", lambda cohort: _share(cohort.rate[0])),
    Column("Upper 95% limit", lambda cohort: _share(cohort.rate[1])),
)
_GROUP: Final[tuple[Column[_Grouped], ...]] = (
    Column("By", lambda line: line.grouping.by),
    Column("Group", lambda line: capital(line.group.name)),
    Column("All councils", lambda line: line.group.everyone),
    Column("Asked", lambda line: line.group.invited),
    Column("Answered", lambda line: line.group.answered),
    Column(
        "If all had answered alike",
        lambda line: _of_test(line, lambda test: exact_cell(test.expected[line.at], 2)),
    ),
    Column(
        "Chi-squared, finite population",
        lambda line: _of_test(line, lambda test: exact_cell(test.distance, 4)),
    ),
    Column("Degrees of freedom", lambda line: _of_test(line, lambda test: test.degrees_of_freedom)),
    Column(
        "Exact p value",
        lambda line: _of_test(line, lambda test: exact_cell(test.p_value, 6)),
    ),
)
_ANSWER: Final[tuple[Column[_Given], ...]] = (
    Column("Question", lambda line: line.result.text),
    Column("Answer", lambda line: line.answer.text),
    Column("Councils", lambda line: line.answer.count),
    Column("Out of", lambda line: line.result.base),
    Column("Share, %", lambda line: _share(line.answer.share)),
    Column("Lower 95% limit", lambda line: _share(line.answer.lower)),
    Column("Upper 95% limit", lambda line: _share(line.answer.upper)),
    Column(
        "Weighted share, %",
        lambda line: None if line.answer.weighted is None else _share(line.answer.weighted),
    ),
    Column("Source", lambda line: line.result.source),
)
_CHECK: Final[tuple[Column[Check], ...]] = (
    Column("Of", lambda check: check.of.value.replace("_", " ")),
    Column("Question or group", lambda check: check.name),
    Column("Answer", lambda check: check.answer),
    Column("Printed", lambda check: exact_cell(check.printed, check.decimals)),
    Column(
        "From the counts",
        lambda check: exact_cell(check.counted, 0 if check.out_of is None else check.decimals + 2),
    ),
    Column("Outcome", lambda check: _OUTCOMES[check.outcome]),
    Column("Source", lambda check: check.source),
)


def sheets(cohort: Cohort, checks: Sequence[Check]) -> list[Sheet]:
    """The response, the groups, the answers, the councils and the checks, those that there are."""
    made = [table_sheet("Response", _RESPONSE, [cohort])]
    if cohort.groupings:
        groups = (_Grouped(one, at) for one in cohort.groupings for at in range(len(one.groups)))
        made.append(table_sheet("Groups", _GROUP, groups))
    if cohort.results:
        given = (_Given(result, one) for result in cohort.results for one in result.answers)
        made.append(table_sheet("Answers", _ANSWER, given))
    if cohort.replies:
        made.append(table_sheet("Councils", _replies(cohort), cohort.replies))
    if cohort.survey.statements:
        made.append(table_sheet("Statements", _statement_columns(cohort), cohort.survey.statements))
    if checks:
        made.append(table_sheet("Checks", _CHECK, checks))
    return made


def _statement_columns(cohort: Cohort) -> tuple[Column[Statement], ...]:
    return (
        Column("Section", lambda one: one.where),
        Column("Statement", lambda one: one.text),
        Column("Councils", lambda one: one.count),
        Column("Printed, %", lambda one: one.printed),
        Column("In words", lambda one: one.words),
        Column("Document", lambda _: cohort.survey.document),
    )


def _replies(cohort: Cohort) -> list[Column[Reply]]:
    """The columns of the councils: where each is, what it weighs, and its answers."""
    weights = cohort.weights.by_cell if cohort.weights else {}

    def weight(reply: Reply) -> Cell:
        region, kind = reply.council.region, reply.council.type_in(cohort.year)
        weighed = weights.get((region.value, kind.value)) if reply.answered else None
        return None if weighed is None else exact_cell(weighed, 4)

    def answer(name: str, reply: Reply) -> Cell:
        return reply.answers.get(name, "")

    return [
        Column("Council", lambda reply: reply.council.name),
        Column("ONS code", lambda reply: reply.council.code_in(cohort.year)),
        Column("Region", lambda reply: reply.council.region.label),
        Column("Type", lambda reply: reply.council.type_in(cohort.year).singular),
        Column("Answered", lambda reply: "yes" if reply.answered else "no"),
        Column("Weight", weight),
        *(
            Column(f"Answer: {question.text}", functools.partial(answer, name))
            for name, question in cohort.survey.questions.items()
        ),
    ]


def _of_test(line: _Grouped, cell: Callable[[Likeness], Cell]) -> Cell:
    """A cell of the test of a grouping; empty where there is none."""
    return None if line.grouping.likeness is None else cell(line.grouping.likeness)


def _share(share: float) -> Cell:
    return exact_cell(100 * share, 2)


def discrepancies(checks: Sequence[Check]) -> list[str]:
    """What does not add up in sentences with their documents; last, how many numbers do."""
    told: list[str] = [
        beneath(_discrepancy(one), one.source)
        for one in checks
        if one.outcome is not CheckOutcome.AGREES
    ]
    agree = sum(one.outcome is CheckOutcome.AGREES for one in checks)
    if told and agree:
        told.append(f"{counted(agree, 'other number')} held against the counts: no difference.")
    return told


def _discrepancy(check: Check) -> str:
    printed = bare(float(check.printed), check.decimals)
    found = _found(check)
    match check.of, check.outcome:
        case _, CheckOutcome.SHORT:
            short = int(check.counted - check.printed)
            return (
                f"“{check.name}” {printed} of the {found} councils gave an answer that counts; "
                f"{short} did not. Shares here are out of {printed}."
            )
        case NumberKind.RESPONSE_RATE, _:
            count, base = check.out_of or (0, 1)
            return f"A response rate of {printed}% is printed. {count} of {base} is {found}."
        case ((NumberKind.REGIONS_TOTAL | NumberKind.TYPES_TOTAL), _) if check.name:
            return f"{capital(check.name)}: {printed} answered, but there were only {found}."
        case ((NumberKind.REGIONS_TOTAL | NumberKind.TYPES_TOTAL), _):
            by = "region" if check.of is NumberKind.REGIONS_TOTAL else "type"
            return f"The counts by {by} come to {printed}, but {found} councils answered."
        case NumberKind.ANSWER_SHARE, CheckOutcome.OTHER_BASE:
            count, base = check.out_of or (0, 1)
            return (
                f"“{check.name}” The {printed}% printed for “{check.answer}” is {count} out of all "
                f"{base} that answered the survey."
            )
        case NumberKind.ANSWER_SHARE, _:
            return f"“{check.name}” For “{check.answer}” {printed}% is printed. {_shares(check)}."
        case NumberKind.STATEMENT, _:
            told = f"“{check.words}”" if check.words else f"{printed}%"
            return f"{check.name}: {told} is printed. {_shares(check)}."
        case NumberKind.PARTS, _:
            parts = listed([str(part) for part, _ in check.bases])
            gap = int(check.counted - check.printed)
            more = f"{gap} are not accounted for" if gap > 0 else f"{-gap} too many: some overlap"
            return f"{check.name}: {parts} come to {printed}, not to {found}; {more}."
        case NumberKind.ANSWER_COUNT, _:
            return (
                f"“{check.name}” For “{check.answer}” {printed} is printed; the count is {found}."
            )
        case NumberKind.INVITED, _:
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
        return bare(float(check.counted), 0)
    return f"{bare(float(check.counted), check.decimals + 1)}%"


_MOST_DRAWN = 12  # questions that a chart holds; the tables hold all
_PITCH, _HEAD, _FOOT = 34, 12, 44  # pixels of a line, above and beneath
_LEGEND = 40


def per_cent(share: float) -> str:
    """A share from 0 to 1 as readers see it: 38.2%."""
    return f"{bare(100 * share, 1)}%"


def span(lower: float, upper: float) -> str:
    """Both ends of a share's range: 30.8% to 46.1%."""
    return f"{per_cent(lower)} to {per_cent(upper)}"


def answers_chart(
    results: Sequence[QuestionResult], *, title: str, weighted: bool, population: int
) -> Figure:
    """The share of each answer to each question.

    Args:
        results: by question; the first `_MOST_DRAWN` are drawn.
        title: what the survey is called.
        weighted: whether there are weighted shares.
        population: how many councils there are.
    """
    drawn = results[:_MOST_DRAWN]
    heads: list[tuple[float, str]] = []
    lines: list[tuple[float, QuestionResult, AnswerShare]] = []
    at = 0.0
    for result in drawn:
        heads.append((at, result.text))
        at += 1
        for answer in result.answers:
            lines.append((at, result, answer))
            at += 1
        at += 0.4
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "As answered, with the 95% range",
            "x": [100 * one.share for _, _, one in lines],
            "y": [height for height, _, _ in lines],
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [100 * (one.upper - one.share) for _, _, one in lines],
                "arrayminus": [100 * (one.share - one.lower) for _, _, one in lines],
                "color": ROLES["muted"],
                "thickness": 2,
                "width": 5,
            },
            "marker": mark("circle", ROLES["accent"], ROLES["surface"], 12, 1),
            "hoverinfo": "text",
            "hovertext": [_hover(result, one) for _, result, one in lines],
        }
    ]
    if weighted:
        told = [(height, result, one) for height, result, one in lines if one.weighted is not None]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "Weighted",
                "x": [100 * (one.weighted or 0.0) for _, _, one in told],
                "y": [height for height, _, _ in told],
                "marker": mark("diamond-open", ROLES["second"], ROLES["second"], 13, 2),
                "hoverinfo": "text",
                "hovertext": [_hover(result, one) for _, result, one in told],
            }
        )
    head = _HEAD + _LEGEND * weighted
    layout: dict[str, Any] = {
        "height": round(head + _FOOT + _PITCH * at),
        "margin": {"l": 8, "r": 24, "t": head, "b": _FOOT},
        "xaxis": {"range": [-2, 102], "ticksuffix": "%", "showgrid": True},
        "yaxis": {
            "range": [at - 0.3, -0.6],
            "tickvals": [height for height, _, _ in lines],
            "ticktext": ["<br>".join(wrap(safe(one.text), 22)) for _, _, one in lines],
            "showgrid": False,
        },
        "annotations": [
            {
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": height,
                "showarrow": False,
                "align": "left",
                "text": f"<b>{'<br>'.join(wrap(safe(text), 90))}</b>",
                "bgcolor": ROLES["surface"],
                "font": {"color": ROLES["ink"]},
            }
            for height, text in heads
        ],
        "legend": {"y": 1.01},
        "showlegend": weighted,
    }
    # on a narrow screen questions take two lines, and begin where the answers do
    narrow: dict[str, Any] = {"height": round(1.3 * layout["height"])}
    for number, (_, text) in enumerate(heads):
        narrow[f"annotations.{number}.text"] = f"<b>{'<br>'.join(wrap(safe(text), 40))}</b>"
        narrow[f"annotations.{number}.xshift"] = -110
    note = (
        "Each mark is a share of the councils that answered the question. The line is its 95% "
        f"range. It is shorter because there are only {population} councils to ask (finite "
        "population correction)."
    )
    if len(results) > len(drawn):
        note += f" The first {len(drawn)} of {len(results)} questions are drawn."
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier("answers", title),
        title="Share of councils that gave each answer",
        note=note,
        alt=_alt(drawn),
        table=joined(*(_table(one, weighted=weighted) for one in results)),
    )


def _hover(result: QuestionResult, answer: AnswerShare) -> str:
    parts = [
        safe(result.text),
        f"{safe(answer.text)}: {answer.count} of {result.base}, {per_cent(answer.share)}",
        f"95% range {span(answer.lower, answer.upper)}",
    ]
    if answer.weighted is not None:
        parts.append(f"Weighted: {per_cent(answer.weighted)}")
    return "<br>".join(parts)


def _alt(results: Sequence[QuestionResult]) -> str:
    return " ".join(
        f"{result.text} "
        + "; ".join(
            f"{one.text}: {one.count} of {result.base}, {per_cent(one.share)}"
            for one in result.answers
        )
        + "."
        for result in results
    )


def _table(result: QuestionResult, *, weighted: bool) -> Section:
    columns = ("Answer", "Councils", "Share", "95% range")
    return values_table(
        caption=f"{result.text} Out of {result.base} councils that answered it",
        columns=(*columns, "Weighted") if weighted else columns,
        lines=[
            (
                one.text,
                one.count,
                per_cent(one.share),
                span(one.lower, one.upper),
                *((NO_NUMBER if one.weighted is None else per_cent(one.weighted),) * weighted),
            )
            for one in result.answers
        ],
    )
