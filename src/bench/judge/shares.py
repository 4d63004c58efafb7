"""One indicator as a share of another that counts the same people and more.

Enters: two figures of an area over the same denominator. Leaves: the share with its interval, or
why there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.judge.figure import MISSING
from bench.judge.intervals import Interval, exact, wilson

if TYPE_CHECKING:
    from bench.judge.figure import Printed

__all__ = ["Basis", "Share", "share"]

_PER_CENT = 100


class Basis(StrEnum):
    """What a share is worked out from."""

    COUNTS = "counts"
    RATES = "rates"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in per cent.

    Attributes:
        value: the share; None where there is none.
        interval: its 95% interval by Wilson; None where no counts are published.
        part, whole: the counts of people; None where the share is of rates.
        basis: counts or rates; none where there is no share.
        reason: why it is missing or not compared; "" where it is neither.
    """

    value: Fraction | None
    interval: Interval | None
    part: float | None
    whole: float | None
    basis: Basis
    reason: str

    @property
    def possible(self) -> bool:
        """Whether there is a share and a part is no more than its whole."""
        return self.value is not None and self.value <= _PER_CENT


def share(part: Printed, whole: Printed) -> Share:
    """The part as a share of the whole: of their numerators, else of their rates.

    Rates give the same share only because both have the same denominator.

    Args:
        part: the figure of those who are a part.
        whole: the figure of everybody of whom they are a part.
    """
    counted = part.numerator, whole.numerator
    basis, (top, bottom) = Basis.COUNTS, counted
    if top is None or bottom is None:
        basis, (top, bottom) = Basis.RATES, (part.value, whole.value)
    if top is None or bottom is None:
        absent = whole if bottom is None else part
        return Share(None, None, *counted, Basis.NONE, MISSING[absent.status])
    if bottom == 0:
        return Share(None, None, *counted, Basis.NONE, "nobody is counted in the whole")
    value = exact(top) * _PER_CENT / exact(bottom)
    if value > _PER_CENT:
        return Share(value, None, *counted, basis, "not possible: the part is above its whole")
    made = None
    if basis is Basis.COUNTS:
        low, high = wilson(top, bottom)
        made = Interval(Fraction(low * _PER_CENT), Fraction(high * _PER_CENT))
    return Share(value, made, *counted, basis, "")
