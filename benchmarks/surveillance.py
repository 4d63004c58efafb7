"""How many ordinary changes are listed, and how long it takes to look at every published change.

    .venv/bin/python benchmarks/surveillance.py            the time, beside `import pandas`
    .venv/bin/python benchmarks/surveillance.py --false    what is listed of changes made up

Each time is the best of a few runs, each in a process of its own, as a reader starts it. What is
made up has the years, councils, spreads and sampling errors of the published changes, and nothing
that is out of the ordinary: all that is listed of it is false.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

RUNS = 3
WORLDS = 20
PANDAS = "import pandas"
WHOLE = "import bench; bench.surveillance().frame()"
SCORES = """
import time
from bench.pages import store
store.figures()
begun = time.perf_counter()
store.unusual()
print(time.perf_counter() - begun)
"""


def seconds(code):
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - begun


def told(code):
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(made.stdout)


def false_findings():
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from bench.integrity.surveillance.scores import scored
    from bench.pages import store
    from integrity.ordinary import NULLS, simulated

    unusual = store.unusual()
    listed = len(unusual.findings)
    print(f"listed of {len(unusual.scores):,} published changes: {listed}")
    print(f"{'listed of made-up changes, all of them false':46} {'mean':>5} {'most':>5}  of those")
    for name, null in NULLS.items():
        runs = [scored(simulated(unusual.scores, seed, null)) for seed in range(WORLDS)]
        false = [int((run["q"] <= unusual.rules.level).sum()) for run in runs]
        mean = sum(false) / WORLDS
        print(f"{name:46} {mean:5.1f} {max(false):5d}  {100 * mean / listed:5.1f}%", flush=True)


def times():
    pandas = min(seconds(PANDAS) for _ in range(RUNS))
    whole = min(seconds(WHOLE) for _ in range(RUNS))
    scores = min(told(SCORES) for _ in range(RUNS))
    print(f"import pandas                                {pandas:6.2f} s")
    print(f"every change looked at, figures read before  {scores:6.2f} s")
    print(
        f"bench.surveillance().frame(), all of it      {whole:6.2f} s"
        f"  {whole / pandas:.1f} x pandas"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--false", action="store_true", help="simulate; takes a minute")
    if parser.parse_args().false:
        false_findings()
    else:
        times()
