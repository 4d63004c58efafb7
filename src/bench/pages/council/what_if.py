"""A council's row with a supposed figure in the place of the published one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import ParameterError
from bench.judge import multiplicity
from bench.judge.figure import IntervalBasis, figure_of, suppose
from bench.judge.intervals import impossible
from bench.judge.published_row import published as published_row
from bench.pages.base import Report, section
from bench.present import certainty_words
from bench.present.certainty_words import against_england, against_peers
from bench.present.charts import strip
from bench.present.html import Section, fill, markup
from bench.present.numbers import NO_NUMBER, interval, short
from bench.present.sentences import STATUS_WORDS, possessive
from bench.present.table import beneath, values_table
from bench.present.theme import look_vs_england, look_vs_peers
from bench.published import provisional
from bench.reference.indicator import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from bench.judge.published_row import PublishedRow
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.present.certainty_words import GradedComparison
    from bench.present.chart import Figure
    from bench.present.theme import Look
    from bench.reference import Council, Indicator
    from bench.reference.peers import PeerGroup


# A number, or the text of one, such as "61.5%" or "1,204".
Given = float | str | None


@dataclass(frozen=True)
class WhatIf(Report):
    """One row as published, and as it would be.

    Attributes:
        council: whose row.
        published: the row as published.
        supposed: the same with the supposed figure in its place; of the published remarks none.
        basis: how the interval of the supposed figure comes about.
    """

    council: str
    published: Row
    supposed: Row
    basis: IntervalBasis

    def frame(self) -> pd.DataFrame:
        """Two rows, published and supposed.

        Columns: figure ("published", "supposed"), then those of `bench.Briefing.frame`.
        """
        rows = {"published": self.published, "supposed": self.supposed}
        return pd.DataFrame(
            [{"figure": name, **published_row(row).record()} for name, row in rows.items()]
        )

    @section
    def table(self) -> Section:
        """The two rows beside each other, the supposed one marked so, and what it rests on."""
        return table(
            published_row(self.published),
            published_row(self.supposed),
            council=self.council,
            basis=self.basis.value,
        )

    @section
    def strip(self) -> Figure:
        """The supposed figure among the published ones of the peers."""
        return strip.strip(
            published_row(self.supposed),
            council=marked(self.council),
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.table()._repr_mimebundle_()


def ask(
    table: YearTable,
    council: Council,
    peers: PeerGroup,
    published: Row,
    given: Mapping[str, Given],
    *,
    model: str,
) -> WhatIf:
    """Judge a row again with another figure of the council; nobody else's figure changes.

    Args:
        table: The year.
        council: Whose figure is supposed.
        peers: With whom it is compared.
        published: Its row as published.
        given: What is supposed: "value", the figure in the indicator's unit; "numerator", instead
            of it or with it, how many were counted, out of "denominator". None is not given.
        model: The peer model as it was asked for, for the maps that the row is part of.

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
            {name: str(part).strip() for name, part in given.items() if part is not None},
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
    return WhatIf(council.name, published, row, supposed.basis)


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


def table(
    published: PublishedRow,
    supposed: PublishedRow,
    *,
    council: str,
    basis: str,
) -> Section:
    """The published row above the supposed one.

    Args:
        published: the row as published.
        supposed: as it would be.
        basis: counts, same_people, same_margin, same_respondents or none.
    """
    return fill(
        "council/supposed.html.j2",
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
            prose=("Against peers", "Against England"),
        ),
        reason=supposed.reason,
        sure=[
            said
            for name, row in (("As published", published), ("If so", supposed))
            if (said := _how_sure(name, row))
        ],
        basis=f"{_BASIS[basis]} Peers and England are as published.",
    )


def _line(name: str, row: PublishedRow) -> tuple[object, ...]:
    observed = row.value is not None
    return (
        name,
        short(row.value, row) if observed else STATUS_WORDS.get(row.status, "no figure"),
        interval(row.lower, row.upper, row) or NO_NUMBER,
        short(row.peer_average, row),
        _verdict(look_vs_peers(row), against_peers(row), row),
        short(row.england, row),
        _verdict(look_vs_england(row), against_england(row), row),
        f"{row.rank} of {row.rank_of}" if row.rank is not None else "not ranked",
    )


def _verdict(seen: Look, comparison: GradedComparison, row: PublishedRow) -> Markup:
    tag = markup("tables/tag.html.j2", look=seen)
    return beneath(tag, *certainty_words.lines(comparison, row))


def _how_sure(name: str, row: PublishedRow) -> str:
    """How sure both verdicts of a row are, as a sentence; "" where nothing is said of it."""
    told = [
        f"{whom}, {said}"
        for whom, one in (
            ("against peers", against_peers(row)),
            ("against England", against_england(row)),
        )
        if (said := certainty_words.in_words(one))
    ]
    return f"{name}: {'; '.join(told)}." if told else ""
