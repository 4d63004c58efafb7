"""Figures quoted in published documents, each with its document; never part of the published table.

No average, rank or verdict rests on a quoted figure.
"""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import ParameterError, Problems, RegisterError
from bench.project.files import not_negative, read_rows
from bench.published import sources
from bench.published.readers.cells import Maturity
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from pathlib import Path

    from bench.reference import Registers

COLUMNS = (
    "indicator_id",
    "area_id",
    "period",
    "kind",
    "value",
    "upper",
    "unit",
    "subject",
    "document",
    "where",
    "maturity",
    "note",
)


class Kind(StrEnum):
    """What sort of figure a document quotes.

    `restated` is the owner's later figure for the same year, `recalculated` the same year counted
    in another way, `survey` what a sample of councils said, `context` a number that goes with it.
    """

    PUBLISHED_ELSEWHERE = "published_elsewhere"
    RESTATED = "restated"
    RECALCULATED = "recalculated"
    TARGET = "target"
    FORECAST = "forecast"
    MILESTONE = "milestone"
    SURVEY = "survey"
    CONTEXT = "context"


class QuotedUnit(StrEnum):
    """The unit of a quoted figure: those of indicators, and pounds."""

    PER_CENT = "per_cent"
    PER_100K = "per_100k"
    SCORE = "score"
    COUNT = "count"
    GBP = "gbp"


def quoted() -> pd.DataFrame:
    """Every figure that a document quotes; none of them enters an average, a rank or a verdict.

    Returns:
        One row per figure and 12 columns: `indicator_id, area_id, period, kind` (figure,
        milestone, ...), `value`, and `upper` where a range is quoted, in `unit`, of `subject`; the
        `document`, `where` in it, `maturity` and a `note`.

    >>> told = bench.quoted().query("area_id == 'somerset' and period == '2012-13'")
    >>> print(told[["kind", "value", "unit"]].to_string(index=False))
                   kind  value     unit
    published_elsewhere    7.0 per_cent
    """
    return load()


def load(*, root: Path | None = None) -> pd.DataFrame:
    """Every quoted figure.

    Returns:
        One row per figure with `COLUMNS`: `value`, and `upper` where a range is quoted, in `unit`;
        `subject` says what is counted where that is not the indicator itself.

    Raises:
        RegisterError: The file is absent, or has rows that are not sound; every fault is named.
    """
    root = root or sources.project_root()
    return _load(root / "data" / "quoted.csv", sources.reference(root)).copy()


@functools.cache
def _load(path: Path, registers: Registers) -> pd.DataFrame:
    rows = read_rows(path, COLUMNS)
    problems = Problems(RegisterError, "data/quoted.csv", mend="correct the lines named above.")
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        faults = list(_faults(row, registers))
        key = tuple(row[name] for name in COLUMNS if name not in ("where", "note"))
        if key in seen:
            faults.append(f"the same figure stands in line {seen[key]}")
        seen.setdefault(key, row["line"])
        for fault in faults:
            problems.add(f"line {row['line']}: {fault}")
    problems.raise_if_any()
    frame = pd.DataFrame([[row[name] for name in COLUMNS] for row in rows], columns=list(COLUMNS))
    for name in ("value", "upper"):
        frame[name] = pd.to_numeric(frame[name])
    return frame


def _faults(row: dict[str, str], registers: Registers) -> list[str]:
    """What is wrong with one row."""
    faults = []
    if row["indicator_id"] not in registers.indicators:
        faults.append(f"no indicator {row['indicator_id']!r}")
    if row["area_id"] not in registers.councils.areas:
        faults.append(f"no area {row['area_id']!r}")
    for name, allowed in (("kind", Kind), ("unit", QuotedUnit)):
        if row[name] not in list(allowed):
            faults.append(f"found the {name} {row[name]!r}, expected one of {', '.join(allowed)}")
    if row["maturity"] != Maturity.QUOTED:
        faults.append(f"found the maturity {row['maturity']!r}, expected {Maturity.QUOTED}")
    if not row["document"]:
        faults.append("no document is named")
    if not row["where"]:
        faults.append("no place in the document is named, such as its section")
    value, upper = not_negative(row["value"]), not_negative(row["upper"])
    if value is None:
        faults.append(f"found the value {row['value']!r}, expected a number")
    if row["upper"] and (upper is None or value is None or upper <= value):
        faults.append(f"found the upper end {row['upper']!r}, expected a number above the value")
    try:
        year = FinancialYear.parse(row["period"])
    except ParameterError as error:
        return [*faults, error.problems[0]]
    if row["indicator_id"] in registers.indicators:
        indicator = registers.indicators[row["indicator_id"]]
        if not indicator.published_in(year):
            faults.append(f"{indicator.indicator_id} was not published for {year}")
        if not row["subject"] and row["unit"] != indicator.unit:
            faults.append(
                f"found the unit {row['unit']!r} without a subject, expected {indicator.unit}"
            )
    if row["area_id"] in registers.councils and not registers.councils[row["area_id"]].exists(year):
        faults.append(f"{row['area_id']} did not exist in {year}")
    return faults
