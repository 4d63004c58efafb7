"""Whether figures reckoned from councils' are those that the publisher prints of them together.

Every region and England, every indicator and year of which all councils have a figure: reckoned
from the councils alone (`bench.judge.figure.pooled`), beside the published figure. A region's
figure is made from the same answers as its councils', so that where weights are known the 95% range
holds it nearly always; by respondents it has to cover weights that nobody prints. Ten seconds:

    .venv/bin/python benchmarks/areas.py
"""

from collections import defaultdict
from typing import NamedTuple

from bench.judge.figure import by_indicator, pooled
from bench.judge.intervals import exact
from bench.pages import store
from bench.published import sources
from bench.reference.areas import ENGLAND


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


if __name__ == "__main__":
    main()
