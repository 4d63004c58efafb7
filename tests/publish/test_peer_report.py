"""The notebook of the open model's peers, by the way that every page takes; its words and figures."""

import csv
import io
import re
import statistics
from html import unescape

import pytest
from typer.testing import CliRunner

import bench
from bench import cli
from bench.errors import ParameterError, RegisterError, UnknownNameError
from bench.pages.council.report import briefing
from bench.pages.overview.pages import Link
from bench.pages.peers.sections import figure_of
from bench.peer_model import lists
from bench.publish import html, notebook
from bench.publish.plan import plan
from present.guidance import read_book
from present.reading import grade, without_style
from present.test_page import read
from publish.test_plain_english import sentences
from publish.test_surveillance_page import ACCUSING

LACKING = ["City of London", "Isles of Scilly", "Bournemouth", "Northamptonshire"]


@pytest.fixture(scope="module")
def page(root):
    wanted = notebook.Page(
        identifier="somerset-peers",
        title="Somerset: its peers by the open model, and why",
        notebook="peer_report.ipynb",
        parameters={"council": "Somerset", "palette": "af"},
    )
    return html.render(
        notebook.execute(wanted, root=root),
        title=wanted.title,
        palette="af",
        provenance=notebook.provenance(wanted, root),
        assets="assets",
        nav=[Link("All councils", "index.html")],
    )


@pytest.mark.slow
def test_the_page_has_its_sections_and_one_figure_with_its_table(page):
    parsed = read(page)
    assert len(parsed.find("h1")) == 1
    assert [text for _, text in parsed.find("h2")][:6] == [
        "The peers, nearest first", "Feature by feature", "Other ways to choose peers",
        "How the list is made", "Where the figures come from", "Downloads",
    ]  # fmt: skip
    ids = [attributes["id"] for _, attributes, _ in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(parsed.find("figure")) == 1
    chart = next(a for _, a, _ in parsed.elements if a.get("class") == "chart")
    assert "15 features as lines from the lowest council to the highest" in chart["aria-label"]
    assert page.count("<table") == page.count("<caption") == 5
    assert len(page.encode()) < 400_000


@pytest.mark.slow
def test_the_files_hold_what_the_page_shows(page):
    _, carried = html.downloads_beside(page)
    assert sorted(carried) == [
        "somerset-peers-features.csv", "somerset-peers.csv", "somerset-peers.ods", "somerset-peers.xlsx",
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(carried["somerset-peers.csv"].decode("utf-8-sig"))))
    frame = bench.peers("Somerset").frame()
    assert [row["Peer"] for row in rows] == frame["council"].tolist()
    assert [float(row["Distance"]) for row in rows] == frame["distance"].round(6).tolist()
    features = list(
        csv.DictReader(io.StringIO(carried["somerset-peers-features.csv"].decode("utf-8-sig")))
    )
    assert len(features) == 15 * 15
    for kind in ("xlsx", "ods"):
        book = read_book(carried[f"somerset-peers.{kind}"])
        assert {name: len(book[name].table) for name in book.names[4:]} == {
            "Peers": 1 + 15, "Features": 1 + 225,
        }  # fmt: skip
        assert "Office for National Statistics" in book["Sources"].table[1][1]
        assert ["Weight: indian_pct", "0.5"] in [row[:2] for row in book["Notes"].table]


def test_the_frame_is_the_embedded_list(root):
    with (root / "data/reference/peers/open.csv").open(newline="") as handle:
        listed = [row for row in csv.DictReader(handle) if row["area_id"] == "cumbria"]
    frame = bench.peers("Cumbria").frame()
    assert frame["area_id"].tolist() == [row["peer_id"] for row in listed]
    assert {row["boundaries"] for row in listed} == {"2022"}
    assert frame["rank"].tolist() == list(range(1, 16))


def test_each_feature_s_place_and_range_counted_again():
    near = bench.peers("Leeds").near
    figures = lists.features().figures[2023]
    everyone = [one for one in figures if one not in ("city_of_london", "isles_of_scilly")]
    peers = near.frame()["area_id"].tolist()
    for row in near.features().itertuples():
        column = sorted((figures[one][row.feature] for one in everyone), reverse=True)
        assert column[row.place - 1] == row.value == figures["leeds"][row.feature]
        assert row.of == len(column) == 151
        assert row.low == min(figures[one][row.feature] for one in peers)
        assert row.high == max(figures[one][row.feature] for one in peers)
        # whichever way the scale runs, the highest figure stands on the right
        highest = max(everyone, key=lambda one: figures[one][row.feature])
        at = bench.peers(highest).near.features().set_index("feature")["at"]
        assert at[row.feature] == 1.0
    gaps = near.gaps()
    assert gaps.groupby("area_id")["share"].sum().tolist() == pytest.approx([1.0] * 15)
    distance = ((gaps["apart"] * gaps["weight"]) ** 2).groupby(gaps["rank"]).sum() ** 0.5
    assert distance.tolist() == pytest.approx(near.frame()["distance"].tolist(), rel=1e-9)


def test_other_models_share_what_they_share():
    models = bench.peers("Somerset").near.models().set_index("model")
    ours = set(bench.peers("Somerset").frame()["council"])
    assert models.index.tolist() == ["cipfa", "region", "type"]
    for row in models.itertuples():
        assert set(row.shared) | set(row.only_here) == ours
        assert len(row.shared) + len(row.only_there) == row.total
        assert not set(row.shared) & set(row.only_there)
    shared = bench.peers("Somerset").near.shared()
    assert (len(shared), min(shared), max(shared)) == (149, 2, 13)
    section = unescape(str(bench.peers("Somerset").other_models()))
    assert f"{len(models.loc['cipfa', 'shared'])} of the 15 in CIPFA's list" in section
    assert f"the two share {statistics.mean(shared):.1f} on average, from 2 to 13" in section


@pytest.mark.parametrize("council", ["Somerset", "Leeds", "Newham", "Cumbria", *LACKING])
def test_every_page_is_plain_and_accuses_nobody(council):
    made = bench.peers(council)
    sections = {
        "heading": made.heading(), "list": made.peers_table(), "models": made.other_models(),
        "method": made.method(), "features": made.features_table(),
    }  # fmt: skip
    for name, section in sections.items():
        text = " ".join(sentences(section))
        assert not ACCUSING.search(without_style(section)), name
        assert not text or grade(text) <= 9, (name, grade(text))
    figure = made.spread()
    if council not in LACKING:
        assert grade(figure.note) <= 9
        assert "lies" in figure.alt


@pytest.mark.parametrize("council", LACKING)
def test_a_council_without_a_list_is_told_so(council):
    made = bench.peers(council)
    assert made.frame().empty
    assert made.reason.startswith(f"There is no list for {council}.")
    assert made.text() == made.reason
    assert made.reason.split(". ")[1] in str(made.heading())
    for section in (made.peers_table(), made.spread(), made.downloads()):
        assert "nothing to show" in str(section)
    assert str(made.features_table()) == ""
    assert "features, their weights and their scales" in str(made.method())


def test_a_council_s_page_with_open_peers_says_whose_list_it_is():
    made = briefing("Somerset", "2024-25", peers="open")
    method = str(made.method())
    assert "Open peer model (ours, Census 2021): " in method
    assert "This list is our own." in method
    assert "So these are not the NHS England peer groups." in method
    assert grade(" ".join(sentences(method))) <= 9
    assert "Peers: Open peer model (ours, Census 2021)." in str(made.heading())
    assert made.peers.total == 15
    assert {p.area_id for p in made.peers.members} == set(
        bench.peers("Somerset").frame()["area_id"]
    )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(481363.0, "people", "481,363"), (4.033131, "pct", "4.0%"), (0.2885, "pct", "0.29%"),
     (165.719492, "per_sq_km", "166"), (0.478968, "index", "0.48"), (19.887894, "km", "19.9 km")],
)  # fmt: skip
def test_a_feature_s_figure(value, unit, text):
    assert figure_of(value, unit) == text


# --- the command ----------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(cli.app, ["peers", *map(str, arguments)])


def test_the_command_prints_a_council_s_peers_with_what_is_near_and_far():
    told = run("somerset").output
    frame = bench.peers("Somerset").frame()
    assert told.startswith("Somerset: the 15 nearest of 150 councils by the open model")
    for row in frame.itertuples():
        assert f"{row.rank:>2}  {row.council}   distance {row.distance:.3f}" in told
    assert told.count("most alike in") == told.count("least alike in") == 15
    assert "people aged 85 and over (4.0%, 3.9%)" in told


def test_the_whole_model_is_written_with_weights_of_ones_own(root, tmp_path):
    out = tmp_path / "lists.csv"
    assert run("--out", out).output.strip() == str(out)
    assert out.read_bytes() == (root / "data/reference/peers/open.csv").read_bytes()
    weights = tmp_path / "mine.yaml"
    weights.write_text(
        "number_of_peers: 3\ntransformations: [none]\nweights: {sea_distance_km: 2}\n"
    )
    refused = run("Birmingham", "--weights", weights, "--out", out)
    assert isinstance(refused.exception, ParameterError)
    out = tmp_path / "mine.csv"
    assert run("Birmingham", "--weights", weights, "--out", out).exit_code == 0
    rows = [line.split(",") for line in out.read_text().splitlines()[1:]]
    assert len(rows) == 152 * 3
    made = bench.peers("Birmingham", weights=str(weights))
    assert [row[1] for row in rows if row[0] == "birmingham"] == made.frame()["area_id"].tolist()
    assert "The features count as mine.yaml says" in str(made.heading())
    assert str(tmp_path) not in str(made.heading())
    assert grade(" ".join(sentences(made.heading()))) <= 9
    assert made.near.features()["weight"].tolist() == [1.0]
    assert "the widest gaps" not in str(made.peers_table())


def test_bad_weights_and_names_are_told_with_near_misses(tmp_path):
    weights = tmp_path / "mine.yaml"
    weights.write_text(
        "number_of_peers: 3\ntransformations: [none]\nweights: {sea_distanc_km: 2}\n"
    )
    told = run("--weights", weights).exception
    assert isinstance(told, RegisterError)
    assert "did you mean sea_distance_km?" in str(told)
    told = run("Somersett").exception
    assert isinstance(told, UnknownNameError)
    assert "did you mean Somerset" in str(told)
    told = run("--weights", tmp_path / "absent.yaml").exception
    assert "cannot be read" in str(told)
    told = run("--out", tmp_path / "nowhere" / "lists.csv").exception
    assert "cannot be written" in str(told)


def test_a_site_has_a_page_of_peers_for_every_council(root):
    made = plan(root / "params" / "sites" / "peers.yaml")
    assert len(made.jobs) == 153
    assert [job.identifier for job in made.only(["Somerset"])] == ["somerset-peers"]
    assert made.only(["Somerset"])[0].parameters == {"council": "Somerset", "palette": "rag"}


def test_nowhere_is_it_called_the_nhs_england_peer_groups(root):
    """Only to say that it is not."""
    for folder in ("src", "data/reference", "params", "notebooks"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".yaml", ".j2", ".ipynb", ".md"}:
                text = " ".join(path.read_text(encoding="utf-8").split())
                for found in re.finditer(r"(.{0,40})NHS England('s)? (own )?peer groups", text):
                    assert "not the" in found[1] or '" "' in found[1], path
