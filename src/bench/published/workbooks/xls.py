"""XLS workbooks (BIFF in an OLE file), read with xlrd."""

from __future__ import annotations

import contextlib
import io
import math
import struct
from enum import Enum
from typing import TYPE_CHECKING

import xlrd
from xlrd.biffh import error_text_from_code
from xlrd.compdoc import CompDoc

from bench.errors import LayoutError
from bench.published.workbooks.number_formats import number_format
from bench.published.workbooks.sheets import Budget, Gathering, uncalculated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.published.workbooks.sheets import Value, WorkbookSheet

_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_FORMULAS = (0x0006, 0x0206, 0x0406)
_SHEET, _EMPTY_TEXT = 0, 3
_TYPES_OF_NUMBERS = (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE)


class _Result(Enum):
    """What a file holds as the result of a formula."""

    EMPTY = "an empty text"
    NOUGHT = "nought"
    OTHER = "anything else"


_Formulas = dict[tuple[int, int], _Result]


def read(content: bytes) -> Iterator[WorkbookSheet]:
    """The worksheets in their order; sheets of charts and macros are none.

    Raises:
        LayoutError: The workbook is damaged, encrypted, or beyond the limits.
    """
    formulas = _formulas(_stream(content))
    results = {result for sheet in formulas for result in sheet.values()}
    book = xlrd.open_workbook(
        file_contents=content,
        formatting_info=True,
        ragged_rows=True,
        logfile=io.StringIO(),
        on_demand=True,
    )
    if len(formulas) != book.nsheets:
        raise LayoutError(
            f"cannot be opened as a workbook: it names {len(formulas)} sheets and has "
            f"{book.nsheets}."
        )
    budget = Budget.full()
    for number in range(book.nsheets):
        texts = {
            place: uncalculated("", empty=result is _Result.EMPTY)
            for place, result in formulas[number].items()
            # Programs that do not reckon store nought, and no other result anywhere.
            if result is _Result.EMPTY
            or (result is _Result.NOUGHT and _Result.OTHER not in results)
        }
        yield _sheet(book, book.sheet_by_index(number), texts, budget)
        book.unload_sheet(number)


def _stream(content: bytes) -> bytes:
    """The workbook's records, out of the compound file."""
    with contextlib.redirect_stdout(io.StringIO()):
        compound = CompDoc(content, logfile=io.StringIO())
    for name in ("Workbook", "Book"):
        memory, base, length = compound.locate_named_stream(name)
        if memory:
            return bytes(memory[base : base + length])
    if compound.get_named_stream("EncryptedPackage") is not None:
        raise LayoutError(
            "found an encrypted workbook, expected an open one.",
            mend="save the workbook without a password.",
        )
    raise LayoutError("found a document of another kind, expected CSV, TSV, XLS, XLSX or ODS.")


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of each record from a place on."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, start + 4, length
        start += 4 + length


def _formulas(stream: bytes) -> list[_Formulas]:
    """By worksheet, row and column: what the file holds as the results of its formulas."""
    starts: list[int] = []
    for kind, at, length in _records(stream, 0):
        if kind == _EOF:
            break
        if kind == _FILEPASS:
            raise LayoutError(
                "found an encrypted workbook, expected an open one.",
                mend="save the workbook without a password.",
            )
        if kind == _BOUNDSHEET and length >= 6 and stream[at + 5] == _SHEET:
            starts.append(struct.unpack_from("<I", stream, at)[0])
    return [_formulas_of_sheet(stream, start) for start in starts]


def _formulas_of_sheet(stream: bytes, start: int) -> _Formulas:
    formulas: _Formulas = {}
    depth = 0
    for kind, at, length in _records(stream, start):
        if kind == _BOF:
            depth += 1  # charts lie within their sheet
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif kind in _FORMULAS and depth == 1 and length >= 14 and at + 14 <= len(stream):
            row, column, _, result = struct.unpack_from("<HHHQ", stream, at)
            formulas[row, column] = _result(result)
    return formulas


def _result(stored: int) -> _Result:
    """What the eight bytes of a result are: a number, or of which other kind its first one says."""
    if stored >> 48 == 0xFFFF:
        return _Result.EMPTY if stored & 0xFF == _EMPTY_TEXT else _Result.OTHER
    return _Result.OTHER if stored & 0x7FFF_FFFF_FFFF_FFFF else _Result.NOUGHT


def _sheet(
    book: xlrd.book.Book,
    sheet: xlrd.sheet.Sheet,
    formulas: dict[tuple[int, int], str],
    budget: Budget,
) -> WorkbookSheet:
    gathering = Gathering(sheet.name, budget)
    gathering.hidden = sheet.visibility != 0
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            value = formulas.get((row, column))
            gathering.add(row, column, _value(book, sheet, row, column) if value is None else value)
    for number, row_info in sheet.rowinfo_map.items():
        if row_info.hidden or row_info.height == 0:
            gathering.hide_rows(number)
    for number, column_info in sheet.colinfo_map.items():
        if column_info.hidden or column_info.width == 0:
            gathering.hide_columns(number)
    for top, bottom, left, right in sheet.merged_cells:
        gathering.merge((top, left, bottom - 1, right - 1))
    return gathering.finish()


def _value(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> Value:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_ERROR:
        return error_text_from_code.get(int(value), f"#ERROR {value}")
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind in _TYPES_OF_NUMBERS:
        number = float(value)
        if not math.isfinite(number):
            return repr(number)
        style = book.xf_list[sheet.cell_xf_index(row, column)]
        declared = book.format_map.get(style.format_key)
        shown = number_format("General" if declared is None else declared.format_str)
        return number if shown.plain else shown.show(number, epoch_1904=book.datemode == 1)
    return str(value)
