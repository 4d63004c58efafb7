"""A proposed layout for a foreign table, with the role of each column, for a person to agree to."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, ParameterError
from bench.published.adding.examined_table import (
    ExaminedTable,
    Fate,
    FateKind,
    Grid,
    column_of,
    position_of,
)
from bench.published.adding.overrides import LABELS, MEASURES, UNITS
from bench.published.adding.plausible import Numbers, scale_of
from bench.published.layouts import FigureColumn, MatrixLayout
from bench.published.readers.cells import Status, parse, text
from bench.published.readers.header_words import (
    ATTRIBUTE,
    COMPARATOR,
    DIVIDES_PEOPLE,
    DIVIDES_TIME,
    EVERYBODY,
    SYMBOLS,
    WHOLE_YEAR,
    IndicatorLabel,
    PopulationGroup,
    bare_number,
    counts_people,
    field_of,
    group_named,
    groups_in,
    label_of,
    mentioned,
    names_indicator,
    other_number,
    part_of_year,
    plain,
    strange_words,
    unit_of,
    without_titles,
    years_in,
)
from bench.published.readers.matrix import DEEPEST, headings, option
from bench.reference.areas import ONS_CODE
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.published.adding.overrides import Overrides
    from bench.published.adding.plausible import Usual
    from bench.published.layouts import Label, PrintedUnit
    from bench.reference import Indicator, Registers


_INDICATOR = (
    r"(?:indicator|measure|kpi|pi|metric|ascof(?: measure| indicator)?)s?"
    r"(?: ?(?:id|code|name|title|number|no\.?|ref(?:erence)?|description))?|code|title|description|definition"
)
_LABEL_HEADINGS: tuple[tuple[Label, str], ...] = (
    ("period", r"(?:(?:financial|reporting|fiscal|data) )?years?|(?:time ?)?period|fy|date|time"),
    ("measure_type", r"(?:measure|value|figure|number|data|statistic|metric) ?type|statistic|type of (?:measure|figure|number|value)|scenario|version|basis|actual ?(?:/|or) ?target"),
    ("unit", r"units?(?: of measure(?:ment)?)?"),
    ("indicator", _INDICATOR),
)  # fmt: skip
AREA_HEADING = re.compile(
    r"(?:(?:local|upper[ -]tier local) )?(?:council|authority|authorities|area|la|organisation|geography|cassr)s?(?: ?(?:name|title|description))?|name|geographical description",
    re.IGNORECASE,
)
_OTHER_CODE = re.compile(
    r"\b(?:parent|region|former|old|previous|lower|ward|district|country|county|stp|icb|ccg|nearest)\b",
    re.IGNORECASE,
)
_ROW_NUMBER = re.compile(
    r"#|no\.?|nr|row(?: ?(?:no\.?|number|id))?|s/?n|index|line|\[[A-Z]+\]|unnamed: ?\d+|",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r".*\b(?:codes?|ids?|ref(?:erence)?|sortable|uprn|key|phone|tel|version)\b\.?", re.IGNORECASE
)


# A column so called may say that some rows are targets or parts of a year.
_KIND = re.compile(
    r"\b(?:typ.|class|level|status|tier|control|flag|framework|domain)\b", re.IGNORECASE
)
# Over numbers that name no figure these words say which people each row is about.
_PEOPLE = re.compile(
    r"\b(?:deciles?|quintiles?|depriv\w*|imd|ages?|sex|gender|ethnic\w*|categor\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says of the numbers beneath it.

    Attributes:
        meaning: year, indicator, breakdown, area and unit, as `FigureColumn` has them.
        field: which part of a figure it names, such as "numerator"; None where it names none.
        objection: why its numbers are no figures to read; "" if they may be.
        strange: words of it that say nothing known.
    """

    meaning: dict[str, str]
    field: str | None
    objection: str
    strange: tuple[str, ...]

    @property
    def says(self) -> bool:
        """Whether it says that figures stand beneath it."""
        return bool(self.meaning or self.field)


@dataclass(slots=True)
class ProposedColumns:
    """The columns of a table, each with its fate."""

    labels: dict[Label, str] = field(default_factory=dict)
    figures: dict[str, FigureColumn] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    skip: list[str] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)

    def leave(self, name: str, why: str) -> None:
        """Leave a column out, because its words say why."""
        self.unread.append(name)
        self.fates[name] = Fate("column", name, FateKind.LEFT_OUT, why)

    def doubt(
        self,
        seen: ExaminedTable,
        name: str,
        what: str,
        *maps: str,
        firm: bool = False,
        unread: bool = True,
    ) -> None:
        """Note that a column is not known, and which options would settle it."""
        if unread:
            self.unread.append(name)
        where = seen.at(seen.header, seen.names.index(name))
        self.fates[name] = Fate("column", name, FateKind.UNKNOWN, what, where, maps, firm)


# --- headings -----------------------------------------------------------------------------------


def heading_of(
    seen: ExaminedTable, name: str, context: Sequence[Indicator], *, across: bool
) -> Heading:
    """What a heading says; `context` are the indicators that the table as a whole is about."""
    years = years_in(name)
    meaning: dict[str, str] = {}
    if len(years) == 1:
        meaning["period"] = str(next(iter(years)))
    indicators = _indicators(seen, name, years)
    if len(indicators) == 1:
        meaning["indicator"] = indicators[0].indicator_id
    titles = [t for e in indicators or context for t in (e.title, e.short_title)]
    area, words = _area_in(seen, name, whole=across)
    written = without_titles(words, seen.registers.indicators, titles)
    groups = groups_in(written, seen.registers.indicators, titles)
    named = [group for group in groups if group.breakdown != "all"]
    if len(named) == 1 and named[0].breakdown:
        meaning["breakdown"] = named[0].breakdown
    elif not named:
        meaning |= _printed_breakdown(seen, written)
    unit = unit_of(written)
    if unit:
        meaning["unit"] = unit
    measure = field_of(name)
    if area and across:
        meaning["area"] = area
    counted = all(entry.unit.value == "count" for entry in indicators) and bool(indicators)
    whose = seen.registers.councils.areas[area].name if area and not across else ""
    strange = strange_words(written, seen.registers.indicators, titles)
    if "breakdown" in meaning and not named:
        strange = []
    return Heading(
        meaning,
        measure,
        _objection(written, titles, years, named, whose, measure, counted),
        tuple(strange),
    )


def _objection(
    written: str,
    titles: Sequence[str],
    years: set[FinancialYear],
    named: Sequence[PopulationGroup],
    whose: str,
    measure: str | None,
    counted: bool,
) -> str:
    """Why the numbers under a heading are no council's figures of a year; "" if they may be.

    Args:
        written: The heading, without the titles of indicators.
        titles: The titles of the indicators that it is about.
        years: The years that it names.
        named: The groups of people that it names.
        whose: The area that it names for all rows; "" for none.
        measure: The field that it names, such as "denominator".
        counted: Whether its indicators count people, so that a number of people is their figure.
    """
    if part := part_of_year(written):
        return f"a part of a year ({part!r})"
    if whose:
        return f"a number of {whose}, not of each row's council"
    if match := COMPARATOR.search(re.sub(r"national indicator", " ", written, flags=re.IGNORECASE)):
        return f"a comparator's ({match[0]!r})"
    without = re.sub(r"confidence interval half", " ", written, flags=re.IGNORECASE)
    if reason := other_number(without, titles):
        return reason
    if len(years) > 1:
        return "a number of several years"
    if len(named) > 1:
        return f"of two groups at once ({', '.join(repr(group.words) for group in named)})"
    if named and named[0].breakdown is None:
        return f"of a group that the register has not ({named[0].words!r})"
    part_of_figure = measure in ("numerator", "denominator", "respondents", "margin")
    if not part_of_figure and not counted and counts_people(written):
        return "a number of people or things, no rate"
    return ""


def _indicators(seen: ExaminedTable, name: str, years: set[FinancialYear]) -> list[Indicator]:
    year = next(iter(sorted(years)), seen.overrides.year)
    indicators = mentioned(name, seen.registers.indicators, year)
    if len(indicators) > 1 and year is None:
        year = seen.year_said()
        indicators = mentioned(name, seen.registers.indicators, year)
    return indicators


def _printed_breakdown(seen: ExaminedTable, written: str) -> dict[str, str]:
    for part in re.split(r"[|(),:]| - ", written):
        breakdown = seen.registers.indicators.breakdown(part.strip()) if part.strip() else None
        if breakdown and breakdown != "all":
            return {"breakdown": breakdown}
    return {}


def _area_in(seen: ExaminedTable, name: str, *, whole: bool) -> tuple[str | None, str]:
    """The area that a heading names, and the heading without it.

    Args:
        seen: The table.
        name: The heading.
        whole: Whether only a part of it between marks may be an area, as above its own figures.
    """
    for part in name.split("|"):
        bare = re.sub(r"\(?\b20\d\d\s*(?:-|/|to)\s*\d{2,4}\)?|\(?(?:%|per ?cent)\)?", " ", part)
        bare = bare.strip(" ,-:")
        if area := seen.area(bare):
            return area, name.replace(bare, " ")
    if whole:
        return None, name
    words = [*re.finditer(r"[A-Za-z][\w'&.-]*", name)]
    for length in (5, 4, 3, 2, 1):
        for start in range(len(words) - length + 1):
            first, last = words[start].start(), words[start + length - 1].end()
            printed = name[first:last]
            if not printed[0].isupper() or printed.casefold() in ("east", "reading", "bath"):
                continue
            area = seen.area(printed)
            if area and not area.startswith("type:"):
                return area, f"{name[:first]} {name[last:]}"
    return None, name


# --- columns ------------------------------------------------------------------------------------


def columns_of(
    seen: ExaminedTable, context: Sequence[Indicator], *, across: bool
) -> ProposedColumns:
    """The fate of every column.

    Args:
        seen: The table, its headings found.
        context: The indicators that the table as a whole is about.
        across: Whether areas stand in the headings.

    Raises:
        LayoutError: There is no column of areas, of values, or several that may be.
    """
    columns = ProposedColumns(labels=_mapped_labels(seen))
    for mapped in seen.overrides.of("unread"):
        if mapped != "notes":
            columns.leave(column_of(seen, mapped), "as --map unread says")
    mapped_values = _mapped_figures(seen, columns, context, across=across)
    text: dict[int, Counter[str]] = {}
    numeric: dict[int, list[str]] = {}
    for number, name in enumerate(seen.names):
        cells = [cell for cell in seen.column(number) if cell]
        if name in columns.labels.values() or name in columns.fates:
            continue
        if not cells:
            if seen.overrides.provisional and field_of(name):
                numeric[number] = []  # the row says what it lacks
            elif not name.startswith("["):
                columns.leave(name, "no cell of it is filled")
        elif is_numeric(cells):
            numeric[number] = cells
        else:
            text[number] = Counter(cells)
    if not across:
        _area_columns(seen, columns, text)
    _text_columns(seen, columns, text, numeric, context, across=across)
    unclear = _numeric_columns(seen, columns, numeric, context, mapped_values, across=across)
    _settle(seen, columns, unclear)
    for label, name in columns.labels.items():
        words = f"the {_LABEL_WORDS.get(label, label)}"
        columns.fates.setdefault(name, Fate("column", name, FateKind.READ, words))
    for name, figures in columns.figures.items():
        columns.fates.setdefault(name, Fate("column", name, FateKind.READ, _read_as(seen, figures)))
    return columns


_LABEL_WORDS = {
    "area_name": "council",
    "ons_code": "ONS code",
    "cassr_code": "CASSR code",
    "period": "year",
    "breakdown": "group of people",
    "measure_type": "kind of number",
}


def _read_as(seen: ExaminedTable, figures: FigureColumn) -> str:
    areas = seen.registers.councils.areas
    said = [
        areas[figures.area].name if figures.area else "",
        figures.indicator or "",
        figures.period or "",
        figures.breakdown or "",
    ]
    of = ", ".join(part for part in said if part)
    unit = ", printed as fractions of 1" if figures.unit == "fraction" else ""
    return f"the {figures.field}{' of ' + of if of else ''}{unit}"


def _mapped_figures(
    seen: ExaminedTable, columns: ProposedColumns, context: Sequence[Indicator], *, across: bool
) -> bool:
    """Take the columns that --map names for what it names them; whether it names the value."""
    for measure in MEASURES:
        for mapped in seen.overrides.of(measure):
            name = column_of(seen, mapped)
            heading = heading_of(seen, name, context, across=across)
            columns.figures[name] = FigureColumn.model_validate(
                heading.meaning | {"field": measure}
            )
            columns.fates[name] = Fate(
                "column", name, FateKind.READ, f"{_read_as(seen, columns.figures[name])}, as --map says"
            )  # fmt: skip
    return bool(seen.overrides.of("value"))


def _area_columns(
    seen: ExaminedTable, columns: ProposedColumns, text: dict[int, Counter[str]]
) -> None:
    """The column of the councils' names and that of their codes; the other ones beside them."""
    names: dict[int, int] = {}
    codes: dict[int, int] = {}
    for number, cells in text.items():
        coded = sum(n for cell, n in cells.items() if ONS_CODE.fullmatch(cell))
        councils = {a for cell in cells if (a := seen.area(cell)) in seen.registers.councils}
        others = sum(n for cell, n in cells.items() if seen.area(cell))
        if 2 * coded > cells.total():
            codes[number] = len(councils)
        elif councils or (
            # A council's own North and East are no regions.
            2 * others >= cells.total() and not DIVIDES_PEOPLE.search(seen.names[number])
        ):
            names[number] = len(councils)
        elif AREA_HEADING.fullmatch(seen.names[number]) and "area_name" not in columns.labels:
            names[number] = 0
    candidates_of: dict[Label, dict[int, int]] = {"ons_code": codes, "area_name": names}
    for label, candidates in candidates_of.items():
        kept = _area_column(seen, columns, label, candidates, text)
        for number in candidates:
            if number != kept:
                text.pop(number, None)
    if (
        "area_name" not in columns.labels
        and "ons_code" not in columns.labels
        and seen.whole_area is None
    ):
        raise seen.fail("found no column of councils.", "--map council=COLUMN")


def _area_column(
    seen: ExaminedTable,
    columns: ProposedColumns,
    label: Label,
    candidates: dict[int, int],
    text: dict[int, Counter[str]],
) -> int | None:
    """Choose the column of most councils; what is left over is another area, or unknown."""
    chosen = None
    if label not in columns.labels and candidates:

        def order(number: int) -> tuple[bool, int, bool, int]:
            name = seen.names[number]
            said = bool(AREA_HEADING.fullmatch(re.sub(r"\s*code$", "", name, flags=re.IGNORECASE)))
            return (not _OTHER_CODE.search(name), candidates[number], said, -number)

        chosen = max(candidates, key=order)
        if seen.whole_area is None or candidates[chosen]:
            columns.labels[label] = seen.names[chosen]
            text.pop(chosen)
    for number in candidates:
        name = seen.names[number]
        if number == chosen:
            continue
        main = candidates[chosen] if chosen is not None else 0
        rival = candidates[number] > 1 and 2 * candidates[number] >= main
        partly = label == "area_name" and not all(seen.area(cell) for cell in text[number])
        if rival and not _OTHER_CODE.search(name) and not ATTRIBUTE.fullmatch(name):
            columns.doubt(
                seen, name, f"the column {name!r} names councils too",
                option("unread", name), option("council" if label == "area_name" else "code", name),
            )  # fmt: skip
        elif partly and not _OTHER_CODE.search(name) and not ATTRIBUTE.fullmatch(name):
            strange = some_of([cell for cell in text[number] if not seen.area(cell)])
            columns.doubt(
                seen, name,
                f"the column {name!r} names areas and what is none ({strange}): it may divide place",
                option("unread", name),
            )  # fmt: skip
        else:
            columns.leave(name, "names another area than the row's own")
    return chosen


def _text_columns(
    seen: ExaminedTable,
    columns: ProposedColumns,
    text: dict[int, Counter[str]],
    numeric: dict[int, list[str]],
    context: Sequence[Indicator],
    *,
    across: bool,
) -> None:
    dividing: dict[int, dict[str, str | None]] = {}
    for number, cells in text.items():
        name = seen.names[number]
        label = _label_by_words(seen, columns, name, cells)
        named = label == "indicator" and seen.overrides.last("indicator") is not None
        if named and "indicator" not in columns.labels:
            _second(seen, columns, "indicator", name, cells)
            continue
        if label is not None and label not in columns.labels:
            columns.labels[label] = name
            continue
        heading = heading_of(seen, name, context, across=across)
        if ATTRIBUTE.fullmatch(name) and not (_KIND.search(name) and _speaks(seen, cells)):
            columns.leave(name, "tells of the row, and divides nothing")
        elif _intervals(name, cells):
            columns.leave(name, "a limit of an interval")
        elif _divides_time(seen, columns, name, cells):
            continue
        elif (groups := _group_cells(seen, name, cells)) is not None:
            dividing[number] = groups
        elif label is not None:
            _second(seen, columns, label, name, cells)
        elif heading.says and not _sentences(cells):
            # What its heading calls a figure is one, whatever stands in it: the reader refuses it.
            numeric[number] = list(cells.elements())
        elif all(a and a not in seen.registers.councils for a in map(seen.area, cells)):
            columns.leave(name, "names regions or types of council beside the row's own")
        else:
            columns.doubt(
                seen, name,
                f"the column {name!r} is not known: it may divide people, time or place "
                f"({some_of(cells)})",
                option("unread", name),
            )  # fmt: skip
    _dividing(seen, columns, dividing)


def _label_by_words(
    seen: ExaminedTable, columns: ProposedColumns, name: str, cells: Counter[str]
) -> Label | None:
    """The label that a column is, by its heading or by what stands in all its cells."""
    last = name.rpartition(" | ")[2]
    if all(map(_year_of_cell, cells)):
        return "period"
    if all(cell.casefold() in _MEASURE_WORDS or _other_kind(cell) for cell in cells) and any(
        cell.casefold() in _MEASURE_WORDS for cell in cells
    ):
        return "measure_type"
    resolved = sum(
        n for cell, n in cells.items() if names_indicator(cell, seen.registers.indicators)
    )
    mapped = seen.overrides.last("indicator") is not None and "indicator" not in columns.labels
    if mapped and (2 * resolved > cells.total() or re.fullmatch(_INDICATOR, last, re.IGNORECASE)):
        return "indicator"
    if 2 * resolved > cells.total() and "indicator" not in columns.labels:
        return "indicator"
    if all(unit_of(cell) for cell in cells):
        return "unit"
    for label, words in _LABEL_HEADINGS:
        if re.fullmatch(words, last, re.IGNORECASE):
            if label == "measure_type" and not any(
                field_of(cell) or other_number(cell) for cell in cells
            ):
                return None
            if label == "indicator" and not resolved and "indicator" in columns.labels:
                return "indicator"
            return label
    return None


_MEASURE_WORDS = {
    "outcome", "value", "numerator", "denominator", "base", "respondents", "actual", "actuals",
    "number of respondents", "margin of error", "result", "outturn", "out-turn", "figure",
}  # fmt: skip


def _other_kind(cell: str) -> bool:
    """Whether a cell is the name of another kind of number, such as "Target"."""
    return len(cell.split()) <= 3 and bool(other_number(cell) or counts_people(cell))


def _speaks(seen: ExaminedTable, cells: Iterable[str]) -> bool:
    """Whether cells of a column that tells of the row say that its number is another one."""
    indicators = seen.registers.indicators
    return any(
        len(cell.split()) <= 4
        and (other_number(cell) or part_of_year(cell) or groups_in(cell, indicators))
        for cell in cells
        if not seen.area(cell)
    )


def _sentences(cells: Iterable[str]) -> bool:
    return any(len(cell.split()) > 4 for cell in cells)


def _divides_time(
    seen: ExaminedTable, columns: ProposedColumns, name: str, cells: Counter[str]
) -> bool:
    parts = [cell for cell in cells if part_of_year(cell) and len(cell.split()) <= 5]
    if not DIVIDES_TIME.search(name) and 2 * len(parts) <= len(cells):
        return False
    if all(WHOLE_YEAR.fullmatch(cell) or _year_of_cell(cell) for cell in cells):
        columns.leave(name, "says the whole year in every row")
    else:
        columns.doubt(
            seen, name,
            f"the column {name!r} says that its rows are of parts of a year ({some_of(parts or cells)}), "
            "and a part of a year is no year: keep the rows of whole years alone",
            firm=True,
        )  # fmt: skip
    return True


_INTERVAL = re.compile(r"[(\[]?-?[\d.]+%?\s*(?:-|to|,|;)\s*-?[\d.]+%?[)\]]?", re.IGNORECASE)


def _intervals(name: str, cells: Counter[str]) -> bool:
    """Whether a column prints both limits in one cell, as "66.1 - 73.0" under "95% CI"."""
    said = other_number(name) == "a limit of an interval" or "\u00b1" in name
    return said and all(_INTERVAL.fullmatch(cell) for cell in cells)


def _group_cells(
    seen: ExaminedTable, name: str, cells: Counter[str]
) -> dict[str, str | None] | None:
    """The group that each cell names; None where the column does not divide people."""
    indicators = seen.registers.indicators
    named = {cell: group_named(cell, indicators, heading=name) for cell in cells}
    known = sum(1 for group in named.values() if group != "")
    heading = DIVIDES_PEOPLE.search(name) and not years_in(name)
    if known == len(named) or (heading and not field_of(name)):
        return {cell: group or None for cell, group in named.items()}
    if 2 * known > len(named):
        return {cell: group or None for cell, group in named.items()}
    return None


def _dividing(
    seen: ExaminedTable, columns: ProposedColumns, dividing: dict[int, dict[str, str | None]]
) -> None:
    """The columns that divide people: one may become the breakdown, and none is overlooked."""
    parted: list[str] = []
    for number, groups in dividing.items():
        name = seen.names[number]
        if set(groups.values()) == {"all"}:  # nothing to skip or to tell apart
            columns.leave(name, "says everybody in every row")
            continue
        skipped = seen.overrides.of("skip")
        strange = [c for c, group in groups.items() if group is None and c not in skipped]
        if strange:
            left = [option("skip", cell) for cell in strange]
            columns.doubt(
                seen, name,
                f"the column {name!r} divides people, and the register has no group {some_of(strange)}",
                " ".join(left[:6]),
                firm=True,
            )  # fmt: skip
        else:
            parted.append(name)
    if len(parted) == 1 and "breakdown" not in columns.labels:
        columns.labels["breakdown"] = parted[0]
        return
    for name in parted:
        columns.doubt(
            seen, name,
            f"{' and '.join(map(repr, parted))} divide people at once, and the register has no such groups: keep the rows in which one of them says everybody",
            firm=True,
        )  # fmt: skip


def _second(
    seen: ExaminedTable, columns: ProposedColumns, label: Label, name: str, cells: Counter[str]
) -> None:
    """A second column of a label: harmless where it says nothing else of the numbers."""
    several = label not in columns.labels and len(cells) > 1
    if label == "indicator" and not several and not _speaks(seen, cells):
        columns.leave(name, f"names the {label} once more")
        return
    columns.doubt(
        seen, name,
        f"the column {name!r} is a second {_LABEL_WORDS.get(label, label)} ({some_of(cells)})",
        option("unread", name),
    )  # fmt: skip


def _numeric_columns(
    seen: ExaminedTable,
    columns: ProposedColumns,
    numeric: dict[int, list[str]],
    context: Sequence[Indicator],
    mapped_values: bool,
    *,
    across: bool,
) -> list[str]:
    """The columns of numbers; returns those that nothing names."""
    unclear: list[str] = []
    hidden = set(seen.grid.hidden_columns) if seen.overrides.last("hidden") != "read" else set()
    for number in sorted(numeric):
        name, cells = seen.names[number], numeric[number]
        heading = heading_of(seen, name, context, across=across)
        label = next(
            (lb for lb, w in _LABEL_HEADINGS if re.fullmatch(w, name, re.IGNORECASE)), None
        )
        if number in hidden:
            columns.leave(name, "hidden in the workbook")
        elif label in ("period", "unit") and label not in columns.labels:
            columns.labels[label] = name
        elif _ROW_NUMBER.fullmatch(name) and _consecutive(cells):
            columns.leave(name, "numbers of the rows")
        elif _IDENTIFIER.fullmatch(name) and "indicator" not in heading.meaning:
            columns.leave(name, "a code")
        elif across and COMPARATOR.search(name) and "area" not in heading.meaning:
            columns.skip.append(name)
            columns.fates[name] = Fate("column", name, FateKind.LEFT_OUT, "no area of the register")
        elif (_PEOPLE.search(name) or DIVIDES_TIME.search(name)) and not (
            heading.meaning.keys() & {"indicator", "period"}
        ):
            columns.doubt(
                seen,
                name,
                f"the column {name!r} divides people or time ({some_of(cells)})",
                firm=True,
            )
        elif heading.objection:
            columns.leave(name, heading.objection)
        elif mapped_values and heading.field in (None, "value"):
            columns.leave(name, "another column was named as the value")
        elif across and "area" not in heading.meaning:
            columns.doubt(
                seen, name, f"found the area {name!r} (no code), unknown", option("skip", name)
            )
            columns.skip.append(name)
            columns.unread.remove(name)
        elif DIVIDES_PEOPLE.fullmatch(name):
            columns.doubt(
                seen, name, f"the column {name!r} divides people or time ({some_of(cells)})",
                firm=True,
            )  # fmt: skip
        elif heading.says:
            columns.figures[name] = FigureColumn.model_validate(
                heading.meaning | {"field": heading.field or "value"}
            )
            if heading.strange:
                columns.doubt(
                    seen, name,
                    f"of the heading {name!r} {some_of(heading.strange)} is not understood",
                    option(str(heading.field or "value"), name), option("unread", name),
                    unread=False,
                )  # fmt: skip
        else:
            unclear.append(name)
    return unclear


def _settle(seen: ExaminedTable, columns: ProposedColumns, unclear: list[str]) -> None:
    """Refuse a table without a value, or with two columns that may be it.

    Raises:
        LayoutError: There is no value, or there are several that may be it.
    """
    counts = {n for n, f in columns.figures.items() if f.field in ("numerator", "denominator")}
    values = [name for name, figure in columns.figures.items() if figure.field == "value"]
    fields = {columns.figures[name].field for name in counts}
    made = seen.overrides.provisional and fields == {"numerator", "denominator"}
    if not values and not made:
        left = [
            f"{fate.name!r} is {fate.words}" for fate in columns.fates.values()
            if fate.kind is FateKind.LEFT_OUT and fate.words.startswith(("a ", "of ", "in ", "hidden", "another"))
        ]  # fmt: skip
        what = "found no column of values"
        if seen.overrides.provisional:
            what = "found neither a column 'value' nor both 'numerator' and 'denominator'"
        what += f" among {', '.join(map(repr, unclear))}" if unclear else ""
        raise seen.fail(
            what + (f"; {'; '.join(left[:6])}." if left else "."),
            f"name it: {option('value', unclear[0])}" if unclear else "name it: --map value=COLUMN",
        )
    bare = [
        name for name in values
        if not columns.figures[name].model_dump(exclude_defaults=True, exclude={"unit"})
    ]  # fmt: skip
    if len(bare) > 1:
        raise seen.fail(
            f"found several columns that may hold the value: {', '.join(map(repr, bare))}.",
            f"choose: {option('value', bare[0])}",
        )
    named = any(columns.figures[name].indicator for name in values)
    for name in values:
        figure = columns.figures[name]
        if named and figure.indicator is None and name not in columns.fates:
            # Beside a column that names its indicator this one may be another, or a count.
            columns.doubt(
                seen, name, f"the heading {name!r} names no indicator, as others do",
                option("unread", name), option("value", name),
            )  # fmt: skip
            del columns.figures[name]
    for name in unclear:
        columns.doubt(
            seen, name,
            f"the column {name!r} holds numbers that nothing names",
            option("unread", name), option("value", name),
        )  # fmt: skip


def _consecutive(cells: Sequence[str]) -> bool:
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    return (
        bool(numbers)
        and len(numbers) == len(cells)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def some_of(cells: Iterable[str]) -> str:
    """The first few of some texts, quoted, and how many more there are."""
    listed = list(dict.fromkeys(cells))
    more = f" and {len(listed) - 4} more" if len(listed) > 4 else ""
    return ", ".join(repr(cell[:40]) for cell in listed[:4]) + more


def is_numeric(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells with anything in them are numbers, or all are symbols."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and 2 * sum(map(is_number, filled)) >= len(filled)


@functools.lru_cache(maxsize=100_000)
def is_number(cell: str) -> bool:
    """Whether a cell is a number, with or without a per cent sign or a footnote mark."""
    if not cell or cell in SYMBOLS or not _DIGIT.search(cell):
        return False
    try:
        parse(bare_number(cell).removesuffix("%").strip(), {})
    except ValueError:
        return False
    return True


_DIGIT = re.compile(r"\d")

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
    overrides: Overrides,
    file: str,
    usual: Mapping[str, Usual] | None = None,
) -> Proposal:
    """How one table may be read.

    Args:
        grid: The table.
        registers: Areas, indicators and breakdowns.
        overrides: What its reader says about it.
        file: Its name, for messages, and for the year where nothing else names one.
        usual: What each indicator's figures usually are.

    Raises:
        LayoutError: It cannot be understood; which option would help is said.
        ParameterError: An override names what the table has not.
    """
    rows = grid.table.rows
    width = max((len(row) for row in rows), default=0)
    cells = [[*(plain(text(c)) for c in row), *[""] * (width - len(row))] for row in rows]
    seen = ExaminedTable(grid, registers, overrides, file, cells, width, usual or {})
    across = _heading_rows(seen)
    _rows_of_figures(seen)
    context = _context(seen)
    columns = columns_of(seen, context, across=across)
    return _Proposing(seen, columns, context).proposal()


# --- where the headings stand -------------------------------------------------------------------


def _mapped_header(seen: ExaminedTable) -> int | None:
    """The row that --map header= names, counted from 0; None without one."""
    mapped = seen.overrides.last("header")
    if mapped is None:
        return None
    if not mapped.isdecimal() or not 1 <= int(mapped) <= min(len(seen.cells), DEEPEST):
        raise ParameterError(f"found header={mapped!r}, expected the number of a row of the table.")
    return int(mapped) - 1


def _mapped_labels(seen: ExaminedTable) -> dict[Label, str]:
    """The columns of labels that --map names."""
    labels: dict[Label, str] = {}
    for name, label in LABELS.items():
        mapped = seen.overrides.last(name)
        if mapped is None or (name == "unit" and mapped in UNITS):
            continue
        if name in ("indicator", "council") and position_of(seen, mapped) is None:
            continue  # the name of an indicator, or of the one council
        labels[label] = column_of(seen, mapped)
    return labels


def _heading_rows(seen: ExaminedTable) -> bool:
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
    mapped = _mapped_header(seen)
    if max(in_rows, in_columns) == nothing:
        said = [
            column
            for row in seen.cells[:DEEPEST]
            for column, cell in enumerate(row)
            if AREA_HEADING.fullmatch(cell)
        ]
        if said:
            best_column, in_rows = said[0], (1, 1)
        elif whole is None and seen.overrides.provisional:
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
        last = mapped if mapped is not None else best_row
    else:
        names = best_column if in_rows > nothing else None
        last = mapped if mapped is not None else _header_row(seen, names)
    seen.header = last
    depth = 1 if across else _depth(seen, last)
    _headed(seen, last, depth)
    while not _distinct(seen) and depth < 4 and depth <= last:
        depth += 1
        _headed(seen, last, depth)
    if not _distinct(seen):
        _headed(seen, last, 1)
    return across


def _areas_in(seen: ExaminedTable, cells: Iterable[str]) -> tuple[int, int]:
    """How many councils, and how many areas of any kind, some cells name."""
    areas = {area for cell in cells if (area := seen.area(cell))}
    return sum(area in seen.registers.councils for area in areas), len(areas)


def _without_year(cell: str) -> str:
    """A heading such as "Devon 2018-19" or "Devon (2018/19)" without its year."""
    return re.sub(r"[(,|]?\s*\b20\d\d\s?(?:[-/]|to)\s?(?:20)?\d\d\)?", "", cell).strip()


def _header_row(seen: ExaminedTable, column: int | None) -> int:
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
        filled = [cell for cell in cells[row] if cell]
        if any(is_number(cell) and not _calendar(cell) for cell in filled) and candidates:
            break
        if len(filled) >= min(2, seen.width) and not any(_figure_like(cell) for cell in filled):
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


_HEADING_WORDS = re.compile(
    r"council|authorit|area|\bla\b|code|year|period|indicator|measure|value|outcome|numerator|denominator|%|score|rate"
    r"|result|figure|target|england|\bage|\bsex|total|average|rank|number|name|title|quarter|group|margin|respondents",
    re.IGNORECASE,
)


def _heading_score(seen: ExaminedTable, row: int) -> int:
    return sum(
        1
        for cell in seen.cells[row]
        if cell and (_HEADING_WORDS.search(cell) or years_in(cell) or mentioned(cell, seen.registers.indicators)
                     or groups_in(cell, seen.registers.indicators))
    )  # fmt: skip


def _depth(seen: ExaminedTable, last: int) -> int:
    """How many rows of headings: one directly above that reaches over columns is one of them."""
    depth = 1
    while depth < 4 and last - depth >= 0:
        row = seen.cells[last - depth]
        filled = [c for c, cell in enumerate(row) if cell]
        if (
            not filled
            or any(_figure_like(row[c]) for c in filled)
            or (len(filled) == 1 and filled[0] == 0)
        ):
            break
        if seen.cells[last][0] and row[0] and len(filled) < 2:
            break
        depth += 1
    return depth


def _headed(seen: ExaminedTable, last: int, depth: int) -> None:
    seen.header, seen.depth = last, depth
    seen.names = headings(seen.grid.table.rows, last, depth, seen.width)
    seen.body = [r for r in range(last + 1, len(seen.cells)) if sum(map(bool, seen.cells[r])) > 1]


def _distinct(seen: ExaminedTable) -> bool:
    """Whether the headings tell the columns with numbers apart."""
    names = [n for c, n in enumerate(seen.names) if any(seen.column(c))]
    numeric = [
        n
        for c, n in enumerate(seen.names)
        if c and n.startswith("[") and any(map(is_number, seen.column(c)))
    ]
    return len(set(names)) == len(names) and not numeric


def _rows_of_figures(seen: ExaminedTable) -> None:
    """Leave notes beneath the table out of what its columns are judged by."""
    last = next(
        (r for r in reversed(seen.body) if any(_figure_like(c) for c in seen.cells[r] if c)), None
    )
    if last is not None:
        seen.body = [r for r in seen.body if r <= last]


def _context(seen: ExaminedTable) -> list[Indicator]:
    """The indicator that the table as a whole is about, where its words or its reader name one."""
    mapped = seen.overrides.last("indicator")
    year = seen.overrides.year or seen.year_said()
    indicators = seen.registers.indicators
    if mapped is not None and not any(mapped.casefold() == n.casefold() for n in seen.names):
        try:
            return [indicators.find(mapped, year)]
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

    seen: ExaminedTable
    columns: ProposedColumns
    context: list[Indicator]
    fates: list[Fate] = field(default_factory=list)
    matched: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    skip: list[str] = field(default_factory=list)
    skip_codes: list[str] = field(default_factory=list)
    labels: dict[tuple[str, FinancialYear], IndicatorLabel | None] = field(default_factory=dict)

    def proposal(self) -> Proposal:
        """The layout to propose, with the fate of everything."""
        seen, columns = self.seen, self.columns
        self.skip = [*columns.skip, *(w for w in seen.overrides.of("skip") if w != _OTHER_CODES)]
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
        title = next(iter(seen.titles()), "")
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
        if seen.overrides.year is not None:
            return seen.overrides.year
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
            if seen.overrides.provisional:
                raise seen.fail("found no column 'year'; give one, or --year.", "--year 2025-26")
            raise seen.fail("does not say which year it is about.", "--year YEAR, as 2010-11")
        return said

    def _indicator(self, year: FinancialYear) -> str | None:
        """The indicator of the columns that name none."""
        seen, columns = self.seen, self.columns
        if "indicator" in columns.labels:
            return None
        mapped = seen.overrides.last("indicator")
        named = {f.indicator for f in columns.figures.values() if f.indicator}
        if mapped is not None:
            return seen.registers.indicators.find(mapped, year).indicator_id
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
        if seen.overrides.provisional:
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
        unread = "notes" in seen.overrides.of("unread")
        texts = [*above, *((t, "") for t in (seen.grid.sheet or "", seen.file.rpartition(".")[0]))]
        for number, (cell, place) in enumerate(texts):
            kind = "title" if number < len(above) else ("sheet" if number == len(above) else "file")
            written = without_titles(cell.replace("_", " "), indicators, titles)
            written = written.replace("-", " ") if kind == "file" else written
            groups = [g for g in groups_in(written, indicators, titles) if g.breakdown != "all"]
            part = part_of_year(written)
            other = other_number(written, titles) if kind != "file" else ""
            if other not in ("a target", "a forecast"):
                other = ""
            if unread or seen.overrides.last("breakdown") or not (part or groups or other):
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
        asked = seen.overrides.last("hidden")
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
        if "notes" in seen.overrides.of("unread") or words in self.skip:
            return
        indicators = seen.registers.indicators
        titles = [t for e in self._concerned() for t in (e.title, e.short_title)]
        written = without_titles(words, indicators, titles)
        groups = [g for g in groups_in(written, indicators, titles) if g.breakdown != "all"]
        part = part_of_year(written)
        other = other_number(written, titles)
        within = row < last
        years = years_in(words) if within else set()
        says = (
            (f"a part of a year ({part!r})" if part else "")
            or (f"the group {groups[0].words!r}" if groups else "")
            or (other if within or other == "a forecast" else "")
            or ("another year" if years - {year} else "the table's year again" if years else "")
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
        known = seen.area(code) if ONS_CODE.fullmatch(code) else None
        known = known or (seen.area(name) if name else None)
        if known:
            areas.setdefault(name or code)
        elif (ONS_CODE.fullmatch(code) and (kind := _foreign_kind(code))) or (
            ONS_CODE.fullmatch(name) and (kind := _foreign_kind(name))
        ):
            foreign[kind].append(row)
        elif COMPARATOR.search(name) and not ONS_CODE.fullmatch(code):
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
        if _OTHER_CODES in self.seen.overrides.of("skip"):
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
        elif "words" in seen.overrides.of("allow"):
            return
        elif label.strange and not any(f.name == printed for f in self.fates):
            self._unknown(
                "rows", printed,
                f"of the label {printed[:70]!r} {some_of(label.strange)} is not understood",
                option("allow", "words"), option("skip", printed), place=seen.at(row),
            )  # fmt: skip

    def _year_of(self, labels: Mapping[str, str], year: FinancialYear) -> FinancialYear:
        return (_year_of_cell(labels["period"]) if labels.get("period") else None) or year

    def _label(self, printed: str, year: FinancialYear) -> IndicatorLabel | None:
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
    ) -> tuple[dict[str, PrintedUnit], dict[str, FigureColumn]]:
        """The scale of each column's percentages, and what is unknown of it."""
        seen, columns = self.seen, self.columns
        mapped = seen.overrides.last("unit") if seen.overrides.last("unit") in UNITS else None
        grouped = self._numbers(indicator, year)
        self._mapped_unit(mapped, grouped)
        figures = dict(columns.figures)
        units: dict[str, PrintedUnit] = {}
        above = seen.above()
        for numbers in grouped.values():
            column = figures[numbers.column]
            stated = column.unit or (unit_of(above) if unit_of(above) != "score" else None)
            unit, fates = scale_of(
                numbers, stated=stated, mapped=mapped, words=f"{numbers.column} {above}",
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

    def _mapped_unit(self, mapped: str | None, grouped: Mapping[tuple[str, str], Numbers]) -> None:
        if mapped is None or not grouped:
            return
        units = {numbers.indicator.unit.value for numbers in grouped.values()}
        if mapped not in units and not (mapped == "fraction" and "per_cent" in units):
            raise ParameterError(
                f"found --map unit={mapped}, but the indicators of this table are in "
                f"{' and '.join(sorted(units))}."
            )

    def _margin(
        self, name: str, column: FigureColumn, figures: Mapping[str, FigureColumn]
    ) -> FigureColumn:
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

    def _in_per_cent(self, column: FigureColumn) -> bool:
        named = column.indicator
        entries = [self.seen.registers.indicators[named]] if named else self._concerned()
        return not self.seen.overrides.last("unit") and any(
            e.unit.value == "per_cent" for e in entries
        )

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
        for mapped in seen.overrides.of("symbol"):
            symbol, _, status = mapped.rpartition("=")
            if status not in list(Status):
                raise ParameterError(
                    f"found symbol={mapped!r}, expected a symbol and one of {', '.join(Status)}.",
                    mend='--map "symbol=-=suppressed"',
                )
            symbols[plain(symbol)] = Status(status)
        return dict(sorted(symbols.items()))


_OTHER_CODES = "other-codes"


@functools.lru_cache(maxsize=1000)
def _year_of_cell(printed: str) -> FinancialYear | None:
    try:
        return FinancialYear.parse(printed)
    except BenchError:
        return None


def _foreign_kind(code: str) -> str | None:
    return next((kind for kind in _FOREIGN if code.startswith(kind)), None)
