"""England and its regions as published, each beside how its councils lie: no map is needed.

Enters: the frame of areas. Leaves: one table, with a small picture in each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from bench.present.numbers import NO_NUMBER, UNIT_NOTES, short
from bench.present.rows import records
from bench.present.sentences import STATUS_WORDS
from bench.present.table import paragraph, values_table

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.html import Fragment
    from bench.present.rows import Measure

__all__ = ["area_table"]

KEY: Final = (
    "In each picture the thin line is the range of the councils, the thick one their middle half, "
    "and the upright their median. The ring is the published figure. All pictures share one scale. "
    "For the middle half and the median each council counts once, so the published figure may lie "
    "elsewhere."
)
WIDTH: Final = 160
HEIGHT: Final = 24
EDGE: Final = 6


def area_table(
    areas: pd.DataFrame,
    *,
    measure: Measure,
    year: str,
    files: Fragment | str = "",
    palette: str = "rag",
) -> Fragment:
    """The published figure of each area, and the range, middle half and median of its councils.

    Args:
        areas: see `bench.judge.summaries.within_regions`.
        measure: what is counted.
        year: the financial year, as "2014-15".
        files: links to the files that hold the table.
        palette: rag or af.
    """
    found = records(areas)
    ends = [
        float(one[name])
        for one in found
        for name in ("low", "high", "value")
        if one[name] is not None
    ]
    note = UNIT_NOTES.get(measure.unit)
    table = values_table(
        caption=f"{measure.short_title}: England and its regions, {year}",
        columns=(
            "Area",
            f"Published figure ({note})" if note else "Published figure",
            "Picture",
            "Councils' range",
            "Their middle half",
            "Their median",
            "How many",
        ),
        lines=[
            (
                one["area"],
                short(one["value"], measure)
                if one["value"] is not None
                else STATUS_WORDS.get(one["status"], NO_NUMBER),
                _picture(one, min(ends), max(ends)) if ends else "",
                _span(one, "low", "high", measure),
                _span(one, "lower_quartile", "upper_quartile", measure),
                short(one["median"], measure),
                one["councils"],
            )
            for one in found
        ],
        palette=palette,
        prose=("Picture",),
    )
    return table + files + paragraph(KEY, palette=palette)


def _span(one: dict[str, Any], first: str, last: str, measure: Measure) -> str:
    if not one["councils"]:
        return NO_NUMBER
    return f"{short(one[first], measure)} to {short(one[last], measure)}"


def _picture(one: dict[str, Any], low: float, high: float) -> Markup:
    """Range, middle half, median and published figure, for the eye only; the cells have words."""
    middle = HEIGHT / 2

    def across(figure: float) -> str:
        share = (figure - low) / (high - low) if high > low else 0.5
        return f"{EDGE + (WIDTH - 2 * EDGE) * share:.1f}"

    parts = []
    if one["councils"]:
        at = {name: across(one[name]) for name in (
            "low", "lower_quartile", "median", "upper_quartile", "high")}  # fmt: skip
        parts = [
            f'<path d="M{at["low"]} {middle:g}H{at["high"]}" stroke-width="1.25"/>',
            f'<path class="half" d="M{at["lower_quartile"]} {middle:g}H{at["upper_quartile"]}" '
            'stroke-width="9"/>',
            f'<path d="M{at["median"]} {middle - 7:g}V{middle + 7:g}" stroke-width="2"/>',
        ]
    if one["value"] is not None:
        parts.append(
            f'<circle class="published" cx="{across(one["value"])}" cy="{middle:g}" r="4" '
            'stroke-width="2"/>'
        )
    # Every number here is this function's own; no text of the data is in it.
    return Markup(  # noqa: S704
        f'<svg class="spark lie" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="currentColor" aria-hidden="true" '
        'focusable="false">' + "".join(parts) + "</svg>"
    )
