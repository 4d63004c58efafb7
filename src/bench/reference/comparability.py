"""What makes two figures incomparable, and what the publisher says about a figure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from bench.errors import ParameterError, RegisterError
from bench.project.files import csv_text, read_rows
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bench.reference.councils import Councils
    from bench.reference.indicator import Indicator
    from bench.reference.indicators import Indicators

BREAK_COLUMNS = ("indicator_id", "area_id", "period", "kind", "text", "source", "reviewed")
NOTE_COLUMNS = ("indicator_id", "area_id", "period", "code", "effect", "text", "source")


class BreakKind(StrEnum):
    """What a break does to a series.

    `cut`: nothing crosses. `isolated`: that year compares with none, its neighbours with each
    other. `note`: comparable, said in words. `rename`: nothing. `ended`: no figures from then on.
    """

    CUT = "cut"
    ISOLATED = "isolated"
    NOTE = "note"
    RENAME = "rename"
    ENDED = "ended"


class NoteEffect(StrEnum):
    """Whether a figure is only flagged or is not to be compared at all."""

    FLAG = "flag"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Break:
    """One break in one indicator's series.

    Attributes:
        indicator_id: the indicator.
        area_id: the area it concerns; "" for every area.
        period: the first year affected; of `isolated`, that year.
        kind: what it does.
        text: for members, in our words.
        source: the publisher's document.
        reviewed: when somebody last checked it.
    """

    indicator_id: str
    area_id: str
    period: FinancialYear
    kind: BreakKind
    text: str
    source: str
    reviewed: date


@dataclass(frozen=True, slots=True)
class UsageNote:
    """What the publisher says about one year's figures of an indicator.

    Attributes:
        indicator_id: the indicator.
        area_id: the area it concerns; "" for every area.
        period: the year.
        code: a short flag such as `missing_submission`.
        effect: flag or not_compared.
        text: for members, in our words.
        source: the publisher's document.
    """

    indicator_id: str
    area_id: str
    period: FinancialYear
    code: str
    effect: NoteEffect
    text: str
    source: str


class EarlierYear(NamedTuple):
    """A year of an indicator before another, as a line back from that meets it.

    Attributes:
        year: which.
        apart: why it does not compare with the line; None where it does.
    """

    year: FinancialYear
    apart: str | None


class Comparability:
    """Breaks and usage notes, asked by indicator, area and year."""

    def __init__(self, breaks: Iterable[Break], usage_notes: Iterable[UsageNote]) -> None:
        self.breaks = tuple(breaks)
        self.usage_notes = tuple(usage_notes)
        self._breaks: dict[str, list[Break]] = defaultdict(list)
        # Most areas have no entry of their own, and what is asked of one is asked of hundreds.
        self._named = {entry.area_id for entry in self.breaks}
        self._named |= {note.area_id for note in self.usage_notes}
        self._cuts: dict[tuple[str, str, FinancialYear, FinancialYear], Break | None] = {}
        self._alone: dict[tuple[str, str, FinancialYear], Break | UsageNote | None] = {}
        self._lines: dict[tuple[str, str, FinancialYear], tuple[EarlierYear, ...]] = {}
        self._notes: dict[tuple[str, FinancialYear], list[UsageNote]] = defaultdict(list)
        for entry in self.breaks:
            self._breaks[entry.indicator_id].append(entry)
        for note in self.usage_notes:
            self._notes[note.indicator_id, note.period].append(note)

    @classmethod
    def read(cls, folder: Path, *, indicators: Indicators, councils: Councils) -> Comparability:
        """Read breaks.csv and usage_notes.csv.

        Args:
            folder: the folder that holds both.
            indicators: the register that `indicator_id` must be in.
            councils: the register that `area_id`, where given, must be in.

        Raises:
            RegisterError: a file is absent or names what no register holds; all its problems at
                once.
        """
        problems: list[str] = []
        breaks: list[Break] = []
        notes: list[UsageNote] = []
        for row in _known("breaks.csv", BREAK_COLUMNS, folder, indicators, councils, problems):
            if not (row["kind"] and row["text"]):
                problems.append(_unset("breaks.csv", row, "kind", BreakKind))
                continue
            try:
                breaks.append(
                    Break(
                        indicator_id=row["indicator_id"],
                        area_id=row["area_id"],
                        period=FinancialYear.parse(row["period"]),
                        kind=BreakKind(row["kind"]),
                        text=row["text"],
                        source=row["source"],
                        reviewed=date.fromisoformat(row["reviewed"]),
                    )
                )
            except (ValueError, ParameterError) as fault:
                problems.append(f"breaks.csv line {row['line']}: {fault}")
        for row in _known("usage_notes.csv", NOTE_COLUMNS, folder, indicators, councils, problems):
            if not (row["effect"] and row["text"]):
                problems.append(_unset("usage_notes.csv", row, "effect", NoteEffect))
                continue
            try:
                notes.append(
                    UsageNote(
                        indicator_id=row["indicator_id"],
                        area_id=row["area_id"],
                        period=FinancialYear.parse(row["period"]),
                        code=row["code"],
                        effect=NoteEffect(row["effect"]),
                        text=row["text"],
                        source=row["source"],
                    )
                )
            except (ValueError, ParameterError) as fault:
                problems.append(f"usage_notes.csv line {row['line']}: {fault}")
        if problems:
            raise RegisterError(*problems)
        return cls(breaks, notes)

    def cut_between(
        self, indicator_id: str, area_id: str, earlier: FinancialYear, later: FinancialYear
    ) -> Break | None:
        """The latest cut that a comparison of the two years would cross; None if there is none."""
        asked = (indicator_id, area_id if area_id in self._named else "", earlier, later)
        if asked not in self._cuts:
            found = [
                entry
                for entry in self._of(indicator_id, area_id)
                if entry.kind is BreakKind.CUT and earlier < entry.period <= later
            ]
            self._cuts[asked] = max(found, key=lambda entry: entry.period, default=None)
        return self._cuts[asked]

    def isolated(self, indicator_id: str, area_id: str, year: FinancialYear) -> Break | None:
        """Why the year compares with no other; None if it does."""
        began = self.breaks_in(indicator_id, area_id, year)
        return next((entry for entry in began if entry.kind is BreakKind.ISOLATED), None)

    def breaks_in(self, indicator_id: str, area_id: str, year: FinancialYear) -> tuple[Break, ...]:
        """All that begins in the year: cuts, notes, renamings and endings, in order of the file."""
        return tuple(e for e in self._of(indicator_id, area_id) if e.period == year)

    def not_compared(
        self, indicator_id: str, area_id: str, year: FinancialYear
    ) -> UsageNote | None:
        """The publisher's reason why the year's figure is not to be compared; None if it is."""
        notes = self.notes(indicator_id, area_id, year)
        return next((note for note in notes if note.effect is NoteEffect.NOT_COMPARED), None)

    def notes(self, indicator_id: str, area_id: str, year: FinancialYear) -> tuple[UsageNote, ...]:
        """What the publisher says about the year's figure of the area, in order of the file."""
        return tuple(
            note
            for note in self._notes.get((indicator_id, year), ())
            if note.area_id in ("", area_id)
        )

    def previous_comparable(
        self, indicator: Indicator, area_id: str, year: FinancialYear
    ) -> FinancialYear | None:
        """The latest earlier published year that the year's figure may be compared with.

        Isolated years are passed over, so that 2021-22 is compared with 2019-20. The answer is
        about the indicator: whether the area has a figure in that year is another question.

        Returns:
            The year; None where there is no earlier one, a cut lies between, or the year itself
            is isolated or not to be compared.
        """
        if self.alone(indicator.indicator_id, area_id, year):
            return None
        for earlier in sorted((y for y in indicator.years if y < year), reverse=True):
            if self.cut_between(indicator.indicator_id, area_id, earlier, year):
                return None
            if not self.alone(indicator.indicator_id, area_id, earlier):
                return earlier
        return None

    def line_back(
        self, indicator: Indicator, area_id: str, last: FinancialYear
    ) -> tuple[EarlierYear, ...]:
        """The earlier published years on a line that ends with a year, the latest first.

        A year on its own is among them, and the line goes on; the year before a cut is the last.
        """
        asked = (indicator.indicator_id, area_id if area_id in self._named else "", last)
        if asked not in self._lines:
            self._lines[asked] = tuple(self._line_back(indicator, area_id, last))
        return self._lines[asked]

    def _line_back(
        self, indicator: Indicator, area_id: str, last: FinancialYear
    ) -> Iterator[EarlierYear]:
        about = (indicator.indicator_id, area_id)
        for earlier in sorted((y for y in indicator.years if y < last), reverse=True):
            if cut := self.cut_between(*about, earlier, last):
                yield EarlierYear(earlier, cut.text)
                return
            alone = self.alone(*about, earlier)
            yield EarlierYear(earlier, alone.text if alone else None)
            if alone is None:
                last = earlier

    def alone(
        self, indicator_id: str, area_id: str, year: FinancialYear
    ) -> Break | UsageNote | None:
        """Why the year's figure compares with no other year's; None if it does."""
        asked = (indicator_id, area_id if area_id in self._named else "", year)
        if asked not in self._alone:
            self._alone[asked] = self.isolated(indicator_id, area_id, year) or self.not_compared(
                indicator_id, area_id, year
            )
        return self._alone[asked]

    def _of(self, indicator_id: str, area_id: str) -> list[Break]:
        return [e for e in self._breaks.get(indicator_id, ()) if e.area_id in ("", area_id)]


def with_rows(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> str:
    """breaks.csv or usage_notes.csv as text with more rows, each at its place in the order.

    Args:
        path: the file as it is; its rows stay as they are.
        columns: its header.
        rows: cells by column; a cell that is not given stays empty, for a person to fill.
    """
    ordered = sorted([*read_rows(path, columns), *rows], key=itemgetter("indicator_id", "period"))
    return csv_text(columns, ([row.get(name, "") for name in columns] for row in ordered))


def _unset(name: str, row: Mapping[str, str], field: str, allowed: type[StrEnum]) -> str:
    return (
        f"{name} line {row['line']}: {row['indicator_id']} {row['period']} has no "
        f"{field if not row[field] else 'text'} yet; read the publisher's entry, set {field} to "
        f"one of {', '.join(allowed)} and write the text in our own words."
    )


def _known(
    name: str,
    columns: tuple[str, ...],
    folder: Path,
    indicators: Indicators,
    councils: Councils,
    problems: list[str],
) -> list[dict[str, str]]:
    rows = read_rows(folder / name, columns)
    for row in rows:
        if row["indicator_id"] not in indicators:
            problems.append(f"{name} line {row['line']}: no indicator {row['indicator_id']!r}.")
        if row["area_id"] and row["area_id"] not in councils.areas:
            problems.append(f"{name} line {row['line']}: no area {row['area_id']!r}.")
    return rows
