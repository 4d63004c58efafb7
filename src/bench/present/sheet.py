"""The tables of a page's downloads: columns declared once, cells, and each table as CSV."""

from __future__ import annotations

import csv
import functools
import io
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from bench.judge.figure import MISSING, NO_COUNCIL
from bench.judge.summaries import records
from bench.present import certainty_words, sentences, trend_words
from bench.present.glossary import FLAG_TEXTS
from bench.present.numbers import rounded
from bench.present.theme import look_vs_england, look_vs_peers
from bench.present.wording import UNITS, WORDING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from fractions import Fraction

    import pandas as pd

    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.trend import Point
    from bench.present.certainty_words import GradedComparison
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency

S = TypeVar("S")
T = TypeVar("T")
Line = TypeVar("Line", contravariant=True)


class Empty(Enum):
    """An empty cell of a CSV, and what a workbook prints in its place.

    What stands in brackets is shorthand, which a workbook explains; the rest are plain words.
    """

    SUPPRESSED = "[c]"
    UNUSABLE = "[no usable data]"
    NOT_AVAILABLE = "[x]"
    NOT_APPLICABLE = "[z]"
    NOT_COMPARED = "[not compared]"
    NONE = "none"
    NO = "no"


SHORTHAND: Final = {
    Empty.SUPPRESSED: "Suppressed: there is a figure, and its publisher does not show it.",
    Empty.UNUSABLE: "The publisher's notes say that the data were missing or unsound.",
    Empty.NOT_AVAILABLE: "Not available: nothing is published, held or worked out for this cell.",
    Empty.NOT_APPLICABLE: "Does not apply: there is nothing that this cell could hold.",
    Empty.NOT_COMPARED: "No comparison is made, so that there is nothing to say of one.",
}
_OF_STATUS: Final = {
    "suppressed": Empty.SUPPRESSED,
    "unusable": Empty.UNUSABLE,
    "not_applicable": Empty.NOT_APPLICABLE,
}
# A Decimal is printed with its own decimals, as it was published; None is an empty cell of which
# no more is known than that nothing is there.
Cell = str | int | Decimal | Empty | None

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
# Columns of a frame that hold whole numbers, even where pandas made them floats of a gap.
_WHOLE: Final = {"rank", "rank_lower", "rank_upper", "best_quarter_pct", "worst_quarter_pct"}


@dataclass(frozen=True)
class Sheet:
    """One table of a download: a header row and cells beneath it.

    Attributes:
        name: of the sheet of a workbook, where it is one table there.
        groups: of each column, the table of `_TABLES` that it goes to in a workbook; "" is a key
            and goes to each. Without any it is one table. A CSV has all columns.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: tuple[str, ...] = ()

    def tables(self) -> list[Sheet]:
        """The tables of a workbook, each with the keys."""
        names = {name for name in self.groups if name}
        return [self._table(name) for name in _TABLES if name in names] or [self]

    def _table(self, name: str) -> Sheet:
        chosen = [at for at, group in enumerate(self.groups) if group in ("", name)]
        return Sheet(
            name,
            tuple(self.columns[at] for at in chosen),
            tuple(tuple(row[at] for at in chosen) for row in self.rows),
        )


@dataclass(frozen=True)
class Column(Generic[Line]):
    """One column of a sheet.

    Attributes:
        heading: what stands above it.
        cell: its cell of a line; None or "" where there is nothing.
        empty: what a workbook prints where there is nothing, or how a line says it.
        group: see `Sheet.groups`.
    """

    heading: str
    cell: Callable[[Line], Cell]
    empty: Empty | Callable[[Line], Empty] = Empty.NOT_AVAILABLE
    group: str = ""

    def within(self, part: Callable[[S], Line]) -> Column[S]:
        """The same column of lines of which it shows a part."""
        empty = self.empty
        return Column(
            self.heading,
            lambda line: self.cell(part(line)),
            empty if isinstance(empty, Empty) else lambda line: empty(part(line)),
            self.group,
        )

    def filled(self, line: Line) -> Cell:
        """The cell, or why it is empty."""
        cell = self.cell(line)
        if cell is not None and cell != "":
            return cell
        return self.empty if isinstance(self.empty, Empty) else self.empty(line)


def _grouped(group: str, *columns: Column[T]) -> tuple[Column[T], ...]:
    """The columns as those of one table of a workbook."""
    return tuple(replace(column, group=group) for column in columns)


def table_sheet(name: str, columns: Sequence[Column[T]], lines: Iterable[T]) -> Sheet:
    """The lines as a sheet, each column as it is declared."""
    return Sheet(
        name,
        tuple(column.heading for column in columns),
        tuple(tuple(column.filled(line) for column in columns) for line in lines),
        tuple(column.group for column in columns) if any(one.group for one in columns) else (),
    )


def with_columns(sheet: Sheet, columns: Sequence[Column[T]], lines: Iterable[T]) -> Sheet:
    """The sheet with further columns to the right; a line for each of its rows."""
    further = table_sheet(sheet.name, columns, lines)
    groups = tuple(
        group for one in (sheet, further) for group in (one.groups or ("",) * len(one.columns))
    )
    return Sheet(
        sheet.name,
        (*sheet.columns, *further.columns),
        tuple((*row, *more) for row, more in zip(sheet.rows, further.rows, strict=True)),
        groups if any(groups) else (),
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


# The tables of a workbook that a wide sheet is set out in; see `_TABLES` for their order.
VERDICTS: Final = "Verdicts"
EVIDENCE: Final = "Evidence and limits"
SPREAD: Final = "Spread of the peers"
SURE: Final = "How sure"
CHANGES: Final = "Changes"
TRENDS: Final = "Trend"
HINGES: Final = "What verdicts hinge on"
_TABLES: Final = (VERDICTS, SURE, HINGES, EVIDENCE, SPREAD, CHANGES, TRENDS)


def status_empty(status: str) -> Empty:
    """Why there is no figure, from its status; nothing more is known where it has one."""
    return _OF_STATUS.get(status, Empty.NOT_AVAILABLE)


def _status(row: PublishedRow) -> Empty:
    return status_empty(row.status)


def _no_peers(row: PublishedRow) -> Empty:
    """Why there is nothing of the peers: there are none, or none has a figure."""
    return Empty.NOT_AVAILABLE if row.peers_total else Empty.NOT_APPLICABLE


def _not_compared(graded: tuple[GradedComparison, PublishedRow]) -> Empty:
    """Why nothing is known of how sure a verdict is: there is none, or its rule knows none."""
    compared = graded[0].verdict != "not_compared"
    return Empty.NOT_AVAILABLE if compared else Empty.NOT_COMPARED


def _change(row: PublishedRow) -> Empty:
    """Why nothing is said of a change."""
    return _status(row) if row.value is None else Empty.NOT_COMPARED


def _of_change(row: PublishedRow) -> Empty:
    """Why nothing is said of how sure a change is."""
    return _change(row) if row.change is None else Empty.NOT_AVAILABLE


def _certainty(whom: str) -> tuple[Column[tuple[GradedComparison, PublishedRow]], ...]:
    """How sure a verdict is, and what the figure would need to show more."""
    return (
        Column(f"Certainty, {whom}", lambda one: one[0].certainty or "", _not_compared),
        Column(f"Probability, {whom}", lambda one: _share(one[0].probability), _not_compared),
        Column(f"In words, {whom}", lambda one: certainty_words.in_words(one[0]), _not_compared),
        Column(
            f"Smallest gap it could show, {whom}",
            lambda one: exact_cell(one[0].smallest_gap, one[1].decimals + 1),
            _not_compared,
        ),
        Column(f"More answers needed, {whom}", lambda one: one[0].more_answers, _not_compared),
        Column(
            f"Why no number of answers, {whom}",
            lambda one: one[0].answers_reason or "",
            Empty.NONE,
        ),
    )


CERTAINTY: Final[tuple[Column[PublishedRow], ...]] = _grouped(
    SURE,
    *(
        column.within(beside)
        for whom, beside in (
            ("peers", lambda row: (certainty_words.against_peers(row), row)),
            ("England", lambda row: (certainty_words.against_england(row), row)),
        )
        for column in _certainty(f"against {whom}")
    ),
)


def _of_row(
    heading: str,
    cell: Callable[[PublishedRow], Cell],
    empty: Empty | Callable[[PublishedRow], Empty] = Empty.NOT_AVAILABLE,
) -> Column[PublishedRow]:
    return Column(heading, cell, empty)


def _figure(
    heading: str,
    value: Callable[[PublishedRow], float | None],
    empty: Empty | Callable[[PublishedRow], Empty],
    *,
    finer: int = 0,
) -> Column[PublishedRow]:
    """A figure at the decimals of its row, or at finer ones."""
    return Column(heading, lambda row: exact_cell(value(row), row.decimals + finer), empty)


INDICATOR: Final[tuple[Column[PublishedRow], ...]] = (
    *MEASURE,
    *_grouped(
        EVIDENCE,
        _of_row("Official title", lambda row: row.title),
        _of_row("Domain", lambda row: row.domain),
    ),
    *_grouped(
        VERDICTS,
        _of_row("Which way is better", lambda row: WORDING.polarities[row.polarity].short),
        _figure("Figure", lambda row: row.value, _status),
    ),
    *_grouped(
        EVIDENCE,
        _figure("Lower 95% limit", lambda row: row.lower, _status, finer=1),
        _figure("Upper 95% limit", lambda row: row.upper, _status, finer=1),
    ),
    *_grouped(
        VERDICTS,
        _of_row("Status", lambda row: sentences.STATUS_WORDS.get(row.status, "published")),
    ),
    *_grouped(EVIDENCE, _of_row("Printed as", lambda row: row.marker or "", Empty.NOT_APPLICABLE)),
    *_grouped(VERDICTS, _figure("Peers' average", lambda row: row.peer_average, _no_peers)),
    *_grouped(
        SPREAD,
        _figure("Median of the peers", lambda row: row.peer_median, _no_peers),
        _figure("Lowest of the peers", lambda row: row.peer_lowest, _no_peers),
        _figure("Highest of the peers", lambda row: row.peer_highest, _no_peers),
        _of_row(
            "A few peers pull their average",
            lambda row: "yes" if row.peer_mean_dragged else "",
            lambda row: _no_peers(row) if row.peer_average is None else Empty.NO,
        ),
        _of_row("Peers with a figure", lambda row: row.peers_reporting),
        _of_row("Peers in all", lambda row: row.peers_total),
        _of_row("Peers without a figure", lambda row: "; ".join(row.peers_missing), Empty.NONE),
    ),
    *_grouped(
        VERDICTS,
        _figure("England", lambda row: row.england, Empty.NOT_AVAILABLE),
        _of_row("Against peers", lambda row: look_vs_peers(row).text),
        _of_row("Against England", lambda row: look_vs_england(row).text),
    ),
    *CERTAINTY,
    *_grouped(EVIDENCE, _of_row("Rule", lambda row: row.rule)),
    *_grouped(
        VERDICTS,
        _of_row("Why not compared", lambda row: row.reason or "", Empty.NOT_APPLICABLE),
        _of_row("Rank", lambda row: row.rank, _status),
        _of_row("Councils ranked", lambda row: row.rank_of),
    ),
    *_grouped(
        EVIDENCE,
        _of_row("Best rank of the 95% range", lambda row: row.rank_lower, _status),
        _of_row("Worst rank of the 95% range", lambda row: row.rank_upper, _status),
    ),
    *_grouped(
        CHANGES,
        _figure("Previous figure", lambda row: row.previous, _change),
        _of_row("Previous year", lambda row: row.previous_period or "", _change),
        _figure("Change", lambda row: row.change, _change),
        _of_row(
            "Change in words",
            lambda row: sentences.change_text(row) if row.value is not None else "",
            _change,
        ),
        _of_row("Certainty of the change", lambda row: row.certainty_vs_previous or "", _of_change),
        _of_row(
            "Probability of the change",
            lambda row: _share(row.probability_vs_previous),
            _of_change,
        ),
        _of_row(
            "Margin of the change reckoned from",
            lambda row: row.change_margin_from or "",
            lambda row: _change(row) if row.change is None else Empty.NOT_APPLICABLE,
        ),
        _figure("Next figure", lambda row: row.next, Empty.NOT_AVAILABLE),
        _of_row("Next year", lambda row: row.next_period or ""),
    ),
    *_grouped(EVIDENCE, _of_row("Notes", lambda row: " ".join(_notes(row)), Empty.NONE)),
)


def _of_trend(cell: Callable[[Tendency, int], Cell], otherwise: Cell) -> Callable[[Trend], Cell]:
    """A cell of a trend, or what stands where none is known."""
    return lambda line: otherwise if line.tendency is None else cell(line.tendency, line.decimals)


def _none_in(line: Trend) -> Empty:
    """Why a trend names no such year: it has none, or none was tested."""
    tested = line.tendency is not None and not line.tendency.reason
    return Empty.NONE if tested else Empty.NOT_AVAILABLE


TREND: Final[tuple[Column[Trend], ...]] = _grouped(
    TRENDS,
    Column("Trend", _of_trend(lambda one, _: trend_words.short_of(one), "")),
    Column("Years of the trend", _of_trend(lambda one, _: "; ".join(one.years), "")),
    Column(
        "Years left out of the trend",
        _of_trend(lambda one, _: trend_words.left_out(one), ""),
        _none_in,
    ),
    Column(
        "Slope a year",
        _of_trend(lambda one, decimals: exact_cell(one.slope_per_year, decimals + 2), None),
    ),
    Column(
        "As far by usual ups and downs (p)", _of_trend(lambda one, _: exact_cell(one.p, 6), None)
    ),
    Column("Odd year", _of_trend(lambda one, _: one.odd_year or "", ""), _none_in),
    Column("Turning year", _of_trend(lambda one, _: one.turning_year or "", ""), _none_in),
    Column(
        "Why no trend is tested",
        _of_trend(lambda one, _: one.reason, ""),
        lambda line: Empty.NOT_AVAILABLE if line.tendency is None else Empty.NOT_APPLICABLE,
    ),
)


def _whose(line: PeerLine | YearLine) -> Whose:
    return line.whose


def _row(line: PeerLine | YearLine) -> PublishedRow:
    return line.row


_WHOSE_MEASURE: Final = (
    *(column.within(_whose) for column in WHOSE),
    *(column.within(_row) for column in MEASURE),
)
_REASONS: Final = {
    **{words: status_empty(status) for status, words in MISSING.items()},
    NO_COUNCIL: Empty.NOT_APPLICABLE,
}
_PEER: Final[tuple[Column[PeerLine], ...]] = (
    *_WHOSE_MEASURE,
    Column("Peer", lambda line: line.peer),
    Column(
        "Peer's figure",
        lambda line: exact_cell(line.value, line.row.decimals),
        lambda line: _REASONS.get(line.reason, Empty.NOT_AVAILABLE),
    ),
    Column("Why there is none", lambda line: line.reason, Empty.NOT_APPLICABLE),
)
_YEAR: Final[tuple[Column[YearLine], ...]] = (
    *_WHOSE_MEASURE,
    Column(
        "Figure",
        lambda line: _printed(line.point.council),
        lambda line: status_empty(line.point.status),
    ),
    Column(
        "Why there is none",
        lambda line: sentences.STATUS_WORDS.get(line.point.status, ""),
        lambda line: Empty.NOT_AVAILABLE if line.point.council is None else Empty.NOT_APPLICABLE,
    ),
    Column("Peers' average", lambda line: exact_cell(line.point.peer_average, line.row.decimals)),
    Column("England", lambda line: _printed(line.point.england)),
    Column(
        "Can it be compared?",
        lambda line: sentences.comparable(
            gap_before=line.point.gap_before,
            isolated=line.point.isolated,
            why=line.point.gap_text,
        ),
        Empty.NONE,
    ),
)


def _tried(against: str, tried: Mapping[str, VerdictGrounds]) -> VerdictGrounds | None:
    return tried.get(against)


def _unsaid(trial: VerdictGrounds | None) -> Empty:
    """Why nothing is said of what would change a verdict: nothing would, or it was not tried."""
    return Empty.NOT_AVAILABLE if trial is None else Empty.NONE


# What each verdict of a line rests on, and what would change it; empty where it was not tried.
_VERDICT: Final[tuple[Column[VerdictGrounds | None], ...]] = (
    Column("Hinges, {}", lambda told: told.hinges_on if told else "", _unsaid),
    Column("Rests on, {}", lambda told: told.rests_on if told else "", _unsaid),
    Column("Would change, {}", lambda told: told.change if told else "", _unsaid),
)
SENSITIVITY: Final[tuple[Column[Mapping[str, VerdictGrounds]], ...]] = _grouped(
    HINGES,
    *(
        replace(
            column.within(functools.partial(_tried, against)), heading=column.heading.format(whom)
        )
        for against, whom in (("peers", "against peers"), ("england", "against England"))
        for column in _VERDICT
    ),
)


def indicator_sheet(
    whose: Whose,
    rows: Sequence[PublishedRow],
    *,
    trends: Mapping[str, Tendency] | None = None,
    sensitivity: Mapping[tuple[str, str], VerdictGrounds] | None = None,
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
    sheet: Sheet, keys: Iterable[str], sensitivity: Mapping[tuple[str, str], VerdictGrounds]
) -> Sheet:
    """The sheet with what each row's verdicts rest on, by the key of each row."""
    by_key: dict[str, dict[str, VerdictGrounds]] = {}
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
        name, reason = sentences.missing_peer(text)
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


# Of a column of a frame, what an empty cell means; `value` and its limits ask the status.
_OF_FRAME: Final = {
    "region": Empty.NOT_APPLICABLE,
    "gap_text": Empty.NOT_APPLICABLE,
    "wrong": Empty.NOT_APPLICABLE,
    "reason": Empty.NONE,
    "also": Empty.NONE,
    "near": Empty.NONE,
    "far": Empty.NONE,
}


def frame_sheet(
    frame: pd.DataFrame,
    *,
    name: str,
    columns: Mapping[str, str],
    keys: Collection[str] = (),
    group: str = "",
) -> Sheet:
    """Columns of a frame under the names that a reader knows; missing numbers are empty cells.

    Args:
        frame: numbers at their published decimals, and text.
        name: the sheet's name.
        columns: column of the frame -> heading, in order.
        keys: columns that go to every table of a workbook; see `Sheet.groups`.
        group: the table that the others go to.
    """

    def cell(column: str, value: Any, status: str) -> Cell:
        if value is None or value != value or value == "":
            if column in {"value", "lower", "upper"}:
                return status_empty(status)
            return _OF_FRAME.get(column, Empty.NOT_AVAILABLE)
        if isinstance(value, int) or column in _WHOLE:
            return int(value)
        return Decimal(str(value)) if isinstance(value, float) else str(value).replace("_", " ")

    rows = frame[list(columns)].astype(object).itertuples(index=False)
    statuses = frame["status"] if "status" in frame else [""] * len(frame)
    return Sheet(
        name,
        tuple(columns.values()),
        tuple(
            tuple(
                cell(column, value, str(status)) for column, value in zip(columns, row, strict=True)
            )
            for row, status in zip(rows, statuses, strict=True)
        ),
        tuple("" if column in keys else group for column in columns) if group else (),
    )


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
    """A number rounded to its decimals as a cell holds it; see `numbers.rounded`."""
    return None if value is None else rounded(value, decimals)


# What a spreadsheet program may take for the start of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_bytes(sheet: Sheet) -> bytes:
    """The sheet as CSV: UTF-8 with a mark by which spreadsheet programs know it.

    A text that a spreadsheet program would run as a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(column) for column in sheet.columns])
    writer.writerows([[harmless(cell) for cell in row] for row in sheet.rows])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> str:
    """A cell as text of a CSV, with an apostrophe before what would start a formula."""
    if cell is None or isinstance(cell, Empty):
        return ""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return str(cell)
