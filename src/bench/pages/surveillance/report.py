"""The report on changes that are worth asking about, over all councils, indicators and years."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.errors import ParameterError
from bench.judge.published_row import Measure, measure_of
from bench.pages import choices, store
from bench.pages.base import Report, section
from bench.pages.surveillance import sections, sentences
from bench.pages.surveillance.sentences import Teller
from bench.present import downloads, provenance
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from bench.present.html import Section

ALL: Final = "all"
FRAME_COLUMNS: Final = (
    "council",
    "area_code",
    "indicator_id",
    "period",
    "previous_period",
    "previous",
    "value",
    "change",
    "score",
    "q",
    "pattern",
    "sentence",
)


def surveillance(
    council: str = "all", indicator: str = "all", year: str = "all", *, palette: str | None = None
) -> Surveillance:
    """The changes from year to year that are rare enough to be worth asking about.

    Args:
        council: Name, alias or code, or "all".
        indicator: Id, title or a code, or "all".
        year: The later year of the change, or "all".
        palette: rag or af.

    Returns:
        A `Surveillance`: `frame()` has a row per finding, the most unusual first.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year, or a year in which there was no such council.

    >>> found = bench.surveillance("Wirral", "self_directed_support").frame()
    >>> found.loc[:1, ["period", "previous", "value"]]
        period  previous  value
    0  2022-23     100.0    8.7
    1  2019-20      26.3  100.0
    """
    registers = sources.reference()
    area = None if council == ALL else registers.councils.find(council)
    chosen = None if year == ALL else choices.choose_year(year)
    if area and chosen and not area.exists(chosen):
        raise ParameterError(f"{area.name} did not exist in {chosen}.")
    name = None
    if indicator != ALL:
        name = registers.indicators.find(indicator, chosen).indicator_id
    return Surveillance(
        area_id=area.area_id if area else None,
        indicator_id=name,
        period=str(chosen) if chosen else None,
    ).in_palette(palette)


@dataclass(frozen=True)
class Surveillance(Report):
    """The findings of all councils, indicators and years, or of those chosen.

    Attributes:
        area_id: the council; None for all.
        indicator_id: the indicator; None for all.
        period: the later year; None for all.
    """

    area_id: str | None
    indicator_id: str | None
    period: str | None

    @functools.cached_property
    def findings(self) -> pd.DataFrame:
        """The findings with all that is known of them; see `integrity.surveillance.patterns`."""
        return self._chosen(store.unusual().findings)

    @functools.cached_property
    def sentences(self) -> list[str]:
        """A few plain sentences per finding, in order of rank."""
        return sentences.sentences(self.findings, teller())

    def frame(self) -> pd.DataFrame:
        """The findings: one row per council, indicator and later year, the most unusual first.

        Columns: `FRAME_COLUMNS`. `previous`, `value` and `change` are in the indicator's unit;
        `score` says how rare the change is, as standard deviations of a normal distribution;
        `q` which share of the findings so unusual or more so would be ordinary changes;
        `pattern` holds labels, separated by "; ".
        """
        found, indicators = self.findings, sources.reference().indicators
        names = {area.area_id: area.name for area in sources.reference().councils}
        told = [
            f"{indicators[name].short_title}: {text}"
            for name, text in zip(found["indicator_id"], self.sentences, strict=True)
        ]
        return found.assign(
            council=found["area_id"].map(names), previous=found["previous_value"], sentence=told
        )[list(FRAME_COLUMNS)].reset_index(drop=True)

    @property
    def looked_at(self) -> int:
        """How many changes there are to look at."""
        return int(self._places(store.unusual().scores).sum())

    @property
    def scope(self) -> str:
        """What was looked at, in words."""
        registers = sources.reference()
        parts = [
            registers.councils[self.area_id].name if self.area_id else "all councils",
            registers.indicators[self.indicator_id].short_title if self.indicator_id else "",
            f"{self.period}" if self.period else "",
        ]
        return ", ".join(part for part in parts if part)

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """What the list is, and what it is not."""
        return sections.heading(
            count=len(self.findings),
            looked_at=self.looked_at,
            scope=self.scope,
        )

    @section
    def ranked(self) -> Section:
        """The findings in order of rank, the first of them shown."""
        return sections.ranked(
            self.findings,
            self.sentences,
            teller=teller(),
            scope=self.scope,
            shown=store.unusual().rules.shown,
        )

    @section
    def by_indicator(self) -> Section:
        """How many changes were looked at, and how many are listed, by indicator."""
        return sections.by_indicator(
            self._chosen(store.unusual().scores),
            self.findings,
            titles={one.indicator_id: one.short_title for one in sources.reference().indicators},
            scope=self.scope,
        )

    @section
    def method(self) -> Section:
        """How a change comes to be listed, and what the patterns mean."""
        unusual = store.unusual()
        return sections.method(
            level=unusual.rules.level,
            threshold=None if unusual.findings.empty else float(unusual.findings["score"].min()),
        )

    @section
    def sources(self) -> Section:
        """Which publications the figures come from."""
        return provenance.sources(store.publications(store.figures()))

    @section
    def downloads(self) -> Section:
        """All findings as files."""
        titles = {one.indicator_id: one.short_title for one in sources.reference().indicators}
        frame = self.frame()
        frame.insert(2, "indicator", frame["indicator_id"].map(titles))
        imprint = sections.imprint(
            level=store.unusual().rules.level,
            sources=store.publications(store.figures()),
            scope=self.scope,
        )
        files = downloads.bundle(
            "-".join(part for part in ("surveillance", self.area_id, self.indicator_id) if part),
            {"findings": ("Every finding", sections.sheet(frame))},
            imprint,
            title="Changes worth asking about",
            scope=self.scope,
            whole="Every finding, with notes",
        )
        return downloads.list_of(list(files.values()))

    def _chosen(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[self._places(frame)]

    def _places(self, frame: pd.DataFrame) -> NDArray[np.bool_]:
        """Which rows are of what is chosen."""
        chosen = np.ones(len(frame), dtype=bool)
        for name in ("area_id", "indicator_id", "period"):
            wanted = getattr(self, name)
            if wanted is not None:
                chosen &= (frame[name] == wanted).to_numpy(dtype=bool)
        return chosen


def teller() -> Teller:
    """What sentences about findings need to know."""
    return Teller(
        councils={area.area_id: area.name for area in sources.reference().councils},
        measure=measure,
        milestones=store.unusual().milestones,
    )


@functools.lru_cache(maxsize=1024)
def measure(indicator_id: str, period: str) -> Measure:
    """What must be known of an indicator to print a figure of a year."""
    return measure_of(sources.reference().indicators[indicator_id], FinancialYear.parse(period))
