"""The rows of every table of an export, from one state of the data."""

from __future__ import annotations

import gc
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from bench.errors import ExecutionError, ParameterError
from bench.judge import multiplicity, statistics, trend_test
from bench.judge.published_row import published
from bench.judge.trend_test import Direction
from bench.pages.choices import default_peers, rules_for, unknown_year
from bench.pages.store import FiguresAsOf
from bench.present.glossary import FLAG_TEXTS
from bench.project import checksums, processes
from bench.publish.export import contract
from bench.published import layouts, observations, revisions, sources
from bench.published.layouts import CodedLayout, LongLayout, WideLayout
from bench.reference.areas import fixed_areas
from bench.reference.peers import RECKONED
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from bench.judge.rag import Rules
    from bench.judge.ranks import Ranking, RankInterval
    from bench.judge.row import Row
    from bench.judge.trend_test import TrendVerdict
    from bench.judge.year_table import YearTable
    from bench.publish.export.contract import ExportTable
    from bench.published.layouts import AnyLayout
    from bench.published.sources import Release
    from bench.reference import Council, Registers

    Cells = tuple[Any, ...]

_PROCESSES: Final = 2
_TYPES: Final = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
# Columns of the verdicts that a published row has by the same name; those of its trend come last.
_OF_ROW: Final = tuple(
    field.name
    for field in contract.VERDICTS.fields
    if field.name not in contract.VERDICTS.primary_key and not field.name.startswith("trend")
)


@dataclass(frozen=True)
class Snapshot:
    """What an export is of: one state of the data, and the choices that it is judged by.

    Attributes:
        figures: of every release up to the last one.
        releases: those releases, in order of publication.
        years: the years exported, in order; `chosen` where they were asked for.
        peers: the peer model.
        rules: how a verdict is reached.
    """

    figures: FiguresAsOf
    releases: tuple[Release, ...]
    years: tuple[FinancialYear, ...]
    chosen: bool
    peers: str
    rules: Rules
    registers: Registers

    @classmethod
    def of(
        cls, *, years: Sequence[str] = (), as_of: str | None = None, peers: str | None = None
    ) -> Snapshot:
        """Resolve what is asked for, and read the figures.

        Raises:
            UnknownNameError: A release, a year or a peer model that is not known.
            ParameterError: A text that is no year, or peers that are reckoned.
            DamageError: The data is damaged.
        """
        releases = sources.manifest().releases
        if as_of is not None:
            releases = releases[: releases.index(sources.manifest()[as_of]) + 1]
        wanted = tuple(sorted({FinancialYear.parse(year) for year in years}))
        registers = sources.reference()
        model = peers or default_peers()
        figures = FiguresAsOf(as_of)
        offered = figures.years()
        for year in wanted:
            if year not in offered:
                raise unknown_year(year, offered)
        asked_about = wanted or offered
        if registers.peers.reckoned(model):
            raise ParameterError(
                f"Figures that are reckoned are not exported, and {model!r} asks for some.",
                mend=f"--peers {model.strip().removesuffix(RECKONED)}",
            )
        for council in registers.councils.in_year(asked_about[-1]) if asked_about else ():
            registers.peers.group(model, council, asked_about[-1])
        return cls(figures, releases, asked_about, bool(wanted), model, rules_for(), registers)

    def tables(self) -> dict[str, pa.Table]:
        """Every table of the contract, by name, with its columns in order and rows by key."""
        judged = self._judged()
        flags = [cells for _, of_year in judged for cells in of_year]
        texts = {words: number for number, words in enumerate(sorted({f[3:] for f in flags}), 1)}
        rows: dict[str, Iterable[Cells]] = {
            "verdicts": (cells for verdicts, _ in judged for cells in verdicts),
            "verdict_flags": ((*cells[:4], texts[cells[3:]]) for cells in flags),
            "flag_texts": ((number, *words) for words, number in texts.items()),
            "areas": self._areas(),
            "councils": map(_council, self.registers.councils),
            "council_codes": self._codes(),
            "council_successors": (
                (one.area_id, other) for one in self.registers.councils for other in one.successors
            ),
            "breakdowns": (
                (one.breakdown_id, one.label)
                for one in self.registers.indicators.breakdowns.values()
            ),
            "indicators": self._indicators(),
            "indicator_years": (
                (one.indicator_id, str(y), one.code(y), one.domain(y), one.decimals(y))
                for one in self.registers.indicators
                for y in one.years
            ),
            "years": self._years(),
            "peers": self._peers(),
            "breaks": self._breaks(),
            "notes": self._notes(),
            "releases": self._releases(),
        }
        frames = {
            "observations": self._of_years(self.figures.in_force),
            "supplements": self._of_years(
                observations.supplements(self.figures.history, self.figures.in_force)
            ),
            "revisions": self._of_years(revisions.differences(self.figures.history)),
        }
        return {
            table.name: _of_frame(table, frames[table.name])
            if table.name in frames
            else _of_rows(table, rows[table.name])
            for table in contract.TABLES
        }

    def _of_years(self, frame: pd.DataFrame) -> pd.DataFrame:
        if not self.chosen:
            return frame
        return frame[frame["period"].isin([str(year) for year in self.years])]

    def _judged(self) -> list[tuple[list[Cells], list[Cells]]]:
        """The verdicts and flags of each year, as `_Judging` gives them.

        Where processes can be forked two of them judge.
        """
        tasks = [_Judging(self, year) for year in self.years]
        if len(tasks) < _PROCESSES or not processes.can_fork():
            return [task() for task in tasks]
        # What is there already is not looked through again by each of the forked ones.
        gc.freeze()
        context = multiprocessing.get_context("fork")
        _TASKS[:] = tasks
        try:
            with ProcessPoolExecutor(_PROCESSES, context, processes.end_with_parent) as pool:
                return list(pool.map(_run, range(len(tasks))))
        except BrokenProcessPool as error:
            raise ExecutionError(
                "A process that judged a year was ended from outside; nothing was written.",
                mend="see whether there is memory enough, or export fewer years with --year.",
            ) from error
        finally:
            _TASKS.clear()
            gc.unfreeze()

    def _areas(self) -> Iterator[Cells]:
        for area in (*self.registers.councils, *fixed_areas().values()):
            yield area.area_id, area.name, area.kind.value

    def _codes(self) -> Iterator[Cells]:
        for council in self.registers.councils:
            for span in council.spans:
                yield (
                    council.area_id,
                    span.ons_code,
                    span.cassr_code,
                    span.type.value,
                    span.publisher_type.value,
                    _word(span.first_year),
                    _word(span.last_year),
                )

    def _indicators(self) -> Iterator[Cells]:
        for one in self.registers.indicators:
            yield (
                one.indicator_id,
                one.framework.framework_id,
                one.title,
                one.short_title,
                one.counts,
                one.unit.value,
                one.polarity.value,
                one.polarity_note,
                float(one.minimum),
                None if one.maximum is None else float(one.maximum),
                one.interval.value,
                one.continues,
            )

    def _years(self) -> Iterator[Cells]:
        comparability = self.registers.comparability
        years = {FinancialYear.parse(p) for p in self.figures.history["period"].unique()}
        years |= {entry.period for entry in comparability.breaks}
        years |= {note.period for note in comparability.usage_notes}
        years |= {year for one in self.registers.indicators for year in one.years}
        for year in sorted(years):
            yield (
                str(year),
                year.start,
                date(year.start, 4, 1),
                date(year.start + 1, 3, 31),
                year in self.years,
            )

    def _peers(self) -> Iterator[Cells]:
        for year in self.years:
            for council in self.registers.councils.in_year(year):
                for peer in self.registers.peers.group(self.peers, council, year).members:
                    yield council.area_id, str(year), peer.area_id, peer.exists

    def _breaks(self) -> Iterator[Cells]:
        for number, one in enumerate(self.registers.comparability.breaks, start=1):
            yield (
                number,
                one.indicator_id,
                one.area_id,
                str(one.period),
                one.kind.value,
                one.text,
                one.source,
                one.reviewed,
            )

    def _notes(self) -> Iterator[Cells]:
        for number, one in enumerate(self.registers.comparability.usage_notes, start=1):
            yield (
                number,
                one.indicator_id,
                one.area_id,
                str(one.period),
                one.code,
                one.effect.value,
                one.text,
                one.source,
            )

    def _releases(self) -> Iterator[Cells]:
        digests = checksums.listing(sources.project_root() / "data").digests
        layout_of = layouts.read(sources.project_root() / "data" / "reference")
        for position, one in enumerate(self.releases, start=1):
            yield (
                one.id,
                position,
                one.title,
                one.publisher,
                one.published,
                one.licence,
                one.landing_page,
                one.provenance,
                one.file,
                one.sha256,
                _value_column(layout_of[one.layout]),
                digests.get(f"published/{one.id}.parquet", ""),
            )


@dataclass(frozen=True)
class _Judging:
    """One year to be judged for every council."""

    snapshot: Snapshot
    year: FinancialYear

    def __call__(self) -> tuple[list[Cells], list[Cells]]:
        """The cells of `verdicts`; and of `verdict_flags`, with the text in place of its number."""
        shot, year = self.snapshot, self.year
        table = shot.figures.year_table(year, shot.rules)
        councils = shot.registers.councils.in_year(year)
        group = shot.registers.peers.group
        each = [table.rows(one, group(shot.peers, one, year)) for one in councils]
        corrected = multiplicity.of_year(shot.rules.multiplicity, each)
        judged = [
            (council, row)
            for council, rows in zip(councils, corrected, strict=True)
            for row in rows
        ]
        trends = self._trends(table, judged)
        places = {one.indicator_id: _places(table.ranking(one)) for one in table.indicators}
        verdicts: list[Cells] = []
        flags: list[Cells] = []
        for council, row in judged:
            key = (row.indicator.indicator_id, council.area_id, str(year))
            place = places[key[0]].get(council.area_id) if row.rank is not None else None
            printed = published(row).placed(place)
            trend = _trend(trends[key[:2]], row.decimals)
            verdicts.append((*key, *(getattr(printed, name) for name in _OF_ROW), *trend))
            flags += [(*key, *words) for words in _flags(row).items()]
        return verdicts, flags

    def _trends(
        self, table: YearTable, judged: Iterable[tuple[Council, Row]]
    ) -> dict[tuple[str, str], TrendVerdict]:
        """Where each figure goes up to the year, by indicator and council."""
        shot, year = self.snapshot, self.year
        changes = {
            (row.indicator.indicator_id, council.area_id): row.vs_previous.meaning
            for council, row in judged
        }
        rules = shot.rules.trend
        found = {}
        lines_of = trend_test.lines_of(
            table.figures, shot.registers, table.indicators, year, histories=table.histories
        )
        for one, lines in lines_of:
            usual = trend_test.usual_changes(lines.values(), year=year, rules=rules)
            for area_id, line in lines.items():
                key = (one.indicator_id, area_id)
                found[key] = trend_test.direction(
                    line, year=year, rules=rules, usual=usual, change=changes[key]
                )
        return found


def _places(ranking: Ranking | str) -> Mapping[str, RankInterval]:
    """The interval of each council's place; none where councils cannot be ranked."""
    return {} if isinstance(ranking, str) else ranking.intervals()


def _trend(trend: TrendVerdict, decimals: int) -> Cells:
    """The cells of a trend; its slope has two decimals more than the figure."""
    slope = trend.per_year
    return (
        trend.direction.value,
        _word(trend.years[0]) if trend.years else None,
        len(trend.years),
        None if slope is None else statistics.rounded(slope, decimals + 2),
        _word(trend.turning_year),
        trend.reason if trend.direction is Direction.CANNOT_BE_TESTED else None,
    )


def _flags(row: Row) -> Mapping[str, str]:
    """What each flag of a row says, in the words of the page."""
    texts: dict[str, list[str]] = {flag: [] for flag in row.flags}
    for note in row.notes:
        texts[note.code].append(note.text)
    return {flag: " ".join(said) or FLAG_TEXTS[flag] for flag, said in texts.items()}


# What the forked processes find here when they begin: a task is not to be sent to them.
_TASKS: list[Callable[[], tuple[list[Any], list[Any]]]] = []


def _run(number: int) -> tuple[list[Cells], list[Cells]]:
    return _TASKS[number]()


def _council(council: Council) -> Cells:
    span = council.spans[-1]
    return (
        council.area_id,
        council.name,
        span.ons_code,
        span.type.value,
        f"region:{council.region}",
        council.region_name,
        council.tiny,
        council.goes_on,
    )


def _value_column(layout: AnyLayout) -> str:
    """Which column of a line holds the value, of a layout whose places are lines; else nothing."""
    if isinstance(layout, WideLayout) or layout.sheet is not None:
        return ""
    if isinstance(layout, LongLayout):
        return layout.columns["printed"]
    if isinstance(layout, CodedLayout):
        return "; ".join(
            f"{code} {one.indicator_id} {one.breakdown}" for code, one in layout.figures.items()
        )
    return "; ".join(name for name, one in layout.figures.items() if one.field == "value")


def _word(value: object) -> str | None:
    return None if value is None else str(value)


def _of_rows(table: ExportTable, rows: Iterable[Cells]) -> pa.Table:
    """The rows as a typed table, in the order of its key."""
    columns = list(zip(*rows, strict=True)) or [()] * len(table.fields)
    arrays = []
    for field, cells in zip(table.fields, columns, strict=True):
        values: Iterable[Any] = cells
        if field.kind == "string":  # nothing is one thing, in Parquet as in CSV
            values = (cell or None for cell in cells)
        arrays.append(pa.array(list(values), _TYPES[field.kind]))
    return _sorted(table, pa.table(arrays, schema=_schema(table)))


def _of_frame(table: ExportTable, frame: pd.DataFrame) -> pa.Table:
    arrays = []
    for field in table.fields:
        column = frame[field.name]
        if field.kind == "string":
            column = column.astype("str")
            column = column.mask(column == "", None)
        arrays.append(pa.array(column, _TYPES[field.kind], from_pandas=True))
    return _sorted(table, pa.table(arrays, schema=_schema(table)))


def _schema(table: ExportTable) -> pa.Schema:
    return pa.schema(
        [pa.field(one.name, _TYPES[one.kind], nullable=not one.needed) for one in table.fields]
    )


def _sorted(table: ExportTable, rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in table.primary_key])
