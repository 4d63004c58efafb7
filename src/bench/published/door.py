"""The door for a reader's own file: from what was understood of it to a release in force."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import stat
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import yaml

from bench.errors import ParameterError, RegisterError, SourceError
from bench.published import building, layouts, sources
from bench.published.cells import Maturity
from bench.published.recognise import Understood, recognise
from bench.published.sources import Release
from bench.published.usual import usual_values
from bench.registers.tables import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from bench.published.layouts import AnyLayout
    from bench.published.wishes import Wishes

__all__ = [
    "LARGEST_FILE",
    "Candidate",
    "Details",
    "add",
    "candidate",
    "look",
    "read_file",
    "replace_file",
]

# The publisher's largest file has 13 MB.
LARGEST_FILE = 50_000_000

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


@dataclass(frozen=True, slots=True)
class Details:
    """What the manifest says of a publication; what is None is taken from the file or left open."""

    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    landing_page: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file, what it was taken for, and the release that it would become."""

    understood: Understood
    release: Release
    content: bytes
    figures: pd.DataFrame


def read_file(path: Path) -> bytes:
    """The bytes of a file that is to be added.

    Raises:
        SourceError: There is no such file, it is none (a folder, a pipe, a device), or it is larger
            than any published table.
    """
    try:
        _check_regular(path, path.stat().st_mode)
        # Should a pipe have taken its place meanwhile, opening it must not wait for a writer.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - a descriptor
            _check_regular(path, os.fstat(file.fileno()).st_mode)
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from None
    if len(content) > LARGEST_FILE:
        raise SourceError(
            f"{path} has more than {LARGEST_FILE:,} bytes, expected at most {LARGEST_FILE:,}.",
            mend="take the table alone, as CSV or a workbook.",
        )
    return content


def _check_regular(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    raise SourceError(
        f"{path} is {kinds.get(stat.S_IFMT(mode), 'no file')}, expected a file.",
        mend="save the table as a file, and give its name.",
    )


def look(path: Path, wishes: Wishes, *, root: Path | None = None) -> Understood:
    """What a file is taken for; nothing is written.

    Raises:
        SourceError: It cannot be read, or is a release already.
        LayoutError: It is no table, or cannot be understood.
    """
    root = root or sources.project_root()
    content = read_file(path)
    understood = recognise(
        content,
        path.name,
        layouts=layouts.read(root / "data" / "reference"),
        registers=sources.reference(root),
        wishes=wishes,
        usual=usual_values(root),
    )
    digest = hashlib.sha256(content).hexdigest()
    for release in sources.manifest(root).releases:
        if release.sha256 == digest and release.year == understood.year:
            raise SourceError(
                f"{path.name} is the release {release.id} ({release.title}) already.",
                mend="`bench build --raw FOLDER` reads it anew.",
            )
    return understood


def candidate(
    path: Path, understood: Understood, details: Details, *, root: Path | None = None
) -> Candidate:
    """The release that an understood file would become, its figures checked; nothing is written.

    Raises:
        LayoutError: The file cannot be read as it was understood.
        BuildError: Its figures break the schema of the one table.
        RegisterError: The manifest would not hold the entry.
    """
    if understood.refused is not None:
        raise understood.refused
    if details.published is not None and not _DATE.fullmatch(details.published):
        raise ParameterError(
            f"found the date of publication {details.published!r}, expected 2012-03-28, 2012-03 "
            "or 2012."
        )
    root = root or sources.project_root()
    content = read_file(path)
    manifest = sources.manifest(root)
    registers = sources.reference(root)
    layout_file = layouts.read(root / "data" / "reference")
    assert understood.figures is not None  # noqa: S101 - not refused
    name = _free(_name(understood), {release.id for release in manifest.releases})
    layout = understood.known or _free(name, set(layout_file.layouts))
    digest = hashlib.sha256(content).hexdigest()
    twins = [release.file for release in manifest.releases if release.sha256 == digest]
    entry = Release(
        id=name,
        title=details.title or understood.title or path.stem,
        publisher=details.publisher or "not stated",
        landing_page=details.landing_page or "not stated",
        licence=details.licence or "not stated",
        # A day that nobody states must not put the figures before those of a dated release.
        published=details.published or str(understood.year.start + 1),
        provenance="added by a user from a file of their own",
        file=twins[0] if twins else f"{name.replace('_', '-')}{_suffix(path, content)}",
        sha256=digest,
        layout=layout,
        framework_year=str(understood.year),
        maturity=Maturity.FINAL,
    )
    figures = building.tidy(
        content, entry, layout=understood.layout, registers=registers, patches=()
    )
    return Candidate(replace(understood, figures=figures), entry, content, figures)


def add(made: Candidate, *, root: Path | None = None) -> building.Built:
    """Register the release and bring its figures in force; other releases are not touched.

    The manifest is written last and at one moment: until then nothing reads what was prepared.

    Raises:
        RegisterError: layouts.yaml or sources.yaml would not hold the entry.
        SourceError: The project's data cannot be written.
    """
    root = root or sources.project_root()
    reference = root / "data" / "reference"
    texts: dict[Path, str] = {}
    if made.understood.known is None:
        path = reference / "layouts.yaml"
        texts[path] = _with_layout(path, made.release.layout, made.understood.layout)
    path = root / "data" / "sources.yaml"
    texts[path] = _with_release(path, made.release)
    raw = root / "data" / "raw"
    folder = root / "data" / "published"
    try:
        raw.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        building.finish(folder)
        replace_file(raw / made.release.file, made.content)
        built = building.write_release(made.figures, made.release, folder)
        for path, text in texts.items():
            replace_file(path, text.encode())
    except OSError as error:
        raise SourceError(f"{error.filename} cannot be written: {error.strerror}.") from error
    sources.forget()
    return built


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(content)
    partial.replace(path)


def _with_layout(path: Path, name: str, layout: AnyLayout) -> str:
    """layouts.yaml with one more entry at its end; every line that was there stays."""
    entry = {"kind": layout.kind, **layout.model_dump(mode="json", exclude_defaults=True)}
    before = read_yaml(path)
    return _appended(path, {name: entry}, before | {"layouts": before["layouts"] | {name: entry}})


def _with_release(path: Path, release: Release) -> str:
    """sources.yaml with one more entry at its end; every line that was there stays."""
    entry = release.model_dump(mode="json")
    before = read_yaml(path)
    return _appended(path, [entry], before | {"releases": [*before["releases"], entry]})


def _appended(path: Path, entry: object, expected: object) -> str:
    written = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=96)
    before = path.read_text(encoding="utf-8").rstrip("\n")
    for indent in ("  ", "", "    "):
        text = f"{before}\n\n{textwrap.indent(written, indent)}"
        try:
            if yaml.safe_load(text) == expected:
                return text
        except yaml.YAMLError:
            continue
    raise RegisterError(
        f"{path}: an entry cannot be added at its end without changing the others.",
        mend="let the list of entries be the last thing in the file.",
    )


def _name(understood: Understood) -> str:
    """A release's id from what it holds: ni_130_2010_11, ascof_2012_13."""
    figures = understood.figures
    assert figures is not None  # noqa: S101 - not refused
    held = sorted(set(figures["indicator_id"]))
    stem = held[0] if len(held) == 1 else "table"
    return f"{stem}_{understood.year}".replace("-", "_")


def _free(name: str, taken: set[str]) -> str:
    number = next(n for n in itertools.count(1) if (name if n == 1 else f"{name}_{n}") not in taken)
    return name if number == 1 else f"{name}_{number}"


def _suffix(path: Path, content: bytes) -> str:
    """The ending of a file's name that its content deserves, whatever its own is."""
    if content.startswith(b"PK\x03\x04"):
        return ".ods" if b"opendocument" in content[:200] else ".xlsx"
    if content.startswith(b"\xd0\xcf"):
        return ".xls"
    return ".tsv" if path.suffix.casefold() == ".tsv" else ".csv"
