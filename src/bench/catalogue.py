"""What can be asked for: councils, indicators, years, peers, sites, rules; as lines to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.pages import store
from bench.pages.choices import unknown_year
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["lines", "values"]


def lines(what: str, year: str | None = None) -> Iterator[str]:
    """One line per council, indicator, year, peer model or integrity rule.

    Args:
        what: councils, indicators, years, peers, sites or checks.
        year: Only what there was in this year; by default the latest, for councils all years.
    """
    registers = sources.reference()
    chosen = FinancialYear.parse(year) if year else store.latest()
    if what == "councils":
        for council in registers.councils:
            if year is None or council.exists(chosen):
                span = council.spans[-1]
                ended = f"  to {span.last_year}" if span.last_year else ""
                yield (
                    f"{span.ons_code}  {council.area_id:38} {council.name} "
                    f"({council.region_name}){ended}"
                )
    elif what == "indicators":
        found = registers.indicators.in_year(chosen)
        if not found:
            known = sorted({other for entry in registers.indicators for other in entry.years})
            raise unknown_year(chosen, known)
        for indicator in found:
            yield f"{indicator.code(chosen):7} {indicator.indicator_id:44} {indicator.short_title}"
    elif what == "years":
        yield from _years()
    elif what == "sites":
        yield from sources.sites()
    elif what == "checks":
        yield from _checks()
    else:
        for name, title in registers.peers.titles().items():
            yield f"{name:10} {title}"


def values() -> dict[str, str]:
    """What the options of the command line take, by the place that their help leaves for it."""
    from bench.judge.rag import Average, Multiplicity, RuleName
    from bench.present.theme import PALETTE_NAMES

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
    """Each integrity rule with its severity; imported here, as no other list needs the rules."""
    from bench.integrity.checks.registry import RULES

    for rule in RULES:
        yield f"{rule.code:12} {rule.severity:7} {rule.message}"


def _years() -> Iterator[str]:
    """Each year with the releases that its figures in force come from."""
    figures = store.figures()
    printed = figures[figures["value"].notna()]
    for period in store.years():
        of_year = printed[printed["period"] == str(period)]
        releases = of_year["release_id"].value_counts()
        told = ", ".join(f"{r} ({n:,})" for r, n in sorted(releases[releases > 0].items()))
        yield f"{period}  {of_year['indicator_id'].nunique():2} indicators  {told}"
