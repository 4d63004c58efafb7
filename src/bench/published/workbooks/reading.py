"""A workbook of any kind, told by its content."""

from __future__ import annotations

import datetime
import itertools
import json
from typing import TYPE_CHECKING, Any

from bench.errors import LayoutError
from bench.published.workbooks import ods, xls, xlsx
from bench.published.workbooks.archive import Archive
from bench.published.workbooks.sheets import WorkbookSheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bench.published.workbooks.sheets import Value

TOO_LARGE = "reading it takes more memory than any published table does"

_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_MOMENTS: dict[str, Callable[[str], Value]] = {
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
}


def read(content: bytes) -> Iterator[WorkbookSheet]:
    """The sheets of an XLS, XLSX or ODS file.

    Raises:
        LayoutError: The bytes are no workbook, or one that is damaged or beyond the limits; the
            message lacks the name of the file.
    """
    try:
        yield from _read(content)
    except LayoutError:
        raise
    except MemoryError:
        raise LayoutError(f"cannot be opened as a workbook: {TOO_LARGE}.") from None
    except Exception as error:  # whatever a damaged workbook does to its parser
        told = str(error) or type(error).__name__
        raise LayoutError(f"cannot be opened as a workbook: {told[:200]}.") from None


def _read(content: bytes) -> Iterator[WorkbookSheet]:
    if not content.startswith(b"PK"):
        yield from xls.read(content)
        return
    archive = Archive(content)
    if "mimetype" in archive and archive.start("mimetype", 100).startswith(_OPEN_DOCUMENT):
        yield from ods.read(archive)
    elif "xl/workbook.xml" in archive or "[Content_Types].xml" in archive:
        yield from xlsx.read(archive)
    elif "content.xml" in archive:
        yield from ods.read(archive)
    else:
        names = ", ".join(sorted(archive.names())[:5])
        raise LayoutError(
            f"found an archive with {names[:200] or 'nothing in it'}, expected CSV, TSV, XLS, "
            "XLSX or ODS.",
            mend="unpack it, and give the table that is in it.",
        )


# --- as text, from one process to another -------------------------------------------------------


def lines_of(sheets: Iterable[WorkbookSheet]) -> Iterator[bytes]:
    """Sheets as lines of JSON: one about each sheet, then one for each of its rows."""
    for sheet in sheets:
        about = {
            "name": sheet.name,
            "height": len(sheet.rows),
            "hidden": sheet.hidden,
            "hidden_rows": sheet.hidden_rows,
            "hidden_columns": sheet.hidden_columns,
            "merged": sheet.merged,
        }
        yield _line(about)
        for row in sheet.rows:
            yield _line(row)


def sheets_of(lines: Iterator[bytes]) -> Iterator[WorkbookSheet]:
    """Sheets from lines of JSON.

    Raises:
        ValueError: A line is not whole.
        EOFError: A sheet is not whole.
    """
    for line in lines:
        about = json.loads(line)
        rows = [_row(json.loads(row)) for row in itertools.islice(lines, about["height"])]
        if len(rows) < about["height"]:
            raise EOFError
        yield WorkbookSheet(
            about["name"],
            rows,
            hidden=about["hidden"],
            hidden_rows=tuple(about["hidden_rows"]),
            hidden_columns=tuple(about["hidden_columns"]),
            merged=tuple((a, b, c, d) for a, b, c, d in about["merged"]),
        )


def _line(value: object) -> bytes:
    return json.dumps(value, default=_written, separators=(",", ":")).encode() + b"\n"


def _written(value: object) -> list[object]:
    if isinstance(value, datetime.timedelta):
        return ["timedelta", value / datetime.timedelta(seconds=1)]
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return [type(value).__name__, value.isoformat()]
    raise TypeError(f"found a cell of {type(value)}")


def _row(cells: list[Any]) -> list[Value]:
    return [_cell(cell) if isinstance(cell, list) else cell for cell in cells]


def _cell(written: list[Any]) -> Value:
    kind, value = written
    if kind == "timedelta":
        return datetime.timedelta(seconds=value)
    moment: Value = _MOMENTS[kind](value)
    return moment
