"""The sheets of a page's downloads, as CSV and as a workbook of the same bytes every time."""

from __future__ import annotations

import csv
import functools
import io
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from bench.judge.summaries import records
from bench.present import certainty_words, sentences, trend_words
from bench.present.glossary import FLAG_TEXTS
from bench.present.theme import look_vs_england, look_vs_peers
from bench.present.wording import UNITS, WORDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.trend import Point
    from bench.present.certainty_words import GradedComparison
    from bench.present.robustness_words import Told
    from bench.present.trend_words import Tendency

S = TypeVar("S")
T = TypeVar("T")
Line = TypeVar("Line", contravariant=True)

# A Decimal is printed with its own decimals, as it was published; None is an empty cell.
Cell = str | int | Decimal | None

# What a file of several councils holds, by column of the frame of an overview or an indicator.
COUNCILS: Final = {
    "council": "Council",
    "region": "Region",
    "code": "Code",
    "short_title": "Indicator",
    "value": "Value",
    "verdict_vs_peers": "Against peers",
    "certainty_vs_peers": "Certainty, against peers",
    "probability_vs_peers": "Probability, against peers",
    "verdict_vs_england": "Against England",
    "certainty_vs_england": "Certainty, against England",
    "probability_vs_england": "Probability, against England",
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


@dataclass(frozen=True)
class Column(Generic[Line]):
    """One column of a sheet: its heading, and its cell of a line."""

    heading: str
    cell: Callable[[Line], Cell]

    def within(self, part: Callable[[S], Line]) -> Column[S]:
        """The same column of lines of which it shows a part."""
        return Column(self.heading, lambda line: self.cell(part(line)))


def table_sheet(name: str, columns: Sequence[Column[T]], lines: Iterable[T]) -> Sheet:
    """The lines as a sheet, each column as it is declared."""
    return Sheet(
        name,
        tuple(column.heading for column in columns),
        tuple(tuple(column.cell(line) for column in columns) for line in lines),
    )


def with_columns(sheet: Sheet, columns: Sequence[Column[T]], lines: Iterable[T]) -> Sheet:
    """The sheet with further columns to the right; a line for each of its rows."""
    further = table_sheet(sheet.name, columns, lines)
    return Sheet(
        sheet.name,
        (*sheet.columns, *further.columns),
        tuple((*row, *more) for row, more in zip(sheet.rows, further.rows, strict=True)),
    )


class Whose(NamedTuple):
    """Whose figures a sheet holds: a council, its code that year, and the financial year."""

    council: str
    code: str
    year: str


class Trend(NamedTuple):
    """Where a figure is going, None where that is not known; and the decimals of the figure."""

    tendency: Tendency | None
    decimals: int


class PeerLine(NamedTuple):
    """A peer's figure of an indicator, or why it has none."""

    whose: Whose
    row: PublishedRow
    peer: str
    value: float | None
    reason: str


class YearLine(NamedTuple):
    """A year of an indicator."""

    whose: Whose
    row: PublishedRow
    point: Point


WHOSE: Final[tuple[Column[Whose], ...]] = (
    Column("Council", lambda whose: whose.council),
    Column("ONS code", lambda whose: whose.code),
    Column("Year", lambda whose: whose.year),
)
MEASURE: Final[tuple[Column[Measure], ...]] = (
    Column("Code", lambda measure: measure.code),
    Column("Indicator", lambda measure: measure.short_title),
    Column("Unit", lambda measure: UNITS[measure.unit].name),
)


def _certainty(whom: str) -> tuple[Column[tuple[GradedComparison, PublishedRow]], ...]:
    """How sure a verdict is, and what the figure would need to show more."""
    return (
        Column(f"Certainty, {whom}", lambda one: one[0].certainty or ""),
        Column(f"Probability, {whom}", lambda one: _share(one[0].probability)),
        Column(f"In words, {whom}", lambda one: certainty_words.in_words(one[0])),
        Column(
            f"Smallest gap it could show, {whom}",
            lambda one: exact_cell(one[0].smallest_gap, one[1].decimals + 1),
        ),
        Column(f"More answers needed, {whom}", lambda one: one[0].more_answers),
        Column(f"Why no number of answers, {whom}", lambda one: one[0].answers_reason or ""),
    )


CERTAINTY: Final[tuple[Column[PublishedRow], ...]] = tuple(
    column.within(beside)
    for whom, beside in (
        ("peers", lambda row: (certainty_words.against_peers(row), row)),
        ("England", lambda row: (certainty_words.against_england(row), row)),
    )
    for column in _certainty(f"against {whom}")
)
INDICATOR: Final[tuple[Column[PublishedRow], ...]] = (
    *MEASURE,
    Column("Official title", lambda row: row.title),
    Column("Domain", lambda row: row.domain),
    Column("Which way is better", lambda row: WORDING.polarities[row.polarity].short),
    Column("Figure", lambda row: exact_cell(row.value, row.decimals)),
    Column("Lower 95% limit", lambda row: exact_cell(row.lower, row.decimals + 1)),
    Column("Upper 95% limit", lambda row: exact_cell(row.upper, row.decimals + 1)),
    Column("Status", lambda row: sentences.STATUS_WORDS.get(row.status, "published")),
    Column("Printed as", lambda row: row.marker or ""),
    Column("Peers' average", lambda row: exact_cell(row.peer_average, row.decimals)),
    Column("Median of the peers", lambda row: exact_cell(row.peer_median, row.decimals)),
    Column("Lowest of the peers", lambda row: exact_cell(row.peer_lowest, row.decimals)),
    Column("Highest of the peers", lambda row: exact_cell(row.peer_highest, row.decimals)),
    Column("A few peers pull their average", lambda row: "yes" if row.peer_mean_dragged else ""),
    Column("Peers with a figure", lambda row: row.peers_reporting),
    Column("Peers in all", lambda row: row.peers_total),
    Column("Peers without a figure", lambda row: "; ".join(row.peers_missing)),
    Column("England", lambda row: exact_cell(row.england, row.decimals)),
    Column("Against peers", lambda row: look_vs_peers(row).text),
    Column("Against England", lambda row: look_vs_england(row).text),
    *CERTAINTY,
    Column("Rule", lambda row: row.rule),
    Column("Why not compared", lambda row: row.reason or ""),
    Column("Rank", lambda row: row.rank),
    Column("Councils ranked", lambda row: row.rank_of),
    Column("Best rank of the 95% range", lambda row: row.rank_lower),
    Column("Worst rank of the 95% range", lambda row: row.rank_upper),
    Column("Previous figure", lambda row: exact_cell(row.previous, row.decimals)),
    Column("Previous year", lambda row: row.previous_period or ""),
    Column("Change", lambda row: exact_cell(row.change, row.decimals)),
    Column(
        "Change in words",
        lambda row: sentences.change_text(row) if row.value is not None else "",
    ),
    Column("Certainty of the change", lambda row: row.certainty_vs_previous or ""),
    Column("Probability of the change", lambda row: _share(row.probability_vs_previous)),
    Column("Margin of the change reckoned from", lambda row: row.change_margin_from or ""),
    Column("Next figure", lambda row: exact_cell(row.next, row.decimals)),
    Column("Next year", lambda row: row.next_period or ""),
    Column("Notes", lambda row: " ".join(_notes(row))),
)


def _of_trend(cell: Callable[[Tendency, int], Cell], otherwise: Cell) -> Callable[[Trend], Cell]:
    """A cell of a trend, or what stands where none is known."""
    return lambda line: otherwise if line.tendency is None else cell(line.tendency, line.decimals)


TREND: Final[tuple[Column[Trend], ...]] = (
    Column("Trend", _of_trend(lambda one, _: trend_words.short_of(one), "")),
    Column("Years of the trend", _of_trend(lambda one, _: "; ".join(one.years), "")),
    Column("Years left out of the trend", _of_trend(lambda one, _: trend_words.left_out(one), "")),
    Column(
        "Slope a year",
        _of_trend(lambda one, decimals: exact_cell(one.slope_per_year, decimals + 2), None),
    ),
    Column(
        "As far by usual ups and downs (p)", _of_trend(lambda one, _: exact_cell(one.p, 6), None)
    ),
    Column("Odd year", _of_trend(lambda one, _: one.odd_year or "", "")),
    Column("Turning year", _of_trend(lambda one, _: one.turning_year or "", "")),
    Column("Why no trend is tested", _of_trend(lambda one, _: one.reason, "")),
)


def _whose(line: PeerLine | YearLine) -> Whose:
    return line.whose


def _row(line: PeerLine | YearLine) -> PublishedRow:
    return line.row


_WHOSE_MEASURE: Final = (
    *(column.within(_whose) for column in WHOSE),
    *(column.within(_row) for column in MEASURE),
)
_PEER: Final[tuple[Column[PeerLine], ...]] = (
    *_WHOSE_MEASURE,
    Column("Peer", lambda line: line.peer),
    Column("Peer's figure", lambda line: exact_cell(line.value, line.row.decimals)),
    Column("Why there is none", lambda line: line.reason),
)
_YEAR: Final[tuple[Column[YearLine], ...]] = (
    *_WHOSE_MEASURE,
    Column("Figure", lambda line: _printed(line.point.council)),
    Column("Why there is none", lambda line: sentences.STATUS_WORDS.get(line.point.status, "")),
    Column("Peers' average", lambda line: exact_cell(line.point.peer_average, line.row.decimals)),
    Column("England", lambda line: _printed(line.point.england)),
    Column(
        "Can it be compared?",
        lambda line: sentences.comparable(
            gap_before=line.point.gap_before,
            isolated=line.point.isolated,
            why=line.point.gap_text,
        ),
    ),
)


def _tried(against: str, tried: Mapping[str, Told]) -> Told | None:
    return tried.get(against)


# What each verdict of a line rests on, and what would change it; empty where it was not tried.
_VERDICT: Final[tuple[Column[Told | None], ...]] = (
    Column("Hinges, {}", lambda told: told.hinges_on if told else ""),
    Column("Rests on, {}", lambda told: told.rests_on if told else ""),
    Column("Would change, {}", lambda told: told.change if told else ""),
)
SENSITIVITY: Final[tuple[Column[Mapping[str, Told]], ...]] = tuple(
    Column(column.heading.format(whom), column.within(functools.partial(_tried, against)).cell)
    for against, whom in (("peers", "against peers"), ("england", "against England"))
    for column in _VERDICT
)
_NOTES: Final[tuple[Column[tuple[str, str]], ...]] = (
    Column("Topic", lambda note: note[0]),
    Column("Text", lambda note: note[1]),
)


def indicator_sheet(
    whose: Whose,
    rows: Sequence[PublishedRow],
    *,
    trends: Mapping[str, Tendency] | None = None,
    sensitivity: Mapping[tuple[str, str], Told] | None = None,
) -> Sheet:
    """Every indicator beside its peers and England, verdicts and directions in words.

    Args:
        whose: the council and its year.
        rows: one per indicator.
        trends: where each indicator is going.
        sensitivity: what each verdict rests on, by indicator and `peers` or `england`.
    """
    sheet = table_sheet("Indicators", WHOSE, [whose] * len(rows))
    sheet = with_columns(sheet, INDICATOR, rows)
    going = trends or {}
    sheet = with_columns(sheet, TREND, [Trend(going.get(r.indicator), r.decimals) for r in rows])
    return with_sensitivity(sheet, [row.indicator for row in rows], sensitivity or {})


def with_sensitivity(
    sheet: Sheet, keys: Iterable[str], sensitivity: Mapping[tuple[str, str], Told]
) -> Sheet:
    """The sheet with what each row's verdicts rest on, by the key of each row."""
    by_key: dict[str, dict[str, Told]] = {}
    for (key, against), told in sensitivity.items():
        by_key.setdefault(key, {})[against] = told
    return with_columns(sheet, SENSITIVITY, [by_key.get(key, {}) for key in keys])


def with_trends(sheet: Sheet, trends: Iterable[Tendency], *, decimals: int) -> Sheet:
    """A sheet of councils with where each one's figure is going, in the same order."""
    return with_columns(sheet, TREND, [Trend(one, decimals) for one in trends])


def peer_sheet(whose: Whose, rows: Iterable[PublishedRow]) -> Sheet:
    """Every peer's figure of every indicator, or why there is none."""
    return table_sheet("Peers", _PEER, [line for row in rows for line in _peers(whose, row)])


def _peers(whose: Whose, row: PublishedRow) -> Iterable[PeerLine]:
    for name, value in row.peer_values:
        yield PeerLine(whose, row, name, value, "")
    for text in row.peers_missing:
        name, _, reason = text.rstrip(")").partition(" (")
        yield PeerLine(whose, row, name, None, reason)


def year_sheet(
    whose: Whose, rows: Iterable[PublishedRow], years: Mapping[str, Iterable[Point]]
) -> Sheet:
    """Every indicator through the years; where two cannot be compared, the words say so.

    Args:
        whose: the council; each line has a year of its own.
        rows: one per indicator.
        years: those of each indicator, by its id.
    """
    return table_sheet(
        "Years",
        _YEAR,
        [
            YearLine(whose._replace(year=point.period), row, point)
            for row in rows
            for point in years.get(row.indicator, ())
        ],
    )


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


def councils_sheet(frame: pd.DataFrame) -> Sheet:
    """Every council's verdicts of a year, with how sure each is in words.

    Args:
        frame: the columns of `COUNCILS`.
    """
    sheet = frame_sheet(frame, name="Councils", columns=COUNCILS)
    return with_columns(sheet, _IN_WORDS, records(frame))


def _in_words(against: str) -> Callable[[Mapping[str, Any]], Cell]:
    def cell(line: Mapping[str, Any]) -> Cell:
        return certainty_words.in_words(
            certainty_words.GradedComparison(
                verdict=line[f"verdict_vs_{against}"],
                certainty=line[f"certainty_vs_{against}"],
                probability=line[f"probability_vs_{against}"],
            )
        )

    return cell


_IN_WORDS: Final[tuple[Column[Mapping[str, Any]], ...]] = (
    Column("In words, against peers", _in_words("peers")),
    Column("In words, against England", _in_words("england")),
)


def notes_sheet(notes: Iterable[tuple[str, str]]) -> Sheet:
    """Method, sources and parameters: a topic and its words in each row."""
    return table_sheet("Notes", _NOTES, notes)


def _notes(row: PublishedRow) -> Iterable[str]:
    yield from (f"Own figure of {year}: {told}." for year, told in sentences.own_beside(row))
    yield from row.flag_texts
    yield from (FLAG_TEXTS[flag] for flag in row.flags if flag in FLAG_TEXTS)


def _share(probability: float | None) -> Decimal | None:
    """A probability from 0 to 1 as a cell holds it."""
    return exact_cell(probability, 3)


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
        styles = _CellFormats(book)
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, styles)
    return content.getvalue()


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return str(cell)


class _CellFormats:
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


def _fill(page: Any, sheet: Sheet, styles: _CellFormats) -> None:
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
        name = sheet.name.replace(" ", "_")  # a table's name has no spaces, or there is no table
        style = {"style": "Table Style Light 1", "banded_rows": False, "name": name}
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
