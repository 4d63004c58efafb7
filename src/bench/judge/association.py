"""Do two indicators go together over councils? Spearman's rank correlation with its interval.

Enters: two figures of each council. Leaves: the correlation, or why there is none.

The interval is Fisher's, with the variance of Bonett and Wright (2000), "Sample size requirements
for estimating Pearson, Kendall and Spearman correlations", Psychometrika 65, 23-28:
(1 + rho^2 / 2) / (n - 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.judge.intervals import Z_95

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FEWEST", "Association", "spearman"]

# With three pairs the variance of Fisher's transformation has no value.
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Association:
    """A rank correlation.

    Attributes:
        rho: from -1 to 1.
        lower, upper: its 95% interval; both `rho` where the order is the very same or reversed.
        count: pairs.
    """

    rho: float
    lower: float
    upper: float
    count: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0: more than chance would give."""
        return self.lower > 0 or self.upper < 0


def spearman(x: Sequence[float], y: Sequence[float]) -> Association | str:
    """Spearman's rank correlation; ties share the mean of their ranks.

    Args:
        x: figures of one indicator, in any order.
        y: those of the other, in the same order.

    Returns:
        The correlation, or a short reason why there is none.
    """
    count = len(x)
    if count < FEWEST:
        return f"only {count} councils have both figures"
    ranks = [pd.Series(list(values), dtype=float).rank() for values in (x, y)]
    if any(one.min() == one.max() for one in ranks):
        return "every council has the same figure"
    rho = float(ranks[0].corr(ranks[1]))
    if math.isclose(abs(rho), 1, rel_tol=0, abs_tol=1e-12):
        rho = math.copysign(1, rho)
        return Association(rho, rho, rho, count)
    half = Z_95 * math.sqrt((1 + rho**2 / 2) / (count - 3))
    middle = math.atanh(rho)
    return Association(rho, math.tanh(middle - half), math.tanh(middle + half), count)
