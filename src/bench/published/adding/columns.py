"""What each column of a foreign table is: a label, figures, left out by its words, or unknown."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.published.adding.fates import Fate, FateKind, option
from bench.published.adding.header_words import (
    ATTRIBUTE,
    COMPARATOR,
    DIVIDES_PEOPLE,
    DIVIDES_TIME,
    SYMBOLS,
    WHOLE_YEAR,
    Group,
    bare_number,
    counts_people,
    field_of,
    group_named,
    groups_in,
    indicator_of,
    mentioned,
    other_number,
    part_of_year,
    strange_words,
    unit_of,
    without_titles,
    years_in,
)
from bench.published.adding.overrides import MEASURES, Seen, column_of, wished_labels
from bench.published.layouts import Figures
from bench.published.readers.cells import parse
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.published.layouts import Label
    from bench.reference import Indicator

__all__ = ["AREA_HEADING", "Columns", "columns_of", "is_number", "is_numeric", "some_of"]

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
        meaning: year, indicator, breakdown, area and unit, as `Figures` has them.
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
class Columns:
    """The columns of a table, each with its fate."""

    labels: dict[Label, str] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    skip: list[str] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)

    def leave(self, name: str, why: str) -> None:
        """Leave a column out, because its words say why."""
        self.unread.append(name)
        self.fates[name] = Fate("column", name, FateKind.LEFT_OUT, why)

    def doubt(
        self, seen: Seen, name: str, what: str, *maps: str, firm: bool = False, unread: bool = True
    ) -> None:
        """Note that a column is not known, and which options would settle it."""
        if unread:
            self.unread.append(name)
        where = seen.at(seen.header, seen.names.index(name))
        self.fates[name] = Fate("column", name, FateKind.UNKNOWN, what, where, maps, firm)


# --- headings -----------------------------------------------------------------------------------


def heading_of(seen: Seen, name: str, context: Sequence[Indicator], *, across: bool) -> Heading:
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
    strange = strange_words(written, seen.registers.indicators, titles)
    if "breakdown" in meaning and not named:
        strange = []
    return Heading(
        meaning,
        measure,
        _objection(seen, written, titles, years, named, area if not across else None, measure, counted),
        tuple(strange),
    )  # fmt: skip


def _objection(
    seen: Seen,
    written: str,
    titles: Sequence[str],
    years: set[FinancialYear],
    named: Sequence[Group],
    area: str | None,
    measure: str | None,
    counted: bool,
) -> str:
    """Why the numbers under a heading are no council's figures of a year; "" if they may be."""
    if part := part_of_year(written):
        return f"a part of a year ({part!r})"
    if area is not None:
        return f"a number of {seen.registers.councils.areas[area].name}, not of each row's council"
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


def _indicators(seen: Seen, name: str, years: set[FinancialYear]) -> list[Indicator]:
    year = next(iter(sorted(years)), seen.wishes.year)
    indicators = mentioned(name, seen.registers.indicators, year)
    if len(indicators) > 1 and year is None:
        year = seen.year_said()
        indicators = mentioned(name, seen.registers.indicators, year)
    return indicators


def _printed_breakdown(seen: Seen, written: str) -> dict[str, str]:
    for part in re.split(r"[|(),:]| - ", written):
        breakdown = seen.registers.indicators.breakdown(part.strip()) if part.strip() else None
        if breakdown and breakdown != "all":
            return {"breakdown": breakdown}
    return {}


def _area_in(seen: Seen, name: str, *, whole: bool) -> tuple[str | None, str]:
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


def columns_of(seen: Seen, context: Sequence[Indicator], *, across: bool) -> Columns:
    """The fate of every column.

    Args:
        seen: The table, its headings found.
        context: The indicators that the table as a whole is about.
        across: Whether areas stand in the headings.

    Raises:
        LayoutError: There is no column of areas, of values, or several that may be.
    """
    columns = Columns(labels=wished_labels(seen))
    for wished in seen.wishes.of("unread"):
        if wished != "notes":
            columns.leave(column_of(seen, wished), "as --map unread says")
    wished_values = _wished_figures(seen, columns, context, across=across)
    text: dict[int, Counter[str]] = {}
    numeric: dict[int, list[str]] = {}
    for number, name in enumerate(seen.names):
        cells = [cell for cell in seen.column(number) if cell]
        if name in columns.labels.values() or name in columns.fates:
            continue
        if not cells:
            if seen.wishes.provisional and field_of(name):
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
    unclear = _numeric_columns(seen, columns, numeric, context, wished_values, across=across)
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


def _read_as(seen: Seen, figures: Figures) -> str:
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


def _wished_figures(
    seen: Seen, columns: Columns, context: Sequence[Indicator], *, across: bool
) -> bool:
    """Take the columns that --map names for what it names them; whether it names the value."""
    for measure in MEASURES:
        for wished in seen.wishes.of(measure):
            name = column_of(seen, wished)
            heading = heading_of(seen, name, context, across=across)
            columns.figures[name] = Figures.model_validate(heading.meaning | {"field": measure})
            columns.fates[name] = Fate(
                "column", name, FateKind.READ, f"{_read_as(seen, columns.figures[name])}, as --map says"
            )  # fmt: skip
    return bool(seen.wishes.of("value"))


def _area_columns(seen: Seen, columns: Columns, text: dict[int, Counter[str]]) -> None:
    """The column of the councils' names and that of their codes; the other ones beside them."""
    names: dict[int, int] = {}
    codes: dict[int, int] = {}
    for number, cells in text.items():
        coded = sum(n for cell, n in cells.items() if _CODE.fullmatch(cell))
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


_CODE = re.compile(r"[A-Z]\d{8}")


def _area_column(
    seen: Seen,
    columns: Columns,
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
    seen: Seen,
    columns: Columns,
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
        named = label == "indicator" and seen.wishes.one("indicator") is not None
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


def _label_by_words(seen: Seen, columns: Columns, name: str, cells: Counter[str]) -> Label | None:
    """The label that a column is, by its heading or by what stands in all its cells."""
    last = name.rpartition(" | ")[2]
    if all(_is_year(cell) for cell in cells):
        return "period"
    if all(cell.casefold() in _MEASURE_WORDS or _other_kind(cell) for cell in cells) and any(
        cell.casefold() in _MEASURE_WORDS for cell in cells
    ):
        return "measure_type"
    resolved = sum(n for cell, n in cells.items() if names_indicator(seen, cell))
    wished = seen.wishes.one("indicator") is not None and "indicator" not in columns.labels
    if wished and (2 * resolved > cells.total() or re.fullmatch(_INDICATOR, last, re.IGNORECASE)):
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


def _is_year(cell: str) -> bool:
    try:
        FinancialYear.parse(cell)
    except BenchError:
        return False
    return True


def names_indicator(seen: Seen, cell: str) -> bool:
    """Whether a cell names an indicator of the register, by code or title of any year."""
    indicators = seen.registers.indicators
    if cell in indicators or mentioned(cell, indicators):
        return True
    for year in {FinancialYear.parse("2024-25"), *years_in(" ".join(seen.cells[0]))}:
        try:
            indicator_of(cell, indicators, year)
        except ValueError:
            continue
        return True
    return False


def _speaks(seen: Seen, cells: Iterable[str]) -> bool:
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


def _divides_time(seen: Seen, columns: Columns, name: str, cells: Counter[str]) -> bool:
    parts = [cell for cell in cells if part_of_year(cell) and len(cell.split()) <= 5]
    if not DIVIDES_TIME.search(name) and 2 * len(parts) <= len(cells):
        return False
    if all(WHOLE_YEAR.fullmatch(cell) or _is_year(cell) for cell in cells):
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


def _group_cells(seen: Seen, name: str, cells: Counter[str]) -> dict[str, str | None] | None:
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


def _dividing(seen: Seen, columns: Columns, dividing: dict[int, dict[str, str | None]]) -> None:
    """The columns that divide people: one may become the breakdown, and none is overlooked."""
    parted: list[str] = []
    for number, groups in dividing.items():
        name = seen.names[number]
        if set(groups.values()) == {"all"}:  # nothing to skip or to tell apart
            columns.leave(name, "says everybody in every row")
            continue
        skipped = seen.wishes.of("skip")
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


def _second(seen: Seen, columns: Columns, label: Label, name: str, cells: Counter[str]) -> None:
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
    seen: Seen,
    columns: Columns,
    numeric: dict[int, list[str]],
    context: Sequence[Indicator],
    wished_values: bool,
    *,
    across: bool,
) -> list[str]:
    """The columns of numbers; returns those that nothing names."""
    unclear: list[str] = []
    hidden = set(seen.grid.hidden_columns) if seen.wishes.one("hidden") != "read" else set()
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
        elif wished_values and heading.field in (None, "value"):
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
            columns.figures[name] = Figures.model_validate(
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


def _settle(seen: Seen, columns: Columns, unclear: list[str]) -> None:
    """Refuse a table without a value, or with two columns that may be it.

    Raises:
        LayoutError: There is no value, or there are several that may be it.
    """
    counts = {n for n, f in columns.figures.items() if f.field in ("numerator", "denominator")}
    values = [name for name, figure in columns.figures.items() if figure.field == "value"]
    fields = {columns.figures[name].field for name in counts}
    made = seen.wishes.provisional and fields == {"numerator", "denominator"}
    if not values and not made:
        left = [
            f"{fate.name!r} is {fate.words}" for fate in columns.fates.values()
            if fate.kind is FateKind.LEFT_OUT and fate.words.startswith(("a ", "of ", "in ", "hidden", "another"))
        ]  # fmt: skip
        what = "found no column of values"
        if seen.wishes.provisional:
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
