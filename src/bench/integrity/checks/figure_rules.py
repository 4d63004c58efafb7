"""Rules about one figure by itself."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import BenchError
from bench.integrity.checks.rule import NO_FINDINGS, findings, half_counts, half_value, number
from bench.published.schema import KEY
from bench.reference.indicator import PER
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.integrity.checks.rule import Evidence

# A score is its numerator over its denominator as they are.
_SCALE = {**PER, "score": 1}
# Float noise of a quotient, far below any printed decimal.
_NOISE = 1e-9
_COPIED_MEASURES = 5


def quotient(evidence: Evidence) -> pd.DataFrame:
    """The outcome is the numerator over the denominator, as precisely as all three are printed."""
    figures = evidence.figures
    scale = figures["unit"].map(_SCALE)
    top, bottom = figures["numerator"], figures["denominator"]
    halves = evidence.shared(half_counts)
    half_top, half_bottom = halves["numerator"], halves["denominator"]
    half = half_value(evidence)
    least = (top - half_top).clip(lower=0) / (bottom + half_bottom) * scale - half
    most = (top + half_top) / (bottom - half_bottom).where(lambda b: b > 0) * scale + half
    value = figures["value"]
    wrong = (bottom > 0) & ((value < least - _NOISE) | (value > most + _NOISE))
    rows, top, bottom = figures[wrong], top[wrong], bottom[wrong]
    return findings(
        rows,
        observed=number(rows["value"]),
        expected=number(top / bottom * scale[wrong])
        + " ("
        + number(top)
        + " over "
        + number(bottom)
        + ")",
    )


def out_of_range(evidence: Evidence) -> pd.DataFrame:
    """A value below the minimum or above the maximum that the register gives its indicator."""
    figures, indicators = evidence.figures, evidence.registers.indicators
    least = figures["indicator_id"].map({one.indicator_id: one.minimum for one in indicators})
    most = figures["indicator_id"].map(
        {one.indicator_id: inf if one.maximum is None else one.maximum for one in indicators}
    )
    rows = figures[(figures["value"] < least) | (figures["value"] > most)]
    return findings(
        rows,
        observed=number(rows["value"]),
        expected=rows["indicator_id"].map(lambda name: indicators[name].limits),
    )


def no_respondents(evidence: Evidence) -> pd.DataFrame:
    """A figure that rests on nobody's answer."""
    figures = evidence.figures
    rows = figures[figures["value"].notna() & (figures["respondents"] == 0)]
    return findings(
        rows, observed=number(rows["value"]) + " from 0 respondents", expected="no figure"
    )


def loose_margin(evidence: Evidence) -> pd.DataFrame:
    """A margin of error where there is no figure that it could belong to."""
    figures = evidence.figures
    rows = figures[figures["value"].isna() & figures["margin"].notna()]
    return findings(rows, observed="margin " + number(rows["margin"]), expected="a figure with it")


def above_the_whole(evidence: Evidence) -> pd.DataFrame:
    """More people counted than there are to count."""
    figures = evidence.figures
    above = (figures["unit"] == "per_cent") & (figures["numerator"] > figures["denominator"])
    rows = figures[above]
    return findings(
        rows,
        observed=number(rows["numerator"]) + " of " + number(rows["denominator"]),
        expected="a numerator of at most its denominator",
    )


def zero_denominator(evidence: Evidence) -> pd.DataFrame:
    """A figure worked out over nobody."""
    figures = evidence.figures
    rows = figures[figures["value"].notna() & (figures["denominator"] == 0)]
    return findings(rows, observed=number(rows["value"]) + " over 0", expected="no figure")


def ended(evidence: Evidence) -> pd.DataFrame:
    """A figure of a council that did not exist that year."""
    figures = evidence.figures[evidence.figures["value"].notna()]
    councils = {council.area_id: council for council in evidence.registers.councils}
    pairs = figures[["area_id", "period"]].drop_duplicates()
    gone = [
        (area, period)
        for area, period in pairs.itertuples(index=False)
        if area in councils and not councils[area].exists(FinancialYear.parse(period))
    ]
    rows = figures[pd.MultiIndex.from_frame(figures[["area_id", "period"]]).isin(gone)]
    return findings(rows, observed=number(rows["value"]), expected="no such council that year")


def printed_twice(evidence: Evidence) -> pd.DataFrame:
    """Two rows of one release for the same figure."""
    key = ["release_id", *KEY]
    rows = evidence.figures[evidence.figures.duplicated(key)]
    return findings(rows, observed=number(rows["value"]), expected="one row")


def copied(evidence: Evidence) -> pd.DataFrame:
    """A council whose figures of a year are another council's, number by number.

    Only figures with counts, respondents or a margin beside them are looked at: two councils may
    well share a percentage, but hardly all that stands beside it in five measures or more.
    """
    numbers = ["value", "numerator", "denominator", "respondents", "margin"]
    figures = evidence.figures[evidence.figures["kind"] == "council"]
    told = figures[figures[numbers].notna().sum(axis=1) >= 3]
    measure = ["release_id", "indicator_id", "breakdown", "period"]
    alike = told[told.duplicated([*measure, *numbers], keep=False)]
    if alike.empty:
        return NO_FINDINGS
    pairs = alike.merge(alike, on=[*measure, *numbers], suffixes=("", "_other"))
    pairs = pairs[pairs["area_id"] != pairs["area_id_other"]]
    with_whom = ["release_id", "period", "area_id", "area_id_other"]
    shared = pairs.groupby(with_whom)["indicator_id"].transform("nunique")
    rows = pairs[shared >= _COPIED_MEASURES]
    return findings(
        rows,
        observed=number(rows["value"]) + " as " + rows["area_id_other"].astype("str"),
        expected="figures of its own",
    )


def unknown(evidence: Evidence) -> pd.DataFrame:
    """A code, area, year or symbol that no register or layout holds."""
    figures, registers = evidence.figures, evidence.registers
    published = {
        (indicator.indicator_id, str(year))
        for indicator in registers.indicators
        for year in indicator.years
    }
    codes = {
        (area_id, code)
        for area_id, code in figures[["area_id", "area_code"]]
        .drop_duplicates()
        .itertuples(index=False)
        if not code or _is_the_area(evidence, area_id, code)
    }
    valued = figures["value"].notna()
    measures = pd.MultiIndex.from_frame(figures[["indicator_id", "period"]])
    printed = pd.MultiIndex.from_frame(figures[["area_id", "area_code"]])
    ids = [indicator.indicator_id for indicator in registers.indicators]
    markers = figures.loc[~valued & ~figures["marker"].isin(evidence.symbols), "marker"]
    unread = markers[~_numeric(markers)]
    tests = {
        "indicator_id": ~figures["indicator_id"].isin(ids),
        "area_id": figures["kind"].isna(),
        "breakdown": ~figures["breakdown"].isin(registers.indicators.breakdowns),
        "period": valued & ~measures.isin(list(published)),
        "area_code": pd.Series(~printed.isin(list(codes)), index=figures.index),
        "marker": pd.Series(figures.index.isin(unread.index), index=figures.index),
    }
    parts = [
        findings(
            figures[wrong],
            observed=label + " " + figures.loc[wrong, label].map(repr),
            expected="one that the registers and layouts know",
        )
        for label, wrong in tests.items()
        if wrong.any()
    ]
    return pd.concat(parts, ignore_index=True) if parts else NO_FINDINGS


def _is_the_area(evidence: Evidence, area_id: str, code: str) -> bool:
    try:
        return evidence.registers.councils.match(ons_code=code) == area_id
    except BenchError:
        return False


def _numeric(markers: pd.Series) -> pd.Series:
    """A number may stand where a declared correction took the figure away."""
    return pd.to_numeric(markers.str.replace(",", ""), errors="coerce").notna()
