"""Rules from points to money: their model, contradictions, and results at the same need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Paper
from bench.errors import nearest
from bench.judge.statistics import median
from bench.project.files import StrictModel, Text

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


class Level(StrEnum):
    """How much support a person needs towards an outcome, the least first."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"


class OutcomeAmounts(StrictModel):
    """An amount for each level of support towards one outcome."""

    outcome: Text
    basic: _Money
    standard: _Money
    enhanced: _Money

    def amount(self, level: Level) -> Fraction:
        """The amount of a level, in pounds."""
        return Fraction(getattr(self, level.value))


class RuleEntry(StrictModel):
    """How a council turns what a person needs into money, for one care group.

    It says one of four: a price of each point, a sample that gives the price, bands of points, or
    outcomes with an amount for each level and no points.

    Attributes:
        points_max: the most points that there are; None only for outcomes.
        tolerance_pct: how far a plan may lie off here; None for the file's.
        panel_above: from which cost of a plan on a panel looks at it; None for none.
    """

    council: Text
    care_group: Text
    points_max: Annotated[int, Field(gt=0)] | None = None
    price_per_point: _Money | None = None
    sample: Sample | None = None
    bands: tuple[Band, ...] = ()
    outcomes: tuple[OutcomeAmounts, ...] = ()
    tolerance_pct: _Percent | None = None
    panel_above: _Money | None = None


class PlanEntry(StrictModel):
    """A support plan: a person's points, or level by outcome, and its cost in pounds."""

    label: Text
    council: Text
    care_group: Text
    points: _Points | None = None
    levels: Mapping[str, Level] = Field(default_factory=dict)
    cost: _Money


class Fact(StrictModel):
    """What a document says of a rule, in our own words, and where."""

    text: Text
    where: Text


class DocumentedRule(StrictModel):
    """A council's rule as a document describes it: how it works, without its amounts.

    Attributes:
        council: whose, or of how many.
        document: which says so.
        rule: how it works, in a sentence or two.
        facts: what else is said of it.
    """

    council: Text
    document: Text
    where: Text
    rule: Text
    facts: tuple[Fact, ...] = ()


class Allocation(Paper):
    """The rules of several councils.

    Attributes:
        document: where the rules stand; empty for illustrative ones.
        per: what every amount is for.
        tolerance_pct: how far a plan may lie from its indicative amount.
        needs_pct: shares of the maximum points at which councils are compared.
        methods: rules as documents describe them, without amounts.
        rules: with amounts, in order of the file.
        plans: support plans to hold against the rules.
    """

    document: str = ""
    per: Per
    tolerance_pct: _Percent
    needs_pct: Annotated[
        tuple[Annotated[Decimal, Field(ge=0, le=100)], ...], Field(min_length=1)
    ] = (Decimal(25), Decimal(50), Decimal(75))
    methods: tuple[DocumentedRule, ...] = ()
    rules: tuple[RuleEntry, ...]
    plans: tuple[PlanEntry, ...] = ()


def contradictions(allocation: Allocation) -> Iterator[Fault]:
    """Everything that the rules say against themselves.

    Yields:
        The way to the entry, and what is wrong with it.
    """
    if not allocation.document and not allocation.illustrative:
        yield (), "neither a document that holds the rules is named, nor are they illustrative"
    if not allocation.rules and not allocation.methods:
        yield (), "neither rules with amounts nor methods that documents describe"
    if allocation.methods and allocation.illustrative:
        yield (
            (),
            "methods that documents describe are not illustrative; give them a file of their own",
        )
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
        else:
            yield from _plan(plan, found, here)


def _plan(plan: PlanEntry, rule: RuleEntry, here: tuple[str | int, ...]) -> Iterator[Fault]:
    """What a plan says that its rule cannot read."""
    if not rule.outcomes:
        if plan.levels:
            yield (*here, "levels"), "its rule counts points, not levels"
        if plan.points is None:
            yield here, "its rule counts points, and the plan has none"
        elif rule.points_max is not None and plan.points > rule.points_max:
            most = rule.points_max
            yield (*here, "points"), f"{plan.points} points, but its rule goes to {most}"
        return
    if plan.points is not None:
        yield (*here, "points"), "its rule has levels by outcome, not points"
    wanted = [one.outcome for one in rule.outcomes]
    for name in plan.levels:
        if name not in wanted:
            yield (*here, "levels", name), f"no outcome {name!r}; there are {', '.join(wanted)}"
    for name in wanted:
        if name not in plan.levels:
            yield here, f"no level for the outcome {name!r}"


def _no_rule(plan: PlanEntry, allocation: Allocation) -> str:
    wanted = f"{plan.council}, {plan.care_group}"
    near = nearest(wanted, (f"{rule.council}, {rule.care_group}" for rule in allocation.rules))
    told = f"; did you mean {near[0]}?" if near else ""
    return f"there is no rule of {wanted}{told}"


def _rule(rule: RuleEntry, here: tuple[str | int, ...]) -> Iterator[Fault]:
    given = [name for name in ("price_per_point", "sample") if getattr(rule, name) is not None]
    given += ["bands"] if rule.bands else []
    given += ["outcomes"] if rule.outcomes else []
    if len(given) != 1:
        yield (
            here,
            (
                f"found {' and '.join(given) or 'no way from points to money'}, expected one of "
                "price_per_point, sample, bands, outcomes"
            ),
        )
    if rule.points_max is None and not rule.outcomes:
        yield here, "points_max: Field required where there are points"
    if rule.outcomes:
        yield from _outcomes(rule, here)
    if rule.bands and rule.points_max is not None:
        yield from _bands(rule, (*here, "bands"))


def _outcomes(rule: RuleEntry, here: tuple[str | int, ...]) -> Iterator[Fault]:
    """More support towards an outcome must not give less, and no outcome stands twice."""
    if rule.points_max is not None:
        yield (*here, "points_max"), "a rule by outcomes has no points"
    seen: set[str] = set()
    for at, one in enumerate(rule.outcomes):
        spot = (*here, "outcomes", at)
        if one.outcome in seen:
            yield (*spot, "outcome"), f"the outcome {one.outcome!r} stands there twice"
        seen.add(one.outcome)
        if not one.basic <= one.standard <= one.enhanced:
            yield spot, f"falls as need rises: {one.basic}, {one.standard}, {one.enhanced}"


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
    if rule.points_max is None:
        return
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
class AllocationRule:
    """One council's rule for a care group.

    Attributes:
        entry: as written; `entry.sample` says where a price comes from.
        price: pounds per point; None where the rule has bands.
    """

    entry: RuleEntry
    price: Fraction | None

    @property
    def points_max(self) -> int:
        """The most points; 0 for a rule by outcomes."""
        return self.entry.points_max or 0

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
        return self.amount(need * self.points_max)

    def curve(self) -> list[tuple[Fraction, Fraction]]:
        """Corners of the curve: need from 0 to 1, and the amount; a band's edge stands twice."""
        highest = Fraction(self.points_max)
        if self.price is not None:
            return [(Fraction(0), Fraction(0)), (Fraction(1), self.price * self.points_max)]
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
    rules: tuple[AllocationRule, ...]
    spreads: tuple[Spread, ...]


class CostComparison(StrEnum):
    """How a plan's cost lies beside its indicative amount."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """A plan held against its rule; `off` is its distance as a share of the indicative amount.

    `off` is None where the indicative amount is 0; `panel` says that its cost goes to a panel.
    """

    plan: PlanEntry
    indicative: Fraction
    off: Fraction | None
    comparison: CostComparison
    tolerance_pct: Decimal
    panel: bool


@dataclass(frozen=True, slots=True)
class Allocated:
    """All rules by points by care group, those by outcomes, and all plans."""

    entry: Allocation
    groups: tuple[CareGroup, ...]
    by_outcomes: tuple[RuleEntry, ...]
    plans: tuple[PlanComparison, ...]


def price_of(sample: Sample) -> Fraction:
    """Pounds per point: the sample's cost over its points, less the contingency."""
    kept = 1 - Fraction(sample.contingency_pct) / 100
    return Fraction(sample.cost) / sample.points * kept


def allocate(allocation: Allocation) -> Allocated:
    """Work out rules without contradictions: by care group in order of the file, and the plans."""
    rules = [_allocation_rule(entry) for entry in allocation.rules if not entry.outcomes]
    needs = [Fraction(need) / 100 for need in allocation.needs_pct]
    groups = []
    for name in dict.fromkeys(rule.entry.care_group for rule in rules):
        own = tuple(rule for rule in rules if rule.entry.care_group == name)
        groups.append(CareGroup(name, own, tuple(_spread(own, need) for need in needs)))
    by_key = {(rule.entry.council, rule.entry.care_group): rule for rule in rules}
    entries = {(entry.council, entry.care_group): entry for entry in allocation.rules}
    return Allocated(
        allocation,
        tuple(groups),
        tuple(entry for entry in allocation.rules if entry.outcomes),
        tuple(
            _compared(
                plan,
                entries[plan.council, plan.care_group],
                _indicative(plan, entries[plan.council, plan.care_group], by_key),
                allocation.tolerance_pct,
            )
            for plan in allocation.plans
        ),
    )


def _allocation_rule(entry: RuleEntry) -> AllocationRule:
    if entry.sample is not None:
        return AllocationRule(entry, price_of(entry.sample))
    return AllocationRule(
        entry, None if entry.price_per_point is None else Fraction(entry.price_per_point)
    )


def _spread(rules: Sequence[AllocationRule], need: Fraction) -> Spread:
    amounts = tuple(rule.at(need) for rule in rules)
    low, high = min(amounts), max(amounts)
    return Spread(need, amounts, low, median(amounts), high, high / low if low else None)


def _indicative(
    plan: PlanEntry, entry: RuleEntry, by_key: Mapping[tuple[str, str], AllocationRule]
) -> Fraction:
    """What a plan's rule gives: the amounts of its levels added up, or that of its points."""
    if entry.outcomes:
        levels = ((one, plan.levels[one.outcome]) for one in entry.outcomes)
        return sum((one.amount(level) for one, level in levels), Fraction(0))
    return by_key[plan.council, plan.care_group].amount(plan.points or 0)


def _compared(
    plan: PlanEntry, entry: RuleEntry, indicative: Fraction, usual: Decimal
) -> PlanComparison:
    """A plan whose distance equals the tolerance is within it."""
    cost = Fraction(plan.cost)
    allowed = usual if entry.tolerance_pct is None else entry.tolerance_pct
    tolerance = Fraction(allowed) / 100
    beside = CostComparison.WITHIN
    if abs(cost - indicative) > tolerance * indicative:
        beside = CostComparison.ABOVE if cost > indicative else CostComparison.BELOW
    off = (cost - indicative) / indicative if indicative else None
    panel = entry.panel_above is not None and plan.cost > entry.panel_above
    return PlanComparison(plan, indicative, off, beside, allowed, panel)
