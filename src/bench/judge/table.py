"""One council's row of each indicator of a year: its figure beside its peers and England.

Enters: the table in force (breakdown "all"), the registers, the rules. Leaves: `Row` objects in
the order of the year's framework, each with two verdicts and their evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.judge import compare
from bench.judge.rag import (
    Average,
    Benchmark,
    Meaning,
    Rule,
    Rules,
    Verdict,
    judge,
    judge_change,
)
from bench.judge.row import Row
from bench.judge.uncertainty import PER, Figure, Interval, Method, exact, impossible, interval
from bench.judge.versions import Remark, Remarks

if TYPE_CHECKING:
    import pandas as pd

    from bench.registers import Council, Indicator, Registers, UsageNote
    from bench.registers.peers import PeerGroup
    from bench.registers.periods import FinancialYear

__all__ = ["YearTable"]

_ENGLAND = "england"
_NUMBERS = ["value", "numerator", "denominator", "respondents", "margin"]


@dataclass(frozen=True, slots=True)
class _Printed:
    """One row of the table in force, as plain Python values; NaN is None."""

    value: float | None
    numerator: float | None
    denominator: float | None
    respondents: float | None
    margin: float | None
    status: str
    marker: str


class YearTable:
    """A year's figures of every area, ready to give any council's rows.

    Args:
        figures: The table in force, breakdown "all", any periods; `COLUMNS` of observations.
        registers: Councils, indicators, breaks and notes.
        year: The year of the rows.
        rules: How a verdict is reached.
        remarks: What is to be said beside figures of any year.
    """

    def __init__(
        self,
        figures: pd.DataFrame,
        registers: Registers,
        year: FinancialYear,
        rules: Rules,
        *,
        remarks: Remarks | None = None,
    ) -> None:
        self.registers, self.year, self.rules = registers, year, rules
        self._remarks = remarks or Remarks({})
        self.figures = figures
        self._printed = _by_indicator(figures[figures["period"] == str(year)], "area_id")
        self._compared = frozenset(
            council.area_id for council in registers.councils.in_year(year) if not council.tiny
        )
        self._fields: dict[str, compare.Field] = {}
        self._first_year = min(entry.years[0] for entry in registers.indicators.in_year(year))

    def rows(self, council: Council, peers: PeerGroup) -> list[Row]:
        """One row per indicator that the year's framework publishes, in the order of its codes."""
        earlier = self._earlier(council)
        return [
            self._row(indicator, council, peers, earlier)
            for indicator in self.registers.indicators.in_year(self.year)
        ]

    def across(self, indicator: Indicator, model: str) -> list[Row]:
        """One row per council that there was that year, by name, all of one indicator.

        Args:
            indicator: One that the year's framework publishes.
            model: Peer model; every council beside its own peers.
        """
        group = self.registers.peers.group
        return [
            self._row(indicator, council, group(model, council, self.year), self._earlier(council))
            for council in self.registers.councils.in_year(self.year)
        ]

    def _earlier(self, council: Council) -> dict[str, dict[str, _Printed]]:
        """The council's figures of all years, by indicator and period."""
        return _by_indicator(self.figures[self.figures["area_id"] == council.area_id], "period")

    def field(self, indicator_id: str) -> compare.Field:
        """Every council's value, without the tiny two."""
        if indicator_id not in self._fields:
            values = {
                area_id: exact(printed.value)
                for area_id, printed in self._printed.get(indicator_id, {}).items()
                if area_id in self._compared and printed.value is not None
            }
            self._fields[indicator_id] = compare.Field(values)
        return self._fields[indicator_id]

    def _row(
        self,
        indicator: Indicator,
        council: Council,
        peers: PeerGroup,
        earlier: dict[str, dict[str, _Printed]],
    ) -> Row:
        year, area_id = self.year, council.area_id
        printed = self._printed.get(indicator.indicator_id, {})
        own = printed.get(area_id, _NO_ROW)
        figure = _figure(own, indicator)
        made = interval(figure)
        field = self.field(indicator.indicator_id)
        unable = self._why_not(indicator, council, own, figure)
        average = self._peers(indicator, peers, printed)
        vs_peers, vs_england = (
            self._verdict(figure, benchmark, indicator, made, field, unable)
            for benchmark in (average, _england(printed.get(_ENGLAND, _NO_ROW)))
        )
        reporting = [p for p in peers.members if printed.get(p.area_id, _NO_ROW).value is not None]
        notes: tuple[UsageNote | Remark, ...] = (
            *self.registers.comparability.notes(indicator.indicator_id, area_id, year),
            *self._remarks.of(indicator.indicator_id, area_id, year),
        )
        flags = [note.code for note in notes]
        if isinstance(made, Interval) and made.approximate:
            flags.append("approximate_interval")
        if 0 < len(reporting) < self.rules.few_peers:
            flags.append("few_peers")
        before, previous_year, change_reason = self._previous(indicator, council, own, earlier)
        previous = None if before is None else before.value
        made_before = interval(_figure(before, indicator)) if before is not None else None
        intervals = tuple(one if isinstance(one, Interval) else None for one in (made, made_before))
        lowest_first = indicator.polarity == "lower_is_better"
        return Row(
            indicator=indicator,
            year=year,
            code=indicator.code(year),
            domain=indicator.domain(year),
            decimals=indicator.decimals(year),
            value=own.value,
            interval=intervals[0],
            status=own.status,
            marker=own.marker,
            peer_average=average.value,
            peer_values=tuple(
                (peer.name, value)
                for peer in reporting
                if (value := printed[peer.area_id].value) is not None
            ),
            peers_total=peers.total,
            peers_missing=tuple(
                f"{peer.name} ({_why_missing(peer.exists, printed.get(peer.area_id, _NO_ROW))})"
                for peer in peers.members
                if peer not in reporting
            ),
            england=printed.get(_ENGLAND, _NO_ROW).value,
            vs_peers=vs_peers,
            vs_england=vs_england,
            reason=_reason(vs_peers, vs_england),
            rank=field.rank(area_id, lowest_first=lowest_first),
            rank_of=len(field),
            previous=previous,
            previous_interval=intervals[1],
            previous_period=previous_year,
            change=None
            if previous is None or own.value is None
            else float(compare.change(exact(own.value), exact(previous))),
            vs_previous=Meaning.NOT_COMPARED
            if previous is None
            or own.value is None
            or not (vs_peers.compared or vs_england.compared)
            else judge_change(
                exact(own.value),
                exact(previous),
                polarity=str(indicator.polarity),
                intervals=(intervals[0], intervals[1]),
            ),
            change_reason=change_reason,
            flags=tuple(dict.fromkeys(flags)),
            notes=tuple(note.text for note in notes),
        )

    def _why_not(
        self, indicator: Indicator, council: Council, own: _Printed, figure: Figure
    ) -> str | None:
        """Why the council's figure is compared with nothing at all, or None."""
        if own.value is None:
            return f"the council's figure is {_MISSING[own.status]}"
        note = self.registers.comparability.not_compared(
            indicator.indicator_id, council.area_id, self.year
        )
        if note is not None:
            return note.text
        if reason := impossible(figure):
            return f"the figure cannot be right as published: {reason}"
        if council.tiny:
            return "the council is too small: a few people more or less would change its figure"
        return None

    def _verdict(
        self,
        figure: Figure,
        benchmark: Benchmark,
        indicator: Indicator,
        made: Interval | str,
        field: compare.Field,
        unable: str | None,
    ) -> Verdict:
        if unable is not None or figure.value is None:
            return Verdict(Meaning.NOT_COMPARED, Rule.NONE, benchmark.value, unable or "")
        return judge(
            exact(figure.value),
            benchmark,
            polarity=str(indicator.polarity),
            interval=made if isinstance(made, Interval) else None,
            field=field,
            rules=self.rules,
        )

    def _peers(
        self, indicator: Indicator, peers: PeerGroup, printed: dict[str, _Printed]
    ) -> Benchmark:
        if not peers.members:
            return Benchmark(None, peers.reason)
        reporting = [
            found
            for peer in peers.members
            if (found := printed.get(peer.area_id, _NO_ROW)).value is not None
        ]
        if not reporting:
            return Benchmark(None, "no peer has a figure")
        values = tuple(exact(found.value) for found in reporting if found.value is not None)
        if self.rules.average is Average.MEDIAN:
            return Benchmark(compare.median(values), members=values)
        if self.rules.average is Average.MEAN:
            return Benchmark(compare.mean(values), members=values)
        counts = [
            (exact(found.numerator), exact(found.denominator))
            for found in reporting
            if found.numerator is not None and found.denominator is not None
        ]
        if len(counts) < len(reporting) or indicator.interval.value not in (
            Method.WILSON,
            Method.BYAR,
        ):
            return Benchmark(None, "a pooled average needs the counts of every peer", values)
        pooled = compare.pooled(counts, per=PER[str(indicator.unit)])
        return Benchmark(pooled, "the peers' denominators are 0", values)

    def _previous(
        self,
        indicator: Indicator,
        council: Council,
        own: _Printed,
        earlier: dict[str, dict[str, _Printed]],
    ) -> tuple[_Printed | None, FinancialYear | None, str | None]:
        """The previous comparable figure, its year, and why there is no change to show."""
        comparability = self.registers.comparability
        before = comparability.previous_comparable(indicator, council.area_id, self.year)
        if before is None:
            isolated = comparability.isolated(indicator.indicator_id, council.area_id, self.year)
            last = indicator.previous_year(self.year)
            if isolated is not None:
                return None, None, isolated.text
            if last is None:
                new = self.year > self._first_year
                return None, None, "new this year" if new else "no earlier year is held"
            cut = comparability.cut_between(
                indicator.indicator_id, council.area_id, last, self.year
            )
            return None, None, cut.text if cut else "no earlier year compares with this one"
        printed = earlier.get(indicator.indicator_id, {}).get(str(before), _NO_ROW)
        if printed.value is None:
            absent = "" if council.exists(before) else ", when the council did not exist"
            return None, None, f"no figure for {before}{absent}"
        return printed, before, None if own.value is not None else "no figure this year"


_NO_ROW = _Printed(None, None, None, None, None, "not_available", "")
_MISSING = {
    "suppressed": "suppressed",
    "not_available": "not available",
    "not_applicable": "not applicable",
}


def _by_indicator(figures: pd.DataFrame, within: str) -> dict[str, dict[str, _Printed]]:
    """The rows of one year by indicator and area, or of one area by indicator and period."""
    found: dict[str, dict[str, _Printed]] = {}
    numbers = figures[_NUMBERS].astype(object).where(figures[_NUMBERS].notna(), None)
    labels = figures[["indicator_id", within, "status", "marker"]].astype(str)
    for (indicator_id, key, status, marker), values in zip(
        labels.to_numpy().tolist(), numbers.to_numpy().tolist(), strict=True
    ):
        value, numerator, denominator, respondents, margin = values
        found.setdefault(indicator_id, {})[key] = _Printed(
            value, numerator, denominator, respondents, margin, status, marker
        )
    return found


def _figure(printed: _Printed, indicator: Indicator) -> Figure:
    return Figure(
        value=printed.value,
        unit=str(indicator.unit),
        method=Method(indicator.interval),
        numerator=printed.numerator,
        denominator=printed.denominator,
        respondents=printed.respondents,
        margin=printed.margin,
    )


def _england(printed: _Printed) -> Benchmark:
    if printed.value is None:
        return Benchmark(None, "no England figure is published")
    return Benchmark(exact(printed.value))


def _why_missing(exists: bool, printed: _Printed) -> str:
    return _MISSING[printed.status] if exists else "did not exist that year"


def _reason(vs_peers: Verdict, vs_england: Verdict) -> str | None:
    """What is not compared, with which benchmark, and why; None if both are compared."""
    if vs_peers.compared and vs_england.compared:
        return None
    if vs_peers.reason == vs_england.reason:
        return f"Peers and England: {_stop(vs_peers.reason)}"
    parts = [
        f"{name}: {_stop(verdict.reason)}"
        for name, verdict in (("Peers", vs_peers), ("England", vs_england))
        if not verdict.compared
    ]
    return " ".join(parts)


def _stop(reason: str) -> str:
    """The reason as the end of a sentence, whether or not it brings its own full stop."""
    return reason.rstrip(".") + "."
