"""Short-lived folders, each with a name that says whose it is, so that none stays for ever.

A folder is called after the process that made it: its number, when it began, and the space that
its number counts in. What a killed process left is removed by the next one that starts.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A socket's path holds 107 bytes; this leaves room for a folder's name and the socket's.
_LONGEST_BASE_BYTES: Final = 40
_PLACES: Final = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - folders of our own in them
# Named semaphores of multiprocessing lie here, where the system shows them at all.
_SEMAPHORES: Final = Path("/dev/shm")  # noqa: S108
_PAUSES: Final = (0.02, 0.1, 0.5)  # seconds, before a folder is removed again
_OURS: Final = re.compile(r"(?:sem\.)?bench-(?P<space>[0-9a-f]+)-(?P<pid>\d+)-(?P<began>\d+)-.+")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder of this process alone, for the time of the block."""
    made = make()
    try:
        yield made
    finally:
        remove(made)


def make() -> Path:
    """A new folder that only this user can enter, on a path short enough for a socket in it.

    Raises:
        SourceError: There is no room for it.
    """
    place = base()
    try:
        return Path(tempfile.mkdtemp(prefix=f"{prefix()}-", dir=place))
    except OSError as error:
        raise _no_place(str(place), error.strerror or str(error)) from error


def remove(path: Path) -> None:
    """Remove a folder that `make` made, also one into which an ending process writes once more."""
    for pause in _PAUSES:
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(pause)


def prefix() -> str:
    """How the names of this process begin: bench-<space>-<pid>-<start>."""
    pid = os.getpid()
    return f"bench-{_space():x}-{pid}-{_began(pid) or 0}"


def base() -> Path:
    """Where such folders are made: the system's place for them, or one with a shorter path.

    Raises:
        SourceError: There is none that can be written.
    """
    try:
        usual = tempfile.gettempdir()
    except OSError as error:  # it has tried to write into each
        raise _no_place("the system's folders for short-lived files", str(error)) from error
    if os.name != "posix" or len(os.fsencode(usual)) <= _LONGEST_BASE_BYTES:
        return Path(usual)
    for place in _PLACES:
        if os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK):  # noqa: PTH112
            return Path(place)
    raise _no_place(usual, f"its path is longer than {_LONGEST_BASE_BYTES} bytes")


def _no_place(place: str, why: str) -> SourceError:
    return SourceError(
        f"No short-lived folder can be made in {place}: {why}.",
        mend="make room there, or set TMPDIR to a folder with a short path.",
    )


def sweep() -> list[Path]:
    """Remove what processes of this user have left that are gone.

    Returns:
        What was removed, sorted.
    """
    if os.name != "posix":
        return []
    removed = []
    places = {Path(place) for place in _PLACES}
    with contextlib.suppress(SourceError):
        places.add(base())
    for place in sorted(places):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                if _left(entry):
                    path = place / entry.name
                    if entry.is_dir(follow_symlinks=False):
                        remove(path)
                    elif place == _SEMAPHORES:
                        path.unlink(missing_ok=True)
                    removed.append(path)
    return sorted(removed)


def _left(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is of this user, and the process that made it is gone."""
    named = _OURS.fullmatch(entry.name)
    if named is None or int(named["space"], 16) != _space():
        return False
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    if status.st_uid != os.geteuid() or not (
        stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)
    ):
        return False
    return not _runs(int(named["pid"]), int(named["began"]))


def _runs(pid: int, began: int) -> bool:
    """Whether the process runs that had this number and began then."""
    if _began(os.getpid()) is not None:
        return _began(pid) == began
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _began(pid: int) -> int | None:
    """When a process began, in ticks since the system did; None where that is not known."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name of the program stands in brackets, and may hold anything.
    fields = status.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


@cache
def _space() -> int:
    """Which space this process's number counts in: containers may share a folder."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0
