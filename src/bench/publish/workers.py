"""Page jobs as a worker runs them, here or on a cluster: a result that never raises."""

from __future__ import annotations

import time
import traceback
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.errors import BenchError, ExecutionError
from bench.pages.overview.pages import Link
from bench.project import processes
from bench.publish import notebook as batch
from bench.publish.kernels import manager_class

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.publish.notebook import Page


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may take."""

    seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Station:
    """Where pages are made: the project, the warm parent's socket if there is one, the limits."""

    root: Path
    warm: str | None
    limits: Limits


@dataclass(frozen=True, slots=True)
class PageResult:
    """One page, or why there is none.

    Attributes:
        stages: seconds by stage, as `manifest.Record` has them.
        is_warm: whether it ran in a forked shell rather than in an ordinary kernel.
    """

    identifier: str
    page: str
    seconds: float
    peak_bytes: int
    stages: Mapping[str, float] = field(default_factory=dict)
    is_warm: bool = True
    warnings: tuple[str, ...] = ()
    error: str = ""
    traceback: str = ""


_station: Station | None = None
# Every page of a site leads back to the pages that lead everywhere.
_NAV = (Link("All councils", "index.html"), Link("All councils and indicators", "overview.html"))


def begin(station: Station) -> None:
    """Make this process a worker, which ends with the runner that started it."""
    global _station
    _station = station
    processes.end_with_parent()


def make_page(job: Page, station: Station | None = None) -> PageResult:
    """Run one page's notebook and render it; what goes wrong is told in the result."""
    here = station or _station
    assert here is not None  # noqa: S101 - begin() was called
    start = time.perf_counter()
    managers = manager_class(here.warm, memory_bytes=here.limits.memory_bytes)
    page = error = details = ""
    stages: dict[str, float] = {}
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("default")
        try:
            notebook = batch.execute(
                job, root=here.root, kernels=managers, seconds=here.limits.seconds
            )
            executed = time.perf_counter()
            page = batch.render_page(job, notebook, assets=batch.ASSETS, root=here.root, nav=_NAV)
            waited = batch.seconds_to_ready(notebook)
            stages = {
                "start": round(waited, 3),
                "execute": round(executed - start - waited, 3),
                "render": round(time.perf_counter() - executed, 3),
            }
        except BenchError as fault:
            error = str(fault)
            details = fault.details if isinstance(fault, ExecutionError) else ""
        except Exception as fault:
            error, details = f"{type(fault).__name__}: {fault}", traceback.format_exc()
    return PageResult(
        identifier=job.identifier,
        page=page,
        seconds=round(time.perf_counter() - start, 3),
        peak_bytes=managers.peak_bytes,
        stages=stages,
        is_warm=here.warm is not None,
        warnings=tuple(sorted({str(one.message) for one in heard})),
        error=error,
        traceback=details,
    )
