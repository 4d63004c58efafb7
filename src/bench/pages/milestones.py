"""Milestones in the unit of an indicator: a reader's number, or one that a document sets."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.integrity.restatement.placement import Milestone
from bench.judge.intervals import exact
from bench.present.wording import UNITS
from bench.published import quoted, sources

if TYPE_CHECKING:
    from bench.reference import Indicator


def set_by_documents(indicator: Indicator) -> tuple[Milestone, ...]:
    """The milestones that documents set for an indicator, or for those that asked it before.

    Each is called by its figure and its words: "70% by April 2013".
    """
    ids = [one.indicator_id for one in sources.reference().indicators.lineage(indicator)]
    found = quoted.load()
    rows = found[(found["kind"] == "milestone") & found["indicator_id"].isin(ids)]
    return tuple(
        Milestone(exact(value), f"{value:g}%, {note}", document)
        for value, note, document in rows[["value", "note", "document"]].itertuples(index=False)
    )


def chosen(wanted: str, indicator: Indicator) -> Milestone:
    """The milestone that a reader asks for.

    Args:
        wanted: A number in the indicator's unit, as "70" or "70%", or one that a document sets, as
            "70% by April 2013".
        indicator: In whose unit.

    Raises:
        ParameterError: Words that are no milestone of the indicator, or a number that no figure of
            it can reach.
    """
    text = wanted.strip()
    named = {_folded(one.label): one for one in set_by_documents(indicator)}
    if _folded(text) in named:
        return named[_folded(text)]
    unit = str(indicator.unit)
    value = _value(text.removesuffix("%").strip() if unit == "per_cent" else text)
    if value is None or not indicator.admits(float(value)):
        known = "".join(f', or "{one.label}"' for one in named.values())
        raise ParameterError(
            f"The milestone {wanted!r} is no figure of {indicator.indicator_id}: its unit is "
            f"{UNITS[unit].amount}, {indicator.limits}.",
            mend=f"write a number{known}.",
        )
    return Milestone(value, f"the milestone of {text.removesuffix('%').strip()}")


def _value(text: str) -> Fraction | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return Fraction(number) if number.is_finite() else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").split())
