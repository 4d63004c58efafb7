"""XLSX workbooks (ECMA-376), read as a stream: values, formulas, number formats, what is hidden."""

from __future__ import annotations

import contextlib
import datetime
import math
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.errors import LayoutError
from bench.published.workbooks.number_formats import BUILT_IN, NumberFormat, number_format
from bench.published.workbooks.sheets import (
    LARGEST_TEXT,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBER,
    Area,
    Budget,
    Gathering,
    column_of,
    letters,
    uncalculated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.published.workbooks.archive import Archive
    from bench.published.workbooks.sheets import Value, WorkbookSheet

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
)
_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})", re.ASCII | re.IGNORECASE)
_ESCAPE = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)
_LONGEST_FORMAT = 1_000  # a spreadsheet program takes 255 characters
_TRUE = frozenset(("1", "true", "on"))


@dataclass(slots=True)
class _Book:
    """What the sheets of a workbook share."""

    texts: list[str] = field(default_factory=list)
    formats: list[NumberFormat | None] = field(default_factory=list)
    epoch_1904: bool = False
    # The program that wrote it left the reckoning to whoever opens it.
    unreckoned: bool = False


@dataclass(frozen=True, slots=True)
class _Tab:
    name: str
    part: str
    hidden: bool


def read(archive: Archive) -> Iterator[WorkbookSheet]:
    """The worksheets in their order; sheets of charts and macros are none.

    Raises:
        LayoutError: The workbook is damaged, or beyond the limits.
    """
    part = _main_part(archive)
    if part.casefold().endswith(".bin"):
        raise LayoutError(
            "found a binary workbook (XLSB), expected CSV, TSV, XLS, XLSX or ODS.",
            mend="open it in a spreadsheet program and save it as XLSX.",
        )
    parts = dict(_relations(archive, part))
    book = _Book()
    tabs = _tabs(archive, part, {key: target for key, (_, target) in parts.items()}, book)
    for kind, target in parts.values():
        if kind == "styles" and target in archive:
            book.formats = _formats(archive, target)
        elif kind == "sharedStrings" and target in archive:
            book.texts = _texts(archive, target)
    sheets_of = {target for kind, target in parts.values() if kind == "worksheet"}
    budget = Budget.full()
    for tab in tabs:
        if tab.part in sheets_of:
            yield _Sheet(tab, book, budget).read(archive)


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" in archive:
        for kind, target in dict(_relations(archive, "")).values():
            if kind == "officeDocument":
                return target
    return "xl/workbook.xml"


def _relations(archive: Archive, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """By id, the last word of a relation's type and the part that it leads to."""
    folder, name = posixpath.split(part)
    relations: list[tuple[str, tuple[str, str]]] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        if "Id" in attributes and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            relations.append((attributes["Id"], (kind, target)))

    path = posixpath.join(folder, "_rels", f"{name}.rels")
    archive.parse(path, StartElementHandler=start)
    yield from relations


def _local(name: str) -> str:
    """An element of a workbook by its local name; one of another vocabulary is nothing."""
    for space in _MAIN:
        if name.startswith(space):
            return name[len(space) :]
    return ""


def _tabs(archive: Archive, part: str, targets: dict[str, str], book: _Book) -> list[_Tab]:
    tabs: list[_Tab] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "sheet":
            key = next((attributes[k] for k in _ID if k in attributes), "")
            title = attributes.get("name", "")
            if key not in targets:
                raise LayoutError(f"{part} is damaged: the sheet {title!r} leads nowhere.")
            tabs.append(_Tab(title, targets[key], attributes.get("state", "visible") != "visible"))
        elif local == "workbookPr":
            book.epoch_1904 = attributes.get("date1904", "").lower() in _TRUE
        elif local == "calcPr":
            book.unreckoned = attributes.get("fullCalcOnLoad", "").lower() in _TRUE

    archive.parse(part, StartElementHandler=start)
    names = [tab.name.casefold() for tab in tabs]
    if len(set(names)) < len(names):
        raise LayoutError(f"{part} is damaged: two sheets have one name.")
    return tabs


def _formats(archive: Archive, part: str) -> list[NumberFormat | None]:
    """The number format of each cell style; None where it shows every number as itself."""
    codes: dict[str, str] = {}
    styles: list[str] = []
    within = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal within
        local = _local(name)
        if local == "cellXfs":
            within = True
        elif local == "numFmt" and "numFmtId" in attributes:
            codes.setdefault(attributes["numFmtId"], attributes.get("formatCode", ""))
        elif local == "xf" and within:
            styles.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        nonlocal within
        if _local(name) == "cellXfs":
            within = False

    archive.parse(part, StartElementHandler=start, EndElementHandler=end)
    built_in = {str(number): code for number, code in BUILT_IN.items()}
    formats: list[NumberFormat | None] = []
    for style in styles:
        code = codes.get(style, built_in.get(style, "General"))
        if len(code) > _LONGEST_FORMAT:
            raise LayoutError(
                f"{part} is damaged: found a number format of {len(code):,} characters, expected "
                f"at most {_LONGEST_FORMAT}."
            )
        shown = number_format(code)
        formats.append(None if shown.plain else shown)
    return formats


def _texts(archive: Archive, part: str) -> list[str]:
    """The texts that cells name by number; how they are spoken is no part of them."""
    texts: list[str] = []
    pieces: list[str] = []
    room = LARGEST_TEXT
    reading = spoken = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal reading, spoken
        local = _local(name)
        if local == "rPh":
            spoken = True
        elif local == "t":
            reading = not spoken

    def data(text: str) -> None:
        nonlocal room
        if reading:
            room -= len(text)
            if room < 0:
                raise LayoutError(
                    f"{part}: found more than {LARGEST_TEXT:,} characters, expected at most "
                    "so many."
                )
            pieces.append(text)

    def end(name: str) -> None:
        nonlocal reading, spoken
        local = _local(name)
        if local == "t":
            reading = False
        elif local == "rPh":
            spoken = False
        elif local == "si":
            texts.append(_unescaped("".join(pieces)))
            pieces.clear()

    archive.parse(part, StartElementHandler=start, EndElementHandler=end, CharacterDataHandler=data)
    return texts


def _unescaped(text: str) -> str:
    if "_x" not in text and "_X" not in text:
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


class _Sheet:
    """One worksheet being read."""

    def __init__(self, tab: _Tab, book: _Book, budget: Budget) -> None:
        self._part, self._book = tab.part, book
        self._sheet = Gathering(tab.name, budget)
        self._sheet.hidden = tab.hidden
        self._columns: dict[str, int] = {}
        self._row = self._column = -1
        self._row_said, self._row_text = False, "0"
        self._within_data = False
        self._cell: dict[str, str] | None = None
        self._formula: dict[str, str] | None = None
        self._collected: list[str] | None = None
        self._spoken = False
        self._stored: str | None = None
        self._inline: list[str] = []
        self._words = ""
        # Cells of one formula, of which only the first names it.
        self._arrays: list[tuple[Area, str]] = []

    def read(self, archive: Archive) -> WorkbookSheet:
        """Parse the part to its end."""
        starts = {
            "sheetData": self._start_data,
            "row": self._start_row,
            "c": self._start_cell,
            "v": self._start_text,
            "f": self._start_formula,
            "t": self._start_inline,
            "rPh": self._start_spoken,
            "col": self._start_columns,
            "mergeCell": self._start_merged,
        }
        ends = {
            "sheetData": self._end_data,
            "c": self._end_cell,
            "v": self._end_value,
            "f": self._end_formula,
            "t": self._end_inline,
            "rPh": self._end_spoken,
        }
        start_of = {space + name: handler for space in _MAIN for name, handler in starts.items()}
        end_of = {space + name: handler for space in _MAIN for name, handler in ends.items()}

        def start(name: str, attributes: dict[str, str]) -> None:
            handler = start_of.get(name)
            if handler is not None:
                handler(attributes)

        def end(name: str) -> None:
            handler = end_of.get(name)
            if handler is not None:
                handler()

        def data(text: str) -> None:
            if self._collected is not None:
                self._collected.append(text)

        archive.parse(
            self._part, StartElementHandler=start, EndElementHandler=end, CharacterDataHandler=data
        )
        for area, formula in self._arrays:
            self._sheet.fill(area, uncalculated(formula))
        return self._sheet.finish()

    def _start_data(self, _: dict[str, str]) -> None:
        self._within_data = True

    def _end_data(self) -> None:
        self._within_data = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        if not self._within_data:
            return
        said = attributes.get("r")
        self._row_said = said is not None
        self._row = self._row + 1 if said is None else self._whole(said, MOST_ROWS) - 1
        self._row_text = str(self._row + 1)
        self._column = -1
        if _is_true(attributes, "hidden") or _is_nought(attributes.get("ht")):
            self._sheet.hide_rows(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if not self._within_data:
            return
        self._cell, self._formula, self._stored, self._words = attributes, None, None, ""
        self._inline.clear()
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
            return
        name = reference.rstrip("0123456789")
        if reference[len(name) :] == self._row_text and name in self._columns:
            self._column = self._columns[name]  # the next in its row, as nearly all are
            return
        row, self._column = self._position(reference)
        if row == self._row:
            return
        if self._row_said:
            self._sheet.fail(row, self._column, f"the cell stands in row {self._row + 1}")
        self._row, self._row_said, self._row_text = row, True, str(row + 1)

    def _start_text(self, _: dict[str, str]) -> None:
        if self._cell is not None:
            self._collected = []

    def _start_formula(self, attributes: dict[str, str]) -> None:
        if self._cell is not None:
            self._formula, self._collected = attributes, []

    def _start_inline(self, _: dict[str, str]) -> None:
        if self._cell is not None and not self._spoken:
            self._collected = []

    def _start_spoken(self, _: dict[str, str]) -> None:
        self._spoken = True

    def _end_spoken(self) -> None:
        self._spoken = False

    def _end_value(self) -> None:
        if self._collected is not None:
            self._stored = "".join(self._collected)
            self._collected = None

    def _end_formula(self) -> None:
        if self._collected is not None:
            self._words = "".join(self._collected)
            self._collected = None

    def _end_inline(self) -> None:
        if self._collected is not None:
            self._inline.extend(self._collected)
            self._collected = None

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        self._sheet.add(self._row, self._column, self._value(self._cell))
        self._cell = None

    def _value(self, cell: dict[str, str]) -> Value:
        kind, stored = cell.get("t", "n"), self._stored or ""
        if self._formula is not None and self._is_uncalculated(kind, stored):
            if "ref" in self._formula and self._formula.get("t") in ("array", "dataTable"):
                self._arrays.append((self._area(self._formula["ref"]), self._words))
            return uncalculated(self._words, empty=kind == "str" and self._stored is not None)
        if kind == "inlineStr" or (self._inline and not stored):
            return _unescaped("".join(self._inline))
        if not stored:
            return ""
        if kind == "n":
            return self._number(stored.strip(), cell.get("s"))
        if kind == "s":
            texts = self._book.texts
            number = int(stored) if stored.isdecimal() and len(stored) < 10 else len(texts)
            if number >= len(texts):
                self._sheet.fail(self._row, self._column, f"there is no text number {stored[:20]}")
            return texts[number]
        if kind == "b":
            return stored.strip().lower() in _TRUE
        if kind == "d":
            with contextlib.suppress(ValueError):
                moment = datetime.datetime.fromisoformat(stored.strip())
                midnight = moment.time() == datetime.time()
                return moment.date() if midnight else moment.replace(tzinfo=None)
        return _unescaped(stored)

    def _is_uncalculated(self, kind: str, stored: str) -> bool:
        if not stored.strip():
            return not self._inline
        if kind != "n" or not self._book.unreckoned:
            return False
        # Programs that do not reckon store 0 and ask whoever opens the workbook to do it.
        return bool(NUMBER.fullmatch(stored.strip())) and float(stored) == 0

    def _number(self, stored: str, style: str | None) -> Value:
        if not NUMBER.fullmatch(stored):
            return stored  # no reader takes it for a number
        number = float(stored)
        if not math.isfinite(number):
            return stored
        if style is None or not style.isdecimal():
            return number
        at = int(style)
        shown = self._book.formats[at] if at < len(self._book.formats) else None
        if shown is None:
            return number
        return shown.show(number, epoch_1904=self._book.epoch_1904)

    def _start_columns(self, attributes: dict[str, str]) -> None:
        if _is_true(attributes, "hidden") or _is_nought(attributes.get("width")):
            first = self._whole(attributes.get("min", ""), MOST_COLUMNS)
            last = self._whole(attributes.get("max", ""), MOST_COLUMNS)
            self._sheet.hide_columns(first - 1, last - first + 1)

    def _start_merged(self, attributes: dict[str, str]) -> None:
        self._sheet.merge(self._area(attributes.get("ref", "")))

    def _whole(self, text: str, most: int) -> int:
        text = text.strip()
        number = int(text) if text.isdecimal() and len(text) < 10 else -1
        if not 1 <= number <= most:
            raise LayoutError(
                f"{self._part} is damaged: found {text[:20]!r}, expected a number of 1 to {most:,}."
            )
        return number

    def _position(self, reference: str) -> tuple[int, int]:
        """Row and column of a cell such as B3, counted from 0."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise LayoutError(f"{self._part} is damaged: found the cell {reference[:20]!r}.")
        name = match[1]
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = column_of(name)
        row = int(match[2]) - 1
        if not (0 <= row < MOST_ROWS and column < MOST_COLUMNS):
            raise LayoutError(
                f"{self._part} is damaged: found the cell {reference[:20]!r}, expected one up to "
                f"{letters(MOST_COLUMNS - 1)}{MOST_ROWS}."
            )
        return row, column

    def _area(self, reference: str) -> Area:
        first, _, last = reference.partition(":")
        top, left = self._position(first)
        bottom, right = self._position(last or first)
        return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def _is_true(attributes: dict[str, str], name: str) -> bool:
    return name in attributes and attributes[name].lower() in _TRUE


def _is_nought(size: str | None) -> bool:
    return size is not None and bool(NUMBER.fullmatch(size)) and float(size) == 0
