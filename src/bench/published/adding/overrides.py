"""The options by which a reader corrects what was detected (`--map`, `--as`, `--year`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.published.schema import NUMBERS

if TYPE_CHECKING:
    from bench.published.layouts import Label
    from bench.reference.periods import FinancialYear

# What --map can name: columns of labels, columns of figures, and what holds for the whole table.
LABELS: dict[str, Label] = {
    "council": "area_name",
    "code": "ons_code",
    "cassr_code": "cassr_code",
    "indicator": "indicator",
    "year": "period",
    "breakdown": "breakdown",
    "measure_type": "measure_type",
    "unit": "unit",
}
MEASURES = tuple(NUMBERS)
WHOLE = ("sheet", "header", "skip", "unread", "symbol", "hidden", "allow")
FIELDS = (*LABELS, *MEASURES, *WHOLE)
UNITS = ("per_cent", "fraction", "per_100k", "score", "count")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the reader of the file says about it, over what it seems to say itself.

    Attributes:
        layout: the name of the layout to read it in.
        year: the year that it is about.
        maps: each --map as a field and what was given for it.
        area: the one area that all of it is about.
        provisional: whether they are a council's own figures, whose value counts may stand for.
    """

    layout: str | None = None
    year: FinancialYear | None = None
    maps: tuple[tuple[str, str], ...] = ()
    area: str | None = None
    provisional: bool = False

    def of(self, name: str) -> list[str]:
        """What was given for a field, in the order given."""
        return [value for key, value in self.maps if key == name]

    def last(self, name: str) -> str | None:
        """The last that was given for a field, or None."""
        return next(iter(reversed(self.of(name))), None)
