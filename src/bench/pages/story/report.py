"""Everything the story page needs: one question through all its names, for two councils.

Enters: two councils and an indicator with a longer story. Leaves: a `StoryBrief`, whose sections
show themselves in a notebook and on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import ParameterError
from bench.pages import store
from bench.pages.choices import Choices
from bench.pages.story import chapters, sections
from bench.pages.story.quotes import quotes_table
from bench.present import downloads, provenance
from bench.project import __version__
from bench.published import quoted, sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from bench.present.chart import Figure
    from bench.present.downloads import Download
    from bench.present.html import Fragment
    from bench.present.provenance import Source
    from bench.reference import Council, Indicator


def story(
    council: str | None = None,
    beside: str = "Barnet",
    *,
    indicator: str = "self_directed_support",
    year: str | None = None,
    peers: str | None = None,
    palette: str | None = None,
) -> StoryBrief:
    """One question through all its names, for two councils, the first one's peers and England.

    Args:
        council: Name, alias or code.
        beside: A second council.
        indicator: self_directed_support or direct_payments.
        year: Financial year by whose framework the indicator is looked up, or "latest".
        peers: The first council's peer model, or councils separated by ";".
        palette: rag or af.

    Returns:
        A `StoryBrief`: `frame()` has a row per published year and indicator, in per cent.

    Raises:
        UnknownNameError: A name that is not known, or an indicator without a longer story.
        ParameterError: The two councils are one.

    >>> bench.story("Somerset", "Barnet").frame().loc[:1, ["period", "code", "council", "beside"]]
        period    code  council  beside
    0  2014-15  1C(1A)     23.8    99.3
    1  2015-16  1C(1A)     39.1    99.2
    """
    choice = Choices.of(council=council, year=year, peers=peers, palette=palette)
    registers = sources.reference()
    second = registers.councils.find(beside)
    if second == choice.council:
        raise ParameterError(f"{second.name} would stand beside itself.", mend="name another.")
    told = chapters.material(
        store.figures(),
        quoted.load(),
        registers,
        registers.indicators.find(indicator, choice.year),
        choice.council,
        model=choice.peers,
        palette=choice.palette,
        beside=second,
    )
    return StoryBrief(choice, second, told)


@dataclass(frozen=True)
class StoryBrief:
    """One question's story for two councils, and the sections of its page."""

    choice: Choices
    beside: Council
    told: chapters.Material

    @property
    def members(self) -> tuple[Indicator, ...]:
        """The indicators that asked the question, the oldest first."""
        return tuple(sources.reference().indicators.lineage(self.told.indicator))

    def frame(self) -> pd.DataFrame:
        """One row per published year and indicator of the lineage.

        Columns: period, code, council, beside, peer_average, england (per cent), gap_before,
        gap_text.
        """
        other = self.told.beside
        assert other is not None  # noqa: S101 - gather() asked for it
        parts = []
        for chapter, second in zip(self.told.chapters, other.chapters, strict=True):
            aligned = second.series.set_index("period")["council"]
            frame = chapter.series.assign(beside=chapter.series["period"].map(aligned))
            parts.append(frame)
        columns = [
            "period", "code", "council", "beside", "peer_average", "england", "gap_before",
            "gap_text",
        ]  # fmt: skip
        return pd.concat(parts, ignore_index=True)[columns]

    def heading(self) -> Fragment:
        """Whose story it is, and what must be known before the first figure."""
        return sections.heading(
            title=self.told.indicator.short_title,
            council=self.told.council.name,
            beside=self.beside.name,
            chapters=self.told.chapters,
            palette=self.choice.palette,
        )

    def definitions(self) -> Fragment:
        """What was counted under which name, and where the comparison ends."""
        return sections.definitions(
            self.told.chapters,
            [member.counts for member in self.members],
            title=self.told.indicator.short_title,
            palette=self.choice.palette,
        )

    def lineage(self) -> Figure:
        """All years in one figure; no line joins two definitions."""
        return self.told.lineage_figure(with_quotes=False)

    def milestones(self) -> Fragment:
        """What was to be reached by when, and what documents say was reached."""
        return sections.milestones(self.told.quotes, palette=self.choice.palette)

    def documents(self) -> Fragment:
        """Every figure quoted in a document, with the document."""
        return quotes_table(
            self.told.quotes, title=self.told.indicator.short_title, palette=self.choice.palette
        )

    def counts(self) -> Figure:
        """Clients with direct payments, of which councils told the expenditure return."""
        return self.told.counts_figure(sources.reference().indicators[chapters.COUNTS])

    def sources(self) -> Fragment:
        """Which publications the published figures come from."""
        return provenance.sources(self._sources(), palette=self.choice.palette)

    def downloads(self) -> Fragment:
        """The story's figures as files: what was published, and what is quoted."""
        return downloads.list_of(self._files(), palette=self.choice.palette)

    def _files(self) -> list[Download]:
        return sections.files(
            self.frame(),
            self.told.quotes,
            council=self.told.council.name,
            beside=self.beside.name,
            identifier=f"story-{self.told.council.area_id}-{self.beside.area_id}",
            sources=self._sources(),
            parameters={**self.choice.parameters(), "beside": self.beside.name},
            version=__version__,
        )

    def _sources(self) -> list[Source]:
        figures = store.figures()
        ids = {member.indicator_id for member in self.members} | {chapters.COUNTS}
        areas = {self.told.council.area_id, self.beside.area_id, ENGLAND}
        shown = figures["indicator_id"].isin(ids) & figures["area_id"].isin(areas)
        return store.publications(figures[shown])
