"""Detection of a foreign file: its tables, and a known layout for them or a proposal of a new one.

Whether it is a workbook or a text, in which encoding and with which delimiter, its content tells.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import BenchError, LayoutError, ParameterError, Problems
from bench.published.adding.examined_table import Fate, FateKind, Grid
from bench.published.adding.overrides import FIELDS
from bench.published.adding.plausible import ParsedFigure, doubts_of
from bench.published.adding.propose import propose
from bench.published.layouts import CodedLayout, LongLayout, MatrixLayout, WideLayout
from bench.published.readers import coded, published_file
from bench.published.readers.cells import text
from bench.published.readers.containers import csv_table, sheet_table, workbook
from bench.published.readers.header_words import years_in
from bench.published.readers.matrix import decimals_in, locate, option, read_entries
from bench.published.readers.normalise import finish
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.published.adding.overrides import Overrides
    from bench.published.adding.plausible import Usual
    from bench.published.adding.propose import Proposal
    from bench.published.layouts import AnyLayout, LayoutFile
    from bench.published.readers.matrix import Entry
    from bench.reference import Registers

_WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ",\t;|"
_SAMPLE = 200_000


def grids(content: bytes, file: str) -> Iterator[Grid]:
    """Every sheet with anything in it, or the one table of a text.

    Raises:
        LayoutError: The bytes are neither a workbook nor text in cells.
    """
    if content.startswith(_WORKBOOKS):
        book = workbook(content, file)
        for name, sheet in book.sheets.items():
            table = sheet_table(book, name, file)
            if any(text(cell) for row in table.rows for cell in row):
                yield Grid(
                    table,
                    name,
                    hidden=sheet.hidden,
                    hidden_rows=sheet.hidden_rows,
                    hidden_columns=sheet.hidden_columns,
                    merged=sheet.merged,
                )
        return
    encoding = _encoding(content, file)
    decoded = content.decode(encoding).removeprefix("\ufeff")
    if re.match(r"\s*<(!doctype|html|\?xml|table)", decoded, re.IGNORECASE):
        raise LayoutError(
            f"{file} line 1: found a web page or XML, expected CSV, TSV, XLS, XLSX or ODS.",
            mend="open it in a spreadsheet program and save it as XLSX.",
        )
    delimiter = _delimiter(decoded)
    table = csv_table(content, encoding, file, delimiter)
    if any(cell.strip() for row in table.rows for cell in map(str, row)):
        yield Grid(table, None, encoding, delimiter)


def _encoding(content: bytes, file: str) -> str:
    """The encoding of a text: by its mark, else UTF-8 where it fits, else cp1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\x00" in content[:2000]:
        even, odd = content[:2000:2].count(0), content[1:2000:2].count(0)
        candidates = ["utf-16-le" if odd > even else "utf-16-be"]
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        try:
            decoded = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            continue
        odd_character = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", decoded)
        if odd_character is None:
            return encoding
        line = decoded.count("\n", 0, odd_character.start()) + 1
    raise LayoutError(
        f"{file} line {line}: found bytes that are no text in {' or '.join(candidates)}.",
        mend="take the file as published: CSV, TSV, XLS, XLSX or ODS.",
    )


def _delimiter(decoded: str) -> str:
    """The delimiter that parts most lines into the same number of cells, more than one."""
    best, most = ",", 0
    lines = decoded[:_SAMPLE].splitlines(keepends=True)
    lines = (lines[:-1] if len(decoded) > _SAMPLE else lines)[:200]
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(
                len(row)
                for row in csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter)
            )
        except csv.Error:
            continue
        score = max((n * width for width, n in widths.items() if width > 1), default=0)
        if score > most:
            best, most = delimiter, score
    return best


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file was taken for.

    Attributes:
        file: the file's name.
        known: the name of the layout in layouts.yaml that fits, or None where it is proposed.
        layout: how the file is read.
        year: the year whose framework gives the codes, and of the figures where nothing else does.
        figures: one row per figure, `normalise.COLUMNS`, read as if every doubt were settled by its
            first option; None where `unreadable` says why not.
        unreadable: why the file cannot be read so, or None.
        matched: labels of areas as printed that the register knows.
        unmatched: labels that it does not know.
        title: the first words above the table, or nothing.
        notes: what else should be known before agreeing.
        fates: what becomes of each sheet, column, group of rows and title.
        entries: of a council's own figures, what was read, before it is put into a table.
    """

    file: str
    known: str | None
    layout: AnyLayout
    year: FinancialYear
    figures: pd.DataFrame | None
    unreadable: BenchError | None = None
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def doubts(self) -> tuple[Fate, ...]:
        """What is not known of the file and could change what its figures mean."""
        return tuple(fate for fate in self.fates if fate.kind is FateKind.UNKNOWN)

    @property
    def refused(self) -> BenchError | None:
        """Why the file is not taken as it is, with the options that would settle it; or None."""
        doubts = self.doubts
        left = [
            fate for fate in self.fates if fate.part == "rows" and fate.kind is FateKind.LEFT_OUT
        ]
        if not doubts and not (self.unreadable and left):
            return self.unreadable
        told = [f"{self.file}: {doubt.problem}" for doubt in doubts[:20]]
        if len(doubts) > 20:
            told.append(f"{self.file}: and {len(doubts) - 20} more.")
        if self.unreadable:
            told += self.unreadable.problems
            told += [f"{self.file}: left out: {fate.name!r}, {fate.words}" for fate in left[:10]]
        ways = [" or ".join(doubt.maps[:2]) for doubt in doubts[:20] if doubt.maps]
        if self.unreadable and self.unreadable.mend:
            ways.append(self.unreadable.mend)
        return LayoutError(*told, mend="; ".join(dict.fromkeys(ways)))

    def agreed(self) -> Understood:
        """The same once its reader has settled every doubt by its first option.

        Raises:
            LayoutError: A doubt is one that agreeing does not settle.
        """
        if any(doubt.firm for doubt in self.doubts) and self.refused is not None:
            raise self.refused
        return replace(
            self, fates=tuple(fate for fate in self.fates if fate.kind is not FateKind.UNKNOWN)
        )


def recognise(
    content: bytes,
    file: str,
    *,
    layouts: LayoutFile,
    registers: Registers,
    overrides: Overrides,
    usual: Mapping[str, Usual] | None = None,
) -> Understood:
    """Take a file for what its content says, whatever its name.

    Args:
        content: The file's bytes.
        file: Its name, for messages, and for the year where nothing else names one.
        layouts: The layouts that are known.
        registers: Areas, indicators and breakdowns.
        overrides: What its reader says about it.
        usual: What each indicator's figures usually are, by the data in force.

    Raises:
        LayoutError: It is no table, or cannot be understood; the place and an option are named.
        ParameterError: An override names what there is not.
        UnknownNameError: An override names no layout.
    """
    unknown = [name for name, _ in overrides.maps if name not in FIELDS]
    if unknown:
        raise ParameterError(
            f"found --map {unknown[0]}=..., expected one of {', '.join(FIELDS)}.",
        )
    if not content:
        raise LayoutError(f"{file} line 1: the file is empty.", mend="fetch the file again.")
    found = list(grids(content, file))
    if not found:
        raise LayoutError(f"{file}: found no cell with anything in it.", mend="fetch it again.")
    if overrides.layout is not None:
        layout = layouts[overrides.layout]
        return _as_known(content, file, overrides.layout, layout, found, registers, overrides)
    if overrides.maps or overrides.provisional:
        return _proposed(content, file, found, registers, overrides, usual or {})
    known = _known(content, file, found, layouts, registers, overrides)
    if known is not None:
        return known
    refusal: BenchError | None = None
    first: Understood | None = None
    try:
        first = _proposed(content, file, found, registers, overrides, usual or {})
        if first.refused is None:
            return _declared(first, content, layouts, registers)
    except (LayoutError, ParameterError) as error:
        refusal = error
    # What was said once of a table with these headings holds for the next one.
    for layout in layouts.layouts.values():
        if isinstance(layout, MatrixLayout) and _headings_fit(found, layout):
            said = replace(overrides, maps=_said_of(layout))
            try:
                again = _proposed(content, file, found, registers, said, usual or {})
            except (LayoutError, ParameterError):
                continue
            if again.refused is None:
                return _declared(again, content, layouts, registers)
    if first is not None:
        return first
    assert refusal is not None  # noqa: S101 - one of the two is there
    raise refusal


def _headings_fit(grids: list[Grid], layout: MatrixLayout) -> bool:
    """Whether the first table that the layout may be of has its headings."""
    return any(
        (grid.sheet is None) == (layout.sheet is None)
        and not isinstance(locate(grid.table, layout), str)
        for grid in grids
    )


def _said_of(layout: MatrixLayout) -> tuple[tuple[str, str], ...]:
    """What the reader of an earlier table said of its symbols, rows and columns."""
    codes = [("skip", "other-codes")] if layout.skip_codes else []
    return (
        *(("symbol", f"{symbol}={status.value}") for symbol, status in layout.symbols.items()),
        *(("skip", label) for label in layout.skip),
        *(("unread", name) for name in layout.unread),
        *codes,
    )


def _declared(
    understood: Understood, content: bytes, layouts: LayoutFile, registers: Registers
) -> Understood:
    """A proposal under the name of a layout that is declared already and reads the same."""
    proposed = understood.layout
    assert isinstance(proposed, MatrixLayout)  # noqa: S101 - narrows the type
    if understood.figures is None or understood.doubts:
        return understood
    for name, layout in layouts.layouts.items():
        if not isinstance(layout, MatrixLayout):
            continue
        if (layout.header_rows, layout.labels) != (proposed.header_rows, proposed.labels):
            continue
        try:
            figures = _read(content, layout, understood.year, registers, understood.file)
        except BenchError:
            continue
        if figures.equals(understood.figures):
            return replace(understood, known=name, layout=layout)
    return understood


# --- known layouts ------------------------------------------------------------------------------


def _known(
    content: bytes,
    file: str,
    grids: list[Grid],
    layouts: LayoutFile,
    registers: Registers,
    overrides: Overrides,
) -> Understood | None:
    """The file by the one layout that fits it exactly; None where none does."""
    tried: list[Understood] = []
    for name, declared in layouts.layouts.items():
        if isinstance(declared, MatrixLayout):
            continue  # what stands in its rows is understood anew; see _declared
        layout = _fitted(content, declared, grids)
        if layout is not None:
            known = _as_known(content, file, name, layout, grids, registers, overrides)
            tried.append(known if layout == declared else replace(known, known=None))
    read = [made for made in tried if made.figures is not None]
    first = read[0].figures if read else None
    for other in read[1:]:
        if first is not None and other.figures is not None and not first.equals(other.figures):
            names = [name for name, d in layouts.layouts.items() if _fitted(content, d, grids)]
            raise LayoutError(
                f"{file} fits the layouts {' and '.join(names)}, which read it differently.",
                mend=f"choose: --as {names[0]}",
            )
    if read:
        return next((made for made in read if made.known), read[0])
    return min(
        tried,
        key=lambda made: len(made.unreadable.problems) if made.unreadable else 0,
        default=None,
    )


def _fitted(content: bytes, layout: AnyLayout, grids: list[Grid]) -> AnyLayout | None:
    """The layout, in the file's own container and encoding, if its columns and sheets fit."""
    first = grids[0]
    if isinstance(layout, WideLayout):
        pattern = re.compile(layout.sheet)
        sheets = [grid.sheet for grid in grids if grid.sheet is not None]
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
        return None
    for grid in grids:
        names = [text(cell) for cell in grid.table.rows[0]]
        if sorted(names) != sorted(layout.columns.values()):
            continue
        same_cells = (
            layout.sheet is None and grid.sheet is None and layout.delimiter == grid.delimiter
        )
        if same_cells and _decodes_alike(content, layout.encoding, grid.encoding):
            return layout
        return layout.model_copy(
            update={"sheet": grid.sheet, "encoding": grid.encoding, "delimiter": grid.delimiter}
        )
    return None


def _decodes_alike(content: bytes, encoding: str, other: str) -> bool:
    try:
        return content.decode(encoding) == content.decode(other)
    except UnicodeDecodeError:
        return False


def _as_known(
    content: bytes,
    file: str,
    name: str,
    layout: AnyLayout,
    grids: list[Grid],
    registers: Registers,
    overrides: Overrides,
) -> Understood:
    year = overrides.year or _year_of(file, layout, grids)
    made = Understood(file, name, layout, year, None)
    try:
        return replace(made, figures=_read(content, layout, year, registers, file))
    except BenchError as error:
        return replace(made, unreadable=error)


def _year_of(file: str, layout: AnyLayout, grids: list[Grid]) -> FinancialYear:
    """The year of a file in a known layout, from its cells, else from its name.

    Raises:
        LayoutError: Nothing names one year.
    """
    years: set[FinancialYear] = set()
    for grid in grids:
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
    figures = published_file.read(content, layout=layout, year=year, registers=registers, file=file)
    if figures.empty:
        raise LayoutError(f"{file}: found no figure of {year}.")
    return figures


# --- proposals ----------------------------------------------------------------------------------


def _proposed(
    content: bytes,
    file: str,
    grids: list[Grid],
    registers: Registers,
    overrides: Overrides,
    usual: Mapping[str, Usual],
) -> Understood:
    """The one sheet that holds figures of areas, read as proposed.

    Raises:
        LayoutError: No sheet can be understood; the reason of each is told.
        ParameterError: An override names a sheet that is not there.
    """
    sheet = overrides.last("sheet")
    chosen = [grid for grid in grids if sheet is None or grid.sheet == sheet]
    if not chosen:
        sheets = ", ".join(repr(grid.sheet) for grid in grids)
        raise ParameterError(f"{file}: found no sheet {sheet!r} with a table; it has {sheets}.")
    proposals: list[tuple[Grid, Proposal]] = []
    refusals: list[tuple[Grid, BenchError]] = []
    for grid in chosen:
        try:
            proposals.append((grid, propose(grid, registers, overrides, file, usual)))
        except (LayoutError, ParameterError) as error:
            refusals.append((grid, error))
    if not proposals:
        _refuse_all(file, refusals)
    # A sheet that nobody sees is never preferred to one that is shown.
    grid, best = max(proposals, key=lambda pair: (not pair[0].hidden, len(pair[1].matched)))
    fates = [*_sheets(grid, grids, proposals, overrides), *best.fates]
    made = Understood(
        file,
        None,
        best.layout,
        best.year,
        None,
        matched=best.matched,
        unmatched=best.unmatched,
        title=best.title,
        fates=tuple(fates),
    )
    return _with_figures(content, made, registers, overrides, usual)


def _refuse_all(file: str, refusals: list[tuple[Grid, BenchError]]) -> None:
    """Say why no sheet can be understood.

    Raises:
        LayoutError: Always; of one sheet its own reason, of several each one's.
    """
    shown = [(grid, error) for grid, error in refusals if not grid.hidden] or refusals
    if len(shown) == 1:
        raise shown[0][1]
    problems = Problems(LayoutError, file, mend=shown[0][1].mend)
    for _, refusal in shown:
        problems.add("; ".join(refusal.problems).removeprefix(f"{file}: "))
    problems.raise_if_any()


def _sheets(
    chosen: Grid, grids: list[Grid], proposals: list[tuple[Grid, Proposal]], overrides: Overrides
) -> Iterable[Fate]:
    """The fate of every sheet of a workbook."""
    if chosen.sheet is None:
        return
    asked = overrides.last("sheet") is not None
    if chosen.hidden and not asked:
        yield Fate(
            "sheet", chosen.sheet, FateKind.UNKNOWN,
            f"the one sheet with figures of councils, {chosen.sheet!r}, is hidden in the workbook",
            maps=(option("sheet", chosen.sheet),),
        )  # fmt: skip
    else:
        hidden = ", hidden in the workbook" if chosen.hidden else ""
        yield Fate("sheet", chosen.sheet, FateKind.READ, f"the table{hidden}")
    rivals = {grid.sheet for grid, _ in proposals}
    for grid in grids:
        if grid is chosen or grid.sheet is None:
            continue
        if grid.hidden:
            why = "hidden in the workbook"
        elif asked:
            why = "another sheet was named"
        elif grid.sheet in rivals:
            yield Fate(
                "sheet", grid.sheet, FateKind.UNKNOWN,
                f"the sheets {chosen.sheet!r} and {grid.sheet!r} both hold figures of councils; "
                "one sheet is read at a time",
                maps=(option("sheet", chosen.sheet), option("sheet", grid.sheet)),
            )  # fmt: skip
            continue
        else:
            why = "holds no figures of councils that can be understood"
        yield Fate("sheet", grid.sheet, FateKind.LEFT_OUT, why)


def _with_figures(
    content: bytes,
    understood: Understood,
    registers: Registers,
    overrides: Overrides,
    usual: Mapping[str, Usual],
) -> Understood:
    """The figures of a proposal, rounded only where the file prints more than is published."""
    assert isinstance(understood.layout, MatrixLayout)  # noqa: S101 - narrows the type
    layout, notes = understood.layout, understood.notes
    if overrides.provisional:
        layout = layout.model_copy(update={"rounded": True})
    try:
        entries = read_entries(content, layout, understood.year, registers, understood.file)
        if overrides.provisional:
            return replace(understood, layout=layout, entries=tuple(entries))
        try:
            figures = finish(pd.DataFrame(entries), registers, understood.file)
        except LayoutError:
            layout = layout.model_copy(update={"rounded": True})
            entries = read_entries(content, layout, understood.year, registers, understood.file)
            figures = finish(pd.DataFrame(entries), registers, understood.file)
            longer = _longer(figures, layout, registers)
            notes = (
                *notes,
                f"{longer:,} figures have more decimals than are published and are rounded to "
                "these",
            )
    except BenchError as error:
        return replace(understood, unreadable=error)
    doubts = doubts_of(_printed(figures), registers=registers, usual=usual, overrides=overrides)
    return replace(
        understood, layout=layout, figures=figures, notes=notes, fates=(*understood.fates, *doubts)
    )


def _longer(figures: pd.DataFrame, layout: MatrixLayout, registers: Registers) -> int:
    """How many figures are printed with more decimals than are published."""
    fractions = layout.units or any(f.unit == "fraction" for f in layout.figures.values())
    spare = 2 if fractions else 0
    columns = figures[["indicator_id", "period", "marker"]].itertuples(index=False)
    return sum(
        decimals_in(marker) - spare
        > registers.indicators[indicator].decimals(FinancialYear.parse(period))
        for indicator, period, marker in columns
    )


def _printed(figures: pd.DataFrame) -> Iterable[ParsedFigure]:
    """The figures as `plausible` asks for them, nothing where a number is missing."""
    words = [figures[name].tolist() for name in ("area_id", "indicator_id", "breakdown", "period")]
    numbers = [
        [None if math.isnan(number) else number for number in figures[name].tolist()]
        for name in ("value", "numerator", "denominator", "margin")
    ]
    return map(ParsedFigure, *words, *numbers, figures["place"].tolist())
