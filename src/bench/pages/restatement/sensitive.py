"""How much must be counted otherwise before a figure says something else: a table and a grid.

Enters: the fewest people that change what is said, and the cells of a grid. Leaves: HTML fragments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bench.present.html import Fragment, fill, identifier
from bench.present.numbers import MINUS, NO_NUMBER
from bench.present.records import beneath, records_table
from bench.present.table import paragraph
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.integrity.restatement.sensitivity import Fewest

__all__ = ["GridCell", "GridRow", "Question", "Share", "fewest_table", "grid", "share_name"]

_LEAST_SHARE: Final = 0.1
_WAYS: Final = {
    "numerator_out": "fewer in the numerator",
    "numerator_in": "more in the numerator",
    "denominator_in": "more in the denominator",
    "denominator_out": "fewer in the denominator",
}


class Question(NamedTuple):
    """What is asked of the figure, what is said now, and the fewest people that change it.

    `then` holds, for each of `found`, what is said and the counts then; `between` the fewest and
    the most people that rounding of the counts makes of it.
    """

    asked: str
    now: str
    found: tuple[Fewest, ...]
    then: tuple[tuple[str, str], ...]
    between: tuple[tuple[int, int], ...]


class GridCell(NamedTuple):
    """A figure and the lines beneath it; `now` for the one as reported."""

    figure: str
    lines: tuple[str, ...]
    now: bool


class Share(NamedTuple):
    """The name of a row or column: `−20%` and how many people that is."""

    share: str
    people: str


class GridRow(NamedTuple):
    """A row of the grid and its name."""

    head: Share
    cells: tuple[GridCell, ...]


def fewest_table(questions: Sequence[Question], *, palette: str = "rag") -> Fragment:
    """What is asked of the figure, and the fewest people counted otherwise that change it."""
    rows = []
    for question in questions:
        if not question.found:
            rows.append((question.asked, question.now, "no number of people", NO_NUMBER, NO_NUMBER))
        for one, (said, counts), (least, most) in zip(
            question.found, question.then, question.between, strict=True
        ):
            what: str = f"{one.people:,} {_WAYS[one.way]}"
            if least < most:
                what = beneath(what, f"rounding allows {least:,} to {most:,}")
            share = f"{_share(float(one.share))} of it"
            rows.append((question.asked, question.now, what, share, f"{said}: {counts}"))
    if not rows:
        return paragraph(
            "Nothing is asked of this figure: there is neither a table of its year nor a "
            "milestone.",
            palette=palette,
        )
    return records_table(
        caption="The fewest people that would change what is said",
        columns=("What is asked", "Now", "It would take", "Which is", "Then"),
        lines=rows,
        note="One count is changed at a time. England, the peers and all other councils stay as "
        "they are.",
        palette=palette,
    )


def grid(
    rows: Sequence[GridRow],
    columns: Sequence[Share],
    *,
    title: str,
    note: str,
    palette: str = "rag",
) -> Fragment:
    """The figure over shares of both counts, one cell for each pair."""
    caption = f"{title}, if both counts were other ones"
    return fill(
        "restatement/grid.html.j2",
        palette=check_palette(palette),
        table_id=identifier("grid", title),
        caption=caption,
        note=note,
        columns=list(columns),
        rows=list(rows),
    )


def share_name(change: int, count: str) -> Share:
    """The name of a row or column, for a change in per cent."""
    sign = f"{MINUS if change < 0 else '+'}{abs(change)}%" if change else "as reported"
    return Share(sign, count)


def _share(value: float) -> str:
    """A share of a count: whole from 10 per cent on."""
    if 0 < value < _LEAST_SHARE:
        return f"less than {_LEAST_SHARE}%"
    return f"{value:.0f}%" if value >= 10 else f"{value:.1f}%"
