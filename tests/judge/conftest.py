"""Councils made up for the funnel and the ranks: figures of each kind of measure."""

import numpy as np
import pytest

from bench.judge.intervals import PublishedFigure
from bench.reference.indicator import IntervalMethod


def counted(share, out_of):
    """A proportion of people counted, printed to one decimal."""
    return PublishedFigure(
        value=round(100 * share, 1),
        unit="per_cent",
        method=IntervalMethod.WILSON,
        numerator=round(share * out_of),
        denominator=float(out_of),
    )


def rate(count, people):
    return PublishedFigure(
        value=round(count * 100_000 / people, 1),
        unit="per_100k",
        method=IntervalMethod.BYAR,
        numerator=float(count),
        denominator=float(people),
    )


def survey(value, margin, unit="per_cent"):
    return PublishedFigure(
        value=float(value), unit=unit, method=IntervalMethod.MARGIN, margin=float(margin)
    )


def without_counts(value):
    return PublishedFigure(value=float(value), unit="per_cent", method=IntervalMethod.NONE)


@pytest.fixture(scope="session")
def surveys():
    """150 councils whose survey figures differ more than chance makes them."""
    rng = np.random.default_rng(5)
    margins = rng.uniform(2.0, 7.0, 150).round(1)
    values = 65 + 4 * rng.standard_normal(150) + margins / 1.96 * rng.standard_normal(150)
    return {
        f"council_{n:03}": survey(round(float(value), 1), margin)
        for n, (value, margin) in enumerate(zip(values, margins, strict=True))
    }
