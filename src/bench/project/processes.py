"""Processes that are forked, and that end with the one that started them."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from bench.errors import ExecutionError

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

# Address space of one page's kernel with its libraries, most of it never touched.
PAGE_BYTES = 2_500 * 1024**2

# What the dynamic loader, threads and libraries say where memory was refused to them.
_REFUSED = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
    "cannot create thread",
    "resource temporarily unavailable",
)


def can_fork() -> bool:
    """Whether a process that has imported libraries can be forked safely here."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def end_with_parent() -> bool:
    """End this process when the one that started it has ended; False in the first of all."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return False

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
    return True


def out_of_memory(error: BaseException) -> bool:
    """Whether an error, or one that led to it, says that memory was refused."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, MemoryError):
            return True
        if isinstance(seen, OSError) and seen.errno in (errno.ENOMEM, errno.EAGAIN):
            return True
        if isinstance(seen, (ImportError, RuntimeError, SystemError)) and any(
            words in str(seen).casefold() for words in _REFUSED
        ):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def memory_sentence() -> str:
    """That there is too little memory, and what limits it."""
    allowed = _allowed_bytes()
    limit = (
        f"; this shell allows {allowed // 1024**2:,} MiB of address space a process (ulimit -v), "
        f"and a page needs about {PAGE_BYTES // 1024**2:,} MiB"
        if allowed is not None
        else ""
    )
    return f"There is not enough memory{limit}."


def check_memory() -> None:
    """See that a page can be made at all: with less, libraries end the process without a word.

    Raises:
        ExecutionError: The shell's limit of address space is too low.
    """
    allowed = _allowed_bytes()
    if allowed is not None and allowed < PAGE_BYTES:
        raise ExecutionError(memory_sentence(), mend="ulimit -v unlimited")


def _allowed_bytes() -> int | None:
    """The address space that a process may take; None for any."""
    if sys.platform == "win32":  # pragma: no cover
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


@contextlib.contextmanager
def stopped_where_asked() -> Iterator[Callable[[], None]]:
    """Hear Ctrl-C and SIGTERM only where the block asks, never while a library holds a lock.

    Raised anywhere else, the exception can leave the lock of a future taken, and the pool's thread,
    which the interpreter waits for at its end, then waits for ever.

    Yields:
        What is to be called often: it does what the signal would have done.
    """
    heard: list[int] = []
    usual: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def ask() -> None:
        if heard:
            number = heard.pop(0)
            usual[number](number, None)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler):
                usual[number] = handler
                signal.signal(number, lambda number, _frame: heard.append(number))
    try:
        yield ask
    finally:
        for changed, handler in usual.items():
            signal.signal(changed, handler)
    ask()
