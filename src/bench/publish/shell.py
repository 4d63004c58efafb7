"""The shell in which a page's cells run: an ordinary IPython one, without sockets of a kernel.

It is ipykernel's own, made once in the warm parent and forked for each page: what runs a cell,
shows a result and writes a traceback is the same code as in an ordinary kernel. Only what would go
out as messages of ZeroMQ goes as lines of JSON through one channel to whoever asked for the page;
there is no thread, no port, no connection file and no history on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import io
import json
import os
import sys
import termios
import threading
import time
from base64 import b64encode
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.kernelapp import BaseIPythonApplication, IPKernelApp
from jupyter_client.session import Session
from tornado.ioloop import IOLoop

if TYPE_CHECKING:
    import socket

# As ipykernel: what is printed goes out together if it was printed within this time.
_FLUSH_SECONDS = 0.2
# And what is printed is never held back beyond this.
_FLUSH_CHARACTERS = 1024**2
# How long what is printed past Python may take to be read; a process that never stops printing is
# not waited for.
_SETTLE_SECONDS = 0.2
# What begins a process that may print past Python, as the interpreter's audit calls it.
_BEGIN_PROCESSES = frozenset({"os.fork", "os.posix_spawn", "os.system", "subprocess.Popen"})


class LineSession(Session):  # type: ignore[misc]
    """A session of ipykernel whose messages are lines of JSON on a channel."""

    channel: socket.socket | None = None

    def open(self, channel: socket.socket, printed: tuple[int, int]) -> None:
        """Send what is sent from now on by this process, and by no child of it.

        Args:
            channel: where to.
            printed: the pipes of what is printed past Python.
        """
        self.channel, self._printed = channel, printed
        self.pid = os.getpid()
        self._sending = threading.RLock()

    def _settle(self) -> None:
        """Let what was printed past Python be read before what is sent now, but not for ever."""
        until = time.monotonic() + _SETTLE_SECONDS
        for pipe in self._printed:
            while _unread(pipe) and time.monotonic() < until:
                time.sleep(0.0005)

    def send(
        self,
        stream: object,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: object = None,
        buffers: list[Any] | None = None,
        **further: Any,
    ) -> dict[str, Any] | None:
        """Send a message, as `Session.send` does."""
        del stream, ident
        further.pop("track", None)
        if isinstance(msg_or_type, str):
            message: dict[str, Any] = self.msg(
                msg_or_type, content=content, parent=parent, **further
            )
        else:
            message = msg_or_type
            buffers = buffers or message.get("buffers")
        if self.channel is None or os.getpid() != self.pid:
            return None
        line = {
            "msg_type": message["msg_type"],
            "parent": message["parent_header"].get("msg_id"),
            "content": message["content"],
            "metadata": message["metadata"],
            "buffers": [b64encode(buffer).decode() for buffer in buffers or ()],
        }
        try:
            packed: bytes = self.pack(line)
        except UnicodeEncodeError:  # half a character; no page could be written with it
            packed = json.dumps(line, default=str, ensure_ascii=False).encode("utf-8", "replace")
        self._settle()
        with self._sending:
            self.channel.sendall(packed + b"\n")
        return message


class PrintedStream(io.TextIOBase):
    """What `sys.stdout` or `sys.stderr` is while cells run."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, session: LineSession, name: str, descriptor: int) -> None:
        self.name = name
        self.parent_header: dict[str, Any] = {}
        self._session, self._descriptor, self._owner = session, descriptor, os.getpid()
        self._nowhere = os.open(os.devnull, os.O_WRONLY)
        self._parts: list[str] = []
        self._size, self._since = 0, 0.0
        self._writing = threading.RLock()

    def set_parent(self, parent: dict[str, Any]) -> None:
        """Take what is printed for the output of another cell."""
        self.parent_header = parent.get("header", parent)

    def fileno(self) -> int:
        """A descriptor that leads nowhere, as that of a kernel without a terminal."""
        return self._nowhere

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return False

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Print."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:  # a child that the page forked: the channel is not its own
            left = text.encode("utf-8", "replace")
            while left:
                left = left[os.write(self._descriptor, left) :]
            return len(text)
        with self._writing:
            now = time.monotonic()
            if self._parts and now - self._since > _FLUSH_SECONDS:
                self.flush()
            if not self._parts:
                self._since = now
            self._parts.append(text)
            self._size += len(text)
            if self._size > _FLUSH_CHARACTERS:
                self.flush()
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Print several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what was printed."""
        self._send(is_open=False)

    def hand_over(self) -> None:
        """Send what was printed, before what a process prints past Python comes behind it."""
        self._send(is_open=True)

    def _send(self, *, is_open: bool) -> None:
        if os.getpid() != self._owner:
            return
        with self._writing:
            parts, self._parts, self._size = self._parts, [], 0
            if text := "".join(parts):
                content = {"name": self.name, "text": text}
                metadata = {"is_open": True} if is_open else {}
                parent = self.parent_header
                self._session.send(None, "stream", content, parent=parent, metadata=metadata)


class PageShell(IPKernelApp):  # type: ignore[misc]
    """ipykernel's application with its settings and its shell, and nothing that listens."""

    def prepare(self) -> None:
        """Make the shell: what is the same for every page. No thread is started."""
        # A history on disk has a thread, and is nothing that a page should write into.
        self.config.HistoryManager.enabled = False
        BaseIPythonApplication.initialize(self, [])
        self.init_pdb()
        self.session = LineSession(parent=self)
        self.displayhook = ZMQDisplayHook(self.session, None)
        self.kernel = self.kernel_class.instance(
            parent=self,
            session=self.session,
            # What it asks for the thread in which a cell with `await` may be interrupted.
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
            _execute_sleep=0.0,
        )
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count

    def serve(self, channel: socket.socket, printed: tuple[int, int]) -> None:
        """Run the cells that are asked for, until the channel is closed or the page exits.

        Args:
            channel: Where cells come from and messages go to.
            printed: Where what is written to the descriptors of standard output and standard
                error goes to.
        """
        for descriptor, standard in zip(printed, (1, 2), strict=True):
            os.dup2(descriptor, standard)
        self.session.open(channel, printed)
        streams = [PrintedStream(self.session, n, d) for n, d in (("stdout", 1), ("stderr", 2))]
        sys.stdout, sys.stderr = streams

        def audit(event: str, _arguments: object) -> None:
            if event in _BEGIN_PROCESSES:
                for stream in streams:
                    stream.hand_over()

        sys.addaudithook(audit)
        del sys.argv[1:]
        sys.displayhook = self.displayhook
        self.patch_io()
        self.init_signal()
        self.init_path()
        self.init_shell()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        sys.stdout.flush()
        sys.stderr.flush()
        self.session.send(None, "ready", {"language_info": self.kernel.language_info})
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        # Tells of a loop that was stopped by the page, as `exit` does.
        with contextlib.suppress(RuntimeError):
            loop.run_until_complete(self._serve(loop, channel))

    async def _serve(self, loop: asyncio.AbstractEventLoop, channel: socket.socket) -> None:
        self.kernel.io_loop = IOLoop.current()
        pending = b""
        while True:
            while b"\n" not in pending:
                await _readable(loop, channel)
                received = channel.recv(1 << 20)
                if not received:
                    return
                pending += received
            line, _, pending = pending.partition(b"\n")
            request = json.loads(line)
            self.kernel.set_parent(b"", request, "shell")
            self.kernel._publish_status("busy", "shell")
            if request["header"]["msg_type"] == "execute_request":
                await self.kernel.execute_request(None, b"", request)
            else:
                self.kernel.shell_handlers[request["header"]["msg_type"]](None, b"", request)
            sys.stdout.flush()
            sys.stderr.flush()
            self.kernel._publish_status("idle", "shell")


def _unread(pipe: int) -> int:
    """How many bytes of a pipe are not read yet."""
    count = bytearray(4)
    with contextlib.suppress(OSError):
        fcntl.ioctl(pipe, termios.FIONREAD, count)
    return int.from_bytes(count, sys.byteorder)


async def _readable(loop: asyncio.AbstractEventLoop, channel: socket.socket) -> None:
    """Wait for a request, and let what the page does beside its cells go on meanwhile."""
    ready = loop.create_future()

    def note() -> None:
        loop.remove_reader(channel)
        ready.set_result(None)

    loop.add_reader(channel, note)
    await ready
