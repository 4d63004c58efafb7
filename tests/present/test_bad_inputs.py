"""Frames at the edge of what can come: every section still says something true, and is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.pages.choices import rules_for
from bench.pages.council import findings, glance
from bench.pages.council import sections as page
from bench.present import downloads, table
from bench.present import sheet as sheets
from bench.present.charts import spine, strip
from bench.present.html import joined
from bench.present.provenance import Imprint
from present.conftest import HOSTILE, NAN, published
from present.guidance import missing, read_book
from present.test_page import read

if TYPE_CHECKING:
    from pathlib import Path

    from bench.judge.published_row import PublishedRow

NO_PEERS = {
    "peer_average": NAN, "peers_reporting": 0, "peers_total": 0, "peers_missing": [],
    "peer_values": [], "verdict_vs_peers": "not_compared", "reason": "Peers: no list.",
}  # fmt: skip
ONE_PEER = {
    "peer_average": 50.0, "peers_reporting": 1, "peers_total": 1, "peers_missing": [],
    "peer_values": [["Devon", 50.0]], "flags": ["few_peers"],
}  # fmt: skip
SUPPRESSED = {
    "value": NAN, "lower": NAN, "upper": NAN, "status": "suppressed", "marker": "[c]",
    "verdict_vs_peers": "not_compared", "verdict_vs_england": "not_compared", "rule": "none",
    "reason": "Peers and England: the council's figure is suppressed.", "rank": None,
    "change": NAN, "verdict_vs_previous": "not_compared",
}  # fmt: skip
TITLES = {"title": HOSTILE, "short_title": HOSTILE, "domain": HOSTILE, "code": "=1+1"}
NASTY = "=cmd|' /C calc'!A0 <b>\"Council\"</b>"


def sections(made: list[PublishedRow], council: str = "Somerset") -> dict[str, str]:
    shown = {
        "glance": glance.section(made, council=council, rules=rules_for()),
        "findings": findings.section(made, council=council),
        "table": table.peer_table(made, council=council, year="2014-15", peers_title=council),
        "worsening": page.worsening(
            made,
            council=council,
            questions={row.indicator: (HOSTILE, "Why?") for row in made},
        ),
        "spine": spine.spine(made, council=council),
        "strips": joined(*strip.strips(made, council=council).parts[1:]),
        "strips lead": strip.strips(made, council=council).parts[0],
        "method": page.method(
            made,
            rules=rules_for("auto", "mean"),
            peers=[council],
            peers_title=council,
            peers_note="",
        ),
    }
    return {name: str(section.html()) for name, section in shown.items()}


def files(made: list[PublishedRow], council: str) -> dict[str, downloads.Download]:
    whose = sheets.Whose(council, "E1", "2014-15")
    tables = {
        "indicators": ("Every indicator", sheets.indicator_sheet(whose, made)),
        "peers": ("Every peer's figure", sheets.peer_sheet(whose, made)),
        "years": ("Every year", sheets.year_sheet(whose, made, {})),
    }
    return downloads.bundle(
        "somerset", tables, Imprint(about=((council, council),)), title=council, scope=council
    )


@pytest.mark.parametrize(
    ("changes", "section", "says"),
    [
        (NO_PEERS, "table", "none is known"),
        (NO_PEERS, "glance", "beside peers. Somerset&#39;s 15 indicators, beside England:"),
        (NO_PEERS, "findings", "Worse than England"),
        (NO_PEERS, "findings", "figure is 58.7%. England&#39;s figure is 83.7%."),
        (SUPPRESSED, "findings", "nothing can stand out"),
        (NO_PEERS, "spine", "No indicator can be drawn beside its peers."),
        (NO_PEERS, "strips lead", "No indicator can be shown among its peers."),
        (NO_PEERS, "method", "No peers known."),
        (
            NO_PEERS,
            "worsening",
            "2 of these 4 can be tested: 1 has become worse.",
        ),  # against England alone
        (ONE_PEER, "table", "The one peer reports."),
        (ONE_PEER, "table", "Few peers have a figure, so their average rests on little."),
        (ONE_PEER, "spine", "too few peers have a figure"),
        (SUPPRESSED, "table", "suppressed"),
        (SUPPRESSED, "glance", "None of Somerset&#39;s 15 indicators can be judged"),
        (SUPPRESSED, "worsening", "No indicator of Somerset&#39;s can be compared this year."),
        (SUPPRESSED, "spine", "No indicator can be drawn"),
    ],
)
def test_a_page_at_the_edge_says_what_it_lacks(
    changes: dict[str, object], section: str, says: str
) -> None:
    assert says in sections(published(**changes))[section]


@pytest.mark.parametrize("changes", [{}, NO_PEERS, ONE_PEER, SUPPRESSED, TITLES])
def test_every_section_is_well_formed_and_hostile_text_stays_text(
    changes: dict[str, object],
) -> None:
    for name, html in sections(published(**changes), NASTY).items():
        parsed = read(str(html))
        scripts = [attributes.get("type") for attributes, _ in parsed.find("script")]
        assert set(scripts) <= {"application/json"}, name
        assert not parsed.find("b"), name
        assert not any(key.startswith("on") for _, a, _ in parsed.elements for key in a), name


@pytest.mark.parametrize("changes", [{}, NO_PEERS, ONE_PEER, SUPPRESSED, TITLES])
def test_the_files_of_a_page_at_the_edge(changes: dict[str, object]) -> None:
    made = files(published(**changes), NASTY)
    assert {name: one.content for name, one in made.items()} == {
        name: one.content for name, one in files(published(**changes), NASTY).items()
    }
    for kind in ("workbook", "ods"):
        assert missing(made[kind].content) == []
        book = read_book(made[kind].content)
        assert NASTY in {cell for sheet in book.sheets for row in sheet.rows for cell in row}
    for name in ("indicators", "peers", "years"):
        lines = made[name].content.decode("utf-8-sig").splitlines()
        assert not any(line.startswith(("=", '"=')) for line in lines)
        assert not any(",=" in line or ',"=' in line for line in lines)


def test_a_link_of_a_hostile_page_cannot_pass_for_a_download(tmp_path: Path) -> None:
    from bench.publish.html import downloads_beside

    forged = '<a class="download" download="../x.csv" href="data:text/csv;base64,AAAA">'
    assert downloads_beside(forged) == (forged, {})
