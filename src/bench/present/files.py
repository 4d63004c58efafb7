"""Sheets as the bytes of a CSV file or a workbook, the same every time.

Enters: sheets. Leaves: bytes. No text of theirs can become a formula in a spreadsheet program.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.present.sheet import Cell, Sheet

__all__ = ["csv_bytes", "xlsx_bytes"]

# What a spreadsheet program may take for the start of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
EPOCH: Final = datetime(1980, 1, 1)
WIDEST: Final = 60
LINE: Final = 14.5  # points of a line of text
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f]")


def csv_bytes(sheet: Sheet) -> bytes:
    """The sheet as CSV: UTF-8 with a mark by which spreadsheet programs know it.

    A text that a spreadsheet program would run as a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_harmless(column) for column in sheet.columns])
    writer.writerows([[_harmless(cell) for cell in row] for row in sheet.rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as a workbook: typed numbers, frozen header rows, no merged cells, no formula."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"author": "bench", "created": EPOCH})
        styles = _Styles(book)
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, styles)
    return content.getvalue()


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return str(cell)


class _Styles:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            wrapped = {"valign": "top", "text_wrap": True, **properties}
            self._made[key] = self._book.add_format(wrapped)
        return self._made[key]


def _fill(page: Any, sheet: Sheet, styles: _Styles) -> None:
    for row_number, row in enumerate(sheet.rows, start=1):
        for column_number, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                style = styles(quote_prefix=value.startswith(FORMULA))
                page.write_string(row_number, column_number, _UNPRINTABLE.sub("", value), style)
            else:
                style = styles(num_format=_number_format(value))
                page.write_number(row_number, column_number, value, style)
    for number, column in enumerate(sheet.columns):
        texts = [str(row[number] or "") for row in sheet.rows]
        width = max([len(column) * 0.8, *map(len, texts)], default=10)
        page.set_column(number, number, min(WIDEST, max(10, width + 2)))
    page.set_row(0, 2 * LINE)
    page.freeze_panes(1, 0)
    if sheet.rows:
        style = {"style": "Table Style Light 1", "banded_rows": False, "name": sheet.name}
        columns = [{"header": column} for column in sheet.columns]
        last = len(sheet.rows), len(sheet.columns) - 1
        page.add_table(0, 0, *last, {"columns": columns, "autofilter": False, **style})
    # After the table, which would write its headings as it likes.
    for number, column in enumerate(sheet.columns):
        bold = styles(bold=True, quote_prefix=column.startswith(FORMULA))
        page.write_string(0, number, column, bold)


def _number_format(value: int | Decimal) -> str:
    decimals = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
