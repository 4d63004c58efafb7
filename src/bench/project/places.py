"""Files written whole, where they may be written, and over nobody's file.

A file is written under a temporary name in its own folder and then renamed. The temporary name
ends in twelve random hexadecimal digits and `.part`, and is created only if nothing has it: no
file of a user's is opened, overwritten or removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Folders of a project that hold what was written by hand, or is not to be written by hand.
_KEPT: Final = (
    *("data", "params", "notebooks", "src", "tests", "benchmarks"),
    *(".git", ".ci", ".venv"),
)


# What a process that was killed while it wrote the file `name` leaves beside it.
_TEMPORARY: Final = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{12}\.part")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, or replace it, so that nobody ever sees half of it.

    Raises:
        OSError: It cannot be written; what was there is there still.
    """
    with replacing(path) as partial:
        partial.write_bytes(content)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new empty file to be filled in the block; at its end it takes the place of `path`.

    If the block fails, the file is removed and `path` is as it was.

    Raises:
        OSError: The file cannot be written; its `filename` is `path`.
    """
    with temporary(path) as partial:
        yield partial
        partial.replace(path)


@contextlib.contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A new empty file beside `path`; what is left of it after the block is removed.

    Raises:
        OSError: The file cannot be written; its `filename` is `path`.
    """
    partial = path.with_name(f".{path.name.removeprefix('.')}.{secrets.token_hex(6)}.part")
    try:
        with partial.open("xb"):  # refuses whatever is there, a link too
            pass
        try:
            yield partial
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        if error.filename == str(partial):
            error.filename = str(path)
        raise


def replaced_by(name: str) -> str | None:
    """Which file a temporary file was to become; None where the name is not a temporary one.

    A dot in front of the file's own name is not given back.
    """
    match = _TEMPORARY.fullmatch(name)
    return match["name"] if match else None


def kept_folder(place: Path, root: Path) -> str | None:
    """The name of the project's own folder that a place is or lies in, links followed; or None."""
    true = place.resolve()
    for name in _KEPT:
        kept = (root / name).resolve()
        if kept == true or kept in true.parents:
            return name
    return None


def refuse_kept(place: Path, root: Path, *, mend: str) -> None:
    """See that a place lies in no folder of the project that is not for results.

    Raises:
        ParameterError: It does.
        SourceError: The path is none, or leads round in a circle.
    """
    try:
        name = kept_folder(place, root)
    except (OSError, RuntimeError) as error:
        raise _unwritable(place, error) from error
    if name is not None:
        raise ParameterError(f"{place} lies in the project's {name}.", mend=mend)


# What a page or one of its downloads ends with.
_FILE_ENDINGS: Final = (
    *(".csv", ".json", ".ods", ".parquet", ".xlsx"),
    *(".docx", ".htm", ".html", ".ipynb", ".pdf", ".yaml"),
)


def refuse_file_name(folder: Path) -> None:
    """See that a folder which is not there yet is not named as a file would be.

    Raises:
        ParameterError: It is: whoever asks for `page.html` means no folder of that name.
    """
    if folder.suffix.lower() in _FILE_ENDINGS and not folder.is_dir():
        raise ParameterError(
            f"{folder} is named as a file is; what is made goes into a folder.",
            mend=f"name the folder, such as {folder.parent / folder.stem}.",
        )


def write_new(path: Path, content: bytes, root: Path) -> None:
    """Write a file that is not there yet, whole or not at all; one of the same bytes is left alone.

    Args:
        path: The file.
        content: What it shall hold.
        root: The project, in whose own folders nothing is written.

    Raises:
        ParameterError: There is something else at its place, or it lies in the project's folders.
        SourceError: It cannot be written.
    """
    mend = "give a file that is not there yet, with --out."
    if path.name in ("", ".."):
        raise ParameterError(f"{path} is a folder.", mend=mend)
    refuse_kept(path.parent, root, mend=mend)
    create(path, content, mend=mend)


def create(path: Path, content: bytes, *, mend: str) -> None:
    """Write a file that is not there yet, anywhere; one of the same bytes is left alone.

    Raises:
        ParameterError: There is something else at its place; `mend` says what to try.
        SourceError: It cannot be written.
    """
    try:
        if _same(path, content):
            return
        with temporary(path) as partial:
            partial.write_bytes(content)
            try:
                os.link(partial, path)  # refuses a file that came meanwhile
            except FileExistsError:
                raise
            except OSError:  # a file system without links
                if os.path.lexists(path):
                    raise
                partial.rename(path)
    except FileExistsError as error:
        raise ParameterError(
            f"{path} is there, and holds something else; it is left as it is.", mend=mend
        ) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def _same(path: Path, content: bytes) -> bool:
    """Whether a file of these bytes is there; False where there is nothing.

    Raises:
        FileExistsError: There is something else.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    if (
        stat.S_ISREG(status.st_mode)
        and status.st_size == len(content)
        and path.read_bytes() == content
    ):
        return True
    raise FileExistsError


def _unwritable(path: Path, error: OSError | RuntimeError) -> SourceError:
    said = getattr(error, "strerror", None) or str(error)
    return SourceError(
        f"{path} cannot be written: {said}.",
        mend="give a file in a folder that is there and can be written.",
    )
