"""What one release changed of another: figures, and the verdicts that moved, with what moved them.

Both sides are the table in force as it stood when a release was published, and both are judged by
the same rules.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import pandas as pd

from bench.errors import ParameterError
from bench.judge.figure import NO_ROW, no_figure
from bench.judge.verdict_steps import ComparisonSide, VerdictSteps, verdict_steps
from bench.pages import store
from bench.published import sources
from bench.published.schema import KEY, NUMBERS
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.judge.rag import Rules
    from bench.judge.year_table import YearTable
    from bench.present.provenance import Source
    from bench.published.sources import Release
    from bench.reference import Council, Indicator
    from bench.reference.peers import PeerGroup

# A figure is of one of these only: a measure, a council and a year.
_PLACE: Final = ["area_id", "indicator_id", "period"]


class FigureChange(StrEnum):
    """What became of a published figure."""

    NEW = "new"
    ENDED = "ended"
    REVISED = "revised"


class Against(StrEnum):
    """Which of the two benchmarks."""

    PEERS = "peers"
    ENGLAND = "england"


@dataclass(frozen=True)
class ReleasePair:
    """Two releases, the earlier published before the later, and the latest year of each.

    The latest year of a release is that of the table as it stood then.
    """

    earlier: Release
    later: Release
    year_before: FinancialYear
    year: FinancialYear

    @functools.cached_property
    def figures(self) -> pd.DataFrame:
        """The new, ended and revised figures of every council; see `_figure_changes`."""
        return _figure_changes(self)

    @functools.cached_property
    def restated(self) -> tuple[tuple[str, str], ...]:
        """The indicators and years in which anybody's figure stands otherwise; see `_restated`."""
        return _restated(self)


def release_pair(earlier: str | None = None, later: str | None = None) -> ReleasePair:
    """The releases that are asked for.

    Args:
        earlier: Its id; None for the one before the later.
        later: Its id; None for the latest.

    Raises:
        UnknownNameError: There is no such release.
        ParameterError: Both are the same, the earlier is the later one, or none came before.
    """
    manifest = sources.manifest()
    releases = manifest.releases
    to = manifest[later] if later else releases[-1]
    before = manifest.before(to)
    if earlier is None:
        if not before:
            raise ParameterError(
                f"{to.id} is the first release: there is none before it.",
                mend=f"--to with a later one, such as {releases[-1].id}.",
            )
        earlier = before[-1]
    since = manifest[earlier]
    if later is None and since.id == to.id:
        raise ParameterError(
            f"{to.id} is the latest release: there is none after it.",
            mend=f"--to {to.id} alone, or an earlier --from.",
        )
    if since.id == to.id:
        mend = f"--from {before[-1]}, the release before it." if before else "another --to."
        raise ParameterError(
            f"{to.id} is named as both releases, and nothing changes from it to itself.", mend=mend
        )
    if since.id not in before:
        raise ParameterError(
            f"{since.id} ({since.published}) was published after {to.id} ({to.published}).",
            mend=f"--from {to.id} --to {since.id}.",
        )
    return _pair(since.id, to.id)


@store.forgotten
@functools.lru_cache(maxsize=4)  # what is the same for every council is worked out once
def _pair(earlier: str, later: str) -> ReleasePair:
    """Two releases by their ids, in order."""
    manifest = sources.manifest()
    since, to = manifest[earlier], manifest[later]
    years = {release.id: release.year for release in manifest.releases}
    return ReleasePair(
        since,
        to,
        max(years[name] for name in (*manifest.before(since), since.id)),
        max(years[name] for name in (*manifest.before(to), to.id)),
    )


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """One figure of a council that is new, ended or revised, in the indicator's unit.

    Attributes:
        year: of the figure; of an ended one, the last that has it.
        before: None of a new one.
        after: None of an ended one.
        reason: why an ended one has none in the latest year.
    """

    kind: FigureChange
    indicator: Indicator
    year: FinancialYear
    before: float | None
    after: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VerdictMove:
    """A verdict that moved, and the way from the one to the other.

    Attributes:
        year_before: of the earlier verdict: the same as `year`, or the latest of its release.
        value_before: the council's earlier figure, in the indicator's unit.
        value: its later figure.
        cut: why the two years do not compare, where they do not; "" where they do.
    """

    indicator: Indicator
    against: Against
    year_before: FinancialYear
    year: FinancialYear
    value_before: float
    value: float
    steps: VerdictSteps
    cut: str = ""

    @property
    def revised(self) -> bool:
        """Whether both verdicts are of one year."""
        return self.year == self.year_before


def council_in(council: Council, pair: ReleasePair) -> None:
    """Whether there was such a council in the latest year of either release.

    Raises:
        ParameterError: There was not; what came before or after it is named.
    """
    if council.exists(pair.year_before) or council.exists(pair.year):
        return
    councils = sources.reference().councils
    others = [councils[name] for name in (*council.successors, *council.predecessors)]
    there = [one.name for one in others if one.exists(pair.year)]
    years = dict.fromkeys((str(pair.year_before), str(pair.year)))
    raise ParameterError(
        f"{council.name} did not exist in {' or '.join(years)}, the latest of the two releases.",
        mend=f"{' or '.join(there)}, or other releases." if there else "other releases.",
    )


def _figure_changes(pair: ReleasePair) -> pd.DataFrame:
    """The new, ended and revised figures of every council.

    New is a figure of which the earlier table has no value, revised one of which it has another.
    Ended is one of the earlier table's latest year whose measure has none in the later table's.

    Returns:
        Columns `kind`, `area_id`, `indicator_id`, `period`, `before` and `after`, sorted.
    """
    before, after = _of_councils(pair.earlier), _of_councils(pair.later)
    # What an earlier release printed and is still in force was in force before too.
    later = after.loc[after["release_id"].isin(_since(pair)), [*_PLACE, "value"]]
    both = later.merge(before[[*_PLACE, "value"]], on=_PLACE, how="left", suffixes=("", "_before"))
    both = both.rename(columns={"value": "after", "value_before": "before"})
    new = both[both["before"].isna()].assign(kind=FigureChange.NEW.value)
    revised = both[both["before"].notna() & (both["before"] != both["after"])]
    revised = revised.assign(kind=FigureChange.REVISED.value)
    parts = [new, revised]
    if pair.year > pair.year_before:
        last = before[before["period"] == str(pair.year_before)]
        now = after[after["period"] == str(pair.year)][["area_id", "indicator_id"]]
        ended = last.merge(now, on=["area_id", "indicator_id"], how="left", indicator=True)
        ended = ended[ended["_merge"] == "left_only"].rename(columns={"value": "before"})
        parts.append(ended.assign(kind=FigureChange.ENDED.value))
    columns = ["kind", *_PLACE, "before", "after"]
    rows = [part.reindex(columns=columns).astype({"after": "float64"}) for part in parts]
    table = pd.concat([part for part in rows if len(part)] or rows[:1])
    table = table.astype(dict.fromkeys(_PLACE, "str"))
    return table.sort_values(["kind", *_PLACE], ignore_index=True)


def _of_councils(release: Release) -> pd.DataFrame:
    """The councils' values as they stood when a release was published, with their releases."""
    table = store.figures_as_of(release.id)
    councils = {council.area_id for council in sources.reference().councils}
    return table.loc[
        table["value"].notna() & table["area_id"].isin(councils), [*_PLACE, "value", "release_id"]
    ]


def publications(pair: ReleasePair) -> list[Source]:
    """The publications that the figures of both tables come from, earliest first."""
    tables = (store.figures_as_of(release.id) for release in (pair.earlier, pair.later))
    return store.publications(pd.concat([table[["release_id"]] for table in tables]))


def _since(pair: ReleasePair) -> set[str]:
    """The releases after the earlier of two, the later among them."""
    before = sources.manifest().before
    return {pair.later.id, *before(pair.later)} - {pair.earlier.id, *before(pair.earlier)}


def _restated(pair: ReleasePair) -> tuple[tuple[str, str], ...]:
    """The indicators and years whose figures both tables have, of which any stands otherwise.

    Of anybody, with its counts and margin: only there can a verdict of the same year move. Why
    there is no figure moves none.
    """
    before, after = store.figures_as_of(pair.earlier.id), store.figures_as_of(pair.later.id)
    columns = [*KEY, *NUMBERS, "status"]
    later = after.loc[after["release_id"].isin(_since(pair)), columns]
    periods = later["period"].unique()
    earlier = before.loc[before["period"].isin(periods), columns]
    both = later.merge(earlier, on=KEY, how="left", suffixes=("", "_before"))
    differs = both["status"].astype("str") != both["status_before"].astype("str")
    for name in NUMBERS:
        alike = (both[name] == both[f"{name}_before"]) | (
            both[name].isna() & both[f"{name}_before"].isna()
        )
        differs |= ~alike
    differs &= both["value"].notna() | both["value_before"].notna()
    measure = ["indicator_id", "period"]
    held, found = (
        set(rows.drop_duplicates().itertuples(index=False, name=None))
        for rows in (earlier.loc[earlier["value"].notna(), measure], both.loc[differs, measure])
    )
    return tuple(sorted(found & held))


def figures_of(council: Council, pair: ReleasePair) -> tuple[ChangedFigure, ...]:
    """A council's new, ended and revised figures, by year and title, new ones first."""
    registers = sources.reference()
    table = pair.figures
    rows = table[table["area_id"] == council.area_id]
    found = []
    for record in rows.to_dict("records"):
        kind = FigureChange(record["kind"])
        indicator = registers.indicators[record["indicator_id"]]
        year = FinancialYear.parse(record["period"])
        before, after = (
            None if math.isnan(record[name]) else float(record[name])
            for name in ("before", "after")
        )
        reason = _why_ended(indicator, council, pair) if kind is FigureChange.ENDED else ""
        found.append(ChangedFigure(kind, indicator, year, before, after, reason))
    order = list(FigureChange)
    return tuple(
        sorted(
            found,
            key=lambda one: (order.index(one.kind), -one.year.start, one.indicator.short_title),
        )
    )


def _why_ended(indicator: Indicator, council: Council, pair: ReleasePair) -> str:
    if not council.exists(pair.year):
        return f"there was no such council in {pair.year}"
    if not indicator.published_in(pair.year):
        return f"not published for {pair.year}"
    table = store.figures_as_of(pair.later.id)
    row = table[
        (table["area_id"] == council.area_id)
        & (table["indicator_id"] == indicator.indicator_id)
        & (table["period"] == str(pair.year))
    ]
    if row.empty:
        return f"none is printed for {pair.year}"
    return no_figure(replace(NO_ROW, status=str(row["status"].iloc[0])))


def moves_of(
    council: Council, pair: ReleasePair, model: str, rules: Rules
) -> Iterator[VerdictMove]:
    """The verdicts of a council that moved.

    First those of a year that both tables have, then those from the latest year of the earlier
    table to the latest year of the later one.

    Args:
        council: Whose.
        pair: The releases.
        model: With whom it is compared: the peers of each year.
        rules: How both are judged.
    """
    registers = sources.reference()

    @functools.cache
    def table(year: FinancialYear, release_id: str) -> YearTable:
        return store.year_table_as_of(year, rules, release_id)

    @functools.cache
    def peers(year: FinancialYear) -> PeerGroup:
        group = registers.peers.group(model, council, year)
        # A peer that did not exist is a matter of the list, not of figures.
        return replace(group, members=tuple(peer for peer in group.members if peer.exists))

    def moved(
        indicator: Indicator, year_before: FinancialYear, year: FinancialYear
    ) -> Iterator[VerdictMove]:
        tables = table(year_before, pair.earlier.id), table(year, pair.later.id)
        before, after = (held.published(indicator, council).value for held in tables)
        # Without a figure on one side it is new or ended, and no verdict has moved.
        if before is None or after is None:
            return
        sides = [(held, peers(held.year)) for held in tables]
        first, second = (held.judged(indicator, council, group) for held, group in sides)
        verdicts = {
            Against.PEERS: (first.vs_peers, second.vs_peers),
            Against.ENGLAND: (first.vs_england, second.vs_england),
        }
        for against, (then, now) in verdicts.items():
            if then.meaning != now.meaning:
                earlier, later = (
                    ComparisonSide(held, group if against is Against.PEERS else None)
                    for held, group in sides
                )
                cut = registers.comparability.cut_between(
                    indicator.indicator_id, council.area_id, year_before, year
                )
                yield VerdictMove(
                    indicator,
                    against,
                    year_before,
                    year,
                    before,
                    after,
                    verdict_steps(indicator, council, earlier, later),
                    cut.text if cut and year_before != year else "",
                )

    for indicator, *years in _compared(pair, rules):
        if all(map(council.exists, years)):
            yield from moved(indicator, *years)


def _compared(
    pair: ReleasePair, rules: Rules
) -> Iterator[tuple[Indicator, FinancialYear, FinancialYear]]:
    """The indicators on which verdicts are set beside each other, each with its two years."""
    for indicator_id, period in pair.restated:
        indicator = sources.reference().indicators[indicator_id]
        year = next((one for one in indicator.years if str(one) == period), None)
        if year is not None:
            yield indicator, year, year
    if pair.year_before != pair.year:
        earlier = store.year_table_as_of(pair.year_before, rules, pair.earlier.id).indicators
        listed = {indicator.indicator_id for indicator in earlier}
        for indicator in store.year_table_as_of(pair.year, rules, pair.later.id).indicators:
            if indicator.indicator_id in listed:
                yield indicator, pair.year_before, pair.year


def prepare(rules: Rules) -> None:
    """Work out what verdicts before and after the latest release rest on, before many pages ask."""
    pair = release_pair()
    for indicator, year_before, year in _compared(pair, rules):
        for year_of, release in ((year_before, pair.earlier), (year, pair.later)):
            store.year_table_as_of(year_of, rules, release.id).prepare(indicator)
