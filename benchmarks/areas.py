"""Whether figures reckoned from councils' are those that the publisher prints of them together.

Every region and England, every indicator and year of which all councils have a figure: reckoned
from the councils alone (`bench.judge.pooled_figure`), beside the published figure. A region's
figure is made from the same answers as its councils', so that where weights are known the 95% range
holds it nearly always; by respondents it has to cover weights that nobody prints. And whether a
region's verdict against England is the same by its reckoned figure as by its published one. Half a
minute:

    .venv/bin/python benchmarks/areas.py
"""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import NamedTuple

from bench.judge.figure import by_indicator
from bench.judge.intervals import exact
from bench.judge.pooled_figure import pooled
from bench.judge.year_table import YearTable
from bench.pages import store
from bench.pages.area.figures import merged
from bench.pages.area.history import history
from bench.pages.choices import rules_for
from bench.published import sources
from bench.reference.areas import ENGLAND, Region


class Case(NamedTuple):
    """A reckoned figure beside the published one: their gap in printed units; held by the range."""

    indicator: str
    year: str
    area: str
    gap: float
    held: bool | None


def cases():
    """By how they were reckoned and whether of England; and how many could not be."""
    registers, table = sources.reference(), store.figures()
    found, unknown = defaultdict(list), 0
    for year in store.years():
        printed = by_indicator(table[table["period"] == str(year)])
        groups = defaultdict(list)
        for council in registers.councils.in_year(year):
            groups[ENGLAND].append(council)
            groups[f"region:{council.region}"].append(council)
        for indicator in registers.indicators.in_year(year):
            figures = printed.get(indicator.indicator_id, {})
            for area, councils in groups.items():
                if area not in figures or figures[area].value is None:
                    continue
                whole = pooled(councils, figures, indicator, year)
                if whole.value is None:
                    unknown += 1
                    continue
                published = exact(figures[area].value)
                gap = float(abs(exact(whole.value) - published) * 10 ** indicator.decimals(year))
                held = whole.interval.holds(published) if whole.interval else None
                kind = "carers: " if indicator.indicator_id.startswith("carer") else ""
                place = ENGLAND if area == ENGLAND else "regions"
                found[place, kind + whole.how].append(
                    Case(indicator.indicator_id, str(year), area, gap, held)
                )
    return found, unknown


def verdicts():
    """By how each was reckoned, a region's verdicts by the reckoned and the published figure."""
    registers, found = sources.reference(), defaultdict(list)
    for year in store.years():
        table = YearTable(store.figures(), registers, year, rules_for())
        for indicator in registers.indicators.in_year(year):
            for region in Region:
                councils = [one for one in registers.councils.in_year(year) if one.region is region]
                whole = pooled(councils, table.printed(indicator.indicator_id), indicator, year)
                england = table.england_of(indicator)
                reckoned = table.reckoned_verdict(indicator, whole, england)
                _, published = table.beside_england(indicator, region.area_id)
                if reckoned.compared and published.compared:
                    found[whole.how].append((str(reckoned.meaning), str(published.meaning)))
    return found


def seams():
    """By area, the moves of its ground over the year in which its councils changed.

    Each as the share of councils whose own move over the same two years was smaller; what is
    published on one side and reckoned on the other, or reckoned of other councils, should move as
    councils do.
    """
    figures, found = store.figures(), defaultdict(list)
    for area in merged().values():
        if area.stands_for is None and len(area.spans) == 1:
            continue
        for series in history(area, rules_for()):
            for before, after in pairwise(series.points):
                same = before.source == after.source
                if same or after.cut or before.value is None or after.value is None:
                    continue
                of_indicator = figures[figures["indicator_id"] == series.indicator.indicator_id]
                values = of_indicator.pivot_table("value", "area_id", "period", observed=True)
                councils = [one.area_id for one in sources.reference().councils]
                both = values.loc[values.index.isin(councils), [str(before.year), str(after.year)]]
                moves = (both.iloc[:, 1] - both.iloc[:, 0]).dropna()
                own = abs(after.value - before.value - moves.median())
                smaller = ((moves - moves.median()).abs() < own).mean()
                found[area.name].append((series.indicator.indicator_id, float(smaller)))
    return found


def main():
    """Print a line for each way, and the cases that a range does not hold."""
    found, unknown = cases()
    for (place, how), group in sorted(found.items()):
        ranged = [case for case in group if case.held is not None]
        near = sum(case.gap <= 1 for case in group)
        print(
            f"{place}, {how}: {near} of {len(group)} within one printed unit; "
            f"the range holds {sum(case.held for case in ranged)} of {len(ranged)}"
        )
        for case in ranged:
            if not case.held:
                print(f"    {case.indicator} {case.year} {case.area}: {case.gap:.0f} units apart")
    print(f"not known, since a council lacks a figure or counts: {unknown}")
    for how, pairs in sorted(verdicts().items()):
        same = sum(reckoned == published for reckoned, published in pairs)
        sides = sum({reckoned, published} == {"better", "worse"} for reckoned, published in pairs)
        print(f"verdicts of regions, {how}: {same} of {len(pairs)} the same, {sides} opposite")
        for (reckoned, published), count in Counter(pairs).most_common():
            if reckoned != published:
                print(f"    {count} {reckoned} where the published figure is {published}")
    for name, moves in seams().items():
        usual = sum(smaller <= 0.95 for _, smaller in moves)
        print(f"{name}: {usual} of {len(moves)} moves over the seam are no larger than usual")
        for indicator, smaller in moves:
            if smaller > 0.95:
                print(f"    {indicator}: larger than those of {smaller:.0%} of councils")


if __name__ == "__main__":
    main()
