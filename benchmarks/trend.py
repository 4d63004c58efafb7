"""How often a trend is found, where there may be one and where there is none, by measure.

For every measure of a year, with all the years in hand that compare:

- the share of councils with a trend, with a turn, and of tested changes that a trend opposes;
- false trends of series that wander without drift: every council's own changes, with their signs
  flipped in every way;
- false trends of series that wobble about a level: every council's own figures in an order drawn
  at random;
- the lag-1 correlation of changes: about -0.5 where figures wobble about a level, about 0 where
  they wander.

Both kinds of false trend are at most 5% for every measure. Seeded; about three minutes:

    .venv/bin/python benchmarks/trend.py
    .venv/bin/python benchmarks/trend.py 2018-19

Last come the times of a page's trends, beside a plain pandas group-by of the same table.
"""

import sys
import time
from itertools import product

import numpy as np

from bench.judge import drift
from bench.judge.drift import Series, UpsAndDowns
from bench.judge.figure import AreaHistories
from bench.judge.trend_test import lines_of, of_council, usual_of_year
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import sources
from bench.reference import FinancialYear

YEARS = ("2018-19", "2019-20", "2022-23", "2023-24", "2024-25")
ORDERS, ROUNDS = 8, 5


def flips(one):
    """The series with the signs of its changes flipped in every way but the mirrored ones."""
    for signs in product((1,), *[(1, -1)] * (len(one) - 2)):
        moved = np.concatenate([[0.0], np.cumsum(np.multiply(one.changes, signs))])
        yield Series(one.years, tuple(one.figures[0] + moved))


def orders(one, random):
    """The series with its figures in orders drawn at random."""
    for _ in range(ORDERS):
        yield Series(one.years, tuple(random.permutation(one.figures)))


def claims(many, usual, significance):
    """The shares of series that drift, and that turn."""
    moved = [drift.movement(one, usual, significance) for one in many]
    count = max(1, len(moved))
    return sum(bool(one.drift) for one in moved) / count, sum(
        one.turn is not None for one in moved
    ) / count


def correlation(series):
    """The lag-1 correlation of successive changes, about 0."""
    pairs = [pair for one in series for pair in zip(one.changes, one.changes[1:], strict=False)]
    first, second = np.array(pairs).T
    size = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / size) if size else 0.0


def by_measure(year, rules, random):
    """A line for each measure of a year that can be tested; the worst share of false trends."""
    figures, registers = store.figures(), sources.reference()
    worst = 0.0
    listed = registers.indicators.in_year(year)
    known = usual_of_year(figures, registers, listed, year=year, rules=rules)
    for one, lines in lines_of(figures, registers, listed, year):
        usual = known[one.indicator_id]
        if not isinstance(usual, UpsAndDowns):
            continue
        series = [
            line.series(years)
            for line in lines.values()
            if not line.unusable(year)
            and len(years := line.comparable(year, rules.years)[0]) >= rules.least_years
            and len(years) - 1 in usual.drifts
        ]
        found = claims(series, usual, rules.significance)
        wander = claims([f for s in series for f in flips(s)], usual, rules.significance)
        wobble = claims([o for s in series for o in orders(s, random)], usual, rules.significance)
        worst = max(worst, sum(wander), sum(wobble))
        print(
            f"{year} {one.code(year):8} {len(series):4} councils"
            f"  trend {found[0]:5.1%} turn {found[1]:5.1%}"
            f"  | wander: trend {wander[0]:5.1%} turn {wander[1]:5.1%}"
            f"  | wobble: trend {wobble[0]:5.1%} turn {wobble[1]:5.1%}"
            f"  | correlation {correlation(series):+.2f}",
            flush=True,
        )
    return worst


def best(work):
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def times(rules):
    figures, registers = store.figures(), sources.reference()
    somerset, year = registers.councils.find("Somerset"), FinancialYear.parse("2018-19")
    listed = registers.indicators.in_year(year)
    table = store.year_table(year, rules_for())
    group = registers.peers.group("cipfa", somerset, year)
    changes = {
        row.indicator.indicator_id: row.vs_previous.meaning for row in table.rows(somerset, group)
    }
    about = {"year": year, "rules": rules}
    usual = usual_of_year(figures, registers, listed, **about)
    grouped = best(
        lambda: figures.groupby(["indicator_id", "period"], observed=True)["value"].mean()
    )
    measures = best(lambda: usual_of_year(figures, registers, listed, **about))
    page = best(
        lambda: of_council(
            AreaHistories(figures), registers, somerset, changes, usual=usual, **about
        )
    )
    print(f"pandas group-by of the table                 {grouped:.4f} s")
    print(f"usual ups and downs of {len(listed)} measures, once   {measures:.4f} s")
    print(f"{len(changes)} trends of a page, these known   {page:.4f} s  {page / grouped:.1f} x")


def main(years):
    rules, random = rules_for().trend, np.random.default_rng(7)
    worst = max(by_measure(FinancialYear.parse(year), rules, random) for year in years)
    print(f"most false trends and turns of any measure: {worst:.2%}  (at most 5%)")
    times(rules)


if __name__ == "__main__":
    main(sys.argv[1:] or YEARS)
