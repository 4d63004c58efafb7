"""The kernel of a page: an ordinary ipykernel that listens nowhere but in its private folder.

ipykernel opens one TCP port on the loopback address beside the sockets of its connection file, on
which forked children of the kernel hand it what they print. Any user of the machine can reach such
a port, so it is a socket in the connection file's folder here, where only this user can.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import zmq
from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread
from zmq.eventloop.zmqstream import ZMQStream


def _private(folder: Path) -> type[IOPubThread]:
    """The class of threads that send a kernel's output, with a socket in a folder for a port."""
    address = f"ipc://{folder / 'printed'}"

    class PrivateIOPubThread(IOPubThread):  # type: ignore[misc]
        def _setup_pipe_in(self) -> None:
            self._pipe_uuid = os.urandom(16)
            pipe_in = self.socket.context.socket(zmq.PULL)
            pipe_in.linger = 0
            pipe_in.bind(address)
            self._pipe_in = ZMQStream(pipe_in, self.io_loop)
            self._pipe_in.on_recv(self._handle_pipe_msg)

        def _setup_pipe_out(self) -> tuple[Any, Any]:
            context = zmq.Context()  # a new one, in a forked child
            pipe_out = context.socket(zmq.PUSH)
            pipe_out.linger = 3000
            pipe_out.connect(address)
            return context, pipe_out

    return PrivateIOPubThread


def run(connection_file: str) -> Any:
    """The kernel of a connection file, with its sockets open; `start()` runs it."""
    if os.name == "posix":
        kernelapp.IOPubThread = _private(Path(connection_file).parent)
    application = kernelapp.IPKernelApp.instance(connection_file=connection_file)
    application.initialize([])
    return application


if __name__ == "__main__":
    run(sys.argv[1]).start()
