"""Where results may be written: outside a project's own folders, and over nobody's file."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError, SourceError

if TYPE_CHECKING:
    from pathlib import Path

# Folders of a project that hold what was written by hand, or is not to be written by hand.
_KEPT: Final = (
    *("data", "params", "notebooks", "src", "tests", "benchmarks"),
    *(".git", ".ci", ".venv"),
)


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
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if _same(path, content):
            return
        try:
            with partial.open("xb") as file:
                file.write(content)
            try:
                os.link(partial, path)  # refuses a file that came meanwhile
            except FileExistsError:
                raise
            except OSError:  # a file system without links
                if os.path.lexists(path):
                    raise
                partial.rename(path)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink()
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
