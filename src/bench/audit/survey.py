"""A survey counted: who answered, how like all councils they are, and what they said.

With checks of the numbers that its report prints against its counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bench.audit.survey_file import Of, SurveyType, cited
from bench.audit.survey_weights import effective, likeness, weigh, wilson_of_finite
from bench.judge.intervals import wilson
from bench.reference.areas import CouncilType, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from bench.audit.survey_file import PartsTotal, PrintedNumber, Statement, Survey, SurveyQuestion
    from bench.audit.survey_weights import Likeness, Weights
    from bench.reference import Council, FinancialYear


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

    of: Of
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
    printed = [_printed(cohort, one) for one in survey.printed]
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
            Of.STATEMENT,
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
    of: Of,
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
        Of.PARTS,
        total.text,
        sum(total.parts),
        total.total,
        cited(cohort.survey.document, total.where),
        bases=tuple((part, total.total) for part in total.parts),
    )


def _printed(cohort: Cohort, printed: PrintedNumber) -> Check:
    out_of: tuple[int, int] | None = None
    name = ""
    if printed.of is Of.RESPONSE_RATE:
        out_of = cohort.answered, cohort.invited
    elif printed.of is Of.INVITED:
        found = Fraction(cohort.invited)
    elif printed.of.of_answer:
        result = next(one for one in cohort.results if one.name == printed.question)
        count = next(one.count for one in result.answers if one.text == printed.answer)
        name, found = result.text, Fraction(count)
        if printed.of is Of.ANSWER_SHARE:
            out_of = count, result.base
    else:  # how many answered, or how many do by the groups
        found = Fraction(cohort.answered)
    if out_of is not None:
        found = Fraction(100 * out_of[0], out_of[1])
    outcome = _agreement(_rounds_to(found, printed.value))
    if outcome is CheckOutcome.DIFFERS and printed.of is Of.ANSWER_SHARE and cohort.answered:
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
        of = Of.REGIONS_TOTAL if grouping.by == "region" else Of.TYPES_TOTAL
        total = sum(group.answered for group in grouping.groups)
        yield _count_check(of, "", total, cohort.answered, document)
        for group in grouping.groups:
            if group.answered > group.everyone:
                yield _count_check(of, group.name, group.answered, group.everyone, document)
    for result in cohort.results:
        if result.base < cohort.answered:
            yield _count_check(
                Of.ANSWERED,
                result.text,
                result.base,
                cohort.answered,
                result.source,
                outcome=CheckOutcome.SHORT,
            )
