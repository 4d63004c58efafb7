"""A batch of page jobs: which pages are kept, made again or failed, and its progress."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from bench.console import say
from bench.errors import ExecutionError, ParameterError, SourceError
from bench.pages.choices import NAMES
from bench.project import locks, places, processes
from bench.publish import executors, html, manifest, notebook, target, workers
from bench.publish.manifest import DONE, FAILED, KEPT
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from rich.progress import TaskID

    from bench.publish import warm
    from bench.publish.manifest import Record, Run
    from bench.publish.plan import SitePlan


# How long Ctrl-C may wait to be heard.
_HEARS_SECONDS = 0.2
# A worker that dies takes the pages of the others with it; each is tried again so often.
_TRIES = 3
# So many sets of choices are drawn before pages are forked: each year that is held, and one more.
_DRAWN = 12
# The notebooks of pages that have much in common, and what tells those of one apart.
_ABOUT = {
    notebook.COUNCIL_REPORT: "council",
    notebook.COUNCIL_BRIEF: "council",
    notebook.INDICATOR_REPORT: "indicator",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a batch is run.

    Attributes:
        ahead: a warm parent that was started before the pages were planned.
    """

    jobs: int = 2
    resume: bool = False
    cold: bool = False
    scheduler: str | None = None
    tls: executors.Tls | None = None
    seconds: float = 300.0
    memory_bytes: int = 2 * 1024**3
    ahead: warm.WarmParent | None = None


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep a second batch from the same folder; the system lets go if this one is killed.

    Raises:
        ParameterError: Another batch is at work there, or somebody's file has the lock's name.
        SourceError: The folder cannot be written.
    """
    busy = ParameterError(
        f"Another batch is writing {out}.", mend="wait for it, or give another --out."
    )
    with locks.locked(target.lock_file(out), busy=busy):
        yield


@dataclass(frozen=True, slots=True)
class Earlier:
    """Pages of earlier batches, each with the folder that it lies in and its record.

    Attributes:
        kept: what is kept where it is unchanged; empty to make all pages anew.
        taken: further pages of the site, taken as they are.
    """

    kept: Mapping[str, tuple[Path, Record]]
    taken: Mapping[str, tuple[Path, Record]]


def run(
    plan: SitePlan,
    jobs: Sequence[notebook.Page],
    folder: Path,
    *,
    options: Options,
    earlier: Earlier,
    progress: Progress,
    meanwhile: Callable[[], object],
) -> Run:
    """Make the pages of the jobs, and keep those that are there and unchanged.

    Args:
        plan: The site.
        jobs: The pages of it to make.
        folder: Where pages are made: `target.staging` of the folder that readers see.
        options: How the batch is run.
        earlier: What there is of earlier batches.
        progress: Whom to tell how far it is.
        meanwhile: What else is to be done for the site, while the processes of pages start.

    Returns:
        The manifest, with a record per page; failed pages are in it, none is raised.

    Raises:
        SourceError: The folder cannot be written, or the disk is full.
        ExecutionError: No worker could be kept alive.
    """
    start = time.perf_counter()
    what = manifest.inputs(sources.project_root())
    hashed = round(time.perf_counter() - start, 3)
    settings = {"jobs": options.jobs, "kernels": "cold" if options.cold else "warm"}
    taken = earlier.taken.items()
    there = {name for name, (_, record) in taken if record.status != FAILED}
    pages = frozenset({job.identifier for job in jobs} | there)
    made = manifest.Run(folder, plan.name, what, settings, pages, stages={"inputs": hashed})
    try:
        if not earlier.kept:
            target.discard(folder)
        folder.mkdir(parents=True, exist_ok=True)
        staged = manifest.read(folder)
        # The names first: what a killed run leaves is known by them.
        made.expect({*(staged.files if staged else ()), *(f"{name}.html" for name in pages)})
        made.records.update(staged.records if staged else {})
        made.write()
        _take(earlier.taken, made)
        todo = keep(jobs, made, earlier.kept)
        for name in set(made.records) - pages - {job.identifier for job in jobs}:
            del made.records[name]
        made.write()
        progress.start(total=len(jobs), kept=len(jobs) - len(todo))
        if todo:
            _make(todo, made, options, progress, meanwhile)
    except OSError as error:
        raise SourceError(
            f"{folder} cannot be written: {error.strerror}.",
            mend="make room or choose another --out; then run again with --resume.",
        ) from error
    return made


def previous(*folders: Path) -> dict[str, tuple[Path, Record]]:
    """The records of pages made before, each with the folder that it lies in; the last one's win.

    Args:
        folders: Sites, or folders in which pages of one are made.
    """
    records = {}
    for folder in folders:
        said = manifest.read(folder)
        for identifier, record in (said.records if said else {}).items():
            records[identifier] = (folder, record)
    return records


def unchanged(
    job: notebook.Page,
    inputs: manifest.Inputs,
    before: Mapping[str, tuple[Path, Record]],
    pages: Collection[str],
) -> bool:
    """Whether a page is there and would come out the same.

    Args:
        job: The page.
        inputs: What it would be made from.
        before: The pages that there are, and where.
        pages: The pages that the site is going to have: it leads to those that it can.
    """
    where, record = before.get(job.identifier, (None, None))
    if where is None or record is None or record.status == FAILED:
        return False
    if record.inputs_sha256 != inputs.of(job) or not set(record.unlinked).isdisjoint(pages):
        return False
    try:
        return all(
            hashlib.sha256((where / name).read_bytes()).hexdigest() == digest
            for name, digest in _wanted(record).items()
        )
    except OSError:
        return False


def _wanted(record: Record) -> dict[str, str]:
    """A page and its downloads, each with its hash."""
    return {f"{record.identifier}.html": record.page_sha256, **record.downloads}


def keep(
    jobs: Iterable[notebook.Page], batch: Run, before: Mapping[str, tuple[Path, Record]]
) -> list[notebook.Page]:
    """Keep the pages that are there and would come out the same.

    Returns:
        The pages to make.
    """
    todo, kept = [], []
    for job in jobs:
        if unchanged(job, batch.inputs, before, batch.pages):
            kept.append(before[job.identifier])
        else:
            batch.records.pop(job.identifier, None)
            todo.append(job)
    _bring(kept, batch)
    return todo


def _take(rest: Mapping[str, tuple[Path, Record]], batch: Run) -> None:
    """Take pages of a site as they are, whatever they were made from."""
    pages = [page for _, page in sorted(rest.items())]
    batch.records.update({one.identifier: one for _, one in pages if one.status == FAILED})
    there = [(where, one) for where, one in pages if one.status != FAILED]
    _bring([(w, one) for w, one in there if (w / f"{one.identifier}.html").is_file()], batch)


def _bring(pages: Sequence[tuple[Path, Record]], batch: Run) -> None:
    """Bring pages, their downloads and PDFs to where the others are made; these are kept then.

    The names of all of them are noted at once: noting them writes the whole manifest.
    """
    files = [
        (where, name)
        for where, record in pages
        for name in (*_wanted(record), *([f"{record.identifier}.pdf"] if record.printed else []))
        if (where / name).is_file()
    ]
    batch.expect(name for _, name in files)
    for where, name in files:
        if where != batch.folder:
            with places.replacing(batch.folder / name) as partial:
                shutil.copy2(where / name, partial)
    batch.records.update({one.identifier: replace(one, status=KEPT) for _, one in pages})


def _make(
    jobs: Sequence[notebook.Page],
    batch: Run,
    options: Options,
    progress: Progress,
    meanwhile: Callable[[], object],
) -> None:
    root = sources.project_root()
    limits = workers.Limits(options.seconds, options.memory_bytes)
    left = {job.identifier: job for job in jobs}
    drawn = shared_choices(jobs)
    for attempt in range(_TRIES):
        if options.scheduler:
            hall = executors.cluster(
                root,
                address=options.scheduler,
                limits=limits,
                cold=options.cold,
                tls=options.tls,
                drawn=drawn,
            )
        else:
            count = min(options.jobs, len(left))
            hall = executors.local(
                root,
                jobs=count,
                limits=limits,
                cold=options.cold,
                drawn=drawn,
                ahead=None if attempt else options.ahead,
                meanwhile=meanwhile,
            )
        with contextlib.ExitStack() as closing:
            with batch.timed("start"):
                executor = closing.enter_context(hall)
            with batch.timed("pages"):
                _submit(executor, left, lambda result: _note(result, left, batch, progress))
        if not left:
            return
    raise ExecutionError(
        f"Workers died {_TRIES} times; {len(left)} pages are not made: {', '.join(sorted(left))}.",
        mend="give fewer --jobs or more memory, then run again with --resume.",
    )


def shared_choices(jobs: Sequence[notebook.Page]) -> list[dict[str, str]]:
    """The choices to draw once for all pages that share them, the commonest last.

    Args:
        jobs: The pages to make.

    Returns:
        For each of few sets of choices that the pages of several councils, or of several
        indicators, have in common, those of one of them; the default's where none do, and none
        for a single page.
    """
    if len(jobs) < 2:
        return []
    alike: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for job in jobs:
        if job.notebook in _ABOUT:
            about = _ABOUT[job.notebook]
            names = [about, *(name for name in NAMES if name != about)]
            words = {name: job.parameters[name] for name in names if name in job.parameters}
            key = (about, *(word for name, word in words.items() if name != about))
            alike.setdefault(key, []).append(words)
    several = sorted((words for words in alike.values() if len(words) > 1), key=len)
    return [words[0] for words in several[-_DRAWN:]] or [{}]


def _submit(
    executor: Executor, left: dict[str, notebook.Page], note: Callable[[workers.PageResult], None]
) -> None:
    """Hand out the jobs that are left until all are done or the workers are gone."""
    with processes.stopped_where_asked() as ask:
        try:
            futures: set[Future[workers.PageResult]] = {
                executor.submit(workers.make_page, job) for _, job in sorted(left.items())
            }
        except BrokenProcessPool:
            return
        except OSError as error:  # not the folder's fault
            raise ExecutionError(
                f"A worker process cannot be started: {error.strerror or error}.",
                mend="see how many processes and how much memory are allowed, or give fewer "
                "--jobs.",
            ) from error
        while futures:
            done, futures = wait(futures, timeout=_HEARS_SECONDS, return_when=FIRST_COMPLETED)
            ask()
            for future in done:
                try:
                    note(future.result())
                except BrokenProcessPool:
                    return


def _note(
    result: workers.PageResult, left: dict[str, notebook.Page], batch: Run, progress: Progress
) -> None:
    """Note a finished page, and that nobody need make it any more."""
    job = left.pop(result.identifier)
    if not result.is_warm:  # whatever was asked for
        batch.settings = {**batch.settings, "kernels": "cold"}
    record(job, result, batch)
    progress.page(job.identifier, failed=bool(result.error), seconds=result.seconds)


def record(
    job: notebook.Page,
    result: workers.PageResult,
    batch: Run,
    files_beside: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write a page, its downloads and its record; a killed run can be resumed behind it."""
    start = time.perf_counter()
    page, carried = html.named_after(job.identifier, *html.downloads_beside(result.page))
    downloads = {**carried, **files_beside}
    owners = {
        name.casefold(): other.identifier
        for other in batch.records.values()
        for name in other.downloads
        if other.identifier != job.identifier
    }
    clashes = [name for name in downloads if name.casefold() in owners]
    if clashes:
        page, downloads = "", {}
        said = f"its file {clashes[0]} is one of the page {owners[clashes[0].casefold()]} too"
        result = replace(result, error=f"{said}; give one of the two another identifier.")
    if page:
        batch.expect([*downloads, f"{job.identifier}.html"])
        html.write_downloads(downloads, batch.folder)
        notebook.write_page(page, batch.folder / f"{job.identifier}.html")
    batch.add(
        manifest.Record(
            identifier=job.identifier,
            title=job.title,
            notebook=job.notebook,
            parameters=dict(job.parameters),
            inputs_sha256=batch.inputs.of(job),
            status=FAILED if result.error else DONE,
            page_sha256=hashlib.sha256(page.encode()).hexdigest() if page else "",
            downloads={
                name: hashlib.sha256(content).hexdigest() for name, content in downloads.items()
            },
            seconds=result.seconds,
            stages={**result.stages, "write": round(time.perf_counter() - start, 3)},
            peak_bytes=result.peak_bytes,
            warnings=result.warnings,
            error=result.error,
            traceback=result.traceback,
        )
    )


class Progress:
    """Tells of pages as they finish: rate, time left, failures so far, the latest page."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._total = self._done = self._failed = 0
        self._began = time.monotonic()

    def start(self, *, total: int, kept: int) -> None:
        """Say how many pages there are, and how many of them are kept as they were."""
        self._total, self._done = total, kept
        if self._quiet:
            return
        if not sys.stderr.isatty():
            say(f"{total} pages, {kept} kept", error=True)
            return
        self._bar = Bar(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failures]}"),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task("", total=total, completed=kept, rate="", failures="")
        self._bar.start()

    def page(self, identifier: str, *, failed: bool, seconds: float) -> None:
        """Say that a page is finished."""
        self._done += 1
        self._failed += failed
        if self._bar is not None and self._task is not None:
            rate = self._done / max(time.monotonic() - self._began, 0.001)
            self._bar.update(
                self._task,
                completed=self._done,
                description=identifier,
                rate=f"{rate:.1f} a second",
                failures=f"{self._failed} failed" if self._failed else "",
            )
        elif not self._quiet:
            word = "FAILED" if failed else "done"
            say(f"{self._done}/{self._total} {word} {identifier} ({seconds:.1f} s)", error=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
