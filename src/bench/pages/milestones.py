"""Milestones in the unit of an indicator: a reader's number, or one that a document sets."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bench.errors import ParameterError
from bench.integrity.restatement.placement import Milestone
from bench.judge.intervals import exact
from bench.present.wording import UNITS
from bench.published import quoted, sources
from bench.reference import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from bench.reference import Indicator


def set_by_documents(indicator: Indicator) -> tuple[Milestone, ...]:
    """The milestones that documents set for an indicator, or for those that asked it before.

    Each is called by its figure and its words: "70% by April 2013". It holds for the indicator
    that it was set for, up to its year; see `Milestone.holds`.
    """
    ids = [one.indicator_id for one in sources.reference().indicators.lineage(indicator)]
    found = quoted.load()
    of_figure = (found["kind"] == "milestone") & (found["subject"] == "")
    rows = found[of_figure & found["indicator_id"].isin(ids)]
    return tuple(_milestone(record) for record in rows.to_dict("records"))


def _milestone(record: Mapping[Hashable, Any]) -> Milestone:
    """A row of the quoted figures; what stands in brackets in its note are the terms."""
    words, _, terms = record["note"].partition(" (")
    return Milestone(
        exact(record["value"]),
        f"{record['value']:g}%, {words}",
        f"{record['document']}, {record['where']}",
        record["indicator_id"],
        FinancialYear.parse(record["period"]),
        terms.removesuffix(")"),
    )


def set_for(milestone: Milestone) -> str:
    """For which figures a document set a milestone, in words: "figures of 1C(1) to 2012-13"."""
    if milestone.last is None or not milestone.indicator_id:
        return ""
    indicator = sources.reference().indicators[milestone.indicator_id]
    return f"figures of {indicator.code(milestone.last)} to {milestone.last}"


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
