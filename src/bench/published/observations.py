"""THE table: one schema, one door. The figure in force, and its earlier versions.

Enters: published rows of every release. Leaves: `data/published/<release_id>.parquet`, and from
them the table as it is in force today or stood at a release.
"""

from __future__ import annotations

import gc
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import BuildError, MissingDataError, Problems
from bench.published import corrections, layouts, sources
from bench.published.cells import Maturity, Status
from bench.published.schema import COLUMNS, FIELDS, KEY, LABELS, schema
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from bench.published.layouts import AnyLayout
    from bench.published.sources import Release
    from bench.registers import Registers

__all__ = [
    "COLUMNS",
    "KEY",
    "Built",
    "build",
    "finish",
    "history",
    "in_force",
    "load",
    "schema",
    "superseded",
    "tidy",
    "write_release",
]

_COMMIT = "COMMIT.json"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote for one release."""

    release_id: str
    figures: int
    observed: int
    bytes: int


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
    from bench.published import readers

    figures = readers.read(
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
        raw: Folder of the files as published; nothing is written to it.
        root: The project; found from the working folder if not given.

    Raises:
        SourceError: A file is missing or is not the manifest's.
        LayoutError: A file is not as its layout says.
        BuildError: Figures break the schema, or a correction no longer holds.
    """
    root = root or sources.project_root()
    releases = sources.manifest(root).releases
    contents = sources.open_verified(releases, raw)
    registers = sources.reference(root)
    layout_of = layouts.read(root / "data" / "reference")
    patches = corrections.read(root / "data" / "reference")
    folder = root / "data" / "published"
    finish(folder)
    staging = folder / ".building"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    gc.freeze()  # what was there before need not be looked through again and again
    try:
        # Most of writing is compression, which runs beside the reading of the next file.
        with ThreadPoolExecutor(max_workers=1) as writer:
            writing = [
                writer.submit(
                    write_release,
                    tidy(
                        contents[release.file],
                        release,
                        layout=layout_of[release.layout],
                        registers=registers,
                        patches=patches,
                    ),
                    release,
                    staging,
                )
                for release in releases
            ]
            built = [one.result() for one in writing]
        _commit(staging, folder)
    finally:
        gc.unfreeze()
        shutil.rmtree(staging, ignore_errors=True)
    return built


def write_release(figures: pd.DataFrame, release: Release, folder: Path) -> Built:
    """Write one release's figures, whole or not at all: `<release_id>.parquet` in the folder."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{release.id}.parquet"
    partial = folder / f".{release.id}.part"
    table = pa.Table.from_pandas(figures, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, partial, compression="zstd", compression_level=19, version="2.6")
    partial.replace(path)
    observed = int(figures["value"].notna().sum())
    return Built(release.id, len(figures), observed, path.stat().st_size)


def _commit(staging: Path, folder: Path) -> None:
    """Bring a finished build in force at one moment: when the list of its files appears."""
    names = sorted(path.name for path in staging.glob("*.parquet"))
    for name in names:
        (staging / name).replace(folder / f"{name}.new")
    listing = staging / _COMMIT
    listing.write_text(json.dumps(names))
    listing.replace(folder / _COMMIT)
    finish(folder)


def finish(folder: Path) -> None:
    """Carry through a build that was stopped after its moment; otherwise do nothing."""
    listing = folder / _COMMIT
    if not listing.is_file():
        return
    names = json.loads(listing.read_text())
    for name in names:
        if (folder / f"{name}.new").is_file():
            (folder / f"{name}.new").replace(folder / name)
    for path in folder.glob("*.parquet"):
        if path.name not in names:
            path.unlink()
    listing.unlink()


def _files(folder: Path) -> dict[str, Path]:
    """The files in force by release id, also while or after a build was stopped."""
    listing = folder / _COMMIT
    if listing.is_file():
        names = json.loads(listing.read_text())
        new = {name: folder / f"{name}.new" for name in names}
        files = {n: path if path.is_file() else folder / n for n, path in new.items()}
    else:
        files = {path.name: path for path in sorted(folder.glob("*.parquet"))}
    return {name.removesuffix(".parquet"): path for name, path in files.items()}


def history(
    *, root: Path | None = None, as_of: str | None = None, breakdowns: Collection[str] = ()
) -> pd.DataFrame:
    """Every figure of every release, releases in order of publication.

    Args:
        root: The project; found from the working folder if not given.
        as_of: Leave out releases after this one.
        breakdowns: Only these, such as "all"; every one if none is named.

    Returns:
        A frame with `COLUMNS`; labels are categories.

    Raises:
        MissingDataError: There is no built data.
        UnknownNameError: `as_of` is no release.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    root = root or sources.project_root()
    folder = root / "data" / "published"
    files = _files(folder)
    manifest = sources.manifest(root)
    releases = list(manifest.releases)
    if as_of is not None:
        releases = releases[: releases.index(manifest[as_of]) + 1]
    # Whole small files, then a filter: half the time of the dataset reader's own filter.
    tables = [
        pq.ParquetFile(files[r.id], read_dictionary=LABELS).read()
        for r in releases
        if r.id in files
    ]
    if breakdowns:
        wanted = pa.array(breakdowns, pa.string())
        tables = [
            t.filter(pc.is_in(t["breakdown"].cast(pa.string()), value_set=wanted)) for t in tables
        ]
    if not tables:
        raise MissingDataError(
            f"{folder} holds no built data.", mend="run `bench build --raw FOLDER`."
        )
    table = pa.concat_tables(tables).unify_dictionaries()
    figures: pd.DataFrame = table.to_pandas()
    return figures


def load(
    *, root: Path | None = None, as_of: str | None = None, breakdown: str | None = None
) -> pd.DataFrame:
    """The table in force; see `in_force`.

    Args:
        root: The project; found from the working folder if not given.
        as_of: The table as it stood when this release was published.
        breakdown: Only this breakdown, such as "all".

    Returns:
        A frame with `COLUMNS`, one row per key, sorted by key; labels are categories.
    """
    return in_force(history(root=root, as_of=as_of, breakdowns=[breakdown] if breakdown else []))


def in_force(history: pd.DataFrame) -> pd.DataFrame:
    """The table in force: each field from the latest publication that prints it.

    `release_id` names the release that gave the value; numerator, denominator, respondents and
    margin may come from an earlier one that printed them. A figure that an earlier release printed
    with another value has the maturity `revised`.

    Args:
        history: Figures as `history` gives them, releases in order of publication.

    Returns:
        A frame with `COLUMNS`, one row per key, sorted by key; labels are categories.
    """
    figures = history.assign(_key=_numbered(history))
    latest = figures.drop_duplicates("_key", keep="last").set_index("_key")
    fields = figures.groupby("_key", sort=False)[FIELDS].last()
    latest[FIELDS] = fields.reindex(latest.index)
    maturity = latest["maturity"].cat
    revised = Maturity.REVISED.value
    if revised not in maturity.categories:
        latest["maturity"] = maturity.add_categories(revised)
    latest.loc[figures.loc[_differs(figures), "_key"].unique(), "maturity"] = revised
    ordered = latest[COLUMNS].sort_values(KEY)
    return ordered.reset_index(drop=True)


def superseded(history: pd.DataFrame) -> pd.DataFrame:
    """The values that later releases printed otherwise: what a revised figure was before.

    Args:
        history: Figures as `history` gives them, releases in order of publication.

    Returns:
        `COLUMNS`, one row per earlier printing whose value is not the one in force, in order of
        publication.
    """
    figures = history.assign(_key=_numbered(history))
    return figures.loc[_differs(figures), COLUMNS].reset_index(drop=True)


def _numbered(figures: pd.DataFrame) -> pd.Series[int]:
    """One number per key, from the codes of its categories."""
    number = pd.Series(0, index=figures.index, dtype="int64")
    for label in KEY:
        codes = figures[label].cat.codes.astype("int64")
        number = number * (len(figures[label].cat.categories) + 1) + codes
    return number


def _differs(figures: pd.DataFrame) -> pd.Series[bool]:
    """Whether a row's value is another than that of the last release with the same `_key`."""
    again = figures["_key"].duplicated(keep="last")
    earlier = figures.loc[again]
    last = figures.drop_duplicates("_key", keep="last").set_index("_key")["value"]
    now = last.reindex(earlier["_key"]).to_numpy()
    other = earlier["value"].notna() & pd.notna(now) & (earlier["value"] != now)
    return other.reindex(figures.index, fill_value=False)
