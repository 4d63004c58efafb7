"""The open peer model: which councils are nearest to which, by what the Census says of them.

The method is the one that NHS England published for adult social care peers (ASC_LA_Peer_Groups,
2024): each feature on the scale on which it looks most like a bell curve, from 0 to its weight,
and the straight-line distance. The result is ours: two of the inputs are rebuilt.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from pydantic import Field, ValidationError, field_validator

from bench.errors import Problems, RegisterError, nearest
from bench.peer_model.transformations import Transformation, Transformed, best
from bench.project.files import StrictModel, add_faults, read_yaml
from bench.reference.areas import TINY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from bench.peer_model.census import FeatureRegister, Features

# Distances that differ by less are the same: the names of the councils decide.
_TIE_DECIMALS: Final = 9


class PeerChoices(StrictModel):
    """params/peers.yaml: how many peers, which transformations are tried, what counts how much."""

    number_of_peers: Annotated[int, Field(ge=1)]
    transformations: tuple[Transformation, ...]
    weights: Mapping[str, Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]]

    @field_validator("transformations")
    @classmethod
    def _with_none(cls, tried: tuple[Transformation, ...]) -> tuple[Transformation, ...]:
        if Transformation.NONE not in tried:
            raise ValueError("none must be among them, as any other may be undefined")
        return tried

    @field_validator("weights")
    @classmethod
    def _something_counts(cls, weights: Mapping[str, float]) -> Mapping[str, float]:
        if not any(weights.values()):
            raise ValueError("at least one weight must be above 0")
        return weights

    @property
    def counting(self) -> dict[str, float]:
        """The features that count and their weights, of which the largest is 1, by id."""
        most = max(self.weights.values())
        return {name: weight / most for name, weight in sorted(self.weights.items()) if weight}


def read_choices(path: Path, register: FeatureRegister) -> PeerChoices:
    """Read params/peers.yaml or another file of its kind.

    Raises:
        RegisterError: it is absent or does not fit; an unknown feature is told with those that
            look like it, and all problems at once.
    """
    data = read_yaml(path)
    problems = Problems(RegisterError, str(path), mend="correct the entries named above.")
    weights = data.get("weights") if isinstance(data, Mapping) else None
    for name in weights if isinstance(weights, Mapping) else ():
        if name not in register.ids:
            near = nearest(str(name), register.ids)
            told = f"did you mean {' or '.join(near)}?" if near else ", ".join(register.ids)
            problems.add(f"weights > {name}: no such feature; {told}")
    choices = None
    try:
        choices = PeerChoices.model_validate(data)
    except ValidationError as error:
        add_faults(problems, error)
    problems.raise_if_any()
    assert choices is not None  # noqa: S101 - else there was a problem
    return choices


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One council near another: its rank, 1 for the nearest, and how far off it is."""

    area_id: str
    rank: int
    distance: float


class Listed(NamedTuple):
    """One row of peers/<model>.csv, where the lists are ranked."""

    area_id: str
    peer_id: str
    rank: int
    distance: float
    boundaries: int


@dataclass(frozen=True)
class Space:
    """All councils of one year's boundaries as points, so that some are near each other.

    Attributes:
        boundaries: the year of the boundaries.
        area_ids: the councils, sorted.
        weights: by feature that counts, sorted; the largest weight is 1.
        scales: by feature, how its figures were transformed; in the order of `area_ids`.
    """

    boundaries: int
    area_ids: tuple[str, ...]
    weights: Mapping[str, float]
    scales: Mapping[str, Transformed]

    @classmethod
    def of(
        cls,
        figures: Mapping[str, Mapping[str, float]],
        choices: PeerChoices,
        *,
        boundaries: int = 0,
    ) -> Space:
        """The space of some councils; City of London and Isles of Scilly are left out.

        Args:
            figures: by `area_id`, in any order, each feature's figure by id.
            choices: what counts, and how much.
            boundaries: the year of the boundaries.

        Raises:
            RegisterError: a council lacks a feature that counts; all that are missing at once.
        """
        weights = choices.counting
        area_ids = tuple(sorted(figures.keys() - TINY))
        problems = Problems(RegisterError, "The open peer model")
        for area_id in area_ids:
            for name in weights:
                if not math.isfinite(figures[area_id].get(name, math.nan)):
                    problems.add(f"{area_id} has no figure of {name}")
        problems.raise_if_any()
        scales = {
            name: best([figures[one][name] for one in area_ids], choices.transformations)
            for name in weights
            if area_ids
        }
        return cls(boundaries, area_ids, weights, scales)

    @functools.cached_property
    def places(self) -> dict[str, dict[str, float]]:
        """By feature and `area_id`, the place on the feature's scale, 0 to 1, before its weight."""
        return {
            name: dict(zip(self.area_ids, scale.scaled(), strict=True))
            for name, scale in self.scales.items()
        }

    @functools.cached_property
    def points(self) -> dict[str, tuple[float, ...]]:
        """By `area_id`, its places times the weights: what distances are taken between."""
        return {
            one: tuple(place[one] * self.weights[name] for name, place in self.places.items())
            for one in self.area_ids
        }

    def point_of(self, figures: Mapping[str, float]) -> tuple[float, ...]:
        """Where an area with these figures lies that is none of the councils.

        Beyond the ends of a scale where its figure is beyond those of all councils.
        """
        return tuple(
            scale.place(figures[name]) * self.weights[name] for name, scale in self.scales.items()
        )

    def parts(self, area_id: str, peer_id: str) -> dict[str, float]:
        """By feature, how far apart two councils are on its scale, times its weight.

        Their distance is the root of the sum of the squares.
        """
        return self.parts_from(self.points[area_id], peer_id)

    def parts_from(self, point: Sequence[float], peer_id: str) -> dict[str, float]:
        """The same from any point to a council."""
        pairs = zip(point, self.points[peer_id], strict=True)
        return {
            name: abs(one - other) for name, (one, other) in zip(self.scales, pairs, strict=True)
        }

    def nearest(self, area_id: str, number: int) -> list[Neighbour]:
        """The nearest councils, nearest first; of those equally far the first by `area_id`."""
        return self.nearest_to(self.points[area_id], number, without={area_id})

    def nearest_to(
        self, point: Sequence[float], number: int, *, without: Collection[str]
    ) -> list[Neighbour]:
        """The councils nearest to any point, in the same order, without some of them."""
        far = {one: math.dist(point, at) for one, at in self.points.items() if one not in without}
        ordered = sorted(far, key=lambda one: (round(far[one], _TIE_DECIMALS), one))
        return [
            Neighbour(peer_id, rank, far[peer_id])
            for rank, peer_id in enumerate(ordered[:number], start=1)
        ]


def spaces(features: Features, choices: PeerChoices) -> dict[int, Space]:
    """The space of each set of boundaries, the latest first."""
    return {
        boundaries: Space.of(features.figures[boundaries], choices, boundaries=boundaries)
        for boundaries in sorted(features.figures, reverse=True)
    }


def space_of(area_id: str, spaces: Mapping[int, Space]) -> Space | None:
    """The space that an area's list is made in: the latest whose boundaries know it."""
    return next((space for space in spaces.values() if area_id in space.points), None)


def lists(spaces: Mapping[int, Space], number: int) -> list[Listed]:
    """Every council's nearest, at the latest boundaries that know it; by `area_id` and rank.

    A council that ended keeps the list of its last boundaries, so that earlier years have peers.
    """
    return [
        Listed(area_id, one.area_id, one.rank, one.distance, space.boundaries)
        for area_id in sorted({one for space in spaces.values() for one in space.area_ids})
        if (space := space_of(area_id, spaces)) is not None
        for one in space.nearest(area_id, number)
    ]
