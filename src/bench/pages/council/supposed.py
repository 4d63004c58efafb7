"""A supposed figure beside the published one: two lines that nobody can take for each other.

Enters: a frame of two rows. Leaves: a table and the sentence that says what it rests on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.present.html import Fragment, fill
from bench.present.numbers import NO_NUMBER, interval, short
from bench.present.rows import rows
from bench.present.sentences import STATUS_WORDS, possessive
from bench.present.table import values_table
from bench.present.theme import check_palette, look

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.rows import Row

__all__ = ["marked", "table"]

MARK = "HYPOTHETICAL"
_BASIS = {
    "counts": "Its margin of error comes from the counts given.",
    "same_people": "It is taken as that share of the same people, so its margin of error comes "
    "from the published count of people.",
    "same_margin": "It keeps the published margin of error.",
    "same_respondents": "Its margin of error is made from the published number of people who "
    "answered.",
    "none": "It has no margin of error.",
}


def marked(council: str) -> str:
    """The council's name in a figure that shows what nobody published."""
    return f"{MARK.capitalize()} {council}"


def table(frame: pd.DataFrame, *, council: str, basis: str, palette: str = "rag") -> Fragment:
    """The published row above the supposed one.

    Args:
        frame: two rows, published and supposed.
        council: the council's name.
        basis: counts, same_people, same_margin, same_respondents or none.
        palette: "rag" or "af".
    """
    published, supposed = rows(frame)
    return fill(
        "council/supposed.html.j2",
        palette=check_palette(palette),
        lead=f"What if {possessive(council)} figure were {short(supposed.value, supposed)}? This "
        "is a question, not a figure. Nobody published it, and it is kept nowhere.",
        table=values_table(
            caption=f"{published.short_title}: {council} as published, and if",
            columns=(
                "Figure of",
                council,
                "95% interval",
                "Peers' average",
                "Against peers",
                "England",
                "Against England",
                "Rank",
            ),
            lines=[_line("As published", published), _line(MARK, supposed)],
            palette=palette,
            prose=("Against peers", "Against England"),
        ),
        reason=supposed.reason,
        basis=f"{_BASIS[basis]} Peers and England are as published.",
    )


def _line(name: str, row: Row) -> tuple[object, ...]:
    observed = row.value is not None
    return (
        name,
        short(row.value, row) if observed else STATUS_WORDS.get(row.status, "no figure"),
        interval(row.lower, row.upper, row) or NO_NUMBER,
        short(row.peer_average, row),
        _verdict(row.verdict_vs_peers, row),
        short(row.england, row),
        _verdict(row.verdict_vs_england, row),
        f"{row.rank} of {row.rank_of}" if row.rank is not None else "not ranked",
    )


def _verdict(verdict: str, row: Row) -> Fragment:
    return fill("tables/tag.html.j2", look=look(verdict, row.polarity))
