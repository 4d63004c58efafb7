"""The report on the data: every source, integrity rule, finding and revision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import RegisterError
from bench.integrity.checks import registry, rule
from bench.pages.base import Report, section
from bench.pages.quality import sections
from bench.pages.quality.sections import quality_text
from bench.project.files import read_model
from bench.published import corrections, layouts, observations, revisions, sources
from bench.published.revisions import coverage

if TYPE_CHECKING:
    from pathlib import Path

    from bench.integrity.checks.rule import RuleOutcome
    from bench.present.html import Section
    from bench.published.sources import Release
    from bench.reference import Registers

ALL = "all"


@dataclass(frozen=True)
class Quality(Report):
    """What the rules say about one release or all of them."""

    release: str
    releases: tuple[Release, ...]
    outcomes: tuple[RuleOutcome, ...]
    history: pd.DataFrame
    corrections: tuple[corrections.Correction, ...]

    @property
    def exit_code(self) -> int:
        """0, or the code of the worst severity among findings that nobody has explained."""
        return registry.exit_code(self.outcomes)

    def frame(self) -> pd.DataFrame:
        """One row per finding: rule, severity, what was found where, and its explanation."""
        return pd.concat(
            [
                one.findings.assign(rule=one.rule.code, severity=one.rule.severity.value)
                for one in self.outcomes
            ],
            ignore_index=True,
        )[["rule", "severity", *rule.FINDING, "explanation", "source"]]

    def records(self) -> list[dict[str, Any]]:
        """One object per rule with its result and findings, as `bench check --format json`."""
        return [
            {
                "rule": one.rule.code,
                "severity": one.rule.severity.value,
                "message": one.rule.message,
                "result": one.result.value,
                "checked": list(one.checked),
                "not_run": dict(one.not_run),
                "unexplained": len(one.unexplained),
                "explained": len(one.explained),
                "findings": one.findings.to_dict("records"),
            }
            for one in self.outcomes
        ]

    def revisions(self) -> pd.DataFrame:
        """The figures that two releases print differently, of the release or of all."""
        found = revisions.differences(self.history)
        return found if self.release == ALL else found[self._mine(found)]

    def text(self) -> str:
        """The rules and the findings as plain text, for a terminal."""
        return quality_text(self.outcomes, scope=self.scope)

    @property
    def scope(self) -> str:
        """What was looked at, in words."""
        if self.release == ALL:
            return f"all {len(self.releases)} publications"
        return self.releases[0].title

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """What the page is about, and how it came out in a sentence."""
        return sections.heading(self.outcomes, scope=self.scope)

    @section
    def sources(self) -> Section:
        """Every publication: publisher, licence, dates, checksum, provenance."""
        return sections.sources_table(
            [release.model_dump(mode="json") for release in self.releases]
        )

    @section
    def coverage(self) -> Section:
        """How many councils have a figure, by indicator and year."""
        figures = self.history
        if self.release != ALL:
            figures = figures[figures["release_id"] == self.release]
        return sections.coverage_table(
            coverage(figures, sources.reference()),
            indicators=self._names().indicators,
            scope=self.scope,
        )

    @section
    def rules(self) -> Section:
        """Every rule with its result."""
        return sections.rules_table(self.outcomes, scope=self.scope)

    @section
    def findings(self) -> Section:
        """Every finding: first those that nobody has explained, then the others."""
        return sections.findings_section(self.outcomes, names=self._names())

    @section
    def corrected(self) -> Section:
        """What was put right on reading, and why."""
        return sections.corrections_table(
            [one.model_dump(mode="json") for one in self.corrections],
            names=self._names(),
        )

    @section
    def revised(self) -> Section:
        """How many figures two publications both print, and which of them differ."""
        again = revisions.agreement(self.history)
        if self.release != ALL:
            again = again[self._mine(again)]
        return sections.revisions_section(again, indicators=self._names().indicators)

    def _names(self) -> sections.Names:
        registers = sources.reference()
        return sections.Names(
            areas={area_id: area.name for area_id, area in registers.councils.areas.items()},
            indicators={one.indicator_id: one.short_title for one in registers.indicators},
            groups={key: one.label for key, one in registers.indicators.breakdowns.items()},
        )

    def _mine(self, frame: pd.DataFrame) -> pd.Series:
        return (frame["later_release_id"] == self.release) | (
            frame["earlier_release_id"] == self.release
        )


def quality(release: str = "all", *, palette: str | None = None) -> Quality:
    """Every integrity rule, asked of one release or of all.

    Args:
        release: A release of `data/sources.yaml`, or "all".
        palette: rag or af.

    Returns:
        A `Quality`: `frame()` has a row per finding, with its rule, severity and explanation.

    Raises:
        UnknownNameError: No such release.
        MissingDataError: There is no built data.

    >>> bench.quality("ascof_2018_19").exit_code
    0
    """
    root = sources.project_root()
    manifest = sources.manifest(root)
    chosen = None if release == ALL else manifest[release]
    registers = sources.reference(root)
    folder = root / "data" / "reference"
    history = observations.history(root=root)
    evidence = rule.evidence(history, registers, symbols=layouts.read(folder).symbols())
    return Quality(
        release=chosen.id if chosen else ALL,
        releases=(chosen,) if chosen else manifest.releases,
        outcomes=registry.run(
            evidence, known_entries(folder, manifest), release=chosen.id if chosen else None
        ),
        history=history,
        corrections=tuple(
            one for one in corrections.read(folder) if chosen is None or one.release == chosen.id
        ),
    ).in_palette(palette)


def newly_found(
    history: pd.DataFrame,
    joined: pd.DataFrame,
    *,
    registers: Registers,
    root: Path | None = None,
) -> tuple[RuleOutcome, ...]:
    """What the rules would find with one more release that they do not find without it.

    Args:
        history: the figures of the other releases; it may be empty.
        joined: the same with the release's figures at their place.
        registers: areas and indicators, with the release's years.
        root: The project; found from the working folder if not given.

    Returns:
        The rules with unexplained findings, each with those alone.
    """
    root = root or sources.project_root()
    folder = root / "data" / "reference"
    # Whether they name rules and releases that there are is asked by `bench check`.
    entries = read_model(folder / "known_findings.yaml", rule.KnownFindings).known_findings
    symbols = layouts.read(folder).symbols()
    rules = [one for one in registry.RULES if one.code in registry.OF_FIGURES]

    def found(figures: pd.DataFrame) -> tuple[RuleOutcome, ...]:
        evidence = rule.evidence(figures, registers, symbols=symbols)
        return registry.run(evidence, entries, rules=rules)

    after = [one for one in found(joined) if len(one.unexplained)]
    held = set(history["release_id"].astype("str"))
    before: dict[str, set[tuple[str, ...]]] = {}
    # What is found in the release itself is new; only what is found elsewhere may be old.
    if any(one.unexplained["release_id"].isin(held).any() for one in after):
        before = {one.rule.code: set(_keys(one.unexplained)) for one in found(history)}
    new = []
    for one in after:
        there = before.get(one.rule.code, set())
        rows = one.unexplained
        rows = rows[[key not in there for key in _keys(rows)]]
        if len(rows):
            new.append(replace(one, findings=rows))
    return tuple(new)


def _keys(findings: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(findings[list(rule.FINDING)].itertuples(index=False, name=None))


def known_entries(folder: Path, manifest: sources.SourceManifest) -> tuple[rule.KnownFinding, ...]:
    """What known_findings.yaml explains.

    Raises:
        RegisterError: It names a rule or a release that there is not.
    """
    path = folder / "known_findings.yaml"
    entries = read_model(path, rule.KnownFindings).known_findings
    allowed = {
        "rule": {one.code for one in registry.RULES},
        "release": {one.id for one in manifest.releases},
    }
    problems = [
        f"{path} entry {number}: no {kind} {name!r}."
        for number, entry in enumerate(entries, start=1)
        for kind, names in (("rule", [entry.rule]), ("release", entry.select.releases))
        for name in names
        if name not in allowed[kind]
    ]
    if problems:
        raise RegisterError(*problems, mend="see `bench list checks` and data/sources.yaml.")
    return entries
