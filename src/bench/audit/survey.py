"""Surveys of councils: their model, contradictions, and a survey counted.

A survey is described once, and counted in one of two forms: by `rows`, a CSV file beside it with a
line for each council that was invited, or by `counts`, where only totals are in hand. Counted, it
says who answered, how like all councils they are, and what they said, with checks of the numbers
that its report prints against its counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from bench.audit.paper import Fault, Paper
from bench.audit.survey_weights import effective, likeness, weigh, wilson_of_finite
from bench.errors import nearest
from bench.judge.intervals import wilson
from bench.project.files import Name, StrictModel, Text
from bench.reference.areas import CouncilType, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.audit.survey_weights import Likeness, Weights
    from bench.reference import Council, FinancialYear


FIXED_COLUMNS = ("council", "answered")

_Count = Annotated[int, Field(ge=0)]


class NumberKind(StrEnum):
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
        return self in {NumberKind.ANSWER_COUNT, NumberKind.ANSWER_SHARE}


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

    of: NumberKind
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


@dataclass(frozen=True, slots=True)
class Reply:
    """One council that was invited; `answers` by question, without those left blank."""

    council: Council
    answered: bool
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RespondentGroup:
    """One region or type: all councils, those invited (None where unknown), those answering.

    `printed_as` is what the document calls it where that is something else.
    """

    name: str
    everyone: int
    invited: int | None
    answered: int
    printed_as: str = ""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Those that answered against all councils; no `likeness` where the counts contradict."""

    by: str
    groups: tuple[RespondentGroup, ...]
    likeness: Likeness | None


@dataclass(frozen=True, slots=True)
class AnswerShare:
    """How many gave an answer; the share and its 95% interval from 0 to 1, and weighted."""

    text: str
    count: int
    share: float
    lower: float
    upper: float
    weighted: float | None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The answers to one question.

    Attributes:
        name, text, source: the question.
        base: councils that answered it.
        answers: in order of the list.
        worth: how many equally weighted answers would tell as much; None without weights.
    """

    name: str
    text: str
    source: str
    base: int
    answers: tuple[AnswerShare, ...]
    worth: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """A survey counted.

    Attributes:
        survey: as described.
        year: whose councils are the population.
        population: how many councils there were.
        invited, answered: how many were asked, and how many of these answered.
        rate: the 95% interval of the response rate, from 0 to 1.
        groupings: by region and by type, where known.
        results: by question.
        weights: None where there are no rows, or none answered.
        replies: the rows; none where only totals are in hand.
    """

    survey: Survey
    year: FinancialYear
    population: int
    invited: int
    answered: int
    rate: tuple[float, float]
    groupings: tuple[Grouping, ...]
    results: tuple[QuestionResult, ...]
    weights: Weights | None
    replies: tuple[Reply, ...]


def cohort(
    survey: Survey,
    year: FinancialYear,
    everyone: Sequence[Council],
    replies: Sequence[Reply] = (),
) -> Cohort:
    """Count a survey.

    Args:
        survey: as described, without contradictions.
        year: the year of the survey.
        everyone: the councils of that year.
        replies: one per invited council; none where the survey has counts.
    """
    given = survey.counts
    answering = [one for one in replies if one.answered]
    invited = given.invited if given else len(replies)
    answered = given.answered if given else len(answering)
    weights = None
    if answering:
        weights = weigh(
            [_cell(one.council, year) for one in answering],
            [_cell(one, year) for one in everyone],
        )
    return Cohort(
        survey=survey,
        year=year,
        population=len(everyone),
        invited=invited,
        answered=answered,
        rate=wilson(answered, invited),
        groupings=tuple(_groupings(survey, year, everyone, replies)),
        results=tuple(
            _result(name, question, survey, year, len(everyone), answering, weights)
            for name, question in survey.questions.items()
        ),
        weights=weights,
        replies=tuple(replies),
    )


def _cell(council: Council, year: FinancialYear) -> tuple[str, str]:
    return council.region.value, council.type_in(year).value


def _groupings(
    survey: Survey, year: FinancialYear, everyone: Sequence[Council], replies: Sequence[Reply]
) -> list[Grouping]:
    by_type = survey.counts.by_type if survey.counts else None
    types: Iterable[CouncilType | SurveyType] = CouncilType
    if by_type and SurveyType.LONDON in by_type:
        boroughs = SurveyType.LONDON.types
        types = (*(one for one in CouncilType if one not in boroughs), SurveyType.LONDON)
    kinds: tuple[
        tuple[str, Iterable[Region | CouncilType | SurveyType], Mapping[Any, int] | None], ...
    ] = (
        ("region", Region, survey.counts.by_region if survey.counts else None),
        ("type", types, by_type),
    )
    made = []
    for at, (by, labels, counts) in enumerate(kinds):
        if survey.counts and counts is None:
            continue
        everywhere = Counter(_cell(one, year)[at] for one in everyone)
        if by == "type":
            london = (everywhere[one.value] for one in SurveyType.LONDON.types)
            everywhere[SurveyType.LONDON.value] = sum(london)
        asked = Counter(_cell(one.council, year)[at] for one in replies)
        told = Counter(_cell(one.council, year)[at] for one in replies if one.answered)
        if counts is not None:
            told = Counter({group.value: number for group, number in counts.items()})
        groups = tuple(
            RespondentGroup(
                name=label.label,
                printed_as=survey.counts.printed_as.get(label.value, "") if survey.counts else "",
                everyone=everywhere[label.value],
                invited=asked[label.value] if replies else None,
                answered=told[label.value],
            )
            for label in labels
            if everywhere[label.value] or told[label.value]
        )
        made.append(Grouping(by, groups, _likeness(groups, survey)))
    return made


def _likeness(groups: Sequence[RespondentGroup], survey: Survey) -> Likeness | None:
    """The test, where the counts can be right: none above its group, and all of them together."""
    told = [group.answered for group in groups]
    if any(group.answered > group.everyone for group in groups):
        return None
    if survey.counts and sum(told) != survey.counts.answered:
        return None
    return likeness(told, [group.everyone for group in groups])


def _result(
    name: str,
    question: SurveyQuestion,
    survey: Survey,
    year: FinancialYear,
    population: int,
    answering: Sequence[Reply],
    weights: Weights | None,
) -> QuestionResult:
    own = [one for one in answering if name in one.answers]
    counts: Mapping[str, int] = question.counts or Counter(one.answers[name] for one in own)
    base = sum(counts.values())
    of_answer: dict[str, float] = {}
    worth = None
    if weights is not None:
        each = [weights.by_cell[_cell(one.council, year)] for one in own]
        worth = effective(each)
        for one, weight in zip(own, each, strict=True):
            of_answer[one.answers[name]] = of_answer.get(one.answers[name], 0.0) + weight
    answers = []
    for text in question.answers:
        count = counts.get(text, 0)
        lower, upper = wilson_of_finite(count, base, population)
        weighted = of_answer.get(text, 0.0) / sum(of_answer.values()) if of_answer else None
        answers.append(AnswerShare(text, count, count / base, lower, upper, weighted))
    return QuestionResult(
        name,
        question.text,
        cited(question.source or survey.document, question.where),
        base,
        tuple(answers),
        worth,
    )


class CheckOutcome(StrEnum):
    """Whether two numbers that should be the same are."""

    AGREES = "agrees"
    OTHER_BASE = "other_base"
    DIFFERS = "differs"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Check:
    """One number held against the counts.

    Attributes:
        of: what the number is.
        name: the question, or region or type; empty for neither.
        answer: the answer; empty for none.
        printed: the number as printed, or a sum.
        decimals: of the printed number.
        counted: what the counts give, in the same unit.
        out_of: count and base behind `counted`; None where it is a count.
        outcome: whether they are the same; for OTHER_BASE `counted` is out of all that answered,
            and for SHORT a question has fewer answers than councils that answered.
        source: the document that prints it.
        bases: for a statement every count and base that it was held against; for parts the parts.
        words: how a statement puts it.
    """

    of: NumberKind
    name: str
    answer: str
    printed: Fraction
    decimals: int
    counted: Fraction
    out_of: tuple[int, int] | None
    outcome: CheckOutcome
    source: str
    bases: tuple[tuple[int, int], ...] = ()
    words: str = ""


def adds_up(cohort: Cohort) -> tuple[Check, ...]:
    """Every check of a survey: the numbers printed, in their order, then the sums."""
    survey = cohort.survey
    printed = [_printed_number(cohort, one) for one in survey.printed]
    stated = [one for statement in survey.statements for one in _stated(cohort, statement)]
    totals = [_total(cohort, one) for one in survey.totals]
    return (*printed, *stated, *_sums(cohort), *totals)


def _stated(cohort: Cohort, statement: Statement) -> Iterator[Check]:
    """A statement's printed share, and the fraction that it names, against every base."""
    if statement.count is None:
        return
    bases = tuple((statement.count, base) for base in statement.bases or (cohort.answered,))
    shares = [Fraction(100 * count, base) for count, base in bases]

    def check(printed: Fraction, decimals: int, close: Iterable[bool], words: str = "") -> Check:
        return Check(
            NumberKind.STATEMENT,
            statement.text,
            "",
            printed,
            decimals,
            shares[0],
            bases[0],
            _agreement(any(close)),
            cited(cohort.survey.document, statement.where),
            bases,
            words,
        )

    if statement.printed is not None:
        close = (_rounds_to(share, statement.printed) for share in shares)
        yield check(Fraction(statement.printed), _decimals(statement.printed), close)
    if statement.fraction:
        named = Fraction(statement.fraction)
        # words are no exact number: a council more or fewer is still what they name
        close = (abs(count - named * base) <= 1 for count, base in bases)
        yield check(100 * named, 0, close, statement.words)


def _agreement(same: bool) -> CheckOutcome:
    return CheckOutcome.AGREES if same else CheckOutcome.DIFFERS


def _count_check(
    of: NumberKind,
    name: str,
    count: int,
    wanted: int,
    source: str,
    *,
    outcome: CheckOutcome | None = None,
    bases: tuple[tuple[int, int], ...] = (),
) -> Check:
    """A count against the one that it should be; what they come to is told unless given."""
    return Check(
        of,
        name,
        "",
        Fraction(count),
        0,
        Fraction(wanted),
        None,
        outcome or _agreement(count == wanted),
        source,
        bases,
    )


def _total(cohort: Cohort, total: PartsTotal) -> Check:
    """Parts against the total that they should come to."""
    return _count_check(
        NumberKind.PARTS,
        total.text,
        sum(total.parts),
        total.total,
        cited(cohort.survey.document, total.where),
        bases=tuple((part, total.total) for part in total.parts),
    )


def _printed_number(cohort: Cohort, printed: PrintedNumber) -> Check:
    out_of: tuple[int, int] | None = None
    name = ""
    if printed.of is NumberKind.RESPONSE_RATE:
        out_of = cohort.answered, cohort.invited
    elif printed.of is NumberKind.INVITED:
        found = Fraction(cohort.invited)
    elif printed.of.of_answer:
        result = next(one for one in cohort.results if one.name == printed.question)
        count = next(one.count for one in result.answers if one.text == printed.answer)
        name, found = result.text, Fraction(count)
        if printed.of is NumberKind.ANSWER_SHARE:
            out_of = count, result.base
    else:  # how many answered, or how many do by the groups
        found = Fraction(cohort.answered)
    if out_of is not None:
        found = Fraction(100 * out_of[0], out_of[1])
    outcome = _agreement(_rounds_to(found, printed.value))
    if (
        outcome is CheckOutcome.DIFFERS
        and printed.of is NumberKind.ANSWER_SHARE
        and cohort.answered
    ):
        of_all = Fraction(100 * count, cohort.answered)
        if _rounds_to(of_all, printed.value):
            outcome, out_of, found = CheckOutcome.OTHER_BASE, (count, cohort.answered), of_all
    return Check(
        of=printed.of,
        name=name,
        answer=printed.answer,
        printed=Fraction(printed.value),
        decimals=_decimals(printed.value),
        counted=found,
        out_of=out_of,
        outcome=outcome,
        source=cited(
            printed.source or cohort.survey.document, printed.where or _section(cohort, printed)
        ),
        bases=() if out_of is None else (out_of, (out_of[0], cohort.answered)),
    )


def _section(cohort: Cohort, printed: PrintedNumber) -> str:
    """Where a printed number stands: in the section of its question, or of the counts."""
    survey = cohort.survey
    if printed.of.of_answer:
        return survey.questions[printed.question].where
    return survey.counts.where if survey.counts else ""


def _rounds_to(counted: Fraction, printed: Decimal) -> bool:
    """Whether a number rounds to what is printed; a half may have gone either way."""
    return abs(counted - Fraction(printed)) <= Fraction(1, 2 * 10 ** _decimals(printed))


def _decimals(printed: Decimal) -> int:
    return max(0, -int(printed.as_tuple().exponent))


def _sums(cohort: Cohort) -> Iterator[Check]:
    """Groups against all that answered and against their own size; questions with fewer answers."""
    counts = cohort.survey.counts
    document = cited(cohort.survey.document, counts.where if counts else "")
    for grouping in cohort.groupings if counts else ():
        of = NumberKind.REGIONS_TOTAL if grouping.by == "region" else NumberKind.TYPES_TOTAL
        total = sum(group.answered for group in grouping.groups)
        yield _count_check(of, "", total, cohort.answered, document)
        for group in grouping.groups:
            if group.answered > group.everyone:
                yield _count_check(of, group.name, group.answered, group.everyone, document)
    for result in cohort.results:
        if result.base < cohort.answered:
            yield _count_check(
                NumberKind.ANSWERED,
                result.text,
                result.base,
                cohort.answered,
                result.source,
                outcome=CheckOutcome.SHORT,
            )
