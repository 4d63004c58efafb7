"""Executors of page jobs: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import atexit
import functools
import io
import multiprocessing
import os
import signal
import sys
import zipfile
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.console import say
from bench.errors import ExecutionError, ParameterError
from bench.project import processes
from bench.project.new_project import FOLDERS
from bench.publish import html, scratch, warm, workers
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# What a page is made from, beside the folders of a project and the package itself.
_SHIPPED_FILES = ("data/sources.yaml", "data/quoted.csv", "data/CHECKSUMS")
_OWN = "data/own"


@dataclass(frozen=True, slots=True)
class Tls:
    """What an encrypted connection to a cluster needs, each a PEM file.

    Attributes:
        ca: the authority that signed the certificates of scheduler, workers and this machine.
        cert: this machine's certificate.
        key: the certificate's private key.
    """

    ca: Path
    cert: Path
    key: Path


def tls(
    scheduler: str | None, *, ca: Path | None, cert: Path | None, key: Path | None
) -> Tls | None:
    """The files of an encrypted connection, all three or none.

    Raises:
        ParameterError: A part is missing or is no file, there is no scheduler to connect to, or
            its address is not of the kind that the files are for.
    """
    given = {"--tls-ca": ca, "--tls-cert": cert, "--tls-key": key}
    encrypted = scheduler is not None and scheduler.startswith("tls://")
    files = {name: path for name, path in given.items() if path is not None}
    if not files and not encrypted:
        return None
    if scheduler is None:
        raise ParameterError(
            f"{' and '.join(files)} without --scheduler: there is nothing to connect to.",
            mend="add --scheduler tls://..., or leave the files out.",
        )
    if ca is None or cert is None or key is None:
        missing = " and ".join(name for name in given if name not in files)
        raise ParameterError(
            f"{missing} missing: an encrypted connection needs all three files.",
            mend="give --tls-ca, --tls-cert and --tls-key together"
            + ("." if encrypted else ", or none of them."),
        )
    if not encrypted:
        raise ParameterError(
            f"The scheduler's address {scheduler} is not encrypted, but certificates were given.",
            mend="an address that begins with tls://, or leave the files out.",
        )
    absent = [f"{name} {path}: no such file." for name, path in files.items() if not path.is_file()]
    if absent:
        raise ParameterError(*absent, mend="give the paths of three PEM files.")
    return Tls(ca, cert, key)


@contextmanager
def local(
    root: Path,
    *,
    jobs: int,
    limits: workers.Limits,
    cold: bool = False,
    drawn: Sequence[Mapping[str, str]] = ({},),
    ahead: warm.WarmParent | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Iterator[Executor]:
    """Processes of this machine, each running one page at a time.

    Where the system can fork safely, and unless `cold` is asked for, the shells of pages are
    forked from one warm parent, which has `drawn` these pages before: one that was started `ahead`
    and waits to be told so, or one that is started now. Everything that was started
    here has ended when the block is left.

    `meanwhile` is done here while these processes start: this one would only wait for them.
    """
    scratch.sweep()
    parent = executor = None
    try:
        _settle()
        parent = None if cold else _warming(sources.workspace(root), drawn, ahead)
        context = multiprocessing.get_context("forkserver" if parent else "spawn")
        if parent:
            # Imported once, in a process without threads, from which the workers are forked.
            context.set_forkserver_preload(
                ["bench.publish.workers", "bench.publish.notebook", "papermill", "nbconvert"]
            )
            _start_deaf()
        if meanwhile is not None:
            meanwhile()
        executor = _pool(
            workers.Station(root, parent.socket if parent else None, limits), jobs, context
        )
        if parent:
            with processes.stopped_where_asked():
                for _ in range(jobs):  # each worker is ready to render by the first page
                    executor.submit(html.prepare)
            if not _is_ready(parent):
                _end(executor, parent)
                parent = None
                executor = _pool(workers.Station(root, None, limits), jobs, context)
    except BaseException as error:
        _end(executor, parent)
        if not isinstance(error, OSError):
            raise
        raise ExecutionError(
            f"Worker processes cannot be started: {error.strerror or error}.",
            mend="see that /dev/shm is there, can be written and is not full, and that more "
            "processes are allowed (ulimit -u).",
        ) from error
    try:
        yield executor
    finally:
        _end(executor, parent)
        scratch.sweep()  # what workers had open when they were ended


def _end(executor: ProcessPoolExecutor | None, parent: warm.WarmParent | None) -> None:
    """End what was started, whatever it is doing."""
    running = list((getattr(executor, "_processes", None) or {}).values())
    if executor:
        executor.shutdown(wait=False, cancel_futures=True)
    if parent:
        parent.close()
    for process in running:
        process.terminate()
        process.join(5)


def _warming(
    root: Path,
    drawn: Sequence[Mapping[str, str]],
    ahead: warm.WarmParent | None = None,
) -> warm.WarmParent | None:
    """A parent that warms up for the pages, where the system can fork; else none, and why."""
    if ahead is not None:
        ahead.draw(drawn)
        return ahead
    if processes.can_fork():
        return warm.WarmParent(root, drawn=drawn)
    say("bench: this system cannot fork safely; pages are made in ordinary kernels.", error=True)
    return None


def _is_ready(parent: warm.WarmParent) -> bool:
    """Wait until the parent is warm; where it cannot be forked safely say why."""
    try:
        parent.wait_ready()
    except warm.ThreadsError as error:
        say(f"bench: {error} Pages are made in ordinary kernels.", error=True)
        return False
    return True


def _pool(station: workers.Station, jobs: int, context: Any) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        jobs, mp_context=context, initializer=workers.begin, initargs=(station,)
    )


@functools.cache
def _settle() -> None:
    """Give what multiprocessing puts into the file system names by which it is known as ours.

    A killed process leaves its folder and its semaphores; `scratch.sweep` then knows whose they
    were. The folder is a short path too, as its sockets need one.
    """
    if os.name != "posix":
        return
    settings = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    if settings.get("tempdir") is None:
        settings["tempdir"] = str(scratch.make())
        atexit.register(scratch.remove, Path(settings["tempdir"]))
    if sys.platform.startswith("linux"):
        settings["semprefix"] = f"/{scratch.prefix()}"


def _start_deaf() -> None:
    """Start the process that workers are forked from; neither it nor they hear Ctrl-C.

    It imports while the warm parent warms up beside it. Ctrl-C reaches every process of the
    terminal: the runner hears it and ends its workers, and one that is just starting would end
    with a traceback of its own. What is blocked here stays blocked in what is started.
    """
    resource_tracker.ensure_running()  # started later, it would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def cluster(
    root: Path,
    *,
    address: str,
    limits: workers.Limits,
    cold: bool = False,
    tls: Tls | None = None,
    drawn: Sequence[Mapping[str, str]] = ({},),
) -> Iterator[Executor]:
    """A Dask cluster; the project's data is shipped to each worker once.

    Each worker has a warm parent of its own, which has `drawn` these pages before.

    Scheduler and workers run code of ours and send back objects that are unpickled here: each of
    them can do on this machine whatever its user can. They must be trusted. With `tls` nobody
    else is let in; without it whoever reaches the address is.

    Raises:
        ExecutionError: The extra `cluster` is not installed, a certificate cannot be used, or
            nobody answers at the address.
    """
    try:
        from distributed import Client, Security
    except ImportError:
        raise ExecutionError(
            "A scheduler was given, but Dask is not installed.",
            mend="pip install 'bench-asc[cluster]'",
        ) from None
    security = None
    if tls:
        security = Security(
            tls_ca_file=str(tls.ca),
            tls_client_cert=str(tls.cert),
            tls_client_key=str(tls.key),
            require_encryption=True,
        )
        try:
            security.get_connection_args("client")
        except OSError as error:  # as errors of ssl are
            raise ExecutionError(
                f"The certificates cannot be used: {error}.",
                mend="PEM files of one authority, and the key that belongs to the certificate.",
            ) from None
    try:
        client = Client(address, timeout=10, set_as_default=False, security=security)
    except (OSError, ValueError) as error:
        raise ExecutionError(
            f"No scheduler answers at {address}: {error}",
            mend="start it, or leave out --scheduler.",
        ) from None
    with client:
        client.register_plugin(_plugin(_packed(root), limits, cold=cold, drawn=drawn))
        yield client.get_executor(pure=False, retries=2)


def _plugin(
    packed: bytes, limits: workers.Limits, *, cold: bool, drawn: Sequence[Mapping[str, str]]
) -> Any:
    from distributed.diagnostics.plugin import WorkerPlugin

    class ProjectPlugin(WorkerPlugin):  # type: ignore[misc]
        """Unpacks the project on a worker, and keeps a warm parent there."""

        name = "bench-project"

        def setup(self, worker: Any) -> None:
            del worker
            scratch.sweep()
            self._folder = root = scratch.make()
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                archive.extractall(root)
            os.environ["BENCH_ROOT"] = str(root)
            self._parent = None if cold else _warming(root, drawn)
            if self._parent and not _is_ready(self._parent):
                self._parent = None
            socket = self._parent.socket if self._parent else None
            workers.begin(workers.Station(root, socket, limits))

        def teardown(self, worker: Any) -> None:
            del worker
            if self._parent:
                self._parent.close()
            scratch.remove(self._folder)

    return ProjectPlugin()


def _packed(root: Path) -> bytes:
    """The project's data and notebooks as one archive, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        own = sources.workspace(root)
        folders = [(root, root / name) for name in FOLDERS] + [(own, own / _OWN)]
        paths = {
            path.relative_to(base).as_posix(): path
            for base, folder in folders
            for path in folder.rglob("*")
            if path.is_file()
        }
        paths |= {name: root / name for name in _SHIPPED_FILES if (root / name).is_file()}
        for name, path in sorted(paths.items()):
            entry = zipfile.ZipInfo(name)
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
