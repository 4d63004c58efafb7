"""What the papers of an audit have in common: strict entries, a review, and what is made up.

What is made up to show how a paper works is kept apart from what was published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from bench.project.files import Review, StrictModel, Text

if TYPE_CHECKING:
    from collections.abc import Callable

WORD = "illustrative"

Value = TypeVar("Value")
Derived = TypeVar("Derived")
# The way to an entry, and what is wrong with it.
Fault = tuple[tuple[str | int, ...], str]


class Paper(StrictModel):
    """What every paper of an audit says of itself.

    Attributes:
        audit: the audit, called as its folder is.
        title, about: what the paper is, in a line and in a few sentences.
        document: the document that it goes back to.
        as_at: the day of this version.
        illustrative: what in it is made up; empty where nothing is.
        review: who last read it.
    """

    audit: Text
    title: Text
    about: Text
    document: Text
    as_at: date
    illustrative: str = ""
    review: Review


@dataclass(frozen=True, slots=True)
class Illustrative(Generic[Value]):
    """A value that no document bears out.

    A wrapped frame is no frame: pandas refuses to merge, join or concatenate it with one.

    Attributes:
        content: the value.
        why: what is made up in it, in a sentence for readers.
    """

    content: Value
    why: str


def carried(
    value: Value | Illustrative[Value], make: Callable[[Value], Derived]
) -> Derived | Illustrative[Derived]:
    """What is made of a value; made of an illustrative one, it is illustrative too."""
    if isinstance(value, Illustrative):
        return Illustrative(make(value.content), value.why)
    return make(value)


def content_of(value: Value | Illustrative[Value]) -> Value:
    """The value itself, for what is the same of both: a title, a number, a list of documents.

    What is shown of figures is made by `carried`, which keeps the mark.
    """
    return value.content if isinstance(value, Illustrative) else value
