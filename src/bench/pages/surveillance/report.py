"""Which changes are worth asking about, over all councils, indicators and years, in one object.

Enters: the built data and params/surveillance.yaml. Leaves: a `Surveillance`, whose sections show
themselves in a notebook and on the page, and whose `frame()` holds the findings.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError
from bench.pages import choices, store
from bench.present.rows import Measure, measure_of
from bench.present.theme import check_palette
from bench.project import __version__
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    import pandas as pd

    from bench.pages.surveillance.sentences import Teller
    from bench.present.html import Fragment

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
    council: str | None = None,
    indicator: str | None = None,
    year: str | None = None,
    *,
    palette: str | None = None,
) -> Surveillance:
    """Every change that is worth asking about, or those of a council, an indicator or a year.

    Args:
        council: Name, alias or code; None or "all" for all, as for the others.
        indicator: Id, title, or a code.
        year: The later year of the change, "2018-19", or "latest".
        palette: rag or af.

    Returns:
        The findings. How unusual a change is, and its q, do not depend on what is asked for: they
        are reckoned over all the published data.

    Raises:
        UnknownNameError: A council, indicator, year or palette that is not known.
        ParameterError: A text that is no year, or a year in which there was no such council.
        MissingDataError: There is no built data.
    """
    registers = sources.reference()
    area = None if council in (None, ALL) else registers.councils.find(str(council))
    chosen = None if year in (None, ALL) else choices.choose_year(str(year))
    if area and chosen and not area.exists(chosen):
        raise ParameterError(f"{area.name} did not exist in {chosen}.")
    name = None
    if indicator not in (None, ALL):
        name = registers.indicators.find(str(indicator), chosen).indicator_id
    return Surveillance(
        area_id=area.area_id if area else None,
        indicator_id=name,
        period=str(chosen) if chosen else None,
        palette=check_palette(palette or "rag"),
    )


@dataclass(frozen=True)
class Surveillance:
    """The findings of all councils, indicators and years, or of those chosen.

    Attributes:
        area_id: the council; None for all.
        indicator_id: the indicator; None for all.
        period: the later year; None for all.
        palette: rag or af.
    """

    area_id: str | None
    indicator_id: str | None
    period: str | None
    palette: str

    @functools.cached_property
    def findings(self) -> pd.DataFrame:
        """The findings with all that is known of them; see `integrity.surveillance.patterns`."""
        return self._chosen(store.unusual().findings)

    @functools.cached_property
    def sentences(self) -> list[str]:
        """A few plain sentences per finding, in order of rank."""
        from bench.pages.surveillance import sentences as asking

        return asking.sentences(self.findings, teller())

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
        return len(self._chosen(store.unusual().scores))

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

    def heading(self) -> Fragment:
        """What the list is, and what it is not."""
        from bench.pages.surveillance import sections as shown

        return shown.heading(
            found=len(self.findings),
            looked_at=self.looked_at,
            scope=self.scope,
            palette=self.palette,
        )

    def ranked(self) -> Fragment:
        """The findings in order of rank, the first of them shown."""
        from bench.pages.surveillance import sections as shown

        return shown.ranked(
            self.findings,
            self.sentences,
            teller=teller(),
            scope=self.scope,
            shown=store.unusual().rules.shown,
            palette=self.palette,
        )

    def by_indicator(self) -> Fragment:
        """How many changes were looked at, and how many are listed, by indicator."""
        from bench.pages.surveillance import sections as shown

        return shown.by_indicator(
            self._chosen(store.unusual().scores),
            self.findings,
            titles={one.indicator_id: one.short_title for one in sources.reference().indicators},
            scope=self.scope,
            palette=self.palette,
        )

    def method(self) -> Fragment:
        """How a change comes to be listed, and what the patterns mean."""
        from bench.pages.surveillance import sections as shown

        unusual = store.unusual()
        return shown.method(
            level=unusual.rules.level,
            threshold=float(unusual.findings["score"].min()),
            palette=self.palette,
        )

    def sources(self) -> Fragment:
        """Which publications the figures come from."""
        from bench.present import provenance

        return provenance.sources(store.publications(store.figures()), palette=self.palette)

    def downloads(self) -> Fragment:
        """All findings as files."""
        from bench.pages.surveillance import sections as shown
        from bench.present import downloads, sheet

        titles = {one.indicator_id: one.short_title for one in sources.reference().indicators}
        frame = self.frame()
        frame.insert(2, "indicator", frame["indicator_id"].map(titles))
        notes = shown.notes(
            level=store.unusual().rules.level,
            sources=store.publications(store.figures()),
            scope=self.scope,
            version=__version__,
        )
        files = downloads.of_findings(
            "-".join(part for part in ("surveillance", self.area_id, self.indicator_id) if part),
            shown.sheet(frame),
            sheet.notes_sheet(notes),
        )
        return downloads.list_of(files, palette=self.palette)

    def _chosen(self, frame: pd.DataFrame) -> pd.DataFrame:
        for name in ("area_id", "indicator_id", "period"):
            wanted = getattr(self, name)
            if wanted is not None:
                frame = frame[frame[name] == wanted]
        return frame


def teller() -> Teller:
    """What sentences about findings need to know."""
    from bench.pages.surveillance.sentences import Teller

    return Teller(
        councils={area.area_id: area.name for area in sources.reference().councils},
        measure=measure,
        milestones=store.unusual().milestones,
    )


@functools.lru_cache(maxsize=1024)
def measure(indicator_id: str, period: str) -> Measure:
    """What must be known of an indicator to print a figure of a year."""
    return measure_of(sources.reference().indicators[indicator_id], FinancialYear.parse(period))
