"""The brief as a Word document: the page's words, real structure, the same bytes, nobody's edits lost."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pytest
from typer.testing import CliRunner

import bench
from bench.cli import app
from bench.errors import ParameterError
from bench.pages.brief import word
from bench.present.theme import PALETTES
from bench.publish import page
from contrast import contrast
from sheets import blocks, read

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# All kinds of chips; nothing sure; nothing compared; no change tested.
KINDS = [("Barnet", "2018-19"), ("Kent", "2024-25"), ("City of London", "2017-18"), ("Somerset", "2014-15")]  # fmt: skip


def opened(content):
    return docx.Document(io.BytesIO(content))


def part(content, name="word/document.xml"):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def text_of(element):
    return "".join(text.text for text in element.iter(f"{W}t"))


@pytest.fixture(scope="module")
def barnet():
    return bench.council_brief("Barnet", "2018-19")


@pytest.fixture(scope="module")
def content(barnet):
    return barnet.word(provenance={"Made by": "bench 1"})


@pytest.mark.parametrize(("council", "year"), KINDS)
def test_it_says_what_the_page_says(council, year):
    brief = bench.council_brief(council, year)
    whole, texts = opened(brief.word()), blocks(brief)
    said = [(p.style.name, p.text) for p in whole.paragraphs]
    assert said.pop(0) == ("Heading 1", f"{council}: adult social care in brief, {year}")
    releases = said.pop()
    assert releases[1].startswith("Releases: ascof_")
    own = {"Every indicator", "Notes and source"}
    assert [text for _, text in said if text not in own] == [
        text for blocks_of in texts.values() for _, text in blocks_of
    ]
    headings = [text for name, text in said if name == "Heading 2"]
    assert headings == [
        "Every indicator",
        *(text for name in ("standing_out", "questions") for tag, text in texts[name] if tag == "h2"),
        "Notes and source",
    ]  # fmt: skip
    (table,) = whole.tables
    rows = [[text_of(cell) for cell in row.tc_lst] for row in table._tbl.tr_lst]
    _, on_page = read(brief.table())
    unseen = ("* no margin of error", "*"), ("↑ up:", "↑"), ("↓ down:", "↓")
    for line in on_page:
        for number, cell in enumerate(line):
            for long, short in unseen:
                cell = cell.replace(long, short)
            line[number] = cell
    assert rows == on_page


def test_its_structure_is_real(content):
    whole = opened(content)
    (table,) = whole.tables
    head, *lines = table.rows
    assert head._tr.trPr.find(f"{W}tblHeader") is not None
    assert all(row._tr.trPr.find(f"{W}cantSplit") is not None for row in lines)
    for tag in ("tblCaption", "tblDescription"):
        said = table._tbl.tblPr.find(f"{W}{tag}").get(f"{W}val")
        assert said == "Every indicator of Barnet, 2018-19"
    assert {e.get(f"{W}val") for e in whole.styles.element.iter(f"{W}lang")} == {"en-GB"}
    (section,) = whole.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert not whole.inline_shapes  # nothing is drawn that would need a text
    properties = whole.core_properties
    assert properties.title == "Barnet: adult social care in brief, 2018-19"
    assert (properties.subject, properties.language) == (word.SUBJECT, "en-GB")
    assert properties.created == properties.modified == datetime(1980, 1, 1, tzinfo=UTC)
    assert whole.paragraphs[-1].text == (
        "Made by: bench 1. Releases: ascof_2018_19, ascof_2018_19_revised, ascof_2024_25."
    )
    assert not any("thumbnail" in name or "app.xml" in name for name in names(content))


def names(content):
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


@pytest.mark.parametrize("palette", PALETTES)
def test_a_colour_bears_its_word_and_can_be_read(barnet, palette):
    (table,) = opened(barnet.in_palette(palette).word()).tables
    roles = PALETTES[palette]["light"]
    seen = set()
    for row in table._tbl.tr_lst[1:]:
        for cell in row.tc_lst[4:6]:
            (ink,), shade = cell.iter(f"{W}color"), cell.tcPr.find(f"{W}shd")
            fill = roles["surface"] if shade is None else f"#{shade.get(f'{W}fill')}"
            assert contrast(fill, f"#{ink.get(f'{W}val')}") >= 4.5
            seen.add((text_of(cell).strip("†*"), fill))
            # What the notes call outlined is so.
            assert len(list(cell.iter(f"{W}bdr"))) == ("probably" in text_of(cell))
    expected = {"worse": "▼ RED worse", "better": "▲ GREEN better"}
    assert {(words, roles[f"{tone}_solid"]) for tone, words in expected.items()} <= seen
    assert ("● AMBER similar", roles["similar_fill"]) in seen
    assert all(len(words.split()) > 1 for words, _ in seen)


def test_it_is_the_same_each_time_and_known_as_ours_until_it_is_edited(barnet, content):
    assert barnet.word(provenance={"Made by": "bench 1"}) == content
    assert word.untouched(content)
    edited = opened(content)
    edited.paragraphs[1].add_run(" Members may want to note this.")
    saved = io.BytesIO()
    edited.save(saved)
    assert not word.untouched(saved.getvalue())
    # Even where a program keeps the archive's comment.
    kept = io.BytesIO(saved.getvalue())
    with zipfile.ZipFile(kept, "a") as archive:
        archive.comment = zipfile.ZipFile(io.BytesIO(content)).comment
    assert not word.untouched(kept.getvalue())
    assert not any(map(word.untouched, (b"", b"PK\3\4 no archive", content[:5000])))


def test_no_text_becomes_a_field_or_breaks_the_document(barnet):
    title = 'DDEAUTO c:\\x "\t{ INCLUDETEXT }\x01 <w:fldSimple w:instr="DATE"/>\n'
    contents = replace(barnet._contents, peers_title=title)
    written = word.document(
        contents, title=title, provenance={"A": "\x0b=1+1"}, colours=PALETTES["rag"]["light"]
    )
    xml = part(written)
    assert not any(
        f"<w:{tag}" in xml for tag in ("fldSimple", "fldChar", "instrText", "tab/>", "br")
    )
    assert "DDEAUTO c:\\x" in opened(written).paragraphs[0].text


@pytest.mark.parametrize("there", ["edited", "folder", "link"])
def test_what_bench_did_not_write_stays(tmp_path, content, there):
    path = tmp_path / "barnet-brief.docx"
    document = page.BriefDocument(path, content)
    document.write()
    document.write()  # in the place of its own
    assert path.read_bytes() == content
    path.unlink()
    if there == "edited":
        path.write_bytes(content + b" ")
    elif there == "folder":
        path.mkdir()
    else:
        (tmp_path / "other.docx").write_bytes(content)
        path.symlink_to(tmp_path / "other.docx")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ParameterError, match="not as bench wrote it"):
        document.write()
    with pytest.raises(ParameterError, match="not as bench wrote it"):
        page.brief_document({"council": "Barnet", "year": "2018-19"}, out=tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_it_is_made_for_the_choices_that_are_asked(tmp_path):
    file = tmp_path / "view.yaml"
    file.write_text("council: Kent\nyear: 2018-19\npeers: region\n")
    made = page.brief_document({"year": "2024-25"}, params=file, out=tmp_path / "out")
    assert made.path == tmp_path / "out" / "kent-brief.docx"
    assert not made.path.parent.exists()
    last = opened(made.content).paragraphs[-1].text
    for said in (
        "council = Kent, year = 2024-25, peers = region",
        "Version of the code: ",
        "sha256 ",
    ):
        assert said in last
    assert "Notebook" not in last


def test_there_is_no_word_document_of_the_whole_page():
    refused = CliRunner().invoke(app, ["report", "Kent", "--docx"])
    assert isinstance(refused.exception, ParameterError)
    assert "--brief" in refused.exception.mend
