"""The survey of an audit pack: described in YAML, its rows in a CSV file beside it.

Enters: names as a notebook's parameters give them. Leaves: a cohort, counted; or every fault noted,
with file and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.audit.illustrative import Illustrative
from bench.audit.survey import Reply, cohort
from bench.audit.survey_file import FIXED_COLUMNS, Survey, contradictions, not_listed
from bench.errors import BenchError
from bench.pages.audit.files import inside, marked, paper
from bench.project.files import read_rows
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.audit.survey import Cohort
    from bench.errors import Problems
    from bench.reference import Council

__all__ = ["survey"]

_YES, _NO = "yes", "no"


def survey(folder: Path, name: str, problems: Problems) -> Cohort | Illustrative[Cohort] | None:
    """A survey, counted; None, with every fault noted, where it is not sound.

    Args:
        folder: the folder of the pack.
        name: the YAML file that describes the survey.
        problems: where faults are noted.
    """
    read = paper(folder, name, Survey, problems)
    if read is None:
        return None
    found, placed = read
    try:
        year = FinancialYear.parse(found.year)
    except BenchError as error:
        problems.add(f"{placed.place('year')}: {error}")
        return None
    everyone = sources.reference().councils.in_year(year)
    faults = list(contradictions(found, councils=len(everyone)))
    for steps, fault in faults:
        problems.add(f"{placed.place(*steps)}: {fault}.")
    replies = _replies(folder, found, year, problems) if found.rows else ()
    if replies is None or faults:
        return None
    made = cohort(found, year, everyone, replies)
    return Illustrative(made, found.illustrative) if found.illustrative else made


def _replies(
    folder: Path, found: Survey, year: FinancialYear, problems: Problems
) -> tuple[Reply, ...] | None:
    """The rows of a survey; None, with every fault noted, where they are not sound."""
    path = inside(folder, found.rows, problems)
    if path is None:
        return None
    marked(path, found.illustrative, problems)
    try:
        rows = read_rows(path, (*FIXED_COLUMNS, *found.questions))
    except BenchError as error:
        problems.add(str(error))
        return None
    faults: list[str] = []
    if not rows:
        faults.append(f"{path.name}: has no row for any council.")
    seen: dict[str, str] = {}
    replies = []
    for row in rows:
        place = f"{path.name} line {row['line']}"
        council = _council(row["council"], year, place, seen, row["line"], faults)
        answers = _answers(row, found, place, faults)
        if row["answered"] not in (_YES, _NO):
            faults.append(f"{place}: answered is {row['answered']!r}, expected yes or no.")
        elif row["answered"] == _NO and answers:
            faults.append(f"{place}: there are answers, but answered is no.")
        if council is not None:
            replies.append(Reply(council, row["answered"] == _YES, answers))
    faults += _unanswered(found, rows, path)
    for fault in faults:
        problems.add(fault)
    return None if faults else tuple(replies)


def _council(
    name: str, year: FinancialYear, place: str, seen: dict[str, str], line: str, faults: list[str]
) -> Council | None:
    try:
        council = sources.reference().councils.find(name)
    except BenchError as error:
        faults.append(f"{place}: {error}".replace("\n", " "))
        return None
    if not council.exists(year):
        faults.append(f"{place}: {council.name} did not exist in {year}.")
        return None
    if council.area_id in seen:
        faults.append(
            f"{place}: {council.name} was invited already, in line {seen[council.area_id]}."
        )
    seen.setdefault(council.area_id, line)
    return council


def _answers(row: dict[str, str], found: Survey, place: str, faults: list[str]) -> dict[str, str]:
    answers = {name: row[name] for name in found.questions if row[name]}
    for name, answer in answers.items():
        listed = found.questions[name].answers
        if answer not in listed:
            faults.append(f"{place}: {name}: {not_listed(answer, listed)}.")
    return answers


def _unanswered(found: Survey, rows: Sequence[dict[str, str]], path: Path) -> list[str]:
    return [
        f"{path.name}: the question {name!r} has no answers."
        for name in found.questions
        if not any(row[name] for row in rows)
    ]
