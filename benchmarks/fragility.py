"""What a page's fragility costs, beside the page's rows and beside a plain group-by.

    .venv/bin/python benchmarks/fragility.py [--repeats 20]

Times are of the processor, so that a busy machine changes little.

Every verdict of Leeds, 2018-19 put to every trial, on a fresh table of the year so that no cache is
warm but those of the registers; the rows of the page; and `figures.groupby("indicator_id")` of the
same table, mean and standard deviation of its values. Also all councils of one indicator.
"""

from __future__ import annotations

import argparse
import statistics
import time

from bench import choices, held
from bench.judge.fragile import fragility
from bench.published import sources

COUNCIL, YEAR, INDICATOR = "Leeds", "2018-19", "self_directed_support"


def measured(name: str, repeats: int, prepare, work) -> float:
    times = []
    for _ in range(repeats):
        ready = prepare()
        start = time.process_time()
        work(ready)
        times.append(time.process_time() - start)
    middle = statistics.median(times)
    print(f"{name:44} {middle * 1000:8.1f} ms")
    return middle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20)
    repeats = parser.parse_args().repeats
    choice = choices.choose(COUNCIL, YEAR)
    rules, registers = choices.rules_for("auto"), sources.reference()
    peers = registers.peers.group(choice.peers, choice.council, choice.year)
    figures = held.figures()

    def table():
        return held.year_table(choice.year, rules)

    def page():
        made = table()
        return made, made.rows(choice.council, peers)

    def indicator():
        made = table()
        return made, made.across(registers.indicators[INDICATOR], choice.peers)

    def everyone(ready):
        made, rows = ready
        for council, row in zip(registers.councils.in_year(choice.year), rows, strict=True):
            group = registers.peers.group(choice.peers, council, choice.year)
            fragility(made, council, group, [row])

    plain = measured(
        "plain group-by of the table", repeats, lambda: figures,
        lambda frame: frame.groupby("indicator_id", observed=True)["value"].agg(["mean", "std"]),
    )  # fmt: skip
    rows = measured("a page's rows", repeats, table, lambda made: made.rows(choice.council, peers))
    firm = measured(
        "a page's fragility", repeats, page,
        lambda ready: fragility(ready[0], choice.council, peers, ready[1]),
    )  # fmt: skip
    across = measured("one indicator's, every council", max(1, repeats // 5), indicator, everyone)
    print(f"fragility / group-by         {firm / plain:6.1f}")
    print(f"fragility / the page's rows  {firm / rows:6.2f}")
    print(f"every council / one page     {across / firm:6.2f}")


if __name__ == "__main__":
    main()
