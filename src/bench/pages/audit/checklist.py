"""A self-assessment of an audit pack: scores by group, answers with evidence, and sheets."""

from __future__ import annotations

import functools
from decimal import Decimal
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.audit.checklist import ChecklistAnswer, Rating, differences, scores
from bench.pages.audit.sections import Content, day
from bench.present.html import Section, fill, markup
from bench.present.sheet import Cell, Column, Sheet, table_sheet
from bench.present.table import beneath, capital, counted, paragraph, records_table, values_table
from bench.present.theme import LOOKS, Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from bench.audit.checklist import Checklist, ChecklistQuestion, QuestionGroup, Score, Thresholds

_MEANINGS: Final[Mapping[Rating, tuple[str, str]]] = {
    Rating.GREEN: ("better", "mostly in place"),
    Rating.AMBER: ("similar", "partly in place"),
    Rating.RED: ("worse", "little in place"),
    Rating.NOT_SCORED: ("not_compared", "not scored"),
}
_ANSWERS: Final[Mapping[ChecklistAnswer, Look]] = {
    ChecklistAnswer.YES: Look("yes", "✓", None, "yes", "better", ""),
    ChecklistAnswer.PARTLY: Look("partly", "◐", None, "partly", "similar", ""),
    ChecklistAnswer.NO: Look("no", "✗", None, "no", "worse", ""),
    ChecklistAnswer.NOT_APPLICABLE: Look("not_applicable", "—", None, "not applicable", "none", ""),
    ChecklistAnswer.NOT_ANSWERED: Look("not_answered", "☐", None, "not answered", "none", ""),
}
# What is left to tick on paper where nothing is answered.
_TICKS: Final = "☐ yes  ☐ partly  ☐ no  ☐ not applicable"
_ALL: Final = "All groups"


def content(file: Checklist, *, thresholds: Thresholds) -> Content:
    """The section: what is asked, how each group came out, and every answer.

    Args:
        file: the checklist.
        thresholds: from which share on a group is GREEN or AMBER.
    """
    found = scores(file, thresholds)
    dated = file.scored or any(one.date for one in file.questions.values())
    return Content(
        parts=(
            fill(
                "audit/checklist.html.j2",
                about=file.about,
                subject=_subject(file),
                document=file.document,
                summary=_summary(found, file),
                rule=_rule(thresholds) if file.scored else _UNSCORED,
            ),
            _scores(found, file),
            *(
                records_table(
                    caption=caption,
                    columns=("Question", "Answer", "Evidence", *(["Date"] if dated else [])),
                    lines=[
                        (
                            one.ask,
                            _answer(one),
                            one.evidence or "",
                            *([day(one.date) if one.date else ""] if dated else []),
                        )
                        for one in questions
                    ],
                )
                for group in file.groups
                for caption, questions in _tables(group)
            ),
        ),
        sheets=(
            _answers_sheet([file]),
            *((_scores_sheet([file], thresholds),) if file.scored else ()),
        ),
        documents=(file.document,),
    )


def _subject(file: Checklist) -> str:
    """Whose answers these are and of which day; a form that nobody filled in has neither."""
    if all(one.answer is ChecklistAnswer.NOT_ANSWERED for one in file.questions.values()):
        return "A blank form: nobody has answered it"
    whose = "Answers of" if file.scored else "Findings on"
    return f"{whose} {file.subject}, as of {day(file.as_at)}"


def _tables(group: QuestionGroup) -> list[tuple[str, tuple[ChecklistQuestion, ...]]]:
    """A group's questions with their caption, a table for each challenge question."""
    if not group.challenges:
        number = counted(len(group.questions), "question")
        return [(f"{group.title}: {number}", group.questions)]
    return [
        (f"{group.title}: {text}", group.under(name)) for name, text in group.challenges.items()
    ]


def _answer(question: ChecklistQuestion) -> Markup:
    tag = _tag(_ANSWERS[question.answer])
    return tag if question.answer is not ChecklistAnswer.NOT_ANSWERED else beneath(tag, _TICKS)


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
    scored = all(file.scored for file in files)
    parts: list[Section] = (
        []
        if not scored
        else [
            records_table(
                caption="How each group came out, side by side",
                columns=("Group", *columns),
                lines=[
                    (
                        titles[name] or _ALL,
                        *(
                            _cell(found[name]) if name in found else "not asked"
                            for found in by_file
                        ),
                    )
                    for name in order
                ],
            )
        ]
    )
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
    sheets = (*([_scores_sheet(files, thresholds)] if scored else []), _answers_sheet(files))
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


_UNSCORED: Final = (
    "No points or colours are given. Each answer is our reading of what the document found."
)


def _summary(scores: Sequence[Score], file: Checklist) -> str:
    *groups, total = scores
    if total.answered < total.asked:
        told = f"{total.answered} of {counted(total.asked, 'question')} answered."
        if file.scored and total.answered:
            told += f" Points so far: {points(total)}."
        return told
    if not file.scored:
        given = [f"{one.word} {count}" for one, count in total.answers.items() if count]
        return f"{counted(total.asked, 'question')}: {', '.join(given)}."
    low = [one.title for one in groups if one.rating is Rating.RED]
    told = f"All groups together: {points(total)}."
    if low:
        told += f" RED: {', '.join(low)}."
    return told


def _rule(thresholds: Thresholds) -> str:
    return (
        "Yes gives 1 point, partly half a point, no none. A question that does not apply is left "
        "out, as is one to which yes is no better than no. A group is GREEN from "
        f"{thresholds.green_from_pct}% of its points on, AMBER from "
        f"{thresholds.amber_from_pct}% on, else RED. Shares are rounded down. The points and "
        "colours are ours: the document gives none. What is not answered gives no point yet."
    )


def _scores(scores: Sequence[Score], file: Checklist) -> Section:
    scored = file.scored and any(one.answered for one in scores)
    given = [answer for answer in ChecklistAnswer if any(one.answers[answer] for one in scores)]
    # the usual answers always stand there; one that may be missing only where it is
    given = [
        one for one in ChecklistAnswer if one in given or one is not ChecklistAnswer.NOT_ANSWERED
    ]
    return values_table(
        caption=f"{file.subject}: how each group came out, in numbers of questions",
        columns=(
            "Group",
            *(("Result", "Points") if scored else ()),
            *(capital(one.word) for one in given),
            "Answered",
        ),
        lines=[
            (
                one.title or _ALL,
                *((_tag(_look(one.rating)), points(one)) if scored else ()),
                *(one.answers[answer] for answer in given),
                f"{one.answered} of {one.asked}",
            )
            for one in scores
        ],
        prose=("Result", "Points") if scored else (),
    )


class _Asked(NamedTuple):
    """A question of a checklist with its group and file."""

    file: Checklist
    group: QuestionGroup
    question: ChecklistQuestion


class _Scored(NamedTuple):
    """A score of a checklist."""

    file: Checklist
    score: Score


def _times(answer: ChecklistAnswer, line: _Scored) -> Cell:
    return line.score.answers[answer]


def _share(score: Score) -> Cell:
    return None if score.share_pct is None else Decimal(str(round(float(score.share_pct), 1)))


_ANSWER: Final[tuple[Column[_Asked], ...]] = (
    Column("Whose", lambda line: line.file.subject),
    Column("As at", lambda line: str(line.file.as_at)),
    Column("Group", lambda line: line.group.title),
    Column(
        "Challenge question",
        lambda line: line.group.challenges.get(line.question.challenge, ""),
    ),
    Column("Id", lambda line: line.question.id),
    Column("Question", lambda line: line.question.ask),
    Column("Answer", lambda line: line.question.answer.word),
    Column("Evidence", lambda line: line.question.evidence or ""),
    Column("Date", lambda line: str(line.question.date or "")),
)
_SCORE: Final[tuple[Column[_Scored], ...]] = (
    Column("Whose", lambda line: line.file.subject),
    Column("As at", lambda line: str(line.file.as_at)),
    Column("Group", lambda line: line.score.title or _ALL),
    Column("Result", lambda line: _look(line.score.rating).text),
    Column("Points", lambda line: Decimal(str(float(line.score.points)))),
    Column("Most points", lambda line: line.score.most),
    Column("Share, per cent", lambda line: _share(line.score)),
    Column("Answered", lambda line: line.score.answered),
    Column("Asked", lambda line: line.score.asked),
    *(
        Column(capital(answer.word), functools.partial(_times, answer))
        for answer in ChecklistAnswer
    ),
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
    lines = (
        _Scored(file, score) for file in files if file.scored for score in scores(file, thresholds)
    )
    return table_sheet("Scores", _SCORE, lines)
