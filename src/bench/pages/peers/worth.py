"""Which way to choose peers explains most, over all measures and years: `bench peers --worth`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bench.errors import MissingDataError
from bench.judge.peers_worth import (
    PeersWorth,
    SquaredGaps,
    drawn_by_lot,
    figures_of,
    mean_explained,
    more_explained,
)
from bench.pages import choices, store
from bench.peer_model import distance, lists
from bench.present.numbers import bare
from bench.present.table import capital
from bench.published import sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bench.judge.year_table import YearTable
    from bench.reference.periods import FinancialYear

OPEN: Final = "open"
BY_LOT: Final = "by lot"
SIZES: Final = (5, 10, 15, 20, 30, 45, 60)
# How often peers are drawn by lot for each year.
_DRAWS: Final = 5
_LITTLE: Final = 0.01


class Measured(NamedTuple):
    """One measure of one year, with the gaps that each way to choose peers leaves."""

    year: FinancialYear
    code: str
    gaps: Mapping[str, SquaredGaps]


class SizeWorth(NamedTuple):
    """What one size of group by the open model explains on the earlier and on the later years."""

    size: int
    earlier: PeersWorth
    later: PeersWorth


@dataclass(frozen=True)
class ModelsWorth:
    """What each way to choose peers explains, over all measures and years.

    Attributes:
        measured: Each measure and year, by year; the same councils for every way.
        titles: What each way is called, by its name: a model, `by lot`, or `open` and a size.
        number: How many peers the open model gives.
        omitted: The titles of the models that have peers for too few councils to be set beside
            the others.
    """

    measured: tuple[Measured, ...]
    titles: Mapping[str, str]
    number: int
    omitted: tuple[str, ...] = ()

    @property
    def years(self) -> tuple[FinancialYear, ...]:
        """The years that are measured, earliest first."""
        return tuple(sorted({measure.year for measure in self.measured}))

    @property
    def halves(self) -> tuple[tuple[FinancialYear, ...], tuple[FinancialYear, ...]]:
        """The years on which a size is chosen, and the later ones on which it is shown."""
        middle = len(self.years) // 2
        return self.years[:middle], self.years[middle:]

    def of(self, way: str, years: Sequence[FinancialYear] | None = None) -> PeersWorth:
        """What one way explains: the mean over all measures of all years or of some."""
        return mean_explained(self._gaps(way, years))

    def ranked(self) -> list[tuple[str, PeersWorth]]:
        """Every model, at its own size, with what it explains; the most first."""
        models = [(way, self.of(way)) for way in self.titles]
        return sorted(models, key=lambda model: -model[1].share)

    def sizes(self) -> list[SizeWorth]:
        """What each size of group by the open model explains; none for a single year."""
        earlier, later = self.halves
        if not earlier:
            return []
        return [
            SizeWorth(size, self.of(_sized(size), earlier), self.of(_sized(size), later))
            for size in SIZES
        ]

    def apart(
        self, way: str, other: str, years: Sequence[FinancialYear] | None = None
    ) -> tuple[float, float, float]:
        """How much more one way explains than another, with the range of that."""
        return more_explained(self._gaps(way, years), self._gaps(other, years))

    def latest(self, way: str) -> dict[str, float]:
        """The share that a way explains of each measure of the last year, by code."""
        last = self.years[-1]
        return {
            measure.code: mean_explained([measure.gaps[way]]).share
            for measure in self.measured
            if measure.year == last
        }

    def _gaps(self, way: str, years: Sequence[FinancialYear] | None) -> list[SquaredGaps]:
        return [
            measure.gaps[way] for measure in self.measured if years is None or measure.year in years
        ]

    def text(self) -> str:
        """The ranking as plain text, for a terminal."""
        return "\n\n".join([*self._models_text(), *self._sizes_text(), *self._latest_text()])

    def _models_text(self) -> list[str]:
        ranked = self.ranked()
        width = max(len(title) for title in self.titles.values())
        lines = [
            f"{self.titles[way]:<{width}}  {bare(worth.group_size, 1):>5}  {_pct(worth.share):>9}  "
            f"{_range(worth.lower, worth.upper)}"
            for way, worth in ranked
        ]
        (first, _), (second, _) = ranked[:2]
        return [
            _wrapped(
                "How much of the differences among councils the average of their peers explains, "
                f"over {len(self.measured)} measures and years, {_span(self.years)}, each counting "
                "the same. The differences are squared gaps from the mean of the other councils: "
                "0% is no better than that mean, 100% exact. The range is that of other councils "
                "drawn in their place."
            ),
            "\n".join([f"{'Peers by':<{width}}  {'Peers':>5}  {'Explained':>9}  Range", *lines]),
            _wrapped(f"The first beside the second: {self._told_apart(first, second, None)}"),
            *(
                _wrapped(f"Left out, as it has peers for few councils: {title}.")
                for title in self.omitted
            ),
        ]

    def _sizes_text(self) -> list[str]:
        sizes = self.sizes()
        if not sizes:
            return ["No size of group is chosen: there is one year alone."]
        earlier, later = self.halves
        best = max(sizes, key=lambda size: size.earlier.share)
        lines = [
            f"{one.size:>5}  {_pct(one.earlier.share):>9}  {_pct(one.later.share):>9}  "
            f"{_range(one.later.lower, one.later.upper)}{'  chosen' if one == best else ''}"
            for one in sizes
        ]
        advice = f"{best.size} peers explain most on {_span(earlier)}."
        if self.number != best.size and self.number in SIZES:
            apart = self._told_apart(_sized(best.size), _sized(self.number), later)
            advice += f" Beside {self.number} of them, on {_span(later)}: {apart}"
        return [
            _wrapped(
                "Sizes of group by the open model, the only one that gives an order: chosen on "
                f"{_span(earlier)}, shown on {_span(later)}."
            ),
            "\n".join([f"{'Peers':>5}  {'Chosen on':>9}  {'Shown on':>9}  Range", *lines]),
            _wrapped(f"{advice} Most of the councils are the same in both spans of years."),
        ]

    def _latest_text(self) -> list[str]:
        default = choices.default_peers()
        way = default if default in self.titles else OPEN
        shares = self.latest(way)
        best = max(shares, key=lambda code: shares[code])
        little = [code for code, share in shares.items() if share <= _LITTLE]
        named = f" ({', '.join(little)})" if little else ""
        return [
            _wrapped(
                f"{capital(self.titles[way])}, {self.years[-1]}: at most {_LITTLE:.0%} on "
                f"{len(little)} of {len(shares)} measures{named}, the most on {best}: "
                f"{_pct(shares[best])}."
            )
        ]

    def _told_apart(self, way: str, other: str, years: Sequence[FinancialYear] | None) -> str:
        more, low, high = self.apart(way, other, years)
        zero = "so the two cannot be told apart" if low <= 0 <= high else "which leaves 0 out"
        return (
            f"{_points(more)} points more; the range is {_points(low)} to {_points(high)}, {zero}."
        )


def models_worth(weights: str | Path = lists.DEFAULT) -> ModelsWorth:
    """What each way to choose peers explains, over measures with figures of enough councils.

    Args:
        weights: Of the open model, a file in the form of params/peers.yaml.

    Raises:
        RegisterError: The weights do not fit.
        MissingDataError: No measure of any year has figures of enough councils.
    """
    rules = choices.rules_for()
    tables = [store.year_table(year, rules) for year in store.years()]
    models = sources.reference().peers
    others = {name: title for name, title in models.titles().items() if name not in (OPEN, ENGLAND)}
    titles = {name: title for name, title in others.items() if _known(tables, name)}
    number = lists.choices_of(weights).number_of_peers
    area_ids = sorted({area for table in tables for area in table.compared_areas(table.year)})
    ranks = _ranks(area_ids, weights, number)
    measured = [
        measure
        for table in tables
        for measure in _measured(table, area_ids, ranks, list(titles), number)
    ]
    if not measured:
        raise MissingDataError(
            "No measure of any year has figures of enough councils.",
            mend="run `bench build --raw FOLDER`.",
        )
    return ModelsWorth(
        tuple(measured),
        {
            **titles,
            OPEN: f"open peer model, {number} nearest"
            + ("" if str(weights) == lists.DEFAULT else f" by {Path(weights).name}"),
            BY_LOT: f"{number} councils drawn by lot",
        },
        number,
        tuple(title for name, title in others.items() if name not in titles),
    )


def _known(tables: Sequence[YearTable], model: str) -> bool:
    """Whether a model has peers for at least half of the councils of the last year."""
    return bool(tables) and bool(2 * tables[-1].members(model).any(axis=1).mean() >= 1)


def _measured(
    table: YearTable,
    area_ids: Sequence[str],
    ranks: NDArray[np.float64],
    models: Sequence[str],
    number: int,
) -> list[Measured]:
    """Each measure of a year with the gaps of every way, over the councils that all can compare."""
    least = table.rules.peers_worth.least_councils
    here = np.isin(area_ids, table.compared_areas(table.year))
    ways = {model: _spread_out(table.members(model), here) for model in models}
    ways |= {OPEN: ranks <= number} | {_sized(size): ranks <= size for size in SIZES}
    lots = [
        _spread_out(drawn_by_lot(int(here.sum()), number, table.year.start * _DRAWS + draw), here)
        for draw in range(_DRAWS)
    ]
    found = []
    for indicator in table.indicators:
        if isinstance(table.peers_worth(indicator, OPEN), str):
            continue
        values = figures_of(area_ids, table.printed(indicator.indicator_id))
        gaps = {way: SquaredGaps.of(values, members) for way, members in ways.items()}
        counted = np.all([one.counted for one in gaps.values()], axis=0)
        if counted.sum() < least or np.ptp(values[counted]) == 0:
            continue
        gaps = {way: one.only(counted) for way, one in gaps.items()}
        drawn = [SquaredGaps.of(values, members).only(counted) for members in lots]
        gaps[BY_LOT] = SquaredGaps(
            np.mean([one.from_peers for one in drawn], axis=0),
            drawn[0].from_benchmark,
            counted,
            np.mean([one.sizes for one in drawn], axis=0),
        )
        found.append(Measured(table.year, indicator.code(table.year), gaps))
    return found


def _spread_out(members: NDArray[np.bool_], here: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who is whose peer among the councils of a year, as among those of all years."""
    whole = np.zeros((len(here), len(here)), dtype=bool)
    whole[np.ix_(here, here)] = members
    return whole


def _ranks(area_ids: Sequence[str], weights: str | Path, number: int) -> NDArray[np.float64]:
    """By the open model, how near the column's council is to the row's: 1 for the nearest."""
    spaces = lists.model(weights)
    place = {area_id: at for at, area_id in enumerate(area_ids)}
    ranks = np.full((len(area_ids), len(area_ids)), np.inf)
    for area_id, at in place.items():
        space = distance.space_of(area_id, spaces)
        for near in space.nearest(area_id, max(number, *SIZES)) if space else ():
            if near.area_id in place:
                ranks[at, place[near.area_id]] = near.rank
    return ranks


def _sized(size: int) -> str:
    return f"{OPEN} {size}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 80)


def _span(years: Sequence[FinancialYear]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _pct(share: float) -> str:
    return f"{bare(100 * share, 1)}%"


def _points(share: float) -> str:
    return bare(100 * share, 1)


def _range(lower: float, upper: float) -> str:
    return f"{_pct(lower)} to {_pct(upper)}"
