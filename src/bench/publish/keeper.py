"""Keeps a kernel: whatever it starts ends with it, in whatever session or group that is.

A keeper is a process between a kernel and who started it. Orphans among the kernel's descendants
come to the keeper (Linux: PR_SET_CHILD_SUBREAPER), which ends them when the kernel has ended, when
it is asked to (SIGTERM), or when who started it is gone. It needs nothing but the standard library,
and runs as a program of its own: `python keeper.py COMMAND...`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# How long it waits for what does not end though it is killed, such as another user's process.
_SECONDS = 5.0


def can_keep() -> bool:
    """Whether the system gives orphans to a keeper and shows it its children."""
    return sys.platform.startswith("linux")


def adopt() -> None:
    """Become the parent of every descendant whose own parent ends."""
    if can_keep():
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(signum: int | None = None) -> None:
    """Where the system offers it, get a signal when the process that started this one ends.

    Args:
        signum: the signal; SIGKILL, which not every system has, if not given.
    """
    if can_keep():
        asked = signal.SIGKILL if signum is None else signum
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(asked), 0, 0, 0)


def end_children() -> None:
    """Kill every child of this process, and theirs, which come to it; wait until they are gone."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        for pid in _children():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(0.002)


def _children() -> list[int]:
    """The processes whose parent this one is."""
    me, found = os.getpid(), []
    for name in os.listdir("/proc"):  # noqa: PTH208 - no pathlib: a keeper starts at once
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as status:  # noqa: PTH123
                fields = status.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == me:
            found.append(int(name))
    return found


def keep(become_kernel: Callable[[], object]) -> NoReturn:
    """Fork a kernel, and end when it does, with its exit code and without leaving a descendant.

    Args:
        become_kernel: what the forked process does; it does not return.
    """
    mother = os.getppid()
    adopt()
    die_with_parent(signal.SIGTERM)
    # An interrupt goes to the whole group, and is meant for the kernel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _end)
    if os.getppid() != mother:  # it was gone before the signal was asked for
        _end()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    kernel = os.fork()
    if kernel == 0:
        try:
            die_with_parent()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            become_kernel()
        finally:
            os._exit(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    code = 1
    while True:
        try:
            ended, status = os.waitpid(-1, 0)
        except ChildProcessError:
            break
        if ended == kernel:
            code = os.waitstatus_to_exitcode(status)
            break
    end_children()
    os._exit(code if code >= 0 else 128 - code)


def _end(*_: object) -> NoReturn:
    end_children()
    os._exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    words = sys.argv[1:]
    keep(lambda: os.execvp(words[0], words))  # noqa: S606 - the command that it was given
