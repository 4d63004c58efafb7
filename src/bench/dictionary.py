"""The data dictionary: data/README.md, written from what the code and the registers say.

Enters: the schema, the registers and the catalogue of rules. Leaves: one page of Markdown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.errors import RegisterError
from bench.integrity.checks.registry import RULES
from bench.project import transaction
from bench.published import sources
from bench.published.readers.cells import Maturity, Status
from bench.published.schema import KEY, schema
from bench.reference import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bench.reference import Indicator, Registers

__all__ = ["MATURITIES", "STATUSES", "path", "text", "verify", "write"]

STATUSES: Final = {
    Status.OBSERVED: "A figure was published.",
    Status.SUPPRESSED: "There is a figure, hidden by the publisher so that nobody can be known.",
    Status.UNUSABLE: "The publisher's notes say that its data were missing or could not be used.",
    Status.NOT_AVAILABLE: "There could be a figure, but none is printed.",
    Status.NOT_APPLICABLE: "There can be no figure: no such council or no survey that year.",
}
MATURITIES: Final = {
    Maturity.PROVISIONAL: "Published before the year's data were settled.",
    Maturity.FINAL: "The publisher's settled figure of that publication.",
    Maturity.REVISED: "Published anew in place of a settled figure.",
    Maturity.QUOTED: "Printed in some other document, which is named.",
}
_INTRODUCTION: Final = """\
# Data dictionary

Written by `bench dictionary` from the schema, the registers and the integrity rules; change those,
not this page.

- `published/<release>.parquet`: the figures of one publication, in the form of the one table below.
- `sources.yaml`: every publication, with publisher, licence, date and checksum.
- `reference/`: the registers, reviewed by hand: councils and their names and codes, indicators,
  layouts, breaks, usage notes, corrections, known findings, peers; and, from files as published,
  the Census features of councils (`census_features.csv`, described in `census_features.yaml`).
  In `councils.csv` `type` is what kind of council it is in those years, which peers by type and
  filters go by; `publisher_type` is the group in which the publisher counts it. Published figures
  of `type:shire` and the like are of the publisher's groups: Somerset and North Yorkshire, unitary
  from 2023-24, stand among the shire counties there (but not in 4B).
- `CHECKSUMS`: the SHA-256 of each of these files; what is read is compared with it. After a change
  by hand, `bench check --accept` writes it anew.
- `raw/`: the publisher's files, where somebody keeps them here; never in version control.

Where two publications print the same figure, the later one is in force and the earlier one its
history. Counts, respondents and margin that the one in force does not print come from another
publication only where that one prints the same value."""


def path(root: Path | None = None) -> Path:
    """Where the dictionary stands in the project."""
    return (root or sources.project_root()) / "data" / "README.md"


def write(root: Path | None = None) -> Path:
    """Write the dictionary; a file that is right already is left alone."""
    root = sources.writable_root(root)
    with transaction.writing(root / "data"):
        target, content = path(root), text(root)
        if not target.is_file() or target.read_text(encoding="utf-8") != content:
            transaction.write_whole(target, content.encode())
    return target


def verify(root: Path | None = None) -> str:
    """That the dictionary is up to date, in words.

    Raises:
        RegisterError: It is absent or stale.
    """
    target = path(root)
    if not target.is_file() or target.read_text(encoding="utf-8") != text(root):
        raise RegisterError(f"{target} is stale.", mend="run `bench dictionary` and commit it.")
    return f"{target} is up to date."


def text(root: Path | None = None) -> str:
    """The dictionary as Markdown; the same inputs give the same bytes.

    It is of what was reviewed: the years of added tables are not in it.
    """
    registers = load((root or sources.project_root()) / "data" / "reference")
    parts = [
        _INTRODUCTION,
        "## The one table",
        f"One row per {', '.join(f'`{label}`' for label in ['release_id', *KEY])}.",
        _table(("Column", "Type", "May be empty", "What it holds"), _columns()),
        "## Status",
        _table(("Status", "Meaning"), ((f"`{key}`", words) for key, words in STATUSES.items())),
        "## Maturity",
        _table(("Maturity", "Meaning"), ((f"`{key}`", words) for key, words in MATURITIES.items())),
        "## Breakdowns",
        _table(
            ("Breakdown", "Group", "Printed as"),
            (
                (f"`{one.breakdown_id}`", one.label, ", ".join(one.printed))
                for one in registers.indicators.breakdowns.values()
            ),
        ),
        "## Indicators",
        "Interval: `margin`, the publisher's own margin of error; `wilson`, from numerator and\n"
        "denominator; `byar`, from the numerator; `none`, no counts are published.",
        _table(
            ("Indicator", "Title", "Published code", "Unit", "Polarity", "Interval"),
            _indicators(registers),
        ),
        "## Integrity rules",
        "`bench check` asks them of the built data; `bench quality` writes them as a page.",
        _table(
            ("Rule", "Severity", "A finding says", "How it is looked at"),
            ((f"`{r.code}`", r.severity.value, r.message, r.explanation) for r in RULES),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _columns() -> Iterator[tuple[str, ...]]:
    for name, column in schema().columns.items():
        kind = "number" if str(column.dtype) == "float64" else "text"
        yield f"`{name}`", kind, "yes" if column.nullable else "no", column.description


def _indicators(registers: Registers) -> Iterator[tuple[str, ...]]:
    for one in registers.indicators:
        yield (
            f"`{one.indicator_id}`",
            one.short_title,
            _codes(one),
            one.unit.value,
            one.polarity.value,
            one.interval.value,
        )


def _codes(indicator: Indicator) -> str:
    """Each code with the first and last year for which it was published."""
    years: dict[str, list[str]] = {}
    for year in indicator.years:
        years.setdefault(indicator.code(year), []).append(str(year))
    return "; ".join(
        f"{code} {held[0]}" + (f" to {held[-1]}" if len(held) > 1 else "")
        for code, held in years.items()
    )


def _table(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    def row(cells: Sequence[str]) -> str:
        return (
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
        )

    return "\n".join([row(columns), row(["---"] * len(columns)), *map(row, lines)])
