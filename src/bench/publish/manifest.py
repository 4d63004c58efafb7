"""The evidence that a batch leaves: run.json, written as pages finish, never half a file.

It holds a record per page, what the pages were made from, and the name of every file that this
program put into the folder: what it does not name is somebody else's and is never removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import stat
import time
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

import bench
from bench.project import places
from bench.publish import html
from bench.publish import notebook as batch
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

NAME: Final = "run.json"
DONE, KEPT, FAILED = "done", "kept", "failed"
# By these a folder is told to be a site that this program made.
_MARK: Final = {"made_by": "bench site", "format": 1}
_LARGEST_BYTES: Final = 64 * 1024**2
_ASSETS: Final = tuple(f"{batch.ASSETS}/{name}" for name in html.SITE_ASSETS)
# A file of a site: in its folder or one below, under a plain name.
_FILE: Final = re.compile(r"(?:[A-Za-z0-9_-]+/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
_PAGE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_PACKAGES = ("jupyterlab", "nbclient", "nbconvert", "pandas", "papermill", "plotly")


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one page.

    Attributes:
        downloads: the sha256 of each file that the page leads to, by name.
        unlinked: pages of the site that it would lead to, had they been there.
        printed: whether there is a PDF of it.
        seconds: how long it took in its worker.
        stages: the seconds of it by stage: until its shell or kernel was ready (start), its cells
            (execute), rendering (render); and what writing it took the runner (write).
    """

    identifier: str
    title: str
    notebook: str
    parameters: Mapping[str, str]
    inputs_sha256: str
    status: str
    page_sha256: str = ""
    downloads: Mapping[str, str] = field(default_factory=dict)
    unlinked: tuple[str, ...] = ()
    printed: bool = False
    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    peak_bytes: int = 0
    warnings: tuple[str, ...] = ()
    error: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What every page of a run is made from, as hashes."""

    commit: str
    code_sha256: str
    data_sha256: str
    notebooks_sha256: Mapping[str, str]
    sources_sha256: Mapping[str, str]
    versions: Mapping[str, str]

    def of(self, job: batch.Page) -> str:
        """One hash of everything that decides a page's bytes."""
        what = {
            "commit": self.commit,
            "code": self.code_sha256,
            "data": self.data_sha256,
            "notebook": self.notebooks_sha256.get(job.notebook, ""),
            "versions": dict(self.versions),
            "job": [job.identifier, job.title, job.notebook, dict(job.parameters)],
        }
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def inputs(root: Path) -> Inputs:
    """Hash what pages are made from: code, data with registers and sources, params, notebooks."""
    data = sorted(
        path
        for folder in ("data/published", "data/reference", "params")
        for path in (root / folder).rglob("*")
        if path.is_file()
    )
    single = (root / "data" / name for name in ("quoted.csv", "sources.yaml"))
    data += [path for path in single if path.is_file()]
    workspace = sources.workspace(root)
    own = sorted(path for path in (workspace / "data" / "own").rglob("*") if path.is_file())
    named = {path.relative_to(root).as_posix(): path for path in data}
    named |= {path.relative_to(workspace).as_posix(): path for path in own}
    package = batch.package_folder()
    code = sorted(
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix in {".py", ".j2", ".yaml", ".css", ".js", ".json"}
    )
    return Inputs(
        commit=sources.commit(root),
        code_sha256=_hash_of({path.relative_to(package).as_posix(): path for path in code}),
        data_sha256=_hash_of(named),
        notebooks_sha256={
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((root / "notebooks").glob("*.ipynb"))
        },
        sources_sha256={r.file: r.sha256 for r in sources.manifest(root).releases},
        versions={"python": platform.python_version(), "bench": bench.__version__}
        | {name: importlib.metadata.version(name) for name in _PACKAGES},
    )


def _hash_of(paths: Mapping[str, Path]) -> str:
    total = hashlib.sha256()
    for name, path in paths.items():
        total.update(name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@dataclass
class Run:
    """One run's manifest; every change is on disk, whole, before the next begins.

    Attributes:
        folder: where the pages are made, later the site's own folder.
        site: the name of the site's file.
        inputs: what the pages are made from.
        settings: how the batch is run.
        pages: the pages that the site is going to have, by identifier.
        records: what became of each page.
        files: every file that is in the folder, or is about to be.
        bound: files that are made of several pages.
        stages: seconds of the run by stage, as they passed: what the pages are made from was
            hashed (inputs), workers started (start), pages made (pages), the index and the overview
            made (lead), the site brought in force (publish).
    """

    folder: Path
    site: str
    inputs: Inputs
    settings: Mapping[str, Any]
    pages: frozenset[str] = frozenset()
    started: str = field(default_factory=lambda: _now())
    finished: str = ""
    records: dict[str, Record] = field(default_factory=dict)
    files: set[str] = field(default_factory=lambda: {NAME, *_ASSETS})
    bound: frozenset[str] = frozenset()
    stages: dict[str, float] = field(default_factory=dict)
    _texts: dict[str, tuple[Record, str]] = field(default_factory=dict, repr=False, compare=False)

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the seconds of the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            seconds = self.stages.get(stage, 0.0) + time.perf_counter() - start
            self.stages[stage] = round(seconds, 3)

    def add(self, record: Record) -> None:
        """Note what became of a page."""
        self.records[record.identifier] = record
        self.write()

    def expect(self, names: Iterable[str]) -> None:
        """Note files that are about to be written, so that a killed run knows them as its own."""
        new = set(names) - self.files
        if new:
            self.files |= new
            self.write()

    def finish(self) -> None:
        """Note that nothing is left to do; what no page leads to any more is removed."""
        self.finished = _now()
        wanted = {NAME, *_ASSETS, *self.bound}
        for record in self.records.values():
            if record.status != FAILED:
                wanted |= {f"{record.identifier}.html", *record.downloads}
                wanted |= {f"{record.identifier}.pdf"} if record.printed else set()
        for name in (*(self.files - wanted), *leftovers(self.folder, self.files | wanted)):
            (self.folder / name).unlink(missing_ok=True)
        self.files = {name for name in wanted if name == NAME or (self.folder / name).is_file()}
        self.write()

    @property
    def there(self) -> frozenset[str]:
        """The pages that are made, by identifier."""
        return frozenset(r.identifier for r in self.records.values() if r.status != FAILED)

    @property
    def failures(self) -> list[Record]:
        """The pages that failed, by identifier."""
        return [r for _, r in sorted(self.records.items()) if r.status == FAILED]

    def write(self) -> None:
        """Write run.json so that no reader ever sees half of it."""
        said = {
            **_MARK,
            "site": self.site,
            "started": self.started,
            "finished": self.finished,
            "settings": dict(self.settings),
            "stages": self.stages,
            "inputs": asdict(self.inputs),
            "files": sorted(self.files),
        }
        head = json.dumps(said, indent=1, ensure_ascii=False).removesuffix("\n}")
        pages = ",".join(self._text_of(record) for _, record in sorted(self.records.items()))
        text = f'{head},\n "pages": [{pages}\n ]\n}}\n' if pages else f'{head},\n "pages": []\n}}\n'
        batch.write_page(text, self.folder / NAME)

    def _text_of(self, record: Record) -> str:
        """A record as an element of the manifest's list, made into text once for all writings."""
        known = self._texts.get(record.identifier)
        if known is None or known[0] is not record:
            # A line feed within a text is written otherwise, so that each of these ends a line.
            text = "\n" + json.dumps(asdict(record), indent=1, ensure_ascii=False)
            known = self._texts[record.identifier] = (record, text.replace("\n", "\n  "))
        return known[1]


@dataclass(frozen=True, slots=True)
class SiteManifest:
    """What run.json says of a folder: whose site it is, its files, and its pages."""

    site: str
    files: frozenset[str]
    records: Mapping[str, Record]


def read(folder: Path) -> SiteManifest | None:
    """The run.json of a folder; None where there is none, or one that this program did not write.

    Every name in it is plain, so that none leads out of the folder.
    """
    path = folder / NAME
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_BYTES:
            return None
        said = json.loads(path.read_text(encoding="utf-8"))
        if not all(said[key] == value for key, value in _MARK.items()):
            return None
        site = TypeAdapter(str).validate_python(said["site"], strict=True)
        files = TypeAdapter(frozenset[str]).validate_python(said["files"])
        records = TypeAdapter(list[Record]).validate_python(said["pages"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    names = files.union(*(record.downloads for record in records))
    identifiers = [record.identifier for record in records]
    sound = (
        NAME in files
        and all(map(_FILE.fullmatch, names))
        and all(map(_PAGE.fullmatch, identifiers))
        and len(set(identifiers)) == len(identifiers)
    )
    return SiteManifest(site, files, {r.identifier: r for r in records}) if sound else None


def unfinished(name: str, files: Collection[str]) -> bool:
    """Whether a name is that of one of the files while it was being written."""
    folder, slash, last = name.rpartition("/")
    written = places.replaced_by(last)
    return written is not None and f"{folder}{slash}{written}" in files


def leftovers(folder: Path, files: Collection[str]) -> list[str]:
    """Halves of a site's files that a killed process left in its folder, by name, sorted."""
    found = []
    for within in {name.rpartition("/")[0] for name in files}:
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / within) as entries:
            names = [e.name for e in entries if e.is_file(follow_symlinks=False)]
            found += [f"{within}/{name}" if within else name for name in names]
    return sorted(name for name in found if unfinished(name, files))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
