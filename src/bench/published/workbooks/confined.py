"""A workbook of unknown origin, read by a process of its own that has limits.

Whatever the bytes do to a parser, they do it there: a process that dies, or reaches a limit of
time or memory, is a refusal of the file. Run as a module this is that process.

Linux holds it to both limits. Windows has no limit on the memory of a process, and macOS does not
keep to one: there the limits of `sheets` and `archive`, and the clock, are what holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import ExecutionError, LayoutError
from bench.published.workbooks import reading

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.published.workbooks.sheets import WorkbookSheet

# The largest published workbook takes 3 seconds of a processor, and 100 MB.
MEMORY_BYTES = 640 << 20
TIME_SECONDS = 12
# On a busy machine a process gets little of the processor: the clock is for one that hangs.
_PATIENCE_SECONDS = 60

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
            sheets.extend(reading.sheets_of(_unless_refused(child.stdout)))
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
        return f"cannot be opened as a workbook: {reading.TOO_LARGE}."
    return f"cannot be opened as a workbook: the process that read it ended with {code}."


def _main() -> None:
    """The process itself: bytes come in, and sheets go out as lines."""
    _limit()
    content = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    try:
        for line in reading.lines_of(reading.read(content)):
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


if __name__ == "__main__":
    _main()
