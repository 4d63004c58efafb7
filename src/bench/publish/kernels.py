"""Where a notebook's cells run: in a shell forked warm, or in an ordinary kernel started cold.

papermill and nbclient use both in the same way. A shell has no sockets of a kernel at all (see
`shell`); a kernel listens in a private folder and on no port (see `kernel_app`); what either
starts ends with it (see `keeper`).
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import itertools
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import time
from base64 import b64decode
from collections import deque
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_client.session import Session

from bench.publish import keeper, scratch
from bench.publish.warm import fork_shell

if TYPE_CHECKING:
    from bench.publish.warm import ForkedShell

KEPT = "bench-kept"
_READ_BYTES = 1 << 20
# The most that a page may put out by way of a shell; nobody reads more, and rendering it takes many
# times as much memory.
MOST_BYTES = 256 * 1024**2
# How long a shell may take to end with all that it has started, before it is killed.
_ENDS_SECONDS = 5.0


class KeptKernelProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts a kernel behind a keeper, which ends all that it has started."""

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel; the one that ends it goes to its keeper, to end the rest."""
        if self.process and signum in (signal.SIGKILL, signal.SIGTERM):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGTERM)
            return
        await super().send_signal(signum)


class PageKernelClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that is ready when the kernel is: it does not wait for a silence to be sure."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output is heard.

        Raises:
            RuntimeError: The kernel died or did not answer in time, as nbclient expects it.
        """
        deadline = time.monotonic() + (timeout or 60)
        while time.monotonic() < deadline:
            self.kernel_info()
            with contextlib.suppress(queue.Empty):
                answer = await self.get_shell_msg(timeout=1)
                if answer["msg_type"] == "kernel_info_reply":
                    await self.get_iopub_msg(timeout=0.2)
                    self._handle_kernel_info_reply(answer)
                    return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")


class PrivateKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """An ordinary kernel that only this user can reach; its folder goes when the kernel does.

    Where sockets of the file system are missing (Windows), ports of the loopback address serve.
    """

    peak_bytes = 0
    exceeded = False

    def __init__(self, **settings: Any) -> None:
        # A socket's path holds about a hundred bytes, so the folder's name is short and its place
        # is the system's, whatever the working folder is.
        self._folder = scratch.make()
        if os.name == "posix":
            settings.setdefault("transport", "ipc")
        settings.setdefault("client_factory", PageKernelClient)
        settings.setdefault("connection_file", str(self._folder / "k.json"))
        super().__init__(**settings)
        argv = [sys.executable, "-m", "bench.publish.kernel_app", "{connection_file}"]
        provisioner: dict[str, Any] = {}
        if keeper.can_keep():
            argv = [sys.executable, "-I", "-S", str(keeper.__file__), *argv]
            provisioner = {"provisioner_name": KEPT}
        self._kernel_spec = KernelSpec(
            argv=argv,
            display_name="A page's kernel",
            language="python",
            metadata={"kernel_provisioner": provisioner} if provisioner else {},
        )

    async def start_kernel(self, **settings: Any) -> None:
        """Start the kernel; what it has to say to a terminal is not for the page's maker."""
        settings.setdefault("stderr", subprocess.DEVNULL)
        await super().start_kernel(**settings)

    async def _async_wait(self, pollinterval: float = 0.005) -> None:
        # The inherited tenth of a second is a tenth of a page.
        await super()._async_wait(pollinterval=pollinterval)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove what the kernel leaves behind."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            scratch.remove(self._folder)


class Inbox:
    """Messages of one kind that have come, as a channel of a kernel's client shows them."""

    def __init__(self, client: ShellClient) -> None:
        self._client = client
        self.messages: deque[dict[str, Any]] = deque()

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message.

        Raises:
            queue.Empty: None came within so many seconds.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while not self.messages:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not await self._client.received(left):
                raise queue.Empty
        return self.messages.popleft()

    def send(self, message: dict[str, Any]) -> None:
        """Send what a front end's widget answers."""
        self._client.ask(message)


class ShellClient:
    """What nbclient asks of the client of a kernel, for a forked shell."""

    allow_stdin = False

    def __init__(self, shell: ForkedShell) -> None:
        self._shell = shell
        self._numbers = itertools.count(1)
        self._asked = ""
        self._line = b""
        self._bytes = 0
        self._streams: list[dict[str, Any]] = []
        self._language: dict[str, Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: set[asyncio.Future[None]] = set()
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {name: decoder("replace") for name in shell.printed}
        self.shell_channel, self.iopub_channel = Inbox(self), Inbox(self)

    @cached_property
    def session(self) -> Session:
        """What the messages of a front end's widget are made with."""
        return Session()

    def start_channels(self) -> None:
        """Its channel is open already."""

    def stop_channels(self) -> None:
        """Listen no more."""
        if self._loop is not None:
            self._loop.remove_reader(self._shell.channel)
            for descriptor in self._shell.printed.values():
                self._loop.remove_reader(descriptor)
            self._loop = None

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the shell takes cells.

        Raises:
            RuntimeError: It died or was not ready in time, as nbclient expects it.
        """
        until = time.monotonic() + (timeout or 60)
        while self._language is None:
            if not self.is_alive():
                raise RuntimeError("Kernel died before it was ready")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel was not ready in {timeout} seconds")
            await self.received(0.1)

    def is_alive(self) -> bool:
        """Whether the shell runs."""
        return self._shell.process.poll() is None

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Ask for a cell to be run.

        Returns:
            The name of the request, which everything that comes of it bears.
        """
        del stop_on_error  # no other cell waits behind it
        content = {"code": code, "store_history": store_history, "stop_on_error": False}
        self._asked = f"cell-{next(self._numbers)}"
        header = {"msg_type": "execute_request", "msg_id": self._asked}
        self.ask({"header": header, "content": content})
        return self._asked

    def ask(self, message: dict[str, Any]) -> None:
        """Send a message; one who has died is found out when an answer is waited for."""
        header = {name: message["header"][name] for name in ("msg_type", "msg_id")}
        line = {"header": header, "content": message["content"], "metadata": {}, "buffers": []}
        with contextlib.suppress(OSError):
            self._shell.channel.sendall(json.dumps(line, default=str).encode() + b"\n")

    def kernel_info(self) -> str:
        """Ask which language it runs, which it has said at its start."""
        name = f"info-{next(self._numbers)}"
        content = {"language_info": self._language}
        self.shell_channel.messages.append({"parent_header": {"msg_id": name}, "content": content})
        return name

    async def received(self, timeout: float | None) -> bool:
        """Wait until something has come; False if nothing has within so many seconds."""
        self._listen(asyncio.get_running_loop())
        news = asyncio.get_running_loop().create_future()
        self._news.add(news)
        try:
            await asyncio.wait_for(news, timeout)
        except TimeoutError:
            return False
        finally:
            self._news.discard(news)
        return True

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is loop:
            return
        self.stop_channels()
        self._loop = loop
        loop.add_reader(self._shell.channel, self._take)
        for name in self._shell.printed:
            loop.add_reader(self._shell.printed[name], partial(self._hear, name))

    def _take(self) -> None:
        """Read what the shell sends."""
        try:
            received = self._shell.channel.recv(_READ_BYTES, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received and self._loop:  # it has ended
            self._loop.remove_reader(self._shell.channel)
        if self._exceeds(received):
            return
        *lines, self._line = (self._line + received).split(b"\n")
        for line in lines:
            self._sort(json.loads(line))
        self._wake()

    def _sort(self, line: dict[str, Any]) -> None:
        kind, content = line["msg_type"], line["content"]
        if kind == "ready":
            self._language = content["language_info"]
            return
        message = {
            "header": {"msg_type": kind},
            "msg_type": kind,
            "parent_header": {"msg_id": line["parent"]},
            "metadata": line["metadata"],
            "content": content,
            "buffers": [b64decode(buffer) for buffer in line["buffers"]],
        }
        if kind == "stream":
            self._join(message)
            return
        for name in self._shell.printed:  # it was printed before this
            self._take_printed(name)
        self.iopub_channel.messages.extend(self._streams)
        self._streams.clear()
        inbox = self.shell_channel if kind == "execute_reply" else self.iopub_channel
        inbox.messages.append(message)

    def _join(self, message: dict[str, Any]) -> None:
        """Put what was printed behind what was printed before, in one piece where it is one."""
        last = self._streams[-1] if self._streams else None
        if (
            last
            and last["metadata"].get("is_open")
            and last["content"]["name"] == message["content"]["name"]
        ):
            last["content"]["text"] += message["content"]["text"]
            last["metadata"] = message["metadata"]
        else:
            self._streams.append(message)

    def _hear(self, name: str) -> None:
        """Read what was printed past Python, after what the shell has sent before that."""
        self._take()
        if self._loop:
            self._take_printed(name)

    def _take_printed(self, name: str) -> None:
        """Read what libraries and other processes have printed."""
        text = ""
        while True:
            try:
                received = os.read(self._shell.printed[name], _READ_BYTES)
            except BlockingIOError:
                break
            if not received:
                if self._loop:
                    self._loop.remove_reader(self._shell.printed[name])
                break
            if self._exceeds(received):
                return
            text += self._decoders[name].decode(received)
        if text:
            content, parent = {"name": name, "text": text}, {"msg_id": self._asked}
            kind = {"msg_type": "stream", "header": {"msg_type": "stream"}, "buffers": []}
            metadata = {"is_open": True}
            self._join({**kind, "parent_header": parent, "metadata": metadata, "content": content})

    @property
    def exceeded(self) -> bool:
        """Whether the page was ended because it put out too much."""
        return self._bytes > MOST_BYTES

    def _exceeds(self, received: bytes) -> bool:
        """Count what a page puts out; one that puts out too much is ended, and heard no more."""
        self._bytes += len(received)
        if self.exceeded:
            self._shell.process.terminate()
            self.stop_channels()
        return self.exceeded

    def _wake(self) -> None:
        for news in self._news:
            if not news.done():
                news.set_result(None)


class ShellManager(AsyncKernelManager):  # type: ignore[misc]
    """What nbclient asks of the manager of a kernel, for shells forked from a warm parent.

    Attributes:
        warm: the parent's socket.
        memory_bytes: what a shell may take beyond its parent; 0 for any.
        peak_bytes: the most memory that the latest shell took.
        exceeded: whether it was ended because it put out too much.
    """

    warm = ""
    memory_bytes = 0
    peak_bytes = 0
    exceeded = False

    _shell: ForkedShell | None = None
    _client: ShellClient | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether there is a shell."""
        return self._shell is not None

    async def start_kernel(self, *, cwd: str | None = None, **settings: Any) -> None:
        """Fork a shell."""
        del settings  # of a command that is not run
        folder = cwd or str(Path.cwd())
        self._shell = fork_shell(self.warm, cwd=folder, memory_bytes=self.memory_bytes or None)

    def client(self, **settings: Any) -> ShellClient:
        """The way to the shell."""
        del settings
        assert self._shell is not None  # noqa: S101 - started before
        self._client = ShellClient(self._shell)
        return self._client

    async def is_alive(self) -> bool:
        """Whether the shell runs."""
        return self._shell is not None and self._shell.process.poll() is None

    async def interrupt_kernel(self) -> None:
        """A shell is not interrupted: a page that takes too long is ended."""

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End the shell and what it has started."""
        del now, restart
        self._end()

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Close the ways to the shell."""
        del restart
        self._end()

    def _end(self) -> None:
        shell, self._shell = self._shell, None
        if shell is None:
            return
        shell.process.terminate()
        try:
            shell.process.wait(_ENDS_SECONDS)
        except TimeoutError:
            shell.process.kill()
            shell.process.wait()
        type(self).peak_bytes = shell.process.peak_bytes
        if self._client is not None:
            self._client.stop_channels()
            type(self).exceeded = self._client.exceeded
        shell.close()


def manager_class(
    warm: str | None, *, memory_bytes: int = 0
) -> type[PrivateKernelManager | ShellManager]:
    """The class of managers that papermill is to use.

    Args:
        warm: The socket of a warm parent, or None for ordinary kernels.
        memory_bytes: What a forked shell may take beyond its parent; 0 for any.
    """
    if warm is None:
        return type("PageKernelManager", (PrivateKernelManager,), {})
    settings = {"warm": warm, "memory_bytes": memory_bytes}
    return type("PageShellManager", (ShellManager,), settings)
