"""The containers that figures come in: a CSV, or a sheet of a workbook.

Enters: bytes. Leaves: cells as printed, by row or by column, with a way to say where each stands.
"""

from __future__ import annotations

import csv
import functools
import io
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
import python_calamine as calamine

from bench.errors import LayoutError, Problems

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bench.published.cells import Printed

__all__ = ["Coded", "Columns", "Table", "columns_of", "csv_columns", "sheet_table", "workbook"]

# A field in quotes, with nothing between it and its neighbours and no line break in it.
_QUOTED = re.compile(r'"(?<![^,\n]")[^"\n]*(?:""[^"\n]*)*"(?=[,\r\n]|\Z)')


class Table(NamedTuple):
    """Rows of one sheet or CSV, with a way to say where a cell stands."""

    rows: Sequence[Sequence[Printed]]
    place: Callable[[int, int], str]


class Coded(NamedTuple):
    """A column as its distinct cells and, for each row beneath the header, which of them."""

    distinct: Sequence[Printed]
    codes: np.ndarray


class Columns(NamedTuple):
    """The same as a table, by column; `place` counts the header as row 0."""

    header: Sequence[Printed]
    rows: int
    cells: Mapping[int, Coded]
    place: Callable[[int, int], str]


@functools.lru_cache(maxsize=1)  # one file may hold several releases
def csv_columns(content: bytes, encoding: str, file: str, *, wanted: frozenset[str]) -> Columns:
    """The columns of a CSV; of those that are not wanted, only the header.

    Raises:
        LayoutError: The bytes are not text in the encoding, or not CSV; the line is named.
    """
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LayoutError(
            f"{file} line {line}: found byte 0x{content[error.start]:02x}, "
            f"expected text in {encoding}.",
            mend="take the file as published; a spreadsheet program may have saved it anew.",
        ) from None
    text = text.removeprefix("\ufeff")
    regular = _regular_columns(text, content if content.isascii() else text.encode(), wanted)
    return regular or columns_of(_csv_table(text, file), file, wanted=wanted)


def _regular_columns(text: str, utf8: bytes, wanted: Collection[str]) -> Columns | None:
    """The columns of a CSV that has one line a row, well quoted and of one length; else None.

    Many times faster than the module that can say what is wrong with any other CSV.
    """
    if text.count('"') != sum(field.count('"') for field in _QUOTED.findall(text)):
        return None
    first = text[: text.find("\n") + 1].rstrip("\r\n")
    if not first or "\r" in first:
        return None
    header = next(csv.reader([first]))
    names = [str(position) for position in range(len(header))]
    chosen = [str(at) for at, name in enumerate(header) if name.strip() in wanted]
    if not chosen:
        return None
    coded = pa.dictionary(pa.int32(), pa.string())
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(utf8),
            read_options=pyarrow.csv.ReadOptions(column_names=names, skip_rows=1),
            parse_options=pyarrow.csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=chosen, column_types=dict.fromkeys(chosen, coded)
            ),
        )
    except pa.ArrowInvalid:
        return None
    cells = {}
    for name in chosen:
        column = table[name].unify_dictionaries().combine_chunks()
        cells[int(name)] = Coded(column.dictionary.to_pylist(), column.indices.to_numpy())
    return Columns(header, table.num_rows, cells, lambda row, _column: f"line {row + 1}")


def _csv_table(text: str, file: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Sequence[Printed]] = []
    lines: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise LayoutError(f"{file} line {reader.line_num}: {error}, expected CSV.") from None
    return Table(rows, lambda row, _column: f"line {lines[row] if row < len(lines) else row + 1}")


def columns_of(table: Table, file: str, *, wanted: Collection[str]) -> Columns:
    """The columns of a table whose first row is its header; the wanted ones only.

    Raises:
        LayoutError: Rows are shorter or longer than the header; every place is named.
    """
    header, *rows = table.rows or [[]]
    problems = Problems(LayoutError, file)
    for row, cells in enumerate(rows, start=1):
        if len(cells) != len(header):
            problems.add(f"{table.place(row, 0)}: found {len(cells)} cells, expected {len(header)}")
    problems.raise_if_any()
    chosen = {
        at: _coded([row[at] for row in rows])
        for at, name in enumerate(header)
        if str(name).strip() in wanted
    }
    return Columns(header, len(rows), chosen, table.place)


def _coded(cells: Sequence[Printed]) -> Coded:
    # To a dictionary True is 1, yet a cell of neither number nor text must be refused as such.
    keys = [(type(cell), cell) for cell in cells] if bool in set(map(type, cells)) else cells
    distinct = list(dict(zip(keys, cells, strict=True)).values())
    index = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    codes = np.fromiter(map(index.__getitem__, keys), dtype="int64", count=len(cells))
    return Coded(distinct, codes)


def workbook(content: bytes, file: str) -> calamine.CalamineWorkbook:
    """An XLS, XLSX or ODS file, opened.

    Raises:
        LayoutError: The bytes are no workbook.
    """
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise LayoutError(f"{file} cannot be opened as a workbook: {error}") from None


def sheet_table(book: calamine.CalamineWorkbook, sheet: str, file: str) -> Table:
    """The rows of one sheet, empty areas at its edges included.

    Raises:
        LayoutError: There is no such sheet.
    """
    if sheet not in book.sheet_names:
        found = ", ".join(book.sheet_names[:8])
        raise LayoutError(f"{file}: found the sheets {found}, expected a sheet {sheet!r}.")
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return Table(
        rows,  # type: ignore[arg-type]  # dates are refused as cells, with their place
        lambda row, column: f"{sheet}!{_letters(column)}{row + 1}",
    )


@functools.cache
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
