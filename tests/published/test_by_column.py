"""The quick reading of a regular CSV gives what the strict one gives, and leaves it all others."""

import numpy as np
import pytest

from bench.errors import LayoutError
from bench.published.readers import long
from bench.published.readers.containers import csv_table

HEADER = b"Area,Value,Note\r\n"


def cells(columns):
    held = {
        at: np.array(coded.distinct, dtype=object)[coded.codes].tolist()
        for at, coded in columns.cells.items()
    }
    places = [columns.place(row, 0) for row in range(1, columns.rows + 1)]
    return list(columns.header), held, places


@pytest.mark.parametrize(
    ("why", "body", "quick"),
    [
        ("plain", b"Leeds,79.9,x\r\nKent,c,\r\n", True),
        ("a comma in quotes", b'"Bristol, City of","5,210",x\r\n', True),
        ("quotes in quotes", b'"the ""old"" one",1,x\r\n', True),
        ("empty quotes", b'"",1,""\r\n', True),
        ("spaces stay", b" Leeds ,  ,x\r\n", True),
        ("no line break at the end", b"Leeds,1,x", True),
        ("line feeds only", b"Leeds,1,x\nKent,2,y\n", True),
        ("no ASCII", "Leeds,1,\u2013\r\n".encode("cp1252"), True),
        ("words that others take for missing", b"NA,null,NaN\r\n", True),
        ("a line break in quotes", b'"Leeds\r\nand more",1,x\r\nKent,2,y\r\n', False),
        ("carriage returns only", b"Leeds,1,x\rKent,2,y\r", True),
    ],
)
def test_both_ways_of_reading_agree(why, body, quick):
    wanted = frozenset({"Area", "Value", "Note"})
    content = HEADER + body
    strict = long.columns_of(csv_table(content, "cp1252", "f.csv"), "f.csv", wanted=wanted)
    text = content.decode("cp1252")
    regular = long._regular_columns(text, text.encode(), wanted)
    assert (regular is not None) == quick, why
    assert cells(regular or strict) == cells(strict), why
    assert cells(long.csv_columns(content, "cp1252", "f.csv", wanted=wanted)) == cells(strict)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-16-le", ","), ("utf-16", ","), ("utf-8", "\t"), ("cp1252", ";")],
)
def test_other_encodings_and_delimiters_are_read_alike(encoding, delimiter):
    text = (HEADER + b"Leeds,79.9,x\r\n").decode().replace(",", delimiter)
    columns = long.csv_columns(
        text.encode(encoding),
        encoding,
        "f.csv",
        wanted=frozenset({"Area", "Value"}),
        delimiter=delimiter,
    )
    assert cells(columns) == (["Area", "Value", "Note"], {0: ["Leeds"], 1: ["79.9"]}, ["line 2"])


def test_only_wanted_columns_are_read():
    columns = long.csv_columns(
        HEADER + b"Leeds,1,x\r\n", "utf-8", "f.csv", wanted=frozenset({"Value"})
    )
    assert cells(columns) == (["Area", "Value", "Note"], {1: ["1"]}, ["line 2"])


@pytest.mark.parametrize(
    ("why", "body", "message"),
    [
        ("a stray quote", b'"Leeds"x,1,y\r\n', "line 2: ',' expected after '\"'"),
        ("an open quote", b'"Leeds,1,y\r\n', "unexpected end of data"),
        ("a short row", b"Leeds,1\r\n", "line 2: found 2 cells, expected 3"),
        ("a long row", b"Leeds,1,x,y\r\n", "line 2: found 4 cells, expected 3"),
        ("an empty line between", b"Leeds,1,x\r\n\r\nKent,2,y\r\n", "line 3: found 0 cells"),
        ("a wrong encoding", b"Leeds,1,\xff\r\n", "line 2: found byte 0xff"),
    ],
)
def test_what_is_irregular_is_refused_with_its_line(why, body, message):
    with pytest.raises(LayoutError) as refused:
        long.csv_columns(HEADER + body, "utf-8", "f.csv", wanted=frozenset({"Area"}))
    assert message in str(refused.value), why


def test_a_workbooks_true_is_not_its_one():
    assert long._coded([1.0, True, "1", True]).distinct == [1.0, True, "1"]
    assert long._coded([1.0, True, "1", True]).codes.tolist() == [0, 1, 2, 1]
