"""What the rules about counts find, as remarks beside the figures of one year in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.integrity.checks import count_rules, known
from bench.integrity.checks.rule import evidence
from bench.judge.remarks import Remark
from bench.published.schema import FIGURE
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.integrity.checks.rule import Evidence
    from bench.reference import Registers

# A survey of carers is of every second year, and one year was voluntary.
_YEARS_BEFORE: Final = 2
_YEARS_AROUND: Final = 4
_RULES: Final[Mapping[str, Callable[[Evidence], pd.DataFrame]]] = {
    "population": count_rules.jumping_population,
    "shared": count_rules.shared_population,
    "alike": count_rules.same_counts,
    "still": count_rules.standing_count,
}
# These set figures of one year beside each other, and need no other year.
_WITHIN_A_YEAR: Final = ("shared", "alike")


def count_remarks(
    figures: pd.DataFrame,
    registers: Registers,
    year: FinancialYear,
    entries: Callable[[], Sequence[known.Known]],
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
        for row in known.explain(findings, rule, entries()).to_dict("records"):
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
