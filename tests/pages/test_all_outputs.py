"""Every output of a council's year, cell by cell: nothing printed is surer than the data.

The same rows leave as JSON, as a frame, as CSV, as two kinds of workbook and as a page. Each is read
as a reader's program reads it, and asked the same four questions.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

import bench
from present.guidance import read_book

AGAINST = ("peers", "england", "previous")
PROBABILITIES = {
    "peers": "Probability, against peers",
    "england": "Probability, against England",
    "previous": "Probability of the change",
}
# What goes up or is better, and what goes down or is worse, in a trend's words and a change's.
UP = {"improving", "getting better", "rising", "better", "higher"}
DOWN = {"worsening", "getting worse", "falling", "worse", "lower"}
CERTAIN = re.compile(
    r"\b(?:0|10) in 10\b|\b(?:0|100) in 100\b|\b(?:0|1,?000) in 1,?000\b"
    r"|chance (?:of )?(?:0|100)(?:\.0+)?\s?%|\b(?:0|100)(?:\.0+)?\s?% (?:chance|likely|sure)",
)
CHANGED = re.compile(
    r"(?:: |, which is )(?:probably )?(better|worse|higher|lower|similar|unclear)\b"
)
RECKONED = re.compile(r"margin reckoned from (\d{4}-\d\d)")
TREND = re.compile(r"\b(getting better|getting worse|rising|falling)\b")

YEARS = [
    ("Rutland", "2015-16"),  # a margin is borrowed, and few people were asked
    pytest.param(("Camden", "2018-19"), marks=pytest.mark.slow),  # one odd year
    pytest.param(("Somerset", "2014-15"), marks=pytest.mark.slow),
    pytest.param(("Wirral", "2018-19"), marks=pytest.mark.slow),
    pytest.param(("Milton Keynes", "2014-15"), marks=pytest.mark.slow),  # counts rounded to 5
    pytest.param(("Isles of Scilly", "2018-19"), marks=pytest.mark.slow),  # hardly a figure
    pytest.param(("Kent", "2024-25"), marks=pytest.mark.slow),
]


@dataclass(frozen=True)
class Printed:
    """What one output prints in one row; None where it prints nothing, or has no place for it."""

    figure: float | None
    lower: float | None
    upper: float | None
    probabilities: tuple[float | None, ...]
    change: str | None
    margin_from: str | None
    trend: str | None


def number(cell: object) -> float | None:
    """A printed number, with or without its unit; None where there is none."""
    if cell is None or cell is pd.NA or cell != cell:
        return None
    found = re.fullmatch(r"(-?[\d,]*\.?\d+)%?(?: .*)?", str(cell))
    return float(found[1].replace(",", "")) if found else None


def word(pattern: re.Pattern[str], text: object) -> str | None:
    found = pattern.search(str(text or ""))
    return found[1] if found else None


def of_record(row: dict[str, Any], trend: str | None) -> Printed:
    verdict = row["verdict_vs_previous"]
    kept = row["change_margin_from"]
    return Printed(
        *(number(row[name]) for name in ("value", "lower", "upper")),
        tuple(number(row[f"probability_vs_{against}"]) for against in AGAINST),
        None if verdict == "not_compared" else verdict,
        kept if isinstance(kept, str) and kept else None,
        trend,
    )


def of_cells(row: dict[str, Any]) -> Printed:
    return Printed(
        *(number(row[name]) for name in ("Figure", "Lower 95% limit", "Upper 95% limit")),
        tuple(number(row[name]) for name in PROBABILITIES.values()),
        word(CHANGED, row["Change in words"]),
        word(RECKONED, row["Change in words"]),
        word(TREND, row["Trend"]),
    )


def of_page(html: str) -> dict[str, Printed]:
    """The rows of the page's table; a chance stands there in words."""
    found = {}
    for row in re.findall(r'<tr role="row" id="row-.*?</tr>', html, re.DOTALL):
        cells = re.findall(r'<td role="cell" class="([\w ]+)"[^>]*>(.*?)</td>', row, re.DOTALL)
        texts = [
            (kind, " ".join(re.sub(r"<[^>]+>", " ", cell).split()).replace("&#39;", "'"))
            for kind, cell in cells
        ]
        by_kind = dict(reversed(texts))
        ends = re.search(r"(-?[\d,.]+) to (-?[\d,.]+)", by_kind["figure own"])
        found[by_kind["code"].split()[0]] = Printed(
            number(by_kind["figure own"]),
            *((number(ends[1]), number(ends[2])) if ends else (None, None)),
            (),
            word(CHANGED, by_kind["change"]),
            word(RECKONED, by_kind["change"]),
            word(TREND, by_kind["change"]),
        )
    return found


def of_book(content: bytes) -> tuple[dict[str, Printed], list[str]]:
    """The rows of a workbook, whose columns stand on several sheets, and the text of every cell."""
    book = read_book(content)
    merged: dict[str, dict[str, Any]] = {}
    for sheet in book.sheets:
        if not sheet.tables or "Code" not in sheet.table[0]:
            continue
        head, *rows = sheet.table
        codes = [row[head.index("Code")] for row in rows]
        if len({*codes}) == len(codes):
            for code, row in zip(codes, rows, strict=True):
                merged.setdefault(str(code), {}).update(zip(map(str, head), row, strict=True))
    texts = [str(cell) for sheet in book.sheets for row in sheet.rows for cell in row if cell]
    return {code: of_cells(row) for code, row in merged.items()}, texts


@pytest.fixture(scope="module", params=YEARS, ids=lambda one: " ".join(one))
def outputs(request: pytest.FixtureRequest) -> Any:
    """Every output of a council's year: name -> rows by code; the same of all text; the records."""
    made = bench.briefing(*request.param)
    trends = dict(zip(*(made.trend_tests()[name] for name in ("code", "direction")), strict=True))
    records = json.loads(json.dumps(made.records()))
    files = {name: one.content for name, one in made.files.items()}
    lines = list(csv.DictReader(io.StringIO(files["indicators"].decode("utf-8-sig"), newline="")))
    page = str(made.table().html())
    parts = (made.heading, made.glance, made.findings, made.footing, made.worsening, made.method)
    rows = {
        "JSON": {row["code"]: of_record(row, trends[row["code"]]) for row in records},
        "frame": {
            row["code"]: of_record(row, trends[row["code"]])
            for row in made.frame().to_dict("records")
        },
        "CSV": {row["Code"]: of_cells(row) for row in lines},
        "page": of_page(page),
    }
    texts = {
        "JSON": [json.dumps(records)],
        **{name: [files[name].decode("utf-8-sig")] for name in ("indicators", "peers", "years")},
        "page": [page, *(str(part().html()) for part in parts)],
        "terminal": [made.text()],
    }
    for kind in ("workbook", "ods"):
        rows[kind], texts[kind] = of_book(files[kind])
    return rows, texts, {row["code"]: row for row in records}


def test_every_output_has_every_row(outputs: Any) -> None:
    rows, _, records = outputs
    for name, found in rows.items():
        assert found.keys() == records.keys(), name
        for code, printed in found.items():
            own = rows["JSON"][code]
            assert printed.figure == own.figure, (name, code)
            # Two equal figures are told as no change, whatever is known of the true ones.
            equal = records[code]["change"] == 0 and printed.change is None
            assert equal or printed.change == own.change, (name, code)
            assert printed.margin_from == own.margin_from, (name, code)
            assert not printed.probabilities or printed.probabilities == own.probabilities, name


def test_no_probability_is_printed_as_0_or_1(outputs: Any) -> None:
    rows, texts, _ = outputs
    for name, found in rows.items():
        for code, printed in found.items():
            assert all(one is None or 0 < one < 1 for one in printed.probabilities), (name, code)
    for name, each in texts.items():
        for text in each:
            assert CERTAIN.search(re.sub(r"<[^>]+>", "", text)) is None, name


def test_no_interval_leaves_out_its_own_figure(outputs: Any) -> None:
    rows, _, _ = outputs
    for name, found in rows.items():
        for code, printed in found.items():
            assert (printed.lower is None) == (printed.upper is None), (name, code)
            if printed.lower is not None and printed.upper is not None:
                assert printed.figure is not None, (name, code)
                assert printed.lower <= printed.figure <= printed.upper, (name, code)


def test_no_change_is_judged_on_one_margin(outputs: Any) -> None:
    rows, _, records = outputs
    for name, found in rows.items():
        for code, printed in found.items():
            if printed.change is None:
                continue
            row = records[code]
            own = [
                None not in (row[f"{year}lower"], row[f"{year}upper"])
                and row[f"{year}lower"] < row[f"{year}upper"]
                for year in ("", "previous_")
            ]
            assert any(own), (name, code)
            # Whoever has one margin alone reads which year lends the other.
            assert all(own) == (printed.margin_from is None), (name, code)


def test_no_trend_stands_beside_a_change_that_says_the_opposite(outputs: Any) -> None:
    rows, _, _ = outputs
    for name, found in rows.items():
        for code, printed in found.items():
            assert not (printed.trend in UP and printed.change in DOWN), (name, code)
            assert not (printed.trend in DOWN and printed.change in UP), (name, code)


@pytest.mark.parametrize(
    "text",
    ["a chance of 100%", "100% chance", "10 in 10", "about 100 in 100", "chance 0%", "0.0% likely",
     "1,000 in 1,000", "0 in 10 that it is worse"],
)  # fmt: skip
def test_what_would_be_found(text: str) -> None:
    assert CERTAIN.search(text)
