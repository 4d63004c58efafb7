"""How long it takes to look at every change of the published data, beside `import pandas`.

Each figure is the best of a few runs, each in a process of its own, as a reader starts it.
"""

import subprocess
import sys
import time

RUNS = 3
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


def main():
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
    main()
