"""Long tables: one row per area, indicator, breakdown and measure type -> published rows.

A table is read by its columns: each distinct cell once, and which of them every row holds.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from bench.errors import BenchError, LayoutError, Problems
from bench.published.readers.cells import Lookup, one_of, parse, printed_code
from bench.published.readers.containers import csv_table, sheet_table, workbook
from bench.published.readers.normalise import settle
from bench.published.schema import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bench.published.layouts import LongLayout
    from bench.published.readers.cells import Printed
    from bench.published.readers.containers import Table
    from bench.reference import Registers
    from bench.reference.periods import FinancialYear

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


class _Meanings(NamedTuple):
    """What a column's cells mean: the distinct meanings and, for each row, which of them."""

    distinct: list[Any]
    codes: np.ndarray

    def of(self, rows: np.ndarray) -> pd.Categorical:
        """The meanings of some rows as labels."""
        return _labels(self.distinct, self.codes[rows])


def read(
    content: bytes, layout: LongLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    """Read one file of this kind; see `published_file.read`."""
    wanted = frozenset(layout.columns.values())
    if layout.sheet is None:
        table = csv_columns(
            content, layout.encoding, file, wanted=wanted, delimiter=layout.delimiter
        )
    else:
        sheet = sheet_table(workbook(content, file), layout.sheet, file)
        table = columns_of(sheet, file, wanted=wanted)
    problems = Problems(LayoutError, file)
    at = positions(table.header, layout.columns, table.place, 0, problems)
    if not table.rows:
        problems.add("found no rows beneath the header")
    problems.raise_if_any()
    body = np.arange(table.rows)

    def column(recognise: Callable[..., Any], *names: str) -> _Meanings:
        """What each row's cells mean: one look-up per distinct combination, one message each."""
        cells = [table.cells[at[name]] for name in names]
        sizes = tuple(len(one.distinct) for one in cells)
        combined = np.ravel_multi_index([one.codes[body] for one in cells], sizes)
        codes, combinations = pd.factorize(combined)
        printed = []
        for name, one, picks in zip(
            names, cells, np.unravel_index(combinations, sizes), strict=True
        ):
            blank = layout.blanks.get(name, "")
            filled = [cell or blank or cell for cell in one.distinct]
            printed.append([filled[pick] for pick in picks.tolist()])
        distinct: list[Any] = []
        for number, combination in enumerate(zip(*printed, strict=True)):
            try:
                distinct.append(recognise(*combination))
            except (BenchError, ValueError) as error:
                distinct.append(None)
                row = body[np.argmax(codes == number)]
                problems.add(f"{table.place(row + 1, at[names[0]])}: {error}")
        return _Meanings(distinct, codes)

    look = Lookup(registers, year)
    if "period" in at:
        # The codes of the file's other years may mean something else.
        periods = column(look.period, "period")
        body = body[np.array([period == str(year) for period in periods.distinct])[periods.codes]]
        if not len(body):
            problems.add(
                f"found no row of {year}, but of {', '.join(sorted(map(str, periods.distinct)))}"
            )
            problems.raise_if_any()
    indicators = column(
        look.indicator, "indicator_code", *(n for n in ("measure_code",) if n in at)
    )
    breakdowns = column(look.breakdown, "breakdown")
    areas = column(look.area, "ons_code", "area_name", *(n for n in ("cassr_code",) if n in at))
    cells = column(lambda printed: parse(printed, layout.symbols), "printed")
    codes = column(printed_code, "ons_code")
    fields = _Meanings(["value"], np.zeros(len(body), dtype="int64"))
    if "measure_type" in at:
        fields = column(
            lambda label: one_of(label, layout.measure_types, "measure type"), "measure_type"
        )
    problems.raise_if_any()

    numbers, measures = _numbers((indicators, breakdowns, areas)), _numbers((fields,))
    for row in body[pd.Series(numbers * (measures.max() + 1) + measures).duplicated()][:21]:
        problems.add(f"{table.place(row + 1, 0)}: a second row for the same figure")
    problems.raise_if_any()

    field_of = np.array(fields.distinct, dtype="object")[fields.codes]
    outcomes = np.flatnonzero(field_of == "value")
    places = pd.Index(numbers[outcomes])
    value_of = np.array([cell.value for cell in cells.distinct], dtype="float64")
    figures: dict[str, Any] = {
        "indicator_id": indicators.of(outcomes),
        "breakdown": breakdowns.of(outcomes),
        "area_id": areas.of(outcomes),
        "period": _labels([str(year)], np.zeros(len(outcomes), dtype="int64")),
        "value": value_of[cells.codes[outcomes]],
    }
    for field in FIELDS:
        rows = np.flatnonzero(field_of == field)
        found = places.get_indexer(numbers[rows])
        orphans = body[rows[found < 0]]
        if len(orphans):
            problems.add(f"{table.place(orphans[0] + 1, 0)}: a {field} without an outcome")
            continue
        figures[field] = np.full(len(outcomes), np.nan)
        figures[field][found] = value_of[cells.codes[rows]]
    problems.raise_if_any()
    printed = cells.codes[outcomes]
    figures["status"] = _labels([str(cell.status) for cell in cells.distinct], printed)
    figures["marker"] = _labels([cell.marker for cell in cells.distinct], printed)
    figures["area_code"] = codes.of(outcomes)
    figures["place"] = [table.place(row, at["printed"]) for row in (body[outcomes] + 1).tolist()]
    return settle(pd.DataFrame(figures), registers, file)


def _labels(meanings: list[str], codes: np.ndarray) -> pd.Categorical:
    """Labels of rows, by the number of each in a list that may hold the same twice."""
    numbers, distinct = pd.factorize(np.array(meanings, dtype="object"))
    return pd.Categorical.from_codes(numbers[codes], categories=pd.Index(distinct))


def _numbers(columns: Sequence[_Meanings]) -> np.ndarray:
    """One number per row, the same for rows that mean the same."""
    number = np.zeros(len(columns[0].codes), dtype="int64")
    for column in columns:
        codes, distinct = pd.factorize(np.array(column.distinct, dtype="object"))
        number = number * len(distinct) + codes[column.codes]
    return number


def positions(
    header: Sequence[Printed],
    columns: dict[str, str],
    place: Callable[[int, int], str],
    row: int,
    problems: Problems,
    *,
    others: re.Pattern[str] | None = None,
) -> dict[str, int]:
    """Where each column stands; a header that is missing, unknown or there twice is a problem."""
    names = [str(cell).strip() if cell is not None else "" for cell in header]
    for column, name in enumerate(names):
        known = name in columns.values() or (others is not None and others.fullmatch(name))
        if not known:
            problems.add(f"{place(row, column)}: found an unexpected column {name[:60]!r}")
        if name in names[:column]:
            problems.add(f"{place(row, column)}: found a second column {name[:60]!r}")
    for name in columns.values():
        if name not in names:
            problems.add(f"{place(row, 0)}: expected a column {name!r}, found none")
    return {field: names.index(name) for field, name in columns.items() if name in names}
