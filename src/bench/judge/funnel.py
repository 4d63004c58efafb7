"""Which councils are unusual among councils: a funnel whose limits allow for over-dispersion.

Sources: as in `stabilise` and `dispersion`. The target is the pooled value of England: all
numerators over all denominators of the councils, which is England as published but for rounding
and for counts that are not printed; for a survey England as published, which pools councils by
population. A survey's mean by precision would not do: a low percentage has the smaller margin, so
that it lies up to two points too low.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import Field

from bench.judge import variance
from bench.judge.intervals import Z_95
from bench.judge.variance import Form, scale_of, size
from bench.project.files import StrictModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bench.judge.intervals import PublishedFigure
    from bench.judge.variance import Scale

# 99.8% of a normal distribution lie within this many standard deviations of its middle.
Z_998 = 3.090232306167813
# What rounding in floating point may add to an edge, which counts as inside.
_ROUNDING = 1e-12

PLACE_COLUMNS = [
    "area_id",
    "value",
    "size",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
    "z",
]

CURVE_COLUMNS = [
    "size",
    *(
        f"{prefix}{end}_{name}"
        for prefix in ("", "chance_")
        for name in ("95", "998")
        for end in ("lower", "upper")
    ),
]
# How many points a curve is drawn through.
_POINTS = 50


class Tau(StrEnum):
    """How the variance of councils beyond chance is found; see `bench.judge.variance`."""

    CALIBRATED = "calibrated"
    MOMENTS = "moments"


class FunnelRules(StrictModel):
    """How a funnel is made: params/rag.yaml."""

    tau: Tau
    winsorised: Decimal = Field(ge=0, lt=Decimal("0.5"))
    least_councils: int = Field(ge=2)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits around a target, by a council's size.

    Attributes:
        scale: on which chance is the same at every level.
        target: the pooled value of the councils, in their unit.
        phi: winsorised mean square of z without over-dispersion.
        tau2: variance of councils beyond chance, on the scale.
        councils: how many figures it was made from.
    """

    scale: Scale
    target: float
    phi: float
    tau2: float
    councils: int

    def limits(
        self,
        sizes: NDArray[np.float64],
        *,
        z: float = Z_95,
        around: float | None = None,
        dispersed: bool = True,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lower and the upper limit at each size, in the figures' unit and range.

        Args:
            sizes: Denominators, or margins of error for a survey; above 0.
            z: How far out, in standard deviations: 95% by default.
            around: What lies in the middle; the target by default.
            dispersed: Whether councils may lie apart by more than chance.
        """
        middle, spread = self._up(self.target if around is None else around), self._spread(sizes)
        if not dispersed:
            spread = self.scale.chance(sizes)
        return self.scale.back(middle - z * spread), self.scale.back(middle + z * spread)

    def z(
        self, values: NDArray[np.float64], sizes: NDArray[np.float64], around: float | None = None
    ) -> NDArray[np.float64]:
        """How many standard deviations from the middle, over-dispersion allowed for."""
        middle = self._up(self.target if around is None else around)
        found: NDArray[np.float64] = (self.scale.up(values) - middle) / self._spread(sizes)
        return found

    def _up(self, value: float) -> NDArray[np.float64]:
        return self.scale.up(np.array([value]))

    def _spread(self, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
        spread: NDArray[np.float64] = np.sqrt(self.scale.chance(sizes) ** 2 + self.tau2)
        return spread


@dataclass(frozen=True, slots=True)
class FunnelPosition:
    """A funnel as one council's figure meets it."""

    funnel: Funnel
    size: float

    def side(self, value: Fraction, benchmark: Fraction) -> int:
        """-1 or 1 outside the 95% limits around a benchmark, 0 inside; an edge is inside."""
        z = self.funnel.z(
            np.array([float(value)]), np.array([self.size]), around=float(benchmark)
        ).item()
        return 0 if abs(z) <= Z_95 + _ROUNDING * (1 + abs(z)) else (1 if z > 0 else -1)

    def limits(self, benchmark: Fraction) -> tuple[Fraction, Fraction]:
        """The 95% limits around a benchmark at the council's size."""
        low, high = self.funnel.limits(np.array([self.size]), around=float(benchmark))
        return Fraction(low.item()), Fraction(high.item())


def funnel(
    figures: Mapping[str, PublishedFigure], rules: FunnelRules, *, england: float | None
) -> Funnel | str:
    """The funnel of one indicator and year.

    Args:
        figures: Of every council that is compared, by area; all of one indicator.
        rules: How far to winsorise, how to find tau squared, how many councils it takes.
        england: England as published, if it is; the target of a survey.

    Returns:
        The funnel, or why there is none: no counts and margins of error, too few councils that
        have them, or for a survey no England figure.
    """
    held = {area_id: figures[area_id] for area_id in sorted(figures)}
    sizes = {area_id: size(figure) for area_id, figure in held.items()}
    sized = [area_id for area_id, found in sizes.items() if not isinstance(found, str)]
    reasons = [found for found in sizes.values() if isinstance(found, str)]
    if reasons and not sized:
        return max(sorted(set(reasons)), key=reasons.count)
    if len(sized) < rules.least_councils:
        return (
            f"only {len(sized)} councils have counts or a margin of error, "
            f"and a funnel needs {rules.least_councils}"
        )
    one = held[sized[0]]
    scale = scale_of(one.method, one.unit)
    assert scale is not None  # noqa: S101 - else no figure had a size
    values = np.array([held[area_id].value for area_id in sized], dtype=float)
    chance = scale.chance(np.array([sizes[area_id] for area_id in sized], dtype=float))
    target = _pooled([held[area_id] for area_id in sized], scale, england)
    if target is None:
        return "no England figure is published"
    placed, share = scale.up(values), float(rules.winsorised)
    middle = float(scale.up(np.array([target]))[0])
    made = (
        variance.calibrated(placed, chance, share=share, target=middle)
        if rules.tau is Tau.CALIBRATED
        else variance.moments(placed, chance, share=share, target=middle)
    )
    return Funnel(scale, target, made.phi, made.tau2, len(sized))


def standing(funnel: Funnel | str, figure: PublishedFigure) -> FunnelPosition | str:
    """A figure in a funnel, or why it cannot be: the reason of the funnel, else of the figure."""
    own = size(figure)
    if isinstance(funnel, str):
        return funnel
    return own if isinstance(own, str) else FunnelPosition(funnel, own)


def places(funnel: Funnel, figures: Mapping[str, PublishedFigure]) -> pd.DataFrame:
    """Where each council lies in a funnel.

    Args:
        funnel: The funnel.
        figures: By area; those without a size have no row.

    Returns:
        `PLACE_COLUMNS`, in order of `area_id`: the figure, its size, the limits at that size in
        the figure's unit, and z, which is beyond 1.96 outside the 95% limits.
    """
    sizes = {area_id: size(figures[area_id]) for area_id in sorted(figures)}
    sized = {area_id: at for area_id, at in sizes.items() if not isinstance(at, str)}
    values = np.array([figures[area_id].value for area_id in sized], dtype=float)
    at = np.array(list(sized.values()), dtype=float)
    frame = pd.DataFrame({"area_id": list(sized), "value": values, "size": at})
    frame["lower_95"], frame["upper_95"] = funnel.limits(at)
    frame["lower_998"], frame["upper_998"] = funnel.limits(at, z=Z_998)
    frame["z"] = funnel.z(values, at)
    return frame[PLACE_COLUMNS]


def curves(funnel: Funnel, smallest: float, largest: float) -> pd.DataFrame:
    """The limits from one size to another.

    Returns:
        `CURVE_COLUMNS`, in order of size: the 95 and the 99.8% limits in the figures' unit, and
        beneath `chance_` what they would be if councils differed by chance alone.
    """
    sizes = np.geomspace(smallest, largest, _POINTS)
    frame = pd.DataFrame({"size": sizes})
    for name, z in (("95", Z_95), ("998", Z_998)):
        for prefix, dispersed in (("", True), ("chance_", False)):
            low, high = funnel.limits(sizes, z=z, dispersed=dispersed)
            frame[f"{prefix}lower_{name}"], frame[f"{prefix}upper_{name}"] = low, high
    return frame[CURVE_COLUMNS]


def _pooled(figures: list[PublishedFigure], scale: Scale, england: float | None) -> float | None:
    """England's value, all councils taken together."""
    if scale.form is Form.SURVEY:
        return england
    numerators = sum(figure.numerator or 0.0 for figure in figures)
    denominators = sum(figure.denominator or 0.0 for figure in figures)
    return scale.per * numerators / denominators
