"""What a council's row would be if its figure were another: asked, shown as supposed, never kept.

A supposed figure beside the published one: two lines that nobody can take for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import ParameterError
from bench.judge import multiplicity
from bench.judge.figure import Basis, figure_of, suppose
from bench.judge.intervals import impossible
from bench.present.charts import strip
from bench.present.html import Fragment, fill
from bench.present.numbers import NO_NUMBER, interval, short
from bench.present.rows import rows
from bench.present.sentences import STATUS_WORDS, possessive
from bench.present.table import values_table
from bench.present.theme import check_palette, look
from bench.published import provisional
from bench.reference.indicator import Unit

if TYPE_CHECKING:
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.present.chart import Figure
    from bench.present.rows import Row as PrintedRow
    from bench.reference import Council, Indicator
    from bench.reference.peers import PeerGroup


# A number, or the text of one, such as "61.5%" or "1,204".
Given = float | str | None


@dataclass(frozen=True)
class WhatIf:
    """One row as published, and as it would be.

    Attributes:
        council: whose row.
        published: the row as published.
        supposed: the same with the supposed figure in its place; of the published remarks none.
        basis: how the interval of the supposed figure comes about.
        palette: rag or af.
    """

    council: str
    published: Row
    supposed: Row
    basis: Basis
    palette: str = "rag"

    def frame(self) -> pd.DataFrame:
        """Two rows, published and supposed.

        Columns: figure ("published", "supposed"), then those of `bench.Briefing.frame`.
        """
        rows = {"published": self.published, "supposed": self.supposed}
        return pd.DataFrame([{"figure": name, **row.record()} for name, row in rows.items()])

    def table(self) -> Fragment:
        """The two rows beside each other, the supposed one marked so, and what it rests on."""
        return table(
            self.frame(), council=self.council, basis=self.basis.value, palette=self.palette
        )

    def strip(self) -> Figure:
        """The supposed figure among the published ones of the peers."""
        return strip.strip(
            self.frame().iloc[[1]],
            self.supposed.indicator.indicator_id,
            council=marked(self.council),
            palette=self.palette,
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.table()._repr_mimebundle_()


def ask(
    table: YearTable,
    council: Council,
    peers: PeerGroup,
    published: Row,
    *,
    value: Given = None,
    numerator: Given = None,
    denominator: Given = None,
    model: str,
    palette: str = "rag",
) -> WhatIf:
    """Judge a row again with another figure of the council; nobody else's figure changes.

    Args:
        table: The year.
        council: Whose figure is supposed.
        peers: With whom it is compared.
        published: Its row as published.
        value: The figure, in the indicator's unit.
        numerator: Instead of the value or with it: how many were counted,
        denominator: out of how many.
        model: The peer model as it was asked for, for the maps that the row is part of.
        palette: rag or af.

    Raises:
        ParameterError: A figure that cannot be, and why; or a year without published figures.
    """
    indicator = published.indicator
    what = f"A supposed figure of {published.code}"
    if published.benchmark_year is not None:
        raise ParameterError(
            f"{published.year} has no published peers and England to set a figure beside.",
            mend=f"choose a published year, such as {published.benchmark_year}.",
        )
    try:
        figure = provisional.figure_of(
            council.area_id,
            indicator,
            published.year,
            {
                name: str(given).strip()
                for name, given in (
                    ("value", value),
                    ("numerator", numerator),
                    ("denominator", denominator),
                )
                if given is not None
            },
            "supposed",
        )
    except ValueError as fault:
        raise ParameterError(f"{what}: {fault}.") from None
    supposed = suppose(
        table.published(indicator, council),
        indicator,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
    )
    if reason := _impossible(figure.value, indicator) or impossible(
        figure_of(supposed.printed, indicator)
    ):
        raise ParameterError(f"{what} cannot be right: {reason}.")
    other = table.supposing(indicator, council, supposed.printed)
    rows = multiplicity.of_council(other, council, model, other.rows(council, peers))
    row = next(one for one in rows if one.indicator == indicator)
    return WhatIf(council.name, published, row, supposed.basis, palette)


def _impossible(value: float, indicator: Indicator) -> str | None:
    if value < 0 and indicator.unit is not Unit.SCORE:
        return "it is below 0"
    return "it is above 100%" if value > 100 and indicator.unit is Unit.PER_CENT else None


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


def _line(name: str, row: PrintedRow) -> tuple[object, ...]:
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


def _verdict(verdict: str, row: PrintedRow) -> Fragment:
    return fill("tables/tag.html.j2", look=look(verdict, row.polarity))
