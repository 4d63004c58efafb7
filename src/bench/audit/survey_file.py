"""The YAML model of a survey of councils, and its contradictions.

A survey is described once, and counted in one of two forms: by `rows`, a CSV file beside it with a
line for each council that was invited, or by `counts`, where only totals are in hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Paper
from bench.errors import nearest
from bench.project.files import Name, StrictModel, Text
from bench.reference.areas import CouncilType, Region

if TYPE_CHECKING:
    from collections.abc import Sequence

FIXED_COLUMNS = ("council", "answered")

_Count = Annotated[int, Field(ge=0)]


class Of(StrEnum):
    """What a number that the report prints is about."""

    INVITED = "invited"
    ANSWERED = "answered"
    RESPONSE_RATE = "response_rate"
    REGIONS_TOTAL = "regions_total"
    TYPES_TOTAL = "types_total"
    ANSWER_COUNT = "answer_count"
    ANSWER_SHARE = "answer_share"
    STATEMENT = "statement"
    PARTS = "parts"

    @property
    def of_answer(self) -> bool:
        """Whether it needs a question and an answer."""
        return self in {Of.ANSWER_COUNT, Of.ANSWER_SHARE}


class SurveyType(StrEnum):
    """A type of council as a survey counts it: the five, and London as one."""

    SHIRE = "shire"
    UNITARY = "unitary"
    METROPOLITAN = "metropolitan"
    INNER_LONDON = "inner_london"
    OUTER_LONDON = "outer_london"
    LONDON = "london"

    @property
    def types(self) -> tuple[CouncilType, ...]:
        """The register's types that it stands for."""
        if self is SurveyType.LONDON:
            return CouncilType.INNER_LONDON, CouncilType.OUTER_LONDON
        return (CouncilType(self.value),)

    @property
    def label(self) -> str:
        """The type as it is written on a page, in the plural."""
        return "London boroughs" if self is SurveyType.LONDON else self.types[0].label


class SurveyQuestion(StrictModel):
    """A closed question and the answers that there are to it, in order.

    Attributes:
        text: the question, in our own words.
        answers: the list to choose from.
        counts: how many gave each answer, where the survey is given by counts.
        source: where the counts come from; empty for the survey's own document.
        where: the section of the document.
    """

    text: Text
    answers: Annotated[tuple[Text, ...], Field(min_length=2)]
    counts: Mapping[str, _Count] | None = None
    source: str = ""
    where: str = ""


class Counts(StrictModel):
    """A survey of which only totals are in hand.

    `printed_as` says how the document calls a region or type where it is called otherwise here.
    """

    invited: Annotated[int, Field(gt=0)]
    answered: _Count
    by_region: Mapping[Region, _Count] | None = None
    by_type: Mapping[SurveyType, _Count] | None = None
    printed_as: Mapping[str, Text] = Field(default_factory=dict)
    where: str = ""


class PrintedNumber(StrictModel):
    """A number as the report prints it, held against the counts; shares and rates in per cent."""

    of: Of
    question: str = ""
    answer: str = ""
    value: Annotated[Decimal, Field(ge=0)]
    source: str = ""
    where: str = ""


class Statement(StrictModel):
    """What the report says of how many councils, in our own words.

    Attributes:
        where: the section.
        text: what these councils say or do.
        count: how many; None where the report gives no number.
        words: how the report puts it, as "a handful"; "" where a count stands there alone.
        printed: the share that is printed, in per cent; None where none is.
        fraction: the share that the words name, such as "1/3"; "" for none.
        bases: out of how many councils it may be meant; empty for all that answered.
    """

    where: Text
    text: Text
    count: _Count | None = None
    words: str = ""
    printed: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    fraction: Annotated[str, Field(pattern=r"^([1-9]\d*/[1-9]\d*)?$")] = ""
    bases: tuple[Annotated[int, Field(gt=0)], ...] = ()


class PartsTotal(StrictModel):
    """Counts that should come to a total: `parts` are shown beside it."""

    where: Text
    text: Text
    total: _Count
    parts: Annotated[tuple[_Count, ...], Field(min_length=2)]


class Survey(Paper):
    """One survey of councils.

    Attributes:
        year: the financial year; its councils are the population.
        questions: by the name of its column, in order.
        rows: the CSV file beside it; empty where `counts` are given.
        counts: totals; None where there are rows.
        printed: what the report prints of itself.
        statements: what it says besides, with counts or without.
        totals: counts that should come to a total.
    """

    year: Text
    questions: Mapping[Name, SurveyQuestion] = Field(default_factory=dict)
    rows: str = ""
    counts: Counts | None = None
    printed: tuple[PrintedNumber, ...] = ()
    statements: tuple[Statement, ...] = ()
    totals: tuple[PartsTotal, ...] = ()


def contradictions(survey: Survey, *, councils: int) -> Iterator[Fault]:
    """Everything that a survey says against itself.

    Totals that do not add up are no fault of the file: they are what the page reports.

    Args:
        survey: the survey.
        councils: how many councils there were that year.

    Yields:
        The way to the entry, and what is wrong with it.
    """
    if bool(survey.rows) == (survey.counts is not None):
        found = "both" if survey.rows else "neither"
        yield (), f"found {found} of rows and counts, expected one of them"
    if survey.counts is not None:
        counts = survey.counts
        if counts.invited > councils:
            yield (
                ("counts", "invited"),
                (f"{counts.invited} councils were invited, but there were {councils} that year"),
            )
        if counts.answered > counts.invited:
            yield (
                ("counts", "answered"),
                (f"{counts.answered} answered, but {counts.invited} were invited"),
            )
        yield from _grouped(counts)
    for at, statement in enumerate(survey.statements):
        yield from _statement(survey, statement, ("statements", at))
    asked: set[str] = set()
    for name, question in survey.questions.items():
        if question.text.casefold() in asked:
            yield ("questions", name, "text"), f"the question {question.text!r} is asked twice"
        asked.add(question.text.casefold())
        yield from _question(survey, name, question)
    for at, printed in enumerate(survey.printed):
        yield from _printed(survey, printed, ("printed", at))


def _grouped(counts: Counts) -> Iterator[Fault]:
    """What is wrong with the groups of a survey of which totals are in hand."""
    types = counts.by_type or {}
    if SurveyType.LONDON in types:
        for part in (SurveyType.INNER_LONDON, SurveyType.OUTER_LONDON):
            if part in types:
                yield (
                    ("counts", "by_type", part.value),
                    f"{part.value} is counted in london already",
                )
    known = {*types, *(counts.by_region or {})}
    for name in counts.printed_as:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            yield ("counts", "printed_as", name), f"no region or type {name!r}; there are {listed}"


def _statement(
    survey: Survey, statement: Statement, here: tuple[str | int, ...]
) -> Iterator[Fault]:
    if statement.count is None and not statement.words:
        yield here, "neither a count nor words say how many councils"
    answered = survey.counts.answered if survey.counts else None
    if statement.count is not None:
        most = min(statement.bases) if statement.bases else answered
        if most is not None and statement.count > most:
            yield (*here, "count"), f"{statement.count} councils, but out of {most}"
    elif statement.printed is not None:
        yield (*here, "printed"), "a share is printed, but there is no count"
    if statement.fraction and not statement.words:
        yield (*here, "fraction"), "a fraction, but no words that name it"


def _question(survey: Survey, name: str, question: SurveyQuestion) -> Iterator[Fault]:
    here: tuple[str | int, ...] = ("questions", name)
    if name in FIXED_COLUMNS:
        yield here, f"{name!r} is the name of another column"
    for at, answer in enumerate(question.answers):
        if answer in question.answers[:at]:
            yield (*here, "answers", at), f"the answer {answer!r} stands there twice"
    if survey.counts is None:
        if question.counts is not None:
            yield (*here, "counts"), "counts are given, but the survey is given by rows"
        return
    if question.counts is None or not sum(question.counts.values()):
        yield here, f"the question {name!r} has no answers"
        return
    for answer in question.counts:
        if answer not in question.answers:
            yield (*here, "counts", answer), not_listed(answer, question.answers)
    if sum(question.counts.values()) > survey.counts.answered:
        yield (
            (*here, "counts"),
            (
                f"{sum(question.counts.values())} answers, but {survey.counts.answered} councils "
                "answered"
            ),
        )


def _printed(
    survey: Survey, printed: PrintedNumber, here: tuple[str | int, ...]
) -> Iterator[Fault]:
    if not printed.of.of_answer:
        if printed.question or printed.answer:
            yield here, f"{printed.of.value} takes neither a question nor an answer"
        return
    question = survey.questions.get(printed.question)
    if question is None:
        known = ", ".join(survey.questions) or "none"
        yield (*here, "question"), f"no question {printed.question!r}; there are {known}"
    elif printed.answer not in question.answers:
        yield (*here, "answer"), not_listed(printed.answer, question.answers)


def cited(document: str, where: str) -> str:
    """A document, with the section in it where one is given."""
    return f"{document}, {where}" if where else document


def not_listed(answer: str, answers: Sequence[str]) -> str:
    """What is wrong with an answer that a question does not list."""
    near = nearest(answer, answers)
    told = f"did you mean {near[0]!r}?" if near else f"its answers are {', '.join(answers)}"
    return f"the answer {answer!r} is not in the list; {told}"
