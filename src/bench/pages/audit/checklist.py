"""A self-assessment of an audit pack: scores by group, answers with evidence, and sheets."""

from __future__ import annotations

import functools
from decimal import Decimal
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.audit.checklist import Answer, Rating, differences, scores
from bench.pages.audit.sections import Content, day
from bench.present.html import Section, fill, markup
from bench.present.sheet import Cell, Column, Sheet, table_sheet
from bench.present.table import capital, counted, paragraph, records_table, values_table
from bench.present.theme import LOOKS, Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from bench.audit.checklist import Checklist, Group, Question, Score, Thresholds

_MEANINGS: Final[Mapping[Rating, tuple[str, str]]] = {
    Rating.GREEN: ("better", "mostly in place"),
    Rating.AMBER: ("similar", "partly in place"),
    Rating.RED: ("worse", "little in place"),
    Rating.NOT_SCORED: ("not_compared", "not scored"),
}
_ANSWERS: Final[Mapping[Answer, Look]] = {
    Answer.YES: Look("yes", "✓", None, "yes", "better", ""),
    Answer.PARTLY: Look("partly", "◐", None, "partly", "similar", ""),
    Answer.NO: Look("no", "✗", None, "no", "worse", ""),
    Answer.NOT_APPLICABLE: Look("not_applicable", "—", None, "not applicable", "none", ""),
}
_ALL: Final = "All groups"


def content(file: Checklist, *, thresholds: Thresholds) -> Content:
    """The section: what is asked, how each group came out, and every answer.

    Args:
        file: the checklist.
        thresholds: from which share on a group is GREEN or AMBER.
    """
    found = scores(file, thresholds)
    return Content(
        parts=(
            fill(
                "audit/checklist.html.j2",
                about=file.about,
                subject=file.subject,
                as_at=day(file.as_at),
                document=file.document,
                summary=_summary(found),
                rule=_rule(thresholds),
            ),
            _scores(found, file),
            *(
                records_table(
                    caption=f"{group.title}: {counted(len(group.questions), 'question')}",
                    columns=("Question", "Answer", "Evidence", "Date"),
                    lines=[
                        (one.ask, _tag(_ANSWERS[one.answer]), one.evidence, day(one.date))
                        for one in group.questions
                    ],
                )
                for group in file.groups
            ),
        ),
        sheets=(_answers_sheet([file]), _scores_sheet([file], thresholds)),
        documents=(file.document,),
    )


def compared(files: Sequence[Checklist], *, thresholds: Thresholds) -> Content:
    """Several checklists: how each group came out in each, and which answers differ.

    Args:
        files: the first is the pack's own.
        thresholds: from which share on a group is GREEN or AMBER.
    """
    columns = [f"{one.subject}, {day(one.as_at)}" for one in files]
    by_file = [{one.group: one for one in scores(file, thresholds)} for file in files]
    titles: dict[str, str] = {}
    for found in by_file:
        for name, one in found.items():
            titles.setdefault(name, one.title)
    order = [name for name in titles if name] + [""]
    differing = differences(files)
    parts: list[Section] = [
        records_table(
            caption="How each group came out, side by side",
            columns=("Group", *columns),
            lines=[
                (
                    titles[name] or _ALL,
                    *(_cell(found[name]) if name in found else "not asked" for found in by_file),
                )
                for name in order
            ],
        )
    ]
    if differing:
        parts.append(
            records_table(
                caption="Questions that are not answered alike",
                columns=("Question", *columns),
                lines=[
                    (
                        one.ask,
                        *(_tag(_ANSWERS[a]) if a is not None else "not asked" for a in one.answers),
                    )
                    for one in differing
                ],
            )
        )
    else:
        parts.append(paragraph("Every question is answered alike."))
    documents = tuple(dict.fromkeys(one.document for one in files))
    sheets = (_scores_sheet(files, thresholds), _answers_sheet(files))
    return Content(parts=tuple(parts), sheets=sheets, documents=documents)


def points(score: Score) -> str:
    """Points of the most there could be, with the share: 7.5 of 10 (75%).

    The share is rounded down, so that it never reads as a limit that was not reached.
    """
    share = score.share_pct
    if share is None:
        return "no question applies"
    return f"{float(score.points):g} of {score.most} ({floor(share)}%)"


def _look(rating: Rating) -> Look:
    key, meaning = _MEANINGS[rating]
    base = LOOKS[key]
    return Look(base.key, base.symbol, base.word, meaning, base.tone, base.marker)


def _tag(look: Look) -> Markup:
    return markup("tables/tag.html.j2", look=look)


def _cell(score: Score) -> Markup:
    return markup("audit/score.html.j2", look=_look(score.rating), points=points(score))


def _summary(found: Sequence[Score]) -> str:
    *groups, total = found
    low = [one.title for one in groups if one.rating is Rating.RED]
    told = f"All groups together: {points(total)}."
    if low:
        told += f" RED: {', '.join(low)}."
    return told


def _rule(thresholds: Thresholds) -> str:
    return (
        "Yes gives 1 point, partly half a point, no none. A question that does not apply is left "
        f"out. A group is GREEN from {thresholds.green_from_pct}% of its points on, AMBER from "
        f"{thresholds.amber_from_pct}% on, else RED. Shares are rounded down."
    )


def _scores(found: Sequence[Score], file: Checklist) -> Section:
    return values_table(
        caption=f"{file.subject}: how each group came out",
        columns=("Group", "Result", "Points", *(capital(one.word) for one in Answer)),
        lines=[
            (
                one.title or _ALL,
                _tag(_look(one.rating)),
                points(one),
                *one.answers.values(),
            )
            for one in found
        ],
        prose=("Result", "Points"),
    )


class _Asked(NamedTuple):
    """A question of a checklist with its group and file."""

    file: Checklist
    group: Group
    question: Question


class _Scored(NamedTuple):
    """A score of a checklist."""

    file: Checklist
    score: Score


def _times(answer: Answer, line: _Scored) -> Cell:
    return line.score.answers[answer]


def _share(score: Score) -> Cell:
    return None if score.share_pct is None else Decimal(str(round(float(score.share_pct), 1)))


_ANSWER: Final[tuple[Column[_Asked], ...]] = (
    Column("Whose", lambda line: line.file.subject),
    Column("As at", lambda line: str(line.file.as_at)),
    Column("Group", lambda line: line.group.title),
    Column("Id", lambda line: line.question.id),
    Column("Question", lambda line: line.question.ask),
    Column("Answer", lambda line: line.question.answer.word),
    Column("Evidence", lambda line: line.question.evidence),
    Column("Date", lambda line: str(line.question.date)),
)
_SCORE: Final[tuple[Column[_Scored], ...]] = (
    Column("Whose", lambda line: line.file.subject),
    Column("As at", lambda line: str(line.file.as_at)),
    Column("Group", lambda line: line.score.title or _ALL),
    Column("Result", lambda line: _look(line.score.rating).text),
    Column("Points", lambda line: Decimal(str(float(line.score.points)))),
    Column("Most points", lambda line: line.score.most),
    Column("Share, per cent", lambda line: _share(line.score)),
    *(Column(capital(answer.word), functools.partial(_times, answer)) for answer in Answer),
)


def _answers_sheet(files: Sequence[Checklist]) -> Sheet:
    lines = (
        _Asked(file, group, question)
        for file in files
        for group in file.groups
        for question in group.questions
    )
    return table_sheet("Answers", _ANSWER, lines)


def _scores_sheet(files: Sequence[Checklist], thresholds: Thresholds) -> Sheet:
    lines = (_Scored(file, score) for file in files for score in scores(file, thresholds))
    return table_sheet("Scores", _SCORE, lines)
