"""Which entries of the publisher's comparability log and notes have been brought in, and as what.

Enters: log_entries.csv. Leaves: one `LogEntry` per entry, with a short hash of the words that it
had when somebody read it, so that an entry reworded later is seen.
"""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from bench.errors import ParameterError, Problems, RegisterError
from bench.project.files import read_rows
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["COLUMNS", "FILE", "LogEntry", "read", "text"]

COLUMNS = ("sheet", "entry", "year", "sha", "indicator_id", "period", "remark")
FILE = "log_entries.csv"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of the publisher's, as it was read.

    Attributes:
        sheet: the sheet it stands in.
        entry: its codes, as "3D(1a) / 1C(1A)", or "note 15".
        year: the year of change, as 2014-15; "" for a note.
        sha: the first digits of the SHA-256 of its words.
        indicator_id: the indicator it is about; "" for a note.
        period: the year under which breaks.csv or usage_notes.csv holds it; "" for a note.
        remark: why nothing was brought in; "" where something was.
    """

    sheet: str
    entry: str
    year: str
    sha: str
    indicator_id: str
    period: str
    remark: str


def read(folder: Path) -> tuple[LogEntry, ...]:
    """Read log_entries.csv.

    Raises:
        RegisterError: the file is absent or not sound; all its problems at once.
    """
    problems = Problems(RegisterError, FILE)
    entries = []
    for row in read_rows(folder / FILE, COLUMNS):
        for name in ("year", "period"):
            try:
                row[name] = str(FinancialYear.parse(row[name])) if row[name] else ""
            except ParameterError as error:
                problems.add(f"line {row['line']}: {error.problems[0]}")
        if not (row["sheet"] and row["entry"] and row["sha"]):
            problems.add(f"line {row['line']}: sheet, entry and sha are expected.")
        entries.append(LogEntry(*(row[name] for name in COLUMNS)))
    problems.raise_if_any()
    return tuple(entries)


def text(entries: Iterable[LogEntry]) -> str:
    """log_entries.csv as text, in the order given."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows(astuple(entry) for entry in entries)
    return written.getvalue()
