"""Cells as printed -> the published row's columns, at the decimals that are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.errors import LayoutError, Problems
from bench.published.readers.cells import Cell
from bench.published.schema import FIELDS, KEY
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.reference import Registers

COLUMNS = [*KEY, "value", *FIELDS, "status", "marker", "area_code", "place"]
_NUMBERS = dict.fromkeys(["value", *FIELDS], "float64")
_WORDS = {name: "str" for name in COLUMNS if name not in _NUMBERS}


def finish(figures: pd.DataFrame, registers: Registers, file: str) -> pd.DataFrame:
    """Cells into columns; the value at its published decimals."""
    problems = Problems(LayoutError, file)
    cells = figures["value"]
    for place in figures.loc[cells.isna(), "place" if "place" in figures else "area_id"].head(21):
        problems.add(f"{place}: a row without an outcome")
    problems.raise_if_any()
    out = figures[[*KEY, "area_code", "place"]].copy()
    for field in _NUMBERS:
        column = figures[field] if field in figures else [None] * len(figures)
        out[field] = np.array(
            [cell.value if isinstance(cell, Cell) else None for cell in column], dtype="float64"
        )
    out["status"] = [str(cell.status) for cell in cells]
    out["marker"] = [cell.marker for cell in cells]
    return settle(out, registers, file)


def settle(figures: pd.DataFrame, registers: Registers, file: str) -> pd.DataFrame:
    """Labels as text; value and margin at their published decimals.

    Args:
        figures: a frame with `COLUMNS`; labels as text or categories.
        registers: indicators, for the decimals of each year.
        file: the name to use in messages.

    Raises:
        LayoutError: a figure with more decimals than are published; every place is named.
    """
    problems = Problems(LayoutError, file)
    figures = figures[COLUMNS].astype(_NUMBERS)
    of_indicator, indicators = pd.factorize(figures["indicator_id"])
    of_period, periods = pd.factorize(figures["period"])
    years = [FinancialYear.parse(str(period)) for period in periods]
    digits = [
        [registers.indicators[str(indicator)].decimals(year) for year in years]
        for indicator in indicators
    ]
    decimals = np.array(digits)[of_indicator, of_period]
    figures = figures.astype(_WORDS)
    for field in ("value", "margin"):
        numbers = figures[field].to_numpy()
        published = at_decimals(numbers, decimals)
        for row in np.flatnonzero(np.isnan(published) & ~np.isnan(numbers))[:21]:
            problems.add(
                f"{figures['place'].iloc[row]} ({field}): found {numbers[row]}, "
                f"expected at most {decimals[row]} decimal(s)"
            )
        figures[field] = published
    problems.raise_if_any()
    return figures


def at_decimals(numbers: np.ndarray, decimals: np.ndarray) -> np.ndarray:
    """The numbers at their published decimals, which binary noise may have blurred.

    Args:
        numbers: Figures as a spreadsheet holds them; missing ones are NaN.
        decimals: For each, the decimals that the publisher prints.

    Returns:
        The decimals as printed; NaN where a number has more of them than are published.
    """
    scale = np.power(10.0, decimals)
    rounded = np.rint(numbers * scale) / scale
    blurred = np.abs(rounded - numbers) <= 1e-9 * np.maximum(1.0, np.abs(numbers))
    return np.where(blurred, rounded, np.nan)
