"""What can be asked for, as lines to print; and the data dictionary, data/README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.errors import BenchError, ParameterError, RegisterError
from bench.integrity.checks.registry import RULES
from bench.judge.rag import Average, Multiplicity, RuleName
from bench.pages import store
from bench.pages.area.figures import merged
from bench.pages.choices import unknown_year
from bench.present.theme import PALETTE_NAMES
from bench.project import transaction
from bench.published import sources
from bench.published.readers.cells import Maturity, Status
from bench.published.schema import KEY, schema
from bench.reference import load
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from bench.reference import Indicator, Registers
    from bench.reference.merged_areas import MergedArea


def lines(what: str, year: str | None = None) -> Iterator[str]:
    """One line per council, area, indicator, year, peer model, site or integrity rule.

    Args:
        what: councils, areas, indicators, years, peers, sites or checks.
        year: Only what there was in this year; by default the latest, for councils all years.

    Raises:
        UnknownNameError: A year of which no indicator is known.
        ParameterError: A text that is no year, or a year of what is the same in every year.
    """
    registers = sources.reference()
    if year is not None and what not in ("councils", "indicators"):
        raise ParameterError(
            f"--year is for councils and indicators; the list of {what} is that of every year.",
            mend="leave out --year.",
        )
    chosen = None if year is None else _known_year(year, registers)
    if what == "councils":
        for council in registers.councils:
            if chosen is None or council.exists(chosen):
                span = council.spans[-1]
                ended = f"  to {span.last_year}" if span.last_year else ""
                yield (
                    f"{span.ons_code}  {council.area_id:38} {council.name} "
                    f"({council.region_name}){ended}"
                )
    elif what == "indicators":
        asked = chosen or store.latest()
        found = _of_year(asked, registers)
        width = max(7, *(len(one.code(asked)) for one in found))
        for one in found:
            yield f"{one.code(asked):{width}} {one.indicator_id:44} {one.short_title}"
    elif what == "years":
        yield from _years()
    elif what == "sites":
        yield from sources.sites()
    elif what == "checks":
        yield from _checks()
    elif what == "areas":
        for area in merged().values():
            yield from _area(area)
    else:
        for name, title in registers.peers.titles().items():
            yield f"{name:10} {title}"


def _of_year(year: FinancialYear, registers: Registers) -> tuple[Indicator, ...]:
    """The indicators of a year: those of ASCOF, before it those of the National Indicator Set."""
    in_year = registers.indicators.in_year
    return in_year(year) or in_year(year, framework="nis")


def _known_year(text: str, registers: Registers) -> FinancialYear:
    year = FinancialYear.parse(text)
    if not _of_year(year, registers):
        every = sorted({other for one in registers.indicators for other in one.years})
        raise unknown_year(year, [other for other in every if _of_year(other, registers)])
    return year


def values() -> dict[str, str]:
    """What the options of the command line take, by the place that their help leaves for it."""
    try:
        peers = ", ".join(sources.reference().peers.names())
    except BenchError:  # help is for those whose project is broken, too
        peers = "see `bench list peers`"
    palettes = (f"{name} ({title[0].lower()}{title[1:]})" for name, title in PALETTE_NAMES.items())
    return {
        "rules": ", ".join(RuleName),
        "averages": ", ".join(Average),
        "multiplicities": ", ".join(Multiplicity),
        "palettes": " or ".join(palettes),
        "peers": peers,
    }


def _checks() -> Iterator[str]:
    """Each integrity rule with its severity."""
    for rule in RULES:
        yield f"{rule.code:12} {rule.severity:7} {rule.message}"


def _area(area: MergedArea) -> Iterator[str]:
    """What an area is made of, a line for each span of years."""
    for span in area.spans:
        names = ", ".join(span.named(council) for council in span.councils)
        yield f"{area.merged_id:24} {area.name} ({span.years}): {names}"


def _years() -> Iterator[str]:
    """Each year with the releases that its figures in force come from."""
    figures = store.figures()
    printed = figures[figures["value"].notna()]
    for period in store.years():
        of_year = printed[printed["period"] == str(period)]
        releases = of_year["release_id"].value_counts()
        told = ", ".join(f"{r} ({n:,})" for r, n in sorted(releases[releases > 0].items()))
        yield f"{period}  {of_year['indicator_id'].nunique():2} indicators  {told}"


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
- `reference/`: the registers, reviewed by hand: councils and their names and codes, districts
  (`places.csv`: whose county each is in, and who is responsible there today), indicators, layouts,
  breaks, usage notes, corrections, known findings, peers, areas made of councils
  (`areas.yaml`: their figures are reckoned, and stand in no published file); and, from files as
  published, the Census features of councils (`census_features.csv`, described in
  `census_features.yaml`).
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
