"""What the downloads of a page hold: the same figures and words as its tables, without HTML.

Sheets as the bytes of a CSV file or a workbook, the same every time.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.present import sentences, trend_words
from bench.present.glossary import FLAG_TEXTS
from bench.present.rows import points, rows
from bench.present.theme import look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from bench.present.robustness_words import Told
    from bench.present.rows import Measure, Row


# A Decimal is printed with its own decimals, as it was published; None is an empty cell.
Cell = str | int | Decimal | None

UNITS: Final = {
    "per_cent": "per cent",
    "per_100k": "per 100,000",
    "score": "score",
    "count": "number",
}
BETTER: Final = {
    "higher_is_better": "higher is better",
    "lower_is_better": "lower is better",
    "none": "neither is better",
}
COUNCIL_COLUMNS: Final = ("Council", "ONS code", "Year")
MEASURE_COLUMNS: Final = ("Code", "Indicator", "Unit")
SENSITIVITY_COLUMNS: Final = (
    "Hinges, against peers",
    "Rests on, against peers",
    "Would change, against peers",
    "Hinges, against England",
    "Rests on, against England",
    "Would change, against England",
)


# What a file of several councils holds, by column of the frame of an overview or an indicator.
COUNCILS: Final = {
    "council": "Council",
    "region": "Region",
    "code": "Code",
    "short_title": "Indicator",
    "value": "Value",
    "verdict_vs_peers": "Against peers",
    "verdict_vs_england": "Against England",
    "rank": "Rank",
}
ONE_INDICATOR: Final = {
    "council": "Council",
    "region": "Region",
    "value": "Value",
    "lower": "Lower end of the 95% range",
    "upper": "Upper end of the 95% range",
    "status": "Status",
    "peer_average": "Peers' average",
    "peers_reporting": "Peers with a figure",
    "england": "England",
    "verdict_vs_peers": "Against its own peers",
    "verdict_vs_england": "Against England",
    "rank": "Rank",
    "rank_lower": "Best rank of the 95% range",
    "rank_upper": "Worst rank of the 95% range",
    "best_quarter_pct": "Chance of the best quarter, per cent",
    "worst_quarter_pct": "Chance of the worst quarter, per cent",
}
WHOLE: Final = {"rank", "rank_lower", "rank_upper", "best_quarter_pct", "worst_quarter_pct"}
GROUPS: Final = {
    "group": "Group",
    "area": "Area",
    **{name: ONE_INDICATOR[name] for name in ("value", "lower", "upper", "status")},
    "wrong": "Why it cannot be right",
}
NEIGHBOURS: Final = {
    name: ONE_INDICATOR[name]
    for name in ("council", "region", "value", "lower", "upper", "status", "rank")
}
SHARES: Final = {
    "council": "Council",
    "region": "Region",
    "share": "Share, per cent",
    "lower": ONE_INDICATOR["lower"],
    "upper": ONE_INDICATOR["upper"],
    "part": "Counted in the part",
    "whole": "Counted in the whole",
    "basis": "Worked out from",
    "reason": "Remark",
}
_FIVE: Final = {
    "councils": "Councils with a figure",
    "low": "Lowest",
    "lower_quartile": "Lower quartile",
    "median": "Median",
    "upper_quartile": "Upper quartile",
    "high": "Highest",
}
AREAS: Final = {"area": "Area", "value": "Published figure", "status": "Status", **_FIVE}
YEARS: Final = {
    "period": "Year",
    "england": "England",
    **_FIVE,
    "gap_text": "Why it cannot be compared with years before",
}


@dataclass(frozen=True)
class Sheet:
    """One table of a download: a header row and cells beneath it."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def indicator_sheet(
    frame: pd.DataFrame,
    *,
    council: str,
    code: str,
    year: str,
    directions: pd.DataFrame | None = None,
    sensitivity: Mapping[tuple[str, str], Told] | None = None,
) -> Sheet:
    """Every indicator beside its peers and England, verdicts and directions in words.

    Args:
        frame: one row per indicator.
        council: the council's name.
        code: its code that year.
        year: the financial year, as "2014-15".
        directions: where each indicator is going, a row for each.
        sensitivity: what each verdict rests on, by indicator and `peers` or `england`.
    """
    going = {} if directions is None else trend_words.tendencies(directions)
    found = rows(frame)
    sheet = Sheet(
        "Indicators",
        (
            *COUNCIL_COLUMNS,
            *MEASURE_COLUMNS,
            "Official title",
            "Domain",
            "Which way is better",
            "Figure",
            "Lower 95% limit",
            "Upper 95% limit",
            "Status",
            "Printed as",
            "Peers' average",
            "Peers with a figure",
            "Peers in all",
            "Peers without a figure",
            "England",
            "Against peers",
            "Against England",
            "Rule",
            "Why not compared",
            "Rank",
            "Councils ranked",
            "Best rank of the 95% range",
            "Worst rank of the 95% range",
            "Previous figure",
            "Previous year",
            "Change",
            "Change in words",
            "Notes",
            *trend_words.COLUMNS,
        ),
        tuple(
            (
                council,
                code,
                year,
                *_indicator(row),
                *trend_words.cells(going.get(row.indicator), row.decimals),
            )
            for row in found
        ),
    )
    return with_sensitivity(sheet, [row.indicator for row in found], sensitivity or {})


def with_sensitivity(
    sheet: Sheet, keys: Sequence[str], sensitivity: Mapping[tuple[str, str], Told]
) -> Sheet:
    """The sheet with what each row's verdicts rest on, by the key of each row."""
    lines = zip(sheet.rows, keys, strict=True)
    return Sheet(
        sheet.name,
        (*sheet.columns, *SENSITIVITY_COLUMNS),
        tuple((*cells, *_sensitivity(key, sensitivity)) for cells, key in lines),
    )


def peer_sheet(frame: pd.DataFrame, *, council: str, code: str, year: str) -> Sheet:
    """Every peer's figure of every indicator, or why there is none."""
    lines: list[tuple[Cell, ...]] = []
    for row in rows(frame):
        start = (council, code, year, *_measure(row))
        lines += [
            (*start, name, exact_cell(value, row.decimals), "") for name, value in row.peer_values
        ]
        lines += [
            (*start, name, None, reason)
            for name, _, reason in (text.rstrip(")").partition(" (") for text in row.peers_missing)
        ]
    columns = (*COUNCIL_COLUMNS, *MEASURE_COLUMNS, "Peer", "Peer's figure", "Why there is none")
    return Sheet("Peers", columns, tuple(lines))


def year_sheet(
    frame: pd.DataFrame, series: Mapping[str, pd.DataFrame], *, council: str, code: str
) -> Sheet:
    """Every indicator through the years; where two cannot be compared, the words say so."""
    lines: list[tuple[Cell, ...]] = []
    for row in rows(frame):
        for point in points(series[row.indicator]) if row.indicator in series else ():
            lines.append(
                (
                    council,
                    code,
                    point.period,
                    *_measure(row),
                    _printed(point.council),
                    sentences.STATUS_WORDS.get(point.status, ""),
                    exact_cell(point.peer_average, row.decimals),
                    _printed(point.england),
                    sentences.comparable(
                        gap_before=point.gap_before, isolated=point.isolated, why=point.gap_text
                    ),
                )
            )
    columns = (
        *COUNCIL_COLUMNS,
        *MEASURE_COLUMNS,
        "Figure",
        "Why there is none",
        "Peers' average",
        "England",
        "Can it be compared?",
    )
    return Sheet("Years", columns, tuple(lines))


def frame_sheet(frame: pd.DataFrame, *, name: str, columns: Mapping[str, str]) -> Sheet:
    """Columns of a frame under the names that a reader knows; missing numbers are empty cells.

    Args:
        frame: numbers at their published decimals, and text.
        name: the sheet's name.
        columns: column of the frame -> heading, in order.
    """

    def cell(column: str, value: Any) -> Cell:
        if value is None or value != value:
            return None
        if isinstance(value, int) or column in WHOLE:
            return int(value)
        return Decimal(str(value)) if isinstance(value, float) else str(value).replace("_", " ")

    rows = frame[list(columns)].astype(object).itertuples(index=False)
    cells = (tuple(map(cell, columns, row)) for row in rows)
    return Sheet(name, tuple(columns.values()), tuple(cells))


def with_directions(sheet: Sheet, directions: pd.DataFrame, *, decimals: int) -> Sheet:
    """A sheet of councils with where each one's figure is going, in the same order."""
    going = trend_words.tendencies(directions, by="area_id").values()
    return Sheet(
        sheet.name,
        (*sheet.columns, *trend_words.COLUMNS),
        tuple(
            (*row, *trend_words.cells(one, decimals))
            for row, one in zip(sheet.rows, going, strict=True)
        ),
    )


def notes_sheet(notes: Sequence[tuple[str, str]]) -> Sheet:
    """Method, sources and parameters: a topic and its words in each row."""
    return Sheet("Notes", ("Topic", "Text"), tuple(notes))


def _indicator(row: Row) -> tuple[Cell, ...]:
    return (
        *_measure(row),
        row.title,
        row.domain,
        BETTER[row.polarity],
        exact_cell(row.value, row.decimals),
        exact_cell(row.lower, row.decimals + 1),
        exact_cell(row.upper, row.decimals + 1),
        sentences.STATUS_WORDS.get(row.status, "published"),
        row.marker or "",
        exact_cell(row.peer_average, row.decimals),
        row.peers_reporting,
        row.peers_total,
        "; ".join(row.peers_missing),
        exact_cell(row.england, row.decimals),
        *(look(verdict, row.polarity).text for verdict in row.verdicts),
        row.rule,
        row.reason or "",
        row.rank,
        row.rank_of,
        row.rank_lower,
        row.rank_upper,
        exact_cell(row.previous, row.decimals),
        row.previous_period or "",
        exact_cell(row.change, row.decimals),
        sentences.change_text(row) if row.value is not None else "",
        " ".join(
            (
                *(f"Own figure of {year}: {told}." for year, told in sentences.own_beside(row)),
                *row.flag_texts,
                *(FLAG_TEXTS[f] for f in row.flags if f in FLAG_TEXTS),
            )
        ),
    )


def _sensitivity(key: str, tried: Mapping[tuple[str, str], Told]) -> tuple[str, ...]:
    """What each verdict hinges on, if on anything, what it rests on and what would change it."""
    told = (tried.get((key, against)) for against in ("peers", "england"))
    return tuple(
        cell
        for one in told
        for cell in ((one.hinges_on, one.rests_on, one.change) if one else ("", "", ""))
    )


def _measure(measure: Measure) -> tuple[str, str, str]:
    return measure.code, measure.short_title, UNITS[measure.unit]


def _printed(value: float | None) -> Decimal | None:
    """A figure as it was published: the decimals of other years are not this year's."""
    return None if value is None else Decimal(str(float(value)))


def exact_cell(value: float | Fraction | None, decimals: int) -> Decimal | None:
    """A number rounded to its decimals, half away from zero, as a cell holds it."""
    if value is None:
        return None
    exact = Decimal(str(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(exact) if exact == 0 else exact


# What a spreadsheet program may take for the start of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
EPOCH: Final = datetime(1980, 1, 1)
WIDEST: Final = 60
LINE: Final = 14.5  # points of a line of text
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f]")


def csv_bytes(sheet: Sheet) -> bytes:
    """The sheet as CSV: UTF-8 with a mark by which spreadsheet programs know it.

    A text that a spreadsheet program would run as a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_harmless(column) for column in sheet.columns])
    writer.writerows([[_harmless(cell) for cell in row] for row in sheet.rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as a workbook: typed numbers, frozen header rows, no merged cells, no formula."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"author": "bench", "created": EPOCH})
        styles = _Styles(book)
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, styles)
    return content.getvalue()


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return str(cell)


class _Styles:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            wrapped = {"valign": "top", "text_wrap": True, **properties}
            self._made[key] = self._book.add_format(wrapped)
        return self._made[key]


def _fill(page: Any, sheet: Sheet, styles: _Styles) -> None:
    for row_number, row in enumerate(sheet.rows, start=1):
        for column_number, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                style = styles(quote_prefix=value.startswith(FORMULA))
                page.write_string(row_number, column_number, _UNPRINTABLE.sub("", value), style)
            else:
                style = styles(num_format=_number_format(value))
                page.write_number(row_number, column_number, value, style)
    for number, column in enumerate(sheet.columns):
        texts = [str(row[number] or "") for row in sheet.rows]
        width = max([len(column) * 0.8, *map(len, texts)], default=10)
        page.set_column(number, number, min(WIDEST, max(10, width + 2)))
    page.set_row(0, 2 * LINE)
    page.freeze_panes(1, 0)
    if sheet.rows:
        style = {"style": "Table Style Light 1", "banded_rows": False, "name": sheet.name}
        columns = [{"header": column} for column in sheet.columns]
        last = len(sheet.rows), len(sheet.columns) - 1
        page.add_table(0, 0, *last, {"columns": columns, "autofilter": False, **style})
    # After the table, which would write its headings as it likes.
    for number, column in enumerate(sheet.columns):
        bold = styles(bold=True, quote_prefix=column.startswith(FORMULA))
        page.write_string(0, number, column, bold)


def _number_format(value: int | Decimal) -> str:
    decimals = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
