"""What is made up to show how a paper works, kept apart from what was published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORD = "illustrative"

Held = TypeVar("Held")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Illustrative(Generic[Held]):
    """A value that no document bears out.

    A wrapped frame is no frame: pandas refuses to merge, join or concatenate it with one.

    Attributes:
        content: the value.
        why: what is made up in it, in a sentence for readers.
    """

    content: Held
    why: str


def carried(
    value: Held | Illustrative[Held], make: Callable[[Held], Made]
) -> Made | Illustrative[Made]:
    """What is made of a value; made of an illustrative one, it is illustrative too."""
    if isinstance(value, Illustrative):
        return Illustrative(make(value.content), value.why)
    return make(value)


def together(
    values: Sequence[Held | Illustrative[Held]],
) -> tuple[Held, ...] | Illustrative[tuple[Held, ...]]:
    """Values of one kind as one.

    Raises:
        TypeError: Some are illustrative and others are not: they are never joined.
    """
    wrapped = [one for one in values if isinstance(one, Illustrative)]
    if not wrapped:
        return tuple(one for one in values if not isinstance(one, Illustrative))
    if len(wrapped) < len(values):
        raise TypeError("Illustrative and published values are not joined.")
    why = " ".join(dict.fromkeys(one.why for one in wrapped))
    return Illustrative(tuple(one.content for one in wrapped), why)
