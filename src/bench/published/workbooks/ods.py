"""ODS workbooks (OpenDocument 1.2 and later), read as a stream."""

from __future__ import annotations

import contextlib
import datetime
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.errors import LayoutError
from bench.published.workbooks.sheets import (
    LARGEST_TEXT,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBER,
    Area,
    Budget,
    Gathering,
    as_percentage,
    uncalculated,
    with_sign,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.published.workbooks.archive import Archive
    from bench.published.workbooks.sheets import Value, WorkbookSheet

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    f"{_SPACE}office:1.0": "office",
    f"{_SPACE}table:1.0": "table",
    f"{_SPACE}text:1.0": "text",
    f"{_SPACE}style:1.0": "style",
    f"{_SPACE}datastyle:1.0": "number",
    f"{_SPACE}drawing:1.0": "draw",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_SHOWN = re.compile(r"[+\-−]?\s*(\d[\d\s,.'\u00a0\u202f]*)", re.ASCII)
_ERROR = re.compile(r"#[A-Z][A-Z/0-9_ ]*[!?]?|Err:\d+", re.IGNORECASE)
_DURATION = re.compile(r"-?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
# Another document's cells, kept beside the tables of this one.
_ELSEWHERE = re.compile(r"'.*'#\$?.*", re.DOTALL)


@dataclass(slots=True)
class _SheetStyles:
    """Which styles hide a table or show a percentage."""

    hidden: set[str] = field(default_factory=set)
    percentages: set[str] = field(default_factory=set)
    # Cell style -> its number style and the style that it is made after.
    cells: dict[str, tuple[str, str]] = field(default_factory=dict)

    def is_percentage(self, style: str) -> bool:
        """Whether a cell of the style shows a share as a percentage."""
        for _ in range(20):  # a style that is made after itself ends nowhere
            data, parent = self.cells.get(style, ("", ""))
            if data or not parent:
                return data in self.percentages
            style = parent
        return False


def read(archive: Archive) -> Iterator[WorkbookSheet]:
    """The tables in their order.

    Raises:
        LayoutError: The workbook is damaged, encrypted, or beyond the limits.
    """
    _refuse_encrypted(archive)
    styles = _SheetStyles()
    if "styles.xml" in archive:
        archive.parse("styles.xml", StartElementHandler=_Named(_StyleReader(styles)).start)
    reader = _Document(styles)
    named = _Named(reader, _StyleReader(styles))
    archive.parse(
        "content.xml",
        StartElementHandler=named.start,
        EndElementHandler=named.end,
        CharacterDataHandler=reader.data,
    )
    yield from reader.sheets


def _refuse_encrypted(archive: Archive) -> None:
    encrypted: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name.endswith(" encryption-data"):
            encrypted.append(name)

    if "META-INF/manifest.xml" in archive:
        archive.parse("META-INF/manifest.xml", StartElementHandler=start)
    if encrypted:
        raise LayoutError(
            "content.xml is encrypted; expected an open workbook.",
            mend="save the workbook without a password.",
        )


class _Named:
    """Gives elements and attributes to readers by their usual short names, "table:name"."""

    def __init__(self, *readers: _StyleReader | _Document) -> None:
        self._readers = readers
        self._short: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        short = self._name(name)
        given = {self._name(key): value for key, value in attributes.items()}
        for reader in self._readers:
            reader.start(short, given)

    def end(self, name: str) -> None:
        """An element ends."""
        short = self._name(name)
        for reader in self._readers:
            reader.end(short)

    def _name(self, name: str) -> str:
        short = self._short.get(name)
        if short is None:
            space, _, local = name.rpartition(" ")
            short = f"{_PREFIXES.get(space, '?')}:{local}"
            if len(self._short) < 10_000:
                self._short[name] = short
        return short


class _StyleReader:
    """Gathers what styles say, in either part of the document."""

    def __init__(self, styles: _SheetStyles) -> None:
        self._styles, self._table = styles, ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "style:style":
            style, family = attributes.get("style:name", ""), attributes.get("style:family")
            self._table = style if family == "table" else ""
            if family == "table-cell":
                self._styles.cells[style] = (
                    attributes.get("style:data-style-name", ""),
                    attributes.get("style:parent-style-name", ""),
                )
        elif name == "style:table-properties" and self._table:
            if attributes.get("table:display") == "false":
                self._styles.hidden.add(self._table)
        elif name == "number:percentage-style":
            self._styles.percentages.add(attributes.get("style:name", ""))

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "style:style":
            self._table = ""


class _Document:
    """The tables of content.xml."""

    def __init__(self, styles: _SheetStyles) -> None:
        self.sheets: list[WorkbookSheet] = []
        self._styles, self._budget = styles, Budget.full()
        self._path: list[str] = []
        self._sheet: Gathering | None = None
        self._row = self._rows = self._column = 0
        self._folded = 0  # groups of rows or columns around this place that are closed
        self._closed: list[bool] = []
        self._column_styles: list[tuple[int, str]] = []
        self._row_style = ""
        self._declared = 0
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._within_text = False
        self._aside = 0  # how deep within a note or a drawing, which are no part of the cell
        self._arrays: list[tuple[Area, str]] = []
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "table:table-column": self._start_column,
            "table:table-row": self._start_row,
            "table:table-cell": self._start_cell,
            "table:covered-table-cell": self._start_cell,
            "text:p": self._start_paragraph,
            "text:s": self._blanks,
            "text:tab": lambda _: self.data("\t"),
            "text:line-break": lambda _: self.data("\n"),
        }
        self._ends: dict[str, Callable[[], None]] = {
            "table:table-row": self._end_row,
            "table:table-cell": self._end_cell,
            "table:covered-table-cell": self._end_cell,
            "text:p": self._end_paragraph,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if self._sheet is None:
            if name == "table:table" and parent == "office:spreadsheet":
                self._start_table(attributes)
            return
        if self._aside or _is_aside(name, parent):
            self._aside += 1
            return
        if name in ("table:table-row-group", "table:table-column-group"):
            self._closed.append(attributes.get("table:display") == "false")
            self._folded += self._closed[-1]
        elif name in self._starts:
            self._starts[name](attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        self._path.pop()
        if self._sheet is None:
            return
        if self._aside:
            self._aside -= 1
        elif name == "table:table":
            self._end_table()
        elif name in ("table:table-row-group", "table:table-column-group"):
            self._folded -= self._closed.pop()
        elif name in self._ends:
            self._ends[name]()

    def data(self, text: str) -> None:
        """Characters of the element that is open."""
        if self._within_text and not self._aside:
            self._paragraphs[-1].append(text)

    def _start_table(self, attributes: dict[str, str]) -> None:
        name = attributes.get("table:name", "")
        self._sheet = Gathering(name, self._budget)
        self._sheet.hidden = attributes.get("table:style-name") in self._styles.hidden or bool(
            _ELSEWHERE.fullmatch(name)
        )
        self._row = self._rows = self._declared = 0
        self._column_styles = []

    def _end_table(self) -> None:
        assert self._sheet is not None  # noqa: S101 - within a table
        for area, formula in self._arrays:
            self._sheet.fill(area, uncalculated(formula))
        self._arrays = []
        self.sheets.append(self._sheet.finish())
        self._sheet = None

    def _start_column(self, attributes: dict[str, str]) -> None:
        assert self._sheet is not None  # noqa: S101 - within a table
        count = _count(attributes, "table:number-columns-repeated", MOST_COLUMNS)
        if self._folded or attributes.get("table:visibility", "visible") != "visible":
            self._sheet.hide_columns(self._declared, count)
        self._declared += count
        self._column_styles.append(
            (self._declared, attributes.get("table:default-cell-style-name", ""))
        )

    def _start_row(self, attributes: dict[str, str]) -> None:
        assert self._sheet is not None  # noqa: S101 - within a table
        self._column = 0
        self._row_style = attributes.get("table:default-cell-style-name", "")
        self._rows = _count(attributes, "table:number-rows-repeated", MOST_ROWS)
        if self._folded or attributes.get("table:visibility", "visible") != "visible":
            self._sheet.hide_rows(self._row, self._rows)

    def _end_row(self) -> None:
        self._row += self._rows

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        self._paragraphs = []

    def _start_paragraph(self, _: dict[str, str]) -> None:
        if self._cell is not None:
            self._within_text = True
            self._paragraphs.append([])

    def _end_paragraph(self) -> None:
        self._within_text = False

    def _blanks(self, attributes: dict[str, str]) -> None:
        if self._within_text:
            self.data(" " * _count(attributes, "text:c", LARGEST_TEXT))

    def _end_cell(self) -> None:
        cell, sheet = self._cell, self._sheet
        if cell is None or sheet is None:
            return
        self._cell = None
        count = _count(cell, "table:number-columns-repeated", MOST_COLUMNS)
        value = self._value(cell)
        if not isinstance(value, str) or value:
            sheet.add(self._row, self._column, value, count, self._rows)
        self._spans(cell, sheet)
        self._column += count

    def _spans(self, cell: dict[str, str], sheet: Gathering) -> None:
        columns = _count(cell, "table:number-columns-spanned", MOST_COLUMNS)
        rows = _count(cell, "table:number-rows-spanned", MOST_ROWS)
        if columns * rows > 1:
            sheet.merge((self._row, self._column, self._row + rows - 1, self._column + columns - 1))

    def _value(self, cell: dict[str, str]) -> Value:
        shown = "\n".join("".join(pieces) for pieces in self._paragraphs)
        kind = cell.get("office:value-type") or cell.get("calcext:value-type") or ""
        formula = cell.get("table:formula")
        if cell.get("calcext:value-type") == "error" or (
            formula is not None and _ERROR.fullmatch(shown.strip())
        ):
            return shown.strip() or "#ERROR!"
        stored = _stored(cell, kind)
        if formula is not None and not (stored or shown).strip():
            columns = _count(cell, "table:number-matrix-columns-spanned", MOST_COLUMNS)
            rows = _count(cell, "table:number-matrix-rows-spanned", MOST_ROWS)
            words = formula.partition(":=")[2] or formula
            if columns * rows > 1:
                area = self._row, self._column, self._row + rows - 1, self._column + columns - 1
                self._arrays.append((area, words))
            return uncalculated(words, empty=kind == "string")
        if kind in ("float", "percentage", "currency"):
            return self._number(cell, kind, stored, shown)
        if kind == "boolean":
            return stored == "true" if stored in ("true", "false") else _either(shown, stored)
        if kind in ("date", "time"):
            moment = _moment(stored)
            return _either(shown, stored) if moment is None else moment
        return _text(cell, shown)

    def _number(self, cell: dict[str, str], kind: str, stored: str, shown: str) -> Value:
        if not NUMBER.fullmatch(stored):
            return _either(shown, stored)
        number = float(stored)
        words = shown.strip()
        if not math.isfinite(number) or _ERROR.fullmatch(words):
            return words or stored
        if kind == "percentage" or self._styles.is_percentage(self._style(cell)):
            return as_percentage(number)
        if "%" not in words:
            return number
        # Said to be a plain number and shown as a percentage: which, the two must agree on.
        for text, scale in ((as_percentage(number), 100), (with_sign(number), 1)):
            if _is_rounded(number * scale, words):
                return text
        return _either(shown, stored)

    def _style(self, cell: dict[str, str]) -> str:
        if style := cell.get("table:style-name", self._row_style):
            return style
        return next((name for end, name in self._column_styles if self._column < end), "")


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    """How often an element stands; once where it does not say.

    Raises:
        LayoutError: It says no number, or one beyond the limit.
    """
    text = attributes.get(name, "1").strip()
    number = int(text) if text.isdecimal() and len(text) < 10 else -1
    if not 0 <= number <= most:
        raise LayoutError(
            f"content.xml is damaged: found {name} {text[:20]!r}, expected a number up to {most:,}."
        )
    return max(number, 1)


def _is_aside(name: str, parent: str) -> bool:
    """Whether an element within a table is no part of its cells: a note, a drawing, a form."""
    return (
        name in ("office:annotation", "table:shapes", "office:forms", "table:table")
        or (name.startswith("draw:") and parent != "text:p")
        or name.startswith("?:")
    )


def _stored(cell: dict[str, str], kind: str) -> str:
    """What the cell holds, beside what it shows."""
    name = {"boolean": "boolean-value", "date": "date-value", "time": "time-value"}.get(kind)
    if kind in ("float", "percentage", "currency"):
        name = "value"
    return cell.get(f"office:{name or 'string-value'}", "")


def _text(cell: dict[str, str], shown: str) -> str:
    """A text; one that holds another text or number than it shows is said to do so."""
    for name in ("office:string-value", "office:value"):
        if name not in cell or not cell[name]:
            continue
        stored = cell[name]
        if not shown:
            shown = stored
        elif " ".join(stored.split()) != " ".join(shown.split()):
            if name == "office:value" and _is_rounded_exactly(stored, shown):
                continue
            return _either(shown, stored)
    return shown


def _either(shown: str, stored: str) -> str:
    """Both of two things that a cell says, as a text that no reader takes for a number."""
    return f"{shown.strip()} (the cell holds {stored.strip()[:200] or 'nothing'})".strip()


def _is_rounded_exactly(stored: str, shown: str) -> bool:
    numbers = [text.strip() for text in (stored, shown)]
    return all(map(NUMBER.fullmatch, numbers)) and float(numbers[0]) == float(numbers[1])


def _is_rounded(number: float, words: str) -> bool:
    """Whether a number, rounded to the digits shown, is the one that is shown."""
    match = _SHOWN.search(words)
    if match is None:
        return False
    digits = re.sub(r"[\s'\u00a0\u202f]", "", match[1]).rstrip(",.")
    whole, point, decimals = digits.replace(",", ".").rpartition(".")
    value = float(f"{whole.replace('.', '') or '0'}{point}{decimals}")
    return abs(abs(number) - value) <= 0.5000001 * 10.0 ** -(len(decimals) if point else 0)


def _moment(stored: str) -> Value | None:
    stored = stored.strip()
    if match := _DURATION.fullmatch(stored):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        with contextlib.suppress(OverflowError):
            length = datetime.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            if stored.startswith("-"):
                return -length
            one_day = length < datetime.timedelta(days=1)
            return (datetime.datetime.min + length).time() if one_day else length
        return None
    with contextlib.suppress(ValueError):
        if len(stored) <= 10:
            return datetime.date.fromisoformat(stored)
        moment = datetime.datetime.fromisoformat(stored).replace(tzinfo=None)
        return moment.date() if moment.time() == datetime.time() else moment
    return None
