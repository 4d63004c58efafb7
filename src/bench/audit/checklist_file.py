"""A self-assessment as it must be written, and every contradiction in it.

Enters: what params/audits/<name>/checklist.yaml holds. Leaves: entries that fit, or their faults.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Name, Paper, Strict, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Answer", "Checklist", "Group", "Question", "clashes", "contradictions"]


class Answer(StrEnum):
    """What a council says of itself."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"

    @property
    def word(self) -> str:
        """The answer as readers see it."""
        return self.value.replace("_", " ")


class Question(Strict):
    """One question, its answer, and what bears the answer out since when."""

    id: Name
    ask: Text
    answer: Answer
    evidence: Text
    date: date


class Group(Strict):
    """Questions about one thing."""

    id: Name
    title: Text
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Checklist(Paper):
    """A council's self-assessment on a day; `document` is where its questions go back to.

    Attributes:
        subject: whose answers these are.
        groups: in order of the file.
    """

    subject: Text
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]

    @property
    def questions(self) -> dict[str, Question]:
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
            if question.date > file.as_at:
                yield (
                    (*here, "date"),
                    f"{question.date} is later than {file.as_at}, the day of the file",
                )


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
