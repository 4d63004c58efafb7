"""What a table to be added would change of the figures in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.integrity.surveillance.changes import changes
from bench.published import observations
from bench.published.schema import FIGURE, KEY
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.published.sources import Release
    from bench.reference import Registers


@dataclass(frozen=True)
class Incoming:
    """A table beside what is in force.

    Attributes:
        release: what the table would be.
        figures: how many it prints.
        observed: how many of them are a number.
        councils: how many councils it prints a number of.
        indicators: how many indicators it prints a number of.
        new_codes: codes of its year under which none of its indicators was published before.
        ended: ids of indicators with a figure of the year before and none of its own year.
        new: how many of its numbers stand where no figure was in force.
        alike: how many are in force already with the same value.
        revised: one row per figure whose value in force it changes: KEY, `earlier`, `later` and
            `earlier_release_id`.
        unprinted: how many figures in force it prints no number for; they stay in force.
        overtaken: release -> how many of its numbers stand in that later one, which stays in force.
        moved: one row per council's figure that would be in force and moved by more than any did
            of that indicator in an earlier year: KEY, `previous_period`, `previous_value`, `value`,
            `change` and `largest`, in the indicator's unit.
    """

    release: Release
    figures: int
    observed: int
    councils: int
    indicators: int
    new_codes: tuple[str, ...]
    ended: tuple[str, ...]
    new: int
    alike: int
    revised: pd.DataFrame
    unprinted: int
    overtaken: dict[str, int]
    moved: pd.DataFrame


def incoming(
    history: pd.DataFrame, joined: pd.DataFrame, release: Release, registers: Registers
) -> Incoming:
    """What the release would change.

    Args:
        history: every figure of the other releases, in order of publication; it may be empty.
        joined: those of the release's indicators, with the release's figures at their place.
        release: what the table would be.
        registers: areas, indicators and breaks, with the release's year.
    """
    table = _plain(joined[joined["release_id"] == release.id])
    same = history[history["indicator_id"].isin(table["indicator_id"])]
    before = _plain(observations.in_force(same)) if len(same) else table.iloc[:0]
    after = _plain(observations.in_force(joined))
    printed = table[table["value"].notna()]
    councils = {council.area_id for council in registers.councils}
    beside = (
        table[[*KEY, "value"]]
        .merge(_in_force(before, "earlier"), on=KEY, how="left")
        .merge(_in_force(after, "later"), on=KEY, how="left")
    )
    ours = beside["later_release_id"] == release.id
    observed, was = beside["value"].notna(), beside["earlier"].notna()
    overtaken = beside.loc[observed & ~ours, "later_release_id"].value_counts()
    held = beside[observed & ours & was]
    differs = held["earlier"] != held["later"]
    return Incoming(
        release=release,
        figures=len(table),
        observed=len(printed),
        councils=int(printed.loc[printed["area_id"].isin(councils), "area_id"].nunique()),
        indicators=int(printed["indicator_id"].nunique()),
        new_codes=_new_codes(printed, before, registers),
        ended=_ended(history, table, release.year),
        new=int((observed & ours & ~was).sum()),
        alike=int((~differs).sum()),
        revised=held.loc[differs, [*KEY, "earlier", "later", "earlier_release_id"]],
        unprinted=int((~observed & was).sum()),
        overtaken={str(name): int(number) for name, number in overtaken.items()},
        moved=_moved(after, release, registers),
    )


def _plain(figures: pd.DataFrame) -> pd.DataFrame:
    """Labels as text, so that frames of different categories meet."""
    return figures.astype(dict.fromkeys(["release_id", *KEY], "str"))


def _in_force(figures: pd.DataFrame, name: str) -> pd.DataFrame:
    renamed = {"value": name, "release_id": f"{name}_release_id"}
    return figures[[*KEY, "value", "release_id"]].rename(columns=renamed)


def _new_codes(
    printed: pd.DataFrame, before: pd.DataFrame, registers: Registers
) -> tuple[str, ...]:
    told = before.loc[before["value"].notna(), ["indicator_id", "period"]].drop_duplicates()
    held: dict[str, set[FinancialYear]] = {}
    for name, period in told.itertuples(index=False):
        held.setdefault(name, set()).add(FinancialYear.parse(period))
    found = []
    pairs = printed[["indicator_id", "period"]].drop_duplicates()
    for name, period in pairs.itertuples(index=False):
        year, indicator = FinancialYear.parse(period), registers.indicators[name]
        earlier = [other for other in held.get(name, ()) if other <= year]
        known = {indicator.code(other) for other in earlier if indicator.published_in(other)}
        if indicator.published_in(year) and indicator.code(year) not in known:
            found.append(indicator.code(year))
    return tuple(sorted(set(found)))


def _ended(history: pd.DataFrame, table: pd.DataFrame, year: FinancialYear) -> tuple[str, ...]:
    def observed(figures: pd.DataFrame, period: FinancialYear) -> set[str]:
        rows = figures[(figures["period"] == str(period)) & figures["value"].notna()]
        return set(rows["indicator_id"])

    if observed(history, year):  # what has ended had ended before
        return ()
    return tuple(sorted(observed(history, year.shift(-1)) - observed(table, year)))


def _moved(after: pd.DataFrame, release: Release, registers: Registers) -> pd.DataFrame:
    """The release's changes from the year before that are larger than any in an earlier year."""
    columns = [*FIGURE, "breakdown", "previous_period", "previous_value", "value", "change"]
    whole = after[after["breakdown"] == "all"]
    ours = whole.loc[whole["release_id"] == release.id, FIGURE]
    moves = changes(whole[whole["indicator_id"].isin(ours["indicator_id"])], registers)
    moves = moves.assign(breakdown="all")[~moves["tiny"].astype("bool")]
    mine = pd.MultiIndex.from_frame(moves[FIGURE]).isin(pd.MultiIndex.from_frame(ours))
    years = moves.loc[mine, "period"]
    earlier = ~moves["period"].isin(years) & (moves["period"] < max(years, default=""))
    others = moves[~mine & earlier]
    largest = others.assign(size=others["change"].abs()).groupby("indicator_id")["size"].max()
    found = moves.loc[mine, columns]
    found["largest"] = found["indicator_id"].map(largest)
    return found[found["change"].abs() > found["largest"]].reset_index(drop=True)
