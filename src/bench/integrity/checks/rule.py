"""The model of an integrity rule: what it looks at, what it finds, and what is known of that.

Findings are a frame with one row per figure or measure: what was found and what was expected. A
rule allows for rounding: half of the last step of a value or of a count, by what its file prints.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
import pandas as pd
from pydantic import Field

from bench.project.files import StrictModel
from bench.published.schema import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bench.reference import Registers

_Shared = TypeVar("_Shared")

# What a finding says; `area_id` is empty where it is about a measure, not about one figure.
FINDING = ["release_id", *KEY, "place", "found", "expected"]
NO_FINDINGS = pd.DataFrame(columns=FINDING, dtype="str")


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class RuleResult(StrEnum):
    """How a rule came out. `fail`: at least one finding that nobody has explained."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules look at.

    Attributes:
        figures: every figure of every release, as `observations.history()` gives them, with
            `kind` and `region` of the area, `unit` of the indicator, and `order`, the release's
            place in the order of publication.
        registers: areas, indicators and breaks.
        symbols: what a layout allows in place of a number.
    """

    figures: pd.DataFrame
    registers: Registers
    symbols: frozenset[str]
    _shared: dict[Callable[[Evidence], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def shared(self, make: Callable[[Evidence], _Shared]) -> _Shared:
        """What several rules make of the evidence, made once; nobody changes it."""
        if make not in self._shared:
            self._shared[make] = make(self)
        found: _Shared = self._shared[make]
        return found


@dataclass(frozen=True, slots=True)
class Need:
    """What a release must hold before a rule can be asked of it; else it is not run."""

    reason: str
    met: Callable[[pd.DataFrame], bool]


@dataclass(frozen=True, slots=True)
class IntegrityRule:
    """One question that every release is asked.

    Attributes:
        code: short and stable, such as `quotient`.
        severity: how bad a finding is.
        message: one line: what a finding says.
        explanation: plain sentences: what is looked at, how, and why it matters.
        find: the findings in the evidence, a frame with the columns `FINDING`.
        needs: what a release must hold for the rule to be run on it.
    """

    code: str
    severity: Severity
    message: str
    explanation: str
    find: Callable[[Evidence], pd.DataFrame]
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule found.

    Attributes:
        rule: the rule.
        findings: a frame with `FINDING`, `explanation` and `source`; both are "" where nobody
            has explained the finding.
        checked: the releases that it was run on.
        not_run: release -> why it was not run on it.
    """

    rule: IntegrityRule
    findings: pd.DataFrame
    checked: tuple[str, ...]
    not_run: Mapping[str, str] = field(default_factory=dict)

    @property
    def unexplained(self) -> pd.DataFrame:
        """The findings that nobody has explained."""
        return self.findings[self.findings["explanation"] == ""]

    @property
    def explained(self) -> pd.DataFrame:
        """The findings that known_findings.yaml explains."""
        return self.findings[self.findings["explanation"] != ""]

    @property
    def result(self) -> RuleResult:
        """Pass, fail or not run."""
        if len(self.unexplained):
            return RuleResult.FAIL
        return RuleResult.PASS if self.checked else RuleResult.NOT_RUN


def evidence(history: pd.DataFrame, registers: Registers, *, symbols: Collection[str]) -> Evidence:
    """Prepare the figures for the rules.

    Args:
        history: a frame with `COLUMNS`, releases in order of publication.
        registers: areas, indicators and breaks.
        symbols: what a layout allows in place of a number.
    """
    figures = history.reset_index(drop=True)
    for label in ("release_id", *KEY, "status", "marker", "area_code"):
        figures[label] = figures[label].astype("str")
    areas = registers.councils.areas
    regions = {council.area_id: f"region:{council.region}" for council in registers.councils}
    units = {indicator.indicator_id: indicator.unit.value for indicator in registers.indicators}
    figures["kind"] = figures["area_id"].map({i: area.kind.value for i, area in areas.items()})
    figures["region"] = figures["area_id"].map(regions)
    figures["unit"] = figures["indicator_id"].map(units)
    figures["order"] = pd.factorize(figures["release_id"])[0]
    return Evidence(figures, registers, frozenset(symbols))


def findings(rows: pd.DataFrame, *, observed: pd.Series, expected: pd.Series | str) -> pd.DataFrame:
    """Offending rows as findings; a row without an area or a place has it empty."""
    if rows.empty:  # pandas would take the index of what is assigned
        return NO_FINDINGS
    told = rows.assign(found=observed, expected=expected)
    for column in ("area_id", "breakdown", "place"):
        if column not in told:
            told[column] = ""
    return told[FINDING].astype("str").reset_index(drop=True)


def number(numbers: pd.Series) -> pd.Series:
    """Numbers as a finding tells them."""
    return numbers.map("{:,.6g}".format).astype("str")


def _has_an_earlier_year(figures: pd.DataFrame) -> bool:
    return bool(figures["order"].iloc[0] > 0)


NEEDS_COUNTS = Need(
    "no counts in this release",
    lambda figures: bool(figures[["numerator", "denominator"]].notna().all(axis=1).any()),
)
NEEDS_RESPONDENTS = Need(
    "no numbers of respondents in this release",
    lambda figures: bool(figures["respondents"].notna().any()),
)
NEEDS_GROUPS = Need(
    "no groups with counts in this release",
    lambda figures: bool(
        figures.loc[figures["breakdown"] != "all", "denominator"].notna().any(),
    ),
)
NEEDS_TOTALS = Need(
    "no figure for England or a region in this release",
    lambda figures: bool(figures["kind"].isin(["england", "region"]).any()),
)
NEEDS_AN_EARLIER_YEAR = Need("no earlier publication to compare with", _has_an_earlier_year)


# Councils and the areas above them are printed to different precision in some files.
_PRINTED_ALIKE = ["release_id", "indicator_id", "above"]
_ROUNDED_TO = 5
_MOST_DECIMALS = 3


def half_counts(evidence: Evidence) -> pd.DataFrame:
    """How far each printed `numerator` and `denominator` may lie from the count before rounding.

    2.5 where every count of the measure in its release is a multiple of 5, else 0.5.
    """
    counts = evidence.figures[["numerator", "denominator"]]
    rounded = (
        (counts.isna() | (counts % _ROUNDED_TO == 0)).groupby(_alike(evidence)).transform("all")
    )
    halves = np.where(rounded, _ROUNDED_TO / 2, 0.5)
    return pd.DataFrame(halves, index=counts.index, columns=counts.columns)


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


# Which column of findings each field of `Select` looks at.
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
        for name, column in _COLUMNS.items():
            wanted = getattr(self, name)
            if wanted:
                chosen &= findings[column].isin(wanted)
        return chosen


class KnownFinding(StrictModel):
    """One explanation of findings of one rule."""

    rule: str
    select: Select
    explanation: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]


class KnownFindings(StrictModel):
    """known_findings.yaml as it must be written."""

    known_findings: tuple[KnownFinding, ...]


def explain(findings: pd.DataFrame, rule: str, entries: Sequence[KnownFinding]) -> pd.DataFrame:
    """The findings of a rule with `explanation` and `source`, empty where there is none."""
    told = findings.assign(explanation="", source="").reset_index(drop=True)
    for entry in entries if len(told) else ():
        if entry.rule == rule:
            chosen = entry.select.of(told) & (told["explanation"] == "")
            told.loc[chosen, ["explanation", "source"]] = entry.explanation, entry.source
    return told


def stale(
    entries: Sequence[KnownFinding], outcomes: Sequence[RuleOutcome], *, release: str | None = None
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
