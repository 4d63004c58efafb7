"""A project of a user's own: a folder with the data, parameters and notebooks of another.

What is copied is checked on the way. The folder is there whole or not at all.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError, SourceError
from bench.project import checksums, places

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE: Final = "first"
# What a project is made of, beside single files.
FOLDERS: Final = ("data/published", "data/reference", "params", "notebooks")
_FILES: Final = (
    "data/CHECKSUMS",
    "data/README.md",
    "data/quoted.csv",
    "data/raw/README.md",
    "data/sources.yaml",
)
_SITE_TEXT: Final = """\
# A site to begin with: one council's page. `bench site first` makes it in reports/first.
# More councils: `councils: [Leeds, Barnet]`, or `councils: all`.
title: A first site
year: 2024-25
peers: cipfa
rule: auto
palette: rag
councils: [Leeds]
pages:
  - notebook: council_report.ipynb
    each: council
"""
_README_TEXT: Final = """\
# A project of bench

- `data/`: the figures and registers; `bench add FILE` brings in a table of your own, and
  `bench check --accept` takes down a change that you made to a file by hand.
- `params/`: your choices: `default.yaml` for what is asked, `rag.yaml` for the bands, `sites/` for
  the sites, of which `first.yaml` is one to begin with.
- `notebooks/`: one for each kind of page.
- `reports/`: what is made of them.

Run in this folder: `bench table Leeds`, `bench report Leeds`, `bench site first`.
"""


def new_project(root: Path, target: Path) -> Path:
    """Make a project in a folder that is not there or is empty.

    Args:
        root: The project, or what the installed package brings along, to copy from.
        target: The folder; those above it are made too.

    Returns:
        The folder, absolute.

    Raises:
        ParameterError: There is something at its place, or it lies in the project's own folders.
        DamageError: A file to be copied does not agree with CHECKSUMS.
        SourceError: The folder cannot be written.
    """
    target = target.absolute()
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        found = "a folder that is not empty" if target.is_dir() else "no folder"
        raise ParameterError(
            f"{target} is {found}; nothing was written.",
            mend="give a folder that is not there yet, or an empty one.",
        )
    places.refuse_kept(target, root, mend="give a folder outside it.")
    places.refuse_file_name(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            for name, content in _contents(root):
                (making / name).parent.mkdir(parents=True, exist_ok=True)
                (making / name).write_bytes(content)
            making.chmod(0o755)
            if target.exists():
                target.rmdir()  # refuses one that has been filled meanwhile
            making.rename(target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except OSError as error:
        raise SourceError(f"{target} cannot be written: {error.strerror}.") from error
    return target


def _contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a new project, by name."""
    for name in _FILES:
        if (root / name).is_file():
            yield name, checksums.read(root / name)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            place = path.relative_to(root)
            if path.is_file() and not any(part.startswith(".") for part in place.parts):
                yield place.as_posix(), checksums.read(path)
    yield f"params/sites/{SITE}.yaml", _SITE_TEXT.encode()
    yield "README.md", _README_TEXT.encode()
