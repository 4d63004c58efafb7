"""How a notebook gets its kernel: on sockets in a private folder, not on open TCP ports."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

__all__ = ["PrivateKernelManager"]


class PrivateKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """A kernel that only this user can reach; its folder goes when the kernel does.

    Where sockets of the file system are missing (Windows), ports of the loopback address serve.
    """

    def __init__(self, **settings: Any) -> None:
        # A socket's path holds about a hundred bytes, so the folder's name is short and its place
        # is the system's, whatever the working folder is.
        self._folder = Path(tempfile.mkdtemp(prefix="bench-"))
        if os.name == "posix":
            settings.setdefault("transport", "ipc")
        settings.setdefault("connection_file", str(self._folder / "k.json"))
        super().__init__(**settings)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove what the kernel leaves behind."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)
