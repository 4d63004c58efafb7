"""Findings that are known: what is selected, and the sentence that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import pandas as pd
from pydantic import Field

from bench.integrity.checks.rule import FINDING, NO_FINDINGS
from bench.project.files import StrictModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.integrity.checks.rule import RuleOutcome

_COLUMNS = {
    "releases": "release_id",
    "indicators": "indicator_id",
    "breakdowns": "breakdown",
    "areas": "area_id",
    "periods": "period",
}


class Select(StrictModel):
    """Which findings are meant; what is left out selects any.

    A release is always named, so that an entry never hides what a later one brings.
    """

    releases: Annotated[tuple[str, ...], Field(min_length=1)]
    indicators: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()

    def of(self, findings: pd.DataFrame) -> pd.Series:
        """Which of the findings are selected."""
        chosen = pd.Series(True, index=findings.index)
        for field, column in _COLUMNS.items():
            wanted = getattr(self, field)
            if wanted:
                chosen &= findings[column].isin(wanted)
        return chosen


class Known(StrictModel):
    """One explanation of findings of one rule."""

    rule: str
    select: Select
    explanation: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]


class KnownFindings(StrictModel):
    """known_findings.yaml as it must be written."""

    known_findings: tuple[Known, ...]


def explain(findings: pd.DataFrame, rule: str, entries: Sequence[Known]) -> pd.DataFrame:
    """The findings of a rule with `explanation` and `source`, empty where there is none."""
    told = findings.assign(explanation="", source="").reset_index(drop=True)
    for entry in entries if len(told) else ():
        if entry.rule == rule:
            chosen = entry.select.of(told) & (told["explanation"] == "")
            told.loc[chosen, ["explanation", "source"]] = entry.explanation, entry.source
    return told


def stale(
    entries: Sequence[Known], outcomes: Sequence[RuleOutcome], *, release: str | None = None
) -> pd.DataFrame:
    """A finding for every release that an entry names and where it explains nothing.

    Args:
        entries: all entries.
        outcomes: what the rules found.
        release: where only one release was looked at, the others are left alone.
    """
    found = {one.rule.code: one.findings for one in outcomes}
    rows = []
    for number, entry in enumerate(entries, start=1):
        of_rule = found.get(entry.rule, NO_FINDINGS)
        explained = set(of_rule.loc[entry.select.of(of_rule), "release_id"])
        for named in entry.select.releases:
            if named in explained or release not in (None, named):
                continue
            row = {column: "; ".join(getattr(entry.select, f)) for f, column in _COLUMNS.items()}
            rows.append(
                row
                | {
                    "release_id": named,
                    "place": f"known_findings.yaml, entry {number}",
                    "found": f"no finding of the rule {entry.rule}",
                    "expected": "at least one",
                }
            )
    return pd.DataFrame(rows, columns=FINDING).astype("str") if rows else NO_FINDINGS
