"""How a notebook gets its kernel: forked warm or started cold, on sockets in a private folder.

papermill uses it as any other. It listens in that folder alone and on no port, and what it starts
ends with it: see `kernel_app` and `keeper`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Int, Unicode

from bench.publish import keeper, scratch
from bench.publish.warm import fork_kernel

FORKED, KEPT = "bench-forked", "bench-kept"


class KeptKernelProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts a kernel behind a keeper, which ends all that it has started."""

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel; the one that ends it goes to its keeper, to end the rest."""
        if self.process and signum in (signal.SIGKILL, signal.SIGTERM):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGTERM)
            return
        await super().send_signal(signum)


class ForkedKernelProvisioner(KeptKernelProvisioner):
    """Forks the kernel from a warm parent instead of starting a process for it."""

    address = Unicode(help="The warm parent's socket.").tag(config=True)
    memory_bytes = Int(0, help="What the kernel may take beyond its parent; 0 for any.").tag(
        config=True
    )

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork instead of the command, and see to the process in the same way."""
        del cmd
        self.cwd = kwargs.get("cwd") or Path.cwd()
        self.process = fork_kernel(
            self.address,
            self.parent.connection_file,
            cwd=str(self.cwd),
            memory_bytes=self.memory_bytes or None,
        )
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end, asking more often than the tenth of a second inherited."""
        code = None
        if self.process:
            while (code := self.process.poll()) is None:
                await asyncio.sleep(0.005)
            type(self.parent).peak_bytes = self.process.peak_bytes
            self.process = None  # type: ignore[assignment]  # what has_process asks
        return code


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
    """A kernel that only this user can reach; its folder goes when the kernel does.

    Where sockets of the file system are missing (Windows), ports of the loopback address serve.
    """

    warm: str | None = None
    memory_bytes = 0
    peak_bytes = 0

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
        if self.warm is not None:
            config = {"address": self.warm, "memory_bytes": self.memory_bytes}
            provisioner = {"provisioner_name": FORKED, "config": config}
        elif keeper.can_keep():
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


def manager_class(warm: str | None, *, memory_bytes: int = 0) -> type[PrivateKernelManager]:
    """The class of kernel managers that papermill is to use.

    Args:
        warm: The socket of a warm parent, or None for ordinary kernels.
        memory_bytes: What a warm kernel may take beyond its parent; 0 for any.
    """
    settings = {"warm": warm, "memory_bytes": memory_bytes}
    return type("PageKernelManager", (PrivateKernelManager,), settings)
