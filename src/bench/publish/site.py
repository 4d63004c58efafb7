"""Pages + index + assets + downloads, brought in force together.

Enters: a site's file and a folder. Leaves: the site in the folder, whole; what was there before
stays in use until it is.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.publish import batch, html, run
from bench.publish.plan import plan as make_plan
from bench.publish.progress import Progress
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.publish.manifest import Record

__all__ = ["Outcome", "build"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: where the site is, and which pages failed."""

    folder: Path
    published: bool
    pages: int
    kept: int
    failures: tuple[Record, ...]


def build(
    path: Path,
    *,
    out: Path | None = None,
    only: Sequence[str] = (),
    options: run.Options | None = None,
    publish_partial: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Plan, run and publish a site.

    Args:
        path: The site's file.
        out: Folder of the site; `reports/<site>` if not given.
        only: Page identifiers, or anything that names a council; all pages if empty.
        options: How the batch is run.
        publish_partial: Bring the site in force even if pages failed.
        progress: Whom to tell how far it is; nobody if not given.

    Returns:
        What became of it. With failed pages, and unless `publish_partial`, the site that was in
        the folder is still the one in force.

    Raises:
        ParameterError: The site's file names what is unknown, or another batch is at work.
        SourceError: The folder cannot be written.
        ExecutionError: Workers could not be kept alive.
    """
    root = sources.project_root()
    plan = make_plan(path, root=root)
    jobs = plan.only(only) if only else plan.jobs
    folder = (out or root / "reports" / plan.name).absolute()
    with run.locked(folder), progress or Progress(quiet=True) as told:
        made = run.run(
            plan, jobs, folder, root=root, options=options or run.Options(), progress=told
        )
        html.write_assets(made.folder / batch.ASSETS)
        failures = tuple(made.failures)
        published = not failures or publish_partial
        if published:
            swap(made.folder, folder)
    kept = sum(record.status == "kept" for record in made.records.values())
    return Outcome(folder, published, len(jobs), kept, failures)


def swap(made: Path, out: Path) -> None:
    """Put a finished folder in the place of the one in force; a reader sees one or the other."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    made.replace(out)
    shutil.rmtree(old, ignore_errors=True)
