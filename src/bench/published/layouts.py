"""The models of layouts.yaml: which columns and sheets of a published file hold what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator

from bench.errors import UnknownNameError
from bench.project.files import StrictModel, read_model
from bench.published.readers.cells import Status

if TYPE_CHECKING:
    from pathlib import Path

Measure = Literal["value", "numerator", "denominator", "respondents", "margin"]
Label = Literal[
    "area_name",
    "ons_code",
    "cassr_code",
    "indicator",
    "period",
    "breakdown",
    "measure_type",
    "unit",
]
PrintedUnit = Literal["per_cent", "fraction", "per_100k", "score", "count"]


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return pattern


_Pattern = Annotated[str, AfterValidator(_compiled)]


class _Declared(StrictModel):
    # Written by `bench add`, and taken out again with the last release that is read by it.
    added: bool = False


class _Shared(_Declared):
    columns: dict[str, str]
    measure_types: dict[str, Measure]
    symbols: dict[str, Status]


class LongLayout(_Shared):
    """One row per area, indicator, breakdown and measure type."""

    kind: Literal["long"]
    encoding: str = "utf-8"
    delimiter: str = ","
    blanks: dict[str, str] = Field(default_factory=dict)
    sheet: str | None = None


class WideLayout(_Shared):
    """One sheet per indicator, one row per area, one column per period and field."""

    kind: Literal["wide"]
    sheet: _Pattern
    field: _Pattern
    other_sheets: tuple[str, ...] = ()
    symbols_of: dict[str, dict[str, Status]] = Field(default_factory=dict)

    def symbols_for(self, indicator_code: str) -> dict[str, Status]:
        """The symbols as one indicator's sheet uses them."""
        return self.symbols | self.symbols_of.get(indicator_code.lower(), {})


class CodedColumn(StrictModel):
    """One column of a coded table: what it counts, and words that its headings must hold."""

    indicator_id: str
    breakdown: str
    words: Annotated[tuple[str, ...], Field(min_length=1)]


class CodedLayout(_Declared):
    """One row per area, one column per printed code, beneath several rows of headings.

    `figures` says what the columns taken hold, by code; the codes that `others` matches are known
    and left unread. `area` reads the cells left of the first code, joined by a blank.
    """

    kind: Literal["coded"]
    sheet: ClassVar[None] = None  # a text has none
    encoding: str = "utf-8"
    area: _Pattern
    figures: Annotated[dict[str, CodedColumn], Field(min_length=1)]
    others: _Pattern
    symbols: dict[str, Status]

    @field_validator("area")
    @classmethod
    def _names_both(cls, pattern: str) -> str:
        if not {"area_name", "cassr_code"} <= set(re.compile(pattern).groupindex):
            raise ValueError("groups named area_name and cassr_code are expected")
        return pattern


class FigureColumn(StrictModel):
    """What one column of figures holds, beyond what its rows say."""

    field: Measure = "value"
    area: str | None = None
    indicator: str | None = None
    period: str | None = None
    breakdown: str | None = None
    unit: PrintedUnit | None = None


class MatrixLayout(_Declared):
    """Figures where labelled rows and columns meet: one or several columns of figures a row.

    What neither a row nor a column says is said once for the table; a year that nothing says is
    the release's. `units` are those of single indicators whose figures stand in one column;
    `skip_codes` are beginnings of ONS codes whose rows are left out.
    """

    kind: Literal["matrix"]
    sheet: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    header_rows: int = Field(default=1, ge=1, le=4)
    labels: dict[Label, str]
    figures: dict[str, FigureColumn]
    area: str | None = None
    indicator: str | None = None
    breakdown: str = "all"
    unit: PrintedUnit | None = None
    units: dict[str, PrintedUnit] = Field(default_factory=dict)
    rounded: bool = False
    unread: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    skip_codes: tuple[str, ...] = ()
    symbols: dict[str, Status]


AnyLayout = LongLayout | WideLayout | CodedLayout | MatrixLayout
Layout = Annotated[AnyLayout, Field(discriminator="kind")]


class LayoutFile(StrictModel):
    """layouts.yaml: every layout by its name."""

    layouts: dict[str, Layout]

    def symbols(self) -> frozenset[str]:
        """Every symbol that some layout allows in place of a number."""
        found: set[str] = set()
        for layout in self.layouts.values():
            found.update(layout.symbols)
            for symbols in getattr(layout, "symbols_of", {}).values():
                found.update(symbols)
        return frozenset(found)

    def __getitem__(self, name: str) -> AnyLayout:
        if name not in self.layouts:
            raise UnknownNameError("layout", name, self.layouts, where="layouts.yaml")
        return self.layouts[name]


def read(folder: Path) -> LayoutFile:
    """Read layouts.yaml of the reference folder.

    Raises:
        RegisterError: The file is not valid; every fault is named.
    """
    return read_model(folder / "layouts.yaml", LayoutFile)
