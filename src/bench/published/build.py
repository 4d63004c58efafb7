"""Building the published table: one Parquet file per release, all or nothing."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import BuildError, Problems
from bench.project import processes, transaction
from bench.published import corrections, layouts, sources
from bench.published.readers import published_file
from bench.published.readers.cells import Status
from bench.published.schema import COLUMNS, KEY, schema
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.published.layouts import AnyLayout
    from bench.published.sources import Release
    from bench.reference import Registers

# Below this many bytes of files, starting processes takes longer than reading.
_WORTH_PROCESSES = 5_000_000


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote for one release."""

    release_id: str
    figures: int
    observed: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Work:
    """What the making of every release shares."""

    contents: Mapping[str, bytes]
    layouts: layouts.LayoutFile
    registers: Registers
    patches: tuple[corrections.Correction, ...]


_work: _Work | None = None


def tidy(
    content: bytes,
    release: Release,
    *,
    layout: AnyLayout,
    registers: Registers,
    patches: tuple[corrections.Correction, ...],
) -> pd.DataFrame:
    """One release's figures in the form of the one table, sorted by key.

    Raises:
        LayoutError: The file is not as its layout says.
        BuildError: A correction no longer holds, or the figures break the schema.
    """
    figures = published_file.read(
        content, layout=layout, year=release.year, registers=registers, file=release.file
    )
    figures = corrections.apply(figures, patches, release.id)
    figures.insert(0, "release_id", release.id)
    figures["maturity"] = release.maturity.value
    figures = _not_applicable_before_or_after(figures, registers)[COLUMNS]
    figures = figures.sort_values(KEY, ignore_index=True)
    _validate(figures, release)
    return figures


def _not_applicable_before_or_after(figures: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """A council that did not exist in a year has no figure to suppress or to miss."""
    council_ids = {council.area_id: council for council in registers.councils}
    unseen = figures["value"].isna()
    pairs = figures.loc[unseen, ["area_id", "period"]].drop_duplicates()
    gone = {
        (area, period)
        for area, period in pairs.itertuples(index=False)
        if area in council_ids and not council_ids[area].exists(FinancialYear.parse(period))
    }
    absent = pd.MultiIndex.from_frame(figures[["area_id", "period"]]).isin(list(gone))
    figures.loc[unseen & absent, "status"] = Status.NOT_APPLICABLE.value
    return figures


def _validate(figures: pd.DataFrame, release: Release) -> None:
    import pandera.errors

    try:
        schema().validate(figures, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as error:
        problems = Problems(BuildError, release.file)
        for case in error.failure_cases.head(21).itertuples():
            place = figures["place"].get(case.index, "") if case.index is not None else ""
            problems.add(f"{place} {case.column}: {case.check}; found {case.failure_case!r}")
        problems.raise_if_any()


def build(raw: Path, *, root: Path | None = None) -> list[Built]:
    """Publisher's files, read in place and verified -> data/published, all or nothing.

    Args:
        raw: Folder of the files as published; nothing is written to it. A file that `bench add`
            copied and that is not in it is read from data/raw.

    Raises:
        SourceError: A file is missing or is not the manifest's.
        LayoutError: A file is not as its layout says.
        BuildError: Figures break the schema, or a correction no longer holds.
        ParameterError: Another command is writing the data.
        DamageError: The manifest or a register does not agree with CHECKSUMS.
    """
    root = sources.writable_root(root)
    data = root / "data"
    with transaction.writing(data):
        sources.forget()
        releases = sources.manifest(root).releases
        made = _made(releases, raw, root)
        names = {f"published/{built.release_id}.parquet": content for built, content in made}
        there = {f"published/{path.name}" for path in (data / "published").glob("*.parquet")}
        transaction.commit(data, names, removed=there - names.keys())
    return [built for built, _ in made]


def _made(releases: Sequence[Release], raw: Path, root: Path) -> list[tuple[Built, bytes]]:
    """Every release with the bytes of its file."""
    elsewhere = [one for one in releases if one.added and sources.find(one, raw) is None]
    contents = sources.open_verified([one for one in releases if one not in elsewhere], raw)
    contents |= sources.open_verified(elsewhere, root / "data" / "raw") if elsewhere else {}
    work = _Work(
        contents=contents,
        layouts=layouts.read(root / "data" / "reference"),
        registers=sources.reference(root),
        patches=corrections.read(root / "data" / "reference"),
    )
    # The largest first, so that no process is left with it at the end.
    by_size = sorted(releases, key=lambda release: -len(contents[release.file]))
    gc.freeze()  # what was there before need not be looked through again and again
    pool = _pool(work)
    try:
        making = {release.id: pool.submit(_make, release) for release in by_size}
        return [making[release.id].result() for release in releases]
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def _pool(work: _Work) -> Executor:
    """Forked processes where they pay, and one thread where they do not or cannot be had."""
    size = sum(map(len, work.contents.values()))
    if not processes.can_fork() or size < _WORTH_PROCESSES:
        return ThreadPoolExecutor(max_workers=1, initializer=_begin, initargs=(work,))
    return ProcessPoolExecutor(
        max_workers=os.cpu_count(),
        mp_context=multiprocessing.get_context("fork"),
        initializer=_begin,
        initargs=(work,),
    )


def _begin(work: _Work) -> None:
    """Take up the work; a process of its own ends with the one that forked it."""
    global _work
    _work = work
    if processes.end_with_parent():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that forked it hears it and ends it


def _make(release: Release) -> tuple[Built, bytes]:
    """Read and check one release; its file's bytes."""
    assert _work is not None  # noqa: S101 - _begin() was called
    figures = tidy(
        _work.contents[release.file],
        release,
        layout=_work.layouts[release.layout],
        registers=_work.registers,
        patches=_work.patches,
    )
    content = packed(figures)
    return built_of(figures, release, content), content


def packed(figures: pd.DataFrame) -> bytes:
    """One release's figures as the bytes of a Parquet file; the same figures give the same."""
    table = pa.Table.from_pandas(figures, preserve_index=False).replace_schema_metadata(None)
    written = pa.BufferOutputStream()
    pq.write_table(table, written, compression="zstd", compression_level=12, version="2.6")
    return bytes(written.getvalue().to_pybytes())


def built_of(figures: pd.DataFrame, release: Release, content: bytes) -> Built:
    """What a build says of one release."""
    return Built(release.id, len(figures), int(figures["value"].notna().sum()), len(content))
