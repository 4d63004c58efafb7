"""Opening a file by its content: every sheet of a workbook, or the one table of a text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from bench.errors import LayoutError
from bench.published.adding.overrides import Grid
from bench.published.readers.containers import csv_table, sheet_table, workbook
from bench.published.readers.labels import text

if TYPE_CHECKING:
    from collections.abc import Iterator

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
