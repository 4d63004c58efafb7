"""A lock that one process at a time has; the system lets go of it when the process ends."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from bench.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from bench.errors import BenchError

__all__ = ["locked"]

_PAUSE_SECONDS = 0.05


@contextlib.contextmanager
def locked(path: Path, *, busy: BenchError, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock that a file stands for, while the block runs.

    Args:
        path: The lock's file; its folder is made where it is not there. The file is gone
            afterwards.
        busy: What is raised when another process has the lock and keeps it.
        wait_seconds: How long to wait for another process to let go.

    Raises:
        BenchError: `busy`.
        SourceError: The folder cannot be written.
    """
    until = time.monotonic() + wait_seconds
    while (handle := _try(path)) is None:
        if time.monotonic() >= until:
            raise busy
        time.sleep(_PAUSE_SECONDS)
    with handle:
        try:
            yield
        finally:
            if os.name == "posix":  # elsewhere an open file cannot be removed
                path.unlink(missing_ok=True)


def _try(path: Path) -> IO[str] | None:
    """The lock's open file, or None if another process has the lock."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
    except OSError as error:
        raise SourceError(f"{path.parent} cannot be written: {error.strerror}.") from None
    try:
        _lock(handle.fileno())
        # The one that had it removed the file: a lock on what nobody else can open is none.
        if os.path.samestat(os.fstat(handle.fileno()), path.stat()):
            return handle
    except OSError:
        pass
    handle.close()
    return None


def _lock(descriptor: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:  # pragma: no cover - Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
