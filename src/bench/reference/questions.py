"""Questions that a member could ask about an indicator, from questions.yaml."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.errors import Problems, RegisterError
from bench.project.files import CheckedReview, StrictModel, Text, read_model

if TYPE_CHECKING:
    from pathlib import Path

    from bench.reference.indicator import Indicator
    from bench.reference.indicators import Indicators
    from bench.reference.periods import FinancialYear

_Questions = Annotated[tuple[Text, ...], Field(min_length=2, max_length=3)]


class _General(StrictModel):
    ask: _Questions
    review: CheckedReview


class _Entry(_General):
    id: Text
    indicators: tuple[Text, ...] = ()
    collections: tuple[Text, ...] = ()


class _QuestionsFile(StrictModel):
    general: _General
    questions: tuple[_Entry, ...]


class Questions:
    """The questions of every indicator: its own, else its collection's, else the general ones."""

    def __init__(self, file: _QuestionsFile) -> None:
        self._general = file.general.ask
        self._by_indicator = {name: e.ask for e in file.questions for name in e.indicators}
        self._by_collection = {name: e.ask for e in file.questions for name in e.collections}

    def of(self, indicator: Indicator, year: FinancialYear) -> tuple[str, ...]:
        """Two or three questions about an indicator's figure of a year."""
        by_collection = self._by_collection.get(indicator.collection(year), self._general)
        return self._by_indicator.get(indicator.indicator_id, by_collection)


@cache
def read_questions(folder: Path, indicators: Indicators) -> Questions:
    """Read questions.yaml, once per folder and process.

    Args:
        folder: the folder that holds it.
        indicators: the register that its indicators and collections must be in.

    Raises:
        RegisterError: the file is absent, does not fit, or names what the register does not hold;
            all its problems at once.
    """
    path = folder / "questions.yaml"
    file = read_model(path, _QuestionsFile)
    problems = Problems(RegisterError, str(path), mend="correct the entries named above.")
    collections = {span.value for entry in indicators for span in entry.collections}
    seen: set[str] = set()
    for entry in file.questions:
        if not (entry.indicators or entry.collections):
            problems.add(f"{entry.id}: names neither an indicator nor a collection.")
        for name in entry.indicators:
            if name not in indicators:
                problems.add(f"{entry.id}: no indicator {name!r}.")
        for name in entry.collections:
            if name not in collections:
                problems.add(f"{entry.id}: no collection {name!r}.")
        for name in (*entry.indicators, *entry.collections):
            if name in seen:
                problems.add(f"{entry.id}: {name} has questions already.")
            seen.add(name)
        if entry.review.next_review <= entry.review.reviewed:
            problems.add(f"{entry.id}: the next review is not after the last.")
    problems.raise_if_any()
    return Questions(file)
