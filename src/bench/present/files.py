"""Sheets as the bytes of a CSV file or a workbook, the same every time.

Enters: sheets. Leaves: bytes. No text of theirs can become a formula in a spreadsheet program.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.present.sheets import Cell, Sheet

__all__ = ["csv_bytes", "xlsx_bytes"]

# What a spreadsheet program may take for the start of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
EPOCH: Final = datetime(1980, 1, 1)
WIDEST: Final = 60
LINE: Final = 14.5  # points of a line of text
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


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
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "bench"
    book.properties.created = EPOCH
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    content = io.BytesIO()
    book.save(content)
    return _timeless(content.getvalue())


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return str(cell)


def _fill(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    top = Alignment(vertical="top", wrap_text=True)
    for row_number, row in enumerate((sheet.columns, *sheet.rows), start=1):
        for column_number, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = page.cell(row_number, column_number)
            if isinstance(value, str):
                cell.value = _UNPRINTABLE.sub("", value)
                # openpyxl takes a text that begins with "=" for a formula.
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(FORMULA)
            else:
                cell.value = float(value) if isinstance(value, Decimal) else value
                cell.number_format = _number_format(value)
            cell.alignment = top
            if row_number == 1:
                cell.font = Font(bold=True)
    for number, column in enumerate(sheet.columns, start=1):
        texts = [str(row[number - 1] or "") for row in sheet.rows]
        width = max([len(column) * 0.8, *map(len, texts)], default=10)
        page.column_dimensions[get_column_letter(number)].width = min(WIDEST, max(10, width + 2))
    page.row_dimensions[1].height = 2 * LINE
    page.freeze_panes = "A2"
    if sheet.rows:
        last = f"{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
        table = Table(displayName=sheet.name, ref=f"A1:{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        page.add_table(table)


def _number_format(value: int | Decimal) -> str:
    decimals = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _timeless(content: bytes) -> bytes:
    """The workbook without the time at which it was written."""
    stamp = EPOCH.isoformat().encode() + b"Z"
    plain = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, date_time=EPOCH.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3  # the same on every system
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
            new.writestr(member, data)
    return plain.getvalue()
