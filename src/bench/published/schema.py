"""The columns of the published table, with the pandera schema that a build enforces."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from bench.published.readers.cells import Maturity, Status

if TYPE_CHECKING:
    from pandera.pandas import Check, Column, DataFrameSchema

KEY = ["indicator_id", "breakdown", "area_id", "period"]
FIELDS = ["numerator", "denominator", "respondents", "margin"]
NUMBERS = ["value", *FIELDS]
# One measure of one publication; and of the table in force one figure, and one council's or one
# year's figures of an indicator.
MEASURE = ["release_id", "indicator_id", "breakdown", "period"]
FIGURE = ["indicator_id", "area_id", "period"]
SERIES = ["indicator_id", "area_id"]
ACROSS = ["indicator_id", "period"]
COLUMNS = [
    "release_id",
    *KEY,
    *NUMBERS,
    "status",
    "marker",
    "maturity",
    "area_code",
    "place",
]
# Columns of few distinct words, read as categories.
LABELS = ["release_id", *KEY, "status", "marker", "maturity", "area_code"]


@functools.cache
def schema() -> DataFrameSchema:
    """The schema of the one table; a build enforces it, the data dictionary is made from it.

    pandera is imported here, because reading the table must not wait for it.
    """
    import pandera.pandas as pa

    def text(description: str, *checks: Check) -> Column:
        return pa.Column(str, list(checks), description=description)

    def number(description: str, *checks: Check) -> Column:
        return pa.Column(float, list(checks), nullable=True, description=description)

    not_negative = pa.Check.ge(0)
    columns = {
        "release_id": text("The release that printed the figure."),
        "indicator_id": text("Our stable id of the indicator."),
        "breakdown": text("`all`, or the group that the figure is about."),
        "area_id": text("Our id of the council, region, council type or England."),
        "period": text("Financial year, as 2014-15.", pa.Check.str_matches(r"^\d{4}-\d{2}$")),
        "value": number("The outcome in the indicator's own unit; there if and only if observed."),
        "numerator": number("As printed; rounded to 5 in some releases.", not_negative),
        "denominator": number(
            "As printed; of a survey a weighted population, not the size of a sample.", not_negative
        ),
        "respondents": number("People whose answers the figure rests on.", not_negative),
        "margin": number("Published 95% half-width, in the indicator's unit.", not_negative),
        "status": text("Why the value is there or not.", pa.Check.isin([s.value for s in Status])),
        "marker": text("The cell as printed."),
        "maturity": text("How settled it is.", pa.Check.isin([m.value for m in Maturity])),
        "area_code": text("The ONS code as printed, or nothing."),
        "place": text("Line of the CSV, or sheet!cell of the workbook."),
    }
    return pa.DataFrameSchema(
        columns,
        checks=pa.Check(
            lambda table: table["value"].notna() == (table["status"] == Status.OBSERVED.value),
            name="a value is there if and only if the status is observed",
        ),
        unique=["release_id", *KEY],
        strict=True,
        ordered=True,
    )
