"""Sources, coverage, corrections and revisions, as tables for the page on quality.

Enters: sources, coverage, corrections, revisions. Leaves: HTML fragments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bench.present.html import Fragment, fill
from bench.present.records import beneath, capital, linked, records_table
from bench.present.sentences import STATUS_WORDS
from bench.present.table import paragraph
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from bench.pages.quality.findings import Names

__all__ = ["corrections_table", "coverage_table", "revisions_section", "sources_table"]

# A cell's ground is one step deeper for each of these shares of the councils that it reaches.
_SHADES: Final = (0.0, 0.5, 0.75, 0.9, 0.98)


def sources_table(releases: Iterable[Mapping[str, Any]], *, palette: str = "rag") -> Fragment:
    """Every publication: who, when, under which licence, and how to know the file.

    Args:
        releases: entries of data/sources.yaml as mappings.
        palette: "rag" or "af".
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
        palette=palette,
    )


def coverage_table(
    coverage: pd.DataFrame,
    *,
    indicators: Mapping[str, str],
    scope: str,
    palette: str = "rag",
) -> Fragment:
    """Councils with a figure, by indicator and year.

    Args:
        coverage: one row per indicator and year: `indicator_id`, `period`, `councils`, `of`.
        indicators: id -> title.
        scope: what was looked at.
        palette: "rag" or "af".
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
        palette=check_palette(palette),
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


def corrections_table(
    entries: Sequence[Mapping[str, Any]], *, names: Names, palette: str = "rag"
) -> Fragment:
    """What was put right on reading, and why.

    Args:
        entries: entries of corrections.yaml as mappings.
        names: what ids are called.
        palette: "rag" or "af".
    """
    if not entries:
        return paragraph("Nothing was put right on reading.", palette=palette)
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
        palette=palette,
    )


def revisions_section(
    agreement: pd.DataFrame, *, indicators: Mapping[str, str], palette: str = "rag"
) -> Fragment:
    """How many figures two publications both print, and which measures differ.

    Args:
        agreement: one row per pair of releases, indicator and year; see
            `bench.published.revisions.agreement`.
        indicators: id -> title.
        palette: "rag" or "af".
    """
    if agreement.empty:
        return paragraph("No figure stands in two publications.", palette=palette)
    both, differing = int(agreement["both"].sum()), int(agreement["differing"].sum())
    told = paragraph(
        f"{both:,} figures stand in two publications, and {differing:,} of them differ. The later "
        "one is in force; the earlier one is kept as its history.",
        palette=palette,
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
        palette=palette,
    )
    return Fragment(told + table)
