"""Where a site or a page may be written, so that nothing is lost that this program did not make.

A site's folder is replaced as a whole, so it is absent, empty, or a site whose run.json names
every file in it. A page goes into a folder beside other people's files and takes the place of
files that a page of this program leads to, and of no others.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from bench.errors import BenchError, ParameterError, SourceError
from bench.project import places
from bench.publish import manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KINDS: Final = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)
_MEND: Final = "give a folder that is absent, empty, or a site made before, with --out."
_SHOWN: Final = 10
# How a page of this program begins; see templates/shell/head.html.j2.
_GENERATOR: Final = '<meta name="generator" content="bench">'
_HEAD_CHARACTERS: Final = 4_096
_LARGEST_PAGE_BYTES: Final = 32 * 1024**2
_LED_TO: Final = re.compile(
    r'<a class="download" download href="([A-Za-z0-9_.-]+)">'
    r'|<(?:link rel="stylesheet" href|script src)="([A-Za-z0-9_-]+/[A-Za-z0-9_.-]+)"'
)


# --- a site ---------------------------------------------------------------------------------------


def staging(out: Path, *, only: bool = False) -> Path:
    """The folder in which pages are made before readers see them.

    Args:
        out: the site's folder.
        only: whether single pages of it are made; a stopped batch of all pages stays as it is.
    """
    return out.with_name(f".{out.name}.{'only' if only else 'making'}")


def _old(out: Path) -> Path:
    """Where the site in force lies for the moment in which another takes its place."""
    return out.with_name(f".{out.name}.old")


def lock_file(out: Path) -> Path:
    """The file that a batch holds while it works on a site."""
    return out.with_name(f".{out.name}.lock")


def site_folder(out: Path, root: Path) -> Path:
    """The true path of a site's folder, once it is known to be a place for one.

    Nothing is written. What is in the folder is for `check_site` to say.

    Args:
        out: the folder as it was asked for.
        root: the project.

    Raises:
        ParameterError: It is a file, a link or a device, a mount point, the working or the home
            folder or one above them, the project or one of its own folders.
        SourceError: No folder can be made there.
    """
    try:
        status = _status(Path(os.path.abspath(out)))  # noqa: PTH100 - a link stays a link
        folder = Path(out).resolve()
        if folder.name:
            for beside in (staging(folder), _old(folder), lock_file(folder)):
                _status(beside)
    except (OSError, ValueError, RuntimeError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{_shown(out)} cannot be written: {said}.", mend=_MEND) from None
    if status is not None and stat.S_ISLNK(status.st_mode):
        _refuse(f"{_shown(out)} is a link to {_shown(folder)}.", mend="name the folder itself.")
    for kind, word in _KINDS:
        if status is not None and kind(status.st_mode):
            _refuse(f"{_shown(out)} is {word}.")
    for place, word in ((root, "the project"), (_home(), "your home folder")):
        if place is not None and _holds(folder, place.resolve()):
            _refuse(f"{_shown(folder)} is {word} or holds it.")
    if _holds(folder, Path.cwd().resolve()):
        _refuse(f"{_shown(folder)} is the working folder or holds it.")
    if os.path.ismount(folder):
        _refuse(f"{_shown(folder)} is a mount point.", mend="give a folder in it.")
    if folder == (root / "reports").resolve():
        _refuse(f"{_shown(folder)} holds every report.", mend="give a folder in it.")
    places.refuse_file_name(folder)
    kept = places.kept_folder(folder, root)
    if kept is not None:
        _refuse(f"{_shown(folder)} lies in the project's {kept}.")
    for above in folder.parents:
        if manifest.read(above) is not None:
            _refuse(f"{_shown(folder)} lies in the site {_shown(above)}.")
    for above in folder.parents:
        try:
            found = above.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SourceError(
                f"{_shown(folder)} cannot be written: {_shown(above)}: {error.strerror}."
            ) from None
        if not stat.S_ISDIR(found.st_mode):
            raise SourceError(f"{_shown(folder)} cannot be written: {_shown(above)} is a file.")
        if not os.access(above, os.W_OK | os.X_OK):
            raise SourceError(f"{_shown(folder)} cannot be written: {_shown(above)} is read-only.")
        break
    if status is not None and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SourceError(f"{_shown(folder)} cannot be written: it is read-only.")
    return folder


def check_site(out: Path) -> None:
    """See that a site's folder, and those beside it that a batch uses, hold nobody else's files.

    Raises:
        ParameterError: One of them does; what is there is named.
        SourceError: One of them cannot be read.
    """
    try:
        _check_folder(out, mend=_MEND)
        for folder in (staging(out), staging(out, only=True), _old(out)):
            _check_folder(folder, mend="move it away, or give another folder with --out.")
    except OSError as error:
        raise SourceError(f"{_shown(out)} cannot be read: {error.strerror}.") from error


def in_force(out: Path) -> manifest.SiteManifest | None:
    """The site that readers find in a folder; None where there is none."""
    return manifest.read(out) if out.is_dir() and not out.is_symlink() else None


def recover(out: Path) -> bool:
    """Mend what a batch left that was stopped while it put one site in the place of another.

    The old site is brought in force again if none is; it is removed only if one is.

    Returns:
        Whether there was anything to mend.

    Raises:
        SourceError: It cannot be mended.
    """
    old = _old(out)
    if not os.path.lexists(old):
        return False
    try:
        if in_force(out) is not None:
            discard(old)
        elif manifest.read(old) is not None:
            old.replace(out)
        else:
            discard(old)
    except OSError as error:
        raise SourceError(
            f"{_shown(old)} holds the site of {_shown(out)}, which cannot be put back: "
            f"{error.strerror}.",
            mend="rename the folder by hand.",
        ) from error
    return True


def swap(new: Path, out: Path) -> None:
    """Put a finished folder in the place of the site in force; a reader sees one or the other.

    Raises:
        ParameterError: Somebody has put files into the site in the meantime; it stays in force.
        OSError: A folder cannot be renamed; the site stays in force.
    """
    _check_folder(out, mend="move them away, then run again with --resume.")
    if in_force(out) is None:
        if os.path.lexists(out):
            new.chmod(stat.S_IMODE(out.stat().st_mode))
            out.rmdir()  # an empty one
        new.replace(out)
        return
    new.chmod(stat.S_IMODE(out.stat().st_mode))
    old = _old(out)
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    with contextlib.suppress(OSError, BenchError):  # the next batch mends what is left of it
        discard(old)


def discard(folder: Path) -> None:
    """Remove a site that this program made: the files that its run.json names, and no others.

    Raises:
        ParameterError: There are others in it; nothing is removed.
        OSError: A file cannot be removed.
    """
    if not os.path.lexists(folder):
        return
    _check_folder(folder, mend="move it away.")
    said = manifest.read(folder)
    files = (said.files if said else frozenset()) | {manifest.NAME}
    names = [*manifest.leftovers(folder, files), *sorted(files - {manifest.NAME})]
    for name in (*names, manifest.NAME):  # run.json last: until then the folder is known as ours
        (folder / name).unlink(missing_ok=True)
        if "/" in name:
            with contextlib.suppress(OSError):
                (folder / name).parent.rmdir()
    folder.rmdir()


def _check_folder(folder: Path, *, mend: str) -> None:
    """Refuse a folder with files that its run.json does not name."""
    status = _status(folder)
    if status is None:
        return
    if not stat.S_ISDIR(status.st_mode):
        _refuse(f"{_shown(folder)} is no folder.", mend=mend)
    said = manifest.read(folder)
    strange = _strange(folder, said.files if said else frozenset())
    if not strange:
        return
    listed = ", ".join(strange[:_SHOWN])
    if len(strange) > _SHOWN:
        listed += f" and {len(strange) - _SHOWN} more"
    if said:
        _refuse(f"{_shown(folder)} is a site, but it also holds {listed}.", mend=mend)
    why = " (its run.json is not one of `bench site`)" if "run.json" in strange else ""
    _refuse(f"{_shown(folder)} is not a site{why}: it holds {listed}.", mend=mend)


def _strange(folder: Path, files: frozenset[str], within: str = "") -> list[str]:
    """What is in a folder beside the files named, and beside halves of them.

    A batch that was killed at its very start leaves half of run.json alone.
    """
    ours = files | {manifest.NAME}
    strange = []
    with os.scandir(folder / within) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            name = f"{within}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if any(file.startswith(f"{name}/") for file in files):
                    strange += _strange(folder, files, f"{name}/")
                else:
                    strange.append(f"{_shown(name)}/")
            elif not entry.is_file(follow_symlinks=False) or not (
                name in files or manifest.unfinished(name, ours)
            ):
                strange.append(_shown(name))
    return strange


def _home() -> Path | None:
    """The user's home folder, if there is one."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _holds(folder: Path, place: Path) -> bool:
    """Whether a folder is a place or is above it."""
    return folder == place or folder in place.parents


def _status(path: Path) -> os.stat_result | None:
    """A path's own status, links not followed; None where there is nothing."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        above = next((one for one in path.parents if one.exists()), path)
        raise OSError(errno.ENOTDIR, f"{_shown(above)} is a file") from error


def _shown(path: Path | str) -> str:
    """A path as it can be printed, whatever bytes are in its name."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    short = text if len(text) <= 200 else f"{text[:200]}..."
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in short)


def _refuse(problem: str, *, mend: str = _MEND) -> NoReturn:
    raise ParameterError(problem, mend=mend)


# --- a page ---------------------------------------------------------------------------------------


def check_page(page: Path, files: Mapping[str, bytes], *, root: Path) -> None:
    """See that a page and its files take the place of nobody else's.

    Args:
        page: the page's path.
        files: its downloads and assets, by name as seen from its folder.
        root: the project, in whose own folders no page is written.

    Raises:
        ParameterError: The folder is none, is a site or lies in the project's own folders, or a
            file of one of the names is there that no page of this program in the folder leads to;
            all are named.
        SourceError: The folder cannot be written.
    """
    folder = page.parent
    places.refuse_kept(folder, root, mend="give another folder with --out.")
    places.refuse_file_name(folder)
    try:
        status = _status(folder)
        if status is None:
            return
        if not folder.is_dir():
            _refuse(f"{_shown(folder)} is no folder.", mend="give a folder with --out.")
        if manifest.read(folder) is not None:
            _refuse(
                f"{_shown(folder)} is a site, whose pages are made together.",
                mend="run `bench site` with --only for this page, or give another --out.",
            )
        strange = [
            name
            for name, content in {page.name: None, **files}.items()
            if not _replaceable(folder, name, content)
        ]
        if strange:
            ours = _led_to(folder)
            strange = [name for name in strange if name not in ours]
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{_shown(folder)} cannot be written: {said}.") from error
    if strange:
        _refuse(
            f"{_shown(folder)} holds {', '.join(strange)}, which no page made by bench leads to.",
            mend="move it away, or give another folder with --out.",
        )


def _replaceable(folder: Path, name: str, content: bytes | None) -> bool:
    """Whether nothing is lost when a file is written, whosever it is."""
    path = folder / name
    for above in path.relative_to(folder).parents[:-1]:
        status = _status(folder / above)
        if status is not None and not stat.S_ISDIR(status.st_mode):
            return False
    status = _status(path)
    if status is None:
        return True
    return (
        content is not None
        and stat.S_ISREG(status.st_mode)
        and status.st_size == len(content)
        and path.read_bytes() == content
    )


def _led_to(folder: Path) -> set[str]:
    """The pages of this program in a folder, and the files that they lead to."""
    ours = set()
    for path in sorted(folder.glob("*.html")):
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_PAGE_BYTES:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if _GENERATOR in text[:_HEAD_CHARACTERS]:
            ours.add(path.name)
            ours.update(file or asset for file, asset in _LED_TO.findall(text))
    return {
        name
        for name in ours
        if all(_is(folder / above, stat.S_ISDIR) for above in Path(name).parents[:-1])
        and _is(folder / name, stat.S_ISREG)
    }


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    status = _status(path)
    return status is not None and kind(status.st_mode)
