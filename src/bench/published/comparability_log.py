"""The publisher's comparability log and notes, compared with the entries of the registers."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from bench.errors import (
    BenchError,
    LayoutError,
    MissingDataError,
    ParameterError,
    Problems,
    RegisterError,
)
from bench.project import transaction
from bench.project.files import csv_text, read_rows
from bench.published import layouts, sources
from bench.published.readers.containers import sheet_table, workbook
from bench.reference import comparability
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bench.published.readers.containers import Table
    from bench.published.sources import Release
    from bench.reference import Break, Comparability, Indicator, Registers, UsageNote

FILE = "log_entries.csv"
COLUMNS = ("sheet", "entry", "year", "sha", "indicator_id", "period", "remark")
LOG, NOTES = "Comparability_over_time_log", "Notes"
_LOG_HEADER = ("metric code", "metric code", "Year of change", "Description")
_NOTE = re.compile(r"\[note (\d+)\]", re.IGNORECASE)
_CODE = re.compile(r"\b\d[a-z](?:\(\d[a-z]?\))?(?!\w)", re.IGNORECASE)
# The codes of the log's second column are those of this year, its first column's of the release.
_OLD_CODES = FinancialYear(2022)


@dataclass(frozen=True, slots=True)
class PrintedEntry:
    """One entry as the publisher prints it; `about` are the indicators it names."""

    sheet: str
    entry: str
    year: str
    text: str
    about: tuple[str, ...]

    @property
    def sha(self) -> str:
        """A short hash of its words."""
        words = f"{self.entry} {self.year} {self.text}"
        return hashlib.sha256(words.encode()).hexdigest()[:12]

    def brought_in(self) -> LogEntry:
        """The entry as log_entries.csv holds it."""
        about = self.about[0] if self.sheet == LOG else ""
        return LogEntry(self.sheet, self.entry, self.year, self.sha, about, self.year, "")


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


@dataclass(frozen=True, slots=True)
class LogReport:
    """What the publisher prints against what is held.

    Attributes:
        release: the publication that holds the sheets.
        total: how many entries it prints.
        new: entries never brought in.
        changed: entries whose words are not those that were read.
        gone: entries read once and no longer printed.
        without_row: entries that were brought in, but whose row is no longer in the registers.
    """

    release: Release
    total: int
    new: tuple[PrintedEntry, ...]
    changed: tuple[PrintedEntry, ...]
    gone: tuple[LogEntry, ...]
    without_row: tuple[LogEntry, ...]


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


def check(raw: Path, *, root: Path | None = None) -> LogReport:
    """Compare the sheets of the latest release that has them with the registers.

    Raises:
        SourceError: The file is missing or is not the manifest's.
        LayoutError: A sheet is not as expected; every place is named.
        MissingDataError: No release of the manifest has such sheets.
    """
    root = root or sources.project_root()
    reference = root / "data" / "reference"
    layout_of = layouts.read(reference)
    with_log = [
        release
        for release in sources.manifest(root).releases
        if LOG in getattr(layout_of[release.layout], "other_sheets", ())
    ]
    if not with_log:
        raise MissingDataError(f"No release of data/sources.yaml has a sheet {LOG!r}.")
    release = with_log[-1]
    content = sources.open_verified((release,), raw)[release.file]
    registers = sources.reference(root)
    found = printed(content, release, registers)
    return compare(found, read(reference), registers.comparability, release)


def printed(content: bytes, release: Release, registers: Registers) -> list[PrintedEntry]:
    """Every entry of the log and every note, in the publisher's order."""
    book = workbook(content, release.file)
    problems = Problems(LayoutError, release.file)
    found = list(_log(sheet_table(book, LOG, release.file), release, registers, problems))
    found += _notes(sheet_table(book, NOTES, release.file), release, registers, problems)
    problems.raise_if_any()
    return found


def _log(
    table: Table, release: Release, registers: Registers, problems: Problems
) -> Iterator[PrintedEntry]:
    rows = [[str(cell).strip() for cell in row] for row in table.rows]
    start = next((i for i, row in enumerate(rows) if _is_log_header(row)), None)
    if start is None:
        problems.add(f"{LOG}: found no header row with {', '.join(_LOG_HEADER)}")
        return
    for at, (code, old, year, text) in enumerate((row[:4] for row in rows[start + 1 :]), start + 1):
        if not (code or old or year or text):
            continue
        try:
            about = _indicator(code, old, release, registers).indicator_id
            period = str(FinancialYear.parse(year))
        except BenchError as error:
            problems.add(f"{table.place(at, 0)}: {error}")
            continue
        yield PrintedEntry(LOG, f"{code} / {old}", period, _flat(text), (about,))


def _flat(text: str) -> str:
    """The words, whatever the blanks between them."""
    return " ".join(text.split())


def _is_log_header(row: Sequence[str]) -> bool:
    return len(row) >= 4 and all(words in row[i] for i, words in enumerate(_LOG_HEADER))


def _indicator(code: str, old: str, release: Release, registers: Registers) -> Indicator:
    """What an entry is about; a symbol stands where there was or is no such measure."""
    indicators = registers.indicators
    return (
        indicators.match_code(old, _OLD_CODES)
        or indicators.match_code(code, release.year)
        or indicators.find(old)
    )


def _notes(
    table: Table, release: Release, registers: Registers, problems: Problems
) -> Iterator[PrintedEntry]:
    seen = 0
    for row in table.rows:
        match = _NOTE.fullmatch(str(row[0]).strip())
        if match:
            seen += 1
            text = _flat(str(row[1]))
            codes = (registers.indicators.match_code(c, release.year) for c in _CODE.findall(text))
            about = dict.fromkeys(found.indicator_id for found in codes if found)
            yield PrintedEntry(NOTES, f"note {match[1]}", "", text, tuple(about))
    if not seen:
        problems.add(f"{NOTES}: found no row like '[note 1]'")


def compare(
    published: Sequence[PrintedEntry],
    entries: Sequence[LogEntry],
    comparability: Comparability,
    release: Release,
) -> LogReport:
    """What is new, reworded, gone, or no longer held; words decide, then sheet, codes and year."""
    shas = {entry.sha for entry in entries}
    unread = [one for one in published if one.sha not in shas]
    now = {one.sha for one in published}
    left = [entry for entry in entries if entry.sha not in now]
    changed: list[PrintedEntry] = []
    for one in unread:
        before = next((e for e in left if _names(e) == (one.sheet, one.entry, one.year)), None)
        if before is not None:
            left.remove(before)
            changed.append(one)
    return LogReport(
        release=release,
        total=len(published),
        new=tuple(one for one in unread if one not in changed),
        changed=tuple(changed),
        gone=tuple(left),
        without_row=tuple(entry for entry in entries if not _has_row(entry, comparability)),
    )


def _names(entry: LogEntry) -> tuple[str, str, str]:
    return entry.sheet, entry.entry, entry.year


def _has_row(entry: LogEntry, comparability: Comparability) -> bool:
    if entry.remark:
        return True
    rows: tuple[Break | UsageNote, ...] = (*comparability.breaks, *comparability.usage_notes)
    if entry.sheet == NOTES:
        cited = re.compile(rf"\b{re.escape(entry.entry)}\b")
        return any(cited.search(row.source) for row in rows)
    return any(
        (row.indicator_id, str(row.period)) == (entry.indicator_id, entry.period) for row in rows
    )


def write(report: LogReport, *, root: Path | None = None) -> list[str]:
    """Add a row for each new entry, all or none, its kind or effect left for a person to set.

    Until it is set, no register is read: an entry that nobody has judged must not pass for one
    that changes nothing.

    Returns:
        What was written where, one line each.
    """
    data = sources.writable_root(root) / "data"
    with transaction.writing(data):
        contents, written = _rows(report, data / "reference")
        transaction.commit(data, contents)
    sources.forget()
    return written


def entries_text(entries: Iterable[LogEntry]) -> str:
    """log_entries.csv as text, in the order given."""
    return csv_text(COLUMNS, map(astuple, entries))


def _rows(report: LogReport, reference: Path) -> tuple[dict[str, bytes], list[str]]:
    """The registers with a row for each new entry, by name, and a line for each row."""
    held = read(reference)
    # Another command may have brought entries in since the report was made.
    shas = {entry.sha for entry in held}
    new = [one for one in report.new if one.sha not in shas]
    source = f"ASCOF {report.release.framework_year} time series"
    breaks = [
        {"indicator_id": one.about[0], "period": one.year, "source": f"{source}, comparability log"}
        for one in new
        if one.sheet == LOG
    ]
    notes = [
        {
            "indicator_id": about,
            "period": report.release.framework_year,
            "code": one.entry.replace(" ", "_"),
            "source": f"{source}, {one.entry}",
        }
        for one in new
        if one.sheet == NOTES
        for about in one.about
    ]
    contents: dict[str, bytes] = {}
    written = []
    for name, columns, rows in (
        ("breaks.csv", comparability.BREAK_COLUMNS, breaks),
        ("usage_notes.csv", comparability.NOTE_COLUMNS, notes),
    ):
        if rows:
            text = comparability.with_rows(reference / name, columns, rows)
            contents[f"reference/{name}"] = text.encode()
            written += [f"{name}: {row['indicator_id']}, {row['period']}" for row in rows]
    taken = [one.brought_in() for one in new if one.about]
    if taken:
        contents[f"reference/{FILE}"] = entries_text([*held, *taken]).encode()
    return contents, written


def lines(report: LogReport) -> Iterator[str]:
    """The report as lines to print."""
    yield (
        f"{report.release.id}: {report.total} entries; {len(report.new)} new, "
        f"{len(report.changed)} reworded, {len(report.gone)} gone, "
        f"{len(report.without_row)} without a row."
    )
    for one in report.new:
        about = ", ".join(one.about) or "no indicator named: to be brought in by hand"
        yield f"new       {one.sheet} {one.entry} {one.year} ({about}; sha {one.sha}): {one.text}"
    for one in report.changed:
        yield (
            f"reworded  {one.sheet} {one.entry} {one.year}: {one.text}\n"
            f"          review its rows, then set its sha in log_entries.csv to {one.sha}"
        )
    for entry in report.gone:
        yield f"gone      {entry.sheet} {entry.entry} {entry.year}: no longer printed"
    for entry in report.without_row:
        where = f"{entry.indicator_id} {entry.period}".strip() or entry.entry
        yield f"no row    {entry.sheet} {entry.entry} {entry.year}: nothing is held for {where}"
