"""The table in force as plain values, at hand by indicator and area.

Enters: rows of the table in force. Leaves: `Printed` values, and what else they are called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.judge.intervals import Figure, Method

if TYPE_CHECKING:
    import pandas as pd

    from bench.reference import Indicator

__all__ = [
    "MISSING",
    "NO_ROW",
    "Printed",
    "by_indicator",
    "figure_of",
    "no_figure",
    "why_missing",
]

_NUMBERS = ["value", "numerator", "denominator", "respondents", "margin"]


@dataclass(frozen=True, slots=True)
class Printed:
    """One row of the table in force, as plain Python values; NaN is None."""

    value: float | None
    numerator: float | None
    denominator: float | None
    respondents: float | None
    margin: float | None
    status: str
    marker: str


NO_ROW = Printed(None, None, None, None, None, "not_available", "")
MISSING = {
    "suppressed": "suppressed",
    "unusable": "no usable data",
    "not_available": "not available",
    "not_applicable": "not applicable",
}


def by_indicator(
    figures: pd.DataFrame, *, within: str = "area_id"
) -> dict[str, dict[str, Printed]]:
    """The rows of one year by indicator and area, or of one area by indicator and `period`."""
    found: dict[str, dict[str, Printed]] = {}
    numbers = figures[_NUMBERS].astype(object).where(figures[_NUMBERS].notna(), None)
    labels = figures[["indicator_id", within, "status", "marker"]].astype(str)
    for (indicator_id, key, status, marker), values in zip(
        labels.to_numpy().tolist(), numbers.to_numpy().tolist(), strict=True
    ):
        value, numerator, denominator, respondents, margin = values
        found.setdefault(indicator_id, {})[key] = Printed(
            value, numerator, denominator, respondents, margin, status, marker
        )
    return found


def figure_of(printed: Printed, indicator: Indicator) -> Figure:
    """The same as `uncertainty` takes it."""
    return Figure(
        value=printed.value,
        unit=str(indicator.unit),
        method=Method(indicator.interval),
        numerator=printed.numerator,
        denominator=printed.denominator,
        respondents=printed.respondents,
        margin=printed.margin,
    )


def no_figure(printed: Printed) -> str:
    """Why a council has no figure, as a clause."""
    if printed.status == "unusable":
        return "the publisher has no usable data of the council"
    return f"the council's figure is {MISSING[printed.status]}"


def why_missing(exists: bool, printed: Printed) -> str:
    """Why a peer has no figure, in a word or two."""
    return MISSING[printed.status] if exists else "did not exist that year"
