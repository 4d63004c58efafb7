"""A JupyterLab of a test's own: it knows nothing of this user's settings and asks nobody else."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FOLDERS: Final = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
_SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"autoStartDefaultKernel": True},
}


@dataclass(frozen=True)
class Lab:
    """A running server.

    Attributes:
        address: where it is, without a path.
        token: what it wants to be told.
    """

    address: str
    token: str

    def page(self, path: str) -> str:
        """The address of one file of the project, opened alone."""
        return f"{self.address}/doc/tree/{path}?reset&token={self.token}"


def environment(project: Path, home: Path) -> dict[str, str]:
    """The environment of the server and of every `jupyter` command that is to agree with it."""
    return os.environ | {
        **{f"JUPYTER_{name}": str(home / name.lower()) for name in _FOLDERS},
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "BENCH_ROOT": str(project),
    }


@contextlib.contextmanager
def started(
    project: Path, home: Path, settings: Mapping[str, Mapping[str, Any]] | None = None
) -> Iterator[Lab]:
    """JupyterLab over the project's folder; ended with its kernels when the block is left.

    Args:
        project: the folder that it shows.
        home: an empty folder for all that it keeps.
        settings: "extension/plugin" -> what is chosen there, beside what every test wants.
    """
    for name, chosen in {**_SETTINGS, **(settings or {})}.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(chosen))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
                f"--port={port}", "--ServerApp.port_retries=0", "--allow-root",
                f"--IdentityProvider.token={lab.token}", f"--ServerApp.root_dir={project}",
                "--LabApp.expose_app_in_browser=True",
            ],
            cwd=project, stdout=log, stderr=subprocess.STDOUT, env=environment(project, home),
        )  # fmt: skip
        try:
            _await(f"{lab.address}/api/status?token={lab.token}", server, home / "log")
            yield lab
        finally:
            server.terminate()  # takes its kernels with it
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address).close()  # noqa: S310 - this machine's own
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
        else:
            return
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")
