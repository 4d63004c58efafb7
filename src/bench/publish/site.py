"""Sites: pages, index, assets and downloads, brought in force together.

What was in the site's folder before stays in use until the new site is whole.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError, SourceError
from bench.pages.overview import pages as pages_of_site
from bench.pages.overview import report
from bench.pages.overview.pages import Failure, Link
from bench.present import provenance, sheet
from bench.present.downloads import bundle
from bench.publish import html, manifest, notebook, pdf, run, scratch, target, workers
from bench.publish.manifest import DONE, FAILED, KEPT
from bench.publish.plan import plan as make_plan
from bench.publish.run import Progress
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.present.downloads import Download
    from bench.publish.manifest import Record, Run
    from bench.publish.plan import SitePlan

# The pages that lead to all others; no page of a notebook is called so.
LEADING: Final = ("index", "overview")
# What `--timing` calls the stages of a batch, and of a page of it.
_STAGES: Final = {
    "inputs": "hashing what the pages are made from",
    "start": "starting workers",
    "pages": "making pages",
    "lead": "making the index and the overview",
    "publish": "bringing the site in force",
}
_STAGES_OF_PAGE: Final = {
    "start": "waiting for its shell or kernel",
    "execute": "running its cells",
    "render": "rendering",
    "write": "writing",
}
# All briefs of a site that are printed, bound into one.
BRIEFS: Final = "all-briefs.pdf"
# What the overview of every council is asked for.
_OVERVIEW: Final = ("year", "peers", "rule", "multiplicity")
_LINK: Final = re.compile(
    r'<a\b[^>]*?\bhref="(?P<page>[A-Za-z0-9_-]+)\.html(?:#[^"]*)?"[^>]*>(?P<text>.*?)</a>',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Stages:
    """Where the time of a batch went.

    Attributes:
        run: seconds of the whole batch by stage, as `manifest.Run` has them.
        pages: those of each page that was made, as `manifest.Record` has them.
    """

    run: Mapping[str, float]
    pages: tuple[Mapping[str, float], ...]

    def text(self) -> str:
        """A line for each stage, of the batch and of a page."""
        lines = [f"{_STAGES[stage]:44} {seconds:8.2f} s" for stage, seconds in self.run.items()]
        if self.pages:
            lines.append(f"Each page, on average over {len(self.pages)}:")
            for stage in self.pages[0]:
                mean = sum(page.get(stage, 0.0) for page in self.pages) / len(self.pages)
                lines.append(f"  {_STAGES_OF_PAGE[stage]:42} {mean:8.3f} s")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch.

    Attributes:
        folder: the site's folder.
        published: whether what was made is in force there.
        in_force: whether any site is, this one or the one before.
        pages: how many pages were asked for.
        kept: how many of them were kept as they were.
        failures: those that failed.
        stages: where the time went.
        recovered: whether an earlier batch was stopped while it brought its site in force, and
            the site that was in force then was put back.
    """

    folder: Path
    published: bool
    in_force: bool
    pages: int
    kept: int
    failures: tuple[Record, ...]
    stages: Stages
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """What `--resume` would find.

    Attributes:
        folder: the site's folder.
        in_force: whether there is a site in it.
        fresh: pages in force that would come out the same.
        stale: pages in force that would not, or that somebody has changed.
        missing: pages that are not in force.
        waiting: stale and missing pages that a stopped batch has made already.
    """

    folder: Path
    in_force: bool
    fresh: tuple[str, ...]
    stale: tuple[str, ...]
    missing: tuple[str, ...]
    waiting: tuple[str, ...]


def build(
    path: Path,
    *,
    out: Path | None = None,
    only: Sequence[str] = (),
    options: run.Options | None = None,
    publish_partial: bool = False,
    print_pdf: bool = False,
    progress: Progress | None = None,
) -> BatchOutcome:
    """Plan, run and publish a site.

    Args:
        path: The site's file.
        out: Folder of the site: absent, empty, or a site made before; `reports/<site>` of the
            project or the working folder if not given.
        only: Page identifiers, or anything that names a council; all pages if empty. These pages
            take the place of those in the site in force; all its others stay as they are.
        options: How the batch is run.
        publish_partial: Bring the site in force even if pages failed.
        print_pdf: Print every page that was asked for as well, once the site is in force.
        progress: Whom to tell how far it is; nobody if not given.

    Returns:
        What became of it. With failed pages, and unless `publish_partial`, the site that was in
        the folder is still the one in force.

    Raises:
        ParameterError: The site's file names what is unknown, another batch is at work, or the
            folder holds what this program did not make.
        SourceError: The folder cannot be written.
        ExecutionError: Workers could not be kept alive, or there is no Chromium to print with.
    """
    root = sources.project_root()
    plan = make_plan(path, root=root)
    jobs = plan.only(only) if only else plan.jobs
    folder = target.site_folder(out or sources.workspace(root) / "reports" / plan.name, root)
    options = options or run.Options()
    if print_pdf:
        pdf.find_chromium()  # told before anything is rendered
        if _briefs(plan):
            pdf.check_binder()
    overview = functools.cache(functools.partial(_overview, plan))

    def meanwhile() -> None:
        with contextlib.suppress(Exception):  # it is told where the overview is written
            overview()

    with run.locked(folder), progress or Progress(quiet=True) as told:
        target.check_site(folder)
        recovered = target.recover(folder)
        scratch.sweep()  # of a batch that was killed, also where no page is left to make
        making = target.staging(folder, only=bool(only))
        rest = _rest(plan, jobs, folder) if only else {}
        before = run.previous(folder, making) if options.resume else {}
        made = run.run(
            plan,
            jobs,
            making,
            options=options,
            earlier=run.Earlier(before, rest),
            progress=told,
            # Of a site that is resumed the overview may be kept.
            meanwhile=(lambda: None) if options.resume else meanwhile,
        )
        records = [made.records[job.identifier] for job in jobs]
        failures = tuple(record for record in records if record.status == FAILED)
        published = not failures or publish_partial
        try:
            if published:
                _unlink(plan, made)
            with made.timed("lead"):
                kept = run.previous(folder, making) if options.resume else {}
                _lead(plan, made, kept, overview)
            html.write_assets(made.folder / notebook.ASSETS, html.SITE_ASSETS)
            made.finish()
            if published:
                with made.timed("publish"):
                    target.swap(making, folder)
                made.folder = folder
                if not only:  # what single pages were made of is older than this
                    target.discard(target.staging(folder, only=True))
                made.write()  # with the seconds of the latest stage
                if print_pdf:
                    _print(plan, made, [r.identifier for r in records if r.status != FAILED])
        except OSError as error:
            raise SourceError(f"{folder} cannot be written: {error.strerror}.") from error
        in_force = target.in_force(folder) is not None
    stages = Stages(made.stages, tuple(r.stages for r in records if r.status == DONE))
    return BatchOutcome(
        folder,
        published,
        in_force,
        pages=len(jobs),
        kept=sum(record.status == KEPT for record in records),
        failures=failures,
        stages=stages,
        recovered=recovered,
    )


def status(path: Path, *, out: Path | None = None, only: Sequence[str] = ()) -> SiteStatus:
    """Which pages of a site are there and as they would be made today. Nothing is written.

    Args:
        path: The site's file.
        out: Folder of the site; `reports/<site>` if not given.
        only: Page identifiers, or anything that names a council; all pages if empty.

    Raises:
        ParameterError: The site's file names what is unknown, or the folder is no place for a
            site.
    """
    root = sources.project_root()
    plan = make_plan(path, root=root)
    folder = target.site_folder(out or sources.workspace(root) / "reports" / plan.name, root)
    inputs = manifest.inputs(root)
    there, waiting = run.previous(folder), run.previous(target.staging(folder))
    pages = frozenset(job.identifier for job in plan.jobs)
    found: dict[str, list[str]] = {"fresh": [], "stale": [], "missing": [], "waiting": []}
    for job in plan.only(only) if only else plan.jobs:
        name = job.identifier
        if run.unchanged(job, inputs, there, pages):
            found["fresh"].append(name)
            continue
        is_there = name in there and (folder / f"{name}.html").is_file()
        found["stale" if is_there else "missing"].append(name)
        if run.unchanged(job, inputs, waiting, pages):
            found["waiting"].append(name)
    in_force = target.in_force(folder) is not None
    return SiteStatus(folder, in_force, **{word: tuple(names) for word, names in found.items()})


def _rest(
    plan: SitePlan, jobs: Sequence[notebook.Page], folder: Path
) -> dict[str, tuple[Path, Record]]:
    """The pages of the site in force that are not made anew.

    Raises:
        ParameterError: The site in force is another one.
    """
    said = target.in_force(folder)
    if said is not None and said.site != plan.name:
        raise ParameterError(
            f"{folder} holds the site {said.site!r}, not {plan.name!r}.",
            mend="give another --out, or leave out --only to put this site in its place.",
        )
    asked = {job.identifier for job in jobs}
    return {
        name: found
        for name, found in run.previous(folder).items()
        if name not in asked and name not in LEADING
    }


def _briefs(plan: SitePlan) -> list[notebook.Page]:
    """The briefs of a site, by the names of their councils."""
    jobs = (job for job in plan.jobs if job.notebook == notebook.COUNCIL_BRIEF)
    return sorted(jobs, key=lambda job: job.title)


def _print(plan: SitePlan, batch: Run, identifiers: Sequence[str]) -> None:
    """Print pages of the site in force; each is known as the site's before it is there.

    All its briefs that are printed, now or before, are bound into one PDF.
    """
    batch.expect(f"{identifier}.pdf" for identifier in identifiers)
    for identifier in identifiers:
        pdf.print_page(batch.folder / f"{identifier}.html")
        batch.add(replace(batch.records[identifier], printed=True))
    bound = [
        (job.parameters.get("council", job.title), batch.folder / f"{job.identifier}.pdf")
        for job in _briefs(plan)
        if job.identifier in batch.records and batch.records[job.identifier].printed
    ]
    if bound:
        batch.expect([BRIEFS])
        batch.bound = frozenset([BRIEFS])
        pdf.bind(bound, batch.folder / BRIEFS, title=plan.file.title)
    batch.finish()


def _unlink(plan: SitePlan, batch: Run) -> None:
    """Leave pages that are not there out of the links of those that are.

    A page that lost a link is made anew once there is something to lead to.
    """
    wanting = {job.identifier for job in plan.jobs} - batch.there
    if not wanting:
        return
    for identifier in sorted(batch.there):
        path = batch.folder / f"{identifier}.html"
        lost: set[str] = set()

        def left(link: re.Match[str], lost: set[str] = lost) -> str:
            if link["page"] not in wanting:
                return link[0]
            lost.add(link["page"])
            return link["text"]

        text = _LINK.sub(left, path.read_text(encoding="utf-8"))
        if lost:
            record = batch.records[identifier]
            notebook.write_page(text, path)
            batch.add(
                replace(
                    record,
                    page_sha256=hashlib.sha256(text.encode()).hexdigest(),
                    unlinked=tuple(sorted(lost | set(record.unlinked))),
                    printed=False,
                )
            )


@dataclass(frozen=True, slots=True)
class SiteOverview:
    """Every council of the site's year, and the files of it.

    Attributes:
        view: every council's rows.
        files: the same as files, by kind.
    """

    view: report.Overview
    files: Mapping[str, Download]


def _asked(plan: SitePlan) -> dict[str, str]:
    """What the overview is asked for."""
    choices = plan.choices.parameters()
    return {name: choices.get(name, "") for name in _OVERVIEW}


def _overview(plan: SitePlan) -> SiteOverview:
    """What the index and the overview show, whichever pages there are."""
    asked = _asked(plan)
    view = report.overview(**asked)
    imprint = provenance.comparison_notes(
        view.rules,
        parameters={name: asked[name] for name in ("year", "peers", "rule")},
        peers_title=view.peers_title,
        sources=view.releases,
    )
    label = "Every council and indicator"
    files = bundle(
        "all-councils",
        {"councils": (label, sheet.councils_sheet(view.frame()))},
        imprint,
        title="Every council beside its peers and England",
        scope=asked["year"],
        whole=f"{label}, with notes",
    )
    return SiteOverview(view, files)


def _lead(
    plan: SitePlan,
    batch: Run,
    before: Mapping[str, tuple[Path, Record]],
    overview: Callable[[], SiteOverview],
) -> None:
    """The pages that lead to all others: the index, and the overview of every council."""
    there = {job.identifier for job in plan.jobs} & batch.there
    about = {
        **_asked(plan),
        "palette": plan.choices.parameters().get("palette", ""),
        "planned": str(len(plan.jobs)),
        "pages": ",".join(sorted(there)),
        "failed": ",".join(record.identifier for record in batch.failures),
    }
    leads = {name: notebook.Page(name, plan.file.title, "", about) for name in LEADING}
    todo = [job.identifier for job in run.keep(leads.values(), batch, before)]
    if not todo:
        return
    paged = plan.of_councils()

    def href(identifier: str) -> str | None:
        page_of = paged.get(identifier, identifier)
        return f"{page_of}.html" if page_of in there else None

    view, files = overview().view, overview().files
    councils, indicators = view.councils(href), view.indicators(href)
    # A site of some councils lists these; one without pages of councils lists all of them.
    chosen = tuple(one for one in councils if one.identifier in paged) or councils
    once = [
        Link(job.title, f"{job.identifier}.html")
        for job in plan.jobs
        if job.identifier in there & plan.once
    ]
    downloads = list(files.values())
    tables = [Link(f"{one.label} ({one.kind})", one.name) for one in downloads]
    pages = {
        "index": pages_of_site.index_page(
            [*chosen, *indicators, *view.places(href)],
            title=plan.file.title,
            year=about["year"],
            releases=view.releases,
            assets=notebook.ASSETS,
            failures=[Failure(one.identifier, one.error) for one in batch.failures],
            pages_made=len(there),
            planned=len(plan.jobs),
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
            year=about["year"],
            assets=notebook.ASSETS,
            peers_title=view.peers_title,
            links=[Link("All councils", "index.html"), *once],
        ),
    }
    carried = {"index": {one.name: one.content for one in downloads}, "overview": {}}
    for name in todo:
        page = str(pages[name].html(plan.file.palette))
        run.record(leads[name], workers.PageResult(name, page, 0.0, 0), batch, carried[name])
