"""Comparative benchmarking for English adult social care.

`bench.briefing(council, year)` gives everything a council's page needs, `bench.indicator(name,
year)` an indicator's, `bench.overview(year)` every council's verdicts, `bench.observations()` the
table, `bench.quality()` what the integrity rules say of it, `bench.peers(council)` which councils
are nearest to one, `bench.surveillance()` which changes are worth asking about,
`bench.scrutiny(council, indicator, year)` what one figure would be, counted otherwise,
`bench.story(council, beside)` one question through all its names, `bench.revisions()` what was
printed anew, `bench.audit_pack(name)` the papers that an audit puts beside the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from bench.audit_brief import AuditPack
    from bench.brief import Briefing
    from bench.indicator_brief import IndicatorBrief
    from bench.overview_brief import Overview
    from bench.peers_brief import PeersBrief
    from bench.scrutiny_brief import Scrutiny
    from bench.soundness import Quality
    from bench.story_brief import StoryBrief
    from bench.surveillance_brief import Surveillance

__all__ = [
    "__version__",
    "audit_pack",
    "briefing",
    "indicator",
    "observations",
    "overview",
    "peers",
    "quality",
    "quoted",
    "revisions",
    "scrutiny",
    "story",
    "surveillance",
]


def briefing(council: str | None = None, year: str | None = None, **choices: Any) -> Briefing:
    """Everything one page needs about a council and year; see `bench.brief.Briefing`."""
    from bench.brief import brief

    return brief(council, year, **choices)


def audit_pack(name: str, **wanted: Any) -> AuditPack:
    """Action plan, checklists and other papers of an audit; see `bench.audit_brief.AuditPack`."""
    from bench.audit_brief import audit_pack as gather

    return gather(name, **wanted)


def indicator(name: str, year: str | None = None, **choices: Any) -> IndicatorBrief:
    """One indicator and year of every council; see `bench.indicator_brief.IndicatorBrief`."""
    from bench.indicator_brief import gather

    return gather(name, year, **choices)


def overview(year: str | None = None, **choices: Any) -> Overview:
    """Every council beside its peers and England in a year; see `bench.overview_brief.Overview`."""
    from bench.overview_brief import gather

    return gather(year, **choices)


def observations(*, as_of: str | None = None) -> pd.DataFrame:
    """The table of every published figure in force; see `bench.published.observations.load`."""
    from bench.published.observations import load

    return load(as_of=as_of)


def quoted() -> pd.DataFrame:
    """Every figure quoted in a document, never part of the table; see `bench.published.quoted`."""
    from bench.published.quoted import load

    return load()


def peers(council: str | None = None, **choices: Any) -> PeersBrief:
    """A council's peers by the open model, and why; see `bench.peers_brief.PeersBrief`."""
    from bench.peers_brief import gather

    return gather(council, **choices)


def quality(release: str = "all", *, palette: str | None = None) -> Quality:
    """Every integrity rule, asked of one release or all; see `bench.soundness.Quality`."""
    from bench.soundness import quality as ask

    return ask(release, palette=palette)


def story(council: str | None = None, beside: str = "Barnet", **choices: Any) -> StoryBrief:
    """One question through all its names, for two councils; see `bench.story_brief.StoryBrief`."""
    from bench.story_brief import gather

    return gather(council, beside, **choices)


def revisions() -> pd.DataFrame:
    """The figures that two releases print differently; see `bench.published.revisions`."""
    from bench.published import revisions as found
    from bench.published.observations import history

    return found.revisions(history())


def surveillance(
    council: str = "all", indicator: str = "all", year: str = "all", *, palette: str | None = None
) -> Surveillance:
    """The changes worth asking about; see `bench.surveillance_brief.Surveillance`."""
    from bench.surveillance_brief import surveillance as look

    return look(council, indicator, year, palette=palette)


def scrutiny(
    council: str | None = None,
    indicator: str = "self_directed_support",
    year: str | None = None,
    **choices: Any,
) -> Scrutiny:
    """One figure put to the test: counted otherwise; see `bench.scrutiny_brief.Scrutiny`."""
    from bench.scrutiny_brief import scrutinise

    return scrutinise(council, indicator=indicator, year=year, **choices)
