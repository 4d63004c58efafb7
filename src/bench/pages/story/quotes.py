"""Quoted figures as open marks of a chart and as rows of a table.

No average, rank or verdict rests on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.present.chart import mark, safe
from bench.present.numbers import bare
from bench.present.table import values_table
from bench.present.theme import ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.present.html import Section

KIND_WORDS: Final = {
    "published_elsewhere": "quoted",
    "restated": "restated",
    "recalculated": "counted another way",
    "target": "target",
    "forecast": "expected",
    "milestone": "national milestone",
    "survey": "from a survey",
    "context": "for context",
}
# What a kind's open marker looks like; kinds that are not here stand in the table only.
_SHAPES: Final = {
    "published_elsewhere": ("-open", "quoted"),
    "restated": ("-cross-open", "restated, quoted"),
    "recalculated": ("-x-open", "counted another way, quoted"),
}
_AIMS: Final = ("milestone", "target", "forecast")


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A figure quoted in a document.

    Attributes:
        role: whose it is: council, beside (a council set beside it), england or region.
        upper: the end of a range, where the document gives one.
        where: the place in the document.
        code: of the indicator whose figure it is, in that year.
    """

    role: str
    whose: str
    period: str
    kind: str
    value: float
    upper: float | None
    unit: str
    subject: str
    document: str
    note: str
    where: str = ""
    code: str = ""

    @property
    def cited(self) -> str:
        """The document and the place in it."""
        return f"{self.document}, {self.where}" if self.where else self.document

    @property
    def figure(self) -> str:
        """The figure as quoted, with its unit: `15.23%`, `1,208`, `13% to 59%`, `£900 million`."""
        shown = _digits(self.value, self.unit)
        return shown if self.upper is None else f"{shown} to {_digits(self.upper, self.unit)}"

    @property
    def words(self) -> str:
        """What it is, as a cell: kind, subject and note."""
        parts = (KIND_WORDS[self.kind], self.subject, self.note)
        return "; ".join(part for part in parts if part)


def marks(quotes: Sequence[Quote]) -> list[dict[str, Any]]:
    """Open markers over the years, one trace per kind of mark, so that the legend names each.

    Args:
        quotes: percentages, each of all that its indicator counts.
    """
    looks = {
        "council": ("circle", ROLES["accent"]),
        "region": ("square", ROLES["muted"]),
        "england": ("diamond", ROLES["ink"]),
        "beside": ("hexagon2", ROLES["second"]),
    }
    grouped: dict[tuple[str, str, Role], list[Quote]] = {}
    for quote in quotes:
        shape, colour = looks[quote.role]
        if quote.kind in _AIMS:
            name = f"{quote.whose}, {KIND_WORDS[quote.kind]}"
            if quote.kind == "milestone":
                name = "National milestone"
            key = (name, "line-ew-open", colour)
        elif quote.kind in _SHAPES:
            suffix, word = _SHAPES[quote.kind]
            if quote.role == "beside":
                suffix = suffix.replace("-cross-open", "-open-dot").replace("-x-open", "-open-dot")
            key = (f"{quote.whose}, {word}", f"{shape}{suffix}", colour)
        else:
            continue
        grouped.setdefault(key, []).append(quote)
    return [
        {
            "type": "scatter",
            "name": safe(name),
            "mode": "markers",
            "cliponaxis": False,
            "x": [int(quote.period[:4]) for quote in group],
            "y": [quote.value for quote in group],
            "marker": mark(shape, colour, colour, 11, 2),
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(quote.whose)}, {quote.period}: {quote.figure} ({safe(quote.words)})"
                f"<br>{safe(quote.cited)}"
                for quote in group
            ],
        }
        for (name, shape, colour), group in grouped.items()
    ]


def quotes_table(quotes: Sequence[Quote], *, title: str) -> Section:
    """Every quote with what it is and the document that it stands in.

    Args:
        quotes: in the order of the rows.
        title: what they are figures of.
    """
    return values_table(
        caption=f"{title}: figures quoted in documents",
        columns=("Year", "Whose", "Figure", "What it is", "Document"),
        lines=[
            (quote.period, quote.whose, quote.figure, quote.words, quote.cited) for quote in quotes
        ],
        kind="values years",
        numeric=False,
    )


def _digits(value: float, unit: str) -> str:
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    for size, word in ((1_000_000_000, "billion"), (1_000_000, "million")):
        # only what is printed so: a sum to the pound keeps its digits
        if unit == "gbp" and value >= size and not value % (size / 10):
            return f"£{value / size:,g} {word}"
    digits = bare(value, decimals)
    return {"per_cent": f"{digits}%", "gbp": f"£{digits}"}.get(unit, digits)
