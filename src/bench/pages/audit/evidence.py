"""What findings rest on, as it is today: figures with their verdicts, and results of checks.

Enters: ids of indicators, codes of checks, and a choice of council and year. Leaves: one entry for
each; nothing is drawn here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.integrity.checks import registry, rule
from bench.integrity.checks.rule import Result
from bench.pages import store
from bench.pages.audit.basis import LiveCheck, LiveFigure
from bench.pages.council.report import brief
from bench.pages.quality.report import known_entries
from bench.pages.story.chapters import quote_of
from bench.present.rows import rows
from bench.published import layouts, observations, quoted, sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Set as AbstractSet

    from bench.integrity.checks.rule import Outcome
    from bench.pages.choices import Choice
    from bench.pages.council.report import Briefing
    from bench.pages.story.quotes import Quote
    from bench.present.page import Source
    from bench.reference import Council

__all__ = ["briefing", "live_checks", "live_figures", "publications", "quoted_in"]

# These rules hold a figure against years beside it; some surveys are held every second year.
_ACROSS_YEARS = frozenset({"slip", "population", "still", "coverage", "magnitude"})
_BESIDE, _ALONE = range(-2, 3), range(1)


def briefing(choice: Choice) -> Briefing:
    """The council's year, as its own page has it."""
    return brief(
        choice.council.area_id,
        str(choice.year),
        peers=choice.peers,
        rule=choice.rule.value,
        palette=choice.palette,
    )


def live_figures(named: Collection[str], made: Briefing) -> dict[str, LiveFigure]:
    """The figure of each indicator, in order of the year's framework; others follow by id."""
    of_year = {row.indicator: row for row in rows(made.frame())}
    indicators = sources.reference().indicators
    order = [one for one in of_year if one in named]
    order += sorted(one for one in named if one not in of_year)
    return {
        one: LiveFigure(one, indicators[one].short_title, of_year.get(one), made.year)
        for one in order
    }


def publications(named: Collection[str], choice: Choice) -> list[Source]:
    """The publications that these indicators' figures of the year come from."""
    figures = store.figures()
    shown = (figures["period"] == str(choice.year)) & figures["indicator_id"].isin(list(named))
    return store.publications(figures[shown])


def live_checks(named: AbstractSet[str], choice: Choice) -> dict[str, LiveCheck]:
    """How each rule came out for the council's figures of the year, in order of the catalogue.

    What a rule finds on the totals that these figures go into, and on a measure as a whole, is
    theirs too.
    """
    if not named:
        return {}
    root = sources.project_root()
    folder = root / "data" / "reference"
    history = observations.history(root=root)
    of_year = history[history["period"] == str(choice.year)]
    mine = {
        str(name)
        for name in of_year.loc[of_year["area_id"] == choice.council.area_id, "release_id"]
    }
    known = known_entries(folder, sources.manifest(root))
    symbols = layouts.read(folder).symbols()
    found: dict[str, LiveCheck] = {}
    for beside, codes in ((_BESIDE, named & _ACROSS_YEARS), (_ALONE, named - _ACROSS_YEARS)):
        if not codes:
            continue
        near = {str(choice.year.shift(step)) for step in beside}
        evidence = rule.evidence(
            history[history["period"].isin(near)], sources.reference(root), symbols=symbols
        )
        wanted = [one for one in registry.RULES if one.code in codes]
        for outcome in registry.run(evidence, known, rules=wanted):
            found[outcome.rule.code] = _of_council(outcome, choice, mine)
    return {code: found[code] for code in registry.OF_FIGURES if code in found}


def _of_council(one: Outcome, choice: Choice, releases: set[str]) -> LiveCheck:
    council = choice.council
    areas = {council.area_id, f"region:{council.region}", ENGLAND, ""}
    found = one.findings
    found = found[(found["period"] == str(choice.year)) & found["area_id"].isin(areas)]
    open_ones = int((found["explanation"] == "").sum())
    run = bool(releases & set(one.checked))
    result = Result.FAIL if open_ones else Result.PASS if run else Result.NOT_RUN
    reasons = sorted({one.not_run[name] for name in releases if name in one.not_run})
    return LiveCheck(
        code=one.rule.code,
        message=one.rule.message,
        explanation=one.rule.explanation,
        result=result,
        unexplained=open_ones,
        explained=len(found) - open_ones,
        why="" if run else "; ".join(reasons) or "no figure of the year is held",
    )


def quoted_in(document: str, council: Council) -> list[Quote]:
    """The council's figures that data/quoted.csv quotes from a document, in order of the years."""
    told = quoted.load()
    mine = told[(told["document"] == document) & (told["area_id"] == council.area_id)]
    found = [quote_of(record, "council", council.name) for record in mine.to_dict("records")]
    return sorted(found, key=lambda one: one.period)
