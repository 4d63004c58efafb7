"""Registering an added file: its bytes, its layout and its release, written together.

Taking it out again leaves the bytes of the reviewed files that were there before.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench import reference as registers
from bench.errors import ParameterError, Problems, SourceError, UnknownNameError
from bench.project import checksums, transaction
from bench.project.files import read_text, read_yaml, with_entry, without_entry
from bench.published import build, corrections, layouts, sources
from bench.published.adding.detect import Understood, recognise
from bench.published.adding.plausible import usual_values
from bench.published.readers.cells import Maturity
from bench.published.sources import ID_FORM, Release
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from bench.published.adding.overrides import Overrides
    from bench.published.layouts import AnyLayout
    from bench.published.sources import SourceManifest

# The publisher's largest file has 13 MB.
LARGEST_FILE = 50_000_000

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_BY_A_USER = "added by a user from a file of their own"


@dataclass(frozen=True, slots=True)
class Details:
    """What the manifest says of a publication; what is None is taken from the file or left open.

    Attributes:
        release: the id of a publisher's release; None for a table of the reader's own.
        framework: the year whose framework years follow that no indicator is known for.
        accepted: findings of the severity error that it is brought in with.
    """

    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    landing_page: str | None = None
    licence: str | None = None
    provenance: str | None = None
    release: str | None = None
    framework: str | None = None
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file, what it was taken for, and the release that it would become."""

    path: Path
    understood: Understood
    details: Details
    release: Release
    content: bytes
    figures: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Removal:
    """What taking an added release out would do.

    Attributes:
        release: the release.
        texts: files of data/ that lose an entry, by name, and what they hold without it.
        gone: files of data/ that go with it, by name.
        remarks: what stays, and why.
    """

    release: Release
    texts: Mapping[str, str]
    gone: tuple[str, ...]
    remarks: tuple[str, ...]


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


def look(path: Path, overrides: Overrides, *, root: Path | None = None) -> Understood:
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
        overrides=overrides,
        usual=usual_values(root),
    )
    _refuse_known(path, content, understood, root)
    return understood


def _refuse_known(path: Path, content: bytes, understood: Understood, root: Path) -> None:
    """See that a file's figures of a year are no release yet."""
    digest = checksums.digest(content)
    for release in sources.manifest(root).releases:
        if release.sha256 == digest and release.year == understood.year:
            out = f"; `bench add --remove {release.id}` takes it out" if release.added else ""
            raise SourceError(
                f"{path.name} is the release {release.id} ({release.title}) already.",
                mend=f"`bench build --raw FOLDER` reads it anew{out}.",
            )


def check_release_id(release_id: str, *, root: Path | None = None) -> None:
    """Whether a new release may have the id.

    Raises:
        ParameterError: It has another form, or is taken.
    """
    if not ID_FORM.fullmatch(release_id):
        raise ParameterError(
            f"found the release ID {release_id!r}, expected 3 to 60 small letters, digits and "
            "underscores, beginning with a letter.",
            mend="--release ascof_2025_26",
        )
    for release in sources.manifest(root).releases:
        if release.id == release_id:
            out = (
                f", or take that one out: bench add --remove {release_id}" if release.added else ""
            )
            raise ParameterError(
                f"the release ID {release_id!r} is taken by {release.title} "
                f"({release.publisher}, {release.published}).",
                mend=f"another ID, such as {release_id}_revised{out}.",
            )


def candidate(
    path: Path, understood: Understood, details: Details, *, root: Path | None = None
) -> Candidate:
    """The release that an understood file would become, its figures checked; nothing is written.

    Raises:
        LayoutError: The file cannot be read as it was understood.
        BuildError: Its figures break the schema of the one table, or a correction does not hold.
        ParameterError: The date is none, the id is none or taken, or a year is not known.
        RegisterError: The manifest would not hold the entry.
    """
    if understood.refused is not None:
        raise understood.refused
    root = root or sources.project_root()
    if details.published is not None and not _DATE.fullmatch(details.published):
        raise ParameterError(
            f"found the date of publication {details.published!r}, expected 2012-03-28, 2012-03 "
            "or 2012."
        )
    if details.release is not None:
        check_release_id(details.release, root=root)
        if details.published is None:
            raise ParameterError(
                "found no date of publication, which decides whose figures are in force.",
                mend="--published 2020-09 (a day, a month or a year)",
            )
    return _candidate(path, read_file(path), understood, details, root)


def _candidate(
    path: Path, content: bytes, understood: Understood, details: Details, root: Path
) -> Candidate:
    """The release that a file becomes by the manifest and the layouts as they are now."""
    manifest = sources.manifest(root)
    layout_file = layouts.read(root / "data" / "reference")
    figures = understood.figures
    assert figures is not None  # noqa: S101 - not refused
    taken = {release.id for release in manifest.releases}
    name = details.release or _free(_name(figures, understood.year), taken)
    layout = understood.known or _free(name, set(layout_file.layouts))
    file, lies_there = _raw_file(path, content, name, details, manifest, root / "data" / "raw")
    provenance = "added from the publisher's file" if details.release else _BY_A_USER
    entry = Release(
        id=name,
        title=details.title or understood.title or path.stem,
        publisher=details.publisher or "not stated",
        landing_page=details.landing_page or "not stated",
        licence=details.licence or "not stated",
        # A day that nobody states must not put the figures before those of a dated release.
        published=details.published or str(understood.year.start + 1),
        provenance=details.provenance or provenance,
        file=file,
        sha256=checksums.digest(content),
        layout=layout,
        framework_year=str(understood.year),
        maturity=Maturity.FINAL,
        added="in place" if lies_there else "copied",
        follows=_follows(figures, details.framework, manifest, root),
        accepted_findings=details.accepted,
    )
    tidied = build.tidy(
        content,
        entry,
        layout=understood.layout,
        registers=sources.reference(root),
        patches=corrections.read(root / "data" / "reference"),
    )
    return Candidate(path, replace(understood, figures=tidied), details, entry, content, tidied)


def _raw_file(
    path: Path, content: bytes, name: str, details: Details, manifest: SourceManifest, raw: Path
) -> tuple[str, bool]:
    """The name of the file in data/raw, and whether its reader put it there.

    A publisher's file keeps its name, so that a folder of such files can be built from.
    """
    digest = checksums.digest(content)
    twins = [release for release in manifest.releases if release.sha256 == digest]
    if twins:
        file = twins[0].file
        lies_there = twins[0].added != "copied"
        return file, lies_there and (raw / file).is_file()
    made = f"{name.replace('_', '-')}{_suffix(path, content)}"
    others = {release.file for release in manifest.releases}
    if details.release is None or path.name in others:
        return made, False
    there = raw / path.name
    if not there.exists():
        return path.name, False
    return (path.name, True) if there.read_bytes() == content else (made, False)


def _follows(
    figures: pd.DataFrame, framework: str | None, manifest: SourceManifest, root: Path
) -> dict[str, str]:
    """Years of the figures that the register does not know, and whose framework they follow.

    Raises:
        ParameterError: Nothing says which, or the framework has not the indicators.
    """
    reviewed = registers.load(root / "data" / "reference").indicators
    earlier = manifest.follows()
    years = sorted(map(FinancialYear.parse, set(figures["period"])))
    unknown = [year for year in years if not reviewed.knows(year)]
    if not unknown:
        if framework is not None:
            raise ParameterError(
                f"found --year-of-framework {framework}, but the register of indicators has every "
                "year of the file.",
                mend="leave it out.",
            )
        return {}
    latest = max(year for entry in reviewed for year in entry.years)
    follows: dict[str, str] = {}
    for year in unknown:
        if framework is None and year not in earlier:
            raise ParameterError(
                f"no indicator of the register has the year {year}; the latest is {latest}.",
                mend="add the year to data/reference/indicators.yaml, or say whose indicators, "
                f"codes and reviews it follows: --year-of-framework {latest}",
            )
        followed = FinancialYear.parse(framework) if framework else earlier[year]
        if not reviewed.knows(followed):
            raise UnknownNameError("year of a framework", str(followed), [str(latest)])
        if earlier.get(year, followed) != followed:
            raise ParameterError(
                f"found --year-of-framework {followed} for {year}, which follows {earlier[year]} "
                "in a table that was added before.",
                mend=f"--year-of-framework {earlier[year]}",
            )
        _check_published(figures, reviewed, year, followed)
        follows[str(year)] = str(followed)
    return follows


def _check_published(
    figures: pd.DataFrame,
    indicators: registers.Indicators,
    year: FinancialYear,
    followed: FinancialYear,
) -> None:
    problems = Problems(
        ParameterError,
        str(year),
        mend="--year-of-framework with a year that has them, or --map unread=COLUMN.",
    )
    for name in sorted(set(figures.loc[figures["period"] == str(year), "indicator_id"])):
        if not indicators[name].published_in(followed):
            problems.add(f"{name} was not published for {followed}, whose framework it follows")
    problems.raise_if_any()


def add(candidate: Candidate, *, root: Path | None = None) -> build.Built:
    """Register the release and bring its figures in force; other releases are not touched.

    The release is made anew from the data as they are once no other command writes them: another
    file may have been added since the candidate was looked at, and may have taken its name.

    Raises:
        RegisterError: layouts.yaml or sources.yaml would not hold the entry.
        SourceError: The project's data cannot be written, or the file is a release by now.
        ParameterError: Another command is writing the data, or has taken the release's id.
    """
    root = sources.writable_root(root)
    data = root / "data"
    with transaction.writing(data):
        sources.forget()
        _refuse_known(candidate.path, candidate.content, candidate.understood, root)
        if candidate.details.release is not None:
            check_release_id(candidate.details.release, root=root)
        candidate = _candidate(
            candidate.path, candidate.content, candidate.understood, candidate.details, root
        )
        figures = build.packed(candidate.figures)
        contents = {f"published/{candidate.release.id}.parquet": figures}
        if candidate.release.added == "copied":
            contents[f"raw/{candidate.release.file}"] = candidate.content
        if candidate.understood.known is None:
            path = data / "reference" / "layouts.yaml"
            entry = {candidate.release.layout: _written(candidate.understood.layout)}
            text = with_entry(path, read_text(path), "layouts", entry)
            contents["reference/layouts.yaml"] = text.encode()
        release = candidate.release.model_dump(mode="json", exclude_defaults=True)
        path = data / "sources.yaml"
        contents["sources.yaml"] = with_entry(path, read_text(path), "releases", [release]).encode()
        transaction.commit(data, contents)
    sources.forget()
    return build.built_of(candidate.figures, candidate.release, figures)


def _written(layout: AnyLayout) -> dict[str, object]:
    layout = layout.model_copy(update={"added": True})
    return {"kind": layout.kind, **layout.model_dump(mode="json", exclude_defaults=True)}


def removal(release_id: str, *, root: Path | None = None) -> Removal:
    """What taking an added release out again would do; nothing is written.

    Raises:
        UnknownNameError: There is no such release.
        ParameterError: It is one of the publisher's, or explanations and corrections name it.
    """
    root = root or sources.project_root()
    reference, raw = root / "data" / "reference", root / "data" / "raw"
    manifest = sources.manifest(root)
    release = manifest[release_id]
    if release.added is None:
        added = [one.id for one in manifest.releases if one.added]
        raise ParameterError(
            f"{release_id} ({release.title}) is one of the project's own publications, and "
            "only a table that `bench add` brought in is taken out.",
            mend=f"one of {', '.join(added)}." if added else "no table was added.",
        )
    _check_not_named(release_id, reference)
    others = [one for one in manifest.releases if one.id != release_id]
    path = root / "data" / "sources.yaml"
    texts = {"sources.yaml": without_entry(path, read_text(path), "releases", release_id)}
    gone = [f"published/{release_id}.parquet"]
    remarks = []
    layout_users = [one.id for one in others if one.layout == release.layout]
    layout = layouts.read(reference).layouts.get(release.layout)
    if layout is not None and layout.added:
        if layout_users:
            remarks.append(f"the layout {release.layout} stays: {layout_users[0]} is read by it")
        else:
            path = reference / "layouts.yaml"
            texts["reference/layouts.yaml"] = without_entry(
                path, read_text(path), "layouts", release.layout
            )
    copy = raw / release.file
    file_users = [one.id for one in others if one.file == release.file]
    if not copy.is_file():
        remarks.append(f"{copy} is not there")
    elif file_users:
        remarks.append(f"{copy} stays: {file_users[0]} is read from it")
    elif release.added == "in place":
        remarks.append(f"{copy} stays: it lay there before")
    elif checksums.digest(copy.read_bytes()) != release.sha256:
        remarks.append(f"{copy} stays: it is not the file that was added any more")
    else:
        gone.append(f"raw/{release.file}")
    return Removal(release, texts, tuple(gone), tuple(remarks))


def _check_not_named(release_id: str, reference: Path) -> None:
    """Whether explained findings or corrections are about the release."""
    problems = Problems(ParameterError, str(reference), mend="take those entries out first.")
    for one in corrections.read(reference):
        if one.release == release_id:
            problems.add(f"corrections.yaml: {one.id} corrects {release_id}")
    known = reference / "known_findings.yaml"
    entries = (read_yaml(known) if known.is_file() else {}).get("known_findings", [])
    for number, entry in enumerate(entries, start=1):
        if release_id in entry["select"]["releases"]:
            problems.add(f"known_findings.yaml: entry {number} explains a finding of {release_id}")
    problems.raise_if_any()


def remove(release_id: str, *, root: Path | None = None) -> None:
    """Take an added release out of the data, as they are once no other command writes them.

    Raises:
        UnknownNameError, ParameterError: As `removal` says; or another command is writing.
        SourceError: The project's data cannot be written.
    """
    root = sources.writable_root(root)
    data = root / "data"
    with transaction.writing(data):
        sources.forget()
        agreed = removal(release_id, root=root)
        contents = {name: text.encode() for name, text in agreed.texts.items()}
        transaction.commit(data, contents, removed=agreed.gone)
    sources.forget()


def _name(figures: pd.DataFrame, year: FinancialYear) -> str:
    """A release's id from what it holds: ni_130_2010_11, ascof_2012_13."""
    indicators = sorted(set(figures["indicator_id"]))
    stem = indicators[0] if len(indicators) == 1 else "table"
    return f"{stem}_{year}".replace("-", "_")


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
