"""A workbook as ODS, the format of the publisher's own files: the same sheets as its XLSX.

The parts are written as text, since a library that builds each cell as an element takes some
twenty times as long; tests read them back by such a library.
"""

from __future__ import annotations

import functools
import io
import re
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from bench.present.workbook import EPOCH, LANGUAGE, letters
from bench.project import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.present.sheet import Cell
    from bench.present.workbook import Spreadsheet, SpreadsheetPage

_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES: Final = re.compile(r"^ |  +| $|\t")
_ASIDE: Final = (
    '<style:table-cell-properties fo:padding-right="0.3cm"/>'
    '<style:paragraph-properties fo:text-align="end"/>'
)
_CHARACTER: Final = 0.19  # centimetres
_OF: Final = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES: Final = {
    "office": f"{_OF}:office:1.0",
    "style": f"{_OF}:style:1.0",
    "text": f"{_OF}:text:1.0",
    "table": f"{_OF}:table:1.0",
    "fo": f"{_OF}:xsl-fo-compatible:1.0",
    "number": f"{_OF}:datastyle:1.0",
    "meta": f"{_OF}:meta:1.0",
    "manifest": f"{_OF}:manifest:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
}
_NAMESPACES: Final = " ".join(f'xmlns:{name}="{address}"' for name, address in _NAMES.items())
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LANGUAGE, _COUNTRY = LANGUAGE.split("-")


def _cell_style(name: str, wrap: str, text: str = "") -> str:
    """A cell's style under a name that a program shows, aligned to the top."""
    shown = f'style:display-name="{name}"'
    properties = f"<style:text-properties {text}/>" if text else ""
    return (
        f'<style:style style:name="{name.replace(" ", "_20_")}" {shown} style:family="table-cell">'
        f'<style:table-cell-properties style:vertical-align="top" fo:padding="0.08cm" '
        f'fo:wrap-option="{wrap}"/>'
        f"{properties}</style:style>"
    )


def _page_layout(name: str, width: str, height: str) -> str:
    """Paper without header or footer, on which a sheet is as wide as a side."""
    off = "<style:header-style/><style:footer-style/>"
    return (
        f'<style:page-layout style:name="{name}-layout"><style:page-layout-properties '
        f'fo:page-width="{width}" fo:page-height="{height}" style:print-orientation="{name}" '
        f'style:scale-to-X="1" style:scale-to-Y="0"/>{off}</style:page-layout>'
    )


_PAPER: Final = {"portrait": ("21cm", "29.7cm"), "landscape": ("29.7cm", "21cm")}
_STYLES: Final = "".join(
    (
        f'{_XML}<office:document-styles {_NAMESPACES} office:version="1.3"><office:styles>',
        '<style:default-style style:family="table-cell"><style:text-properties '
        f'fo:language="{_LANGUAGE}" fo:country="{_COUNTRY}" fo:font-family="Arial" '
        'fo:font-size="11pt"/></style:default-style>',
        _cell_style("Default", "wrap"),
        _cell_style("Line", "no-wrap"),
        _cell_style("Heading 1", "no-wrap", 'fo:font-size="16pt" fo:font-weight="bold"'),
        _cell_style("Heading 2", "wrap", 'fo:font-size="13pt" fo:font-weight="bold"'),
        _cell_style("Table heading", "wrap", 'fo:font-weight="bold"'),
        "</office:styles><office:automatic-styles>",
        *(_page_layout(name, *size) for name, size in _PAPER.items()),
        "</office:automatic-styles><office:master-styles>",
        *(
            f'<style:master-page style:name="{name}" style:page-layout-name="{name}-layout"/>'
            for name in _PAPER
        ),
        "</office:master-styles></office:document-styles>",
    )
)
_PARTS: Final = ("content.xml", "styles.xml", "meta.xml")
_MANIFEST: Final = (
    f'{_XML}<manifest:manifest {_NAMESPACES} manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
    f'manifest:media-type="{_TYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{part}" manifest:media-type="text/xml"/>'
        for part in _PARTS
    )
    + "</manifest:manifest>"
)


def ods_bytes(book: Spreadsheet) -> bytes:
    """The workbook; the same every time."""
    content = io.BytesIO()
    parts = dict(zip(_PARTS, (_content(book.pages), _STYLES, _meta(book)), strict=True))
    with zipfile.ZipFile(content, "w") as archive:
        # The kind of file comes first and plain, so that it can be told without unpacking.
        archive.writestr(_member("mimetype"), _TYPE, zipfile.ZIP_STORED)
        for name, text in (("META-INF/manifest.xml", _MANIFEST), *parts.items()):
            archive.writestr(_member(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, EPOCH.timetuple()[:6])


def _meta(book: Spreadsheet) -> str:
    when = book.dated.isoformat()
    further = "".join(
        f"<meta:user-defined meta:name={quoteattr(name)}>{escape(value)}</meta:user-defined>"
        for name, value in book.properties.items()
    )
    keywords = "".join(f"<meta:keyword>{escape(word)}</meta:keyword>" for word in book.keywords)
    return (
        f'{_XML}<office:document-meta {_NAMESPACES} office:version="1.3"><office:meta>'
        f"<meta:generator>bench/{__version__}</meta:generator>"
        f"<dc:title>{escape(book.title)}</dc:title>"
        f"<dc:description>{escape(book.description)}</dc:description>"
        f"<dc:subject>{escape(book.subject)}</dc:subject>{keywords}"
        f"<meta:initial-creator>bench</meta:initial-creator><dc:creator>bench</dc:creator>"
        f"<meta:creation-date>{when}</meta:creation-date><dc:date>{when}</dc:date>"
        f"<dc:language>{LANGUAGE}</dc:language>{further}</office:meta></office:document-meta>"
    )


def _content(pages: Sequence[SpreadsheetPage]) -> str:
    widths = sorted({width for page in pages for width in page.widths})
    numbers = {
        str(cell)
        for page in pages
        if page.table
        for row in page.table.rows
        for cell in row
        if not isinstance(cell, str)
    }
    decimals = sorted({_decimals(Decimal(number)) for number in numbers})
    return "".join(
        (
            f'{_XML}<office:document-content {_NAMESPACES} office:version="1.3">',
            "<office:automatic-styles>",
            *(_column_style(width) for width in widths),
            *(
                f'<style:style style:name="{name}-sheet" style:family="table" '
                f'style:master-page-name="{name}"/>'
                for name in _PAPER
            ),
            _aside("aside", "Default"),
            _aside("numbers-heading", "Table_20_heading"),
            '<style:style style:name="wrapped-title" style:family="table-cell" '
            'style:parent-style-name="Heading_20_1"><style:table-cell-properties '
            'fo:wrap-option="wrap"/></style:style>',
            '<style:style style:name="row" style:family="table-row">'
            '<style:table-row-properties style:use-optimal-row-height="true"/></style:style>',
            *(_number_style(count) for count in decimals),
            "</office:automatic-styles><office:body><office:spreadsheet>",
            *(_sheet(page) for page in pages),
            "<table:database-ranges>",
            *(_range(page) for page in pages if page.table),
            "</table:database-ranges></office:spreadsheet></office:body>",
            "</office:document-content>",
        )
    )


def _aside(name: str, parent: str) -> str:
    """A text in a column of numbers stands as they do, to the right."""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" '
        f'style:parent-style-name="{parent}">{_ASIDE}</style:style>'
    )


def _column_style(width: int) -> str:
    return (
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _CHARACTER:.2f}cm"/>'
        "</style:style>"
    )


def _number_style(decimals: int) -> str:
    return (
        f'<number:number-style style:name="number{decimals}"><number:number '
        f'number:decimal-places="{decimals}" number:min-decimal-places="{decimals}" '
        'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
        f'<style:style style:name="n{decimals}" style:family="table-cell" '
        f'style:parent-style-name="Default" style:data-style-name="number{decimals}">'
        f"{_ASIDE}</style:style>"
    )


def _sheet(page: SpreadsheetPage) -> str:
    style = "landscape" if page.table else "portrait"
    parts = [f'<table:table table:name={quoteattr(page.name)} table:style-name="{style}-sheet">']
    parts += [f'<table:table-column table:style-name="w{width}"/>' for width in page.widths]
    plain, title = ("Line", "Heading_20_1") if page.table else ("Default", "wrapped-title")
    parts.append(_row([_text(page.title, title)]))
    for line in page.lines:
        parts.append(_row([_text(line.text, "Heading_20_2" if line.heading else plain)]))
    if page.table is not None:
        heads = (
            _text(heading, "numbers-heading" if numeric else "Table_20_heading")
            for heading, numeric in zip(page.table.columns, page.numeric, strict=True)
        )
        parts.append(f"<table:table-header-rows>{_row(heads)}</table:table-header-rows>")
        styles = ["aside" if numeric else "Default" for numeric in page.numeric]
        for first, *others in page.table.rows:
            cells = [_leading(str(first)) if page.leads else _cell(first, styles[0])]
            parts.append(_row([*cells, *map(_cell, others, styles[1:])]))
    parts.append("</table:table>")
    return "".join(parts)


def _row(cells: Iterable[str]) -> str:
    return f'<table:table-row table:style-name="row">{"".join(cells)}</table:table-row>'


def _cell(cell: Cell, style: str) -> str:
    """A cell of a table; the style is a text's."""
    return _text(cell, style) if isinstance(cell, str) else _number(str(cell))


# Most of what a workbook holds stands in many of its cells.
@functools.lru_cache(4096)
def _number(number: str) -> str:
    """A cell of a number, from its digits."""
    value = Decimal(number)
    return (
        f'<table:table-cell table:style-name="n{_decimals(value)}" office:value-type="float" '
        f'office:value="{number}"><text:p>{value:,}</text:p></table:table-cell>'
    )


@functools.lru_cache(4096)
def _text(text: str, style: str) -> str:
    """A cell of text: nothing in it is ever a formula."""
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"{_paragraphs(text)}</table:table-cell>"
    )


def _leading(name: str) -> str:
    """A cell that leads to the sheet that it names."""
    address = quoteattr(f"#'{name}'.A1")
    return (
        '<table:table-cell table:style-name="Default" office:value-type="string"><text:p>'
        f'<text:a xlink:type="simple" xlink:href={address}>{escape(name)}</text:a>'
        "</text:p></table:table-cell>"
    )


def _paragraphs(text: str) -> str:
    return "".join(
        f"<text:p>{_SPACES.sub(_spaced, escape(line))}</text:p>" for line in text.split("\n")
    )


def _spaced(match: re.Match[str]) -> str:
    """White space that a reader of XML would take for a single space."""
    return "<text:tab/>" if match[0] == "\t" else f'<text:s text:c="{len(match[0])}"/>'


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _range(page: SpreadsheetPage) -> str:
    """The table, marked up under its name."""
    table = page.table
    if table is None:
        return ""
    last = f"{letters(len(table.columns))}{page.header + 1 + len(table.rows)}"
    address = quoteattr(f"'{page.name}'.A{page.header + 1}:'{page.name}'.{last}")
    return (
        f"<table:database-range table:name={quoteattr(page.table_name)} "
        f'table:target-range-address={address} table:contains-header="true"/>'
    )
