"""The rounding of a file's figures.

Half of the last step that it prints, and whether its counts are rounded to 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from bench.integrity.checks.rule import Evidence

# Councils and the areas above them are printed to different precision in some files.
_PRINTED_ALIKE = ["release_id", "indicator_id", "above"]
_ROUNDED_TO = 5
_MOST_DECIMALS = 3


def half_count(evidence: Evidence, field: str) -> pd.Series:
    """How far a printed count may lie from the count before rounding.

    2.5 where every count of the measure in its release is a multiple of 5, else 0.5.
    """
    counts = evidence.figures[field]
    rounded = (
        (counts.isna() | (counts % _ROUNDED_TO == 0)).groupby(_alike(evidence)).transform("all")
    )
    return pd.Series(np.where(rounded, _ROUNDED_TO / 2, 0.5), index=counts.index)


def half_value(evidence: Evidence) -> pd.Series:
    """Half of the last decimal that the release prints of the measure."""
    values = evidence.figures["value"]
    decimals = pd.Series(_MOST_DECIMALS, index=values.index)
    for places in reversed(range(_MOST_DECIMALS)):
        scaled = values * 10.0**places
        enough = values.isna() | ((scaled - scaled.round()).abs() < 1e-6)
        decimals[enough] = places
    printed = decimals.groupby(_alike(evidence)).transform("max")
    return 0.5 * 10.0**-printed


def _alike(evidence: Evidence) -> list[pd.Series]:
    figures = evidence.figures.assign(above=evidence.figures["kind"] != "council")
    return [figures[column] for column in _PRINTED_ALIKE]
