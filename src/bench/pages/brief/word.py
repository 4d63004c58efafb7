"""The brief as a Word document, for an officer to edit into a paper: the same words as the page."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench.pages.brief import sections
from bench.present.workbook import EPOCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.pages.brief.sections import Contents, TableLine
    from bench.present.theme import Look

LANGUAGE: Final = "en-GB"
SUBJECT: Final = "Adult social care in England: one council beside its peers and England"
FONT: Final = "Arial"
# Before the hash of all parts, in the comment of the archive: by both a file is known as ours, and
# as one that nobody has edited since.
MARK: Final = b"written by bench, sha256 "
MARGIN_MM: Final = 15
WIDTH_MM: Final = 210 - 2 * MARGIN_MM
FIGURE_MM: Final = 16
VERDICT_MM: Final = 28
CHANGE_MM: Final = 25
# What python-docx's own template says of another program, and shows of another document.
_FOREIGN: Final = ("/thumbnail", "/extended-properties", "/customXml", "/stylesWithEffects")


def document(
    contents: Contents, *, title: str, provenance: Mapping[str, str], colours: Mapping[str, str]
) -> bytes:
    """The brief as a DOCX file, the same bytes for the same brief.

    Args:
        contents: What it says.
        title: Its first heading, and the document's title.
        provenance: name -> value, for the last paragraph.
        colours: role -> colour, of the chips.
    """
    paper = _Paper.new(title, colours)
    paper.heading(title, 1)
    paper.text((contents.council, True), (sections.opening(contents), False))
    for text in (sections.unpublished(contents), sections.why_not(contents)):
        if text:
            paper.text((text, False))
    if not sections.why_not(contents):
        for count in sections.colour_counts(contents):
            words = [(f" {count.lead}", False), (count.names, True), (count.rest, False)]
            paper.chip_line(count.look, [(text, bold) for text, bold in words if text])
        for other in sections.other_counts(contents):
            paper.bullet((other, False))
    paper.heading("Every indicator", 2)
    paper.table(contents)
    for heading, claims, otherwise in sections.standing(contents):
        paper.heading(heading, 2)
        for claim in claims:
            paper.bullet((claim.row.short_title, True), (f": {claim.sentence}", False))
        if not claims:
            paper.text((otherwise, False))
    if asked := sections.asked(contents):
        paper.heading("Questions to ask", 2)
        for question, code in asked:
            paper.bullet((f"{question} ({code})", False))
    paper.heading("Notes and source", 2)
    command = sections.full_page_command(contents)
    for text in (
        " ".join(sections.notes(contents)),
        f"{sections.source_text(contents)} Full page, with reasons: {command}".strip(),
        ". ".join(f"{name}: {value}" for name, value in provenance.items()) + ".",
    ):
        if text:
            paper.text((text, False))
    return _packed(paper.saved())


def untouched(content: bytes) -> bool:
    """Whether a file is one of `document`, as it was written: nobody has edited it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            mark = _mark(archive)
            return archive.comment == mark and content.endswith(mark)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError):
        return False


def _mark(archive: zipfile.ZipFile) -> bytes:
    digest = hashlib.sha256()
    for entry in archive.infolist():
        digest.update(f"{entry.filename}\0{entry.file_size}\0{entry.CRC:08x}\n".encode())
    return MARK + digest.hexdigest().encode()


def _packed(content: bytes) -> bytes:
    """The same parts, each with the same date, and the mark."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(packed, "w") as archive:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on every system
            archive.writestr(entry, parts.read(name))
        archive.comment = _mark(archive)
    return packed.getvalue()


def _plain(text: str) -> str:
    """Without what no XML can hold, and without tabs and breaks, which would be more than text."""
    return "".join(character if character.isprintable() else " " for character in text)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A document being written.

    Attributes:
        whole: of python-docx.
        library: python-docx.
        colours: role -> colour, as #rrggbb.
    """

    whole: Any
    library: Any
    colours: Mapping[str, str]

    @classmethod
    def new(cls, title: str, colours: Mapping[str, str]) -> _Paper:
        """An empty document on A4, in one font, with its properties."""
        import docx

        whole = docx.Document()
        package = whole.part.package
        for key, relation in list(package.rels.items()):
            if relation.reltype.endswith(_FOREIGN):
                del package.rels[key]
        for key, relation in list(whole.part.rels.items()):
            if relation.reltype.endswith(_FOREIGN):
                del whole.part.rels[key]
        properties = whole.core_properties
        properties.title, properties.subject = _plain(title)[:255], SUBJECT
        properties.language, properties.author = LANGUAGE, "bench"
        properties.last_modified_by, properties.comments = "bench", ""
        properties.created = properties.modified = EPOCH
        paper = cls(whole, docx, colours)
        paper._page()
        return paper

    def _page(self) -> None:
        """A4, the font and the language of every style."""
        mm, pt = self.library.shared.Mm, self.library.shared.Pt
        (section,) = self.whole.sections
        section.page_width, section.page_height = mm(210), mm(297)
        section.left_margin = section.right_margin = mm(MARGIN_MM)
        section.top_margin = section.bottom_margin = mm(MARGIN_MM)
        for name, size in (
            *(("Normal", 10), ("List Bullet", 10), ("Table Grid", 8)),
            *(("Heading 1", 16), ("Heading 2", 12)),
        ):
            style = self.whole.styles[name]
            style.font.name, style.font.size = FONT, pt(size)
            style.font.color.rgb = self._rgb("ink")
            fonts = style.element.rPr.rFonts
            for key in list(fonts.attrib):
                if "Theme" in key:
                    del fonts.attrib[key]
            fonts.set(self._name("w:cs"), FONT)
            if name != "Table Grid":
                style.paragraph_format.space_after = pt(3)
        for language in self.whole.styles.element.iter(self._name("w:lang")):
            language.set(self._name("w:val"), LANGUAGE)

    def heading(self, text: str, level: int) -> None:
        """A real heading."""
        self.whole.add_heading(_plain(text), level)

    def text(self, *runs: tuple[str, bool]) -> None:
        """A paragraph of texts, each bold or not."""
        self._fill(self.whole.add_paragraph(), runs)

    def bullet(self, *runs: tuple[str, bool]) -> None:
        """An item of a list."""
        self._fill(self.whole.add_paragraph(style="List Bullet"), runs)

    def chip_line(self, look: Look, runs: Sequence[tuple[str, bool]]) -> None:
        """An item that begins with the chip of a colour."""
        paragraph = self.whole.add_paragraph(style="List Bullet")
        fill, ink = self._chip_colours(look)
        run = paragraph.add_run(_plain(f"{look.symbol} {look.word}"))
        run.bold, run.font.color.rgb = True, self._colour(ink)
        run._r.get_or_add_rPr().append(self._shade(fill))
        first, *rest = runs
        self._fill(paragraph, [first, *((f" {text}", bold) for text, bold in rest)])

    def _fill(self, paragraph: Any, runs: Sequence[tuple[str, bool]]) -> None:
        for text, bold in runs:
            paragraph.add_run(_plain(text)).bold = bold

    def table(self, contents: Contents) -> None:
        """Every indicator in one row, beneath a header that each page repeats."""
        data = sections.table_data(contents)
        heads = ["Indicator", "Council", "Peers", "England", "Against peers", "Against England"]
        widths = [FIGURE_MM] * 3 + [VERDICT_MM] * 2
        if data.since:
            heads.append(f"Since {data.since}" + f" (§ {data.otherwise})" * bool(data.otherwise))
            widths.append(CHANGE_MM)
        widths.insert(0, WIDTH_MM - sum(widths))
        columns = len(heads)
        table = self.whole.add_table(rows=len(data.lines) + 1, cols=columns, style="Table Grid")
        # Cells asked for row by row would be counted from the first one each time.
        every = table._cells
        rows = [every[at : at + columns] for at in range(0, len(every), columns)]
        table.autofit = False
        self._describe(table, f"Every indicator of {contents.council}, {contents.year}")
        for cell, head in zip(rows[0], heads, strict=True):
            self._cell(cell, head, bold=True)
        for line, cells in zip(data.lines, rows[1:], strict=True):
            # The last text is of the change, for which there may be no column.
            for cell, text in zip((*cells[:4], *cells[6:]), self._texts(line), strict=False):
                self._cell(cell, text)
            for cell, (look, hinges) in zip(cells[4:6], line.verdicts, strict=True):
                self._verdict(cell, look, hinges=hinges)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self.library.shared.Mm(width)  # programs differ in which they heed
        for cells in rows:
            self._shape(cells, widths)
        for row in table.rows:
            self._row_property(row, "w:cantSplit")
        self._row_property(table.rows[0], "w:tblHeader")

    def _shape(self, cells: Sequence[Any], widths: Sequence[int]) -> None:
        """The widths of a row's cells, in millimetres; its figures stand to the right."""
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            cell.width = self.library.shared.Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = 0
            if 1 <= number <= 3:
                paragraph.alignment = self.library.enum.text.WD_ALIGN_PARAGRAPH.RIGHT

    def _texts(self, line: TableLine) -> list[str]:
        """What stands in the cells of a row, but for the verdicts."""
        row = line.row
        unit = f", {line.unit}" if line.unit else ""
        title = f"{row.coded_title}{'‡' * line.questioned}{unit}"
        change = line.change
        way = f"{change.arrow} {change.meaning}{'§' * change.otherwise}" if change else ""
        value = line.missing if line.value is None else line.value
        return [title, value, *line.benchmarks, way]

    def _verdict(self, cell: Any, look: Look, *, hinges: bool) -> None:
        """A verdict in words, in the colours of its chip."""
        fill, ink = self._chip_colours(look)
        marks = "*" * bool(look.note) + "†" * hinges
        run = self._cell(cell, f"{look.symbol} {look.label}{marks}", bold=look.weight == "solid")
        run.font.color.rgb = self._colour(ink)
        if fill:
            cell._tc.get_or_add_tcPr().append(self._shade(fill))
        if look.weight == "outlined":
            run._r.get_or_add_rPr().append(self._outline(self.colours[f"{look.tone}_mark"]))

    def _cell(self, cell: Any, text: str, *, bold: bool = False) -> Any:
        run = cell.paragraphs[0].add_run(_plain(text))
        run.bold, run.font.size = bold, self.library.shared.Pt(8)
        return run

    def _chip_colours(self, look: Look) -> tuple[str, str]:
        """Ground, "" for none, and ink of a verdict."""
        if look.weight == "solid":
            return self.colours[f"{look.tone}_solid"], self.colours[f"{look.tone}_on"]
        if look.tone == "none":
            return "", self.colours["ink"]
        ground = self.colours[f"{look.tone}_fill"] if look.weight == "tinted" else ""
        return ground, self.colours[f"{look.tone}_ink"]

    def _describe(self, table: Any, text: str) -> None:
        """What a screen reader says of a table."""
        for tag in ("w:tblCaption", "w:tblDescription"):
            table._tbl.tblPr.append(self._element(tag, val=_plain(text)))

    def _row_property(self, row: Any, tag: str) -> None:
        row._tr.get_or_add_trPr().append(self._element(tag))

    def _shade(self, colour: str) -> Any:
        return self._element("w:shd", val="clear", color="auto", fill=colour.lstrip("#"))

    def _outline(self, colour: str) -> Any:
        return self._element("w:bdr", val="single", sz="8", space="0", color=colour.lstrip("#"))

    def _element(self, tag: str, **attributes: str) -> Any:
        element = self.library.oxml.OxmlElement(tag)
        for name, value in attributes.items():
            element.set(self._name(f"w:{name}"), value)
        return element

    def _name(self, tag: str) -> str:
        return str(self.library.oxml.ns.qn(tag))

    def _rgb(self, role: str) -> Any:
        return self._colour(self.colours[role])

    def _colour(self, colour: str) -> Any:
        return self.library.shared.RGBColor.from_string(colour.lstrip("#").upper())

    def saved(self) -> bytes:
        """The document as python-docx writes it, with the time in it."""
        content = io.BytesIO()
        self.whole.save(content)
        return content.getvalue()
