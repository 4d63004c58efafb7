"""Rules about a publication beside an earlier one: coverage, size, unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.integrity.checks.rule import findings, number
from bench.published.schema import MEASURE
from bench.reference.areas import TINY
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.integrity.checks.rule import Evidence

# Councils with a figure: fewer than this share of those before.
SHRUNK_BY: Final = 0.05
# The median council moved up or down by this factor.
MOVED_BY: Final = 1.5
# A measure of fewer councils says nothing about its unit.
_FEWEST = 20
_FACTOR = 100
_NEAR = 0.02


def coverage(evidence: Evidence) -> pd.DataFrame:
    """Fewer councils have a figure than in the publication before."""
    rows = evidence.shared(_beside_the_earlier)
    same_year = rows["period"] == rows["period_before"]
    kept = rows["councils"] / rows["councils_before"]
    rows = rows[(kept < 1 - SHRUNK_BY) | (same_year & (kept < 1))]
    return findings(
        rows,
        observed=number(rows["councils"]) + " councils",
        expected=number(rows["councils_before"]) + " as in " + _before(rows),
    )


def magnitude(evidence: Evidence) -> pd.DataFrame:
    """The middle council's figure has moved by more than a factor, though no cut lies between."""
    rows = evidence.shared(_beside_the_earlier)
    cut = evidence.registers.comparability.cut_between
    measures = zip(rows["indicator_id"], rows["period_before"], rows["period"], strict=True)
    comparable = [
        cut(indicator_id, "", FinancialYear.parse(before), FinancialYear.parse(period)) is None
        for indicator_id, before, period in measures
    ]
    ratio = rows["median"] / rows["median_before"]
    moved = (ratio > MOVED_BY) | (ratio < 1 / MOVED_BY)
    rows = rows[moved & pd.Series(comparable, index=rows.index, dtype="bool")]
    return findings(
        rows,
        observed="median " + number(rows["median"]),
        expected=f"within a factor of {MOVED_BY} of "
        + number(rows["median_before"])
        + " in "
        + _before(rows),
    )


def unit_of_a_measure(evidence: Evidence) -> pd.DataFrame:
    """Percentages that are all at most 1: the file prints fractions."""
    figures = evidence.figures
    printed = figures[(figures["unit"] == "per_cent") & figures["value"].gt(0)]
    measures = printed.groupby(MEASURE)["value"].agg(["max", "count"]).reset_index()
    rows = measures[(measures["max"] <= 1) & (measures["count"] >= _FEWEST)]
    return findings(
        rows, observed="at most " + number(rows["max"]), expected="percentages, 0 to 100"
    )


def unit_of_a_figure(evidence: Evidence) -> pd.DataFrame:
    """A council's percentage that is a hundredth of its own in the year printed before or after.

    A figure that its own counts bear out is not a slip.
    """
    figures = evidence.figures
    printed = figures[
        (figures["kind"] == "council") & (figures["unit"] == "per_cent") & figures["value"].gt(0)
    ]
    series = ["indicator_id", "breakdown", "area_id"]
    latest = printed.drop_duplicates([*series, "period"], keep="last").sort_values(
        [*series, "period"]
    )
    groups = latest.groupby(series)
    parts = []
    for step in (1, -1):
        beside = groups["value"].shift(step)
        share = latest["value"] * _FACTOR / beside
        borne_out = (
            latest["numerator"] / latest["denominator"] * _FACTOR - latest["value"]
        ).abs() < 1
        rows = latest[((share - 1).abs() < _NEAR) & ~borne_out]
        years = groups["period"].shift(step)[rows.index]
        parts.append(
            findings(
                rows,
                observed=number(rows["value"]),
                expected="about " + number(beside[rows.index]) + " as in " + years.astype("str"),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _beside_the_earlier(evidence: Evidence) -> pd.DataFrame:
    """Each measure of a publication beside the earlier one of the same year, else the year before.

    Returns:
        One row per measure without groups: `councils` with a figure and their `median`, and the
        same of the earlier publication as `..._before`; measures without one are left out.
    """
    figures = evidence.figures
    councils = figures[
        (figures["kind"] == "council") & figures["value"].notna() & (figures["breakdown"] == "all")
    ]
    councils = councils[~councils["area_id"].isin(TINY)]
    measures = (
        councils.groupby(["order", *MEASURE])["value"]
        .agg(councils="size", median="median")
        .reset_index()
        .sort_values(["period", "order"])
    )
    beside = []
    for _, one in measures.groupby("indicator_id", sort=False):
        years = list(zip(one.index, one["order"], one["period"], strict=True))
        for index, order, period in years:
            earlier = [i for i, o, p in years if o <= order and p <= period and i != index]
            if earlier:
                beside.append((index, earlier[-1]))
    now = measures.loc[[index for index, _ in beside]].reset_index(drop=True)
    before = measures.loc[[index for _, index in beside]].reset_index(drop=True)
    return now.join(before[["release_id", "period", "councils", "median"]].add_suffix("_before"))


def _before(rows: pd.DataFrame) -> pd.Series:
    return rows["period_before"] + " (" + rows["release_id_before"] + ")"
