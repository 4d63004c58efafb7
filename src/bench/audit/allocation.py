"""Rules from points to money: their model, contradictions, and results at the same need."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Paper, Text
from bench.errors import nearest
from bench.judge.statistics import median
from bench.project.files import StrictModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_Money = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
_Percent = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
_Points = Annotated[int, Field(ge=0)]


class Per(StrEnum):
    """What an amount of money is for."""

    WEEK = "week"
    YEAR = "year"


class Sample(StrictModel):
    """People whose support was costed: what all of it costs, over all their points.

    Attributes:
        people: how many were in the sample.
        cost: what their support costs in all, in pounds.
        points: all their points.
        contingency_pct: what is held back for the unforeseen, in per cent.
    """

    people: Annotated[int, Field(gt=0)]
    cost: _Money
    points: Annotated[int, Field(gt=0)]
    contingency_pct: Annotated[_Percent, Field(lt=100)] = Decimal(0)


class Band(StrictModel):
    """An amount for all numbers of points from the first to the last, both among them."""

    first: _Points = Field(alias="from")
    last: _Points = Field(alias="to")
    amount: _Money


class RuleEntry(StrictModel):
    """How a council turns a person's points into money, for one care group.

    It says one of three: a price of each point, a sample that gives the price, or bands.
    """

    council: Text
    care_group: Text
    points_max: Annotated[int, Field(gt=0)]
    price_per_point: _Money | None = None
    sample: Sample | None = None
    bands: tuple[Band, ...] = ()


class PlanEntry(StrictModel):
    """A support plan: a person's points and what the plan costs, in pounds."""

    label: Text
    council: Text
    care_group: Text
    points: _Points
    cost: _Money


class Allocation(Paper):
    """The rules of several councils.

    Attributes:
        document: where the rules stand; empty for illustrative ones.
        per: what every amount is for.
        tolerance_pct: how far a plan may lie from its indicative amount.
        needs_pct: shares of the maximum points at which councils are compared.
        rules: in order of the file.
        plans: support plans to hold against the rules.
    """

    document: str = ""
    per: Per
    tolerance_pct: _Percent
    needs_pct: Annotated[
        tuple[Annotated[Decimal, Field(ge=0, le=100)], ...], Field(min_length=1)
    ] = (Decimal(25), Decimal(50), Decimal(75))
    rules: Annotated[tuple[RuleEntry, ...], Field(min_length=1)]
    plans: tuple[PlanEntry, ...] = ()


def contradictions(allocation: Allocation) -> Iterator[Fault]:
    """Everything that the rules say against themselves.

    Yields:
        The way to the entry, and what is wrong with it.
    """
    if not allocation.document and not allocation.illustrative:
        yield (), "neither a document that holds the rules is named, nor are they illustrative"
    seen: set[tuple[str, str]] = set()
    for at, rule in enumerate(allocation.rules):
        here = ("rules", at)
        key = (rule.council, rule.care_group)
        if key in seen:
            yield here, f"{rule.council} has a rule for {rule.care_group!r} already"
        seen.add(key)
        yield from _rule(rule, here)
    by_key = {(rule.council, rule.care_group): rule for rule in allocation.rules}
    for at, plan in enumerate(allocation.plans):
        here = ("plans", at)
        found = by_key.get((plan.council, plan.care_group))
        if found is None:
            yield here, _no_rule(plan, allocation)
        elif plan.points > found.points_max:
            most = found.points_max
            yield (*here, "points"), f"{plan.points} points, but its rule goes to {most}"


def _no_rule(plan: PlanEntry, allocation: Allocation) -> str:
    wanted = f"{plan.council}, {plan.care_group}"
    near = nearest(wanted, (f"{rule.council}, {rule.care_group}" for rule in allocation.rules))
    told = f"; did you mean {near[0]}?" if near else ""
    return f"there is no rule of {wanted}{told}"


def _rule(rule: RuleEntry, here: tuple[str | int, ...]) -> Iterator[Fault]:
    given = [name for name in ("price_per_point", "sample") if getattr(rule, name) is not None]
    given += ["bands"] if rule.bands else []
    if len(given) != 1:
        yield (
            here,
            (
                f"found {' and '.join(given) or 'no way from points to money'}, expected one of "
                "price_per_point, sample, bands"
            ),
        )
    if rule.bands:
        yield from _bands(rule, (*here, "bands"))


def _bands(rule: RuleEntry, here: tuple[str | int, ...]) -> Iterator[Fault]:
    """A band table must cover every number of points once, and never fall as need rises."""
    if rule.bands[0].first != 0:
        yield (*here, 0), f"the first band begins at {rule.bands[0].first} points, not at 0"
    for at, band in enumerate(rule.bands):
        spot = (*here, at)
        if band.last < band.first:
            yield spot, f"a band from {band.first} to {band.last} holds no points"
        if not at:
            continue
        before = rule.bands[at - 1]
        if band.first > before.last + 1:
            yield spot, f"a gap: nothing for {_points(before.last + 1, band.first - 1)}"
        elif band.first <= before.last:
            yield spot, f"an overlap: two bands hold {_points(band.first, before.last)}"
        if band.amount < before.amount:
            yield spot, f"falls from {before.amount} to {band.amount} as need rises"
    last = rule.bands[-1].last
    if last < rule.points_max:
        yield (
            (*here, len(rule.bands) - 1),
            (f"a gap: nothing for {_points(last + 1, rule.points_max)}, the highest"),
        )
    elif last > rule.points_max:
        yield (
            (*here, len(rule.bands) - 1),
            (f"the last band ends at {last}, but points_max is {rule.points_max}"),
        )


def _points(first: int, last: int) -> str:
    return f"{first} points" if first >= last else f"{first} to {last} points"


@dataclass(frozen=True, slots=True)
class Rule:
    """One council's rule for a care group.

    Attributes:
        entry: as written; `entry.sample` says where a price comes from.
        price: pounds per point; None where the rule has bands.
    """

    entry: RuleEntry
    price: Fraction | None

    def amount(self, points: Fraction | int) -> Fraction:
        """The indicative amount in pounds, for 0 to the maximum points.

        In a band table points between two whole numbers count as the lower one.
        """
        if self.price is not None:
            return self.price * points
        whole = int(points)
        found = next(band for band in self.entry.bands if band.first <= whole <= band.last)
        return Fraction(found.amount)

    def at(self, need: Fraction) -> Fraction:
        """The indicative amount at a need from 0 to 1, as a share of the maximum points."""
        return self.amount(need * self.entry.points_max)

    def curve(self) -> list[tuple[Fraction, Fraction]]:
        """Corners of the curve: need from 0 to 1, and the amount; a band's edge stands twice."""
        highest = Fraction(self.entry.points_max)
        if self.price is not None:
            return [(Fraction(0), Fraction(0)), (Fraction(1), self.price * self.entry.points_max)]
        corners = []
        for band in self.entry.bands:
            end = min(Fraction(band.last + 1), highest)
            corners += [(band.first / highest, Fraction(band.amount))]
            corners += [(end / highest, Fraction(band.amount))]
        return corners


@dataclass(frozen=True, slots=True)
class Spread:
    """How far councils lie apart at one need; `ratio` is None where the lowest gives nothing."""

    need: Fraction
    amounts: tuple[Fraction, ...]
    lowest: Fraction
    middle: Fraction
    highest: Fraction
    ratio: Fraction | None


@dataclass(frozen=True, slots=True)
class CareGroup:
    """The rules of one care group, and their spread at each need."""

    name: str
    rules: tuple[Rule, ...]
    spreads: tuple[Spread, ...]


class Beside(StrEnum):
    """How a plan's cost lies beside its indicative amount."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Held:
    """A plan held against its rule; `off` is its distance as a share of the indicative amount.

    `off` is None where the indicative amount is 0.
    """

    plan: PlanEntry
    indicative: Fraction
    off: Fraction | None
    beside: Beside


@dataclass(frozen=True, slots=True)
class Allocated:
    """All rules by care group, and all plans."""

    entry: Allocation
    groups: tuple[CareGroup, ...]
    plans: tuple[Held, ...]


def price_of(sample: Sample) -> Fraction:
    """Pounds per point: the sample's cost over its points, less the contingency."""
    kept = 1 - Fraction(sample.contingency_pct) / 100
    return Fraction(sample.cost) / sample.points * kept


def allocate(allocation: Allocation) -> Allocated:
    """Work out rules without contradictions: by care group in order of the file, and the plans."""
    rules = [_allocation_rule(entry) for entry in allocation.rules]
    needs = [Fraction(need) / 100 for need in allocation.needs_pct]
    groups = []
    for name in dict.fromkeys(entry.care_group for entry in allocation.rules):
        own = tuple(rule for rule in rules if rule.entry.care_group == name)
        groups.append(CareGroup(name, own, tuple(_spread(own, need) for need in needs)))
    by_key = {(rule.entry.council, rule.entry.care_group): rule for rule in rules}
    tolerance = Fraction(allocation.tolerance_pct) / 100
    return Allocated(
        allocation,
        tuple(groups),
        tuple(
            _held(plan, by_key[plan.council, plan.care_group], tolerance)
            for plan in allocation.plans
        ),
    )


def _allocation_rule(entry: RuleEntry) -> Rule:
    if entry.sample is not None:
        return Rule(entry, price_of(entry.sample))
    return Rule(entry, None if entry.price_per_point is None else Fraction(entry.price_per_point))


def _spread(rules: Sequence[Rule], need: Fraction) -> Spread:
    amounts = tuple(rule.at(need) for rule in rules)
    low, high = min(amounts), max(amounts)
    return Spread(need, amounts, low, median(amounts), high, high / low if low else None)


def _held(plan: PlanEntry, rule: Rule, tolerance: Fraction) -> Held:
    """A plan whose distance equals the tolerance is within it."""
    indicative, cost = rule.amount(plan.points), Fraction(plan.cost)
    beside = Beside.WITHIN
    if abs(cost - indicative) > tolerance * indicative:
        beside = Beside.ABOVE if cost > indicative else Beside.BELOW
    off = (cost - indicative) / indicative if indicative else None
    return Held(plan, indicative, off, beside)
