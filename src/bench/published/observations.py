"""The published table: the figures in force, those of an earlier release, and superseded ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.errors import DamageError, MissingDataError
from bench.project import checksums
from bench.published import sources
from bench.published.readers.cells import Maturity
from bench.published.schema import COLUMNS, KEY, LABELS, NUMBERS
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from bench.published.sources import Release

# What a publication prints beside a value, and is taken from it only together.
_TOGETHER = {
    "counts": ["numerator", "denominator"],
    "respondents": ["respondents"],
    "margin": ["margin"],
}
SUPPLEMENTED = tuple(_TOGETHER)
# What an earlier version of this program left where a build was stopped.
_LEFT = "COMMIT.json"


def _contents(folder: Path, releases: Sequence[Release]) -> list[tuple[Path, bytes]]:
    """The files of the releases that are built, all of one state of the data."""
    if (folder / _LEFT).exists():
        raise DamageError(
            f"{folder / _LEFT} was left by an earlier version whose build was stopped.",
            mend="remove it, then `bench check` says which files it left changed.",
        )
    paths = [folder / f"{release.id}.parquet" for release in releases]
    while True:
        state = checksums.token(folder.parent)
        read = [
            (path, checksums.read(path))
            for path in paths
            if path.is_file() or checksums.listed(path)
        ]
        if checksums.token(folder.parent) == state:
            return read


def history(
    *, root: Path | None = None, as_of: str | None = None, breakdowns: Collection[str] = ()
) -> pd.DataFrame:
    """Every figure of every release, releases in order of publication.

    Args:
        as_of: Leave out releases after this one.
        breakdowns: Only these, such as "all"; every one if none is named.

    Returns:
        A frame with `COLUMNS`; labels are categories.

    Raises:
        MissingDataError: There is no built data.
        DamageError: A file of a release is missing, or does not agree with CHECKSUMS.
        UnknownNameError: `as_of` is no release.
    """
    root = root or sources.project_root()
    folder = root / "data" / "published"
    manifest = sources.manifest(root)
    releases = list(manifest.releases)
    if as_of is not None:
        releases = releases[: releases.index(manifest[as_of]) + 1]
    # Whole small files, then a filter: half the time of the dataset reader's own filter.
    tables = []
    for path, content in _contents(folder, releases):
        try:
            parquet = pq.ParquetFile(pa.BufferReader(content), read_dictionary=LABELS)
            # So small a file is read sooner than threads for it are started.
            tables.append(parquet.read(use_threads=False))
        except (pa.ArrowException, OSError) as error:
            raise DamageError(
                f"{path} is no table of figures: {error}.",
                mend="restore it, or `bench build --raw FOLDER` makes it anew.",
            ) from None
    if breakdowns:
        wanted = pa.array(breakdowns, pa.string())
        tables = [
            t.filter(pc.is_in(t["breakdown"].cast(pa.string()), value_set=wanted)) for t in tables
        ]
    if not tables:
        raise MissingDataError(
            f"{folder} holds no built data.", mend="run `bench build --raw FOLDER`."
        )
    # In one piece: whoever takes rows would look for each in the piece of its release.
    table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    figures: pd.DataFrame = table.to_pandas(use_threads=False)
    return figures


def none() -> pd.DataFrame:
    """A history of no release."""
    return pd.DataFrame(columns=COLUMNS).astype(dict.fromkeys(LABELS, "category"))


def joined(history: pd.DataFrame, figures: pd.DataFrame, before: Collection[str]) -> pd.DataFrame:
    """The history with the figures of one more release, at its place in the order of publication.

    Args:
        history: Figures as `history` gives them; it may be empty.
        figures: One release's figures, as `build.tidy` gives them.
        before: The releases that it comes after.
    """
    earlier = history["release_id"].isin(before)
    parts = [history[earlier], figures, history[~earlier]]
    table = pd.concat([part.astype(dict.fromkeys(LABELS, "str")) for part in parts if len(part)])
    return table.astype(dict.fromkeys(LABELS, "category")).reset_index(drop=True)


def load(
    *, root: Path | None = None, as_of: str | None = None, breakdown: str | None = None
) -> pd.DataFrame:
    """The table in force; see `in_force`.

    Args:
        as_of: The table as it stood when this release was published.
        breakdown: Only this breakdown, such as "all".

    Returns:
        A frame with `COLUMNS`, one row per key, sorted by key; labels are categories.
    """
    return in_force(history(root=root, as_of=as_of, breakdowns=[breakdown] if breakdown else []))


def observations(*, as_of: str | None = None) -> pd.DataFrame:
    """Every published figure in force, as one table.

    Args:
        as_of: A release of `data/sources.yaml`, for the table as it stood when that was published.

    Returns:
        One row per indicator, breakdown, area and period, sorted so (some 125,000 rows), and 15
        columns: `release_id, indicator_id, breakdown, area_id, period`; `value` in the indicator's
        unit; `numerator, denominator, respondents`, counts of people; `margin`, the published 95%
        half-width in the value's unit; `status` (observed, suppressed, unusable, not_available,
        not_applicable), `marker` (as printed), `maturity`, `area_code` (ONS), `place` (line or
        cell). A value is there if and only if the status is observed. Labels are categories.

    Raises:
        UnknownNameError: No such release.
        MissingDataError: There is no built data.

    >>> figures = bench.observations()
    >>> leeds = figures.query("area_id == 'leeds' and breakdown == 'all' and period == '2018-19'")
    >>> leeds.set_index("indicator_id").loc["self_directed_support", ["value", "denominator"]]
    value            91.2
    denominator    6206.0
    Name: self_directed_support, dtype: float64
    """
    return load(as_of=as_of)


def in_force(history: pd.DataFrame) -> pd.DataFrame:
    """The table in force, figure by figure: the row of the latest publication that prints a value.

    `release_id` names it, and status, marker, maturity and place are its own. What it does not
    print beside the value (numerator and denominator, respondents, margin) comes from the latest
    other publication that prints it beside the same value; beside another value it is of another
    figure, and none is taken. Where nobody prints a value the latest row is in force as it is. A
    figure that an earlier release printed with another value has the maturity `revised`.

    Args:
        history: Figures as `history` gives them, releases in order of publication.

    Returns:
        A frame with `COLUMNS`, one row per key, sorted by key; labels are categories.
    """
    figures = history.assign(_key=_numbered(history))
    repeated = figures["_key"].duplicated(keep=False)
    again = figures[repeated]
    # Rows with a value stand after those without, each in order of publication.
    last = again.iloc[again["value"].notna().argsort(kind="stable")]
    last = last.drop_duplicates("_key", keep="last").set_index("_key")
    same = again[again["value"] == last["value"].loc[again["_key"]].to_numpy()]
    for fields in _TOGETHER.values():
        printed = same[same[fields].notna().all(axis=1)].drop_duplicates("_key", keep="last")
        printed = printed.set_index("_key")[fields]
        lacking = printed.index[last.loc[printed.index, fields].isna().all(axis=1)]
        last.loc[lacking, fields] = printed.loc[lacking]
    latest = pd.concat([figures[~repeated].set_index("_key"), last])
    maturity = latest["maturity"].cat
    revised = Maturity.REVISED.value
    if revised not in maturity.categories:
        latest["maturity"] = maturity.add_categories(revised)
    latest.loc[figures.loc[_differs(figures), "_key"].unique(), "maturity"] = revised
    return latest[COLUMNS].sort_values(KEY).reset_index(drop=True)


def supplements(history: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Which fields of the table in force another publication printed than the value's, and where.

    Args:
        history: Figures as `history` gives them, releases in order of publication.
        figures: The table in force of them, as `in_force` gives it.

    Returns:
        `KEY`, `field` (one of `SUPPLEMENTED`), and `release_id` and `place` of the publication that
        printed it beside the same value; sorted by key and field.
    """
    again = history[history.duplicated(KEY, keep=False)].astype(dict.fromkeys(LABELS, "str"))
    whole = figures[[*KEY, "release_id", *NUMBERS]].astype(dict.fromkeys(KEY, "str"))
    printed = again.merge(whole, on=KEY, suffixes=("", "_in_force"))
    own = printed["release_id"] == printed["release_id_in_force"].astype("str")
    same = printed["value"] == printed["value_in_force"]
    parts = []
    for name, fields in _TOGETHER.items():
        filled = printed[[f"{field}_in_force" for field in fields]].notna().all(axis=1)
        lacking = printed.loc[own & filled & printed[fields].isna().all(axis=1), KEY]
        other = printed[same & ~own & printed[fields].notna().all(axis=1)]
        other = other.drop_duplicates(KEY, keep="last").merge(lacking, on=KEY)
        parts.append(other.assign(field=name)[[*KEY, "field", "release_id", "place"]])
    return pd.concat(parts).sort_values([*KEY, "field"]).reset_index(drop=True)


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


def of_councils(area_ids: pd.Series[str]) -> pd.Series[bool]:
    """Which rows are of a council, and not of England, a region or another group of councils."""
    return ~(area_ids.eq(ENGLAND) | area_ids.str.contains(":"))


def _numbered(figures: pd.DataFrame) -> pd.Series[int]:
    """One number per key, from the codes of its categories."""
    number = pd.Series(0, index=figures.index, dtype="int64")
    for label in KEY:
        codes = figures[label].cat.codes.astype("int64")
        number = number * (len(figures[label].cat.categories) + 1) + codes
    return number


def _differs(figures: pd.DataFrame) -> pd.Series[bool]:
    """Whether a row's value is another than that in force: the last one with the same `_key`."""
    valued = figures[figures["value"].notna()]
    last = valued.drop_duplicates("_key", keep="last").set_index("_key")["value"]
    earlier = valued[valued["_key"].duplicated(keep="last")]
    other = earlier["value"] != last.loc[earlier["_key"]].to_numpy()
    return other.reindex(figures.index, fill_value=False)
