"""The sections of the page on quality, as tables for the page and as plain text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from bench.integrity.checks.rule import RuleResult, Severity
from bench.present.html import Section, fill, joined
from bench.present.sentences import STATUS_WORDS
from bench.present.table import beneath, capital, counted, linked, paragraph, records_table
from bench.present.theme import Look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from bench.integrity.checks.rule import RuleOutcome


# A list of findings longer than this is cut off, and says so.
MOST_LISTED: Final = 50
_LOOKS: Final = {
    RuleResult.PASS: Look("pass", "✓", None, "pass", "better", "circle"),
    RuleResult.FAIL: Look("fail", "✗", None, "fail", "worse", "x"),
    RuleResult.NOT_RUN: Look("not_run", "—", None, "not run", "none", "line-ew"),
}
_MEANING: Final = (
    "A finding is a question to the figure, not a correction of it: every figure stays as it was "
    "published. Explained findings are listed with the sentence that explains them."
)


class Names(NamedTuple):
    """What ids are called on a page: id -> words."""

    areas: Mapping[str, str]
    indicators: Mapping[str, str]
    groups: Mapping[str, str]


def sentence(outcomes: Sequence[RuleOutcome], *, scope: str) -> str:
    """How it came out, in a sentence or two."""
    open_findings = sum(len(one.unexplained) for one in outcomes)
    explained = sum(len(one.explained) for one in outcomes)
    worst = next((s for s in Severity if _unexplained_at(outcomes, s)), None)
    told = "Nothing is left to look at"
    if worst is not None:
        told = f"{counted(open_findings, 'finding')} to be looked at, the worst of them {worst}"
    known = f" Known and explained: {counted(explained, 'finding')}." if explained else ""
    return f"{len(outcomes)} rules were asked of {scope}. {told}.{known}"


def heading(outcomes: Sequence[RuleOutcome], *, scope: str) -> Section:
    """How it came out, and what a finding means."""
    return fill(
        "page/soundness.html.j2",
        sentence=sentence(outcomes, scope=scope),
        meaning=_MEANING,
    )


def rules_table(outcomes: Sequence[RuleOutcome], *, scope: str) -> Section:
    """Every rule with its result."""
    return records_table(
        caption=f"{len(outcomes)} rules, worst first, asked of {scope}",
        note="Fail: a finding that nobody has explained. Pass: no finding, or only explained ones.",
        columns=(
            "What would be wrong",
            "Severity",
            "Result",
            "To look at",
            "Explained",
            "Looked at",
        ),
        lines=[
            (
                beneath(capital(one.rule.message), one.rule.explanation, f"Rule: {one.rule.code}"),
                one.rule.severity.value,
                result_tag(one.result),
                f"{len(one.unexplained):,}",
                f"{len(one.explained):,}",
                _looked_at(one),
            )
            for one in outcomes
        ],
    )


def findings_section(outcomes: Sequence[RuleOutcome], *, names: Names) -> Section:
    """Every finding: those that nobody has explained, and those that are explained."""
    explained = [
        (one, str(explanation), str(source), group)
        for one in outcomes
        for (explanation, source), group in one.explained.groupby(
            ["explanation", "source"], sort=False
        )
    ]
    lines = [
        (
            f"{number}. {capital(one.rule.message)}",
            f"{len(group):,}",
            "; ".join(sorted(set(group["period"]))),
            explanation,
            source,
        )
        for number, (one, explanation, source, group) in enumerate(explained, start=1)
    ]
    return fill(
        "quality/flaws.html.j2",
        unexplained=[
            _listed(one.unexplained, capital(one.rule.message), names)
            for one in outcomes
            if len(one.unexplained)
        ],
        explained=lines
        and records_table(
            caption="What is known, and why it is so",
            columns=("What", "Findings", "Years", "Explanation", "Source"),
            lines=lines,
        ),
        lists=[
            (
                f"{number}. {capital(one.rule.message)}: {counted(len(group), 'finding')}",
                _listed(group, f"{number}. {capital(one.rule.message)}", names),
            )
            for number, (one, _, _, group) in enumerate(explained, start=1)
        ],
    )


def _listed(findings: pd.DataFrame, caption: str, names: Names) -> Section:
    more = len(findings) - MOST_LISTED
    return records_table(
        caption=caption,
        note=f"The first {MOST_LISTED} of {len(findings):,}; bench check --format json prints all."
        if more > 0
        else "",
        columns=("Indicator", "Area", "Year", "Found", "Expected", "Where"),
        lines=[
            (
                names.indicators.get(row["indicator_id"], row["indicator_id"])
                + _group(row["breakdown"], names),
                names.areas.get(row["area_id"], row["area_id"]) or "the measure",
                row["period"],
                row["found"],
                row["expected"],
                ", ".join(filter(None, (row["release_id"], row["place"]))),
            )
            for row in findings.head(MOST_LISTED).to_dict("records")
        ],
    )


def _group(breakdown: str, names: Names) -> str:
    if breakdown in ("all", ""):
        return ""
    return f": {names.groups.get(breakdown, breakdown).casefold()}"


def _looked_at(outcome: RuleOutcome) -> Markup | str:
    told = counted(len(outcome.checked), "publication")
    reasons = sorted(set(outcome.not_run.values()))
    return beneath(
        told,
        *(
            f"not {counted(list(outcome.not_run.values()).count(reason), 'other')}: {reason}"
            for reason in reasons
        ),
    )


def _unexplained_at(outcomes: Sequence[RuleOutcome], severity: Severity) -> bool:
    return any(len(one.unexplained) for one in outcomes if one.rule.severity is severity)


def result_tag(result: RuleResult) -> Markup:
    """How a rule came out: symbol and word."""
    look = _LOOKS[result]
    return Markup(
        '<span class="verdict tone-{}"><span class="symbol" aria-hidden="true">{}</span> '
        '<span class="meaning">{}</span></span>'
    ).format(look.tone, look.symbol, look.meaning)


# A cell's ground is one step deeper for each of these shares of the councils that it reaches.
_SHADES: Final = (0.0, 0.5, 0.75, 0.9, 0.98)


def sources_table(releases: Iterable[Mapping[str, Any]]) -> Section:
    """Every publication: who, when, under which licence, and how to know the file.

    Args:
        releases: entries of data/sources.yaml as mappings.
    """
    return records_table(
        caption="Publications in hand",
        note="In order of publication. The checksum tells whether a file is the one described.",
        columns=("Publication", "Publisher", "Published", "Licence", "File and sha256"),
        lines=[
            (
                linked(release["title"], release["landing_page"]),
                release["publisher"],
                release["published"],
                release["licence"],
                beneath(release["file"], release["sha256"], f"Copy used: {release['provenance']}"),
            )
            for release in releases
        ],
    )


def coverage_table(
    coverage: pd.DataFrame,
    *,
    indicators: Mapping[str, str],
    scope: str,
) -> Section:
    """Councils with a figure, by indicator and year.

    Args:
        coverage: one row per indicator and year: `indicator_id`, `period`, `councils`, `of`.
        indicators: id -> title.
        scope: what was looked at.
    """
    rows = coverage.to_dict("records")
    periods = sorted({row["period"] for row in rows})
    there = {row["period"]: row["of"] for row in rows}
    counted = {(row["indicator_id"], row["period"]): row["councils"] for row in rows}

    def cell(indicator: str, period: str) -> dict[str, Any]:
        councils = counted.get((indicator, period))
        if councils is None:
            return {"text": "n/a", "shade": "na"}
        share = councils / there[period]
        shade = sum(share >= reached for reached in _SHADES) if councils else 0
        return {"text": councils or "none", "shade": shade}

    return fill(
        "quality/coverage.html.j2",
        table_id="coverage",
        caption=f"Councils with a figure, by indicator and year: {scope}",
        note="n/a: not asked for in that year. none: asked for, but no figure in hand. "
        "The deeper the ground of a cell, the more councils.",
        periods=periods,
        there=[there[period] for period in periods],
        lines=[
            {
                "title": indicators.get(indicator, indicator),
                "cells": [cell(indicator, period) for period in periods],
            }
            for indicator in dict.fromkeys(row["indicator_id"] for row in rows)
        ],
    )


def corrections_table(entries: Sequence[Mapping[str, Any]], *, names: Names) -> Section:
    """What was put right on reading, and why.

    Args:
        entries: entries of corrections.yaml as mappings.
        names: what ids are called.
    """
    if not entries:
        return paragraph("Nothing was put right on reading.")
    return records_table(
        caption="Put right on reading",
        columns=("Correction", "Figures", "What was done", "Why"),
        lines=[
            (
                capital(entry["id"].replace("_", " ")),
                str(entry["expect"]["rows"]),
                f"moved to {names.areas.get(entry['move_to'], entry['move_to'])}"
                if entry["move_to"]
                else f"now: {STATUS_WORDS[entry['status']]}",
                entry["reason"],
            )
            for entry in entries
        ],
    )


def revisions_section(agreement: pd.DataFrame, *, indicators: Mapping[str, str]) -> Section:
    """How many figures two publications both print, and which measures differ.

    Args:
        agreement: one row per pair of releases, indicator and year; see
            `bench.published.revisions.agreement`.
        indicators: id -> title.
    """
    if agreement.empty:
        return paragraph("No figure stands in two publications.")
    both, differing = int(agreement["both"].sum()), int(agreement["differing"].sum())
    told = paragraph(
        f"{both:,} figures stand in two publications, and {differing:,} of them differ. The later "
        "one is in force; the earlier one is kept as its history.",
    )
    revised = agreement[agreement["differing"] > 0]
    if revised.empty:
        return told
    table = records_table(
        caption="Measures that were revised",
        columns=(
            "Indicator",
            "Year",
            "Printed in both",
            "Differing",
            "Of them councils",
            "From, to",
        ),
        lines=[
            (
                indicators.get(row["indicator_id"], row["indicator_id"]),
                row["period"],
                f"{row['both']:,}",
                f"{row['differing']:,}",
                f"{row['differing_councils']:,}",
                f"{row['earlier_release_id']}, {row['later_release_id']}",
            )
            for row in revised.to_dict("records")
        ],
    )
    return joined(told, table)


_MOST: Final = 10


def quality_text(outcomes: Sequence[RuleOutcome], *, scope: str) -> str:
    """The rules with their results, then the findings: open ones first, at most ten a rule."""
    lines = [sentence(outcomes, scope=scope), ""]
    lines.append(f"{'Rule':12} {'Severity':9} {'Result':8} {'To look at':>10} {'Explained':>10}")
    lines += [
        f"{one.rule.code:12} {one.rule.severity:9} {one.result:8} {len(one.unexplained):10,} "
        f"{len(one.explained):10,}  {one.rule.message}"
        for one in outcomes
    ]
    lines += _section("To be looked at", _open(outcomes))
    lines += _section("Explained", _explained(outcomes))
    lines += _section("Not run", _not_run(outcomes))
    return "\n".join(lines)


def findings_text(outcomes: Sequence[RuleOutcome]) -> list[str]:
    """The findings that nobody has explained, as lines: each rule with at most ten."""
    return list(_open(outcomes))


def _section(title: str, content: Iterator[str]) -> list[str]:
    found = list(content)
    return ["", title, *found] if found else []


def _open(outcomes: Sequence[RuleOutcome]) -> Iterator[str]:
    for one in outcomes:
        if len(one.unexplained):
            yield f"  {one.rule.severity} {one.rule.code}: {one.rule.message}"
            yield from _lines(one.unexplained)


def _lines(findings: pd.DataFrame) -> Iterator[str]:
    for row in findings.head(_MOST).to_dict("records"):
        names = (row["indicator_id"], row["breakdown"], row["area_id"])
        place = f", {row['place']}" if row["place"] else ""
        yield f"    {' '.join(filter(None, names))} {row['period']}: found {row['found']}"
        yield f"      expected {row['expected']} ({row['release_id']}{place})"
    if len(findings) > _MOST:
        yield f"    and {len(findings) - _MOST:,} more; --format json prints all"


def _explained(outcomes: Sequence[RuleOutcome]) -> Iterator[str]:
    for one in outcomes:
        for (explanation, source), group in one.explained.groupby(
            ["explanation", "source"], sort=False
        ):
            yield f"  {one.rule.code} ({len(group):,}): {explanation} [{source}]"


def _not_run(outcomes: Sequence[RuleOutcome]) -> Iterator[str]:
    for one in outcomes:
        for reason in sorted(set(one.not_run.values())):
            releases = [name for name, why in one.not_run.items() if why == reason]
            yield f"  {one.rule.code}: {reason} ({', '.join(releases)})"
