"""Tables of words: every row a record, which becomes a card on a narrow screen.

Enters: lines of cells. Leaves: one accessible table; and the few forms that a cell has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from bench.present.html import Fragment, fill, identifier
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["beneath", "capital", "counted", "linked", "records_table", "stacked"]


def records_table(
    *,
    caption: str,
    columns: Sequence[str],
    lines: Iterable[Sequence[str]],
    note: str = "",
    palette: str = "rag",
) -> Fragment:
    """A table whose rows become cards on a narrow screen; each row's first cell is its header."""
    return fill(
        "tables/records.html.j2",
        palette=check_palette(palette),
        table_id=identifier("records", caption),
        caption=caption,
        note=note,
        columns=list(columns),
        rows=[list(line) for line in lines],
    )


def linked(text: str, address: str) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def beneath(text: str, *small: str) -> Markup:
    """A text with small lines beneath it."""
    return escape(text) + Markup("").join(
        Markup(' <span class="small">{}</span>').format(line) for line in small
    )


def stacked(texts: Sequence[str]) -> Markup:
    """Texts one beneath the other."""
    return Markup("<br>").join(texts)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 finding, 2 findings."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
