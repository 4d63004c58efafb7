"""Jobs -> pages, with evidence: run, keep what is unchanged, survive what fails.

Enters: a plan and a folder. Leaves: the pages in a folder beside the one that readers see, and
run.json; `site.publish` brings them in force.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bench.errors import ExecutionError, ParameterError, SourceError
from bench.publish import batch, executors, files, manifest, workers
from bench.publish.manifest import DONE, FAILED, KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bench.publish.manifest import Record, Run
    from bench.publish.plan import Plan
    from bench.publish.progress import Progress

__all__ = ["Options", "keep", "locked", "previous", "record", "run", "staging"]

# A worker that dies takes the pages of the others with it; each is tried again so often.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Options:
    """How a batch is run."""

    jobs: int = 2
    resume: bool = False
    cold: bool = False
    scheduler: str | None = None
    tls: executors.Tls | None = None
    seconds: float = 300.0
    memory_bytes: int = 2 * 1024**3


def staging(out: Path) -> Path:
    """The folder in which the pages of `out` are made before readers see them."""
    return out.with_name(f".{out.name}.making")


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep a second batch from the same folder; the system lets go if this one is killed.

    Raises:
        ParameterError: Another batch is at work there.
        SourceError: The folder cannot be written.
    """
    path = out.with_name(f".{out.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
    except OSError as error:
        raise SourceError(f"{path.parent} cannot be written: {error.strerror}.") from None
    with handle:
        try:
            _lock(handle.fileno())
        except OSError:
            raise ParameterError(
                f"Another batch is writing {out}.", mend="wait for it, or give another --out."
            ) from None
        yield
    path.unlink(missing_ok=True)


def _lock(descriptor: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:  # pragma: no cover - Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]


def run(
    plan: Plan,
    jobs: Sequence[batch.Page],
    out: Path,
    *,
    root: Path,
    options: Options,
    before: Mapping[str, tuple[Path, Record]],
    progress: Progress,
) -> Run:
    """Make the pages of the jobs, and keep those that are there and unchanged.

    Args:
        plan: The site.
        jobs: The pages of it to make.
        out: The folder that readers see; pages are made in `staging(out)`.
        root: The project.
        options: How the batch is run.
        before: What `previous` found; empty to make all pages anew.
        progress: Whom to tell how far it is.

    Returns:
        The manifest, with a record per page; failed pages are in it, none is raised.

    Raises:
        SourceError: The folder cannot be written, or the disk is full.
        ExecutionError: No worker could be kept alive.
    """
    folder = staging(out)
    what = manifest.inputs(root)
    if not before:
        shutil.rmtree(folder, ignore_errors=True)
    settings = {"jobs": options.jobs, "kernels": "cold" if options.cold else "warm"}
    made = manifest.Run(folder, plan.name, what, settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        todo = []
        for job in jobs:
            if not keep(job, made, before):
                todo.append(job)
        made.write()
        progress.start(total=len(jobs), kept=len(jobs) - len(todo))
        if todo:
            _make(todo, made, root, options, progress)
    except OSError as error:
        raise SourceError(
            f"{folder} cannot be written: {error.strerror}.",
            mend="make room or choose another --out; then run again with --resume.",
        ) from error
    return made


def previous(out: Path, *, resume: bool) -> dict[str, tuple[Path, Record]]:
    """The records of pages made before, each with the folder that it lies in."""
    if not resume:
        return {}
    found = {}
    for folder in (out, staging(out)):
        for identifier, record in manifest.read_records(folder).items():
            found[identifier] = (folder, record)
    return found


def keep(job: batch.Page, made: Run, before: Mapping[str, tuple[Path, Record]]) -> bool:
    """Keep a page that is there and would come out the same; say whether it was kept."""
    where, record = before.get(job.identifier, (made.folder, None))
    if record is None or record.status == FAILED or record.inputs_sha256 != made.inputs.of(job):
        return False
    wanted = {f"{job.identifier}.html": record.page_sha256, **record.downloads}
    try:
        for name, digest in wanted.items():
            if hashlib.sha256((where / name).read_bytes()).hexdigest() != digest:
                return False
        if where != made.folder:
            for name in wanted:
                shutil.copy2(where / name, made.folder / name)
    except OSError:
        return False
    made.records[job.identifier] = replace(record, status=KEPT)
    return True


def _make(
    jobs: Sequence[batch.Page], made: Run, root: Path, options: Options, progress: Progress
) -> None:
    limits = workers.Limits(options.seconds, options.memory_bytes)
    left = {job.identifier: job for job in jobs}
    for _ in range(_TRIES):
        if options.scheduler:
            hall = executors.cluster(
                root,
                address=options.scheduler,
                limits=limits,
                cold=options.cold,
                tls=options.tls,
            )
        else:
            count = min(options.jobs, len(left))
            hall = executors.local(root, jobs=count, limits=limits, cold=options.cold)
        with hall as executor:
            _submit(executor, left, lambda result: _note(result, left, made, progress))
        if not left:
            return
    raise ExecutionError(
        f"Workers died {_TRIES} times; {len(left)} pages are not made: {', '.join(sorted(left))}.",
        mend="give fewer --jobs or more memory, then run again with --resume.",
    )


def _submit(
    executor: Executor, left: dict[str, batch.Page], note: Callable[[workers.Result], None]
) -> None:
    """Hand out the jobs that are left until all are done or the workers are gone."""
    futures: set[Future[workers.Result]] = {
        executor.submit(workers.make_page, job) for _, job in sorted(left.items())
    }
    while futures:
        done, futures = wait(futures, return_when=FIRST_COMPLETED)
        for future in done:
            try:
                note(future.result())
            except BrokenProcessPool:
                return


def _note(
    result: workers.Result, left: dict[str, batch.Page], made: Run, progress: Progress
) -> None:
    """Note a finished page, and that nobody need make it any more."""
    job = left.pop(result.identifier)
    record(job, result, made)
    progress.page(job.identifier, failed=bool(result.error), seconds=result.seconds)


def record(
    job: batch.Page,
    result: workers.Result,
    made: Run,
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write a page, its downloads and its record; a killed run can be resumed behind it."""
    page, carried = files.beside(result.page)
    downloads = {**carried, **beside}
    if page:
        files.write(downloads, made.folder)
        batch.write_page(page, made.folder / f"{job.identifier}.html")
    made.add(
        manifest.Record(
            identifier=job.identifier,
            title=job.title,
            notebook=job.notebook,
            parameters=dict(job.parameters),
            inputs_sha256=made.inputs.of(job),
            status=FAILED if result.error else DONE,
            page_sha256=hashlib.sha256(page.encode()).hexdigest() if page else "",
            downloads={
                name: hashlib.sha256(content).hexdigest() for name, content in downloads.items()
            },
            seconds=result.seconds,
            peak_bytes=result.peak_bytes,
            warnings=result.warnings,
            error=result.error,
            traceback=result.traceback,
        )
    )
