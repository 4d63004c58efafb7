"""The evidence that a batch leaves: run.json, written as pages finish, never half a file.

Enters: jobs, their results, and what they were made from. Leaves: a record per page, and the
means to tell whether a page made before can be kept.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import bench
from bench.publish import batch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["DONE", "FAILED", "KEPT", "Inputs", "Record", "Run", "inputs", "read_records"]

NAME = "run.json"
DONE, KEPT, FAILED = "done", "kept", "failed"
_PACKAGES = ("jupyterlab", "nbclient", "nbconvert", "pandas", "papermill", "plotly")


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one page."""

    identifier: str
    title: str
    notebook: str
    parameters: Mapping[str, str]
    inputs_sha256: str
    status: str
    page_sha256: str = ""
    downloads: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
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
    """Hash what the pages are made from: the code, the data with its registers, the notebooks."""
    from bench.published import sources

    data = sorted(
        path
        for folder in ("data/published", "data/reference", "params")
        for path in (root / folder).rglob("*")
        if path.is_file()
    )
    quoted = [path for path in (root / "data" / "quoted.csv",) if path.is_file()]
    workspace = sources.workspace(root)
    own = sorted(path for path in (workspace / "data" / "own").rglob("*") if path.is_file())
    named = {path.relative_to(root).as_posix(): path for path in (*data, *quoted)}
    named |= {path.relative_to(workspace).as_posix(): path for path in own}
    package = batch.package_folder()
    code = sorted(
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix in {".py", ".j2", ".css", ".js", ".json"}
    )
    return Inputs(
        commit=batch.commit(root),
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
    """One run's manifest; every change is on disk, whole, before the next begins."""

    folder: Path
    site: str
    inputs: Inputs
    settings: Mapping[str, Any]
    started: str = field(default_factory=lambda: _now())
    finished: str = ""
    records: dict[str, Record] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Note what became of a page."""
        self.records[record.identifier] = record
        self.write()

    def finish(self) -> None:
        """Note that nothing is left to do."""
        self.finished = _now()
        self.write()

    @property
    def failures(self) -> list[Record]:
        """The pages that failed, by identifier."""
        return [r for _, r in sorted(self.records.items()) if r.status == FAILED]

    def write(self) -> None:
        """Write run.json so that no reader ever sees half of it."""
        told = {
            "site": self.site,
            "started": self.started,
            "finished": self.finished,
            "settings": dict(self.settings),
            "inputs": asdict(self.inputs),
            "pages": [asdict(record) for _, record in sorted(self.records.items())],
        }
        batch.write_page(json.dumps(told, indent=1, ensure_ascii=False) + "\n", self.folder / NAME)


def read_records(folder: Path) -> dict[str, Record]:
    """The records of a run in a folder; none where there was no run, or nothing readable of it."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return {
            page["identifier"]: Record(**page | {"warnings": tuple(page["warnings"])})
            for page in told["pages"]
        }
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
