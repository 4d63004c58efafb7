"""How a self-assessment comes out, group by group, and where several of them differ.

Enters: checklists and the thresholds of params/audit.yaml. Leaves: scores, ratings, differences.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bench.audit.checklist_file import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.audit.checklist_file import Checklist, Question

__all__ = ["POINTS", "Difference", "Rating", "Score", "Thresholds", "differences", "scores"]

# A question that does not apply gives no points and asks for none.
POINTS: Final[Mapping[Answer, Fraction]] = {
    Answer.YES: Fraction(1),
    Answer.PARTLY: Fraction(1, 2),
    Answer.NO: Fraction(0),
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
        rating: what that amounts to.
    """

    group: str
    title: str
    answers: Mapping[Answer, int]
    points: Fraction
    most: int
    rating: Rating

    @property
    def share_pct(self) -> Fraction | None:
        """Points over the most there could be, in per cent; None where nothing applies."""
        return _share_pct(self.points, self.most)


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that several checklists answer in more than one way; None where not asked."""

    question: str
    ask: str
    answers: tuple[Answer | None, ...]


def scores(file: Checklist, thresholds: Thresholds) -> tuple[Score, ...]:
    """How each group came out, in order, and then all groups together."""
    found = [_score(one.id, one.title, one.questions, thresholds) for one in file.groups]
    return (*found, _score("", "", file.questions.values(), thresholds))


def _score(group: str, title: str, questions: Iterable[Question], thresholds: Thresholds) -> Score:
    given = Counter(one.answer for one in questions)
    points = sum((POINTS[one] * given[one] for one in POINTS), Fraction(0))
    most = sum(given[one] for one in POINTS)
    answers = {one: given[one] for one in Answer}
    rating = thresholds.rating(_share_pct(points, most))
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
