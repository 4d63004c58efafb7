"""Many indicators on one axis: worse to the left, the peers' average at nought.

Enters: rows. Leaves: their places, in standard deviations of the peers' figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import pstdev, quantiles
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.present.rows import Row

__all__ = ["EDGE", "FEWEST_PEERS", "LeftOut", "Placed", "place"]

# Beyond this many standard deviations a mark stands at the chart's edge and is named there.
EDGE: Final = 4.0
FEWEST_PEERS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One indicator's marks on the common axis; `beyond` where the council's is off the chart."""

    row: Row
    council: float
    england: float | None
    low: float
    lower_quartile: float
    upper_quartile: float
    high: float
    beyond: bool


@dataclass(frozen=True)
class LeftOut:
    """An indicator that has no place on the axis, and why."""

    row: Row
    why: str


def place(found: Iterable[Row]) -> tuple[list[Placed], list[LeftOut]]:
    """The rows that can be placed, and those that cannot."""
    placed: list[Placed] = []
    left_out: list[LeftOut] = []
    for row in found:
        why = _obstacle(row)
        if why:
            left_out.append(LeftOut(row, why))
        else:
            placed.append(_place(row))
    return placed, left_out


def _obstacle(row: Row) -> str | None:
    if row.value is None:
        return "no figure"
    if row.peer_average is None or row.verdict_vs_peers == "not_compared":
        return "not compared with peers"
    if not row.judged:
        return "neither high nor low is better"
    if len(row.peer_values) < FEWEST_PEERS:
        return "too few peers have a figure"
    if len({figure for _, figure in row.peer_values}) == 1:
        return "all peers have the same figure"
    return None


def _place(row: Row) -> Placed:
    figures = [figure for _, figure in row.peer_values]
    average = row.peer_average or 0.0
    step = pstdev(figures) * (1 if row.polarity == "higher_is_better" else -1)
    first, _, third = quantiles(figures, n=4, method="inclusive")

    def on_axis(figure: float) -> float:
        return round(max(-EDGE, min(EDGE, (figure - average) / step)), 3)

    low, high = sorted((on_axis(min(figures)), on_axis(max(figures))))
    lower_quartile, upper_quartile = sorted((on_axis(first), on_axis(third)))
    own = on_axis(row.value or 0.0)
    return Placed(
        row=row,
        council=own,
        england=None if row.england is None else on_axis(row.england),
        low=low,
        lower_quartile=lower_quartile,
        upper_quartile=upper_quartile,
        high=high,
        beyond=abs(own) >= EDGE,
    )
