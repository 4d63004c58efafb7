"""What `bench add` shows before it asks: what a file is taken for, and what it would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.pages.quality.sections import findings_text
from bench.present.sentences import STATUS_WORDS
from bench.present.table import counted
from bench.present.terminal import columns
from bench.present.wording import UNITS
from bench.published.adding.examined_table import Fate, FateKind
from bench.published.layouts import MatrixLayout
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.integrity.checks.incoming import Incoming
    from bench.integrity.checks.rule import RuleOutcome
    from bench.published.adding.detect import Understood
    from bench.published.adding.register import Removal
    from bench.published.sources import SourceManifest
    from bench.reference import Registers

SAMPLE = 10
_FEW = 12
_MOST_PARTS = 40
_MOST_ROWS = 10


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
    for fate in understood.fates[:_MOST_PARTS]:
        yield f"  {_fate(fate)}"
    if len(understood.fates) > _MOST_PARTS:
        yield f"  and {len(understood.fates) - _MOST_PARTS} more"
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
    printed = [field for field in fields if field == "value" or sample[field].notna().any()]
    yield from columns(
        ["Place", "Area", "Indicator", "Group", "Year", *printed, "as printed"],
        [
            [
                str(row["place"]),
                registers.councils.areas[row["area_id"]].name,
                str(row["indicator_id"]),
                str(row["breakdown"]),
                str(row["period"]),
                *(_number(row[field]) for field in printed),
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


def _listed(names: Sequence[str], most: int = _FEW) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def incoming_text(
    incoming: Incoming,
    findings: Sequence[RuleOutcome],
    *,
    registers: Registers,
    manifest: SourceManifest,
    dated: bool,
) -> str:
    """The release, what it holds, what it changes, and what the rules find that is new.

    Args:
        incoming: what it would change.
        findings: rules with what they find with it and did not find before.
        registers: areas and indicators, with the release's year.
        manifest: the other releases, for what is published later.
        dated: whether anybody said when it was published.
    """
    release = incoming.release
    day = release.published if dated else f"{release.published}, as nobody said when"
    lines = [
        "",
        f"Release       {release.id}: {release.title}, {release.publisher}, published {day}",
        f"              {release.file}, sha256 {release.sha256[:12]}..., layout {release.layout}",
        f"In short      {counted(incoming.councils, 'council')}, "
        f"{counted(incoming.indicators, 'indicator')}, "
        f"{counted(len(incoming.new_codes), 'new code')}; "
        f"{counted(len(incoming.moved), 'figure')} moved by more than any did before",
        f"In force      of {counted(incoming.observed, 'figure')} {incoming.new:,} are new, "
        f"{incoming.alike:,} stand as they are, {_revised(incoming, registers)}{_later(incoming)}",
    ]
    lines += [f"Follows       {y}: codes and reviews of {of}" for y, of in release.follows.items()]
    if incoming.new_codes:
        lines.append(f"New codes     {_listed(incoming.new_codes, _MOST_ROWS)}")
    if incoming.ended:
        before = release.year.shift(-1)
        ended = [_title(name, before, registers) for name in incoming.ended]
        lines.append(
            f"Ended         with figures of {before}, none of {release.year}: "
            + _listed(ended, _MOST_ROWS)
        )
    if incoming.unprinted:
        lines.append(
            f"Stay          {counted(incoming.unprinted, 'figure')} in force for which it prints "
            "no number"
        )
    for name, number in incoming.overtaken.items():
        lines += _overtaken(incoming, manifest, name, number, dated=dated)
    by = (incoming.revised["later"] - incoming.revised["earlier"]).abs()
    revised = incoming.revised.loc[by.sort_values(ascending=False, kind="stable").index]
    lines += _table("Revised", revised, ["earlier", "later"], registers)
    by = incoming.moved["change"].abs() / incoming.moved["largest"]
    moved = incoming.moved.loc[by.sort_values(ascending=False, kind="stable").index]
    lines += _table("Moved", moved, ["previous_period", "previous_value", "value"], registers)
    if findings:
        number = sum(len(one.findings) for one in findings)
        lines += ["", f"New findings  {number:,}, which `bench check` would print as well"]
        lines += findings_text(findings)
    return "\n".join(lines)


def removal_text(agreed: Removal) -> str:
    """What goes and what stays when an added release is taken out."""
    release = agreed.release
    paths = [f"data/{name}" for name in agreed.gone]
    paths += [f"its entry in data/{name}" for name in agreed.texts]
    lines = [f"Release       {release.id}: {release.title}, {release.publisher}"]
    lines += [f"  goes        {path}" for path in paths]
    lines += [f"  {remark}" for remark in agreed.remarks]
    return "\n".join(lines)


def _revised(incoming: Incoming, registers: Registers) -> str:
    councils = {council.area_id for council in registers.councils}
    number = int(incoming.revised["area_id"].isin(councils).sum())
    return f"{len(incoming.revised):,} are revised ({number:,} of councils)"


def _later(incoming: Incoming) -> str:
    number = sum(incoming.overtaken.values())
    return f"; {number:,} are not in force" if number else ""


def _overtaken(
    incoming: Incoming, manifest: SourceManifest, name: str, number: int, *, dated: bool
) -> Iterator[str]:
    later = manifest[name]
    yield (
        f"Note          a later publication, {name} ({later.published}), prints the same "
        f"{counted(number, 'figure')}: it stays in force, and these are its history"
    )
    day = incoming.release.published
    why = f"{day} is the day that was given" if dated else "nobody said when it was published"
    yield (
        f"              {why}: --published DATE, with a day after {later.published}, "
        "would put these first"
    )


def _table(
    title: str, rows: pd.DataFrame, values: list[str], registers: Registers
) -> Iterator[str]:
    if rows.empty:
        return
    areas = registers.councils.areas
    yield ""
    yield from columns(
        [title, "Area", "Indicator", "Group", *(name.replace("_", " ") for name in values)],
        [
            [
                row["period"],
                areas[row["area_id"]].name,
                _title(row["indicator_id"], FinancialYear.parse(row["period"]), registers),
                row["breakdown"],
                *(one if isinstance(one := row[name], str) else f"{one:,.10g}" for name in values),
            ]
            for row in rows.head(_MOST_ROWS).to_dict("records")
        ],
    )
    if len(rows) > _MOST_ROWS:
        yield f"and {len(rows) - _MOST_ROWS:,} more"


def _title(name: str, year: FinancialYear, registers: Registers) -> str:
    indicator = registers.indicators[name]
    return indicator.coded_title(year) if indicator.published_in(year) else indicator.short_title
