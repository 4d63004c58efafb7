"""How long a page's trends take, and how often each test finds a trend where there is none.

The times stand beside a plain pandas group-by of the same table, in one run. The rates come from
2,000 made-up councils a test, seeded, whose true figure is the same in each of five years:

    .venv/bin/python benchmarks/trend.py
"""

import time
from dataclasses import replace

import numpy as np

from bench.judge.figure import Printed
from bench.judge.trend import Line
from bench.judge.trend_test import Direction, across, direction, of_council
from bench.pages import store
from bench.pages.choices import rules_for
from bench.published import sources
from bench.reference import Comparability, FinancialYear, IntervalKind

ROUNDS, SETS = 9, 2_000
YEARS = tuple(FinancialYear(year) for year in range(2014, 2019))
UNCLEAR = {Direction.NO_CLEAR_CHANGE, Direction.TOO_FEW_YEARS, Direction.CANNOT_BE_TESTED}


def best(work):
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def survey(random):
    """400 answers a year, the margin rounded up to a decimal as it is published."""
    for share in random.binomial(400, 0.6, len(YEARS)) / 400:
        margin = np.ceil(19.6 * np.sqrt(share * (1 - share) / 400) * 100) / 10
        yield Printed(round(100 * share, 1), None, None, 400.0, float(margin), "observed", "")


def counts(random):
    """About 900 people a year."""
    for people in random.integers(600, 1200, len(YEARS)):
        count = random.binomial(people, 0.9)
        share = round(100 * count / people, 1)
        yield Printed(share, float(count), float(people), None, None, "observed", "")


def alone(random):
    """A figure without counts or margins, to one decimal."""
    for value in random.normal(50, 5, len(YEARS)):
        yield Printed(round(float(value), 1), None, None, None, None, "observed", "")


def main():
    figures, registers, rules = store.figures(), sources.reference(), rules_for().trend
    somerset, year = registers.councils.find("Somerset"), FinancialYear.parse("2018-19")
    listed = registers.indicators.in_year(year)
    one = registers.indicators["control_over_daily_life"]
    grouped = best(
        lambda: figures.groupby(["indicator_id", "period"], observed=True)["value"].mean()
    )
    page = best(lambda: of_council(figures, registers, somerset, listed, year=year, rules=rules))
    every = best(lambda: across(figures, registers, one, year=year, rules=rules))
    print(f"pandas group-by of the table        {grouped:.4f} s")
    print(f"{len(listed)} trends of a council's page    {page:.4f} s  {page / grouped:.1f} x")
    print(f"one indicator's of every council    {every:.4f} s  {every / grouped:.1f} x")

    random = np.random.default_rng(7)
    leeds = registers.councils.find("Leeds")
    for kind, make, allowed in (
        ("margin", survey, rules.significance),
        ("wilson", counts, rules.significance),
        ("none", alone, rules.significance_by_order),
    ):
        flat = replace(one, interval=IntervalKind(kind), years=YEARS)
        found = [
            direction(
                Line(
                    dict(zip(map(str, YEARS), make(random), strict=True)),
                    flat,
                    leeds,
                    Comparability([], []),
                ),
                year=YEARS[-1],
                rules=rules,
            ).direction
            for _ in range(SETS)
        ]
        clear = sum(each not in UNCLEAR for each in found) / SETS
        print(
            f"a trend where there is none, {make.__name__:7} {clear:.2%}  (at most {allowed:.1%})"
        )


if __name__ == "__main__":
    main()
