"""Figures that two releases print differently.

Enters: the figures of every release. Leaves: one row per figure and later release, with both
values; `agreement` counts those that agree as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.published.schema import KEY

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "agreement", "printed_again", "revisions"]

COLUMNS = [
    "indicator_id",
    "breakdown",
    "area_id",
    "period",
    "earlier_release_id",
    "later_release_id",
    "earlier",
    "later",
    "change",
]


def printed_again(history: pd.DataFrame) -> pd.DataFrame:
    """Every figure that stands in a release and in the one before that printed it.

    Args:
        history: a frame as `observations.history()` gives it, releases in order of publication.

    Returns:
        A frame with `COLUMNS`, sorted; values in the indicator's own unit, `change` later less
        earlier and 0 where both agree.
    """
    observed = history.loc[history["value"].notna(), ["release_id", *KEY, "value"]]
    observed = observed.astype(dict.fromkeys(["release_id", *KEY], "str"))
    before = observed.groupby(KEY)[["release_id", "value"]].shift()
    again = before["value"].notna()
    pairs = observed[again].rename(columns={"release_id": "later_release_id", "value": "later"})
    pairs["earlier_release_id"] = before.loc[again, "release_id"]
    pairs["earlier"] = before.loc[again, "value"]
    # Published decimals have at most three places; what is left beyond them is binary noise.
    pairs["change"] = (pairs["later"] - pairs["earlier"]).round(6)
    return pairs[COLUMNS].sort_values([*KEY, "later_release_id"], ignore_index=True)


def revisions(history: pd.DataFrame) -> pd.DataFrame:
    """The figures that two releases print differently, with `COLUMNS`."""
    pairs = printed_again(history)
    return pairs[pairs["change"] != 0].reset_index(drop=True)


def agreement(history: pd.DataFrame) -> pd.DataFrame:
    """How many figures two releases both print, and how many of them differ.

    Returns:
        One row per pair of releases, indicator and year: `both`, `differing`, and
        `differing_councils`, which leaves out every other kind of area.
    """
    pairs = printed_again(history)
    differs = pairs["change"] != 0
    council = ~(pairs["area_id"].eq("england") | pairs["area_id"].str.contains(":"))
    pairs = pairs.assign(differs=differs, differs_council=differs & council)
    by = ["earlier_release_id", "later_release_id", "indicator_id", "period"]
    return (
        pairs.groupby(by)
        .agg(
            both=("change", "size"),
            differing=("differs", "sum"),
            differing_councils=("differs_council", "sum"),
        )
        .reset_index()
    )
