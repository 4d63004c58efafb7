"""The pages of a site that are about every council: its index and its overview.

`templates/site.js` and the style sheet stand in the folder of assets; the script only adds
searching, filtering and sorting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.judge.rag import RuleName
from bench.present import table
from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.present.html import fill, markup
from bench.present.theme import LOOKS, NO_MARGIN, PALETTE_NAMES, look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from bench.present.html import Section
    from bench.present.provenance import Source
    from bench.present.theme import Look
    from bench.reference import Council, Signpost

# What the index counts, a column each; what is probable stands beside what is sure.
COUNTED = ("better", "similar", "worse", "unclear", "not_compared")
# What stands in a cell of the overview beside its symbol, in lower case where it is probable; the
# whole words are there to be heard.
LETTERS = {
    "better": "G",
    "probably_better": "g",
    "similar": "A",
    "probably_worse": "r",
    "worse": "R",
    "unclear": "",
    "higher": "H",
    "probably_higher": "h",
    "similar_unjudged": "S",
    "probably_lower": "l",
    "lower": "L",
    "not_compared": "",
}
# What it adds where no margin of error is known.
UNTESTED = "*"


@dataclass(frozen=True, slots=True)
class VerdictCounts:
    """How many of a council's indicators came out how against one benchmark.

    Attributes:
        by_look: by the keys of `bench.present.theme.LOOKS`; what is not there came out never.
        unjudged: those that are compared, but of which neither side is better.
        untested: those without a margin of error, of which the size of the gap alone decided.
    """

    by_look: Mapping[str, int]
    unjudged: int
    untested: int

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], against: str) -> VerdictCounts:
        """The counts of one council's rows of an overview's frame, against `peers` or `england`."""
        verdict = f"verdict_vs_{against}"
        counted = [
            row for row in rows if row["polarity"] != "none" or row[verdict] == "not_compared"
        ]
        looks = _looks(counted, against)
        untested = sum(bool(seen.note) for seen in looks)
        return cls(Counter(seen.key for seen in looks), len(rows) - len(counted), untested)

    @property
    def total(self) -> int:
        """All indicators of the year."""
        return sum(self.by_look.values()) + self.unjudged

    def __getitem__(self, key: str) -> int:
        return self.by_look.get(key, 0)

    def probably(self, key: str) -> int:
        """How many are probably so."""
        return self[f"probably_{key}"]


@dataclass(frozen=True, slots=True)
class CouncilEntry:
    """One council's page and how its indicators came out.

    Attributes:
        identifier: the council's `area_id`.
        name: as it is called on a page.
        region: the region it lies in, as it is written on a page.
        type: what kind of council it is, as it is written on a page.
        href: its page as seen from the index; None where there is none.
        counts_vs_peers: how many indicators came out how against its peers.
        counts_vs_england: the same against England.
        other_names: what else it is called.
    """

    identifier: str
    name: str
    region: str
    type: str
    href: str | None
    counts_vs_peers: VerdictCounts
    counts_vs_england: VerdictCounts
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A district or a former council: what it is or was, and the pages that it leads to.

    Attributes:
        name: as it is called on a page.
        other_names: what else it is called.
        sentence: what it is or was.
        links: the councils it leads to, each with its page; without one where there is none.
    """

    name: str
    other_names: tuple[str, ...]
    sentence: str
    links: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """One indicator's page.

    Attributes:
        identifier: the indicator's id.
        code: the code in force that year, with brackets.
        title: its short title.
        domain: the framework's title of the domain it stands in.
        href: its page as seen from the index; None where there is none.
    """

    identifier: str
    code: str
    title: str
    domain: str
    href: str | None


class Link(NamedTuple):
    """Another page or file, as seen from the page that links it, and a word about it."""

    title: str
    href: str
    note: str = ""


class Failure(NamedTuple):
    """A page that could not be made, and why."""

    page: str
    error: str


def council_entries(
    frame: pd.DataFrame,
    href: Callable[[str], str | None],
    other_names: Callable[[str], tuple[str, ...]] = lambda _: (),
) -> tuple[CouncilEntry, ...]:
    """An entry per council of an overview's frame, in its order."""
    found = []
    for identifier, rows in _by_council(frame).items():
        first = rows[0]
        kind = first["type"]
        found.append(
            CouncilEntry(
                identifier=identifier,
                name=first["council"],
                region=first["region"],
                type=kind[:1].upper() + kind[1:],
                href=href(identifier),
                counts_vs_peers=VerdictCounts.of(rows, "peers"),
                counts_vs_england=VerdictCounts.of(rows, "england"),
                other_names=other_names(identifier),
            )
        )
    return tuple(found)


def _by_council(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The rows of an overview's frame by `area_id`, in its order."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in frame.to_dict("records"):
        rows.setdefault(row["area_id"], []).append({str(name): row[name] for name in row})
    return rows


def place_entries(
    signposts: Iterable[Signpost], href: Callable[[str], str | None]
) -> tuple[PlaceEntry, ...]:
    """An entry per name that leads to the page of a council, in their order."""

    def link(council: Council) -> tuple[str, str | None]:
        return council.name, href(council.area_id)

    return tuple(
        PlaceEntry(signpost.name, signpost.other_names, signpost.sentence, links)
        for signpost in signposts
        for links in [tuple(map(link, signpost.councils))]
        if any(page for _, page in links)
    )


def indicator_entries(
    frame: pd.DataFrame, href: Callable[[str], str | None]
) -> tuple[IndicatorEntry, ...]:
    """An entry per indicator of an overview's frame, in its order."""
    columns = ["indicator", "code", "short_title", "domain"]
    return tuple(
        IndicatorEntry(identifier, code, title, domain, href(identifier))
        for identifier, code, title, domain in frame[columns]
        .drop_duplicates()
        .itertuples(index=False)
    )


def index_page(
    entries: Iterable[CouncilEntry | IndicatorEntry | PlaceEntry],
    *,
    title: str,
    year: str,
    releases: Sequence[Source],
    assets: str,
    failures: Sequence[Failure] = (),
    pages_made: int = 0,
    planned: int = 0,
    peers_title: str = "",
    links: Sequence[Link] = (),
    provenance: Mapping[str, str] | None = None,
) -> Section:
    """The page that leads to all others.

    Args:
        entries: councils, indicators and other places, each kind in any order.
        title: the page's title and only first-level heading.
        releases: the publications that the figures come from.
        assets: the folder of page.css, page.js and site.js as seen from the page.
        failures: pages that could not be made.
        pages_made: how many pages the site has.
        planned: how many it is to have; 0 where that is not said.
        peers_title: what the peers are, where one sentence can say it.
        links: the overview, the page on quality, downloads.
        provenance: name -> value, for the foot of the page.
    """
    listed = list(entries)
    councils = sorted(
        (one for one in listed if isinstance(one, CouncilEntry)),
        key=lambda one: (one.name.casefold(), one.identifier),
    )
    indicators = [one for one in listed if isinstance(one, IndicatorEntry)]
    places = [one for one in listed if isinstance(one, PlaceEntry)]
    counts = [each for one in councils for each in (one.counts_vs_peers, one.counts_vs_england)]
    return fill(
        "overview/index.html.j2",
        page=_page(title, provenance),
        assets=assets,
        year=year,
        councils=councils,
        places=sorted(places, key=lambda place: place.name.casefold()),
        regions=sorted({one.region for one in councils}),
        kinds=sorted({one.type for one in councils}),
        benchmarks=[
            ("Against peers", "counts_vs_peers"),
            ("Against England", "counts_vs_england"),
        ],
        counted=[
            (LOOKS[name], LOOKS.get(f"probably_{name}") if probable else None, name)
            for name in COUNTED
            if name != "unclear" or any(each[name] for each in counts)
            for probable in [any(each.probably(name) for each in counts)]
        ],
        peers_title=peers_title,
        unjudged=any(each.unjudged for each in counts),
        untested=any(each.untested for each in counts),
        domains=[
            {"title": name, "indicators": list(group)}
            for name, group in groupby(indicators, key=lambda one: one.domain)
        ]
        if any(one.href for one in indicators)
        else [],
        links=links,
        failures=sorted(failures),
        made=pages_made,
        planned=planned,
        releases=releases,
    )


def overview_page(
    frame: pd.DataFrame,
    entries: Iterable[CouncilEntry | IndicatorEntry],
    *,
    title: str,
    year: str,
    assets: str,
    peers_title: str = "",
    links: Sequence[Link] = (),
    provenance: Mapping[str, str] | None = None,
) -> Section:
    """Every council beside every indicator, against the peers and against England.

    Args:
        frame: one row per council and indicator; see `bench.pages.overview.report.Overview.frame`.
        entries: the pages that there are; a council or indicator without one is not linked.
        title: the page's title and only first-level heading.
        assets: the folder of page.css, page.js and site.js as seen from the page.
        peers_title: what the peers are, where one sentence can say it.
        links: the way back to the index.
        provenance: name -> value, for the foot of the page.
    """
    hrefs = {one.identifier: one.href for one in entries}
    columns = indicator_entries(frame, hrefs.get)
    by_council = _by_council(frame)
    grids: list[dict[str, Any]] = []
    for name, anchor in (
        ("Against peers", "peers"),
        ("Against England", "england"),
    ):
        lines: list[dict[str, Any]] = [
            {
                "name": rows[0]["council"],
                "href": hrefs.get(area_id),
                "region": rows[0]["region"],
                "looks": {
                    row["indicator"]: (seen.key, bool(seen.note))
                    for row, seen in zip(rows, _looks(rows, anchor), strict=True)
                },
            }
            for area_id, rows in by_council.items()
        ]
        lines.sort(key=lambda line: str(line["name"]).casefold())
        grids.append({"title": name, "anchor": anchor, "lines": lines})
    certain = frame[["certainty_vs_peers", "certainty_vs_england"]].notna().any(axis=None)
    seen = {name for grid in grids for line in grid["lines"] for name in line["looks"].values()}
    return fill(
        "overview/overview.html.j2",
        page=_page(title, provenance, links),
        assets=assets,
        year=year,
        peers_title=peers_title,
        columns=columns,
        anchors={column.identifier: table.row_anchor(column.identifier) for column in columns},
        paged=any(line["href"] for grid in grids for line in grid["lines"]),
        grids=grids,
        regions=sorted(frame["region"].unique()),
        cells={
            (name, untested): markup(
                "overview/cell.html.j2",
                look=replace(LOOKS[name], note=NO_MARGIN) if untested else LOOKS[name],
                letter=f"{letter}{UNTESTED}" if untested else letter,
            )
            for name, letter in LETTERS.items()
            for untested in (False, True)
        },
        letters=[
            (LOOKS[name], letter)
            for name, letter in LETTERS.items()
            if letter and any(key == name for key, _ in seen)
        ],
        unclear=LOOKS["unclear"] if ("unclear", False) in seen else None,
        untested=UNTESTED if any(untested for _, untested in seen) else "",
        key=table.key(RuleName.AUTO if certain else RuleName.SPREAD),
    )


def _looks(rows: Iterable[Mapping[str, Any]], against: str) -> list[Look]:
    """How one council's verdicts against `peers` or `england` look."""
    verdict, certainty = f"verdict_vs_{against}", f"certainty_vs_{against}"
    return [
        look(
            row[verdict], row["polarity"], said if isinstance(said := row[certainty], str) else None
        )
        for row in rows
    ]


def _page(
    title: str,
    provenance: Mapping[str, str] | None,
    nav: Sequence[Link] = (),
) -> dict[str, Any]:
    """What the shell of a page is filled with."""
    return {
        "title": title,
        "nav": list(nav),
        "switch": fill("page/switch.html.j2", names=PALETTE_NAMES),
        "provenance": dict(provenance or {}),
        "use_statement": USE_STATEMENT,
        "use_address": USE_ADDRESS,
    }
