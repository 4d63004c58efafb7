"""What a reader's own file was taken for, as lines for a terminal, to agree to or to correct.

Enters: an `Understood` and the registers. Leaves: text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.present.terminal import columns
from bench.present.words import STATUS_WORDS
from bench.published.layouts import MatrixLayout
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.published.recognise import Understood
    from bench.registers import Registers

__all__ = ["understood_text"]

SAMPLE = 10
_FEW = 12
_UNITS = {
    "per_cent": "per cent",
    "fraction": "fractions of 1, shown as per cent",
    "per_100k": "per 100,000",
    "score": "score",
    "count": "number",
}
_LABELS = {
    "area_name": "council",
    "ons_code": "ONS code",
    "cassr_code": "CASSR code",
    "period": "year",
    "measure_type": "kind of number",
}


def understood_text(understood: Understood, registers: Registers) -> str:
    """What is read from where, what matched, what is missing, and ten rows of it."""
    lines = [*_how(understood)]
    if understood.figures is not None:
        lines += _what(understood.figures, registers, understood)
    if understood.unmatched:
        lines.append(f"Not matched   {_listed(understood.unmatched)}")
    lines += [f"Note          {note}" for note in understood.notes]
    return "\n".join(lines)


def _how(understood: Understood) -> Iterator[str]:
    layout = understood.layout
    yield f"File          {understood.file}"
    where = f", sheet {layout.sheet!r}" if layout.sheet else ""
    if understood.known:
        yield f"Layout        {understood.known} (known){where}"
        return
    yield f"Layout        proposed{where}"
    if not isinstance(layout, MatrixLayout):
        return
    for label, heading in layout.labels.items():
        yield f"  {heading!r} is the {_LABELS.get(label, label)}"
    if len(layout.figures) <= _FEW:
        for heading, figures in layout.figures.items():
            held = [v for v in (figures.area, figures.indicator, figures.period) if v]
            split = [figures.breakdown] if figures.breakdown else []
            of = f" of {', '.join([*held, *split])}" if held or split else ""
            yield f"  {heading!r} is the {figures.field}{of}"
    else:
        yield f"  {len(layout.figures)} columns of figures: {_listed(list(layout.figures))}"
    if layout.unread:
        yield f"  not read: {_listed([repr(name) for name in layout.unread])}"
    if layout.skip:
        yield f"  left out, because no area of the register: {_listed(list(layout.skip))}"
    for symbol, status in layout.symbols.items():
        name = "an empty cell" if symbol == "" else repr(symbol)
        yield f"  {name} means {STATUS_WORDS.get(status, 'a figure')}"


def _what(figures: pd.DataFrame, registers: Registers, understood: Understood) -> Iterator[str]:
    areas = sorted(set(figures["area_id"]))
    councils = [area for area in areas if area in registers.councils]
    others = [registers.councils.areas[area].name for area in areas if area not in councils]
    periods = sorted(set(figures["period"]))
    yield f"Years         {_listed(periods)}"
    existing = {c.area_id for p in periods for c in registers.councils.in_year(_year(p))}
    yield f"Councils      {len(councils)} of {len(existing)} that existed"
    if others:
        yield f"Other areas   {_listed(others)}"
    layout = understood.layout
    units = sorted({registers.indicators[i].unit.value for i in figures["indicator_id"]})
    if isinstance(layout, MatrixLayout) and layout.unit:
        yield f"Unit          {_UNITS[layout.unit]}, as the file states or shows"
    else:
        taken = " and ".join(_UNITS[unit] for unit in units)
        yield f"Unit          not stated once for the file; taken as {taken}"
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
    entry = registers.indicators[indicator_id]
    return f"{entry.code(_year(period))} {entry.short_title}"


def _year(period: str) -> FinancialYear:
    return FinancialYear.parse(period)


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:,.10g}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
