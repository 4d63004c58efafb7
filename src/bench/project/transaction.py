"""Changes of a data folder: one command at a time, each of them whole or not at all.

New files are first written beside the old ones, under a name that holds the token of the state
that they belong to. The change is in force at one moment: when the new CHECKSUMS takes the place
of the old, or, where no file that it covers changes, when a mark of the change's own is made
(`.<token>.moment`). Then the files move to their places, by this process or, if it was stopped, by
the next that writes; until then `checksums.read` takes them from where they wait, and who reads
files that CHECKSUMS does not cover calls `finish` first.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import DamageError, ParameterError, SourceError
from bench.project import checksums, places
from bench.project.checksums import CHECKSUMS
from bench.project.locks import locked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

# How long a command waits for another that writes; a build takes longer, an addition does not.
WAIT_SECONDS = 30.0

_STAGED = re.compile(r"\.(?P<name>.+)\.(?P<token>[0-9a-f]{12})\.(?P<kind>new|gone)")
_MOMENT = re.compile(r"\.(?P<token>[0-9a-f]{12})\.moment")


@contextlib.contextmanager
def writing(data: Path, *, wait_seconds: float | None = None) -> Iterator[None]:
    """Be the only command that writes a data folder, while the block runs.

    What is read within the block stays as it is until `commit`. A change that was stopped before
    is finished or swept away first.

    Raises:
        ParameterError: Another command writes there, and goes on doing so.
        SourceError: The folder cannot be written.
    """
    wait = WAIT_SECONDS if wait_seconds is None else wait_seconds
    busy = ParameterError(
        f"Another command is writing {data}; waited {wait:g} seconds for it.",
        mend="run this again when the other one has ended; nothing was written.",
    )
    with locked(data / ".lock", busy=busy, wait_seconds=wait):
        try:
            _settle(data)
        except OSError as error:
            raise _unwritable(data, error) from error
        yield


def finish(data: Path) -> None:
    """Finish a change that was stopped after its moment, unless nothing can be written now.

    Readers need no finishing; afterwards every file is in its place for other programs too.
    """
    names = (name for _, _, names in os.walk(data) for name in names)
    if any(
        _STAGED.fullmatch(name) or _MOMENT.fullmatch(name) or _half_written(name) for name in names
    ):
        with contextlib.suppress(ParameterError, SourceError), writing(data, wait_seconds=0.0):
            pass


def commit(data: Path, contents: Mapping[str, bytes], *, removed: Collection[str] = ()) -> None:
    """Bring files in force together; to be called within `writing`.

    Args:
        data: The data folder.
        contents: What each file shall hold, by its name relative to `data` with slashes.
        removed: The files that shall be no more.

    Raises:
        SourceError: The folder cannot be written, or the disk is full; nothing has changed then.
        DamageError: CHECKSUMS is missing or damaged.
    """
    covered = {n: checksums.digest(c) for n, c in contents.items() if checksums.covers(n)}
    if not covered and not removed:
        _bring(data, contents, (), None)
        return
    gone = set(removed)
    before = checksums.listing(data).digests
    kept = {name: sha for name, sha in before.items() if name not in gone}
    _bring(data, contents, removed, checksums.text(kept | covered).encode())


def accept(data: Path) -> list[str]:
    """Take the files down as they are: the new CHECKSUMS is of what is there.

    Returns:
        A line for each file that is new, changed or gone.

    Raises:
        SourceError: The folder cannot be written.
    """
    with writing(data):
        try:
            before = checksums.listing(data).digests
        except DamageError:
            before = {}  # it is about to be written anew, whatever it held
        now = {name: checksums.digest((data / name).read_bytes()) for name in checksums.files(data)}
        _bring(data, {}, (), checksums.text(now).encode())
    lines = []
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            word = "new" if name not in before else "gone" if name not in now else "changed"
            lines.append(f"{word:8} {data.name}/{name}")
    return lines


def _bring(
    data: Path, contents: Mapping[str, bytes], removed: Collection[str], listing: bytes | None
) -> None:
    """Write everything beside its place, then let it be in force at one moment."""
    state = secrets.token_hex(6) if listing is None else checksums.digest(listing)[:12]
    try:
        try:
            for name, content in contents.items():
                (data / name).parent.mkdir(parents=True, exist_ok=True)
                write_whole(checksums.staged(data / name, state), content)
            for name in removed:
                waiting = checksums.staged(data / name, state)
                write_whole(waiting.with_suffix(".gone"), b"")
            if listing is None:
                (data / f".{state}.moment").touch()  # the moment
            else:
                write_whole(data / CHECKSUMS, listing)  # the moment
        finally:
            # Finishes the change if its moment has come, and else sweeps away what was prepared.
            _settle(data)
    except OSError as error:
        raise _unwritable(data, error) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    Raises:
        SourceError: It cannot be written.
    """
    try:
        places.write_whole(path, content)
    except OSError as error:
        raise _unwritable(path, error) from error


def _half_written(name: str) -> bool:
    """Whether a name is of a file of a change whose own writing was stopped; nothing needs it."""
    becomes = places.replaced_by(name)
    return becomes is not None and (
        becomes == CHECKSUMS or _STAGED.fullmatch(f".{becomes}") is not None
    )


def _settle(data: Path) -> None:
    """Finish the change that is in force; sweep away the parts of one that never was."""
    marks = (_MOMENT.fullmatch(path.name) for path in data.iterdir())
    moments = {mark[0]: mark["token"] for mark in marks if mark}
    in_force = {checksums.token(data), *moments.values()}
    for folder, _, names in os.walk(data):
        for name in names:
            path = Path(folder, name)
            if _half_written(name):
                path.unlink(missing_ok=True)
                continue
            match = _STAGED.fullmatch(name)
            if match is None:
                continue
            place = Path(folder, match["name"])
            if match["token"] not in in_force:
                path.unlink(missing_ok=True)
            elif match["kind"] == "new":
                path.replace(place)
            else:
                place.unlink(missing_ok=True)
                path.unlink(missing_ok=True)
    for moment in moments:  # last: until then the change is in force, wherever its files lie
        (data / moment).unlink(missing_ok=True)


def _unwritable(data: Path, error: OSError) -> SourceError:
    return SourceError(
        f"{error.filename or data} cannot be written: {error.strerror}.",
        mend="make room, or see to the permissions of the folder; then run this again.",
    )
