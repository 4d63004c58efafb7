"""Labels and rank of unusual changes: steps, jumps back, milestones, one count that moves alone."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from bench.integrity.surveillance.scores import distance
from bench.judge.multiplicity import benjamini_hochberg
from bench.project.files import StrictModel
from bench.published.schema import ACROSS, FIGURE, SERIES
from bench.reference.indicator import IntervalMethod, Polarity, Together, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bench.reference.indicator import Relative

# A figure is back, or stays, if what is left of a move is at most this share of it.
_LEFT: Final = 0.25
# From this many changes of nothing in a row, a figure that stays the same is looked at.
_FLAT: Final = 2
# A spike and what takes it back are both further off than this many standard deviations.
_ORDINARY: Final = 2.0


class Pattern(StrEnum):
    """What a finding looks like; one that looks like nothing else is a large change."""

    SPIKE = "spike and return"
    STEP = "step"
    FLAT = "flat line"
    HEAP = "100% heap"
    NUMERATOR = "numerator alone"
    DENOMINATOR = "denominator alone"
    NOT_SHARED = "improvement not shared"
    MILESTONE = "just above a milestone"
    LARGE = "large change"


class NationalMilestone(StrictModel):
    """A percentage that councils were asked to reach, and by which document."""

    indicator_id: str
    value: float
    document: str


class SurveillanceRules(StrictModel):
    """params/surveillance.yaml: what is listed, and what it is called."""

    level: float
    shown: int
    part_moved_per_cent: float
    part_stayed_per_cent: float
    milestone_points: float
    heap_share: float


def findings(
    scores: pd.DataFrame,
    rules: SurveillanceRules,
    milestones: Sequence[NationalMilestone] = (),
    relatives: Mapping[str, tuple[Relative, ...]] = MappingProxyType({}),
) -> pd.DataFrame:
    """The changes that are worth asking about, the most unusual first.

    Args:
        scores: Every change, as `bench.integrity.surveillance.scores.scored` gives them.
        rules: What is listed, and what counts as a pattern.
        milestones: What councils were asked to reach, by indicator.
        relatives: The indicators that should tell the same story, by indicator.

    Returns:
        The rows whose `q` is at most the level, with `score` (how many standard deviations of a
        normal distribution are as rare, 0 or more), `pattern` (labels separated by "; ") and what
        sentences need: `councils` (other councils with a change that year, without the tiny two),
        `farther` (those that moved further), `own_changes` and `own_largest` (the council's earlier
        changes in a row, and the largest of them, in the indicator's unit), `flat_years` (years
        with this same figure), `relatives` (id, figure before and figure after of related
        indicators that did not share the improvement), `milestone` (its place in `milestones`; -1
        for none), `at_top` (other councils that print 100), and the council's change before and
        after this one:
        `first_period`, `first_value`, `next_period`, `next_value`; `back` says that the figure
        is back near the first one.
    """
    table = scores.sort_values([*SERIES, "period"], ignore_index=True)
    before, after = _neighbours(table)
    table["flat_years"] = _flat_years(table, before)
    table["score"] = distance(table["p"].to_numpy())
    _score_flat_lines(table)
    table["q"] = benjamini_hochberg(table["p"].to_numpy())
    labels = _shapes(table, before, after)
    table["back"] = labels[Pattern.SPIKE] & _is_back(table, before)
    labels |= _parts(table, rules)
    labels[Pattern.HEAP] = _heap(table, rules)
    table["first_period"] = _at(table["previous_period"], before)
    table["first_value"] = _at(table["previous_value"], before)
    table["next_period"], table["next_value"] = (
        _at(table[name], after) for name in ("period", "value")
    )
    top = ((table["value"] == 100) & ~table["tiny"]).groupby([table[name] for name in ACROSS])
    table["at_top"] = top.transform("sum") - ((table["value"] == 100) & ~table["tiny"])
    table["milestone"] = _milestone(table, rules, milestones)
    labels[Pattern.MILESTONE] = table["milestone"] >= 0
    rows = np.flatnonzero((table["q"] <= rules.level).to_numpy())
    found = _rarity(table, rows, before.to_numpy())
    found["relatives"] = pd.Series(
        _not_shared(table, rows, relatives), index=found.index, dtype="object"
    )
    labels[Pattern.NOT_SHARED] = found["relatives"].map(bool).reindex(table.index, fill_value=False)
    held = {label: labels[label].to_numpy()[rows] for label in Pattern if label in labels}
    found["pattern"] = [
        "; ".join(label for label, told in held.items() if told[place]) or str(Pattern.LARGE)
        for place in range(len(rows))
    ]
    return found.sort_values(
        ["score", "indicator_id", "period", "area_id"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )


def _neighbours(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Where the council's change before and after each stands; -1 where there is none."""
    keys = [table[name] for name in SERIES]
    places = pd.Series(
        np.arange(len(table)), index=pd.MultiIndex.from_arrays([*keys, table["period"]])
    )
    wanted = pd.MultiIndex.from_arrays([*keys, table["previous_period"]])
    before = places.reindex(wanted).fillna(-1).astype(int).to_numpy()
    after = np.full(len(table), -1)
    held = before >= 0
    after[before[held]] = np.flatnonzero(held)
    return pd.Series(before), pd.Series(after)


def _at(values: pd.Series, places: pd.Series) -> pd.Series:
    """The values at other places; missing where the place is -1."""
    return pd.Series(values.to_numpy()[places.to_numpy()], index=places.index).where(places >= 0)


def _flat_years(table: pd.DataFrame, before: pd.Series) -> pd.Series:
    """In how many years in a row up to this one the figure was the same, and no end of the scale.

    Nobody is below 0 or above 100, so many stand there; that is a heap, not a flat line.
    """
    same = (table["change"] == 0) & ~table["ceiling"] & (table["value"] != 0)
    runs = np.zeros(len(table), dtype=int)
    places = before.to_numpy()
    for row in np.flatnonzero(same.to_numpy()):  # in order of the years, so the one before is done
        at = places[row]
        runs[row] = 1 + (runs[at] if at >= 0 else 0)
    return pd.Series(np.where(runs > 0, runs + 1, 1), index=table.index)


def _score_flat_lines(table: pd.DataFrame) -> None:
    """A figure that stays the same is as unlikely as councils' figures seldom stay the same."""
    same = (table["change"] == 0) & ~table["ceiling"] & ~table["tiny"]
    told = ~table["ceiling"] & ~table["tiny"]
    fields = [table[name] for name in ACROSS]
    # One more of each, so that what was never seen is rare and not impossible.
    share = (same.groupby(fields).transform("sum") + 1) / (
        told.groupby(fields).transform("sum") + 2
    )
    log = share[table["flat_years"] > 1].map(np.log).reindex(table.index, fill_value=0.0)
    series = [table[name] for name in SERIES]
    run = (table["flat_years"] == 1).groupby(series).cumsum()
    chance = log.groupby([*series, run]).cumsum()
    flat = table["flat_years"] > _FLAT
    table.loc[flat, "p"] = chance[flat].map(np.exp).clip(upper=1.0)
    table.loc[flat, "score"] = distance(table.loc[flat, "p"].to_numpy())


def _shapes(table: pd.DataFrame, before: pd.Series, after: pd.Series) -> dict[Pattern, pd.Series]:
    moved, following = table["moved"], _at(table["moved"], after)
    gone_back = (moved + following).abs() <= _LEFT * moved.abs()
    large = table["z"].abs() > _ORDINARY
    spike = (gone_back & (_at(table["z"], after).abs() > _ORDINARY)) | _is_back(table, before)
    return {
        Pattern.SPIKE: spike & large,
        Pattern.STEP: (following.abs() <= _LEFT * moved.abs()) & large & ~spike,
        Pattern.FLAT: table["flat_years"] > _FLAT,
    }


def _is_back(table: pd.DataFrame, before: pd.Series) -> pd.Series:
    """Whether the change takes back the one before it, which was no ordinary one."""
    last = _at(table["moved"], before)
    back = (last + table["moved"]).abs() <= _LEFT * last.abs()
    return back & (_at(table["z"], before).abs() > _ORDINARY)


def _parts(table: pd.DataFrame, rules: SurveillanceRules) -> dict[Pattern, pd.Series]:
    """One of the two counts moved and the other stayed; a population never moves by itself."""
    counted = table["interval"] == IntervalMethod.WILSON
    moves = {
        name: (table[name] / table[f"previous_{name}"].where(lambda count: count > 0)).where(
            counted
        )
        for name in ("numerator", "denominator")
    }
    moved = {n: (r - 1).abs() * 100 >= rules.part_moved_per_cent for n, r in moves.items()}
    stayed = {n: (r - 1).abs() * 100 <= rules.part_stayed_per_cent for n, r in moves.items()}
    return {
        Pattern.NUMERATOR: moved["numerator"] & stayed["denominator"],
        Pattern.DENOMINATOR: moved["denominator"] & stayed["numerator"],
    }


def _heap(table: pd.DataFrame, rules: SurveillanceRules) -> pd.Series:
    """The figure is 100 now and was not before, in a year in which many print 100."""
    top = (table["unit"] == Unit.PER_CENT) & (table["value"] == 100)
    share = top[~table["tiny"]].groupby([table[name] for name in ACROSS]).mean()
    fields = pd.MultiIndex.from_frame(table[ACROSS])
    many = pd.Series(share.reindex(fields).to_numpy() >= rules.heap_share, index=table.index)
    return top & many & (table["change"] != 0)


def _milestone(
    table: pd.DataFrame, rules: SurveillanceRules, milestones: Sequence[NationalMilestone]
) -> pd.Series:
    """The milestone that the figure has just passed."""
    place = pd.Series(-1, index=table.index)
    for at, one in enumerate(milestones):
        above = (table["value"] >= one.value) & (
            table["value"] <= one.value + rules.milestone_points
        )
        passed = above & (table["previous_value"] < one.value)
        place[(table["indicator_id"] == one.indicator_id) & passed] = at
    return place


def _rarity(table: pd.DataFrame, rows: NDArray[np.intp], before: NDArray[np.intp]) -> pd.DataFrame:
    """How many others moved further, and how far the council itself moved before.

    Args:
        table: Every change, sorted by indicator, council and year.
        rows: The places of the findings.
        before: The place of each change's own change before; -1 where there is none.

    Returns:
        The findings with `councils` (other councils with a change that year, without the tiny
        two), `farther` (those of them that moved further, up or down, in the indicator's unit),
        `own_changes` (the council's earlier changes) and `own_largest` (the largest of them).
    """
    size = table["change"].abs().to_numpy()
    tiny = table["tiny"].to_numpy()
    years = table[~table["tiny"]].groupby(ACROSS, sort=False)["change"]
    ordered = {key: np.sort(np.abs(moves.to_numpy())) for key, moves in years}
    found = table.iloc[rows].copy()
    numbers = []
    for row, name, period in zip(
        rows.tolist(), found["indicator_id"].tolist(), found["period"].tolist(), strict=True
    ):
        others = ordered[name, period]
        earlier = []
        at = before[row]
        while at >= 0:
            earlier.append(size[at])
            at = before[at]
        numbers.append(
            (
                len(others) - int(not tiny[row]),
                len(others) - int(np.searchsorted(others, size[row], side="right")),
                len(earlier),
                max(earlier, default=0.0),
            )
        )
    for name, column in zip(
        ("councils", "farther", "own_changes", "own_largest"),
        zip(*numbers, strict=True),
        strict=False,
    ):
        found[name] = column
    return found


def _not_shared(
    table: pd.DataFrame, rows: NDArray[np.intp], relatives: Mapping[str, tuple[Relative, ...]]
) -> list[tuple[tuple[str, float, float], ...]]:
    """For each finding that is an improvement, its relatives if none of them improved too.

    A relative shares it if it moved the way that the register expects by more than one standard
    deviation. Only relatives with a change between the same two years are asked; nothing is said
    without any.

    Returns:
        Per finding the relatives: id, figure of the earlier year, figure of the later one.
    """
    sign = {Polarity.HIGHER.value: 1.0, Polarity.LOWER.value: -1.0}
    better = table["polarity"].map(sign).fillna(0.0) * table["z"]
    keys = list(table[[*FIGURE, "previous_period"]].itertuples(index=False, name=None))
    figures = zip(table["previous_value"].tolist(), table["value"].tolist(), strict=True)
    moves = dict(zip(keys, zip(table["z"].tolist(), figures, strict=True), strict=True))
    answers = []
    for row in rows.tolist():
        name, *pair = keys[row]
        up, _ = moves[keys[row]]
        asked = [one for one in relatives.get(name, ()) if (one.indicator_id, *pair) in moves]
        told, shared = [], False
        for one in asked:
            move, (earlier, later) = moves[one.indicator_id, *pair]
            expected = move if one.moves is Together.SAME else -move
            shared |= np.sign(up) * expected > 1
            told.append((one.indicator_id, earlier, later))
        answers.append(() if better.iloc[row] <= 0 or shared else tuple(told))
    return answers
