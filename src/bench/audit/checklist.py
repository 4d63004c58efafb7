"""Self-assessments: their model, contradictions, scores by group, and where several differ."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from bench.audit.paper import Fault, Paper
from bench.project.files import Name, StrictModel, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class ChecklistAnswer(StrEnum):
    """What a council says of itself."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    NOT_ANSWERED = "not_answered"

    @property
    def word(self) -> str:
        """The answer as readers see it."""
        return self.value.replace("_", " ")


class ChecklistQuestion(StrictModel):
    """One question, its answer, and what bears the answer out since when.

    Attributes:
        challenge: the group's challenge question that it belongs to; "" for none.
        answer: NOT_ANSWERED until somebody answers it.
        evidence: "" only where it is not answered.
        date: since when; None where the document gives no day.
        scored: whether yes is the better answer; of others no points are made.
    """

    id: Name
    ask: Text
    challenge: str = ""
    answer: ChecklistAnswer = ChecklistAnswer.NOT_ANSWERED
    evidence: Text | None = None
    date: dt.date | None = None
    scored: bool = True


class QuestionGroup(StrictModel):
    """Questions about one thing; `challenges` are the questions above them, by name, in order."""

    id: Name
    title: Text
    challenges: Mapping[Name, Text] = Field(default_factory=dict)
    questions: Annotated[tuple[ChecklistQuestion, ...], Field(min_length=1)]

    def under(self, challenge: str) -> tuple[ChecklistQuestion, ...]:
        """The questions of a challenge, in order."""
        return tuple(one for one in self.questions if one.challenge == challenge)


class Checklist(Paper):
    """A council's self-assessment on a day; `document` is where its questions go back to.

    Attributes:
        subject: whose answers these are.
        scored: whether answers are turned into points and a colour, which is our own doing.
        groups: in order of the file.
    """

    subject: Text
    scored: bool = True
    groups: Annotated[tuple[QuestionGroup, ...], Field(min_length=1)]

    @property
    def questions(self) -> dict[str, ChecklistQuestion]:
        """Every question by its id, in order."""
        return {one.id: one for group in self.groups for one in group.questions}


def contradictions(file: Checklist) -> Iterator[Fault]:
    """Everything that a checklist says against itself: the way to the entry, and what is wrong."""
    seen: dict[str, str] = {}
    groups: set[str] = set()
    for at, group in enumerate(file.groups):
        if group.id in groups:
            yield ("groups", at, "id"), f"group {group.id!r} stands there twice"
        groups.add(group.id)
        for number, question in enumerate(group.questions):
            here = ("groups", at, "questions", number)
            for field in ("id", "ask"):
                text = getattr(question, field)
                key = f"{field} {' '.join(text.casefold().split())}"
                if key in seen:
                    yield (*here, field), f"the question {text!r} stands there twice"
                seen[key] = question.id
            yield from _question(question, file, group, here)
        for name in group.challenges:
            if not group.under(name):
                yield ("groups", at, "challenges", name), f"no question belongs to {name!r}"


def _question(
    question: ChecklistQuestion, file: Checklist, group: QuestionGroup, here: tuple[str | int, ...]
) -> Iterator[Fault]:
    """What one question says against itself and its group."""
    if question.challenge and question.challenge not in group.challenges:
        known = ", ".join(group.challenges) or "none"
        yield (*here, "challenge"), f"no challenge {question.challenge!r}; there are {known}"
    elif group.challenges and not question.challenge:
        yield (*here, "challenge"), f"the question {question.id!r} belongs to no challenge"
    if question.answer is ChecklistAnswer.NOT_ANSWERED:
        for field in ("evidence", "date"):
            if getattr(question, field):
                yield (*here, field), f"{question.id!r} is not answered, but has {field}"
    elif not question.evidence:
        yield (*here, "evidence"), f"{question.id!r} is answered, but has no evidence"
    if question.date and question.date > file.as_at:
        yield (*here, "date"), f"{question.date} is later than {file.as_at}, the day of the file"


def clashes(first: Checklist, other: Checklist) -> Iterator[Fault]:
    """Why a checklist cannot stand beside the first: the way to its entry, and what is wrong."""
    if (first.subject, first.as_at) == (other.subject, other.as_at):
        yield ("as_at",), f"{other.subject} of {other.as_at} stands there already"
    asked = first.questions
    homes = {one.id: group.id for group in first.groups for one in group.questions}
    for at, group in enumerate(other.groups):
        for number, question in enumerate(group.questions):
            here = ("groups", at, "questions", number)
            if question.id not in asked:
                continue
            if asked[question.id].ask != question.ask:
                yield (*here, "ask"), f"{question.id!r} asks something else in the first checklist"
            if homes[question.id] != group.id:
                yield (*here, "id"), f"{question.id!r} is in another group in the first checklist"


# A question that does not apply gives no points and asks for none. One that is not answered gives
# none yet, so that a group is never rated better than what is shown to be in place.
POINTS: Final[Mapping[ChecklistAnswer, Fraction]] = {
    ChecklistAnswer.YES: Fraction(1),
    ChecklistAnswer.PARTLY: Fraction(1, 2),
    ChecklistAnswer.NO: Fraction(0),
    ChecklistAnswer.NOT_ANSWERED: Fraction(0),
}


class Rating(StrEnum):
    """How much of a group is in place."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_SCORED = "not_scored"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which share of its points on a group is GREEN, and AMBER, in per cent."""

    green_from_pct: int
    amber_from_pct: int

    def rating(self, share_pct: Fraction | None) -> Rating:
        """The rating of a share; a group without a question that applies has none."""
        if share_pct is None:
            return Rating.NOT_SCORED
        if share_pct >= self.green_from_pct:
            return Rating.GREEN
        return Rating.AMBER if share_pct >= self.amber_from_pct else Rating.RED


@dataclass(frozen=True, slots=True)
class Score:
    """How a group came out.

    Attributes:
        group, title: the group; both "" for all groups together.
        answers: how often each answer was given.
        points: what the answers give.
        most: what they could give: the number of questions that apply.
        rating: what that amounts to; none where no question is answered.
    """

    group: str
    title: str
    answers: Mapping[ChecklistAnswer, int]
    points: Fraction
    most: int
    rating: Rating

    @property
    def asked(self) -> int:
        """How many questions there are."""
        return sum(self.answers.values())

    @property
    def answered(self) -> int:
        """How many of them are answered; that one does not apply is an answer."""
        return self.asked - self.answers[ChecklistAnswer.NOT_ANSWERED]

    @property
    def share_pct(self) -> Fraction | None:
        """Points over the most there could be, in per cent; None where nothing applies."""
        return _share_pct(self.points, self.most)


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that several checklists answer in more than one way; None where not asked."""

    question: str
    ask: str
    answers: tuple[ChecklistAnswer | None, ...]


def scores(file: Checklist, thresholds: Thresholds) -> tuple[Score, ...]:
    """How each group came out, in order, and then all groups together."""
    found = [_score(one.id, one.title, one.questions, thresholds) for one in file.groups]
    return (*found, _score("", "", file.questions.values(), thresholds))


def _score(
    group: str, title: str, questions: Iterable[ChecklistQuestion], thresholds: Thresholds
) -> Score:
    asked = tuple(questions)
    given = Counter(one.answer for one in asked)
    pointed = [one.answer for one in asked if one.scored and one.answer in POINTS]
    points = sum((POINTS[one] for one in pointed), Fraction(0))
    most = len(pointed)
    answers = {one: given[one] for one in ChecklistAnswer}
    nothing = given[ChecklistAnswer.NOT_ANSWERED] == len(asked)
    rating = thresholds.rating(None if nothing else _share_pct(points, most))
    return Score(group, title, answers, points, most, rating)


def _share_pct(points: Fraction, most: int) -> Fraction | None:
    return points * 100 / most if most else None


def differences(files: Sequence[Checklist]) -> tuple[Difference, ...]:
    """The questions that are not answered alike, in the order in which they are first asked."""
    asked: dict[str, str] = {}
    for file in files:
        for name, question in file.questions.items():
            asked.setdefault(name, question.ask)
    found = []
    for name, ask in asked.items():
        answers = tuple(
            file.questions[name].answer if name in file.questions else None for file in files
        )
        if len(set(answers)) > 1:
            found.append(Difference(name, ask, answers))
    return tuple(found)
