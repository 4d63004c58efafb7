"""Cells as printed -> the published row's columns, at the decimals that are published.

Enters: one row per figure, with a `Cell` per field. Leaves: a frame with `COLUMNS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.errors import LayoutError, Problems
from bench.published.cells import Cell, at_decimals
from bench.published.schema import FIELDS, KEY
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    import pandas as pd

    from bench.registers import Registers

__all__ = ["COLUMNS", "finish"]

COLUMNS = [*KEY, "value", *FIELDS, "status", "marker", "area_code", "place"]


def finish(figures: pd.DataFrame, registers: Registers, file: str) -> pd.DataFrame:
    """Cells into columns; the value at its published decimals."""
    problems = Problems(LayoutError, file)
    cells = figures["value"]
    for place in figures.loc[cells.isna(), "place" if "place" in figures else "area_id"].head(21):
        problems.add(f"{place}: a row without an outcome")
    problems.raise_if_any()
    out = figures[KEY].copy()
    digits = {
        (indicator, period): registers.indicators[indicator].decimals(FinancialYear.parse(period))
        for indicator, period in set(zip(out["indicator_id"], out["period"], strict=True))
    }
    decimals = np.array(
        [digits[pair] for pair in zip(out["indicator_id"], out["period"], strict=True)]
    )
    for field in ("value", *FIELDS):
        column = figures[field] if field in figures else [None] * len(figures)
        numbers = np.array(
            [cell.value if isinstance(cell, Cell) else None for cell in column], dtype="float64"
        )
        out[field] = numbers
        if field in ("value", "margin"):
            published = at_decimals(numbers, decimals)
            for row in np.flatnonzero(np.isnan(published) & ~np.isnan(numbers))[:21]:
                problems.add(
                    f"{figures['place'].iloc[row]} ({field}): found {numbers[row]}, "
                    f"expected at most {decimals[row]} decimal(s)"
                )
            out[field] = published
    problems.raise_if_any()
    out["status"] = [cell.status.value for cell in cells]
    out["marker"] = [cell.marker for cell in cells]
    out["area_code"] = figures["area_code"]
    out["place"] = figures["place"]
    return out[COLUMNS]
