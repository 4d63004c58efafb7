"""Compare what the program puts out with the hashes of before, or make these anew."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from . import outputs
from .ledger import CACHE, differences, digest, read, write

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
# What a comparison ends with: the same, another, or not to be compared.
SAME, ANOTHER, NOT_COMPARABLE = 0, 1, 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--write", action="store_true", help="make the hashes anew")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="what needs no kernel, and no sites")
    which.add_argument("--sites", action="store_true", help="the sites alone")
    which.add_argument(
        "--all", action="store_true", help="every page of every site; hashes in build/oracle"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    given = parser.parse_args()
    ends = []
    if not (given.all or given.sites):
        ends.append(_settled(HERE / "quick.txt", lambda: outputs.quick(given.jobs), given.write))
    if not given.quick:
        path = CACHE / "all.txt" if given.all else HERE / "sites.txt"
        ends.append(
            _settled(path, lambda: outputs.sites(given.jobs, every_page=given.all), given.write)
        )
    return max(ends)


def _settled(path: Path, make: Callable[[], outputs.Outputs], writing: bool) -> int:
    start = time.monotonic()
    made = make()
    said = f"{path.name}: {len(made)} outputs in {time.monotonic() - start:.0f} s"
    if writing:
        for line in differences(path, made):
            print(line)
        write(path, made)
        print(f"{said}, written")
        return SAME
    before = read(path)
    if not before:
        print(f"{path} is missing: run with --write first")
        return NOT_COMPARABLE
    versions = digest(made[outputs.VERSIONS])
    if before.get(outputs.VERSIONS) != versions:
        print(f"{said}; the hashes were made with other versions of Python or of packages:")
        print(made[outputs.VERSIONS].decode())
        return NOT_COMPARABLE
    found = differences(path, made)
    print("\n".join([said, *found, f"{'another' if found else 'the same'}"]))
    return ANOTHER if found else SAME


if __name__ == "__main__":
    sys.exit(main())
