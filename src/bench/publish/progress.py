"""How far a batch is: a bar at a terminal, a line a page elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bench.console import say

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

__all__ = ["Progress"]


class Progress:
    """Tells of pages as they finish: rate, time left, failures so far, the latest page."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._total = self._done = self._failed = 0
        self._began = time.monotonic()

    def start(self, *, total: int, kept: int) -> None:
        """Say how many pages there are, and how many of them are kept as they were."""
        self._total, self._done = total, kept
        if self._quiet:
            return
        if not sys.stderr.isatty():
            say(f"{total} pages, {kept} kept", error=True)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failures]}"),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
        )
        self._task = self._bar.add_task("", total=total, completed=kept, rate="", failures="")
        self._bar.start()

    def page(self, identifier: str, *, failed: bool, seconds: float) -> None:
        """Say that a page is finished."""
        self._done += 1
        self._failed += failed
        if self._bar is not None and self._task is not None:
            rate = self._done / max(time.monotonic() - self._began, 0.001)
            self._bar.update(
                self._task,
                completed=self._done,
                description=identifier,
                rate=f"{rate:.1f} a second",
                failures=f"{self._failed} failed" if self._failed else "",
            )
        elif not self._quiet:
            word = "FAILED" if failed else "done"
            say(f"{self._done}/{self._total} {word} {identifier} ({seconds:.1f} s)", error=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
