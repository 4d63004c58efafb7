"""A workbook of unknown origin and of any kind, read by a process of its own that has limits.

Whatever the bytes do to a parser, they do it there: a process that dies, or reaches a limit of
time or memory, is a refusal of the file. Run as a module this is that process.

Linux holds it to both limits. Windows has no limit on the memory of a process, and macOS does not
keep to one: there the limits of `sheets` and `archive`, and the clock, are what holds.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import ExecutionError, LayoutError
from bench.published.workbooks import ods, xls, xlsx
from bench.published.workbooks.archive import Archive
from bench.published.workbooks.sheets import WorkbookSheet

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bench.published.workbooks.sheets import Value

# The largest published workbook takes 3 seconds of a processor, and 100 MB.
MEMORY_BYTES = 640 << 20
TIME_SECONDS = 12
# On a busy machine a process gets little of the processor: the clock is for one that hangs.
_PATIENCE_SECONDS = 60

_TOO_LARGE = "reading it takes more memory than any published table does"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_MOMENTS: dict[str, Callable[[str], Value]] = {
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
}

_MEND = "take the table alone, or save the workbook anew in a spreadsheet program."


def read(content: bytes) -> list[WorkbookSheet]:
    """The sheets of an XLS, XLSX or ODS file.

    Raises:
        LayoutError: The bytes are no workbook, or one that is damaged, or that cannot be read
            within the limits; the message lacks the name of the file.
        ExecutionError: The process cannot be started.
    """
    child = _start()
    overrun = threading.Event()

    def end() -> None:
        overrun.set()
        child.kill()

    clock = threading.Timer(_PATIENCE_SECONDS, end)
    clock.start()
    sheets: list[WorkbookSheet] = []
    whole = True
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 - both piped
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError), child.stdin:
            child.stdin.write(content)
        try:
            sheets.extend(sheets_of(_unless_refused(child.stdout)))
        except (ValueError, EOFError):  # it ended in the middle
            whole = False
        code = child.wait()
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        child.stdout.close()
    if code != 0 or not whole:
        raise LayoutError(_reason(code, overrun=overrun.is_set()), mend=_MEND)
    return sheets


def _start() -> subprocess.Popen[bytes]:
    package = Path(__file__).parents[3]
    paths = [os.environ.get("PYTHONPATH", "")]
    if package.name not in ("site-packages", "dist-packages"):
        paths.insert(0, str(package))  # what is not installed, the process would not find
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ExecutionError(
            f"The process that reads workbooks cannot be started: {error.strerror}.",
            mend="close other programs, or save the table as CSV.",
        ) from None


def _unless_refused(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line.startswith(b'{"refused"'):
            refusal = json.loads(line)
            raise LayoutError(*refusal["refused"], mend=refusal["mend"])
        yield line


def _reason(code: int, *, overrun: bool) -> str:
    if overrun or code == -getattr(signal, "SIGXCPU", 0):
        return (
            f"cannot be opened as a workbook: reading it takes more than {TIME_SECONDS} seconds, "
            "which no published table does."
        )
    if code in (-getattr(signal, "SIGKILL", 0), -signal.SIGABRT):
        return f"cannot be opened as a workbook: {_TOO_LARGE}."
    return f"cannot be opened as a workbook: the process that read it ended with {code}."


def _main() -> None:
    """The process itself: bytes come in, and sheets go out as lines."""
    _limit()
    content = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    try:
        for line in lines_of(read_here(content)):
            out.write(line)
    except LayoutError as error:
        refusal = {"refused": error.problems, "mend": error.mend}
        out.write(json.dumps(refusal, separators=(",", ":")).encode() + b"\n")
    out.flush()
    os._exit(0)  # what it holds need not be put away piece by piece


def _limit() -> None:
    if sys.platform == "win32":  # pragma: no cover
        return
    for kind, soft, hard in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_CPU, TIME_SECONDS, TIME_SECONDS + 1),  # the soft one says which it was
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS, or a lower limit that holds
            resource.setrlimit(kind, (soft, hard))


# --- what that process does ----------------------------------------------------------------------


def read_here(content: bytes) -> Iterator[WorkbookSheet]:
    """The sheets of an XLS, XLSX or ODS file, told by its content; read by this very process.

    Raises:
        LayoutError: The bytes are no workbook, or one that is damaged or beyond the limits; the
            message lacks the name of the file.
    """
    try:
        yield from _read(content)
    except LayoutError:
        raise
    except MemoryError:
        raise LayoutError(f"cannot be opened as a workbook: {_TOO_LARGE}.") from None
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


# --- sheets as text, from one process to another -------------------------------------------------


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


if __name__ == "__main__":
    _main()
