"""The report of the longer story: one question through all its names, for two councils."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.errors import ParameterError
from bench.judge.trend import series
from bench.pages import store
from bench.pages.base import Report, section
from bench.pages.choices import Choices
from bench.pages.story import chapters, sections
from bench.pages.story.quotes import quotes_table
from bench.present import downloads, provenance
from bench.published import quoted, sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from bench.present.chart import Figure
    from bench.present.downloads import Download
    from bench.present.html import Section
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
    material = chapters.material(
        store.histories(),
        store.figures_of(chapters.COUNTED),
        quoted.load(),
        registers,
        registers.indicators.find(indicator, choice.year),
        choice.council,
        model=choice.peers,
        second_council=second,
    )
    return StoryBrief(choice, second, material).in_palette(choice.palette)


@dataclass(frozen=True)
class StoryBrief(Report):
    """One question's story for two councils, and the sections of its page."""

    choice: Choices
    second_council: Council
    material: chapters.Material

    @property
    def members(self) -> tuple[Indicator, ...]:
        """The indicators that asked the question, the oldest first."""
        return tuple(sources.reference().indicators.lineage(self.material.indicator))

    def frame(self) -> pd.DataFrame:
        """One row per published year and indicator of the lineage.

        Columns: period, code, council, beside, peer_average, england (per cent), gap_before,
        gap_text.
        """
        other = self.material.second_council
        assert other is not None  # noqa: S101 - story() asked for it
        parts = []
        for chapter, second in zip(self.material.chapters, other.chapters, strict=True):
            aligned = {point.period: point.council for point in second.years}
            parts.append(
                series(chapter.years).assign(
                    code=list(chapter.codes),
                    beside=pd.Series([aligned.get(p.period) for p in chapter.years], dtype=float),
                )
            )
        columns = [
            "period", "code", "council", "beside", "peer_average", "england", "gap_before",
            "gap_text",
        ]  # fmt: skip
        return pd.concat(parts, ignore_index=True)[columns]

    @section
    def heading(self) -> Section:
        """Whose story it is, and what must be known before the first figure."""
        return sections.heading(
            title=self.material.indicator.short_title,
            council=self.material.council.name,
            second_council=self.second_council.name,
            chapters=self.material.chapters,
        )

    @section
    def definitions(self) -> Section:
        """What was counted under which name, and where the comparison ends."""
        return sections.definitions(
            self.material.chapters,
            [member.counts for member in self.members],
            title=self.material.indicator.short_title,
        )

    @section
    def lineage(self) -> Figure:
        """All years in one figure; no line joins two definitions."""
        return self.material.lineage_figure(with_quotes=False)

    @section
    def milestones(self) -> Section:
        """What was to be reached by when, and what documents say was reached."""
        return sections.milestones(self.material.quotes)

    @section
    def documents(self) -> Section:
        """Every figure quoted in a document, with the document."""
        return quotes_table(self.material.quotes, title=self.material.indicator.short_title)

    @section
    def counts(self) -> Figure:
        """Clients with direct payments, of which councils told the expenditure return."""
        return self.material.counts_figure(sources.reference().indicators[chapters.COUNTS])

    @section
    def sources(self) -> Section:
        """Which publications the published figures come from."""
        return provenance.sources(self._sources())

    @section
    def downloads(self) -> Section:
        """The story's figures as files: what was published, and what is quoted."""
        return downloads.list_of(self._files())

    def _files(self) -> list[Download]:
        files = sections.files(
            self.frame(),
            self.material,
            second_council=self.second_council,
            sources=self._sources(),
            parameters={**self.choice.parameters(), "beside": self.second_council.name},
        )
        return list(files.values())

    def _sources(self) -> list[Source]:
        figures = store.figures()
        ids = {member.indicator_id for member in self.members} | {chapters.COUNTS}
        areas = {self.material.council.area_id, self.second_council.area_id, ENGLAND}
        shown = figures["indicator_id"].isin(ids) & figures["area_id"].isin(areas)
        return store.publications(figures[shown])
