"""Pages + index + assets + downloads, brought in force together.

Enters: a site's file and a folder. Leaves: the site in the folder, whole; what was there before
stays in use until it is.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import overview_brief
from bench.errors import SourceError
from bench.present import page, sheets
from bench.present import site as pages_of_site
from bench.present.downloads import of_councils
from bench.present.site import Failure, Link
from bench.publish import batch, html, pdf, run, workers
from bench.publish.manifest import KEPT
from bench.publish.plan import plan as make_plan
from bench.publish.progress import Progress
from bench.published import sources
from bench.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.publish.manifest import Record, Run
    from bench.publish.plan import Plan

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
    print_pdf: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Plan, run and publish a site.

    Args:
        path: The site's file.
        out: Folder of the site; `reports/<site>` of the project or the working folder if not given.
        only: Page identifiers, or anything that names a council; all pages if empty.
        options: How the batch is run.
        publish_partial: Bring the site in force even if pages failed.
        print_pdf: Print every page as well, beside it, once the site is in force.
        progress: Whom to tell how far it is; nobody if not given.

    Returns:
        What became of it. With failed pages, and unless `publish_partial`, the site that was in
        the folder is still the one in force.

    Raises:
        ParameterError: The site's file names what is unknown, or another batch is at work.
        SourceError: The folder cannot be written.
        ExecutionError: Workers could not be kept alive, or there is no Chromium to print with.
    """
    root = sources.project_root()
    plan = make_plan(path, root=root)
    jobs = plan.only(only) if only else plan.jobs
    folder = (out or sources.workspace(root) / "reports" / plan.name).absolute()
    options = options or run.Options()
    if print_pdf:
        pdf.find_chromium()  # told before anything is rendered
    with run.locked(folder), progress or Progress(quiet=True) as told:
        before = run.previous(folder, resume=options.resume)
        made = run.run(plan, jobs, folder, root=root, options=options, before=before, progress=told)
        kept = sum(record.status == KEPT for record in made.records.values())
        failures = tuple(made.failures)
        try:
            _lead(plan, jobs, made, before)
            html.write_assets(made.folder / batch.ASSETS, html.SITE_ASSETS)
            made.finish()
            published = not failures or publish_partial
            if published:
                swap(made.folder, folder)
        except OSError as error:
            raise SourceError(f"{folder} cannot be written: {error.strerror}.") from error
        if print_pdf and published:
            failed = {record.identifier for record in failures}
            for job in jobs:
                if job.identifier not in failed:
                    pdf.print_page(folder / f"{job.identifier}.html")
    return Outcome(folder, published, len(jobs), kept, failures)


def _lead(
    plan: Plan, jobs: Sequence[batch.Page], made: Run, before: Mapping[str, tuple[Path, Record]]
) -> None:
    """The pages that lead to all others: the index, and the overview of every council."""
    about = {
        "year": plan.year,
        "peers": plan.file.peers,
        "rule": plan.file.rule,
        "multiplicity": plan.file.multiplicity or "",
        "palette": plan.file.palette,
        "pages": ",".join(sorted(job.identifier for job in jobs)),
        "failed": ",".join(record.identifier for record in made.failures),
    }
    leads = {name: batch.Page(name, plan.file.title, "", about) for name in ("index", "overview")}
    todo = [name for name, job in leads.items() if not run.keep(job, made, before)]
    if not todo:
        return
    there = {job.identifier for job in jobs} - {record.identifier for record in made.failures}

    paged = plan.of_councils()

    def href(identifier: str) -> str | None:
        page_of = paged.get(identifier, identifier)
        return f"{page_of}.html" if page_of in there else None

    view = overview_brief.gather(
        plan.year,
        peers=plan.file.peers,
        rule=plan.file.rule,
        multiplicity=plan.file.multiplicity,
    )
    councils, indicators = view.councils(href), view.indicators(href)
    # A site of some councils lists these; one without pages of councils lists all of them.
    chosen = tuple(one for one in councils if one.identifier in paged) or councils
    once = [
        Link(job.title, f"{job.identifier}.html")
        for job in jobs
        if job.identifier in there & plan.once
    ]
    table = sheets.frame_sheet(view.frame(), name="Councils", columns=sheets.COUNCILS)
    notes = sheets.notes_sheet(
        page.notes(
            parameters={name: about[name] for name in ("year", "peers", "rule")},
            rule=view.rules.rule.value,
            average=view.rules.average.value,
            peers=[],
            peers_title=view.peers_title,
            sources=view.releases,
            version=__version__,
        )
    )
    downloads = of_councils("all-councils", table, notes, label="Every council and indicator")
    tables = [Link(f"{one.label} ({one.kind})", one.name) for one in downloads]
    pages = {
        "index": pages_of_site.index_page(
            [*chosen, *indicators],
            title=plan.file.title,
            year=plan.year,
            releases=view.releases,
            palette=plan.file.palette,
            assets=batch.ASSETS,
            failures=[Failure(one.identifier, one.error) for one in made.failures],
            peers_title=view.peers_title,
            links=[
                *once,
                Link("All councils and indicators in one table", "overview.html"),
                *tables,
            ],
        ),
        "overview": pages_of_site.overview_page(
            view.frame(),
            [*councils, *indicators],
            title=plan.file.title,
            year=plan.year,
            palette=plan.file.palette,
            assets=batch.ASSETS,
            peers_title=view.peers_title,
            links=[Link("All councils", "index.html"), *once],
        ),
    }
    carried = {"index": {one.name: one.content for one in downloads}, "overview": {}}
    for name in todo:
        run.record(leads[name], workers.Result(name, pages[name], 0.0, 0), made, carried[name])


def swap(made: Path, out: Path) -> None:
    """Put a finished folder in the place of the one in force; a reader sees one or the other."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    made.replace(out)
    shutil.rmtree(old, ignore_errors=True)
