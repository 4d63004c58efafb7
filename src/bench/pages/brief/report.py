"""The brief of a council and year: one side of A4, and the proof of what it claims."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from bench.judge.robustness import TrialOutcome
from bench.pages import store
from bench.pages.base import Report, section
from bench.pages.brief import sections, word
from bench.pages.brief.claims import Claim, claims, stands, tried
from bench.pages.brief.sections import Contents
from bench.pages.choices import Choices
from bench.pages.council.data import CouncilFigures, judged
from bench.present.sentences import alone
from bench.present.theme import colours
from bench.published import sources
from bench.reference.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.judge.robustness import Sensitivity
    from bench.present.html import Section

# At most so many words beside the table. Until they fit less is said: at most so many claims of
# each kind, so many questions, and the verdicts of which those less sure have their titles.
WORDS = 350
_SIZES = (
    *((3, 4, ("worse", "better")), (3, 4, ("worse",)), (3, 4, ()), (3, 3, ()), (3, 2, ())),
    *((2, 2, ()), (2, 1, ()), (1, 1, ()), (1, 0, ()), (0, 0, ())),
)
CLAIM_COLUMNS = [
    *("indicator", "code", "against", "verdict", "probability"),
    *("alternatives", "not_asked", "sentence"),
]


def council_brief(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    average: str | None = None,
    multiplicity: str | None = None,
    palette: str | None = None,
) -> CouncilBrief:
    """One council's year on one side of A4.

    Args:
        council: Name, alias or code.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model (cipfa, open, region, type, england), or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel; auto alone says what is sure.
        average: mean, median or pooled, of the peers.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        palette: rag or af, the colours of the table.

    Returns:
        A `CouncilBrief`: `frame()` has a row per indicator, as `briefing` has; `claims()` what is
        sure and stands every trial.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.

    >>> import bench
    >>> brief = bench.council_brief("Leeds", "2018-19")
    >>> brief.claims()[["code", "verdict", "alternatives"]]
         code verdict  alternatives
    0      1G   worse             8
    1      2D   worse             8
    2  1C(2A)   worse             8
    """
    choices = Choices.of(
        council=council,
        year=year,
        peers=peers,
        rule=rule,
        average=average,
        multiplicity=multiplicity,
        palette=palette,
    )
    return CouncilBrief(**vars(judged(choices))).in_palette(choices.palette)


@dataclass(frozen=True)
class CouncilBrief(CouncilFigures, Report):
    """One council's year: its table, and only what is sure and robust beside it."""

    def claims(self) -> pd.DataFrame:
        """What the brief may claim, the largest gap first.

        Columns: `indicator`, `code`; `against` (peers, england), `verdict` (better, worse) and its
        `probability`; `alternatives`, how many trials it stood (its rounding, any one peer left
        out, each other peer model and average), and `not_asked`, how many could not be made; the
        `sentence` of the page.
        """
        records = [
            {
                "indicator": claim.row.indicator,
                "code": claim.row.code,
                "against": claim.against,
                "verdict": claim.verdict,
                "probability": claim.probability,
                "alternatives": sum(t.outcome is TrialOutcome.UNCHANGED for t in claim.trials),
                "not_asked": sum(t.outcome is TrialOutcome.NOT_ASKED for t in claim.trials),
                "sentence": claim.sentence,
            }
            for claim in self._claims
        ]
        return pd.DataFrame(records, columns=CLAIM_COLUMNS)

    @property
    def against(self) -> str:
        """What the brief counts by: the peers, or England where there are none."""
        return "peers" if self.peers.total and not alone(self._published) else "england"

    @functools.cached_property
    def _tried(self) -> tuple[Sensitivity, ...]:
        return tried(self.year_table, self.choice.council, self.peers, self.rows)

    @functools.cached_property
    def _claims(self) -> tuple[Claim, ...]:
        return claims(self._tried, self.against)

    @functools.cached_property
    def _contents(self) -> Contents:
        """What stands beside the table, as much of it as the number of words allows."""
        registers = sources.reference()
        asked = read_questions(sources.project_root() / "data" / "reference", registers.indicators)
        whole = Contents(
            council=self.council,
            year=self.year,
            peers_title=self.peers.title if self.peers.model != "own" else "peers chosen by name",
            peers_total=self.peers.total,
            provisional=self.provisional,
            rows=self._published,
            claims=self._claims,
            hinging=frozenset(
                (one.row.indicator.indicator_id, one.against)
                for one in self._tried
                if not stands(one)
            ),
            against=self.against,
            threshold=self.rules.auto.sure,
            questions={
                row.indicator.indicator_id: asked.of(row.indicator, self.choice.year)
                for row in self.rows
            },
            publications=tuple(store.publications(self._shown())),
        )
        sizes = [
            replace(whole, most_claims=most, most_questions=few, titled=titled)
            for most, few, titled in _SIZES
        ]
        return next((size for size in sizes if sections.words(size) <= WORDS), sizes[-1])

    def releases(self) -> list[str]:
        """The releases that the council's figures are from, by their ids."""
        return sorted(set(self._shown()["release_id"]))

    def word(self, title: str = "", provenance: Mapping[str, str] | None = None) -> bytes:
        """The brief as a Word document (DOCX), in the same words, to be edited into a paper.

        Args:
            title: Its title and first heading; that of the page if not given.
            provenance: name -> value, for its last paragraph.
        """
        return word.document(
            self._contents,
            title=title or sections.title(self._contents),
            provenance={**(provenance or {}), "Releases": ", ".join(self.releases()) or "none"},
            colours=colours(self.palette),
        )

    def _shown(self) -> pd.DataFrame:
        """The published figures of the brief."""
        figures = store.figures()
        years = {self.year, *(str(row.benchmark_year) for row in self.rows if row.benchmark_year)}
        own = figures["area_id"] == self.choice.council.area_id
        return figures[figures["period"].isin(years) & own]

    # --- sections of the brief, in its order ----------------------------------------------------

    @section
    def heading(self) -> Section:
        """Whom the brief compares, what it is, and what it is not."""
        return sections.heading(self._contents)

    @section
    def counts(self) -> Section:
        """How many indicators are RED and GREEN, with the names of those that are surely so."""
        return sections.counts(self._contents)

    @section
    def table(self) -> Section:
        """Every indicator in one line."""
        return sections.table(self._contents)

    @section
    def standing_out(self) -> Section:
        """At most three concerns and three strengths, in people where counts are published."""
        return sections.standing_out(self._contents)

    @section
    def questions(self) -> Section:
        """At most four questions that a member could ask."""
        return sections.questions(self._contents)

    @section
    def source(self, full_page: str = "none") -> Section:
        """Where the figures are from, and where the full page is.

        Args:
            full_page: the address of the council's page, as seen from this one; "none" for none.
        """
        return sections.source(self._contents, "" if full_page == "none" else full_page)
