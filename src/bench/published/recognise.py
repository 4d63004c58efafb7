"""What a reader's own file is: a known layout, told by its content, or a proposal for a new one.

Enters: a file's bytes, the layouts, the registers and what its reader wishes. Leaves: an
`Understood`: the layout, the year and the figures as that layout reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, ParameterError, Problems
from bench.published import coded, readers
from bench.published.labels import text
from bench.published.layouts import CodedLayout, LongLayout, MatrixLayout, WideLayout
from bench.published.matrix import decimals_in, locate
from bench.published.opening import grids
from bench.published.propose import propose
from bench.published.wishes import FIELDS
from bench.published.wording import years_in
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    import pandas as pd

    from bench.published.layouts import AnyLayout, LayoutFile
    from bench.published.wishes import Grid, Wishes
    from bench.registers import Registers

__all__ = ["Understood", "recognise"]


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file was taken for.

    Attributes:
        file: the file's name.
        known: the name of the layout in layouts.yaml that fits, or None where it is proposed.
        layout: how the file is read.
        year: the year whose framework gives the codes, and of the figures where nothing else does.
        figures: one row per figure, `readers.COLUMNS`; None where `refused` says why not.
        refused: why the file cannot be read so, or None.
        matched: labels of areas as printed that the register knows.
        unmatched: labels that it does not know.
        title: the first words above the table, or nothing.
        notes: what else should be known before agreeing.
    """

    file: str
    known: str | None
    layout: AnyLayout
    year: FinancialYear
    figures: pd.DataFrame | None
    refused: BenchError | None = None
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()


def recognise(
    content: bytes, file: str, *, layouts: LayoutFile, registers: Registers, wishes: Wishes
) -> Understood:
    """Take a file for what its content says, whatever its name.

    Args:
        content: The file's bytes.
        file: Its name, for messages, and for the year where nothing else names one.
        layouts: The layouts that are known.
        registers: Areas, indicators and breakdowns.
        wishes: What its reader says about it.

    Raises:
        LayoutError: It is no table, or cannot be understood; the place and an option are named.
        ParameterError: A wish names what there is not.
        UnknownNameError: A wish names no layout.
    """
    unknown = [name for name, _ in wishes.maps if name not in FIELDS]
    if unknown:
        raise ParameterError(
            f"found --map {unknown[0]}=..., expected one of {', '.join(FIELDS)}.",
        )
    if not content:
        raise LayoutError(f"{file} line 1: the file is empty.", mend="fetch the file again.")
    found = list(grids(content, file))
    if not found:
        raise LayoutError(f"{file}: found no cell with anything in it.", mend="fetch it again.")
    if wishes.layout is not None:
        layout = layouts[wishes.layout]
        return _as_known(content, file, wishes.layout, layout, found, registers, wishes)
    if not wishes.maps:
        known = _known(content, file, found, layouts, registers, wishes)
        if known is not None:
            return known
    return _proposed(content, file, found, registers, wishes)


# --- known layouts ------------------------------------------------------------------------------


def _known(
    content: bytes,
    file: str,
    found: list[Grid],
    layouts: LayoutFile,
    registers: Registers,
    wishes: Wishes,
) -> Understood | None:
    """The file by the one layout that fits it exactly; None where none does."""
    tried: list[Understood] = []
    for name, declared in layouts.layouts.items():
        layout = _fitted(content, declared, found)
        if layout is not None:
            made = _as_known(content, file, name, layout, found, registers, wishes)
            same = layout == declared
            tried.append(replace(made, known=name if same else None, title=made.title))
    read = [made for made in tried if made.figures is not None]
    first = read[0].figures if read else None
    for other in read[1:]:
        if first is not None and other.figures is not None and not first.equals(other.figures):
            names = [name for name, d in layouts.layouts.items() if _fitted(content, d, found)]
            raise LayoutError(
                f"{file} fits the layouts {' and '.join(names)}, which read it differently.",
                mend=f"choose: --as {names[0]}",
            )
    if read:
        return next((made for made in read if made.known), read[0])
    return min(
        tried, key=lambda made: len(made.refused.problems) if made.refused else 0, default=None
    )


def _fitted(content: bytes, layout: AnyLayout, found: list[Grid]) -> AnyLayout | None:
    """The layout, in the file's own container and encoding, if its columns and sheets fit."""
    first = found[0]
    if isinstance(layout, WideLayout):
        pattern = re.compile(layout.sheet)
        sheets = [grid.sheet for grid in found if grid.sheet is not None]
        tables = [sheet for sheet in sheets if pattern.fullmatch(sheet)]
        others = set(sheets) - set(tables) - set(layout.other_sheets)
        return layout if tables and not others else None
    if isinstance(layout, CodedLayout):
        plain = first.sheet is None and first.delimiter == ","
        if not plain or coded.row_of_codes(first.table, layout) is None:
            return None
        if _decodes_alike(content, layout.encoding, first.encoding):
            return layout
        return layout.model_copy(update={"encoding": first.encoding})
    if isinstance(layout, MatrixLayout):
        for grid in found:
            same_kind = (grid.sheet is None) == (layout.sheet is None)
            if same_kind and layout.sheet in (None, grid.sheet):
                return layout if not isinstance(locate(grid.table, layout), str) else None
        return None
    for grid in found:
        names = [text(cell) for cell in grid.table.rows[0]]
        if sorted(names) != sorted(layout.columns.values()):
            continue
        if layout.sheet is None and grid.sheet is None:
            if layout.delimiter == grid.delimiter and _decodes_alike(
                content, layout.encoding, grid.encoding
            ):
                return layout
            return layout.model_copy(
                update={"encoding": grid.encoding, "delimiter": grid.delimiter}
            )
        return layout.model_copy(update={"sheet": grid.sheet, "encoding": first.encoding})
    return None


def _decodes_alike(content: bytes, one: str, other: str) -> bool:
    try:
        return content.decode(one) == content.decode(other)
    except UnicodeDecodeError:
        return False


def _as_known(
    content: bytes,
    file: str,
    name: str,
    layout: AnyLayout,
    found: list[Grid],
    registers: Registers,
    wishes: Wishes,
) -> Understood:
    year = wishes.year or _year_of(file, layout, found)
    made = Understood(file, name, layout, year, None)
    try:
        return replace(made, figures=_read(content, layout, year, registers, file))
    except BenchError as error:
        return replace(made, refused=error)


def _year_of(file: str, layout: AnyLayout, found: list[Grid]) -> FinancialYear:
    """The year of a file in a known layout, from its cells, else from its name.

    Raises:
        LayoutError: Nothing names one year.
    """
    years: set[FinancialYear] = set()
    for grid in found:
        rows = grid.table.rows
        if isinstance(layout, LongLayout):
            names = [text(cell) for cell in rows[0]]
            if layout.columns.get("period") in names:
                at = names.index(layout.columns["period"])
                for row in rows[1:]:
                    years |= years_in(text(row[at])) if at < len(row) else set()
        else:
            for row in rows[:20]:
                years |= years_in(" ".join(map(text, row)))
    if years and not isinstance(layout, LongLayout):
        return max(years)
    years = years or years_in(file.replace("_", "-"))
    if len(years) == 1:
        return next(iter(years))
    listed = ", ".join(map(str, sorted(years)))
    raise LayoutError(
        f"{file} holds figures of {listed}; one release is of one year."
        if years
        else f"{file} does not say which year it is about.",
        mend=f"--year {max(years) if years else '2018-19'}",
    )


def _read(
    content: bytes, layout: AnyLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    figures = readers.read(content, layout=layout, year=year, registers=registers, file=file)
    if figures.empty:
        raise LayoutError(f"{file}: found no figure of {year}.")
    return figures


# --- proposals ----------------------------------------------------------------------------------


def _proposed(
    content: bytes, file: str, found: list[Grid], registers: Registers, wishes: Wishes
) -> Understood:
    """The sheet with most areas, read as proposed."""
    sheet = wishes.one("sheet")
    chosen = [grid for grid in found if sheet is None or grid.sheet == sheet]
    if not chosen:
        sheets = ", ".join(repr(grid.sheet) for grid in found)
        raise ParameterError(f"{file}: found no sheet {sheet!r} with a table; it has {sheets}.")
    made: list[Understood] = []
    problems = Problems(LayoutError, file)
    refusals: list[BenchError] = []
    for grid in chosen:
        try:
            proposal = propose(grid, registers, wishes, file)
        except (LayoutError, ParameterError) as error:
            refusals.append(error)
            continue
        made.append(
            Understood(
                file,
                None,
                proposal.layout,
                proposal.year,
                None,
                matched=proposal.matched,
                unmatched=proposal.unmatched,
                title=proposal.title,
            )
        )
    if not made:
        if len(refusals) == 1:
            raise refusals[0]
        for refusal in refusals:
            problems.add("; ".join(refusal.problems))
        problems.raise_if_any()
    best = max(made, key=lambda understood: len(understood.matched))
    others = [_sheet(other) for other in made if other is not best]
    notes = (f"not read: {', '.join(others)} (one sheet at a time)",) if others else ()
    return _with_figures(content, replace(best, notes=notes), registers)


def _sheet(understood: Understood) -> str:
    sheet = understood.layout.sheet
    return f"sheet {sheet!r}" if sheet else "the file"


def _with_figures(content: bytes, made: Understood, registers: Registers) -> Understood:
    """The figures of a proposal, rounded only where the file prints more than is published."""
    assert isinstance(made.layout, MatrixLayout)  # noqa: S101 - narrows the type
    rounding = made.layout.model_copy(update={"rounded": True})
    try:
        figures = _read(content, rounding, made.year, registers, made.file)
    except BenchError as error:
        return replace(made, refused=error)
    spare = 2 if made.layout.unit == "fraction" else 0
    longer = sum(
        decimals_in(marker) - spare
        > registers.indicators[indicator].decimals(FinancialYear.parse(period))
        for indicator, period, marker in figures[["indicator_id", "period", "marker"]].itertuples(
            index=False
        )
    )
    if not longer:
        return replace(made, figures=figures)
    note = f"{longer:,} figures have more decimals than are published and are rounded to these"
    return replace(made, layout=rounding, figures=figures, notes=(*made.notes, note))
