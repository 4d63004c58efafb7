"""The Census features of councils: from the files as published to our own tidy form."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.errors import LayoutError, Problems, RegisterError
from bench.peer_model.features import REGISTER, FeatureRegister, Features, number
from bench.project.files import read_model
from bench.published import sources

if TYPE_CHECKING:
    from pathlib import Path

    from bench.peer_model.features import FeatureFile
    from bench.reference import Councils

_KEYS: Final = ("code", "name")


@dataclass(frozen=True, slots=True)
class _Published:
    """One file of the register, as `sources.open_verified` asks after it."""

    file: str
    sha256: str
    title: str
    landing_page: str


def features(root: Path | None = None) -> Features:
    """The features that the project holds."""
    folder = (root or sources.project_root()) / "data" / "reference"
    return Features.read(folder, sources.reference(root).councils)


def figures(raw: Path, *, root: Path | None = None) -> str:
    """The files as published, read in place and verified -> the text of census_features.csv.

    Args:
        raw: folder of the files as published; nothing is written to it.
        root: the project; found from the working folder if not given.

    Raises:
        SourceError: a file is missing or is not the one that the register describes.
        LayoutError: a heading is another, a council is not known or stands twice, or a cell holds
            no number from 0; all problems at once.
    """
    root = root or sources.project_root()
    register = read_model(root / "data" / "reference" / REGISTER, FeatureRegister)
    source = register.source
    contents = sources.open_verified(
        [
            _Published(one.file, one.sha256, source.title, source.landing_page)
            for one in register.files
        ],
        raw,
    )
    councils = sources.reference(root).councils
    problems = Problems(LayoutError, str(raw), mend=f"describe the file in {REGISTER}.")
    rows = [
        row
        for one in register.files
        for row in _rows(contents[one.file], one, register, councils, problems)
    ]
    problems.raise_if_any()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(register.columns)
    writer.writerows(sorted(rows))
    return text.getvalue()


def _rows(
    content: bytes,
    file: FeatureFile,
    register: FeatureRegister,
    councils: Councils,
    problems: Problems,
) -> list[tuple[str, ...]]:
    """One file's rows in our form; what is wrong with them is noted."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = tuple(next(lines, ()))
    expected = (*_KEYS, *(feature.column for feature in register.features))
    if header != expected:
        absent = [name for name in expected if name not in header]
        strange = [name for name in header if name not in expected]
        problems.add(
            f"{file.file} line 1: found {', '.join(strange) or 'another order'}, "
            f"expected {', '.join(absent) or 'the order of the register'}"
        )
        return []
    rows: dict[str, tuple[str, ...]] = {}
    for cells in lines:
        where = f"{file.file} line {lines.line_num}"
        if len(cells) != len(expected):
            problems.add(f"{where}: found {len(cells)} cells, expected {len(expected)}")
            continue
        code, name, *printed = map(str.strip, cells)
        for heading, cell in zip(expected[len(_KEYS) :], printed, strict=True):
            if number(cell) is None:
                problems.add(f"{where} {heading}: found {cell!r}, expected a number from 0")
        try:
            area_id = councils.match(ons_code=code, name=name)
        except RegisterError as error:
            problems.add(f"{where}: {error.problems[0]}")
            continue
        if area_id is None or area_id not in councils:
            problems.add(f"{where}: no council {name} ({code})")
        elif area_id in rows:
            problems.add(f"{where}: {area_id} stands in more than one line")
        else:
            rows[area_id] = (str(file.boundaries), area_id, *printed)
    return list(rows.values())
