"""The parent from which warm kernels are forked: libraries imported, data loaded, once.

`WarmParent` starts it as a process of its own and knows its socket; `main` is what runs in it.
Each request names a connection file; the answer is the kernel's pid, and later how it ended.
Only where the system can fork.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bench
from bench.errors import ExecutionError
from bench.project import processes
from bench.publish import keeper, scratch

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

_READY = b"ready\n"
# What a kernel imports at its start, and what a page's notebook imports bit by bit.
_IMPORTED = (
    "IPython.core.completer",
    "bench.publish.kernel_app",
    "bench.pages.council.report",
    "plotly.graph_objects",
    "scipy.special",
    "xlsxwriter",
)


class WarmParent:
    """A process that has everything a page's kernel needs, and forks kernels from itself.

    Starting it does not wait for it: it warms up while the caller does other things. For many
    pages it also draws once what every page draws; for one page that would take longer than it
    saves.
    """

    def __init__(self, folder: Path, *, draw: bool = True) -> None:
        self._folder = scratch.make()
        self.socket = str(self._folder / "warm")
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            [sys.executable, "-m", "bench.publish.warm", self.socket, "draw" if draw else "load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            # A terminal's Ctrl-C is for the runner, which then ends this process.
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The parent's process id."""
        return self._process.pid

    def wait_ready(self) -> None:
        """Wait until kernels can be forked.

        Raises:
            ExecutionError: The parent ended before it was ready.
        """
        assert self._process.stdout is not None  # noqa: S101 - opened above
        if self._process.stdout.readline() != _READY:
            self.close()
            raise ExecutionError(
                "The parent of the warm kernels ended before it was ready.",
                mend="run with --cold to see what fails.",
            )

    def close(self) -> None:
        """End the parent and every kernel that it has forked."""
        assert self._process.stdin is not None  # noqa: S101 - opened above
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        scratch.remove(self._folder)

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextlib.contextmanager
def warming(root: Path) -> Iterator[Callable[[], str | None]]:
    """A parent for one kernel, which warms up beside the block.

    Yields:
        What waits for it and gives its socket; None where kernels cannot be forked, so that an
        ordinary one is started, which shows what is wrong if anything is.
    """
    scratch.sweep()
    if not processes.can_fork():
        yield lambda: None
        return
    with WarmParent(root, draw=False) as parent:

        def socket_of() -> str | None:
            try:
                parent.wait_ready()
            except ExecutionError:
                return None
            return parent.socket

        yield socket_of


class ForkedProcess:
    """A forked kernel as `subprocess.Popen` would show it: pid, poll, wait, signals."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, link: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.peak_bytes = 0
        self._link = link
        self._heard = b""

    def poll(self) -> int | None:
        """The exit code if the kernel has ended, else None."""
        return self._receive(block=False)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end."""
        if self.returncode is None:
            self._link.settimeout(timeout)
        code = self._receive(block=True)
        assert code is not None  # noqa: S101 - a blocking receive ends with the kernel
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def _receive(self, *, block: bool) -> int | None:
        if self.returncode is not None:
            return self.returncode
        try:
            told = self.hear(block=block)
        except BlockingIOError:
            return None
        self.returncode, self.peak_bytes = told["exit"], told["peak_bytes"]
        self._link.close()
        return self.returncode

    def hear(self, *, block: bool) -> dict[str, Any]:
        """The next word of the parent or of the kernel itself."""
        while b"\n" not in self._heard:
            heard = self._link.recv(4096, 0 if block else socket.MSG_DONTWAIT)
            if not heard:
                # Without a word the parent has gone, and has taken the kernel with it.
                return {"exit": -signal.SIGKILL, "peak_bytes": 0}
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told


def fork_kernel(
    address: str, connection_file: str, *, cwd: str, memory_bytes: int | None = None
) -> ForkedProcess:
    """Ask the warm parent at a socket for a kernel.

    Args:
        address: The parent's socket.
        connection_file: Where the kernel finds its own sockets and key.
        cwd: The kernel's working folder.
        memory_bytes: Address space that the kernel may take beyond its parent's; None for any.
    """
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    link.connect(address)
    request = {"connection_file": connection_file, "cwd": cwd, "memory_bytes": memory_bytes}
    _tell(link, request)
    process = ForkedProcess(0, link)
    # The kernel speaks once its sockets are there, so that a client connects at the first try.
    told = process.hear(block=True)
    process.pid, process.returncode = told.get("pid", 0), told.get("exit")
    return process


def _tell(link: socket.socket, what: Mapping[str, object]) -> None:
    link.sendall(json.dumps(what).encode() + b"\n")


# --- what runs in the parent ----------------------------------------------------------------------


def main(address: str, how: str) -> None:
    """Warm up, say so on standard output, then fork a kernel for each request until stdin ends.

    Args:
        address: The socket on which requests come.
        how: "load" to import libraries and read the data, "draw" to draw as well.
    """
    keeper.die_with_parent()
    keeper.adopt()
    _load()
    if how == "draw":
        _draw()
    # What is here stays here, so that collecting garbage does not copy the pages of every child.
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(64)
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    os.write(sys.stdout.fileno(), _READY)

    children: dict[int, socket.socket] = {}
    waiting = selectors.DefaultSelector()
    for source in (listener, told, sys.stdin):
        waiting.register(source, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                _end(children)
                return
            if key.fileobj is listener:
                link, _ = listener.accept()
                request = json.loads(link.makefile().readline())
                pid = os.fork()
                if pid == 0:
                    waiting.close()
                    _become_kernel(request, link, [listener, *children.values()], (told, tell))
                children[pid] = link
            else:
                os.read(told, 4096)
                _reap(children)


def _end(children: Mapping[int, socket.socket]) -> None:
    """End every kernel and what it has started: first by its keeper, then what is left."""
    for pid in children:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + 3
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
    keeper.end_children()


def _reap(children: dict[int, socket.socket]) -> None:
    """Tell those who asked for them how their kernels ended."""
    while children:
        pid, status, usage = os.wait4(-1, os.WNOHANG)
        if not pid:
            return
        link = children.pop(pid, None)
        if link is None:  # left by a keeper that was killed
            continue
        end = {"exit": os.waitstatus_to_exitcode(status), "peak_bytes": usage.ru_maxrss * 1024}
        with contextlib.suppress(OSError):
            _tell(link, end)
        link.close()


def _load() -> None:
    """Import what a page needs, and read the data."""
    # Its debugger comes with the kernel, and would warn of a setting that matters to it alone.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for name in _IMPORTED:
        importlib.import_module(name)
    from bench.pages import store

    store.figures()


def _draw() -> None:
    """Make once what every page makes."""
    importlib.import_module("bench.pages.audit.report")  # not among what every kernel imports
    brief = bench.briefing()
    sections = (
        brief.heading,
        brief.glance,
        brief.findings,
        brief.table,
        brief.asking,
        brief.method,
    )
    for section in sections:
        section()
    for figure in (brief.spine(), brief.strip(), brief.trend()):
        figure._repr_mimebundle_()


def _become_kernel(
    request: dict[str, Any],
    link: socket.socket,
    others: list[socket.socket],
    pipe: tuple[int, int],
) -> None:
    """In the forked child: shed what is the parent's, then keep a kernel. Never returns."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for other in others:
            other.close()
        for end in pipe:
            os.close(end)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.chdir(request["cwd"])
        pid = os.getpid()
        keeper.keep(lambda: _run_kernel(request, link, pid))
    finally:
        os._exit(1)


def _run_kernel(request: dict[str, Any], link: socket.socket, pid: int) -> None:
    """Be an ordinary kernel; it is known by its keeper's number."""
    code = 1
    try:
        if request["memory_bytes"] is not None:
            _limit_memory(request["memory_bytes"])
        from bench.publish import kernel_app

        application = kernel_app.run(request["connection_file"])
        _tell(link, {"pid": pid})
        link.close()
        application.start()
        code = 0
    finally:
        os._exit(code)


def _limit_memory(further: int) -> None:
    assert sys.platform != "win32"  # noqa: S101 - where there is a fork
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + further
    _, highest = resource.getrlimit(resource.RLIMIT_AS)
    if highest != resource.RLIM_INFINITY:  # what the shell allows cannot be raised
        limit = min(limit, highest)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main(*sys.argv[1:])
