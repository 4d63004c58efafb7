"""A lock that one process at a time has; the system lets go of it when the process ends."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from typing import TYPE_CHECKING

from bench.errors import ParameterError, SourceError

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.errors import BenchError

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
        ParameterError: What has the lock's name is no lock.
        SourceError: The folder cannot be written.
    """
    until = time.monotonic() + wait_seconds
    while (descriptor := _try(path)) is None:
        if time.monotonic() >= until:
            raise busy
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        if os.name == "posix":  # while it is locked: nobody can hold what is removed here
            path.unlink(missing_ok=True)
        os.close(descriptor)
        if os.name != "posix":  # pragma: no cover - Windows removes no open file
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _try(path: Path) -> int | None:
    """The lock's open file, or None if another process has the lock.

    Raises:
        ParameterError: Somebody's file, folder, link or pipe has the lock's name.
        SourceError: The folder cannot be written.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, flags, 0o666)
    except OSError as error:
        if path.is_symlink() or path.is_dir() or path.is_fifo():
            raise _strange(path) from None
        raise SourceError(f"{path.parent} cannot be written: {error.strerror}.") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size:
            raise _strange(path)
        with contextlib.suppress(OSError):
            _lock(descriptor)
            # The one that had it removed the file: a lock on what nobody else can open is none.
            if os.path.samestat(status, path.stat()):
                return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _strange(path: Path) -> ParameterError:
    return ParameterError(
        f"{path} is there, and is not the empty file that a lock is.", mend="move it away."
    )


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":  # pragma: no cover
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
