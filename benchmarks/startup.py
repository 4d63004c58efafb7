"""How long `bench table` takes from a cold start, beside importing pandas alone.

Runs the two in turn, in one go, and prints the ratio of their medians:

    .venv/bin/python benchmarks/startup.py
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
BENCH = Path(sys.executable).with_name("bench")
COMMANDS = {
    "import pandas": [sys.executable, "-c", "import pandas"],
    "bench table": [str(BENCH), "table", "Somerset", "--year", "2014-15"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for name, command in COMMANDS.items():
        seconds(command)  # the first run fills the disk cache and compiles
        del name
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    medians = {name: statistics.median(runs) for name, runs in taken.items()}
    for name, median in medians.items():
        least, most = min(taken[name]), max(taken[name])
        print(f"{name:14} {median:.3f} s  (of {ROUNDS}: {least:.3f} to {most:.3f})")
    print(f"ratio          {medians['bench table'] / medians['import pandas']:.2f}  (at most 2.0)")


if __name__ == "__main__":
    main()
