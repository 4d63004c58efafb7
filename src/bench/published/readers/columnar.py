"""A long table by its columns: each distinct cell once, and which of them every row holds."""

from __future__ import annotations

import contextlib
import csv
import functools
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bench.errors import LayoutError, Problems
from bench.published.readers.containers import csv_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bench.published.readers.cells import Printed
    from bench.published.readers.containers import Table

# A field in quotes, with nothing between it and its neighbours and no line break in it.
_QUOTED = re.compile(r'"(?<![^,\n]")[^"\n]*(?:""[^"\n]*)*"(?=[,\r\n]|\Z)')


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
def csv_columns(
    content: bytes, encoding: str, file: str, *, wanted: frozenset[str], delimiter: str = ","
) -> Columns:
    """The columns of a CSV; of those that are not wanted, only the header.

    Raises:
        LayoutError: The bytes are not text in the encoding, or not CSV; the line is named.
    """
    with contextlib.suppress(UnicodeDecodeError):
        text = content.decode(encoding).removeprefix("\ufeff")
        # In UTF-16 plain text is ASCII bytes too, but not the same ones.
        same = content.isascii() and len(content) == len(text)
        utf8 = content if same else text.encode()
        if delimiter == "," and (regular := _regular_columns(text, utf8, wanted)):
            return regular
    return columns_of(csv_table(content, encoding, file, delimiter), file, wanted=wanted)


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
    # Arrow reads an empty line as a row of empty cells; only the strict reader can tell them apart.
    empty = [one.codes == one.distinct.index("") for one in cells.values() if "" in one.distinct]
    if len(empty) == len(cells) and np.logical_and.reduce(empty).any():
        return None
    return Columns(header, table.num_rows, cells, lambda row, _column: f"line {row + 1}")


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
