"""How long reading everything takes, beside what pandas needs for the bare cells.

Each measurement runs in a process of its own, imports left out, everything in one go:

    .venv/bin/python benchmarks/ingest.py FOLDER_OF_THE_PUBLISHERS_FILES
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 5

# Each prints its seconds and its peak memory in MiB, with as much again for each process that it
# forks as the largest of them took; what it imports is not in the seconds.
MEASURE = """
import json, os, resource, sys, time
{imports}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
peak += os.cpu_count() * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([seconds, peak]))
"""
BUILD = MEASURE.format(
    imports="""
from pathlib import Path
import pandera.errors, pyarrow.parquet
from bench.published import build, corrections, layouts, observations, readers, sources
from bench.published.schema import schema
import pandas as pd
empty = pd.DataFrame({name: pd.Series(dtype="object") for name in schema().columns})
try:
    schema().validate(empty)  # pandera imports its checks when it is first used
except pandera.errors.SchemaError:
    pass
""",
    work="build.build(Path(sys.argv[1]), root=Path(sys.argv[2]))",
)
PANDAS = MEASURE.format(
    imports="""
import pandas as pd, openpyxl, odf.opendocument
from pathlib import Path
import pandas.io.excel._openpyxl, pandas.io.excel._odfreader
""",
    work="""
for path in map(Path, sys.argv[2:]):
    if path.suffix == ".csv":
        pd.read_csv(path, engine="c", encoding_errors="replace")
    else:
        engine = "odf" if path.suffix == ".ods" else "openpyxl"
        pd.read_excel(path, engine=engine, sheet_name=None, header=None)
""",
)
LOAD = MEASURE.format(
    imports="from bench.published import observations", work="observations.load()"
)
COLD = """
import time
start = time.perf_counter()
import pandas
print([time.perf_counter() - start, 0])
"""


def measure(code: str, *words: str) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", code, *words], check=True, capture_output=True, text=True, cwd=ROOT
    )
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def median(code: str, *words: str, rounds: int = ROUNDS) -> tuple[float, float]:
    runs = [measure(code, *words) for _ in range(rounds)]
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs)


def project(folder: Path) -> Path:
    """A temporary project with this one's registers and manifest, and no data."""
    from bench.project.transaction import accept

    for name in ("data/sources.yaml", "data/reference", "params/rag.yaml"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(ROOT / name)
    accept(folder / "data")
    return folder


def files(raw: Path) -> list[str]:
    """The files of the manifest, each once, as the build reads them."""
    from bench.published import sources

    found = {sources.find(release, raw) for release in sources.manifest(ROOT).releases}
    return sorted(map(str, found))


def main() -> None:
    raw = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        ours, peak = median(BUILD, str(raw), str(project(Path(folder))))
        built = {p.name: p.read_bytes() for p in Path(folder).glob("data/published/*.parquet")}
    committed = {p.name: p.read_bytes() for p in (ROOT / "data/published").glob("*.parquet")}
    theirs, _ = median(PANDAS, str(raw), *files(raw), rounds=2)
    load, _ = median(LOAD)
    cold, _ = median(COLD)
    size = sum(map(len, committed.values())) / 2**20
    print(f"build of everything        {ours:7.2f} s")
    print(f"pandas, cells only         {theirs:7.2f} s")
    print(f"ratio                      {theirs / ours:7.2f}    (at least 5)")
    print(f"peak memory of the build   {peak:7.0f} MiB  (under 1,536)")
    print(f"built as committed         {'yes' if built == committed else 'NO':>7}")
    print(f"load the embedded table    {load:7.3f} s")
    print(f"import pandas              {cold:7.3f} s")
    print(f"ratio                      {load / cold:7.2f}    (at most 1)")
    print(f"data/published             {size:7.2f} MiB  (at most 3)")


if __name__ == "__main__":
    main()
