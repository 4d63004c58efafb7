"""Rules about a whole and its parts: England and regions beside councils, groups beside all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.integrity.checks.rule import NO_FINDINGS, findings, half_counts, number
from bench.published.schema import MEASURE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.integrity.checks.rule import Evidence

# Groups that together are everybody.
GROUPS: Final = (
    ("age_18_64", "age_65_over"),
    ("age_64_under", "age_65_84", "age_85_over"),
    ("age_65_74", "age_75_84", "age_85_over"),
    ("female", "male"),
)
# A whole that is this much larger than its groups is worth a question.
SHORT_BY: Final = 0.05
_COUNTS = ("numerator", "denominator")


def outside_councils(evidence: Evidence) -> pd.DataFrame:
    """A figure of England or a region lies between its councils' lowest and highest."""
    councils = _of_councils(evidence, lowest=("value", "min"), highest=("value", "max"))
    rows = _wholes(evidence).merge(councils, on=[*MEASURE, "area_id"])
    rows = rows[(rows["value"] < rows["lowest"]) | (rows["value"] > rows["highest"])]
    # A count of England is the sum of its councils' and not their average.
    rows = rows[rows["unit"] != "count"]
    return findings(
        rows,
        observed=number(rows["value"]),
        expected=number(rows["lowest"]) + " to " + number(rows["highest"]) + ", as its councils",
    )


def does_not_add_up(evidence: Evidence) -> pd.DataFrame:
    """Councils' counts add up to the count of England and of each region.

    Where a council's count is missing, the sum may only be below.
    """
    halves = evidence.shared(half_counts).where(evidence.figures[[*_COUNTS]].notna(), 0.0)
    prepared = replace(evidence, figures=evidence.figures.join(halves.add_suffix("_half")))
    sums = {
        f"{field}_{name}": (column, how)
        for field in _COUNTS
        for name, column, how in (
            ("total", field, "sum"), ("printed", field, "count"), ("slack", f"{field}_half", "sum")
        )
    }  # fmt: skip
    councils = _of_councils(prepared, councils=("numerator", "size"), **sums)
    wholes = _wholes(prepared).merge(councils, on=[*MEASURE, "area_id"])
    parts = []
    for field in _COUNTS:
        rows = wholes[wholes[field].notna() & (wholes[f"{field}_printed"] > 0)]
        gap = rows[f"{field}_total"] - rows[field]
        slack = rows[f"{field}_slack"] + rows[f"{field}_half"]
        complete = rows[f"{field}_printed"] == rows["councils"]
        rows = rows[(gap > slack) | (complete & (gap < -slack))]
        parts.append(
            findings(
                rows,
                observed=f"{field} " + number(rows[field]),
                expected=number(rows[f"{field}_total"]) + ", the sum of its councils",
            )
        )
    return pd.concat(parts, ignore_index=True)


def groups_exceed(evidence: Evidence) -> pd.DataFrame:
    """Groups of people that add up to more than everybody."""
    return _groups(evidence, lambda gap, _, slack: gap > slack)


def groups_fall_short(evidence: Evidence) -> pd.DataFrame:
    """Groups of people that add up to much less than everybody."""
    return _groups(evidence, lambda gap, whole, slack: (gap < -slack) & (gap < -SHORT_BY * whole))


def _groups(
    evidence: Evidence, wrong: Callable[[pd.Series, pd.Series, pd.Series], pd.Series]
) -> pd.DataFrame:
    by_group, of_all = evidence.shared(_denominators)
    parts = [NO_FINDINGS]
    for groups in GROUPS:
        if not {*groups, "all"} <= set(by_group.columns):
            continue
        whole = by_group[[*groups, "all"]].dropna()
        total = whole[list(groups)].sum(axis=1)
        slack = of_all["half"].reindex(whole.index) * (len(groups) + 1)
        chosen = wrong(total - whole["all"], whole["all"], slack)
        rows = whole[chosen]
        rows = rows.assign(place=of_all["place"].reindex(rows.index)).reset_index()
        parts.append(
            findings(
                rows.assign(breakdown="all"),
                observed=", ".join(groups) + ": " + number(total[chosen].reset_index(drop=True)),
                expected=number(rows["all"]) + ", the denominator of all",
            )
        )
    return pd.concat(parts, ignore_index=True)


def _denominators(evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The councils' denominators, a column a group, and the rows of everybody: by their figure."""
    halves = evidence.shared(half_counts)
    row = ["release_id", "indicator_id", "area_id", "period"]
    figures = evidence.figures
    counted = (figures["kind"] == "council") & figures["denominator"].notna()
    figures = figures.loc[counted, [*row, "breakdown", "denominator", "place"]]
    figures = figures.assign(half=halves["denominator"])
    by_group = figures.pivot_table(index=row, columns="breakdown", values="denominator")
    return by_group, figures[figures["breakdown"] == "all"].set_index(row)


def _wholes(evidence: Evidence) -> pd.DataFrame:
    """Rows of England and of the regions that have a figure."""
    figures = evidence.figures
    return figures[figures["kind"].isin(["england", "region"]) & figures["value"].notna()]


def _of_councils(evidence: Evidence, **named: tuple[str, str]) -> pd.DataFrame:
    """What the councils of each measure come to: of England, and of each region."""
    columns = dict.fromkeys(
        [*MEASURE, "area_id", "region", *(column for column, _ in named.values())]
    )
    councils = evidence.figures.loc[evidence.figures["kind"] == "council", [*columns]]
    england = councils.groupby(MEASURE).agg(**named).reset_index().assign(area_id="england")
    regions = councils.rename(columns={"area_id": "council", "region": "area_id"})
    regions = regions.groupby([*MEASURE, "area_id"]).agg(**named).reset_index()
    return pd.concat([england, regions], ignore_index=True)
