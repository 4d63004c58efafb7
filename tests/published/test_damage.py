"""Damaged files: each is read to exactly the right figures, or refused with the place.

A swap of two columns of numbers, or another number in a cell, cannot be seen by any reader: there
the figures that are expected change alike.
"""

import csv
import hashlib
import io
import os
import re
from pathlib import Path

import pandas as pd
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.published import build, layouts, sources
from bench.published.adding import detect
from bench.published.adding.overrides import Overrides
from bench.published.readers.cells import Maturity
from bench.reference.periods import FinancialYear

from . import shapes
from .shapes import RefusedError, expected

ROOT = Path(__file__).parents[2]
RAW = Path(os.environ.get("BENCH_RAW", ROOT.parent / "shared" / "published"))
REGISTERS = sources.reference(ROOT)
LAYOUTS = layouts.read(ROOT / "data" / "reference")
CASES = 50  # of each of the five shapes, through either door
FEW = 15  # the first of them
SEEDED = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
NI_130 = layouts.MatrixLayout.model_validate(
    {
        "kind": "matrix",
        "labels": {"area_name": "Local authority"},
        "figures": {
            "Numerator": {"field": "numerator"},
            "Denominator": {"field": "denominator"},
            "NI 130 (%)": {},
        },
        "indicator": "ni_130",
        "unit": "per_cent",
        "symbols": {"": "not_available", "[c]": "suppressed"},
    }
)
KNOWN = LAYOUTS.layouts | {"ni_130": NI_130}
PLACE = re.compile(
    r"line \d+|![A-Z]+\d+|sheet|found no|column|cell|unpacks|cut short|opened|damaged|layouts"
)
FIELDS = ["value", "numerator", "denominator", "respondents", "margin"]


def cassr_of():
    names = ("Somerset", "Leeds", "Barnet")
    return {name: REGISTERS.councils.find(name).spans[-1].cassr_code for name in names}


def originals():
    """The shapes cut from the publisher's files where these are at hand, else made by hand."""
    made = shapes.by_hand(cassr_of())
    codes = {"E92000001", "E08000035", "E10000027", "E12000009"}

    def cut(shape, rows):
        ons = next(n for n, name in enumerate(rows[0]) if name.startswith("ONS"))
        group = next(n for n, name in enumerate(rows[0]) if name.endswith(("Group", "Group ")))
        few = [row for row in rows[1:] if row[ons] in codes and row[group] in ("1A", "1B")]
        return shape.with_rows([rows[0], *few[:150]])

    for name, file in (("csv_2014", "ascof-2014-15.csv"), ("csv_2016", "ascof-2018-19.csv")):
        path = next(RAW.rglob(file), None) if RAW.is_dir() else None
        if path:
            text = path.read_bytes().decode("cp1252")
            made[f"{name}, published"] = cut(made[name], list(csv.reader(io.StringIO(text))))
    path = next(RAW.rglob("ascof-2024-25-time-series.ods"), None) if RAW.is_dir() else None
    if path:
        sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("Table_3a")
        rows = [
            [f"{c:.10g}" if isinstance(c, float) else str(c) for c in row]
            for row in sheet.to_python()
        ]
        start = next(n for n, row in enumerate(rows) if "ONS area code" in row)
        rows = [rows[0], *rows[start : start + 12]]
        made["time_series, published"] = made["time_series"].with_rows(rows, header=1)
    return made


SHAPES = originals()


# --- what a label stands for, in the plainest way ------------------------------------------------


def key_of_long(shape, cells):
    names = {name.replace(" ", "").casefold(): cell for name, cell in cells.items()}
    ons = names.get("onsareacode") or names["onscode"]
    year = FinancialYear.parse(shape.year)
    yield (
        (
            REGISTERS.indicators.match_code(names["measuregroup"], year).indicator_id,
            REGISTERS.indicators.breakdown(names["disaggregationlevel"]),
            REGISTERS.councils.match(ons_code=ons),
            shape.year,
        ),
        shapes.WORDS_OF_FIELDS[names["measuretype"].casefold()],
        names["measurevalue"],
    )


def key_of_wide(shape, cells):
    area_id = REGISTERS.councils.match(
        ons_code=cells["ONS area code"], name=cells["Local authority"]
    )
    for name, printed in cells.items():
        if match := re.fullmatch(r"(\d{4} to \d{4}) - (.+)", name):
            period = str(FinancialYear.parse(match[1]))
            key = ("control_over_daily_life", "all", area_id, period)
            yield key, shapes.WORDS_OF_FIELDS[match[2]], printed


def key_of_ni_130(shape, cells):
    area_id = REGISTERS.councils.match(name=cells["Local authority"])
    for name, field in zip(NI_130.figures, ("numerator", "denominator", "value"), strict=True):
        if name in cells:
            yield ("ni_130", "all", area_id, "2010-11"), field, cells[name]


KEYS = {"ni_130": key_of_ni_130, "time_series": key_of_wide}


def truth(shape):
    return expected(shape, KEYS.get(shape.name, key_of_long))


# --- damage ---------------------------------------------------------------------------------------

READ, REFUSE, EITHER = "read", "refuse", "either"
HOSTILE = [
    "n/a",
    "see note",
    "[u]",
    "=1+1",
    "NaN",
    "inf",
    "1e400",
    "9" * 400,
    "12,34",
    "٣",
    "-",
    "☃",
]


def body(shape):
    return range(shape.header + 1, len(shape.rows))


def cut_rows(shape, draw):
    kept = draw(st.lists(st.sampled_from(list(body(shape))), unique=True))
    rows = [row for n, row in enumerate(shape.rows) if n <= shape.header or n in kept]
    return shape.with_rows(rows), READ


def swap_rows(shape, draw):
    order = draw(st.permutations(list(body(shape))))
    return shape.with_rows([*shape.rows[: shape.header + 1], *(shape.rows[n] for n in order)]), READ


def repeat_a_row(shape, draw):
    again = draw(st.sampled_from(list(body(shape))))
    return shape.with_rows([*shape.rows, shape.rows[again]]), REFUSE


def swap_columns(shape, draw):
    order = draw(st.permutations(range(len(shape.rows[0]))))
    return shape.with_rows([[row[n] for n in order] for row in shape.rows]), READ


def swap_two_columns_of_cells(shape, draw):
    """The cells change place and their headings do not: what is expected changes alike."""
    figures = figure_columns(shape)
    if len(figures) < 2:
        return shape, READ
    one, other = draw(st.permutations(figures))[:2]
    rows = [list(row) for row in shape.rows]
    for n in body(shape):
        rows[n][one], rows[n][other] = rows[n][other], rows[n][one]
    return shape.with_rows(rows), READ


def drop_a_column(shape, draw):
    gone = draw(st.integers(0, len(shape.rows[0]) - 1))
    rows = [[c for n, c in enumerate(row) if n != gone] for row in shape.rows]
    wide = shape.file.endswith(".ods")
    return shape.with_rows(rows), READ if wide and gone in figure_columns(shape) else REFUSE


def rename_a_column(shape, draw):
    n = draw(st.integers(0, len(shape.rows[0]) - 1))
    name = draw(st.sampled_from(["", "Value", "Notes", "2031", "=1+1"]))
    return with_cell(shape, shape.header, n, name), REFUSE


def repeat_a_heading(shape, draw):
    one, other = draw(st.permutations(range(len(shape.rows[0]))))[:2]
    return with_cell(shape, shape.header, one, shape.rows[shape.header][other]), REFUSE


def titles_above(shape, draw):
    width = len(shape.rows[0])
    titles = draw(st.integers(1, 3))
    rows = [["Adult social care outcomes", *[""] * (width - 1)]] * titles
    found = shape.with_rows([*rows, *shape.rows], header=shape.header + titles)
    return found, READ if shape.name in KEYS else REFUSE


def hostile_figure(shape, draw):
    row, column = (
        draw(st.sampled_from(list(body(shape)))),
        draw(st.sampled_from(figure_columns(shape))),
    )
    return with_cell(shape, row, column, draw(st.sampled_from(HOSTILE))), REFUSE


def another_number(shape, draw):
    """Nobody can see this one: the expected figure is the other number."""
    row, column = (
        draw(st.sampled_from(list(body(shape)))),
        draw(st.sampled_from(figure_columns(shape))),
    )
    other = draw(st.sampled_from(["0", "12.5", "99.9", "100000000000000", "51230", "3.0"]))
    return with_cell(shape, row, column, other), READ


def a_symbol(shape, draw):
    row, column = (
        draw(st.sampled_from(list(body(shape)))),
        draw(st.sampled_from(figure_columns(shape))),
    )
    return with_cell(shape, row, column, draw(st.sampled_from(sorted(shape.symbols)))), READ


def hostile_label(shape, draw):
    """A label that says nothing is read by its neighbours, or the row is refused."""
    labels = sorted(set(range(len(shape.rows[0]))) - set(figure_columns(shape)))
    row, column = draw(st.sampled_from(list(body(shape)))), draw(st.sampled_from(labels))
    other = draw(st.sampled_from(["Atlantis", "", "=1+1", "NaN", "E06999999", "9" * 30, "\t"]))
    return with_cell(shape, row, column, other), EITHER


DAMAGE = [
    cut_rows, swap_rows, repeat_a_row, swap_columns, swap_two_columns_of_cells, drop_a_column,
    rename_a_column, repeat_a_heading, titles_above, hostile_figure, another_number, a_symbol,
    hostile_label,
]  # fmt: skip


def figure_columns(shape):
    header = shape.rows[shape.header]
    return [
        n
        for n, name in enumerate(header)
        if name.replace(" ", "").casefold() == "measurevalue"
        or re.match(r"\d{4} to \d{4} - ", name)
        or name in NI_130.figures
    ]


def with_cell(shape, row, column, cell):
    rows = [list(cells) for cells in shape.rows]
    rows[row][column] = cell
    return shape.with_rows(rows)


def damage_of_bytes(content, draw):
    """Bytes gone, changed or written anew in another encoding."""
    kind = draw(st.sampled_from(["cut", "flipped", "utf-16", "utf-8 with a mark", "empty"]))
    if kind == "empty":
        return b""
    at = int(draw(st.floats(0, 1, exclude_max=True)) * len(content))
    if kind == "cut":
        return content[:at]
    if kind == "flipped":
        return content[:at] + bytes([content[at] ^ draw(st.integers(1, 255))]) + content[at + 1 :]
    if content.startswith(b"PK"):
        return content + b"after the end"
    encoding = {"utf-16": "utf-16", "utf-8 with a mark": "utf-8-sig"}[kind]
    return content.decode("cp1252").encode(encoding)


ORIGINAL = {name: shape.content() for name, shape in SHAPES.items()}


# --- the two doors --------------------------------------------------------------------------------


def by_layout(shape, content):
    release = sources.Release(
        id="damaged", title="Damaged", publisher="Nobody", landing_page="nowhere", licence="None",
        published="2030", provenance="made for a test", file=shape.file, sha256="0",
        layout=shape.layout, framework_year=shape.year, maturity=Maturity.FINAL,
    )  # fmt: skip
    return build.tidy(content, release, layout=KNOWN[shape.layout], registers=REGISTERS, patches=())


def by_content(shape, content):
    made = detect.recognise(
        content,
        "own.dat",
        layouts=LAYOUTS,
        registers=REGISTERS,
        overrides=Overrides(year=FinancialYear.parse(shape.year)),
    )
    if made.refused:
        raise made.refused
    return made.figures


def as_dict(figures):
    found = {}
    for row in figures.to_dict("records"):
        key = (row["indicator_id"], row["breakdown"], row["area_id"], row["period"])
        found[key] = {f: row[f] for f in FIELDS if not pd.isna(row[f])} | {"status": row["status"]}
    return found


def plain(figures):
    return {
        key: {name: value for name, value in figure.items() if value is not None}
        for key, figure in figures.items()
    }


def outcome(door, shape, content):
    """The figures, or None for a refusal that names the place; anything else is a failure."""
    try:
        return as_dict(door(shape, content))
    except BenchError as error:
        refusal = str(error)
    assert PLACE.search(refusal), refusal
    return None


def state():
    paths = sorted(p for p in (ROOT / "data").rglob("*") if p.is_file())
    return hashlib.sha256(b"".join(p.read_bytes() for p in paths)).hexdigest(), len(paths)


@pytest.fixture(scope="module", autouse=True)
def _data_is_left_alone():
    before = state()
    yield
    assert state() == before


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("door", [by_layout, by_content])
def test_the_undamaged_file_is_read(name, door):
    shape = SHAPES[name]
    assert as_dict(door(shape, shape.content())) == plain(truth(shape))
    assert len(truth(shape)) >= 6


FAMILIES = ["ni_130", "csv_2014", "csv_2016", "workbook_2020", "time_series"]


@pytest.mark.parametrize("family", FAMILIES)
@settings(SEEDED, max_examples=FEW)
@given(data=st.data())
def test_a_damaged_table_is_read_rightly_or_refused(family, data):
    read_rightly_or_refused(family, data)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@settings(SEEDED, max_examples=CASES)
@given(data=st.data())
def test_many_damaged_tables_are_read_rightly_or_refused(family, data):
    read_rightly_or_refused(family, data)


def read_rightly_or_refused(family, data):
    names = [name for name in SHAPES if name.startswith(family)]
    shape = SHAPES[data.draw(st.sampled_from(names))]
    change = data.draw(st.sampled_from(DAMAGE))
    damaged, fate = change(shape, data.draw)
    try:
        right = plain(truth(shape if fate == EITHER else damaged)) if fate != REFUSE else None
    except RefusedError:
        right = None
    content = damaged.content()
    found = outcome(by_layout, shape, content)
    assert found == right or (fate == EITHER and found is None), change.__name__
    # The door that is told nothing may do better, by a proposal; it may never do otherwise.
    proposed = outcome(by_content, shape, content)
    if proposed is not None and fate != EITHER:
        assert proposed in lenient(shape, damaged, change, right), change.__name__
    elif proposed is not None:
        assert proposed == right


def lenient(shape, damaged, change, right):
    """What a table may mean to somebody who looks at it, though its layout refuses it.

    Where a heading is gone, so may be the counts beneath it.
    """
    if right is not None:
        return [right]
    whole = plain(truth(shape))
    if change is titles_above:
        return [whole]
    if change not in (rename_a_column, drop_a_column):
        return []
    parts = [
        {key: {n: v for n, v in figure.items() if n != field} for key, figure in whole.items()}
        for field in FIELDS[1:]
    ]
    return [whole, *parts]


@pytest.mark.parametrize("family", FAMILIES)
@settings(SEEDED, max_examples=20)
@given(data=st.data())
def test_damaged_bytes_are_read_rightly_or_refused(family, data):
    shape = SHAPES[family]
    content = damage_of_bytes(ORIGINAL[family], data.draw)
    for door in (by_layout, by_content):
        found = outcome(door, shape, content)
        if found is None:
            continue
        if shape.file.endswith((".xlsx", ".ods")):
            assert found == plain(truth(shape))
            continue
        encodings = ("utf-16", "utf-8-sig", "cp1252") if door is by_content else (shape.encoding,)
        encoding = next(e for e in encodings if decodes(content, e))
        text = content.decode(encoding).removeprefix("\ufeff")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        # A byte of a label that its neighbours make up for leaves the figures as they were.
        assert found in (plain(truth(shape)), plain_or_nothing(shape.with_rows(rows)))


def plain_or_nothing(shape):
    try:
        return plain(truth(shape))
    except (RefusedError, AttributeError, KeyError):
        return None


def decodes(content, encoding):
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return encoding != "utf-16" or content.startswith((b"\xff\xfe", b"\xfe\xff"))
