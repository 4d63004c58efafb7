"""A score and a false discovery rate for each change of a figure from year to year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from bench.judge.multiplicity import benjamini_hochberg
from bench.published.schema import ACROSS, SERIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Fewer changes than this say nothing of what is usual: none of them is scored.
LEAST_COUNCILS: Final = 30
SCORES: Final = (
    "centre", "usual", "slope", "expected", "spread", "own", "z", "degrees", "p", "q",
)  # fmt: skip

# For a normal distribution these make a robust measure estimate the standard deviation.
_MAD_TO_SD: Final = 1.4826
_IQR_TO_SD: Final = 1.349
# How far a previous change may count, in standard deviations: a leap says nothing of chance.
_FARTHEST: Final = 2.0
# In MADs: what lies further off has no part in a biweight (Mosteller and Tukey 1977).
_BIWEIGHT: Final = 9.0
# The variance of the logarithm of a MAD of n values is this over n: it is 37% as efficient as a
# standard deviation, whose is half of 1 / n.
_LOG_MAD_VARIANCE: Final = 1 / (2 * 0.37)
# A council that never moved is taken for calm, not for one that cannot move.
_CALMEST: Final = 0.2
# Two thirds of a normal distribution lie between these quantiles, one standard deviation each way.
_TWO_THIRDS: Final = (0.1587, 0.8413)
# Heavier tails than those of five degrees of freedom are not put down to chance; a spread is
# estimated from a hundred changes or more, so that lighter ones than of a hundred cannot be told.
_HEAVIEST: Final = 5.0
_DEGREES: Final = 100
# A council's own changes count from this many others on.
_LEAST_OWN: Final = 3


def scored(table: pd.DataFrame) -> pd.DataFrame:
    """The changes with a score each.

    Args:
        table: One row per change: indicator_id, area_id, period, previous_period, `moved` and
            `error` on one scale per indicator, `tiny`, `ceiling`.

    Returns:
        The same rows in the same order, without those of years with fewer than `LEAST_COUNCILS`
        changes, and `SCORES`, on the scale of `moved` where not said otherwise: the `centre` of
        the year and the `usual` distance from it; the `slope` of a change on the one before; the
        `expected` move and its `spread` (one standard deviation); `own`, the council's own
        restlessness, as a multiple of that; `z`, how many spreads the move lies off; `degrees` of
        freedom of Student's t, whose tails are as heavy as those of the indicator's changes; `p`,
        how often an ordinary change lies as far off; `q`, the share of false discoveries among
        all that lie so far off.
    """
    told = ~table["tiny"] & ~table["ceiling"]
    size = table["tiny"].eq(False).groupby([table[name] for name in ACROSS]).transform("sum")
    table = table[size >= LEAST_COUNCILS].copy()
    told = told[table.index]
    spread = _spread_of_years(table[told])
    fitted = table[ACROSS].merge(spread, on=ACROSS, how="left").set_index(table.index)
    # A year in which nearly all stand at one end of the scale moves nobody: its middle is 0.
    centre = fitted["centre"].fillna(0.0)
    usual = np.sqrt(table["error"] ** 2 + fitted["between"].fillna(0.0)) * fitted["wider"].fillna(1)
    off = (table["moved"] - centre) / usual
    slope, before = _return(table, off, told)
    expected = centre + slope * before * usual
    z = (table["moved"] - expected) / usual
    z, widened = _by_indicator(table, z, told)
    own = _own_spread(table, z, told)
    table["centre"], table["usual"], table["slope"] = centre, usual, slope
    table["expected"], table["spread"], table["own"] = expected, usual * widened, own
    table["z"] = z / own
    table["degrees"] = _degrees(table, told)
    table["p"] = two_sided(table["z"].to_numpy(), table["degrees"].to_numpy())
    table["q"] = benjamini_hochberg(table["p"].to_numpy())
    return table


def two_sided(
    z: NDArray[np.float64], degrees: NDArray[np.float64] | float = _DEGREES
) -> NDArray[np.float64]:
    """How often an ordinary change lies as far from what is expected as z, in either direction.

    Args:
        z: Moves in spreads.
        degrees: Of freedom of Student's t; the fewer, the more often a change lies far off.
    """
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(degrees, -np.abs(z)))


def distance(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many standard deviations off a change lies that chance alone makes with probability p.

    The way back of `two_sided` on its lightest tails, so that scores of indicators compare.
    """
    return -_t_quantile(p / 2, _DEGREES)


def _t_quantile(
    p: NDArray[np.float64] | float, degrees: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """The value of Student's t below which a share p lies."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(degrees, p))


def _degrees(table: pd.DataFrame, usable: pd.Series) -> pd.Series:
    """How heavy the tails of each indicator's changes are: degrees of freedom of Student's t.

    From the ratio of the 95th centile of the sizes of z to their median, neither of which the few
    changes that are worth asking about can move.
    """
    grid = np.geomspace(_HEAVIEST, _DEGREES, 40)
    ratios = _t_quantile(0.975, grid) / _t_quantile(0.75, grid)  # the heavier, the larger
    size = table["z"].abs()[usable].groupby(table["indicator_id"])
    middle = size.quantile(0.5)
    ratio = size.quantile(0.95) / middle.where(middle > 0)
    degrees = pd.Series(np.interp(-ratio, -ratios, grid), index=ratio.index)
    return table["indicator_id"].map(degrees).fillna(_HEAVIEST)


def _spread_of_years(changes: pd.DataFrame) -> pd.DataFrame:
    """Per indicator and year the middle of the moves, the variance left open, and a widening.

    Half the councils may print 100 twice; those say nothing of how far a figure moves, and are
    not among `changes`. What sampling leaves open is that of all years of the indicator, so that a
    calm year does not make small moves look large; a year that is clearly wider is widened.
    """
    fields = [changes[name] for name in ACROSS]
    off = changes["moved"] - changes["moved"].groupby(fields).transform("median")
    pooled = off.groupby(changes["indicator_id"]).agg(_robust_sd)
    sampling = changes["error"].groupby(changes["indicator_id"]).median() ** 2
    # A count of everybody is no sample: chance is never taken for more than three quarters.
    between = (pooled**2 - sampling).clip(lower=pooled**2 / 4)
    years = changes.groupby(ACROSS, sort=True)["moved"].median().rename("centre").reset_index()
    own = off.groupby(fields).agg(_robust_sd).to_numpy(dtype=float)
    usual = years["indicator_id"].map(pooled).to_numpy(dtype=float)
    wider = np.divide(own, usual, out=np.ones_like(own), where=usual > 0)
    return years.assign(between=years["indicator_id"].map(between), wider=np.maximum(wider, 1.0))


def _robust_sd(values: pd.Series) -> float:
    """A robust standard deviation: Tukey's biweight midvariance about the median, its root.

    It takes no notice of what lies six standard deviations off, and of a normal sample it knows
    the spread twice as well as a MAD does. Where the MAD is 0, by the quartiles.
    """
    numbers = values.to_numpy(dtype=float)
    off = numbers - np.median(numbers)
    deviation = float(np.median(np.abs(off)))
    if not deviation:
        low, high = np.quantile(numbers, [0.25, 0.75])
        return float(high - low) / _IQR_TO_SD
    u2 = (off / (_BIWEIGHT * deviation)) ** 2
    near = u2 < 1
    top = (off[near] ** 2 * (1 - u2[near]) ** 4).sum() * len(numbers)
    return float(np.sqrt(top) / np.abs(((1 - u2[near]) * (1 - 5 * u2[near])).sum()))


def _return(table: pd.DataFrame, off: pd.Series, changes: pd.Series) -> tuple[pd.Series, pd.Series]:
    """How much of a council's last change is expected to come back, and that change.

    A figure that chance made low comes back: the share that does is the slope of a change on the
    one before, over all councils of an indicator, neither counted further than `_FARTHEST`.
    """
    near = off.clip(-_FARTHEST, _FARTHEST)
    keys = [table["indicator_id"], table["area_id"], table["period"]]
    last = pd.Series(near.to_numpy(), index=pd.MultiIndex.from_arrays(keys))
    wanted = pd.MultiIndex.from_arrays([*keys[:2], table["previous_period"]])
    before = pd.Series(last.reindex(wanted).to_numpy(), index=table.index)
    both = changes & before.notna()
    product = (near * before)[both].groupby(table["indicator_id"]).sum()
    square = (before**2)[both].groupby(table["indicator_id"]).sum()
    # Only a return is expected, never that a council goes on as it began.
    slope = (product / square).clip(-0.5, 0.0)
    return table["indicator_id"].map(slope).fillna(0.0), before.fillna(0.0)


def _by_indicator(
    table: pd.DataFrame, z: pd.Series, changes: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """The scores so that the robust spread of each indicator's is 1, and by what was divided."""
    spread = z[changes].groupby(table["indicator_id"]).agg(_robust_sd)
    widened = table["indicator_id"].map(spread).fillna(1.0)
    # Where sampling alone is more than what is seen, nothing is made narrower than half.
    widened = widened.clip(lower=0.5)
    return z / widened, widened


def _own_spread(table: pd.DataFrame, z: pd.Series, usable: pd.Series) -> pd.Series:
    """How restless a council's own changes are, as a multiple of the indicator's usual spread.

    From the median size of its other changes, drawn in to the middle council's by how little so
    few changes say (the logarithm of a spread is nearly normal; as in empirical Bayes tests of
    many variances). The change itself is not among them: one leap does not make a council
    restless.
    """
    ratio, others = _own_ratio(table, np.abs(z.to_numpy()))
    counts = others >= _LEAST_OWN
    log = np.log(np.maximum(ratio, _CALMEST))
    variance = _LOG_MAD_VARIANCE / np.maximum(others, 1)
    own = np.ones(len(table))
    for places in table.groupby("indicator_id", sort=False).indices.values():
        asked = places[(counts & usable.to_numpy())[places]]
        if len(asked) < LEAST_COUNCILS:
            continue
        low, middle, high = np.quantile(log[asked], [_TWO_THIRDS[0], 0.5, _TWO_THIRDS[1]])
        between = max(0.0, ((high - low) / 2) ** 2 - float(np.median(variance[asked])))
        kept = np.where(counts[places], between / (between + variance[places]), 0.0)
        own[places] = np.exp(middle + kept * (log[places] - middle))
    return pd.Series(own, index=table.index)


def _own_ratio(
    table: pd.DataFrame, size: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The MAD of a council's other changes, as a standard deviation, and how many they are."""
    codes = table.groupby(SERIES, sort=False).ngroup().to_numpy()
    order = np.lexsort((size, codes))
    counts = np.bincount(codes)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    place = np.empty(len(size), dtype=int)
    place[order] = np.arange(len(size)) - starts[codes[order]]
    ordered, others = size[order], counts[codes] - 1
    # The middle of the others: places after its own move down by one.
    middles = []
    for at in ((others - 1) // 2, others // 2):
        at = np.clip(at, 0, None)
        at = at + (at >= place)
        middles.append(ordered[starts[codes] + np.minimum(at, counts[codes] - 1)])
    return _MAD_TO_SD * (middles[0] + middles[1]) / 2, others
