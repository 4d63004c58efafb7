"""How a table in no known layout may be read: a proposal that a person then agrees to.

Enters: the rows of one sheet or text, the registers, and what the reader of the file wishes.
Leaves: a `MatrixLayout` with the year it is about; the reader of that layout has the last word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, ParameterError
from bench.published.cells import Status, parse
from bench.published.containers import Table
from bench.published.labels import printed_code, text
from bench.published.layouts import Figures, MatrixLayout
from bench.published.matrix import DEEPEST, headings
from bench.published.wording import (
    GROUP,
    SYMBOLS,
    field_of,
    indicator_of,
    mentioned,
    not_a_figure,
    unit_of,
    years_in,
)
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.published.layouts import Label
    from bench.registers import Indicator, Registers

__all__ = ["FIELDS", "Grid", "Proposal", "Wishes", "propose"]

# What --map can name: columns of labels, columns of figures, and what holds for the whole table.
LABELS: dict[str, Label] = {
    "council": "area_name",
    "code": "ons_code",
    "cassr_code": "cassr_code",
    "indicator": "indicator",
    "year": "period",
    "breakdown": "breakdown",
    "measure_type": "measure_type",
    "unit": "unit",
}
MEASURES = ("value", "numerator", "denominator", "respondents", "margin")
WHOLE = ("sheet", "header", "skip", "unread", "symbol")
FIELDS = (*LABELS, *MEASURES, *WHOLE)
_UNITS = ("per_cent", "fraction", "per_100k", "score", "count")


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of a file, and how it is opened."""

    table: Table
    sheet: str | None
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the reader of the file says about it, over what it seems to say itself."""

    layout: str | None = None
    year: FinancialYear | None = None
    maps: tuple[tuple[str, str], ...] = ()

    def of(self, name: str) -> list[str]:
        """What was given for a field, in the order given."""
        return [value for key, value in self.maps if key == name]

    def one(self, name: str) -> str | None:
        """The last that was given for a field, or None."""
        return next(iter(reversed(self.of(name))), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layout to agree to, the year it is about, and what the table's labels matched."""

    layout: MatrixLayout
    year: FinancialYear
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]
    title: str
    unit_text: str


@dataclass(slots=True)
class _Seen:
    """A table being understood."""

    grid: Grid
    registers: Registers
    wishes: Wishes
    file: str
    cells: list[list[str]]
    width: int
    header: int = 0
    depth: int = 1
    names: list[str] = field(default_factory=list)
    body: list[int] = field(default_factory=list)

    def area(self, printed: str) -> str | None:
        """The area that a cell names by name or ONS code; a number names none."""
        if not printed or not re.search(r"[A-Za-z]{2}|^[EJ]\d{8}$", printed):
            return None
        code = printed_code(printed)
        try:
            return self.registers.councils.match(ons_code=code, name="" if code else printed)
        except BenchError:
            return None

    def column(self, number: int) -> list[str]:
        """The cells of a column beside the rows of the table's labels."""
        return [self.cells[row][number] for row in self.body]

    def place(self) -> str:
        sheet = f" sheet {self.grid.sheet!r}" if self.grid.sheet else ""
        return f"{self.file}{sheet}"

    def fail(self, what: str, mend: str) -> LayoutError:
        return LayoutError(f"{self.place()}: {what}", mend=mend)


def propose(grid: Grid, registers: Registers, wishes: Wishes, file: str) -> Proposal:
    """How one table may be read.

    Raises:
        LayoutError: It cannot be understood; which option would help is said.
        ParameterError: A wish names what the table has not.
    """
    rows = grid.table.rows
    width = max((len(row) for row in rows), default=0)
    cells = [[*map(text, row), *[""] * (width - len(row))] for row in rows]
    seen = _Seen(grid, registers, wishes, file, cells, width)
    by_column = [{a for row in cells if (a := seen.area(row[c]))} for c in range(width)]
    by_row = [{a for cell in row if (a := seen.area(cell))} for row in cells[:DEEPEST]]
    best_column = max(range(width), key=lambda c: len(by_column[c]), default=0)
    best_row = max(range(len(by_row)), key=lambda r: len(by_row[r]), default=0)
    in_rows = len(by_column[best_column]) if width else 0
    in_columns = len(by_row[best_row]) if by_row else 0
    if max(in_rows, in_columns) == 0:
        raise seen.fail(
            "found neither a column nor a row of councils.",
            "name the column: --map council=COLUMN (and --map sheet=SHEET).",
        )
    if in_rows >= in_columns:
        return _councils_down(seen, best_column)
    return _councils_across(seen, best_row)


# --- councils in rows ---------------------------------------------------------------------------


def _councils_down(seen: _Seen, column: int) -> Proposal:
    hits = [r for r, row in enumerate(seen.cells) if seen.area(row[column])]
    last = _wished_header(seen)
    if last is None:
        above = [r for r in range(hits[0]) if sum(map(bool, seen.cells[r])) >= min(2, seen.width)]
        if not above:
            raise seen.fail("found no headings above the councils.", "--map header=ROW")
        last = above[-1]
    for depth in range(1, 4):
        if depth > last + 1:
            break
        _headed(seen, last, depth)
        if _distinct(seen):
            break
    else:
        _headed(seen, last, 1)
    labels, unread = _labels_down(seen)
    figures, value_names = _figures(seen, {*labels.values(), *unread})
    unread += [
        name
        for number, name in enumerate(seen.names)
        if name not in figures and name not in labels.values() and name not in unread
        and (not name.startswith("[") or any(seen.column(number)))
    ]  # fmt: skip
    area_column = seen.names.index(labels.get("area_name") or labels["ons_code"])
    beneath = range(seen.header + 1, len(seen.cells))
    told = [r for r in beneath if seen.cells[r][area_column] and sum(map(bool, seen.cells[r])) > 1]
    named = list(dict.fromkeys(seen.cells[r][area_column] for r in told))
    matched = [name for name in named if seen.area(name)]
    skip = [n for n in named if not seen.area(n) and GROUP.search(n)] + seen.wishes.of("skip")
    unmatched = [name for name in named if name not in matched and name not in skip]
    return _whole(seen, labels, figures, value_names, unread, skip, matched, unmatched)


def _headed(seen: _Seen, last: int, depth: int) -> None:
    seen.header, seen.depth = last, depth
    seen.names = headings(seen.grid.table.rows, last, depth, seen.width)
    seen.body = [
        r for r in range(last + 1, len(seen.cells)) if sum(map(bool, seen.cells[r])) > 1
    ]


def _distinct(seen: _Seen) -> bool:
    """Whether the headings tell the columns with numbers apart."""
    names = [n for c, n in enumerate(seen.names) if any(seen.column(c))]
    numeric = [n for c, n in enumerate(seen.names) if _numeric(seen.column(c))]
    return len(set(names)) == len(names) and not any(n.startswith("[") for n in numeric)


def _labels_down(seen: _Seen) -> tuple[dict[Label, str], list[str]]:
    labels = _wished_labels(seen)
    unread: list[str] = [_column_of(seen, name) for name in seen.wishes.of("unread")]
    areas: dict[int, int] = {}
    for number, name in enumerate(seen.names):
        if name in labels.values() or name in unread:
            continue
        held = [cell for cell in seen.column(number) if cell]
        if not held:
            continue
        codes = sum(bool(printed_code(cell)) for cell in held)
        if 2 * codes > len(held):
            labels.setdefault("ons_code", name)
        elif matched := [a for cell in held if (a := seen.area(cell))]:
            # Regions and council types beside the council's name are no councils.
            areas[number] = len(set(matched))
        else:
            _label_by_content(seen, labels, number, held)
    if areas and "area_name" not in labels:
        best = max(areas, key=lambda number: areas[number])
        labels["area_name"] = seen.names[best]
    if "area_name" not in labels and "ons_code" not in labels:
        raise seen.fail("found no column of councils.", "--map council=COLUMN")
    return labels, unread


def _label_by_content(seen: _Seen, labels: dict[Label, str], number: int, held: list[str]) -> None:
    name = seen.names[number]
    tests: tuple[tuple[Label, Callable[[str], object]], ...] = (
        ("period", lambda cell: bool(FinancialYear.parse(cell))),
        ("breakdown", seen.registers.indicators.breakdown),
        ("measure_type", lambda cell: cell.casefold() in _MEASURE_WORDS),
        ("indicator", lambda cell: _names_indicator(seen, cell)),
        ("unit", unit_of),
    )
    if _numeric(held):
        return
    for label, test in tests:
        if label in labels:
            continue
        known = sum(_holds(test, cell) for cell in held)
        if known and (known == len(held) or (label == "indicator" and 2 * known > len(held))):
            labels[label] = name
            return


_MEASURE_WORDS = {
    "outcome", "value", "numerator", "denominator", "base", "respondents",
    "number of respondents", "margin of error",
}  # fmt: skip


def _holds(test: Callable[[str], object], cell: str) -> bool:
    try:
        return bool(test(cell))
    except (BenchError, ValueError):
        return False


def _names_indicator(seen: _Seen, cell: str) -> bool:
    if cell in seen.registers.indicators or mentioned(cell, seen.registers.indicators):
        return True
    latest = FinancialYear.parse("2024-25")
    years = {latest, *years_in(" ".join(seen.cells[0]))}
    return any(
        _holds(lambda c, y=year: indicator_of(c, seen.registers.indicators, y), cell)
        for year in years
    )


# --- columns of figures -------------------------------------------------------------------------


def _figures(seen: _Seen, taken: set[str]) -> tuple[dict[str, Figures], list[str]]:
    """What each column of figures holds, and the names of those that hold values."""
    figures: dict[str, Figures] = {}
    unclear: list[str] = []
    for measure in MEASURES:
        for wished in seen.wishes.of(measure):
            name = _column_of(seen, wished)
            figures[name] = Figures.model_validate(_meaning(seen, name) | {"field": measure})
    values_wished = bool(seen.wishes.of("value"))
    for number, name in enumerate(seen.names):
        if name in taken or name in figures:
            continue
        held = [cell for cell in seen.column(number) if cell]
        meaning = _meaning(seen, name)
        symbols = all(cell in SYMBOLS or len(cell) <= 3 for cell in held)
        if not (_numeric(held) or (meaning and held and symbols)) or not_a_figure(name):
            continue
        measure_named = field_of(name)
        if measure_named in (None, "value") and values_wished:
            continue
        if measure_named or meaning:
            figures[name] = Figures.model_validate(meaning | {"field": measure_named or "value"})
        else:
            unclear.append(name)
    values = [name for name, figure in figures.items() if figure.field == "value"]
    if not values and len(unclear) == 1:
        figures[unclear[0]] = Figures()
        values = unclear
    if not values:
        raise seen.fail(
            "found no column of values"
            + (f" among {', '.join(map(repr, unclear))}." if unclear else "."),
            "name it: --map value=COLUMN",
        )
    plain = [name for name in values if figures[name] == Figures()]
    if len(plain) > 1:
        raise seen.fail(
            f"found several columns that may hold the value: {', '.join(map(repr, plain))}.",
            f"choose: --map value={plain[0]!r}",
        )
    return figures, values


def _meaning(seen: _Seen, name: str) -> dict[str, str]:
    """The year, indicator and breakdown that a heading names."""
    meaning: dict[str, str] = {}
    years = years_in(name)
    if len(years) == 1:
        meaning["period"] = str(next(iter(years)))
    year = next(iter(years), seen.wishes.year)
    indicators = mentioned(name, seen.registers.indicators, year)
    if len(indicators) > 1 and year is None:
        year = _year_said(seen)
        indicators = mentioned(name, seen.registers.indicators, year)
    if len(indicators) == 1:
        meaning["indicator"] = indicators[0].indicator_id
    for part in re.split(r"[|(),:–—]| - ", name):
        breakdown = seen.registers.indicators.breakdown(part.strip()) if part.strip() else None
        if breakdown and breakdown != "all":
            meaning["breakdown"] = breakdown
    return meaning


def _numeric(cells: Sequence[str]) -> bool:
    held = [cell for cell in cells if cell]
    return bool(held) and 2 * sum(map(_is_number, held)) >= len(held)


def _is_number(cell: str) -> bool:
    try:
        parse(cell.removesuffix("%"), {})
    except ValueError:
        return False
    return True


# --- councils in columns ------------------------------------------------------------------------


def _councils_across(seen: _Seen, header: int) -> Proposal:
    _headed(seen, _wished_header(seen) or header, 1)
    labels = _wished_labels(seen)
    areas: dict[str, Figures] = {}
    unread: list[str] = [_column_of(seen, name) for name in seen.wishes.of("unread")]
    skip: list[str] = []
    unmatched: list[str] = []
    for number, name in enumerate(seen.names):
        held = [cell for cell in seen.column(number) if cell]
        if name in labels.values() or name in unread or not held:
            continue
        years = years_in(name)
        bare = re.sub(r"[(|,]*\s*20\d\d\s*(?:-|/|–|to)\s*\d{2,4}\)?", "", name).strip()
        if area_id := seen.area(bare):
            period = str(next(iter(years))) if len(years) == 1 else None
            areas[name] = Figures(area=area_id, period=period)
        elif name in seen.wishes.of("skip") or (GROUP.search(name) and _numeric(held)):
            skip.append(name)
        elif _numeric(held) and not not_a_figure(name):
            unmatched.append(name)
        else:
            before = len(labels)
            _label_by_content(seen, labels, number, held)
            if len(labels) == before:
                unread.append(name)
    if "indicator" not in labels and seen.wishes.one("indicator") is None:
        raise seen.fail("found no column of indicators.", "--map indicator=COLUMN")
    skip += [name for name in seen.wishes.of("skip") if name not in skip]
    matched = list(areas)
    return _whole(seen, labels, areas, list(areas), unread, skip, matched, unmatched)


# --- what holds for the whole table -------------------------------------------------------------


def _whole(
    seen: _Seen,
    labels: dict[Label, str],
    figures: dict[str, Figures],
    value_names: list[str],
    unread: list[str],
    skip: list[str],
    matched: list[str],
    unmatched: list[str],
) -> Proposal:
    year = _year(seen, labels, figures)
    indicator = None
    named = {f.indicator for f in figures.values() if f.indicator}
    if len(named) == 1 and any(f.indicator is None for f in figures.values()):
        # What one column's heading says of the indicator holds for the counts beside it.
        indicator = next(iter(named))
        figures = {n: f.model_copy(update={"indicator": None}) for n, f in figures.items()}
    if "indicator" not in labels and any(f.indicator is None for f in figures.values()):
        wished = seen.wishes.one("indicator")
        indicator = indicator if indicator and not wished else _indicator(seen, year)
    unit_text = " ".join([*value_names, _context(seen)])
    single = "unit" not in labels and len({f.indicator for f in figures.values()}) == 1
    unit = seen.wishes.one("unit") if seen.wishes.one("unit") in _UNITS else None
    if unit is None and single and "indicator" not in labels:
        wanted = indicator or next(f.indicator for f in figures.values())
        unit, indicator = _unit(seen, value_names, unit_text, wanted or "", indicator, year)
    layout = MatrixLayout.model_validate(
        {
            "kind": "matrix",
            "sheet": seen.grid.sheet,
            "encoding": seen.grid.encoding,
            "delimiter": seen.grid.delimiter,
            "header_rows": seen.depth,
            "labels": labels,
            "figures": figures,
            "indicator": indicator,
            "unit": unit,
            "unread": unread,
            "skip": skip,
            "symbols": _symbols(seen, figures),
        }
    )
    title = next((c for row in seen.cells[: seen.header] for c in row if c), "")
    return Proposal(layout, year, tuple(matched), tuple(unmatched), title, unit_text)


def _context(seen: _Seen) -> str:
    """What stands above the table and on its sheet's tab."""
    above = [c for row in seen.cells[: max(0, seen.header - seen.depth + 1)] for c in row if c]
    return " ".join([*above, seen.grid.sheet or ""])


def _year_said(seen: _Seen) -> FinancialYear | None:
    for source in (_context(seen), seen.file):
        years = years_in(source.replace("_", "-"))
        if len(years) == 1:
            return next(iter(years))
    return None


def _year(
    seen: _Seen, labels: dict[Label, str], figures: dict[str, Figures]
) -> FinancialYear:
    if seen.wishes.year is not None:
        return seen.wishes.year
    if "period" in labels:
        held = seen.column(seen.names.index(labels["period"]))
        found = [y for cell in held for y in years_in(cell)]
        if found:
            return max(found)
    named = [FinancialYear.parse(f.period) for f in figures.values() if f.period]
    if named and len(named) == len(figures):
        return max(named)
    said = _year_said(seen)
    if said is None:
        raise seen.fail("does not say which year it is about.", "--year 2010-11")
    return said


def _indicator(seen: _Seen, year: FinancialYear) -> str:
    wished = seen.wishes.one("indicator")
    if wished is not None:
        return seen.registers.indicators.find(wished, year).indicator_id
    names = " ".join(seen.names)
    for source in (_context(seen), names, seen.file.replace("-", " ").replace("_", " ")):
        found: list[Indicator] = mentioned(source, seen.registers.indicators, year)
        if len(found) == 1:
            return found[0].indicator_id
    raise seen.fail(
        "does not say which indicator it is about.",
        "--map indicator=ID; see `bench list indicators`.",
    )


def _unit(
    seen: _Seen,
    value_names: list[str],
    said: str,
    indicator_id: str,
    constant: str | None,
    year: FinancialYear,
) -> tuple[str | None, str | None]:
    """The unit that the file states, and the indicator of that unit where it has a sibling."""
    indicators = seen.registers.indicators
    entry = indicators[indicator_id]
    stated = unit_of(" ".join(value_names)) or unit_of(said)
    if stated is not None and stated != entry.unit.value and constant is not None:
        siblings = [
            other.indicator_id
            for other in indicators
            if other.unit.value == stated
            and other.framework == entry.framework
            and any(s.value.startswith(entry.code(year)) for s in other.codes if s.holds(year))
        ]
        return stated, siblings[0] if len(siblings) == 1 else constant
    if entry.unit.value != "per_cent":
        return stated, constant
    held = [
        float(cell)
        for name in value_names
        for cell in seen.column(seen.names.index(name))
        if _is_number(cell) and not cell.endswith("%") and "," not in cell
    ]
    if len(held) > 2 and max(held) <= 1 and any(0 < number < 1 for number in held):
        if stated == "per_cent":
            raise seen.fail(
                "states per cent, but no value is above 1: are they fractions of 1?",
                "--map unit=fraction if 0.07 means 7%, else --map unit=per_cent",
            )
        return "fraction", constant
    return stated, constant


def _symbols(seen: _Seen, figures: dict[str, Figures]) -> dict[str, Status]:
    symbols: dict[str, Status] = {}
    for name in figures:
        for cell in seen.column(seen.names.index(name)):
            if cell in SYMBOLS:
                symbols[cell] = SYMBOLS[cell]
    for wished in seen.wishes.of("symbol"):
        symbol, _, status = wished.rpartition("=")
        if status not in list(Status):
            raise ParameterError(
                f"found symbol={wished!r}, expected a symbol and one of {', '.join(Status)}.",
                mend='--map "symbol=-=suppressed"',
            )
        symbols[symbol] = Status(status)
    return dict(sorted(symbols.items()))


# --- what was wished ----------------------------------------------------------------------------


def _wished_header(seen: _Seen) -> int | None:
    wished = seen.wishes.one("header")
    if wished is None:
        return None
    if not wished.isdecimal() or not 1 <= int(wished) <= min(len(seen.cells), DEEPEST):
        raise ParameterError(f"found header={wished!r}, expected the number of a row of the table.")
    return int(wished) - 1


def _wished_labels(seen: _Seen) -> dict[Label, str]:
    labels: dict[Label, str] = {}
    for name, label in LABELS.items():
        wished = seen.wishes.one(name)
        if wished is None or (name == "unit" and wished in _UNITS):
            continue
        if name == "indicator" and _position(seen, wished) is None:
            continue
        labels[label] = _column_of(seen, wished)
    return labels


def _position(seen: _Seen, wished: str) -> int | None:
    key = " ".join(wished.casefold().split())
    for number, name in enumerate(seen.names):
        if name.casefold() == key or name.casefold().rpartition(" | ")[2] == key:
            return number
    return None


def _column_of(seen: _Seen, wished: str) -> str:
    """The column of a heading, or of a letter as a spreadsheet calls it."""
    number = _position(seen, wished)
    if number is None and re.fullmatch(r"[A-Za-z]{1,2}", wished):
        number = 0
        for letter in wished.upper():
            number = number * 26 + ord(letter) - 64
        number -= 1
    if number is None or number >= len(seen.names):
        raise ParameterError(
            f"{seen.place()}: found no column {wished!r}; its columns are "
            f"{', '.join(map(repr, seen.names[:20]))}.",
            mend="--map FIELD=COLUMN with a heading as printed, or a letter.",
        )
    return seen.names[number]
