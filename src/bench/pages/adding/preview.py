"""The preview of `bench add`, as lines for a terminal: columns, councils and units recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.present.sentences import STATUS_WORDS
from bench.present.terminal import columns
from bench.present.wording import UNITS
from bench.published.adding.fates import Fate, FateKind
from bench.published.layouts import MatrixLayout
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.published.adding.detect import Understood
    from bench.reference import Registers

SAMPLE = 10
_FEW = 12
_MOST = 40


def understood_text(understood: Understood, registers: Registers) -> str:
    """What is read from where, what matched, what is missing, and ten rows of it."""
    lines = [parts_text(understood)]
    if understood.figures is not None:
        lines += _what(understood.figures, registers, understood)
    if understood.unmatched:
        lines.append(f"Not matched   {_listed(understood.unmatched)}")
    lines += [f"Note          {note}" for note in understood.notes]
    lines += [f"Unknown       {doubt.problem}" for doubt in understood.doubts]
    return "\n".join(lines)


def parts_text(understood: Understood) -> str:
    """The layout, and what becomes of each sheet, column, group of rows and title."""
    return "\n".join(_how(understood))


def doubt_text(doubt: Fate) -> str:
    """One unknown as a question for a terminal; yes settles it by its first option."""
    settled = f" (as {doubt.maps[0]})" if doubt.maps else ""
    stop = "" if doubt.problem.endswith("?") else "."
    return f"{doubt.problem}{stop} Go on{settled}?"


def _how(understood: Understood) -> Iterator[str]:
    layout = understood.layout
    yield f"File          {understood.file}"
    where = f", sheet {layout.sheet!r}" if layout.sheet else ""
    if understood.known:
        yield f"Layout        {understood.known} (known){where}"
    else:
        yield f"Layout        proposed{where}"
    if not isinstance(layout, MatrixLayout):
        return
    for fate in understood.fates[:_MOST]:
        yield f"  {_fate(fate)}"
    if len(understood.fates) > _MOST:
        yield f"  and {len(understood.fates) - _MOST} more"
    for symbol, status in layout.symbols.items():
        name = "an empty cell" if symbol == "" else repr(symbol)
        yield f"  {name} means {STATUS_WORDS.get(status, 'a figure')}"


def _fate(fate: Fate) -> str:
    """One part of the file and what becomes of it."""
    name = repr(fate.name[:110]) if fate.part != "sheet" else f"sheet {fate.name!r}"
    if fate.kind is FateKind.READ:
        return f"{name} is {fate.words}"
    if fate.kind is FateKind.LEFT_OUT:
        rows = "rows " if fate.part == "rows" else ""
        return f"{rows}{name} not read: {fate.words}"
    return f"{name} UNKNOWN: {fate.words}"


def _what(figures: pd.DataFrame, registers: Registers, understood: Understood) -> Iterator[str]:
    areas = sorted(set(figures["area_id"]))
    councils = [area for area in areas if area in registers.councils]
    others = [registers.councils.areas[area].name for area in areas if area not in councils]
    periods = sorted(set(figures["period"]))
    yield f"Years         {_listed(periods)}"
    existing = {c.area_id for p in periods for c in registers.councils.in_year(_year(p))}
    living = existing.intersection(councils)
    yield f"Councils      {len(living)} of {len(existing)} that existed"
    if others:
        yield f"Other areas   {_listed(others)}"
    units = sorted({registers.indicators[i].unit.value for i in figures["indicator_id"]})
    layout = understood.layout
    fractions = isinstance(layout, MatrixLayout) and (
        layout.unit == "fraction"
        or layout.units
        or any(f.unit == "fraction" for f in layout.figures.values())
    )  # fmt: skip
    taken = " and ".join(UNITS[unit].name for unit in units)
    yield f"Unit          {taken}" + ("; fractions of 1 shown as per cent" if fractions else "")
    yield ""
    counts = pd.crosstab([figures["indicator_id"], figures["period"]], figures["status"])
    yield from columns(
        ["Indicator", "Year", *(STATUS_WORDS.get(str(s), str(s)) for s in counts.columns)],
        [
            [_indicator(str(indicator), str(period), registers), str(period), *map(str, row)]
            for (indicator, period), row in zip(
                counts.index.tolist(), counts.to_numpy().tolist(), strict=True
            )
        ],
    )
    yield ""
    sample = figures.iloc[:: max(1, len(figures) // SAMPLE)].head(SAMPLE)
    fields = ["value", "numerator", "denominator", "respondents", "margin"]
    held = [field for field in fields if field == "value" or sample[field].notna().any()]
    yield from columns(
        ["Place", "Area", "Indicator", "Group", "Year", *held, "as printed"],
        [
            [
                str(row["place"]),
                registers.councils.areas[row["area_id"]].name,
                str(row["indicator_id"]),
                str(row["breakdown"]),
                str(row["period"]),
                *(_number(row[field]) for field in held),
                repr(row["marker"]),
            ]
            for row in sample.to_dict("records")
        ],
    )


def _indicator(indicator_id: str, period: str, registers: Registers) -> str:
    return registers.indicators[indicator_id].coded_title(_year(period))


def _year(period: str) -> FinancialYear:
    return FinancialYear.parse(period)


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.10g}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
