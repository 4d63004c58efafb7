"""How far councils lie apart beyond chance: phi and tau squared of a set of figures.

Enters: places on a stabilised scale with the chance of each. Leaves: numbers.

Sources: Spiegelhalter (2005), Statistics in Medicine 24, and Quality and Safety in Health Care 14:
winsorised z, phi, and an additive tau squared; DerSimonian and Laird (1986) for its moments.
Winsorising takes the ends off ordinary councils too: of a normal distribution a third of the mean
square goes. The published formula does not make up for it, so that its 95% limits leave out 10
to 20% of councils that are all ordinary (`benchmarks/judge.py`). `calibrated` solves for the tau
squared that leaves the mean square what winsorising makes of a normal one, as Paule and Mandel
(1982) do without winsorising.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Dispersion", "calibrated", "centre", "moments", "normal_share", "winsorised"]


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How far councils lie apart.

    Attributes:
        phi: the winsorised mean square of z; 1 would be chance alone, were nothing winsorised.
        tau2: the variance of councils beyond chance, on the stabilised scale; 0 where phi does
            not call for it.
    """

    phi: float
    tau2: float


def winsorised(z: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The values with a share at each end drawn in to that centile (linear interpolation)."""
    ordered, last = np.sort(z), len(z) - 1
    ends = []
    for at in (share * last, (1 - share) * last):  # as np.quantile, at a tenth of its time
        below = int(at)
        above = min(below + 1, last)
        ends.append(ordered[below] + (ordered[above] - ordered[below]) * (at - below))
    drawn_in: NDArray[np.float64] = np.clip(z, *ends)
    return drawn_in


def normal_share(share: float) -> float:
    """What winsorising a share at each end leaves of the mean square of a standard normal."""
    if not share:
        return 1.0
    end = NormalDist().inv_cdf(1 - share)
    return 2 * share * end**2 + 1 - 2 * share - 2 * end * NormalDist().pdf(end)


def moments(
    places: NDArray[np.float64], chance: NDArray[np.float64], *, target: float, share: float
) -> Dispersion:
    """Phi and tau squared as published: from the moments of winsorised z.

    Args:
        places: The figures on the stabilised scale.
        chance: The standard deviation of chance of each, above 0.
        target: What they are held against, on the same scale.
        share: The share winsorised at each end.
    """
    weights = chance**-2
    phi = float(np.mean(winsorised((places - target) / chance, share) ** 2))
    if phi <= 1:
        return Dispersion(phi, 0.0)
    spare = len(places) * phi - (len(places) - 1)
    return Dispersion(phi, float(spare / (weights.sum() - (weights**2).sum() / weights.sum())))


def calibrated(
    places: NDArray[np.float64],
    chance: NDArray[np.float64],
    *,
    share: float,
    target: float | None = None,
) -> Dispersion:
    """Phi, and the tau squared at which winsorised z is spread as a normal one would be.

    Args:
        places: The figures on the stabilised scale.
        chance: The standard deviation of chance of each, above 0.
        target: What they are held against; None for their own centre, by weight.
        share: The share winsorised at each end.
    """
    # One council's worth of distance goes into the centre, as in the published formula.
    wanted = normal_share(share) * (1 - 1 / len(places))

    def excess(tau2: float) -> float:
        middle = centre(places, chance, tau2) if target is None else target
        z = (places - middle) / np.sqrt(chance**2 + tau2)
        return float(np.mean(winsorised(z, share) ** 2)) - wanted

    phi = excess(0.0) + wanted
    if phi <= wanted:
        return Dispersion(phi, 0.0)
    middle = float(np.mean(places)) if target is None else target
    # At this tau squared even the furthest council is within one standard deviation or so.
    return Dispersion(phi, _root(excess, 4 * float(np.max((places - middle) ** 2)) / wanted))


def centre(places: NDArray[np.float64], chance: NDArray[np.float64], tau2: float) -> float:
    """The mean, each council weighted by how sure its place among the others is."""
    weights = 1 / (chance**2 + tau2)
    return float((weights * places).sum() / weights.sum())


def _root(falling: Callable[[float], float], high: float) -> float:
    """Where a falling function that starts above 0 meets 0, by halving to the last digit."""
    low = 0.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high) or math.isclose(low, high, rel_tol=1e-13):
            return middle
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
