"""A share of councils and its 95% interval, where the population is finite and known.

Enters: a count, its base, and how many councils there are. Leaves: both ends of the interval.
"""

from __future__ import annotations

from bench.judge.intervals import wilson

__all__ = ["wilson_of_finite"]


def wilson_of_finite(count: int, base: int, population: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share, with the finite population correction.

    A share of `base` out of `population` varies (population - base) / (population - 1) times as
    much as one of an endless population: as if so many more had been asked. Where all have
    answered there is nothing left to vary.

    Args:
        count: Those that gave the answer, from 0 to `base`.
        base: Those that answered the question, above 0.
        population: All there are, at least `base`.
    """
    if base >= population:
        return count / base, count / base
    as_if = base * (population - 1) / (population - base)
    return wilson(count / base * as_if, as_if)
