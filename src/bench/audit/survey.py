"""A survey counted: who answered, how like all councils they are, and what they said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.audit.survey_file import SurveyType, cited
from bench.audit.survey_weights import effective, likeness, weigh, wilson_of_finite
from bench.judge.intervals import wilson
from bench.reference.areas import CouncilType, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.audit.survey_file import Survey, SurveyQuestion
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
