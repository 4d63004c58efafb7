"""The open peer model as files and as lines: what `bench peers` prints and writes."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.peer_model import census, distance
from bench.peer_model.census import FIGURES, Features
from bench.project import places, transaction
from bench.project.files import csv_text
from bench.published import sources

if TYPE_CHECKING:
    from bench.peer_model.distance import PeerChoices, Space

# The weights of params/peers.yaml, where a file of weights may be named.
DEFAULT = "default"


def choices_of(weights: str | Path = DEFAULT) -> PeerChoices:
    """The weights of params/peers.yaml, or of another file of its kind.

    Raises:
        RegisterError: The file is absent or does not fit; all its problems at once.
    """
    path = _default(sources.project_root()) if weights == DEFAULT else Path(weights)
    return distance.read_choices(path, features().register)


def _default(root: Path) -> Path:
    return root / "params" / "peers.yaml"


def features() -> Features:
    """The Census features that the project holds, read once a process."""
    return _features(sources.project_root())


@functools.cache
def _features(root: Path) -> Features:
    folder = root / "data" / "reference"
    return Features.read(folder, sources.reference(root).councils)


def model(weights: str | Path = DEFAULT) -> dict[int, Space]:
    """Every council as a point, by boundaries, the latest first; reckoned once a process."""
    return _spaces(sources.project_root(), str(weights))


@functools.lru_cache(maxsize=4)
def _spaces(root: Path, weights: str) -> dict[int, Space]:
    return distance.spaces(_features(root), choices_of(weights))


def text(features: Features, choices: PeerChoices) -> str:
    """Every council's peers as CSV, in the form of data/reference/peers/open.csv."""
    rows = distance.lists(distance.spaces(features, choices), choices.number_of_peers)
    printed = ([f"{cell:.6f}" if isinstance(cell, float) else cell for cell in r] for r in rows)
    return csv_text(distance.Listed._fields, printed)


def write(out: Path, weights: str | Path = DEFAULT) -> Path:
    """Write every council's peers to a file that is not there yet, whole or not at all.

    Raises:
        RegisterError: The weights do not fit.
        ParameterError: There is another file, or it lies in the project's own folders.
        SourceError: The file cannot be written.
    """
    content = text(features(), choices_of(weights)).encode()
    places.write_new(out, content, sources.project_root())
    return out


def rebuild(raw: Path) -> list[Path]:
    """Bring the Census features in anew and recompute the lists: both files, or neither.

    Args:
        raw: folder of the files as published; nothing is written to it.

    Raises:
        SourceError: A file is missing, is another, or cannot be written.
        LayoutError: A file is not as the register says.
    """
    root = sources.writable_root()
    with transaction.writing(root / "data"):
        contents = _anew(raw, root)
        transaction.commit(root / "data", contents)
    sources.forget()
    _features.cache_clear()
    _spaces.cache_clear()
    return [root / "data" / name for name in contents]


def _anew(raw: Path, root: Path) -> dict[str, bytes]:
    """The Census features and the lists made of them, by name."""
    folder = root / "data" / "reference"
    figures = census.figures(raw, root=root)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / FIGURES
        path.write_text(figures, encoding="utf-8")
        found = Features.read(folder, sources.reference(root).councils, figures=path)
    lists = text(found, distance.read_choices(_default(root), found.register))
    return {
        f"reference/{FIGURES}": figures.encode(),
        "reference/peers/open.csv": lists.encode(),
    }
