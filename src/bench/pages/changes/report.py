"""What a release changed: for one council, and for every council."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import ParameterError
from bench.judge.verdict_steps import ORDER
from bench.pages.base import Report, section
from bench.pages.changes import data, sections
from bench.pages.choices import default_council, default_peers, rules_for
from bench.present import downloads, provenance
from bench.present.html import joined
from bench.present.sheet import csv_bytes
from bench.present.table import paragraph
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.rag import Rules
    from bench.pages.changes.data import ChangedFigure, ReleasePair, VerdictMove
    from bench.present.html import Section
    from bench.present.sheet import Sheet
    from bench.reference import Council

ALL = "all"


def changes(
    council: str | None = None,
    *,
    from_release: str | None = None,
    to_release: str | None = None,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
) -> CouncilChanges | AllChanges:
    """What a release changed: figures, the verdicts that moved, and what moved each.

    Args:
        council: Name, alias or code; "all" for every council.
        from_release: The earlier release by its id; the one before the later if not given.
        to_release: The later release; the latest if not given.
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel, for both releases.
        palette: rag or af.

    Returns:
        `frame()` has a row per change (of all councils, per council), and `text()` the same in
        words.

    Raises:
        UnknownNameError: A name that is not known.
        ParameterError: Releases that are the same or in the wrong order, or a council that did
            not exist in the latest year of either.

    >>> derby = bench.changes(
    ...     "Derby", from_release="ascof_2018_19", to_release="ascof_2018_19_revised"
    ... )
    >>> derby.frame()[["change", "before", "after", "verdict_before", "verdict_after", "moved_by"]]
        change  before  after verdict_before verdict_after moved_by
    0  revised   575.5  542.1            NaN           NaN      NaN
    1  verdict   575.5  542.1        similar        better   figure
    """
    pair = data.release_pair(from_release or None, to_release or None)
    rules = rules_for(rule)
    model = peers or default_peers()
    registers = sources.reference()
    if council == ALL:
        return AllChanges(pair, model, rules).in_palette(palette)
    found = registers.councils.find(council or default_council())
    data.council_in(found, pair)
    registers.peers.group(model, found, pair.year if found.exists(pair.year) else pair.year_before)
    return CouncilChanges(found, pair, model, rules).in_palette(palette)


def since_release_before(council: Council, model: str, rules: Rules) -> Section:
    """The section of a council's page: what the latest release changed, or why nothing is said."""
    try:
        pair = data.release_pair()
        data.council_in(council, pair)
    except ParameterError as error:
        return paragraph(error.problems[0])
    return CouncilChanges(council, pair, model, rules).ranked()


@dataclass(frozen=True)
class CouncilChanges(Report):
    """What a release changed for one council.

    Attributes:
        council: whose.
        pair: the two releases.
        model: with whom it is compared.
        rules: how both are judged.
    """

    council: Council
    pair: ReleasePair
    model: str
    rules: Rules

    @functools.cached_property
    def figures(self) -> tuple[ChangedFigure, ...]:
        """Its new, ended and revised figures."""
        return data.figures_of(self.council, self.pair)

    @functools.cached_property
    def moves(self) -> tuple[VerdictMove, ...]:
        """Its verdicts that moved, those of the same year first."""
        return tuple(data.moves_of(self.council, self.pair, self.model, self.rules))

    def record(self) -> dict[str, Any]:
        """All of it with plain values, as `bench changes --format json` prints it."""
        return {
            "council": self.council.name,
            "from": self.pair.earlier.id,
            "to": self.pair.later.id,
            "year_before": str(self.pair.year_before),
            "year": str(self.pair.year),
            "peers": self.model,
            "rule": str(self.rules.rule),
            "order": [str(one) for one in ORDER],
            "figures": [sections.figure_record(figure) for figure in self.figures],
            "verdicts": [sections.move_record(move) for move in self.moves],
        }

    def frame(self) -> pd.DataFrame:
        """One row per change: figures, then verdicts.

        Columns: change (new, ended, revised, verdict), indicator, title, against, year_before,
        year, before and after (the figures), verdict_before, verdict_after, gap_before, gap_after
        and gap_change (in usual gaps), moved_by, and for each step its part of gap_change and the
        verdict at it; reason.
        """
        return pd.DataFrame(list(self._records), columns=list(sections.FLAT_COLUMNS))

    def csv(self) -> bytes:
        """The same as a file."""
        return csv_bytes(self._sheet)

    @functools.cached_property
    def _records(self) -> Sequence[dict[str, Any]]:
        return tuple(sections.flat_records(self.figures, self.moves))

    @property
    def _sheet(self) -> Sheet:
        return sections.sheet(self._records, sections.FLAT_COLUMNS, "Changes")

    def text(self, *, width: int = 100) -> str:
        """All of it in words."""
        return sections.council_text(
            self.figures, self.moves, council=self.council.name, pair=self.pair, width=width
        )

    # --- sections of the page, in its order -----------------------------------------------------

    @section
    def heading(self) -> Section:
        """What the page is about."""
        return sections.council_heading(self.council.name, self.pair)

    @section
    def ranked(self) -> Section:
        """What changed."""
        return sections.of_council(
            self.figures, self.moves, council=self.council.name, pair=self.pair
        )

    @section
    def sources(self) -> Section:
        """Which publications the figures come from."""
        return provenance.sources(data.publications(self.pair))

    @section
    def downloads(self) -> Section:
        """Every change as files."""
        name = f"changes-{self.council.area_id}"
        return _downloads(name, self._sheet, self.pair, self.council.name)


@dataclass(frozen=True)
class AllChanges(Report):
    """What a release changed, council by council; see `CouncilChanges`."""

    pair: ReleasePair
    model: str
    rules: Rules

    @functools.cached_property
    def lines(self) -> tuple[dict[str, Any], ...]:
        """One per council, the one with most verdicts that moved first."""
        lines = []
        for council in sources.reference().councils:
            if council.exists(self.pair.year_before) or council.exists(self.pair.year):
                one = CouncilChanges(council, self.pair, self.model, self.rules)
                kinds = Counter(str(figure.kind) for figure in one.figures)
                revised = sum(move.revised for move in one.moves)
                causes = Counter(cause for move in one.moves for cause in move.steps.moved_by)
                lines.append(
                    {
                        "council": council.name,
                        "area_id": council.area_id,
                        "verdicts_revised": revised,
                        "verdicts_latest": len(one.moves) - revised,
                        **{str(kind): kinds[str(kind)] for kind in data.FigureChange},
                        "moved_by": "; ".join(
                            f"{cause.replace('_', ' ')} {causes[cause]}"
                            for cause in ORDER
                            if causes[cause]
                        ),
                    }
                )
        return tuple(
            sorted(
                lines,
                key=lambda line: (
                    -line["verdicts_revised"] - line["verdicts_latest"],
                    -line["revised"],
                    line["council"],
                ),
            )
        )

    @functools.cached_property
    def revised(self) -> tuple[dict[str, Any], ...]:
        """The revised figures: indicator, title, year, and the councils by name."""
        registers, table = sources.reference(), self.pair.figures
        rows = table[table["kind"] == data.FigureChange.REVISED.value]
        councils: dict[tuple[str, str], list[str]] = {}
        for record in rows.to_dict("records"):
            name = registers.councils[record["area_id"]].name
            councils.setdefault((record["indicator_id"], record["period"]), []).append(name)
        return tuple(
            {
                "indicator": indicator_id,
                "title": registers.indicators[indicator_id].short_title,
                "year": period,
                "councils": sorted(names),
            }
            for (indicator_id, period), names in sorted(councils.items())
        )

    def record(self) -> dict[str, Any]:
        """All of it with plain values."""
        return {
            "from": self.pair.earlier.id,
            "to": self.pair.later.id,
            "year_before": str(self.pair.year_before),
            "year": str(self.pair.year),
            "peers": self.model,
            "rule": str(self.rules.rule),
            "councils": list(self.lines),
            "revised_figures": list(self.revised),
        }

    def frame(self) -> pd.DataFrame:
        """One row per council, in order of rank.

        Columns: council, area_id, verdicts_revised (of the same year), verdicts_latest (from
        latest year to latest year), new, ended, revised (figures), moved_by.
        """
        return pd.DataFrame(list(self.lines))

    def csv(self) -> bytes:
        """The same as a file."""
        return csv_bytes(self._sheet)

    @property
    def _sheet(self) -> Sheet:
        columns = ("area_id", *sections.ALL_COLUMNS)
        return sections.sheet(self.lines, columns, "Councils")

    def text(self, *, width: int = 100) -> str:
        """All of it in words."""
        return sections.all_text(self.lines, self.revised, pair=self.pair, width=width)

    @section
    def heading(self) -> Section:
        """How much changed for how many councils."""
        return sections.all_heading(self.pair, self.lines)

    @section
    def ranked(self) -> Section:
        """Every council, by what moved, and whose figures were revised."""
        return joined(
            sections.ranked(self.lines, self.pair),
            sections.revised_figures(self.revised, self.pair),
        )

    @section
    def sources(self) -> Section:
        """Which publications the figures come from."""
        return provenance.sources(data.publications(self.pair))

    @section
    def downloads(self) -> Section:
        """Every council as files."""
        return _downloads("changes", self._sheet, self.pair, "every council")


def _downloads(name: str, sheet: Sheet, pair: ReleasePair, scope: str) -> Section:
    about = (
        ("From", f"{pair.earlier.id}: {pair.earlier.title}"),
        ("To", f"{pair.later.id}: {pair.later.title}"),
        ("Method", sections.METHOD),
    )
    files = downloads.bundle(
        name,
        {"changes": ("Every change", sheet)},
        provenance.Imprint(
            about=about,
            sources=tuple(data.publications(pair)),
            parameters={"from": pair.earlier.id, "to": pair.later.id},
        ),
        title="What a release changed",
        scope=scope,
    )
    return downloads.list_of(list(files.values()))
