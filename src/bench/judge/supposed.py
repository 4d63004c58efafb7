"""A figure that nobody published, in the place of one that was.

Enters: what is printed, and a value or counts. Leaves: what would then be printed, and what was
taken over for it. Nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.judge.intervals import PER, Method, exact

if TYPE_CHECKING:
    from bench.judge.figure import Printed
    from bench.reference import Indicator

__all__ = ["Basis", "Supposed", "suppose"]


class Basis(StrEnum):
    """How the interval of a supposed figure comes about."""

    COUNTS = "counts"
    SAME_PEOPLE = "same_people"
    SAME_MARGIN = "same_margin"
    SAME_RESPONDENTS = "same_respondents"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Supposed:
    """What would be printed, and how its interval comes about."""

    printed: Printed
    basis: Basis


def suppose(
    published: Printed,
    indicator: Indicator,
    *,
    value: float,
    numerator: float | None = None,
    denominator: float | None = None,
) -> Supposed:
    """Put another figure in the place of a published one.

    Of a survey the margin of error and the respondents stay as published. Of people counted, a
    value alone is taken as that share of the same people.

    Args:
        published: What is printed; its parts may be missing.
        indicator: Of which.
        value: The figure, in the indicator's unit.
        numerator: With `denominator`, the counts that make it.
        denominator: See `numerator`.
    """
    method = Method(indicator.interval)
    printed = replace(
        published,
        value=value,
        numerator=numerator,
        denominator=denominator,
        status="observed",
        marker=repr(value),
    )
    if method is Method.MARGIN:
        if published.margin is not None:
            return Supposed(printed, Basis.SAME_MARGIN)
        by_respondents = published.respondents and str(indicator.unit) == "per_cent"
        return Supposed(printed, Basis.SAME_RESPONDENTS if by_respondents else Basis.NONE)
    if method is Method.NONE:
        return Supposed(printed, Basis.NONE)
    if numerator is not None:
        return Supposed(printed, Basis.COUNTS)
    if not published.denominator:
        return Supposed(printed, Basis.NONE)
    people = exact(value) * exact(published.denominator) / PER[str(indicator.unit)]
    kept = replace(printed, numerator=float(people), denominator=published.denominator)
    return Supposed(kept, Basis.SAME_PEOPLE)
