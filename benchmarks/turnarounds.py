"""How often RED turns to GREEN, how often it would by chance, and how often GREEN stays.

For pages of 2016-17, the first year by which a council can have turned, to 2018-19, after which few
figures have a margin of error. A series is a council's years of one indicator that compare, up to
the page's year, whose errors are all known, without a change that surveillance lists. It counts
once for each page's year.

By chance: the years of each series in random order, each with its figure and verdict, seeded.
Still GREEN: at the next year that compares; where that has no margin of error, better by its size.

    .venv/bin/python benchmarks/turnarounds.py
"""

from collections import Counter

import numpy as np

from bench.judge.rag import Meaning
from bench.pages import store
from bench.pages.choices import rules_for
from bench.pages.council.whom_to_phone import history, lookup_of, suggestions, turned
from bench.published import sources
from bench.reference import FinancialYear

MODEL = "cipfa"
FIRST, LAST = FinancialYear.parse("2016-17"), FinancialYear.parse("2018-19")
ORDERS, SEED, LEAST = 1000, 20, 3
AGAINST = ("peers", "England")


def tested(years, against):
    """The latest years of a series whose errors are all known."""
    kept = []
    for each in years:
        if each.sure(against) is None:
            break
        kept.append(each)
    return kept


def all_series(year, lookup):
    """Indicator, council and years, latest first, of every series up to a year."""
    for indicator in lookup.table(year).indicators:
        for council in sources.reference().councils.in_year(year):
            yield indicator, council, list(history(indicator, council, year, lookup))


def by_chance(indicator, council, years, against, random):
    """The share of random orders of the years in which the council would have turned."""
    colours = [each.sure(against) for each in years]
    if Meaning.WORSE not in colours or colours.count(Meaning.BETTER) < 2:
        return 0.0
    years = [each._replace(listed=False) for each in years]
    orders = ([years[place] for place in random.permutation(len(years))] for _ in range(ORDERS))
    return sum(turned(indicator, council, each, against) is not None for each in orders) / ORDERS


def next_is_better(indicator, council, year, against, lookup):
    """Whether the next year that compares is GREEN, or better by size; None where there is none."""
    registers = sources.reference()
    for later in sorted(other for other in indicator.years if other > year):
        before = registers.comparability.previous_comparable(indicator, council.area_id, later)
        if before == year:
            judged = next(history(indicator, council, later, lookup), None)
            verdict = judged and (judged.vs_peers if against == "peers" else judged.vs_england)
            if not verdict or not verdict.compared:
                return None
            return verdict.meaning is Meaning.BETTER and verdict.certainty != "probable"
    return None


def named_on_pages(year, rules, against):
    """Indicator and council of whoever the page of a council names; each once."""
    registers, table = sources.reference(), store.year_table(year, rules)
    found = {}
    for council in registers.councils.in_year(year):
        group = registers.peers.group(MODEL, council, year)
        for row in table.rows(council, group):
            for each in suggestions(row, council, group, rules):
                if each.against == against:
                    other = each.turnaround.council
                    found[row.indicator.indicator_id, other.area_id] = row.indicator, other
    return list(found.values())


def measured(against, rules, lookup):
    """The counts of every year together, by name."""
    random, counts = np.random.default_rng(SEED), Counter()
    for year in (one for one in store.years() if FIRST <= one <= LAST):
        green = []
        for indicator, council, every in all_series(year, lookup):
            years = tested(every, against)
            colours = [each.sure(against) for each in years]
            if colours[:1] == [Meaning.BETTER]:
                green.append((indicator, council, colours[:2] == [Meaning.BETTER] * 2))
            if len(years) < LEAST or any(each.listed for each in years[:-1]):
                continue
            counts["series with a RED year"] += Meaning.WORSE in colours
            counts["turned"] += turned(indicator, council, years, against) is not None
            counts["by chance"] += by_chance(indicator, council, years, against, random)
        asked = [("GREEN", *each[:2]) for each in green]
        asked += [("GREEN twice", *each[:2]) for each in green if each[2]]
        asked += [("named", *each) for each in named_on_pages(year, rules, against)]
        for name, indicator, council in asked:
            still = next_is_better(indicator, council, year, against, lookup)
            if still is not None:
                counts[name] += 1
                counts[f"{name}, still"] += still
    return counts


def main():
    rules = rules_for()
    lookup = lookup_of(rules, MODEL)
    for against in AGAINST:
        counts = measured(against, rules, lookup)
        print(f"\nagainst {against}, years {FIRST} to {LAST}")
        for name in ("series with a RED year", "turned", "by chance"):
            print(f"{name:24}{counts[name]:8.1f}")
        for name in ("named", "GREEN", "GREEN twice"):
            still, count = counts[f"{name}, still"], counts[name]
            print(f"{name:24}{count:8} still GREEN {still:5} {100 * still / count:6.1f}%")


if __name__ == "__main__":
    main()
