"""Rules about numerators and denominators beside those of other years, councils and indicators.

They look at every printing, also one that a later release superseded: a wrong population stays in
the history of a figure that was mended. What they find of one year in force stands beside its
figures as remarks.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from bench.integrity.checks.rule import NO_FINDINGS, evidence, explain, findings, number
from bench.judge.remarks import Remark
from bench.published.schema import FIGURE, MEASURE
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from bench.integrity.checks.rule import Evidence, KnownFinding
    from bench.reference import Registers

# A population is the denominator of a rate of everybody who lives in an area.
_OF_POPULATIONS: Final = "per_100k"
# Populations of councils change by 1 or 2% a year and seldom turn; 2% there and back is much.
_LEAST_JUMP: Final = 0.02
# By how much a jump exceeds that of nearly every other council, and which share is nearly every.
_TIMES_OTHERS: Final = 5.0
_NEARLY_ALL: Final = 0.98
# Where more councils than this share have the same counts, it is how the measure is reported.
_COMMON: Final = 0.25
# Counts of fewer people are often the same by chance, in another measure or another year.
_LEAST_COUNT: Final = 20
# The other count moves by a quarter at least, and by more than chance moves a count.
_LEAP: Final = 1.25
_STANDARD_ERRORS: Final = 3.0
_SERIES = ["indicator_id", "breakdown", "area_id"]


def jumping_population(evidence: Evidence) -> pd.DataFrame:
    """A council's population that jumps and jumps back, by far more than any other council's.

    A jump is the smaller of the relative changes from the nearest year before and to the nearest
    year after, where the two go opposite ways; both beside the median council's change.
    """
    rows = evidence.shared(_councils)
    rows = rows[(rows["unit"] == _OF_POPULATIONS) & (rows["denominator"] > 0)]
    latest = rows.drop_duplicates([*_SERIES, "period"], keep="last")
    parts = [NO_FINDINGS]
    for _, measure in rows.groupby(["indicator_id", "breakdown"]):
        series = latest.loc[latest.index.intersection(measure.index)]
        keyed = series.set_index(["area_id", "period"])["denominator"]
        by_year = keyed.unstack().sort_index(axis=1)  # noqa: PD010 - a key is one row: no average
        logs = np.log(by_year.to_numpy(dtype="float64"))
        years = [*by_year.columns]
        for (year, _), printed in measure.groupby(["period", "release_id"]):
            at = years.index(year)
            if not 0 < at < len(years) - 1:
                continue
            areas = by_year.index.get_indexer(pd.Index(printed["area_id"]))
            now = np.log(printed["denominator"].to_numpy(dtype="float64"))
            jumps = _jumps(logs[areas, at - 1], now, logs[areas, at + 1])
            found = printed[_beyond_others(jumps)]
            if found.empty:
                continue
            before, after = (
                number(found["area_id"].map(by_year[years[other]])) for other in (at - 1, at + 1)
            )
            parts.append(
                findings(
                    found,
                    observed="population " + number(found["denominator"]),
                    expected=f"between {years[at - 1]} and {years[at + 1]}: "
                    + before
                    + " and "
                    + after,
                )
            )
    return pd.concat(parts, ignore_index=True)


def shared_population(evidence: Evidence) -> pd.DataFrame:
    """Two councils with one population to the last person that is printed."""
    rows = evidence.shared(_councils)
    rows = rows[(rows["unit"] == _OF_POPULATIONS) & (rows["denominator"] > 0)]
    shared = [*MEASURE, "denominator"]
    alike = rows[rows.duplicated(shared, keep=False)]
    if alike.empty:
        return NO_FINDINGS
    names = alike.groupby(shared)["area_id"].transform(lambda areas: "; ".join(sorted(areas)))
    return findings(
        alike,
        observed="population " + number(alike["denominator"]) + " of " + names,
        expected="a population of its own",
    )


def same_counts(evidence: Evidence) -> pd.DataFrame:
    """Two indicators of a council with the same numerator, denominator and value.

    Looked at where people are counted, and so many that it is no coincidence; the weighted numbers
    of surveys are rounded and often alike.
    Where over a quarter of the councils that have both print them alike, one finding stands for
    them all.
    """
    rows = evidence.shared(_councils)
    rows = rows[(rows["numerator"] >= _LEAST_COUNT) & rows["denominator"].notna()]
    rows = rows[rows["value"].notna() & rows["respondents"].isna()]
    where = ["release_id", "breakdown", "period", "area_id"]
    counts = ["numerator", "denominator", "value"]
    rows = rows[[*where, "indicator_id", *counts, "place"]]
    twice = rows[rows.duplicated([*where, *counts], keep=False)]
    pairs = twice.merge(twice, on=[*where, *counts], suffixes=("", "_other"))
    pairs = pairs[pairs["indicator_id"] != pairs["indicator_id_other"]]
    cells = ["release_id", "breakdown", "period", "indicator_id"]
    counted = {key: frozenset(areas) for key, areas in rows.groupby(cells)["area_id"]}
    parts = [NO_FINDINGS]
    for key, alike in pairs.groupby([*cells, "indicator_id_other"]):
        release, breakdown, period, indicator, other = key
        with_one, with_other = (
            counted.get((release, breakdown, period, name), frozenset())
            for name in (indicator, other)
        )
        both = len(with_one & with_other)
        if len(alike) > 1 and len(alike) > _COMMON * both:
            told = alike.iloc[:1].assign(area_id="", place="")
            what = pd.Series(f"{len(alike)} of {both} councils as {other}", index=told.index)
        else:
            told = alike
            what = (
                number(told["numerator"]) + " of " + number(told["denominator"]) + f", as {other}"
            )
        parts.append(findings(told, observed=what, expected="counts of its own"))
    return pd.concat(parts, ignore_index=True)


def standing_count(evidence: Evidence) -> pd.DataFrame:
    """One count that is the same as the year before, to the person, while the other leaps."""
    rows = evidence.shared(_councils)
    rows = rows[(rows["numerator"] > 0) & (rows["denominator"] > 0)]
    rows = rows[rows["unit"].isin(["per_cent", _OF_POPULATIONS]) & rows["respondents"].isna()]
    rows = rows.drop_duplicates([*_SERIES, "period"], keep="last").sort_values([*_SERIES, "period"])
    before = rows.groupby(_SERIES)[["numerator", "denominator", "period"]].shift()
    rows = rows.join(before.add_suffix("_before"))
    parts = [NO_FINDINGS]
    for standing, leaping in pairwise(["numerator", "denominator", "numerator"]):
        still = (rows[standing] == rows[f"{standing}_before"]) & (rows[standing] >= _LEAST_COUNT)
        moved = rows[leaping] - rows[f"{leaping}_before"]
        together = rows[leaping] + rows[f"{leaping}_before"]
        ratio = np.maximum(
            rows[leaping] / rows[f"{leaping}_before"], rows[f"{leaping}_before"] / rows[leaping]
        )
        leaps = (ratio >= _LEAP) & (moved.abs() > _STANDARD_ERRORS * np.sqrt(together))
        found = rows[still & leaps]
        found = found[_compares(evidence, found)]
        parts.append(
            findings(
                found,
                observed=f"{standing} "
                + number(found[standing])
                + f" in both years, {leaping} "
                + number(found[f"{leaping}_before"])
                + " and "
                + number(found[leaping]),
                expected="counts that move together since " + found["period_before"].astype("str"),
            )
        )
    return pd.concat(parts, ignore_index=True)


def _councils(evidence: Evidence) -> pd.DataFrame:
    """Rows of councils, all people, without the tiny two: their few people are often alike."""
    figures = evidence.figures
    tiny = [council.area_id for council in evidence.registers.councils if council.tiny]
    of_councils = (figures["kind"] == "council") & ~figures["area_id"].isin(tiny)
    return figures[of_councils & (figures["breakdown"] == "all")]


def _jumps(
    before: NDArray[np.float64], now: NDArray[np.float64], after: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far the logarithm of each population jumps and jumps back; 0 for no turn.

    Args:
        before: the logarithms of the populations of the nearest year before; NaN where none is.
        now: of the year.
        after: of the nearest year after.
    """
    known = ~np.isnan(before) & ~np.isnan(after)
    if not known.any():
        return np.zeros(len(now))
    there, back = now - before, after - now
    there, back = there - np.nanmedian(there), back - np.nanmedian(back)
    turns = known & (there * back < 0)
    return np.where(turns, np.minimum(np.abs(there), np.abs(back)), 0.0)


def _beyond_others(jumps: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which jumps are large, and far larger than those of nearly all the others."""
    large = jumps > _LEAST_JUMP
    if len(jumps) > 1:
        for place in np.flatnonzero(large):
            others = np.quantile(np.delete(jumps, place), _NEARLY_ALL)
            large[place] = jumps[place] > _TIMES_OTHERS * others
    return large


def _compares(evidence: Evidence, rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows' years may be set beside each other: no cut lies between them."""
    cut = evidence.registers.comparability.cut_between
    columns = rows[["indicator_id", "area_id", "period_before", "period"]]
    return pd.Series(
        [
            cut(indicator, area, FinancialYear.parse(before), FinancialYear.parse(year)) is None
            for indicator, area, before, year in columns.itertuples(index=False, name=None)
        ],
        index=rows.index,
        dtype="bool",
    )


# A survey of carers is of every second year, and one year was voluntary.
_YEARS_BEFORE: Final = 2
_YEARS_AROUND: Final = 4
_RULES: Final[Mapping[str, Callable[[Evidence], pd.DataFrame]]] = {
    "population": jumping_population,
    "shared": shared_population,
    "alike": same_counts,
    "still": standing_count,
}
# These set figures of one year beside each other, and need no other year.
_WITHIN_A_YEAR: Final = ("shared", "alike")


def count_remarks(
    figures: pd.DataFrame,
    registers: Registers,
    year: FinancialYear,
    entries: Callable[[], Sequence[KnownFinding]],
) -> dict[tuple[str, str, str], list[Remark]]:
    """What is odd about the counts of a year's figures in force, by indicator, area and year.

    Args:
        figures: The table in force, breakdown "all", any periods.
        registers: Areas, indicators and breaks.
        year: The year of the remarks.
        entries: Gives what is known and explained; asked only where there is a finding.

    Returns:
        A remark for every finding of `bench check` that is about one council's figure; what is
        explained is said with its explanation. What most councils print so is no remark.
    """
    # Only what a rule may need: this is on the way of every command that judges a year.
    since = {
        period: FinancialYear.parse(str(period)).start - year.start
        for period in figures["period"].unique()
    }
    around = {period for period, years in since.items() if abs(years) <= _YEARS_AROUND}
    before = {period for period in around if -_YEARS_BEFORE <= since[period] <= 0}
    rates = [one.indicator_id for one in registers.indicators if one.unit == "per_100k"]
    councils = [council.area_id for council in registers.councils]
    near = figures["period"].isin(before) | (
        figures["period"].isin(around) & figures["indicator_id"].isin(rates)
    )
    table = figures[near & figures["denominator"].notna() & figures["area_id"].isin(councils)]
    # Each figure in force stands by itself, whichever publication printed it.
    asked = evidence(table.assign(release_id="in_force"), registers, symbols=())
    releases = table.drop_duplicates(FIGURE).set_index(FIGURE)["release_id"]
    remarks: dict[tuple[str, str, str], list[Remark]] = {}
    of_year = replace(asked, figures=asked.figures[asked.figures["period"] == str(year)])
    for rule, find in _RULES.items():
        findings = find(of_year if rule in _WITHIN_A_YEAR else asked)
        findings = findings[(findings["period"] == str(year)) & (findings["area_id"] != "")]
        if findings.empty:
            continue
        keys = pd.MultiIndex.from_frame(findings[FIGURE].astype("object"))
        findings = findings.assign(release_id=releases.reindex(keys).astype("str").to_numpy())
        for row in explain(findings, rule, entries()).to_dict("records"):
            text = _text(rule, row["found"], row["expected"], row["area_id"], registers)
            explained = f" {row['explanation']}" if row["explanation"] else ""
            key = (row["indicator_id"], row["area_id"], row["period"])
            remarks.setdefault(key, []).append(Remark(f"check_{rule}", text + explained))
    return remarks


def _text(rule: str, observed: str, expected: str, area_id: str, registers: Registers) -> str:
    """A finding as a sentence; `observed` and `expected` are those of the rule."""
    if rule == "population":
        years, populations = expected.removeprefix("between ").split(": ")
        return (
            "The council's population jumps and jumps back as no other council's does: "
            f"{observed.removeprefix('population ')} here, {populations} in {years}."
        )
    if rule == "shared":
        population, areas = observed.removeprefix("population ").split(" of ")
        others = [registers.councils[one].name for one in areas.split("; ") if one != area_id]
        return f"The population, {population}, is that of {' and '.join(others)} too."
    if rule == "alike":
        counts, other = observed.split(", as ")
        title = registers.indicators[other].short_title
        return f"Numerator and denominator, {counts}, are those of “{title}” too."
    since = expected.rsplit(" ", 1)[-1]
    return f"One count stood still since {since} while the other leapt: {observed}."
