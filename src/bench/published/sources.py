"""The manifest of releases: find, verify and open one; and the folders of a project."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import Field, field_validator

from bench import reference as registers
from bench.errors import ParameterError, Problems, SourceError, UnknownNameError
from bench.project.checksums import MARK, PACKAGED, digest
from bench.project.files import StrictModel, read_model
from bench.published.readers.cells import Maturity
from bench.reference.periods import FinancialYear, written_year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reference import Registers

_NO_COMMIT = "not under version control"
# A release's id names its file in data/published, so it can hold no folder.
ID_FORM = re.compile(r"[a-z][a-z0-9_]{2,59}")


class Release(StrictModel):
    """One publication: who, when, under which licence, and how to know its file.

    Attributes:
        added: `bench add` wrote the entry and `bench add --remove` may take it out again: with
            the copy that it made in data/raw, or leaving the file that lay there before.
        follows: years of the table that the register of indicators does not know, each with the
            year whose framework it follows.
        accepted_findings: what `bench check` calls an error and was brought in all the same.
    """

    id: str
    title: str
    publisher: str
    landing_page: str
    licence: str
    published: str
    provenance: str
    file: str
    sha256: str
    layout: str
    framework_year: str
    maturity: Maturity
    added: Literal["copied", "in place"] | None = None
    follows: dict[str, str] = Field(default_factory=dict)
    accepted_findings: tuple[str, ...] = ()

    @field_validator("id")
    @classmethod
    def _is_an_id(cls, text: str) -> str:
        if not ID_FORM.fullmatch(text):
            raise ValueError("small letters, digits and underscores are expected")
        return text

    @field_validator("framework_year")
    @classmethod
    def _is_a_year(cls, text: str) -> str:
        return str(written_year(text))

    @field_validator("follows")
    @classmethod
    def _are_years(cls, follows: dict[str, str]) -> dict[str, str]:
        return {str(written_year(k)): str(written_year(v)) for k, v in follows.items()}

    @field_validator("published", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> str:
        return str(value)

    @field_validator("file")
    @classmethod
    def _is_a_plain_name(cls, name: str) -> str:
        if Path(name).name != name:
            raise ValueError("a file name without a folder is expected")
        return name

    @property
    def year(self) -> FinancialYear:
        """The year whose framework the release follows."""
        return FinancialYear.parse(self.framework_year)


class SourceManifest(StrictModel):
    """Every release, in order of publication: the later one is in force."""

    releases: tuple[Release, ...]

    @field_validator("releases")
    @classmethod
    def _in_order(cls, releases: tuple[Release, ...]) -> tuple[Release, ...]:
        ids = [release.id for release in releases]
        if len(set(ids)) < len(ids):
            raise ValueError("two releases share an id")
        return tuple(sorted(releases, key=_order))

    def follows(self) -> dict[FinancialYear, FinancialYear]:
        """Years of added tables, each with the year whose framework it follows."""
        return {
            FinancialYear.parse(year): FinancialYear.parse(followed)
            for release in self.releases
            for year, followed in release.follows.items()
        }

    def before(self, release: Release) -> tuple[str, ...]:
        """The releases that a release comes after, whether or not it is one of them."""
        place = _order(release)
        return tuple(other.id for other in self.releases if _order(other) < place)

    def __getitem__(self, release_id: str) -> Release:
        for release in self.releases:
            if release.id == release_id:
                return release
        raise UnknownNameError("release", release_id, [r.id for r in self.releases])


def _order(release: Release) -> tuple[str, str]:
    return release.published, release.id


def project_root() -> Path:
    """The project whose data, parameters and notebooks are read.

    The nearest folder upwards from the working folder that holds params/rag.yaml, else the
    environment's BENCH_ROOT, else the folder of the editable install, else what the installed
    package brings along, which is read only: see `workspace` for what is written.

    Raises:
        ParameterError: None of them is a project, or BENCH_ROOT is no folder.
    """
    working = Path.cwd()
    for folder in (working, *working.parents):
        if (folder / MARK).is_file():
            return folder
    named = os.environ.get("BENCH_ROOT")
    candidate = Path(named) if named else Path(__file__).resolve().parents[3]
    if (candidate / MARK).is_file():
        return candidate
    if (PACKAGED / MARK).is_file() and (not named or candidate.is_dir()):
        return PACKAGED
    raise ParameterError(
        f"No project: neither {working} nor a folder above it holds {MARK}, nor does {candidate}.",
        mend="run the command inside a project, such as `bench new DIR` makes, or set BENCH_ROOT "
        "to its folder.",
    )


def reference(root: Path | None = None, *, follows: Mapping[str, str] | None = None) -> Registers:
    """The registers of the project's data/reference, with the years that added tables brought.

    Args:
        follows: further years, each with the one whose framework it follows.
    """
    data = (root or project_root()) / "data"
    path = data / "sources.yaml"
    years = _manifest(path).follows() if path.is_file() else {}
    for year, followed in (follows or {}).items():
        years[FinancialYear.parse(year)] = FinancialYear.parse(followed)
    return registers.load(data / "reference", tuple(sorted(years.items())))


def commit(root: Path) -> str:
    """The version of the project under version control, or that there is none.

    `BENCH_COMMIT` in the environment says it instead: where a build from an archive knows its
    version, or two builds are to be the same to the byte.
    """
    if stated := os.environ.get("BENCH_COMMIT"):
        return stated
    if root == PACKAGED:  # whatever repository the package is installed in is none of it
        return _NO_COMMIT
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return _NO_COMMIT
    return done.stdout.strip()


def workspace(root: Path | None = None) -> Path:
    """Where results and a user's own figures are: in the project, if a project is at hand.

    With the installed package alone, the environment's BENCH_ROOT, else the working folder.

    Args:
        root: The project that is read; found from the working folder if not given.
    """
    root = root or project_root()
    if root != PACKAGED:
        return root
    named = os.environ.get("BENCH_ROOT")
    return Path(named).absolute() if named else Path.cwd()


def sites(root: Path | None = None) -> list[str]:
    """The names of params/sites, of the project or of another folder."""
    folder = (root or project_root()) / "params" / "sites"
    return sorted(path.stem for path in folder.glob("*.yaml"))


def writable_root(root: Path | None = None) -> Path:
    """The project, to change its data.

    Raises:
        ParameterError: There is none but what the installed package brings along.
    """
    root = root or project_root()
    if root == PACKAGED:
        raise ParameterError(
            "The figures and registers that the installed package brings along are not changed.",
            mend="`bench new DIR` makes a project of your own; run this command inside it.",
        )
    return root


def manifest(root: Path | None = None) -> SourceManifest:
    """The manifest of the project."""
    return _manifest((root or project_root()) / "data" / "sources.yaml")


@functools.cache
def _manifest(path: Path) -> SourceManifest:
    return read_model(path, SourceManifest)


def forget() -> None:
    """Let the next question read the manifest and the registers anew, because they were written."""
    _manifest.cache_clear()
    registers.load.cache_clear()


class File(Protocol):
    """What must be known of a publisher's file to know that it is the one meant."""

    @property
    def file(self) -> str:
        """Its name, as published."""

    @property
    def sha256(self) -> str:
        """Its checksum."""

    @property
    def title(self) -> str:
        """What it was published as."""

    @property
    def landing_page(self) -> str:
        """Where it was published."""


def find(release: File, folder: Path) -> Path | None:
    """Where a release's file lies in a folder or below it, or None."""
    direct = folder / release.file
    if direct.is_file():
        return direct
    return min(folder.rglob(release.file), default=None)


def open_verified(releases: Sequence[File], folder: Path) -> dict[str, bytes]:
    """Read the files of several releases in place.

    Returns:
        Bytes by file name; a file that several releases share is read once.

    Raises:
        SourceError: Files that are missing or differ from the manifest, all named at once.
    """
    problems = Problems(
        SourceError,
        str(folder),
        mend="fetch the file again from its landing page; see sources.yaml.",
    )
    contents: dict[str, bytes] = {}
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder.", mend="bench build --raw FOLDER")
    for release in releases:
        if release.file in contents:
            continue
        path = find(release, folder)
        if path is None:
            problems.add(f"{release.file} is missing ({release.title}, {release.landing_page})")
            continue
        content = path.read_bytes()
        found = digest(content)
        if found != release.sha256:
            problems.add(
                f"{release.file} is not the file of the manifest: found sha256 {found[:12]}... "
                f"and {len(content)} bytes, expected sha256 {release.sha256[:12]}..."
            )
            continue
        contents[release.file] = content
    problems.raise_if_any()
    return contents
