"""One council's row of each indicator of a year: its figure beside its peers and England."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict

from bench.judge import funnel as funnels
from bench.judge import ranks, statistics
from bench.judge import remarks as provisional
from bench.judge.benchmarks import (
    NO_GUIDE,
    england,
    explained,
    figures_of,
    mean_is_dragged,
    members_of,
    no_guide,
    not_compared,
    peers_average,
)
from bench.judge.change import ChangeVerdict, errors_of, judge_change, moves_of_all
from bench.judge.detectable import detectable
from bench.judge.figure import (
    NO_ROW,
    AreaHistories,
    FigureInForce,
    error_variances,
    figure_of,
    no_figure,
    reckoned_figure,
    why_missing,
    with_reckoned,
)
from bench.judge.intervals import Interval, PublishedFigure, exact, impossible, interval
from bench.judge.rag import (
    Average,
    Benchmark,
    DecidingRule,
    Meaning,
    RuleName,
    Rules,
    Verdict,
    judge,
    material_gap,
)
from bench.judge.remarks import Remark, Remarks
from bench.judge.row import Judged, Row
from bench.reference.indicator import code_order
from bench.reference.peers import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from bench.judge.belief import TrueMoves
    from bench.judge.benchmarks import PeersWorth
    from bench.judge.figure import PooledFigure
    from bench.published.provisional import OwnFigure
    from bench.reference import Council, Indicator, Registers
    from bench.reference.peers import PeerGroup
    from bench.reference.periods import FinancialYear

_ENGLAND = "england"
_TINY = "the council is too small: a few people more or less would change its figure"


class _Next(TypedDict):
    next: float | None
    next_period: FinancialYear | None


class YearTable:
    """A year's figures of every area, ready to give any council's rows.

    Args:
        figures: The table in force, breakdown "all", any periods; `COLUMNS` of observations.
        registers: Councils, indicators, breaks and notes.
        year: The year of the rows.
        rules: How a verdict is reached.
        remarks: What is to be said beside figures of any year.
        histories: The same figures as plain values, where tables of several years share them.
    """

    def __init__(
        self,
        figures: pd.DataFrame,
        registers: Registers,
        year: FinancialYear,
        rules: Rules,
        *,
        remarks: Remarks | None = None,
        histories: AreaHistories | None = None,
    ) -> None:
        self.registers, self.year, self.rules = registers, year, rules
        self.remarks = remarks or Remarks({})
        self.figures = figures
        self.histories = histories or AreaHistories(figures)
        self._printed: dict[tuple[str, FinancialYear], dict[str, FigureInForce]] = {}
        self._areas: dict[FinancialYear, tuple[str, ...]] = {}
        self._members: dict[tuple[str, FinancialYear], NDArray[np.bool_]] = {}
        self._begin()
        # Before ASCOF, and beside its first year, the National Indicator Set where it is held.
        national = (
            entry
            for entry in registers.indicators.in_year(year, framework="nis")
            if self.printed(entry.indicator_id, year)
        )
        self.indicators = (*registers.indicators.in_year(year), *national)
        self._first_year = min((entry.years[0] for entry in self.indicators), default=year)

    def _begin(self) -> None:
        """Nothing is worked out yet of what rests on the figures."""
        self._fields: dict[tuple[str, FinancialYear], statistics.Field] = {}
        self._errors: dict[tuple[str, FinancialYear], dict[str, float]] = {}
        self._england: dict[tuple[str, FinancialYear], Benchmark] = {}
        self._in_fives: dict[tuple[str, FinancialYear], bool] = {}
        self._funnels: dict[tuple[str, FinancialYear], funnels.Funnel | str] = {}
        self._moves: dict[tuple[str, FinancialYear], TrueMoves | str] = {}
        self._worths: dict[tuple[str, str, FinancialYear, bool], PeersWorth | str] = {}

    def rows(
        self,
        council: Council,
        peers: PeerGroup,
        own_figures: Iterable[OwnFigure] = (),
        also: Iterable[str] = (),
    ) -> list[Row]:
        """One row per indicator that the year's framework publishes, in the order of its codes.

        Args:
            council: Whose rows.
            peers: With whom it is compared.
            own_figures: Its own provisional ones; those of the year take the place of what is
                published in its own row, and of nobody else's anything.
            also: Further indicators that have a row each, by their identifiers.
        """
        own = {f.indicator_id: f for f in own_figures if f.period == str(self.year)}
        listed = {entry.indicator_id for entry in self.indicators}
        added = [self.registers.indicators[name] for name in {*own, *also} - listed]
        earlier = self.histories.of(council.area_id)
        return [
            self._row(indicator, council, peers, earlier, own.get(indicator.indicator_id))
            for indicator in sorted(
                [*self.indicators, *added], key=lambda entry: code_order(entry.code(self.year))
            )
        ]

    def across(self, indicator: Indicator, model: str) -> list[Row]:
        """One row per council that there was that year, by name, all of one indicator.

        Args:
            indicator: One that the year's framework publishes.
            model: Peer model; every council beside its own peers.
        """
        group, histories = self.registers.peers.group, self.histories
        return [
            self._row(
                indicator,
                council,
                group(model, council, self.year),
                histories.of(council.area_id),
            )
            for council in self.registers.councils.in_year(self.year)
        ]

    def published(self, indicator: Indicator, council: Council) -> FigureInForce:
        """What is printed of a council that year."""
        return self.printed(indicator.indicator_id, self.year).get(council.area_id, NO_ROW)

    def supposing(
        self, indicator: Indicator, council: Council, printed: FigureInForce
    ) -> YearTable:
        """The same year with another figure in one place; this table stays as it is."""
        others = self.printed(indicator.indicator_id, self.year)
        return self.with_figures(indicator.indicator_id, {**others, council.area_id: printed})

    def with_figures(self, indicator_id: str, printed: Mapping[str, FigureInForce]) -> YearTable:
        """The same year with other figures of one indicator; this table stays as it is.

        Args:
            indicator_id: Of which.
            printed: The figures of every area, by `area_id`.
        """
        other = copy.copy(self)
        other._begin()
        other._printed = {**self._printed, (indicator_id, self.year): dict(printed)}
        return other

    def with_remarks(self, remarks: Remarks) -> YearTable:
        """The same year with remarks beside its figures; this table stays as it is.

        The two share what they have worked out so far, as none of it rests on remarks.
        """
        other = copy.copy(self)
        other.remarks = remarks
        return other

    def by_rule(self, rule: RuleName) -> YearTable:
        """The same year judged by another rule; this table stays as it is.

        The two share what they have worked out so far, as none of it rests on the rule.
        """
        other = copy.copy(self)
        other.rules = self.rules.model_copy(update={"rule": rule})
        return other

    def field(self, indicator_id: str, year: FinancialYear | None = None) -> statistics.Field:
        """Every council's published value of the table's year or another, without the tiny two."""
        year = year or self.year
        if (indicator_id, year) not in self._fields:
            compared = set(self.compared_areas(year))
            values = {
                area_id: exact(printed.value)
                for area_id, printed in self.printed(indicator_id, year).items()
                if area_id in compared and printed.value is not None
            }
            errors = self.variances(indicator_id, year)
            decimals = self.registers.indicators[indicator_id].decimals(year)
            self._fields[indicator_id, year] = statistics.Field(
                values,
                {area_id: errors[area_id] for area_id in values if area_id in errors},
                Fraction(1, 10**decimals),
            )
        return self._fields[indicator_id, year]

    def compared_areas(self, year: FinancialYear) -> tuple[str, ...]:
        """The councils that there were that year, without the tiny two; sorted."""
        if year not in self._areas:
            councils = self.registers.councils.in_year(year)
            self._areas[year] = tuple(sorted(one.area_id for one in councils if not one.tiny))
        return self._areas[year]

    def variances(self, indicator_id: str, year: FinancialYear) -> dict[str, float]:
        """The sampling variance of every figure whose error is known, by area."""
        if (indicator_id, year) not in self._errors:
            self._errors[indicator_id, year] = error_variances(
                self.printed(indicator_id, year), self.registers.indicators[indicator_id]
            )
        return self._errors[indicator_id, year]

    def compared(
        self, indicator: Indicator, year: FinancialYear | None = None
    ) -> dict[str, PublishedFigure]:
        """The figure of every council in `field`, by area, with its counts and margin."""
        year = year or self.year
        printed = self.printed(indicator.indicator_id, year)
        ranked = self.field(indicator.indicator_id, year).values  # noqa: PD011
        return {area_id: figure_of(printed[area_id], indicator) for area_id in ranked}

    def funnel(
        self, indicator: Indicator, year: FinancialYear | None = None
    ) -> funnels.Funnel | str:
        """The funnel of the councils in `field`, or why there is none."""
        year = year or self.year
        if (indicator.indicator_id, year) not in self._funnels:
            england = self.printed(indicator.indicator_id, year).get(_ENGLAND, NO_ROW)
            self._funnels[indicator.indicator_id, year] = self._refused(
                indicator, year
            ) or funnels.funnel(
                self.compared(indicator, year), self.rules.funnel, england=england.value
            )
        return self._funnels[indicator.indicator_id, year]

    def ranking(self, indicator: Indicator) -> ranks.Ranking | str:
        """How sure the places of the councils in `field` are, or why they cannot be ranked."""
        return self._refused(indicator, self.year) or ranks.ranking(
            self.compared(indicator),
            self.rules.ranks,
            lowest_first=indicator.polarity == "lower_is_better",
        )

    def peers_worth(
        self,
        indicator: Indicator,
        model: str,
        year: FinancialYear | None = None,
        *,
        beside_england: bool = False,
    ) -> PeersWorth | str:
        """How much of the differences among the councils in `field` their peers explain.

        Args:
            indicator: Of which.
            model: How every council's peers are chosen; an own list is only one council's.
            year: The table's year or another.
            beside_england: Whether England's published figure takes the place of the mean of the
                other councils.

        Returns:
            The share with its range, or why there is none.
        """
        year = year or self.year
        key = (indicator.indicator_id, model, year, beside_england)
        if key not in self._worths:
            self._worths[key] = self._worth(*key)
        return self._worths[key]

    def _worth(
        self, indicator_id: str, model: str, year: FinancialYear, beside_england: bool
    ) -> PeersWorth | str:
        indicator = self.registers.indicators[indicator_id]
        if refused := self._refused(indicator, year):
            return refused
        england = self.england_of(indicator, year).value
        if beside_england and england is None:
            return "England has no figure"
        return explained(
            figures_of(self.compared_areas(year), self.printed(indicator_id, year)),
            self.members(model, year),
            self.rules.peers_worth,
            benchmark=float(england) if beside_england and england is not None else None,
        )

    def members(self, model: str, year: FinancialYear | None = None) -> NDArray[np.bool_]:
        """Who is whose peer among `compared_areas`, in their order: shape (n, n)."""
        year = year or self.year
        if (model, year) not in self._members:
            councils, group = self.registers.councils, self.registers.peers.group
            self._members[model, year] = members_of(
                [group(model, councils[area_id], year) for area_id in self.compared_areas(year)]
            )
        return self._members[model, year]

    def _peers_no_guide(self, indicator: Indicator, peers: PeerGroup, year: FinancialYear) -> bool:
        """Whether these peers guess a council's figure no better than England; False if unknown."""
        if peers.model in (OWN, _ENGLAND) or self.rules.average is not Average.MEAN:
            return False
        shares = [
            self.peers_worth(indicator, peers.model, year, beside_england=beside)
            for beside in (False, True)
        ]
        return no_guide(shares, self.rules.peers_worth)

    def _refused(self, indicator: Indicator, year: FinancialYear) -> str | None:
        """Why no council's figure may be set beside another's; the page has the source's words."""
        said = self.registers.comparability.not_compared(indicator.indicator_id, "", year)
        return "the figures of the year are not to be compared" if said else None

    def why_not(self, indicator: Indicator, council: Council) -> str | None:
        """Why a council's published figure is compared with nothing at all, or None."""
        own = self.published(indicator, council)
        return self._why_not(indicator, council, own, figure_of(own, indicator), self.year)

    def printed(
        self, indicator_id: str, year: FinancialYear | None = None
    ) -> dict[str, FigureInForce]:
        """The figures of every area by `area_id`, of the table's year or another."""
        asked = (indicator_id, year or self.year)
        if asked not in self._printed:
            self._printed[asked] = self.histories.of_measure(indicator_id, str(asked[1]))
        return self._printed[asked]

    def judged(
        self,
        indicator: Indicator,
        council: Council,
        peers: PeerGroup,
        own_figure: OwnFigure | None = None,
    ) -> Judged:
        """A council's figure beside its peers and England, and nothing else of its row."""
        year, area_id, beside = self.year, council.area_id, self.year
        if own_figure is not None:
            beside = provisional.benchmark_year(
                self.figures, self.registers, indicator, area_id, year
            )
            own = provisional.printed(own_figure)
        else:
            own = self.published(indicator, council)
        figure = figure_of(own, indicator)
        made = interval(figure)
        unable = self._why_not(indicator, council, own, figure, beside)
        average = self.average_of(indicator, peers, beside)
        vs_peers, vs_england = (
            self._verdict(figure, benchmark, indicator, made, beside, unable)
            for benchmark in (average, self.england_of(indicator, beside))
        )
        return Judged(own, figure, made, beside, average, vs_peers, vs_england)

    def average_of(
        self, indicator: Indicator, peers: PeerGroup, year: FinancialYear | None = None
    ) -> Benchmark:
        """The average of the peers' figures, of the table's year or another."""
        year = year or self.year
        return peers_average(
            indicator,
            peers,
            self.printed_with(indicator, peers, year),
            self.rules.average,
            variances=self.variances_with(indicator, peers, year),
        )

    def printed_with(
        self, indicator: Indicator, peers: PeerGroup, year: FinancialYear
    ) -> Mapping[str, FigureInForce]:
        """The figures of every area, and those reckoned for peers that ended, if any are."""
        merged = [peer.merged for peer in peers.members if peer.merged is not None]
        return with_reckoned(self.printed(indicator.indicator_id, year), merged, indicator, year)

    def variances_with(
        self, indicator: Indicator, peers: PeerGroup, year: FinancialYear
    ) -> Mapping[str, float]:
        """The sampling variances of the same figures, as far as they are known."""
        known = self.variances(indicator.indicator_id, year)
        merged = {peer.area_id for peer in peers.members if peer.merged is not None}
        if not merged:
            return known
        printed = self.printed_with(indicator, peers, year)
        return known | error_variances({name: printed[name] for name in merged}, indicator)

    def england_of(self, indicator: Indicator, year: FinancialYear | None = None) -> Benchmark:
        """England's published figure, of the table's year or another."""
        key = (indicator.indicator_id, year or self.year)
        if key not in self._england:
            self._england[key] = england(self.printed(*key).get(_ENGLAND, NO_ROW), indicator)
        return self._england[key]

    def counts_in_fives(self, indicator_id: str, year: FinancialYear) -> bool:
        """Whether every council's counts of the year are printed as multiples of 5.

        Areas above councils are left out: some files print them more exactly.
        """
        if (indicator_id, year) not in self._in_fives:
            printed = self.printed(indicator_id, year)
            self._in_fives[indicator_id, year] = all(
                count % 5 == 0
                for area_id in self.field(indicator_id, year).values  # noqa: PD011 - no frame
                for count in (printed[area_id].numerator, printed[area_id].denominator)
                if count is not None
            )
        return self._in_fives[indicator_id, year]

    def verdict_on(
        self,
        indicator: Indicator,
        council: Council,
        own: FigureInForce,
        benchmark: Benchmark,
        *,
        scale: YearTable,
    ) -> Verdict:
        """What this year's rules say of a figure and a benchmark from anywhere.

        Args:
            indicator: Of which.
            council: Whose figure it is.
            own: The figure.
            benchmark: What it is compared with.
            scale: The year whose councils say what the usual gap is.
        """
        figure = figure_of(own, indicator)
        unable = self._why_not(indicator, council, own, figure, self.year)
        return scale._verdict(figure, benchmark, indicator, interval(figure), scale.year, unable)

    def beside_england(self, indicator: Indicator, area_id: str) -> tuple[FigureInForce, Verdict]:
        """The published figure of a region or type of councils, judged beside England's.

        The usual gap is that between councils, so such a figure is RED where a council's would be.
        """
        own = self.printed(indicator.indicator_id, self.year).get(area_id, NO_ROW)
        figure = figure_of(own, indicator)
        unable = self._why_none(indicator, area_id, own, figure, self.year)
        benchmark = self.england_of(indicator)
        return own, self._verdict(figure, benchmark, indicator, interval(figure), self.year, unable)

    def reckoned_verdict(
        self, indicator: Indicator, pooled: PooledFigure, benchmark: Benchmark
    ) -> Verdict:
        """A figure reckoned from councils', judged as a council's is, by its own error.

        The usual gap is that between councils. What is not compared of one of the councils is not
        compared of them together.
        """
        figure = reckoned_figure(pooled, indicator)
        unable = self._why_not_together(indicator, pooled)
        error: Interval | str = pooled.interval or pooled.reason
        return self._verdict(figure, benchmark, indicator, error, self.year, unable)

    def _why_not_together(self, indicator: Indicator, pooled: PooledFigure) -> str | None:
        if pooled.value is None:
            return pooled.reason
        if all(council.tiny for council, _ in pooled.parts):
            return _TINY
        not_compared = self.registers.comparability.not_compared
        notes = (
            not_compared(indicator.indicator_id, council.area_id, self.year)
            for council, _ in pooled.parts
        )
        return next((note.text for note in notes if note), None)

    def _row(
        self,
        indicator: Indicator,
        council: Council,
        peers: PeerGroup,
        earlier: Mapping[str, Mapping[str, FigureInForce]],
        own_figure: OwnFigure | None = None,
    ) -> Row:
        year, area_id = self.year, council.area_id
        judged = self.judged(indicator, council, peers, own_figure)
        own, figure, made, beside = (
            judged.own,
            judged.figure,
            judged.interval,
            judged.benchmark_year,
        )
        average, vs_peers, vs_england = judged.average, judged.vs_peers, judged.vs_england
        published = self.published(indicator, council)
        printed = self.printed_with(indicator, peers, beside)
        field = self.field(indicator.indicator_id, beside)
        reporting = [p for p in peers.members if printed.get(p.area_id, NO_ROW).value is not None]
        notes = [
            Remark(note.code, note.text)
            for note in self.registers.comparability.notes(indicator.indicator_id, area_id, year)
        ]
        if own_figure is not None:
            notes.insert(0, provisional.remark(beside, year, published.value, indicator))
        # What is said of the council's published figure is not said of its own.
        about = area_id if own_figure is None else _ENGLAND
        notes += self.remarks.of(indicator.indicator_id, about, beside)
        by_size = vs_peers if vs_peers.compared else vs_england
        if (
            own_figure is None
            and str(indicator.unit) == "per_cent"
            and by_size.rule in (DecidingRule.PROBABILITY, DecidingRule.SIZE)
            and (in_heap := provisional.heap(own.value, field, material_gap(field, self.rules)))
        ):
            notes.append(in_heap)
        flags = [note.code for note in notes]
        if isinstance(made, Interval) and made.approximate:
            flags.append("approximate_interval")
        if 0 < len(reporting) < self.rules.few_peers:
            flags.append("few_peers")
        if vs_peers.compared and self._peers_no_guide(indicator, peers, beside):
            flags.append(NO_GUIDE)
        before, previous_year, change_reason = self._previous(indicator, council, own, earlier)
        previous = None if before is None else before.value
        made_before = interval(figure_of(before, indicator)) if before is not None else None
        intervals = tuple(one if isinstance(one, Interval) else None for one in (made, made_before))
        lowest_first = indicator.polarity == "lower_is_better"
        return Row(
            indicator=indicator,
            year=year,
            code=indicator.code(year),
            domain=indicator.domain(year),
            decimals=indicator.decimals(year),
            value=own.value,
            figure=figure,
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
                f"{peer.name} ({why_missing(peer.exists, printed.get(peer.area_id, NO_ROW))})"
                for peer in peers.members
                if peer not in reporting
            ),
            england=printed.get(_ENGLAND, NO_ROW).value,
            vs_peers=vs_peers,
            vs_england=vs_england,
            reason=not_compared(vs_peers, vs_england),
            rank=None if own_figure else field.rank(area_id, lowest_first=lowest_first),
            rank_of=len(field),
            previous=previous,
            previous_interval=intervals[1],
            previous_period=previous_year,
            change=None
            if previous is None or own.value is None
            else float(statistics.change(exact(own.value), exact(previous))),
            vs_previous=ChangeVerdict()
            if before is None or previous_year is None or own.value is None
            else self._change(
                indicator,
                council,
                figure,
                (previous_year, figure_of(before, indicator)),
                earlier.get(indicator.indicator_id, {}),
            ),
            change_reason=change_reason,
            flags=tuple(dict.fromkeys(flags)),
            notes=tuple(notes),
            benchmark_year=None if beside == year else beside,
            peer_mean_dragged=self._dragged(own, average, field),
            **self._next(indicator, council, {} if own_figure else earlier),
            detectable_vs_peers=detectable(figure, intervals[0], vs_peers, field, self.rules),
            detectable_vs_england=detectable(figure, intervals[0], vs_england, field, self.rules),
        )

    def _change(
        self,
        indicator: Indicator,
        council: Council,
        figure: PublishedFigure,
        before: tuple[FinancialYear, PublishedFigure],
        printed: Mapping[str, FigureInForce],
    ) -> ChangeVerdict:
        """What the move since an earlier year comes to.

        Args:
            indicator: Of which.
            council: Whose.
            figure: Of the table's year.
            before: The earlier year and its figure.
            printed: The council's published figures of all years, by period.
        """
        if council.tiny:
            return ChangeVerdict(reason=_TINY)
        assert figure.value is not None  # noqa: S101 - there is a move
        assert before[1].value is not None  # noqa: S101
        cut_between = self.registers.comparability.cut_between
        about = (indicator.indicator_id, council.area_id)

        def lenders() -> dict[FinancialYear, PublishedFigure]:
            return {
                year: figure_of(printed[str(year)], indicator)
                for year in indicator.years
                if str(year) in printed and not cut_between(*about, *sorted((year, self.year)))
            }

        errors = errors_of((self.year, figure), before, lenders)
        if isinstance(errors, str):
            return ChangeVerdict(reason=errors)
        return judge_change(
            exact(figure.value) - exact(before[1].value),
            errors,
            polarity=str(indicator.polarity),
            moves=self._moves_since(indicator, before[0]),
            edge=material_gap(self.field(indicator.indicator_id), self.rules),
            rules=self.rules.auto,
        )

    def _moves_since(self, indicator: Indicator, before: FinancialYear) -> TrueMoves | str:
        """How far the true figures of councils moved since an earlier year."""
        key = (indicator.indicator_id, before)
        if key not in self._moves:
            now, then = self.field(indicator.indicator_id), self.field(*key)
            values, values_then = now.values, then.values  # noqa: PD011 - no frames
            cut_between = self.registers.comparability.cut_between
            both = [
                area_id
                for area_id in sorted({*values} & {*values_then})
                if not cut_between(indicator.indicator_id, area_id, before, self.year)
            ]
            variances: list[float | None] = []
            for area_id in both:
                known = [
                    variance
                    for year in (now, then)
                    if (variance := year.variances.get(area_id)) is not None
                ]
                # Of two years of which one has no error, the other's stands for both.
                variances.append(2 * sum(known) / len(known) if known else None)
            self._moves[key] = moves_of_all(
                [(values[area_id], values_then[area_id]) for area_id in both],
                variances,
                unit=str(indicator.unit),
                least=self.rules.spread.least_councils,
            )
        return self._moves[key]

    def _next(
        self,
        indicator: Indicator,
        council: Council,
        earlier: Mapping[str, Mapping[str, FigureInForce]],
    ) -> _Next:
        """The council's figure of the next year that compares, where one is held."""
        about = (indicator.indicator_id, council.area_id)
        comparability = self.registers.comparability
        none = _Next(next=None, next_period=None)
        if comparability.alone(*about, self.year):
            return none
        for later in sorted(year for year in indicator.years if year > self.year):
            if comparability.cut_between(*about, self.year, later):
                return none
            if not comparability.alone(*about, later):
                printed = earlier.get(indicator.indicator_id, {}).get(str(later), NO_ROW)
                if printed.value is None:
                    return none
                return _Next(next=printed.value, next_period=later)
        return none

    def _dragged(self, own: FigureInForce, average: Benchmark, field: statistics.Field) -> bool:
        """Whether a few peers drag the mean that the council's figure stands beside."""
        if self.rules.average is not Average.MEAN or own.value is None:
            return False
        edge = material_gap(field, self.rules)
        smallest = field.printed_unit if isinstance(edge, str) else edge
        return mean_is_dragged(exact(own.value), average.members, smallest)

    def _why_not(
        self,
        indicator: Indicator,
        council: Council,
        own: FigureInForce,
        figure: PublishedFigure,
        benchmark_year: FinancialYear,
    ) -> str | None:
        """Why the council's figure is compared with nothing at all, or None."""
        why = self._why_none(indicator, council.area_id, own, figure, benchmark_year)
        return _TINY if why is None and council.tiny else why

    def _why_none(
        self,
        indicator: Indicator,
        area_id: str,
        own: FigureInForce,
        figure: PublishedFigure,
        benchmark_year: FinancialYear,
    ) -> str | None:
        """Why the figure of any area is compared with nothing at all, or None."""
        if own.value is None:
            return no_figure(own)
        comparability = self.registers.comparability
        about = (indicator.indicator_id, area_id)
        for year in dict.fromkeys((self.year, benchmark_year)):
            if note := comparability.not_compared(*about, year):
                return note.text
        if benchmark_year != self.year:
            cut = comparability.cut_between(*about, benchmark_year, self.year)
            if apart := cut or comparability.isolated(*about, self.year):
                return apart.text
        if reason := impossible(figure):
            return f"the figure cannot be right as published: {reason}"
        return None

    def _verdict(
        self,
        figure: PublishedFigure,
        benchmark: Benchmark,
        indicator: Indicator,
        interval: Interval | str,
        benchmark_year: FinancialYear,
        unable: str | None,
    ) -> Verdict:
        if unable is not None or figure.value is None:
            return Verdict(Meaning.NOT_COMPARED, DecidingRule.NONE, benchmark.value, unable or "")
        return judge(
            exact(figure.value),
            benchmark,
            polarity=str(indicator.polarity),
            interval=interval if isinstance(interval, Interval) else None,
            field=self.field(indicator.indicator_id, benchmark_year),
            rules=self.rules,
            standing=funnels.standing(self.funnel(indicator, benchmark_year), figure)
            if self.rules.rule is RuleName.FUNNEL
            else "the rule needs no funnel",
        )

    def _previous(
        self,
        indicator: Indicator,
        council: Council,
        own: FigureInForce,
        earlier: Mapping[str, Mapping[str, FigureInForce]],
    ) -> tuple[FigureInForce | None, FinancialYear | None, str | None]:
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
        printed = earlier.get(indicator.indicator_id, {}).get(str(before), NO_ROW)
        if printed.value is None:
            absent = "" if council.exists(before) else ", when the council did not exist"
            return None, None, f"no figure for {before}{absent}"
        return printed, before, None if own.value is not None else "no figure this year"
