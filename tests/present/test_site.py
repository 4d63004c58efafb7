from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from bench.pages.overview import pages
from bench.present import downloads, theme
from bench.present import sheet as sheets
from bench.present.provenance import Imprint, Source
from present.conftest import HOSTILE
from present.test_page import Reader, read

# council, region, type, then verdicts against peers and England of indicators 1A, 2B and 2C
COUNCILS = [
    ("York", "Yorkshire and The Humber", "unitary authority", "GAR", "GAR"),
    ("Barnet", "London", "outer London borough", "Rr-", "?*g"),
    (HOSTILE, "London", "inner London borough", "---", "---"),
]
# In lower case what is probable; "*" stands for no margin of error.
VERDICTS = {"G": "better", "A": "similar", "R": "worse", "?": "unclear", "-": "not_compared"}
SURE = {"g": "probable", "r": "probable", "*": "untested", "?": None, "-": None}
INDICATORS = [
    ("quality_of_life", "1A", "Quality of life", "higher_is_better"),
    ("admissions", "2B", f"Admissions {HOSTILE}", "lower_is_better"),
    ("offered", "2C(1a)", "People offered help", "none"),
]
SOURCE = Source("ASCOF <2018-19>", "NHS Digital", "2019-10", "OGL", "https://example.org/")


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "council": name,
                "area_id": f"area_{at}",
                "region": region,
                "type": kind,
                "indicator": indicator,
                "code": code,
                "short_title": title,
                "domain": "Quality & care" if code == "1A" else "Independence",
                "polarity": polarity,
                "value": 1.0,
                "verdict_vs_peers": _verdict(peers[column], polarity),
                "verdict_vs_england": _verdict(england[column], polarity),
                "rank": 1,
                "certainty_vs_peers": SURE.get(peers[column], "sure"),
                "certainty_vs_england": SURE.get(england[column], "sure"),
            }
            for at, (name, region, kind, peers, england) in enumerate(COUNCILS)
            for column, (indicator, code, title, polarity) in enumerate(INDICATORS)
        ]
    )


def _verdict(letter: str, polarity: str) -> str:
    verdict = VERDICTS["G" if letter == "*" else letter.upper()]
    return (
        {"better": "higher", "worse": "lower"}.get(verdict, verdict)
        if polarity == "none"
        else verdict
    )


def entries(frame: pd.DataFrame) -> list[pages.CouncilEntry | pages.IndicatorEntry]:
    return [
        *pages.council_entries(frame, "{}.html".format),
        *pages.indicator_entries(frame, "{}.html".format),
    ]


PLACES = [
    pages.PlaceEntry("Yorkdale", (), "Yorkdale was a district.", (("York", "area_0.html"),)),
    pages.PlaceEntry(
        f"Ashby {HOSTILE}",
        (f"Ash {HOSTILE}", "Elm"),
        f"Ashby {HOSTILE} was replaced.",
        ((HOSTILE, "area_2.html"), ("Kent", None)),
    ),
]


def index(frame: pd.DataFrame, palette: str = "rag") -> str:
    return pages.index_page(
        [*entries(frame), *PLACES],
        title=f"Index {HOSTILE}",
        year="2018-19",
        releases=[SOURCE],
        assets="assets",
        failures=[pages.Failure("Zed", "no figure"), pages.Failure("Ash", f"failed {HOSTILE}")],
        peers_title="CIPFA",
        links=[pages.Link("Overview", "overview.html", "All in one.")],
        provenance={"Made by": "bench"},
    ).html(palette)


def overview(frame: pd.DataFrame, palette: str = "rag") -> str:
    return pages.overview_page(
        frame,
        [one for one in entries(frame) if one.identifier != "area_1"],
        title="Overview",
        year="2018-19",
        assets="assets",
        links=[pages.Link("All councils", "index.html")],
    ).html(palette)


@pytest.fixture(params=["index", "overview"])
def page(request: pytest.FixtureRequest, frame: pd.DataFrame) -> str:
    return index(frame) if request.param == "index" else overview(frame)


def body_rows(parsed: Reader) -> list[str]:
    return [text for attributes, text in parsed.find("tr") if "data-region" in attributes]


def test_a_page_has_the_shell_of_every_page(page: str) -> None:
    parsed = read(page)
    ((_, title),) = parsed.find("h1")
    string = title.replace('"', "\\22 ")
    head = f'--running-head: "{string}"'
    assert parsed.find("html")[0][0] == {"lang": "en-GB", "style": head}
    assert len(parsed.find("h1")) == 1
    for landmark in ("header", "main", "footer"):
        assert len(parsed.find(landmark)) == 1
    assert parsed.find("a", "skip")[0][0]["href"] == "#content"
    assert (
        "cannot be used to judge how effective a local authority is" in parsed.find("footer")[0][1]
    )
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_table_has_a_caption_and_scopes_and_can_be_scrolled_by_keyboard(page: str) -> None:
    parsed = read(page)
    assert len(parsed.find("table")) == len(parsed.find("caption"))
    assert {a["scope"] for a, _ in parsed.find("th")} <= {"col", "colgroup", "row"}
    for attributes, _ in parsed.find("div", "scroll"):
        assert (attributes["role"], attributes["tabindex"]) == ("region", "0")
        assert any(a.get("id") == attributes["aria-labelledby"] for _, a, _ in parsed.elements)


def test_a_hostile_name_stays_text_and_no_handler_is_inline(page: str) -> None:
    assert "<script>alert" not in page
    parsed = read(page)
    assert HOSTILE in [
        text for attributes, text in parsed.find("th") if attributes["scope"] == "row"
    ]
    assert not any(name.startswith("on") for _, a, _ in parsed.elements for name in a)


def test_nothing_is_fetched_but_the_site_s_own_assets(page: str) -> None:
    parsed = read(page)
    assert [a["href"] for a, _ in parsed.find("link")] == ["assets/page.css"]
    assert [a["src"] for a, _ in parsed.find("script")] == ["assets/page.js", "assets/site.js"]
    hrefs = [a["href"] for a, _ in parsed.find("a") if not a["href"].startswith(("#", "https://"))]
    assert all("/" not in href for href in hrefs)


@pytest.mark.parametrize("palette", theme.PALETTES)
@pytest.mark.parametrize("make", [index, overview])
def test_two_runs_are_byte_equal_in_every_palette(frame: pd.DataFrame, make, palette: str) -> None:  # type: ignore[no-untyped-def]
    first = make(frame, palette)
    assert first == make(frame, palette)
    assert read(first).find("body")[0][0]["data-palette"] == palette


def test_the_index_counts_each_council_by_name(frame: pd.DataFrame) -> None:
    parsed = read(index(frame.sample(frac=1, random_state=1)))
    assert body_rows(parsed) == [
        f"{HOSTILE}0000300003LondonInner London borough",
        "Barnet001 +10110010LondonOuter London borough",
        "York1100011000Yorkshire and The HumberUnitary authority",
    ]
    groups = [text for a, text in parsed.find("th") if a["scope"] == "colgroup"]
    assert groups == ["Against peers", "Against England"]
    assert "Indicators without a better side are left out." in parsed.find("caption")[0][1]
    heads = [text for a, text in parsed.find("th") if a.get("data-sort") == "number"]
    assert (
        heads
        == [
            "▲ GREEN better", "● AMBER similar", "▼ RED worse + probably",
            "? unclear", "— not compared",
        ]
        * 2
    )  # fmt: skip
    note = parsed.find("caption")[0][1]
    assert "First what is sure, and after a + what is probable." in note
    assert "Where a figure has no margin of error, the size of the gap alone decides." in note


def test_the_index_of_another_rule_speaks_of_no_certainty(frame: pd.DataFrame) -> None:
    plain = frame.replace({"unclear": "similar"}).assign(
        certainty_vs_peers=None, certainty_vs_england=None
    )
    parsed = read(index(plain))
    heads = [text for a, text in parsed.find("th") if a.get("data-sort") == "number"]
    assert heads == ["▲ GREEN better", "● AMBER similar", "▼ RED worse", "— not compared"] * 2
    note = parsed.find("caption")[0][1]
    assert "sure" not in note
    assert "margin of error" not in note
    main = read(overview(plain)).find("main")[0][1]
    assert "A question mark" not in main
    assert "A star" not in main
    assert "probably" not in main
    assert "probably better" in read(overview(frame)).find("main")[0][1]


def test_the_index_leads_everywhere_and_names_what_failed(frame: pd.DataFrame) -> None:
    parsed = read(index(frame))
    links = {a["href"]: text for a, text in parsed.find("a")}
    assert links["area_0.html"] == "York"
    assert links["offered.html"] == "People offered help"
    assert links["overview.html"] == "Overview"
    assert links["https://example.org/"] == "ASCOF <2018-19>"
    assert [text for _, text in parsed.find("li")][:2] == [
        f"Ash: failed {HOSTILE}",
        "Zed: no figure",
    ]
    assert [text for _, text in parsed.find("h3")] == ["Quality & care", "Independence"]


def test_a_place_leads_to_the_pages_that_there_are(frame: pd.DataFrame) -> None:
    parsed = read(index(frame))
    items = [(a, text) for a, text in parsed.find("li") if "data-name" in a]
    assert items == [
        (
            {"data-name": f"Ashby {HOSTILE}", "data-also": f"Ash {HOSTILE};Elm"},
            f"Ashby {HOSTILE} was replaced. {HOSTILE}, Kent (no page here)",
        ),
        ({"data-name": "Yorkdale"}, "Yorkdale was a district. York"),
    ]
    (scope,) = (a["data-scope"] for a, _ in parsed.find("p", "answer"))
    assert scope.startswith("3 councils, by each name the register has for them, and 2 districts")


def test_without_pages_of_councils_there_is_nowhere_to_go(frame: pd.DataFrame) -> None:
    unlinked = pages.council_entries(frame, lambda _: None)
    page = pages.index_page(unlinked, title="T", year="2018-19", releases=[], assets="a")
    parsed = read(page.html("rag"))
    assert [a["aria-label"] for a, _ in parsed.find("form", "finder")] == ["Find a council"]
    assert parsed.find("form", "way-in") == []


def test_an_index_of_nothing_still_stands() -> None:
    page = pages.index_page([], title="T", year="2018-19", releases=[], assets="a").html("af")
    assert "0 councils in 2018-19" in page
    assert "could not be made" not in page


def test_every_cell_of_the_overview_says_its_verdict_in_full(frame: pd.DataFrame) -> None:
    parsed = read(overview(frame))
    rows = body_rows(parsed)
    assert rows == [
        f"{HOSTILE}—not compared—not compared—not compared",
        "Barnet▼RRED worse▽rprobably worse—not compared",
        "York▲GGREEN better●AAMBER similar↓Llower",
        f"{HOSTILE}—not compared—not compared—not compared",
        "Barnet?unclear▲G*GREEN better, no margin of error⇧hprobably higher",
        "York▲GGREEN better●AAMBER similar↓Llower",
    ]
    hidden = [a for a, _ in parsed.find("b")]
    assert hidden == [{"aria-hidden": "true"}] * 18
    assert (
        "G for GREEN, A for AMBER, r for probably worse, R for RED, h for probably higher, "
        "L for lower. A question mark is unclear: the figure is too unsure. A star: no margin of "
        "error, so the size of the gap alone decides. A dash is not compared."
    ) in parsed.find("main")[0][1]


def test_the_overview_links_only_pages_that_there_are(frame: pd.DataFrame) -> None:
    parsed = read(overview(frame))
    hrefs = [a["href"] for a, _ in parsed.find("a")]
    assert hrefs.count("area_0.html") == 2
    assert "area_1.html" not in hrefs
    assert {"#peers", "#england", "index.html"} <= set(hrefs)
    assert {"peers", "england"} == {a["id"] for a, _ in parsed.find("section")}
    assert "2C(1a)" in [text for _, text in parsed.find("span", "code")]


def test_what_finds_and_sorts_waits_for_its_script(page: str) -> None:
    forms = [form for form, _ in read(page).find("form")]
    assert all("hidden" in form for form in forms)
    named = [form.get("aria-label") for form in forms if form.get("role") == "search"]
    assert named[-1] == "Find a council"
    assert len(set(named)) == len(named) == len(forms) - 1
    assert read(page).find("button") == []


def test_what_needs_no_judgement_is_counted_apart(frame: pd.DataFrame) -> None:
    barnet = frame[frame["council"] == "Barnet"]
    counts = pages.VerdictCounts.of(barnet.to_dict("records"), "england")
    assert (counts["unclear"], counts["better"], counts.probably("better")) == (1, 1, 0)
    assert (counts.unjudged, counts.untested, counts.total) == (1, 1, 3)


def test_a_file_of_every_council_has_typed_numbers_and_words() -> None:
    table = pd.DataFrame(
        {
            "council": ["=cmd", "Kent"],
            "region": ["South East"] * 2,
            "value": [58.7, float("nan")],
            "rank": [3.0, float("nan")],
            "verdict_vs_england": ["not_compared", "better"],
        }
    )
    columns = {name: name for name in table.columns}
    sheet = sheets.frame_sheet(table, name="Councils", columns=columns)
    assert sheet.rows == (
        ("=cmd", "South East", Decimal("58.7"), 3, "not compared"),
        ("Kent", "South East", sheets.Empty.NOT_AVAILABLE, sheets.Empty.NOT_AVAILABLE, "better"),
    )
    tables, imprint = {"councils": ("Every council", sheet)}, Imprint(about=(("What", "this"),))
    files = downloads.bundle("all", tables, imprint, title="All", scope="2024-25")
    assert [one.name for one in files.values()] == ["all.csv", "all.xlsx", "all.ods"]
    assert b"'=cmd,South East,58.7,3,not compared" in files["councils"].content
    again = downloads.bundle("all", tables, imprint, title="All", scope="2024-25")
    assert again == files
