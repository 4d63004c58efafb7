"""Writing an export: every file of it or none, into a folder that holds nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from bench.errors import ParameterError, SourceError
from bench.present.sheet import harmless
from bench.project import __version__, places, transaction
from bench.project.checksums import digest
from bench.publish.export import contract, metadata
from bench.publish.export.tables import Snapshot
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PROVENANCE: Final = "provenance.json"
_KIND: Final = "bench export"
_LARGEST_BYTES: Final = 1024**2
# What a run that was stopped leaves; `transaction` finishes it or sweeps it away.
_LEFT: Final = re.compile(r"\.lock|\..+\.[0-9a-f]{12}\.(new|gone|part)|\.[0-9a-f]{12}\.moment")
_SHOWN: Final = 10
_MEND: Final = "give a folder that is absent, empty, or an export made before."


def export(
    folder: Path,
    *,
    years: Sequence[str] = (),
    as_of: str | None = None,
    peers: str | None = None,
) -> list[tuple[str, int]]:
    """Write the whole table with its verdicts for other programs.

    Args:
        folder: Absent, empty, or an export made before, whose files are replaced together.
        years: Only figures and verdicts of these years; all where none is named.
        as_of: The figures as they stood when this release was published.
        peers: The peer model; that of params/default.yaml where none is named.

    Returns:
        Each file with its bytes, in order of name.

    Raises:
        UnknownNameError: A release, a year or a peer model that is not known.
        ParameterError: The folder holds something else, or is a file.
        SourceError: It cannot be written; what was there is there still.
    """
    root = sources.project_root()
    places.refuse_kept(folder, root, mend=_MEND)
    places.refuse_file_name(folder)
    _check(folder)
    snapshot = Snapshot.of(years=years, as_of=as_of, peers=peers)
    contents = files(snapshot)
    fresh = not folder.exists()
    try:
        with transaction.writing(folder):
            before = _check(folder)
            transaction.commit(folder, contents, removed=before - contents.keys())
    except BaseException:
        if fresh and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        raise
    return [(name, len(content)) for name, content in sorted(contents.items())]


def files(snapshot: Snapshot) -> dict[str, bytes]:
    """What each file of an export holds, by name; the same inputs give the same bytes."""
    contents: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    for name, table in snapshot.tables().items():
        contents[f"{name}.parquet"] = _parquet(table)
        contents[f"{name}.csv"] = _csv(table)
        rows[name] = table.num_rows
    contents["datapackage.json"] = metadata.json_bytes(metadata.datapackage(snapshot))
    contents["csv-metadata.json"] = metadata.json_bytes(metadata.csvw(snapshot))
    contents["README.txt"] = metadata.readme(snapshot).encode()
    contents[PROVENANCE] = metadata.json_bytes(_provenance(snapshot, contents, rows))
    return contents


def _provenance(
    snapshot: Snapshot, contents: Mapping[str, bytes], rows: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "kind": _KIND,
        "schema": contract.SCHEMA_VERSION,
        "made_by": f"bench {__version__}",
        "commit": sources.commit(sources.project_root()),
        "pyarrow": pa.__version__,
        "parameters": {
            "as_of": snapshot.releases[-1].id,
            "years": [str(year) for year in snapshot.years],
            "years_chosen": snapshot.chosen,
            "peers": snapshot.peers,
            **snapshot.rules.model_dump(mode="json"),
        },
        "releases": {one.id: one.sha256 for one in snapshot.releases},
        "rows": dict(rows),
        "files": {name: digest(content) for name, content in sorted(contents.items())},
    }


def _parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd", compression_level=9)
    return stream.getvalue()


def _csv(table: pa.Table) -> bytes:
    """RFC 4180 in UTF-8 without a mark; see `_README` of `metadata`."""
    columns = []
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_string(kind):
            columns.append(_words(table[name]))
            continue
        cells = table[name].to_pylist()
        if pa.types.is_boolean(kind):
            cells = ["true" if cell else "false" for cell in cells]
        elif pa.types.is_floating(kind) and all(cell is None or cell % 1 == 0 for cell in cells):
            # A count as a count; where one has decimals all have, so that a type can be guessed.
            cells = [None if cell is None else int(cell) for cell in cells]
        columns.append(cells)
    text = io.StringIO(newline="")
    # Quoted names show a reader that looks at the first lines alone that cells may be quoted.
    csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow(table.column_names)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _words(column: pa.ChunkedArray) -> list[Any]:
    """A column's texts as `harmless` gives them, asked once for each text that there is."""
    coded = column.combine_chunks().dictionary_encode()
    words = [*(harmless(word) for word in coded.dictionary.to_pylist()), harmless(None)]
    return [words[at] for at in coded.indices.fill_null(len(words) - 1).to_pylist()]


def _check(folder: Path) -> set[str]:
    """The files of the export that a folder holds; none where it is absent or empty.

    Raises:
        ParameterError: It is no folder, or holds what no export made, or made otherwise.
        SourceError: It cannot be read.
    """
    try:
        if folder.is_symlink():
            raise ParameterError(f"{folder} is a link to {folder.resolve()}.", mend=_MEND)
        if not folder.exists():
            return set()
        if not folder.is_dir():
            raise ParameterError(f"{folder} is a file.", mend=_MEND)
        _finish(folder)
        listed = _listed(folder / PROVENANCE)
        names = sorted(path.name for path in folder.iterdir() if not _LEFT.fullmatch(path.name))
        foreign = [name for name in names if name != PROVENANCE and name not in listed]
        if PROVENANCE in names and not listed:
            foreign.append(PROVENANCE)
        changed = [name for name in names if name in listed and not _same(folder / name, listed)]
    except OSError as error:
        raise SourceError(
            f"{error.filename or folder} cannot be read: {error.strerror}.", mend=_MEND
        ) from error
    if foreign:
        raise ParameterError(
            f"{folder} holds files that are no export's: {_few(foreign)}; nothing was written.",
            mend=_MEND,
        )
    if changed:
        raise ParameterError(
            f"{folder} holds files that were changed since they were exported: {_few(changed)}; "
            "nothing was written.",
            mend=f"move them away, or {_MEND}",
        )
    return set(names)


def _finish(folder: Path) -> None:
    """Finish an export that was stopped when all of it was written, where there is nothing else."""
    names = [path.name for path in folder.iterdir()]
    ours = {f"{table.name}.{kind}" for table in contract.TABLES for kind in ("csv", "parquet")}
    ours |= {PROVENANCE, "README.txt", "datapackage.json", "csv-metadata.json"}
    if all(name in ours or _LEFT.fullmatch(name) for name in names):
        transaction.finish(folder)


def _listed(path: Path) -> dict[str, str]:
    """The digest of each file that an export's provenance names; none where it is not one."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
        return {}
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        return {}
    listed = content.get("files")
    return listed if isinstance(listed, dict) else {}


def _same(path: Path, listed: Mapping[str, str]) -> bool:
    return (
        not path.is_symlink()
        and path.is_file()
        and digest(path.read_bytes()) == listed.get(path.name)
    )


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
