"""How a table in no known layout may be read: a proposal that a person then agrees to.

Enters: the rows of one sheet or text, the registers, and what the reader of the file wishes.
Leaves: a `MatrixLayout` with the year it is about; the reader of that layout has the last word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.published.columns import figures_of, is_number, is_numeric, label_by_content
from bench.published.constants import Proposal, whole_table
from bench.published.labels import printed_code, text
from bench.published.layouts import Figures
from bench.published.matrix import DEEPEST, headings
from bench.published.wishes import Grid, Seen, Wishes, column_of, wished_header, wished_labels
from bench.published.wording import GROUP, SYMBOLS, not_a_figure, years_in

if TYPE_CHECKING:
    from bench.published.layouts import Label
    from bench.registers import Registers

__all__ = ["Proposal", "propose"]


def propose(grid: Grid, registers: Registers, wishes: Wishes, file: str) -> Proposal:
    """How one table may be read.

    Raises:
        LayoutError: It cannot be understood; which option would help is said.
        ParameterError: A wish names what the table has not.
    """
    rows = grid.table.rows
    width = max((len(row) for row in rows), default=0)
    cells = [[*map(text, row), *[""] * (width - len(row))] for row in rows]
    seen = Seen(grid, registers, wishes, file, cells, width)
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


def _councils_down(seen: Seen, column: int) -> Proposal:
    hits = [r for r, row in enumerate(seen.cells) if seen.area(row[column])]
    last = wished_header(seen)
    if last is None:
        # A row with a figure in it is no heading: it may be one whose council is not known.
        above = [
            r
            for r in range(hits[0])
            if sum(map(bool, seen.cells[r])) >= min(2, seen.width)
            and not any(cell and (is_number(cell) or cell in SYMBOLS) for cell in seen.cells[r])
        ]
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
    figures, value_names = figures_of(seen, {*labels.values(), *unread})
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
    return whole_table(seen, labels, figures, value_names, unread, skip, matched, unmatched)


def _headed(seen: Seen, last: int, depth: int) -> None:
    seen.header, seen.depth = last, depth
    seen.names = headings(seen.grid.table.rows, last, depth, seen.width)
    seen.body = [r for r in range(last + 1, len(seen.cells)) if sum(map(bool, seen.cells[r])) > 1]


def _distinct(seen: Seen) -> bool:
    """Whether the headings tell the columns with numbers apart."""
    names = [n for c, n in enumerate(seen.names) if any(seen.column(c))]
    numeric = [n for c, n in enumerate(seen.names) if is_numeric(seen.column(c))]
    return len(set(names)) == len(names) and not any(n.startswith("[") for n in numeric)


def _labels_down(seen: Seen) -> tuple[dict[Label, str], list[str]]:
    labels = wished_labels(seen)
    unread: list[str] = [column_of(seen, name) for name in seen.wishes.of("unread")]
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
            label_by_content(seen, labels, number, held)
    if areas and "area_name" not in labels:
        best = max(areas, key=lambda number: areas[number])
        labels["area_name"] = seen.names[best]
    if "area_name" not in labels and "ons_code" not in labels:
        raise seen.fail("found no column of councils.", "--map council=COLUMN")
    return labels, unread


def _councils_across(seen: Seen, header: int) -> Proposal:
    _headed(seen, wished_header(seen) or header, 1)
    labels = wished_labels(seen)
    areas: dict[str, Figures] = {}
    unread: list[str] = [column_of(seen, name) for name in seen.wishes.of("unread")]
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
        elif name in seen.wishes.of("skip") or (GROUP.search(name) and is_numeric(held)):
            skip.append(name)
        elif is_numeric(held) and not not_a_figure(name):
            unmatched.append(name)
        else:
            before = len(labels)
            label_by_content(seen, labels, number, held)
            if len(labels) == before:
                unread.append(name)
    if "indicator" not in labels and seen.wishes.one("indicator") is None:
        raise seen.fail("found no column of indicators.", "--map indicator=COLUMN")
    skip += [name for name in seen.wishes.of("skip") if name not in skip]
    matched = list(areas)
    return whole_table(seen, labels, areas, list(areas), unread, skip, matched, unmatched)
