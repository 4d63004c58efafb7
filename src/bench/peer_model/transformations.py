"""Which transformation makes a feature look most like a bell curve."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# What is printed is what is used, so that anybody can reckon it again, with any optimiser.
EXPONENT_DECIMALS: Final = 4
# Shapiro and Wilk's test needs this many figures.
_LEAST: Final = 3


class Transformation(StrEnum):
    """A way to bend a scale."""

    NONE = "none"
    YEO_JOHNSON = "yeo_johnson"
    SQUARE_ROOT = "square_root"
    LOG = "log"
    SQUARE = "square"
    BOX_COX = "box_cox"
    RECIPROCAL_SQUARE_ROOT = "reciprocal_square_root"
    RECIPROCAL = "reciprocal"

    @property
    def falls(self) -> bool:
        """Whether the larger figure becomes the smaller one."""
        return self in (Transformation.RECIPROCAL, Transformation.RECIPROCAL_SQUARE_ROOT)

    @property
    def label(self) -> str:
        """The transformation as it is written on a page."""
        return _LABELS[self]


_LABELS: Final = {
    Transformation.NONE: "none",
    Transformation.YEO_JOHNSON: "Yeo-Johnson",
    Transformation.SQUARE_ROOT: "square root",
    Transformation.LOG: "logarithm of 1 + x",
    Transformation.SQUARE: "square",
    Transformation.BOX_COX: "Box-Cox",
    Transformation.RECIPROCAL_SQUARE_ROOT: "1 / square root",
    Transformation.RECIPROCAL: "1 / x",
}


@dataclass(frozen=True, slots=True)
class Transformed:
    """One feature's figures on the scale chosen for it.

    Attributes:
        transformation: the one chosen.
        exponent: its parameter, for Yeo-Johnson and Box-Cox; None for the others.
        p: of Shapiro and Wilk's test; None where all figures are the same or are fewer than three.
        figures: the figures transformed, in the order given.
    """

    transformation: Transformation
    exponent: float | None
    p: float | None
    figures: tuple[float, ...]

    def scaled(self) -> tuple[float, ...]:
        """The figures from 0, the least, to 1, the most; all 0 where they are all the same."""
        return self._between(self.figures)

    def place(self, figure: float) -> float:
        """Where another figure lies on the same scale: below 0 or above 1 beyond all the others.

        Args:
            figure: as it was before the transformation.
        """
        if self.transformation in _FITTED:
            fit = getattr(stats, _FITTED[self.transformation])
            moved = float(fit([figure], lmbda=self.exponent)[0])
        else:
            moved = _PLAIN[self.transformation](figure)
        return self._between((moved,))[0]

    def _between(self, figures: Iterable[float]) -> tuple[float, ...]:
        low, high = min(self.figures), max(self.figures)
        return tuple((one - low) / (high - low) if low < high else 0.0 for one in figures)


_PLAIN: Final[Mapping[Transformation, Callable[[float], float]]] = {
    Transformation.NONE: float,
    Transformation.SQUARE_ROOT: math.sqrt,
    Transformation.LOG: math.log1p,
    Transformation.SQUARE: lambda figure: figure**2,
    Transformation.RECIPROCAL_SQUARE_ROOT: lambda figure: 1 / math.sqrt(figure),
    Transformation.RECIPROCAL: lambda figure: 1 / figure,
}
# From which figure on each is defined, where that is not 0.
_LEAST_FIGURES: Final = {
    Transformation.NONE: -math.inf,
    Transformation.RECIPROCAL_SQUARE_ROOT: math.ulp(0.0),
    Transformation.RECIPROCAL: math.ulp(0.0),
}
# Those with an exponent, as scipy calls them.
_FITTED: Final = {Transformation.YEO_JOHNSON: "yeojohnson", Transformation.BOX_COX: "boxcox"}


def apply(
    transformation: Transformation, figures: Sequence[float]
) -> tuple[tuple[float, ...], float | None] | None:
    """The figures transformed, with the exponent that suits them best where it has one.

    Args:
        transformation: the one to apply.
        figures: at least two of them, not all the same.

    Returns:
        None where the transformation is not defined for one of the figures, or makes numbers that
        are too large, or makes all of them the same. Logarithm, root and square are for figures
        from 0, Box-Cox and reciprocals for those above 0.
    """
    least = min(figures)
    exponent: float | None = None
    try:
        match transformation:
            case Transformation.YEO_JOHNSON:
                made, exponent = _fitted(_FITTED[transformation], figures)
            case Transformation.BOX_COX if least > 0:
                made, exponent = _fitted(_FITTED[transformation], figures)
            case _ if transformation in _PLAIN and least >= _LEAST_FIGURES.get(transformation, 0):
                made = [_PLAIN[transformation](one) for one in figures]
            case _:
                return None
    except OverflowError:
        return None
    if not all(map(math.isfinite, made)) or min(made) == max(made):
        return None
    return tuple(made), exponent


def _fitted(name: str, figures: Sequence[float]) -> tuple[list[float], float]:
    """Box-Cox or Yeo-Johnson by the exponent of greatest likelihood, rounded."""
    fit = getattr(stats, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numbers that are too large are told by what they become
        exponent = round(float(fit(figures)[1]), EXPONENT_DECIMALS)
        return fit(figures, lmbda=exponent).tolist(), exponent


def best(figures: Sequence[float], tried: Iterable[Transformation]) -> Transformed:
    """The figures on the scale on which they look most like a bell curve.

    Args:
        figures: finite numbers of any unit, at least one.
        tried: in order: of equals the first is taken.

    Returns:
        As they are, and without p, where they are all the same or fewer than three.
    """
    chosen = Transformed(Transformation.NONE, None, None, tuple(figures))
    if len(figures) < _LEAST or min(figures) == max(figures):
        return chosen
    for transformation in tried:
        made = apply(transformation, figures)
        if made is None:
            continue
        candidate = Transformed(transformation, made[1], None, made[0])
        # from 0 to 1, because the test takes very small figures for one and the same
        p = float(stats.shapiro(candidate.scaled()).pvalue)
        if chosen.p is None or p > chosen.p:
            chosen = replace(candidate, p=p)
    return chosen
