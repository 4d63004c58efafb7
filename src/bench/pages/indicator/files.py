"""The downloads of an indicator's page: each of its tables as CSV, all of them as one workbook.

Enters: the figures of an indicator. Leaves: files by what they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.present import sheet as sheets
from bench.present.downloads import Download, of_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bench.pages.indicator.data import IndicatorFigures

__all__ = ["files"]


def files(shown: IndicatorFigures, notes: Sequence[tuple[str, str]]) -> dict[str, Download]:
    """The files of a page.

    Returns:
        "councils", "areas" and "years" always; "neighbours" where a council with peers is chosen,
        "groups", "shares" and "beside" where there are such tables; last "workbook", which holds
        them all.
    """
    frame = shown.frame()
    councils = sheets.with_directions(
        sheets.frame_sheet(frame, name="Councils", columns=sheets.ONE_INDICATOR),
        shown.trend_tests(),
        decimals=shown.indicator.decimals(shown.financial_year),
    )
    councils = sheets.with_firmness(
        councils, [council.area_id for council, _ in shown.rows], shown.told
    )
    tables = {"councils": ("Every council", councils)}

    def add(name: str, label: str, frame: pd.DataFrame, columns: dict[str, str]) -> None:
        sheet = sheets.frame_sheet(frame, name=name.capitalize(), columns=columns)
        tables[name] = (label, sheet)

    if shown.group is not None and shown.group.members and shown.council is not None:
        near = {shown.council.area_id, *(peer.area_id for peer in shown.group.members)}
        label = f"{shown.council.name} and its peers"
        add("neighbours", label, frame[frame["area_id"].isin(list(near))], sheets.NEIGHBOURS)
    groups = shown.groups()
    if not groups.empty:
        named = groups.assign(area=groups["area_id"].map(shown.areas_shown))
        add("groups", "By age and sex", named, sheets.GROUPS)
    shares = shown.shares()
    if shares is not None:
        add("shares", "Share with a direct payment", shares, sheets.SHARES)
    add("areas", "England and the regions", shown.areas(), sheets.AREAS)
    add("years", "Every year", shown.distribution(), sheets.YEARS)
    pairs = shown.pairs()
    if pairs is not None and shown.beside is not None:
        names = {
            "council": "Council",
            "x": shown.indicator.short_title,
            "y": shown.beside.short_title,
        }
        add("beside", "Both figures of each council", pairs.points, names)
    stem = shown.indicator.indicator_id
    if shown.council is not None:
        stem = f"{stem}-{shown.council.area_id}-{shown.year}"
    return of_tables(stem, tables, sheets.notes_sheet(notes))
