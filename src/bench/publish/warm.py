"""The parent from which the shells of pages are forked: libraries imported, data loaded, once.

`WarmParent` starts it and knows its socket. It is a program of its own (`main`), or a fork of the
command that makes a single page, which has imported and read by then what the page needs too.
Each request brings a channel; the answer is the process's number, and later how it ended.
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
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import bench
from bench.console import say
from bench.errors import ExecutionError
from bench.project import processes
from bench.publish import keeper, scratch

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from bench.publish.shell import PageShell

_READY, _THREADS = b"ready\n", b"threads "
# What a page's notebook imports bit by bit, once there is a shell.
_IMPORTED = (
    "IPython.core.completer",
    "scipy.special",
    "xlsxwriter",
)
# The sections of the pages that are drawn before they are forked.
_OF_COUNCIL = (
    "heading", "since_release_before", "glance", "worsening", "findings", "table", "asking",
    "spine", "strip", "trend", "story", "footing", "method", "sources", "downloads",
)  # fmt: skip
_OF_INDICATOR = (
    "heading", "facts", "ladder", "needed", "council_table", "how_sure", "ranks", "funnel",
    "split", "part_of_whole", "area_table", "years", "going", "notes", "method", "other_rules",
    "sources", "downloads",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ForkedShell:
    """A forked process that runs cells, and the ways to it.

    Attributes:
        process: how it fares.
        channel: cells go there, as lines of JSON, and what they show comes back.
        printed: descriptors on which what it and its children print comes, by stream.
    """

    process: ForkedProcess
    channel: socket.socket
    printed: Mapping[str, int]

    def close(self) -> None:
        """Close the ways to it."""
        self.channel.close()
        for descriptor in self.printed.values():
            os.close(descriptor)


class WarmParent:
    """A process that has everything a page needs, and forks a shell from itself for each.

    Starting it does not wait for it: it warms up while the caller does other things. For many
    pages it also draws once what every page draws; for one page that would take longer than it
    saves.
    """

    def __init__(
        self,
        folder: Path,
        *,
        drawn: Sequence[Mapping[str, str]] | None = ({},),
        is_fork: bool = False,
    ) -> None:
        """Start it.

        Args:
            folder: the project.
            drawn: what it draws before it is forked, see `draw`; None where that is said later.
            is_fork: it is a fork of this process rather than a program of its own, and has what
                this process has imported and read; no thread of Python may run here.
        """
        self._folder = scratch.make()
        self.socket = str(self._folder / "warm")
        start = _fork if is_fork else _program
        self._process = start(folder, self.socket)
        self._is_ready = False
        if drawn is not None:
            self.draw(drawn)

    @property
    def pid(self) -> int:
        """The parent's process id."""
        return self._process.pid

    def draw(self, drawn: Sequence[Mapping[str, str]]) -> None:
        """Say what to draw once libraries are imported and the data is read.

        Args:
            drawn: the choices of each page to draw, so that what is the same for every council or
                indicator of a year is there; none for a single page.
        """
        assert self._process.stdin is not None  # noqa: S101 - opened when it was started
        with contextlib.suppress(OSError):  # it has ended, which whoever waits for it is told
            self._process.stdin.write(json.dumps(list(drawn)).encode() + b"\n")
            self._process.stdin.flush()

    def wait_ready(self) -> None:
        """Wait until shells can be forked, once it is said what to draw.

        Raises:
            ThreadsError: Something has started threads in the parent.
            ExecutionError: The parent ended before it was ready.
        """
        assert self._process.stdout is not None  # noqa: S101 - opened above
        word = self._process.stdout.readline()
        if word == _READY:
            self._is_ready = True
            return
        self.close()
        if word.startswith(_THREADS):
            raise ThreadsError(word.removeprefix(_THREADS).decode(errors="replace").strip())
        raise ExecutionError(
            "The parent of the pages' processes ended before it was ready.",
            mend="run with --cold to see what fails.",
        )

    def close(self) -> None:
        """End the parent and every process that it has forked."""
        assert self._process.stdin is not None  # noqa: S101 - opened above
        if not self._is_ready:  # it has forked none, and would hear of its end late
            self._process.kill()
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


class ThreadsError(ExecutionError):
    """Threads run in the parent, so that it cannot be forked safely."""

    def __init__(self, names: str) -> None:
        super().__init__(f"Threads run in the process that pages are forked from: {names}.")


def _threads() -> str:
    """The names of the threads that run beside the main one."""
    return ", ".join(thread.name for thread in threading.enumerate()[1:])


def _program(folder: Path, address: str) -> subprocess.Popen[bytes]:
    """A warm parent as a program of its own."""
    return subprocess.Popen(  # noqa: S603 - this interpreter, our own module
        [sys.executable, "-m", "bench.publish.warm", address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        # A terminal's Ctrl-C is for the runner, which then ends this process.
        start_new_session=True,
    )


class ForkedParent:
    """A warm parent that is a fork of this process, as `subprocess.Popen` would show it."""

    def __init__(self, pid: int, stdin: int, stdout: int) -> None:
        self.pid = pid
        self.stdin: IO[bytes] = os.fdopen(stdin, "wb")
        self.stdout: IO[bytes] = os.fdopen(stdout, "rb")
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: It has not ended within so many seconds.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self._code is None:
            pid, status = os.waitpid(self.pid, 0 if until is None else os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
            elif until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("bench", timeout or 0.0)
            else:
                time.sleep(0.001)
        return self._code

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)


def _fork(folder: Path, address: str) -> ForkedParent:
    """A warm parent as a fork of this process, which has started no thread."""
    stdin, closed = os.pipe()
    said, stdout = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(stdin)
        os.close(stdout)
        return ForkedParent(pid, closed, said)
    try:
        os.close(closed)
        os.close(said)
        _become_program(folder, stdin, stdout)
        main(address)
    except Exception:
        traceback.print_exc()
    finally:  # nothing of this process goes on in its fork
        os._exit(0)


def _become_program(folder: Path, stdin: int, stdout: int) -> None:
    """In a fork of a command: be as a program of its own, started in a folder."""
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for standard, descriptor in enumerate((stdin, stdout)):
        os.dup2(descriptor, standard)
        if descriptor > 2:
            os.close(descriptor)
    os.chdir(folder)
    if not sys.flags.safe_path:
        sys.path[0] = str(folder)  # for that of the command's file


@contextlib.contextmanager
def ahead(root: Path) -> Iterator[WarmParent | None]:
    """A parent for many pages before they are planned: it imports and reads beside the block.

    Args:
        root: the project.

    Yields:
        The parent, which waits to be told what to draw and has ended when the block is left; None
        where nothing can be forked or started, which whoever runs the batch is told then.
    """
    with contextlib.ExitStack() as parents:
        parent = None
        if processes.can_fork():
            with contextlib.suppress(OSError):
                parent = parents.enter_context(WarmParent(root, drawn=None))
        yield parent


@contextlib.contextmanager
def warming(root: Path, *, is_fork: bool = False) -> Iterator[Callable[[], str | None]]:
    """A parent for one page, which warms up beside the block.

    Args:
        root: the project.
        is_fork: whether it is a fork of this process, which is a command that makes one page and
            has started no thread; the data is read before. Where threads run, it is a program of
            its own all the same, and that is said.

    Yields:
        What waits for it and gives its socket; None where nothing can be forked, so that an
        ordinary kernel is started, which shows what is wrong if anything is.
    """
    scratch.sweep()
    if not processes.can_fork():
        yield lambda: None
        return
    threads = ""
    if is_fork:
        _read()
        threads = _threads()
    with WarmParent(root, drawn=(), is_fork=is_fork and not threads) as parent:

        def socket_of() -> str | None:
            if threads:
                say(
                    f"bench: {ThreadsError(threads)} A process of its own is started for the page.",
                    error=True,
                )
            try:
                parent.wait_ready()
            except ThreadsError as error:
                say(f"bench: {error} An ordinary kernel is used.", error=True)
                return None
            except ExecutionError:
                return None
            return parent.socket

        yield socket_of


class ForkedProcess:
    """A forked process as `subprocess.Popen` would show it: pid, poll, wait, signals."""

    def __init__(self, pid: int, link: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.peak_bytes = 0
        self._link = link
        self._heard = b""

    def poll(self) -> int | None:
        """The exit code if it has ended, else None."""
        return self._receive(block=False)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            TimeoutError: It has not ended within so many seconds.
        """
        if self.returncode is None:
            self._link.settimeout(timeout)
        code = self._receive(block=True)
        assert code is not None  # noqa: S101 - a blocking receive ends with the process
        return code

    def send_signal(self, signum: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def kill(self) -> None:
        """End it at once; what it has started goes to the parent, which ends that when it ends."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """End it and all that it has started."""
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
        """The next word of the parent."""
        while b"\n" not in self._heard:
            heard = self._link.recv(4096, 0 if block else socket.MSG_DONTWAIT)
            if not heard:
                # Without a word the parent has gone, and has taken the process with it.
                return {"exit": -signal.SIGKILL, "peak_bytes": 0}
            self._heard += heard
        line, _, self._heard = self._heard.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told


def fork_shell(address: str, *, cwd: str, memory_bytes: int | None = None) -> ForkedShell:
    """Ask the warm parent at a socket for a shell.

    Args:
        address: The parent's socket.
        cwd: The shell's working folder.
        memory_bytes: Address space that it may take beyond its parent's; None for any.
    """
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    link.connect(address)
    channel, theirs = socket.socketpair()
    printed, ends = {}, []
    for name in ("stdout", "stderr"):
        printed[name], end = os.pipe()
        os.set_blocking(printed[name], False)
        ends.append(end)
    request = json.dumps({"cwd": cwd, "memory_bytes": memory_bytes}).encode()
    socket.send_fds(link, [request], [theirs.fileno(), *ends])
    theirs.close()
    for end in ends:
        os.close(end)
    process = ForkedProcess(0, link)
    word = process.hear(block=True)
    process.pid, process.returncode = word.get("pid", 0), word.get("exit")
    return ForkedShell(process, channel, printed)


def _tell(link: socket.socket, what: Mapping[str, object]) -> None:
    link.sendall(json.dumps(what).encode() + b"\n")


# --- what runs in the parent ----------------------------------------------------------------------


def main(address: str) -> None:
    """Warm up, say so on standard output, then fork a shell for each request until stdin ends.

    The first line of standard input is the choices of the pages to draw once libraries are
    imported and the data is read, as JSON.

    Args:
        address: The socket on which requests come.
    """
    stdin, stdout = 0, 1
    keeper.die_with_parent()
    keeper.adopt()
    gc.disable()  # until all that stays is there: it would be looked through again and again
    # Its debugger comes with the shell, and would warn of a setting that matters to it alone.
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    from bench.publish.shell import PageShell

    # Before what it imports, so that a library that asks whether there is a notebook finds one.
    shell = PageShell.instance()
    shell.prepare()
    _load()
    if not (drawn := _line(stdin)):  # there was nothing to make
        return
    for choices in json.loads(drawn):
        # What cannot be drawn here fails on its own page, where it is told.
        with contextlib.suppress(Exception):
            _draw(choices)
    if names := _threads():
        os.write(stdout, _THREADS + names.encode() + b"\n")
        return
    # What is here stays here, so that collecting garbage does not copy the pages of every child;
    # the little garbage among it is not worth a search.
    gc.freeze()
    gc.set_threshold(50_000)  # most of what a page makes stays until it is made
    gc.enable()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(64)
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    os.write(stdout, _READY)

    children: dict[int, socket.socket] = {}
    waiting = selectors.DefaultSelector()
    for source in (listener, told, stdin):
        waiting.register(source, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj == stdin:
                _end(children)
                return
            if key.fileobj is listener:
                link, _ = listener.accept()
                said, descriptors, _, _ = socket.recv_fds(link, 65536, 3)
                if len(descriptors) != 3:  # who asked is gone
                    link.close()
                    continue
                pid = os.fork()
                if pid == 0:
                    waiting.close()
                    others = [listener, link, *children.values()]
                    _become_shell(shell, json.loads(said), descriptors, others, (told, tell))
                for descriptor in descriptors:
                    os.close(descriptor)
                children[pid] = link
                with contextlib.suppress(OSError):
                    _tell(link, {"pid": pid})
            else:
                os.read(told, 4096)
                _reap(children)


def _line(descriptor: int) -> bytes:
    """A line of a descriptor, byte by byte so that nothing behind it is taken; b"" at its end."""
    line = b""
    while not line.endswith(b"\n"):
        if not (byte := os.read(descriptor, 1)):
            return b""
        line += byte
    return line


def _end(children: Mapping[int, socket.socket]) -> None:
    """End every shell and what it has started: first by its keeper, then what is left."""
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
    """Tell those who asked for them how their shells ended."""
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
    for name in _IMPORTED:
        importlib.import_module(name)
    _read()


def _read() -> None:
    """Import what every council's page needs without a shell, and read the data."""
    importlib.import_module("bench.pages.council.report")
    importlib.import_module("bench.pages.store").figures()


def _draw(choices: Mapping[str, str]) -> None:
    """Make once what every page of these choices makes: a council's, or an indicator's."""
    if "indicator" in choices:
        others = {name: word for name, word in choices.items() if name != "indicator"}
        _show(bench.indicator(choices["indicator"], **others), _OF_INDICATOR)
        return
    importlib.import_module("bench.pages.audit.report")  # not among what every page imports
    brief = bench.briefing(**choices)
    # Each council's page asks of those indicators that it is RED on, and so of others than this.
    phoning = importlib.import_module("bench.pages.council.whom_to_phone")
    phoning.prepare(brief.year_table, brief.peers.model)
    # And of each measure that the latest release changed, also where this council has no figure.
    importlib.import_module("bench.pages.changes.data").prepare(brief.rules)
    _show(brief, _OF_COUNCIL)


def _show(report: object, sections: Sequence[str]) -> None:
    """Render the sections: one that is only made compiles no template."""
    for name in sections:
        str(getattr(report, name)())


def _become_shell(
    shell: PageShell,
    request: dict[str, Any],
    descriptors: list[int],
    others: list[socket.socket],
    pipe: tuple[int, int],
) -> None:
    """In the forked child: shed what is the parent's, then keep a shell. Never returns."""
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
        keeper.keep(lambda: _run_shell(shell, request["memory_bytes"], descriptors))
    finally:
        os._exit(1)


def _run_shell(shell: PageShell, memory_bytes: int | None, descriptors: list[int]) -> None:
    """Run the cells of a page."""
    code = 1
    try:
        if memory_bytes is not None:
            _limit_memory(memory_bytes)
        channel, stdout, stderr = descriptors
        shell.serve(socket.socket(fileno=channel), (stdout, stderr))
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
