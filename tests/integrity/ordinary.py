"""Changes that are ordinary and nothing else, as restless and as heavy in the tails as one likes.

`benchmarks/surveillance.py` makes them too.
"""

import numpy as np
import pandas as pd

from bench.integrity.surveillance.changes import CHANGE_COLUMNS


def normal(rng):
    """Changes as calm as they can be."""
    return lambda year: rng.standard_normal(len(year))


def heavy(degrees):
    """Changes with more large ones."""
    return lambda rng: lambda year: rng.standard_t(degrees, len(year))


def restless(rng):
    """Councils that are always calm or always restless, each in its own indicators."""
    council: dict[tuple[str, str], float] = {}

    def draw(year):
        series = zip(year["indicator_id"], year["area_id"], strict=True)
        room = [council.setdefault(one, np.exp(0.4 * rng.standard_normal())) for one in series]
        return np.array(room) * rng.standard_normal(len(year))

    return draw


NULLS = {"normal": normal, "t4": heavy(4), "t5": heavy(5), "restless": restless}


def simulated(scores, seed, null=normal):
    """Changes as the fitted model has them, and no others: what came before counts as it does."""
    draw = null(np.random.default_rng(seed))
    last: dict[tuple[str, str, str], float] = {}
    parts = []
    for _, year in scores.groupby("period", sort=True):
        series = list(zip(year["indicator_id"], year["area_id"], strict=True))
        earlier = zip(series, year["previous_period"], strict=True)
        before = np.array([last.get((*one, period), 0.0) for one, period in earlier])
        expected = year["centre"] + year["slope"] * np.clip(before, -2, 2) * year["usual"]
        moved = expected + year["spread"] * draw(year)
        off = ((moved - year["centre"]) / year["usual"]).tolist()
        keys = zip(series, year["period"], strict=True)
        last |= {(*one, period): far for (one, period), far in zip(keys, off, strict=True)}
        parts.append(moved)
    return scores[list(CHANGE_COLUMNS)].assign(moved=pd.concat(parts), ceiling=False)
