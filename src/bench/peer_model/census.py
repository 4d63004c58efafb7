"""What the Census says of each council, at the boundaries of one year or another.

From the files as published to our own tidy form, and from there to figures by council.
"""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import field_validator

from bench.errors import LayoutError, Problems, RegisterError
from bench.project.files import (
    Name,
    StrictModel,
    csv_text,
    not_negative,
    read_model,
    read_rows,
)
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.reference.councils import Councils

REGISTER, FIGURES = "census_features.yaml", "census_features.csv"
KEYS = ("boundaries", "area_id")
_PUBLISHED_KEYS: Final = ("code", "name")

Figures = dict[int, dict[str, dict[str, float]]]


class FeatureUnit(StrEnum):
    """What a feature is counted in."""

    PEOPLE = "people"
    PER_CENT = "pct"
    PER_SQ_KM = "per_sq_km"
    INDEX = "index"
    KM = "km"


class PooledBy(StrEnum):
    """How a feature of several councils together comes of theirs."""

    SUM = "sum"
    RESIDENTS = "residents_people"
    AGED_15_OVER = "aged_15_over_people"
    LAND = "land"


class FeatureSource(StrictModel):
    """Who published the features, when, and under which licence."""

    title: str
    publisher: str
    published: str
    landing_page: str
    licence: str
    provenance: str


class FeatureFile(StrictModel):
    """One file as published: the boundaries that it follows, and how to know it."""

    boundaries: int
    file: str
    sha256: str


class Feature(StrictModel):
    """One thing that the Census counts: our id, the file's heading, and what it is called.

    `roughly` marks one whose own base is not held, so that another stands for it where councils
    are pooled.
    """

    id: Name
    column: str
    title: str
    unit: FeatureUnit
    counts: str
    pooled_by: PooledBy
    roughly: bool = False


class FeatureRegister(StrictModel):
    """What census_features.csv holds, and where it is from."""

    source: FeatureSource
    files: tuple[FeatureFile, ...]
    features: tuple[Feature, ...]

    @field_validator("features")
    @classmethod
    def _each_once(cls, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
        ids = [feature.id for feature in features]
        if len(set(ids)) < len(ids):
            raise ValueError("two features share an id")
        wrong = [one.id for one in features if not one.id.endswith(f"_{one.unit}")]
        if wrong:
            raise ValueError(f"an id ends with its unit, unlike {', '.join(wrong)}")
        return features

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the features, in order."""
        return tuple(feature.id for feature in self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        """The header of census_features.csv."""
        return (*KEYS, *self.ids)

    def __getitem__(self, feature_id: str) -> Feature:
        return self.features[self.ids.index(feature_id)]


class Features:
    """Every council's features, at each set of boundaries that there is a file of.

    Attributes:
        register: what is counted, and where it is from.
        figures: by year of the boundaries, by `area_id`, each feature's figure in its unit, by id.
    """

    def __init__(self, register: FeatureRegister, figures: Figures) -> None:
        self.register = register
        self.figures = figures

    @classmethod
    def read(cls, folder: Path, councils: Councils, *, figures: Path | None = None) -> Features:
        """Read census_features.yaml and census_features.csv.

        Args:
            folder: the folder that holds both.
            councils: the register that every area must be in.
            figures: another file than census_features.csv, in its form.

        Raises:
            RegisterError: a file is absent, or a figure is missing, is no number or is below 0;
                all problems at once.
        """
        register = read_model(folder / REGISTER, FeatureRegister)
        path = figures or folder / FIGURES
        rows = read_rows(path, register.columns)
        problems = Problems(RegisterError, str(path), mend="bench peers --raw DIR writes it anew.")
        offered = {str(file.boundaries) for file in register.files}
        keys = [tuple(row[key] for key in KEYS) for row in rows]
        for row, key in zip(rows, keys, strict=True):
            where = f"line {row['line']}"
            if row["boundaries"] not in offered:
                problems.add(f"{where}: no file of the boundaries {row['boundaries']!r}")
            if row["area_id"] not in councils:
                problems.add(f"{where}: no council {row['area_id']!r}")
            if keys.count(key) > 1:
                problems.add(f"{where}: {' '.join(key)} stands in more than one line")
            for name in register.ids:
                if not_negative(row[name]) is None:
                    problems.add(f"{where} {name}: found {row[name]!r}, expected a number from 0")
        problems.raise_if_any()
        by_boundaries: Figures = defaultdict(dict)
        for row in rows:
            features = {name: float(row[name]) for name in register.ids}
            by_boundaries[int(row["boundaries"])][row["area_id"]] = features
        return cls(register, dict(by_boundaries))


def together(
    register: FeatureRegister, councils: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """The features of several councils as one, each by its `pooled_by`.

    Args:
        register: what the features are.
        councils: each council's features by id, all at the same boundaries.
    """
    pooled = {}
    for feature in register.features:
        figures = [council[feature.id] for council in councils]
        residents = [council[PooledBy.RESIDENTS] for council in councils]
        if feature.pooled_by is PooledBy.SUM:
            pooled[feature.id] = math.fsum(figures)
        elif feature.pooled_by is PooledBy.LAND:
            land = (people / figure for people, figure in zip(residents, figures, strict=True))
            pooled[feature.id] = math.fsum(residents) / math.fsum(land)
        else:
            weights = [council[feature.pooled_by] for council in councils]
            parts = (weight * figure for weight, figure in zip(weights, figures, strict=True))
            pooled[feature.id] = math.fsum(parts) / math.fsum(weights)
    return pooled


@dataclass(frozen=True, slots=True)
class _Published:
    """One file of the register, as `sources.open_verified` asks after it."""

    file: str
    sha256: str
    title: str
    landing_page: str


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
    return csv_text(register.columns, sorted(rows))


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
    expected = (*_PUBLISHED_KEYS, *(feature.column for feature in register.features))
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
        for heading, cell in zip(expected[len(_PUBLISHED_KEYS) :], printed, strict=True):
            if not_negative(cell) is None:
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
