"""How a table in no known layout may be read: a proposal that a person then agrees to.

Every column, row and title gets its fate in one place; the layout, the refusal, the preview and
the options that would settle what is unknown are all derived from it.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, ParameterError
from bench.published.adding.columns import AREA_HEADING, Columns, columns_of, is_number, some_of
from bench.published.adding.fates import Fate, FateKind, option
from bench.published.adding.header_words import (
    COMPARATOR,
    EVERYBODY,
    SYMBOLS,
    Label,
    counts_people,
    field_of,
    groups_in,
    label_of,
    mentioned,
    other_number,
    part_of_year,
    plain,
    unit_of,
    without_titles,
    years_in,
)
from bench.published.adding.overrides import UNITS, Grid, Seen, Wishes, wished_header
from bench.published.adding.scale import Numbers, scale_of
from bench.published.layouts import MatrixLayout
from bench.published.readers.cells import Status
from bench.published.readers.labels import text
from bench.published.readers.matrix import DEEPEST, headings
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.published.adding.usual import Usual
    from bench.published.layouts import Figures, PrintedUnit
    from bench.reference import Indicator, Registers

__all__ = ["Proposal", "propose"]

# Codes of other areas than councils with social care, by their beginnings.
_FOREIGN = {
    "E07": "lower-tier districts",
    "W": "areas of Wales",
    "S": "areas of Scotland",
    "N": "areas of Northern Ireland",
    "E05": "wards",
    "E01": "small areas",
    "E02": "small areas",
    "E38": "NHS areas",
    "E54": "NHS areas",
    "K": "the United Kingdom",
}
_METADATA = re.compile(
    r"(?:version|date|table|page|contact|tel|phone|published|updated|source|run|figure|sheet|year|report|author|created)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layout to agree to, the year it is about, and the fate of each part of the table.

    Attributes:
        layout: how the table is read if every unknown is settled by its first option.
        year: the year whose framework gives the codes.
        matched: areas as printed that the register knows.
        unmatched: areas that it does not know.
        title: the first words above the table.
        fates: what becomes of each column, of rows left out, of titles and notes.
    """

    layout: MatrixLayout
    year: FinancialYear
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]
    title: str
    fates: tuple[Fate, ...]


def propose(
    grid: Grid,
    registers: Registers,
    wishes: Wishes,
    file: str,
    usual: Mapping[str, Usual] | None = None,
) -> Proposal:
    """How one table may be read.

    Args:
        grid: The table.
        registers: Areas, indicators and breakdowns.
        wishes: What its reader says about it.
        file: Its name, for messages, and for the year where nothing else names one.
        usual: What each indicator's figures usually are.

    Raises:
        LayoutError: It cannot be understood; which option would help is said.
        ParameterError: A wish names what the table has not.
    """
    rows = grid.table.rows
    width = max((len(row) for row in rows), default=0)
    cells = [[*(plain(text(c)) for c in row), *[""] * (width - len(row))] for row in rows]
    seen = Seen(grid, registers, wishes, file, cells, width, usual or {})
    across = _heading_rows(seen)
    _rows_of_figures(seen)
    context = _context(seen)
    columns = columns_of(seen, context, across=across)
    return _Proposing(seen, columns, context).proposal()


# --- where the headings stand -------------------------------------------------------------------


def _heading_rows(seen: Seen) -> bool:
    """Find the rows of headings; whether areas stand in them.

    Raises:
        LayoutError: There is neither a column nor a row of areas.
    """
    whole = seen.whole_area
    by_column = [
        _areas_in(seen, dict.fromkeys(row[column] for row in seen.cells))
        for column in range(seen.width)
    ]
    by_row = [_areas_in(seen, map(_without_year, row)) for row in seen.cells[:DEEPEST]]
    nothing = (0, 0)
    best_column: int = max(range(seen.width), key=lambda c: by_column[c], default=0)
    best_row = max(range(len(by_row)), key=lambda r: by_row[r], default=0)
    in_rows = by_column[best_column] if seen.width else nothing
    in_columns = by_row[best_row] if by_row else nothing
    wished = wished_header(seen)
    if max(in_rows, in_columns) == nothing:
        said = [
            column
            for row in seen.cells[:DEEPEST]
            for column, cell in enumerate(row)
            if AREA_HEADING.fullmatch(cell)
        ]
        if said:
            best_column, in_rows = said[0], (1, 1)
        elif whole is None and seen.wishes.provisional:
            raise LayoutError(
                f"{seen.file}: found no column 'council'; give one, or --council NAME."
            )
        elif whole is None:
            raise seen.fail(
                "found neither a column nor a row of councils.",
                "name the column: --map council=COLUMN, or the one council: --map council=NAME "
                "(and --map sheet=SHEET).",
            )
    across = in_rows < in_columns and (whole is None or in_columns[0] > 0)
    if across:
        last = wished if wished is not None else best_row
    else:
        names = best_column if in_rows > nothing else None
        last = wished if wished is not None else _header_row(seen, names)
    seen.header = last
    depth = 1 if across else _depth(seen, last)
    _headed(seen, last, depth)
    while not _distinct(seen) and depth < 4 and depth <= last:
        depth += 1
        _headed(seen, last, depth)
    if not _distinct(seen):
        _headed(seen, last, 1)
    return across


def _areas_in(seen: Seen, cells: Iterable[str]) -> tuple[int, int]:
    """How many councils, and how many areas of any kind, some cells name."""
    areas = {area for cell in cells if (area := seen.area(cell))}
    return sum(area in seen.registers.councils for area in areas), len(areas)


def _without_year(cell: str) -> str:
    """A heading such as "Devon 2018-19" or "Devon (2018/19)" without its year."""
    return re.sub(r"[(,|]?\s*\b20\d\d\s?(?:[-/]|to)\s?(?:20)?\d\d\)?", "", cell).strip()


def _header_row(seen: Seen, column: int | None) -> int:
    """The last row of headings: above the first row of figures, and itself without any."""
    cells = seen.cells
    first = next(
        (r for r, row in enumerate(cells) if column is not None and seen.area(row[column])),
        len(cells),
    )
    candidates: list[int] = []
    for row in range(min(len(cells), DEEPEST)):
        if row >= first:
            break
        held = [cell for cell in cells[row] if cell]
        if any(is_number(cell) and not _calendar(cell) for cell in held) and candidates:
            break
        if len(held) >= min(2, seen.width) and not any(_figure_like(cell) for cell in held):
            candidates.append(row)
    if not candidates:
        raise seen.fail("found no headings above the councils.", "--map header=ROW")
    scores = {row: _heading_score(seen, row) for row in candidates}
    best = max(candidates, key=lambda row: (scores[row], row))
    # A further row of headings has no council's name beneath "Council".
    for row in range(best + 1, min(first, len(cells))):
        if row not in candidates or (column is not None and cells[row][column]):
            break
        best = row
    return best


def _calendar(cell: str) -> bool:
    return bool(re.fullmatch(r"20\d\d", cell))


def _figure_like(cell: str) -> bool:
    """Whether a cell stands where figures stand: a number, a symbol or an error."""
    if _calendar(cell):
        return False
    return is_number(cell) or cell in SYMBOLS or bool(_NO_FIGURE.fullmatch(cell))


_NO_FIGURE = re.compile(
    r"[-.*:x#~–]{1,3}|n/?a|tbc|tba|nil|none|null|nan|-+|#[A-Z0-9/!?]+|err:\d+|=.*|\[[a-z]\]|not (?:available|applicable|submitted|known|collected|reported)|no (?:data|return|figure)|missing|suppressed|unknown",
    re.IGNORECASE,
)


def _heading_score(seen: Seen, row: int) -> int:
    words = re.compile(
        r"council|authorit|area|\bla\b|code|year|period|indicator|measure|value|outcome|numerator|denominator|%|score|rate"
        r"|result|figure|target|england|\bage|\bsex|total|average|rank|number|name|title|quarter|group|margin|respondents",
        re.IGNORECASE,
    )
    return sum(
        1
        for cell in seen.cells[row]
        if cell and (words.search(cell) or years_in(cell) or mentioned(cell, seen.registers.indicators)
                     or groups_in(cell, seen.registers.indicators))
    )  # fmt: skip


def _depth(seen: Seen, last: int) -> int:
    """How many rows of headings: one directly above that reaches over columns is one of them."""
    depth = 1
    while depth < 4 and last - depth >= 0:
        row = seen.cells[last - depth]
        held = [c for c, cell in enumerate(row) if cell]
        if not held or any(_figure_like(row[c]) for c in held) or (len(held) == 1 and held[0] == 0):
            break
        if seen.cells[last][0] and row[0] and len(held) < 2:
            break
        depth += 1
    return depth


def _headed(seen: Seen, last: int, depth: int) -> None:
    seen.header, seen.depth = last, depth
    seen.names = [
        plain(name) for name in headings(seen.grid.table.rows, last, depth, seen.width)
    ]  # fmt: skip
    seen.body = [r for r in range(last + 1, len(seen.cells)) if sum(map(bool, seen.cells[r])) > 1]


def _distinct(seen: Seen) -> bool:
    """Whether the headings tell the columns with numbers apart."""
    names = [n for c, n in enumerate(seen.names) if any(seen.column(c))]
    numeric = [
        n
        for c, n in enumerate(seen.names)
        if c and n.startswith("[") and any(map(is_number, seen.column(c)))
    ]
    return len(set(names)) == len(names) and not numeric


def _rows_of_figures(seen: Seen) -> None:
    """Leave notes beneath the table out of what its columns are judged by."""
    last = next(
        (r for r in reversed(seen.body) if any(_figure_like(c) for c in seen.cells[r] if c)), None
    )
    if last is not None:
        seen.body = [r for r in seen.body if r <= last]


def _context(seen: Seen) -> list[Indicator]:
    """The indicator that the table as a whole is about, where its words or its reader name one."""
    wished = seen.wishes.one("indicator")
    year = seen.wishes.year or seen.year_said()
    indicators = seen.registers.indicators
    if wished is not None and not any(wished.casefold() == n.casefold() for n in seen.names):
        try:
            return [indicators.find(wished, year)]
        except BenchError:
            return []
    for source in (seen.above(), seen.file.replace("-", " ").replace("_", " ")):
        named = mentioned(source, indicators, year)
        if len(named) == 1:
            return named
    return []


# --- what the table is taken for ----------------------------------------------------------------


@dataclass(slots=True)
class _Proposing:
    """A table whose columns are known, on its way to a proposal."""

    seen: Seen
    columns: Columns
    context: list[Indicator]
    fates: list[Fate] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    skip: list[str] = field(default_factory=list)
    skip_codes: list[str] = field(default_factory=list)
    labels: dict[tuple[str, FinancialYear], Label | None] = field(default_factory=dict)

    def proposal(self) -> Proposal:
        """The layout to propose, with the fate of everything."""
        seen, columns = self.seen, self.columns
        self.skip = [*columns.skip, *(w for w in seen.wishes.of("skip") if w != _OTHER_CODES)]
        year = self._year()
        for name, figure in columns.figures.items():
            if figure.indicator and figure.field == "value":
                entry = seen.registers.indicators[figure.indicator]
                kin = self._sibling(entry, year, figure.unit)
                columns.figures[name] = figure.model_copy(update={"indicator": kin})
        indicator = self._indicator(year)
        breakdown = self._titles(indicator)
        self._rows(year)
        units, figures = self._units(indicator, year)
        layout = MatrixLayout.model_validate(
            {
                "kind": "matrix",
                "sheet": seen.grid.sheet,
                "encoding": seen.grid.encoding,
                "delimiter": seen.grid.delimiter,
                "header_rows": seen.depth,
                "labels": columns.labels,
                "figures": figures,
                "area": None if self._has_areas() else seen.whole_area,
                "indicator": indicator,
                "breakdown": breakdown,
                "unit": None,
                "units": units,
                "unread": columns.unread,
                "skip": list(dict.fromkeys(self.skip)),
                "skip_codes": self.skip_codes,
                "symbols": self._symbols(),
            }
        )
        title = next((c for c in seen.titles()), "")
        named = [columns.fates[name] for name in seen.names if name in columns.fates]
        columns_first = list(dict.fromkeys(named))
        return Proposal(
            layout,
            year,
            tuple(self.matched),
            tuple(self.unmatched),
            title,
            (*columns_first, *self.fates),
        )

    def _has_areas(self) -> bool:
        labels = self.columns.labels
        return "area_name" in labels or "ons_code" in labels or any(
            figure.area for figure in self.columns.figures.values()
        )  # fmt: skip

    def _unknown(
        self, part: str, name: str, words: str, *maps: str, place: str = "", firm: bool = False
    ) -> None:
        self.fates.append(Fate(part, name, FateKind.UNKNOWN, words, place, maps, firm))

    def _left_out(self, part: str, name: str, words: str) -> None:
        self.fates.append(Fate(part, name, FateKind.LEFT_OUT, words))

    # --- year and indicator -----------------------------------------------------------------

    def _year(self) -> FinancialYear:
        seen, columns = self.seen, self.columns
        if seen.wishes.year is not None:
            return seen.wishes.year
        if "period" in columns.labels:
            cells = set(seen.column(seen.names.index(columns.labels["period"])))
            years = [year for cell in cells for year in years_in(cell)]
            if years:
                return max(years)
            column = seen.names.index(columns.labels["period"])
            row = next((r for r in seen.body if seen.cells[r][column]), seen.header)
            raise LayoutError(
                f"{seen.file}: {seen.at(row, column)}: found {seen.cells[row][column]!r} in the "
                f"column {columns.labels['period']!r}, which is no financial year.",
                mend=f"write years as 2010-11; or --year with {option('unread', columns.labels['period'])}, if all of it "
                "is of one year",
            )
        named = [FinancialYear.parse(f.period) for f in columns.figures.values() if f.period]
        if named and len(named) == len(columns.figures):
            return max(named)
        said = seen.year_said()
        if said is None and named:
            said = max(named) if len(set(named)) == 1 else None
        if said is None:
            if seen.wishes.provisional:
                raise seen.fail("found no column 'year'; give one, or --year.", "--year 2025-26")
            raise seen.fail("does not say which year it is about.", "--year YEAR, as 2010-11")
        return said

    def _indicator(self, year: FinancialYear) -> str | None:
        """The indicator of the columns that name none."""
        seen, columns = self.seen, self.columns
        if "indicator" in columns.labels:
            return None
        wished = seen.wishes.one("indicator")
        named = {f.indicator for f in columns.figures.values() if f.indicator}
        if wished is not None:
            return seen.registers.indicators.find(wished, year).indicator_id
        if not any(f.indicator is None for f in columns.figures.values()):
            return None
        if len(named) == 1:
            # What one column's heading says of the indicator holds for the counts beside it.
            return next(iter(named))
        names = " ".join(columns.figures)
        sources = (seen.above(), names, seen.file.replace("-", " ").replace("_", " "))
        for source in sources:
            found = mentioned(source, seen.registers.indicators, year)
            if len(found) == 1:
                units = [f.unit for f in columns.figures.values() if f.field == "value"]
                return self._sibling(found[0], year, next(filter(None, units), None))
        if any(f.area for f in columns.figures.values()):
            raise seen.fail("found no column of indicators.", "--map indicator=COLUMN")
        if seen.wishes.provisional:
            raise seen.fail("found no column 'indicator'.", "--map indicator=COLUMN")
        raise seen.fail(
            "does not say which indicator it is about.",
            "--map indicator=ID; see `bench list indicators`.",
        )

    def _sibling(self, entry: Indicator, year: FinancialYear, unit: PrintedUnit | None) -> str:
        """The indicator of the unit that the file states, where it has a sibling of that unit."""
        stated = unit or unit_of(self.seen.above())
        if stated is None or stated in (entry.unit.value, "fraction"):
            return entry.indicator_id
        code = next((span.value for span in entry.codes if span.holds(year)), entry.indicator_id)
        siblings = [
            other.indicator_id
            for other in self.seen.registers.indicators
            if other.unit.value == stated
            and other.framework == entry.framework
            and any(s.value.startswith(code) for s in other.codes if s.holds(year))
        ]
        return siblings[0] if len(siblings) == 1 else entry.indicator_id

    # --- titles and notes -------------------------------------------------------------------

    def _titles(self, indicator: str | None) -> str:
        """The group of people that the titles name; what else they say is noted."""
        seen = self.seen
        indicators = seen.registers.indicators
        concerned = {f.indicator for f in self.columns.figures.values() if f.indicator}
        concerned |= {indicator} if indicator else set()
        titles = [t for i in concerned for t in (indicators[i].title, indicators[i].short_title)]
        breakdown = "all"
        above = [(cell, seen.at(r, c)) for r, row in enumerate(seen.cells[: seen.first])
                 for c, cell in enumerate(row) if cell]  # fmt: skip
        unread = "notes" in seen.wishes.of("unread")
        texts = [*above, *((t, "") for t in (seen.grid.sheet or "", seen.file.rpartition(".")[0]))]
        for number, (cell, place) in enumerate(texts):
            kind = "title" if number < len(above) else ("sheet" if number == len(above) else "file")
            written = without_titles(cell.replace("_", " "), indicators, titles)
            written = re.sub(r"-", " ", written) if kind == "file" else written
            groups = [g for g in groups_in(written, indicators, titles) if g.breakdown != "all"]
            part = part_of_year(written)
            other = other_number(written, titles) if kind != "file" else ""
            if other not in ("a target", "a forecast"):
                other = ""
            if unread or seen.wishes.one("breakdown") or not (part or groups or other):
                continue
            if (
                kind == "title" and len(groups) == 1 and groups[0].breakdown and not (part or other)
                and breakdown in ("all", groups[0].breakdown)
                and "breakdown" not in self.columns.labels
                and not any(f.breakdown for f in self.columns.figures.values())
            ):  # fmt: skip
                breakdown = groups[0].breakdown
                continue
            why = (
                f"a part of a year ({part!r})" if part
                else other or f"of {some_of(g.words for g in groups)}"
            )  # fmt: skip
            self._unknown(
                "title", cell, f"the {kind} {cell[:70]!r} says that the figures are {why}",
                option("unread", "notes"), place=place, firm=bool(part) and kind == "title",
            )  # fmt: skip
        return breakdown

    # --- rows -------------------------------------------------------------------------------

    def _rows(self, year: FinancialYear) -> None:
        """The fate of every row: of figures, left out by its words, a note, or unknown."""
        seen, columns = self.seen, self.columns
        at = self._label_columns()
        figures = [seen.names.index(name) for name in columns.figures]
        hidden = set(seen.grid.hidden_rows)
        asked = seen.wishes.one("hidden")
        foreign: dict[str, list[int]] = defaultdict(list)
        strange_areas: dict[str, list[int]] = defaultdict(list)
        lost: list[int] = []
        self._above(figures, at)
        last = max(
            (r for r in range(seen.header + 1, len(seen.cells)) if self._filled(r, figures)),
            default=seen.header,
        )
        areas: dict[str, None] = {}
        for row in range(seen.header + 1, len(seen.cells)):
            cells = seen.cells[row]
            filled = [cell for cell in cells if cell]
            if not filled:
                continue
            if not self._filled(row, figures) and (len(filled) == 1 or row > last):
                self._note(row, filled, last, year)
                continue
            if row in hidden and asked != "read":
                lost.append(row)
            labels = {label: cells[column] for label, column in at.items()}
            if any(label in self.skip for label in labels.values() if label):
                continue
            self._area_row(row, labels, areas, foreign, strange_areas)
            self._label_row(row, labels, year)
        self.matched = [name for name in areas if seen.area(name)]
        self.unmatched += [name for name in strange_areas if name not in self.unmatched]
        if any(f.area for f in columns.figures.values()):
            self.matched = [name for name, figure in columns.figures.items() if figure.area]
            self.unmatched = [n for n in columns.skip if columns.fates[n].kind is FateKind.UNKNOWN]
        self._foreign(foreign)
        self._strange_areas(strange_areas)
        if lost:
            self._unknown(
                "rows", "hidden rows",
                f"{len(lost)} of the rows with figures are hidden in the workbook, the first in "
                f"{seen.at(lost[0])}: show or delete them",
                option("hidden", "read"),
            )  # fmt: skip

    def _label_columns(self) -> dict[str, int]:
        names = self.seen.names
        return {str(label): names.index(name) for label, name in self.columns.labels.items()}

    def _filled(self, row: int, figures: Sequence[int]) -> bool:
        return any(self.seen.cells[row][column] for column in figures)

    def _above(self, figures: Sequence[int], at: Mapping[str, int]) -> None:
        """A row above the headings that has the form of a row of figures is none to overlook."""
        seen = self.seen
        for row in range(seen.first):
            cells = seen.cells[row]
            label = next((cells[c] for c in at.values() if cells[c]), "")
            number = any(is_number(cells[c]) and not _calendar(cells[c]) for c in figures)
            if label and number and not _METADATA.fullmatch(label):
                self._unknown(
                    "rows", label, f"a row of figures ({label!r}) stands above the headings",
                    option("header", str(row + 1)), place=seen.at(row), firm=True,
                )  # fmt: skip

    def _note(self, row: int, filled: Sequence[str], last: int, year: FinancialYear) -> None:
        """A line of words alone: a note beneath the table, or a heading within it."""
        seen = self.seen
        words = " ".join(filled)
        if "notes" in seen.wishes.of("unread") or words in self.skip:
            return
        indicators = seen.registers.indicators
        titles = [t for e in self._concerned() for t in (e.title, e.short_title)]
        written = without_titles(words, indicators, titles)
        groups = [g for g in groups_in(written, indicators, titles) if g.breakdown != "all"]
        part = part_of_year(written)
        other = other_number(written, titles)
        within = row < last
        says = (
            (f"a part of a year ({part!r})" if part else "")
            or (f"the group {groups[0].words!r}" if groups else "")
            or (other if within or other == "a forecast" else "")
            or ("another year" if within and years_in(words) else "")
            or ("an indicator" if within and mentioned(words, indicators) else "")
            or ("an area" if within and seen.area(words) in seen.registers.councils else "")
        )
        if within and not says and not (
            seen.area(words) or COMPARATOR.search(words) or EVERYBODY.fullmatch(words)
        ):  # fmt: skip
            says = "a part of the table"
        if says:
            kind = "heading within the table" if within else "note beneath the table"
            self._unknown(
                "note", words, f"the {kind} {words[:70]!r} speaks of {says}, which may change "
                "what the figures mean", option("unread", "notes"), place=seen.at(row),
            )  # fmt: skip
        else:
            self._left_out("note", words[:70], "words without figures")

    def _concerned(self) -> list[Indicator]:
        indicators = self.seen.registers.indicators
        named = {f.indicator for f in self.columns.figures.values() if f.indicator}
        return [indicators[name] for name in sorted(named)] + self.context

    def _area_row(
        self,
        row: int,
        labels: Mapping[str, str],
        areas: dict[str, None],
        foreign: dict[str, list[int]],
        strange: dict[str, list[int]],
    ) -> None:
        seen = self.seen
        code, name = labels.get("ons_code", ""), labels.get("area_name", "")
        if not (code or name):
            return
        known = seen.area(code) if _is_code(code) else None
        known = known or (seen.area(name) if name else None)
        if known:
            areas.setdefault(name or code)
        elif (_is_code(code) and (kind := _foreign_kind(code))) or (
            _is_code(name) and (kind := _foreign_kind(name))
        ):
            foreign[kind].append(row)
        elif COMPARATOR.search(name) and not _is_code(code):
            if name not in self.skip:
                self.skip.append(name)
                self._left_out("rows", name, "no area of the register")
        else:
            strange[name or code].append(row)

    def _foreign(self, foreign: Mapping[str, list[int]]) -> None:
        if not foreign:
            return
        told = []
        for kind, rows in foreign.items():
            areas = "1 area is among" if len(rows) == 1 else f"{len(rows)} areas are"
            told.append(f"{areas} {_FOREIGN[kind]} ({kind}...)")
        self.skip_codes = sorted(foreign)
        first = min(rows[0] for rows in foreign.values())
        words = "; ".join(told) + ": no English councils with social care"
        if _OTHER_CODES in self.seen.wishes.of("skip"):
            self._left_out("rows", ", ".join(self.skip_codes), words)
        else:
            self._unknown(
                "rows", ", ".join(self.skip_codes), words, option("skip", _OTHER_CODES),
                place=self.seen.at(first),
            )  # fmt: skip

    def _nearest(self, name: str) -> str:
        """The councils that a strange name looks like, as a question; "" for none."""
        try:
            self.seen.registers.councils.find(name)
        except BenchError as error:
            return f" ({error.mend})" if error.mend.startswith("did you mean") else ""
        return ""

    def _strange_areas(self, strange: Mapping[str, list[int]]) -> None:
        """Names that the register has not: one line for all of them where there are many."""
        seen = self.seen
        at = self.columns.labels.get("ons_code")
        code_column = seen.names.index(at) if at else None
        self.skip += list(strange)
        advice = "a name that is printed otherwise is added to data/reference/aliases.csv"
        if len(strange) > 5:
            first = next(iter(strange.values()))[0]
            self._unknown(
                "rows", "areas", f"{len(strange)} areas are unknown: {some_of(strange)}; {advice}",
                " ".join(option("skip", name) for name in list(strange)[:40]),
                place=seen.at(first),
            )  # fmt: skip
            return
        for name, rows in strange.items():
            code = seen.cells[rows[0]][code_column] if code_column is not None else ""
            told = code if code and code != name else "no code"
            if AREA_HEADING.fullmatch(name):
                self._unknown(
                    "rows", name, f"found further headings ({name!r}): one table is read at a time",
                    option("skip", name), place=seen.at(rows[0]), firm=True,
                )  # fmt: skip
                continue
            self._unknown(
                "rows", name, f"found the area {name!r} ({told}), unknown{self._nearest(name)}; {advice}",
                option("skip", name), place=seen.at(rows[0]),
            )  # fmt: skip

    def _label_row(self, row: int, labels: Mapping[str, str], year: FinancialYear) -> None:
        """What the row's own words say of its numbers: a target, a group, a part of a year."""
        seen = self.seen
        printed = labels.get("indicator", "")
        kind = labels.get("measure_type", "")
        if kind and field_of(kind) is None and kind not in self.skip:
            reason = other_number(kind) or ("a number of people" if counts_people(kind) else "")
            if reason:
                self.skip.append(kind)
                self._left_out("rows", kind, reason)
        if not printed:
            return
        label = self._label(printed, self._year_of(labels, year))
        if label is None or printed in self.skip:
            return
        if label.objection:
            self.skip.append(printed)
            self._left_out("rows", printed, label.objection)
        elif "words" in seen.wishes.of("allow"):
            return
        elif label.strange and not any(f.name == printed for f in self.fates):
            self._unknown(
                "rows", printed,
                f"of the label {printed[:70]!r} {some_of(label.strange)} is not understood",
                option("allow", "words"), option("skip", printed), place=seen.at(row),
            )  # fmt: skip

    def _year_of(self, labels: Mapping[str, str], year: FinancialYear) -> FinancialYear:
        return (_year(labels["period"]) if labels.get("period") else None) or year

    def _label(self, printed: str, year: FinancialYear) -> Label | None:
        if (printed, year) not in self.labels:
            try:
                meaning = label_of(printed, self.seen.registers.indicators, year)
            except ValueError:
                meaning = None
            self.labels[printed, year] = meaning
        return self.labels[printed, year]

    # --- units and symbols ------------------------------------------------------------------

    def _units(
        self, indicator: str | None, year: FinancialYear
    ) -> tuple[dict[str, PrintedUnit], dict[str, Figures]]:
        """The scale of each column's percentages, and what is unknown of it."""
        seen, columns = self.seen, self.columns
        wished = seen.wishes.one("unit") if seen.wishes.one("unit") in UNITS else None
        grouped = self._numbers(indicator, year)
        self._wished_unit(wished, grouped)
        figures = dict(columns.figures)
        units: dict[str, PrintedUnit] = {}
        above = seen.above()
        for numbers in grouped.values():
            column = figures[numbers.column]
            stated = column.unit or (unit_of(above) if unit_of(above) != "score" else None)
            unit, fates = scale_of(
                numbers, stated=stated, wished=wished, words=f"{numbers.column} {above}",
                usual=seen.usual,
            )  # fmt: skip
            self.fates += fates
            if unit != "fraction":
                continue
            if "indicator" in columns.labels:
                units[numbers.indicator.indicator_id] = unit
            else:
                figures[numbers.column] = column.model_copy(update={"unit": unit})
        for name, column in figures.items():
            if column.field == "margin":
                figures[name] = self._margin(name, column, figures)
            if figures[name].unit == "fraction" and figures[name] != columns.figures[name]:
                fate = columns.fates[name]
                words = f"{fate.words}, printed as fractions of 1"
                columns.fates[name] = replace(fate, words=words)
        return units, figures

    def _wished_unit(self, wished: str | None, grouped: Mapping[tuple[str, str], Numbers]) -> None:
        if wished is None or not grouped:
            return
        units = {numbers.indicator.unit.value for numbers in grouped.values()}
        if wished not in units and not (wished == "fraction" and "per_cent" in units):
            raise ParameterError(
                f"found --map unit={wished}, but the indicators of this table are in "
                f"{' and '.join(sorted(units))}."
            )

    def _margin(self, name: str, column: Figures, figures: Mapping[str, Figures]) -> Figures:
        """A margin is printed on the scale of its value."""
        values = [f for f in figures.values() if f.field == "value"]
        same = [f for f in values if (f.indicator, f.period, f.breakdown, f.area)
                == (column.indicator, column.period, column.breakdown, column.area)]  # fmt: skip
        scales = {f.unit == "fraction" for f in same or values}
        if scales == {True}:
            return column.model_copy(update={"unit": "fraction"})
        cells = [c for c in self.seen.column(self.seen.names.index(name)) if is_number(c)]
        bare = [float(c.replace(",", "")) for c in cells if not c.endswith("%")]
        per_cent = [n for n in bare if n > 0]
        if per_cent and max(per_cent) < 0.5 and self._in_per_cent(column):
            self._unknown(
                "cells", name, f"no margin of {name!r} is above 0.5: are they fractions of 1?",
                option("unit", "per_cent"),
            )  # fmt: skip
        return column

    def _in_per_cent(self, column: Figures) -> bool:
        named = column.indicator
        entries = [self.seen.registers.indicators[named]] if named else self._concerned()
        return not self.seen.wishes.one("unit") and any(e.unit.value == "per_cent" for e in entries)

    def _numbers(
        self, indicator: str | None, year: FinancialYear
    ) -> dict[tuple[str, str], Numbers]:
        """The values of each indicator in each column."""
        seen, columns = self.seen, self.columns
        indicators = seen.registers.indicators
        at = self._label_columns()
        values = {n: f for n, f in columns.figures.items() if f.field == "value"}
        places = {name: seen.names.index(name) for name in values}
        grouped: dict[tuple[str, str], Numbers] = {}
        for row in seen.body:
            cells = seen.cells[row]
            labels = {label: cells[column] for label, column in at.items()}
            if any(label in self.skip for label in labels.values() if label):
                continue
            kind = labels.get("measure_type")
            if (kind and field_of(kind) != "value") or unit_of(
                labels.get("unit", "")
            ) == "fraction":
                continue
            for name, figure in values.items():
                cell = cells[places[name]]
                if not is_number(cell):
                    continue
                named = figure.indicator or indicator
                if named is None:
                    meaning = self._label(labels.get("indicator", ""), self._year_of(labels, year))
                    if meaning is None:
                        continue
                    named = meaning.indicator.indicator_id
                key = (name, named)
                if key not in grouped:
                    grouped[key] = Numbers(name, indicators[named])
                grouped[key].add(cell, seen.at(row, places[name]))
        return grouped

    def _symbols(self) -> dict[str, Status]:
        seen = self.seen
        symbols: dict[str, Status] = {}
        for name in self.columns.figures:
            for cell in set(seen.column(seen.names.index(name))):
                if cell in SYMBOLS:
                    symbols[cell] = SYMBOLS[cell]
        for wished in seen.wishes.of("symbol"):
            symbol, _, status = wished.rpartition("=")
            if status not in list(Status):
                raise ParameterError(
                    f"found symbol={wished!r}, expected a symbol and one of {', '.join(Status)}.",
                    mend='--map "symbol=-=suppressed"',
                )
            symbols[plain(symbol)] = Status(status)
        return dict(sorted(symbols.items()))


_OTHER_CODES = "other-codes"


@functools.lru_cache(maxsize=1000)
def _year(printed: str) -> FinancialYear | None:
    try:
        return FinancialYear.parse(printed)
    except BenchError:
        return None


@functools.cache
def _is_code(printed: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]\d{8}", printed))


def _foreign_kind(code: str) -> str | None:
    return next((kind for kind in _FOREIGN if code.startswith(kind)), None)
