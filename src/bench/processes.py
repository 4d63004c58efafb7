"""Processes that are forked, and that end with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading

__all__ = ["can_fork", "end_with_parent"]


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
