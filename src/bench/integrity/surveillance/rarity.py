"""How rare a change is in plain numbers, and whether related indicators share it.

Enters: every scored change, and the places of those that are findings. Leaves: the findings with
numbers that a reader can count again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bench.reference.indicator import Polarity, Together

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from bench.reference.indicator import Relative

__all__ = ["not_shared", "rarity"]

_PAIR: Final = ["indicator_id", "area_id", "period", "previous_period"]


def rarity(table: pd.DataFrame, rows: NDArray[np.intp], before: NDArray[np.intp]) -> pd.DataFrame:
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
    years = table[~table["tiny"]].groupby(["indicator_id", "period"], sort=False)["change"]
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


def not_shared(
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
    keys = list(table[_PAIR].itertuples(index=False, name=None))
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
