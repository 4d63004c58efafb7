"""Small files in the shapes of the published ones, and an oracle that reads them plainly.

A shape is rows of text; `content` writes them as the file that a publisher would give. Figures
are made by hand, or cut from the publisher's files where these are at hand.
"""

import csv
import io
import zipfile
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

import openpyxl
import xlwt

from bench.published.readers.cells import Status

WORDS_OF_FIELDS = {
    "outcome": "value",
    "numerator": "numerator",
    "denominator": "denominator",
    "base": "respondents",
    "margin of error": "margin",
    "number of respondents": "respondents",
}


class RefusedError(Exception):
    """What the oracle says of a table that has no right reading."""


@dataclass(frozen=True)
class Shape:
    """A table as rows of text, the container it comes in and the layout that reads it."""

    name: str
    layout: str
    year: str
    file: str
    rows: tuple[tuple[str, ...], ...]
    header: int = 0
    encoding: str = "cp1252"
    sheet: str = ""
    symbols: dict = field(default_factory=dict)

    def with_rows(self, rows, header=None):
        return replace(
            self,
            rows=tuple(tuple(row) for row in rows),
            header=self.header if header is None else header,
        )

    def content(self):
        if self.file.endswith(".xlsx"):
            return xlsx(self.sheet, self.rows)
        if self.file.endswith(".ods"):
            return ods(self.sheet, self.rows)
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(self.rows)
        return text.getvalue().encode(self.encoding, errors="replace")


def typed(cell):
    """A number where a spreadsheet would have one."""
    try:
        plain = cell.isascii() and cell.lower() not in ("", "nan", "inf", "infinity", "1e400")
        return float(cell) if plain else cell
    except ValueError:
        return cell


def xlsx(sheet, rows):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append([None if cell == "" else typed(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(sheet, rows):
    """The binary workbook that tables before 2014 were published as."""
    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(number, column, typed(cell))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(sheet, rows):
    """The least that makes an OpenDocument spreadsheet."""

    def cell_of(cell):
        if cell == "":
            return "<table:table-cell/>"
        if cell.startswith("="):
            return f'<table:table-cell table:formula="of:{escape(cell)}"/>'
        value = typed(cell)
        if isinstance(value, float):
            return (
                f'<table:table-cell office:value-type="float" office:value="{cell}">'
                f"<text:p>{cell}</text:p></table:table-cell>"
            )
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(cell)}</text:p></table:table-cell>"
        )

    body = "".join(
        f"<table:table-row>{''.join(map(cell_of, row))}</table:table-row>" for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(sheet)}">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
            f'xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path="content.xml" '
            'manifest:media-type="text/xml"/></manifest:manifest>',
        )
    return out.getvalue()


# --- shapes made by hand ------------------------------------------------------------------------

SPACED = (
    "Geographical Code", "Geographical Description", "Geographical Level", "ONS Area Code",
    "ASCOF Measure Code", "Disaggregation Level", "Measure Type", "Measure Value", "Measure Group",
    "Measure Group Description",
)  # fmt: skip
RUN_TOGETHER = (
    "GeographicalCode", "GeographicalLevel", "ONSAreaCode", "ASCOFMeasureCode",
    "DisaggregationLevel", "MeasureType", "MeasureValue", "MeasureGroup", "MeasureGroupDescription",
)  # fmt: skip
AREAS = (
    ("1001", "England", "England", "E92000001"),
    ("", "South West", "Region", "E12000009"),
    ("905", "Somerset", "Council", "E10000027"),
    ("209", "Leeds", "Council", "E08000035"),
)
CASSR = {"Somerset": "905", "Leeds": "211", "Barnet": "717"}
CONTROL = "The proportion of people who use services who have control over their daily life"


def _long(header, cassr, areas, *, year_2014=False, ons="ONS Area Code"):
    rows = []
    for short, name, level, code in areas:
        for measure, group, title, splits in (
            ("1B", "1B", CONTROL, (("Total", "77.6", "5210"), ("Female", "76.1", "2870"))),
            ("1A", "1A", "Social care-related quality of life score", (("Total", "19.2", "9100"),)),
        ):
            for split, outcome, weight in splits:
                code_of = measure + ("F" if split == "Female" else "")
                types = [("Outcome", outcome), ("Numerator", weight), ("Base", "410")]
                types += [] if year_2014 else [("Margin Of Error", "3.1")]
                for kind, printed in types:
                    cells = {
                        "code": short, "name": name, "level": level, "ons": code,
                        "measure": code_of, "split": split, "kind": kind, "printed": printed,
                        "group": group, "title": title,
                    }  # fmt: skip
                    order = [
                        "code",
                        "name",
                        "level",
                        "ons",
                        "measure",
                        "split",
                        "kind",
                        "printed",
                        "group",
                        "title",
                    ]
                    if year_2014:
                        order.remove("level")
                    rows.append(tuple(cells[name] for name in order))
    return (header, *rows)


NOT_AVAILABLE, SUPPRESSED = Status.NOT_AVAILABLE.value, Status.SUPPRESSED.value
NOT_APPLICABLE = Status.NOT_APPLICABLE.value


def by_hand(cassr_of):
    """The four shapes, with the CASSR codes of the register."""
    areas = tuple(
        (cassr_of.get(name, short), name, level, code) for short, name, level, code in AREAS
    )
    early = tuple((c or "3007", n, lv, o) for c, n, lv, o in areas)
    later = tuple(("England" if n == "England" else c or "SW", n, lv, o) for c, n, lv, o in areas)
    header_2020 = tuple("ONS Code" if name == "ONS Area Code" else name for name in SPACED)
    wide = [
        ["Table 3a: control over daily life, England, 2023 to 2024"],
        ["This worksheet contains one table."],
        ["Local authority code", "Local authority", "ONS area code",
         "2022 to 2023 - outcome", "2022 to 2023 - margin of error",
         "2023 to 2024 - outcome", "2023 to 2024 - number of respondents"],
    ]  # fmt: skip
    wide += [
        ["England", "England", "E92000001", "77.2", "0.4", "77.6", "58000"],
        [cassr_of["Leeds"], "Leeds", "E08000035", "75.5", "4.1", "[x]", "[x]"],
        [cassr_of["Barnet"], "Barnet", "E09000003", "71.4", "4.4", "70.9", "390"],
    ]
    # NI 130 of 2010-11: the percentages of England, the regions and two councils are as quoted.
    ni_130 = [
        ["NI 130 Social care clients receiving self-directed support", "", "", ""],
        ["Per cent, 2010-11", "", "", ""],
        ["Local authority", "Numerator", "Denominator", "NI 130 (%)"],
        ["England", "", "", "29.2"],
        ["Somerset", "640", "16000", "4"],
        ["Manchester", "7100", "10000", "71"],
        ["South West", "", "", "18.3"],
        ["North West", "", "", "35"],
        ["Leeds", "[c]", "[c]", "[c]"],
    ]
    width = len(wide[2])
    wide = [row + [""] * (width - len(row)) for row in wide]
    return {
        "ni_130": Shape(
            "ni_130", "ni_130", "2010-11", "figures.csv", tuple(map(tuple, ni_130)), header=2,
            symbols={"": NOT_AVAILABLE, "[c]": SUPPRESSED},
        ),
        "csv_2014": Shape(
            "csv_2014", "ascof_csv_2014", "2014-15", "figures.csv",
            _long(RUN_TOGETHER, cassr_of, early, year_2014=True), encoding="ascii",
            symbols={"": NOT_AVAILABLE, " ": NOT_AVAILABLE},
        ),
        "csv_2016": Shape(
            "csv_2016", "ascof_csv_2016", "2018-19", "figures.csv",
            _long(SPACED, cassr_of, later),
            symbols={"": NOT_AVAILABLE, ":": NOT_AVAILABLE, "c": SUPPRESSED},
        ),
        "workbook_2020": Shape(
            "workbook_2020", "ascof_workbook_2020", "2020-21", "figures.xlsx",
            _long(header_2020, cassr_of, later), sheet="in",
            symbols={"[x]": NOT_AVAILABLE, "[c]": SUPPRESSED},
        ),
        "time_series": Shape(
            "time_series", "ascof_time_series_2024", "2024-25", "figures.ods", tuple(map(tuple, wide)),
            header=2, sheet="Table_3a",
            symbols={"[x]": NOT_AVAILABLE, "[c]": SUPPRESSED, "[z]": NOT_APPLICABLE, ":": NOT_AVAILABLE},
        ),
    }  # fmt: skip


# --- the oracle ---------------------------------------------------------------------------------


def number(shape, printed):
    """A value and a status for a printed cell, in the plainest way.

    Raises:
        RefusedError: It is neither a number nor a symbol of the layout.
    """
    if printed in shape.symbols:
        return None, shape.symbols[printed]
    bare = printed.replace(",", "")
    if not bare.replace(".", "", 1).replace("-", "", 1).isdigit() or len(bare) > 300:
        raise RefusedError(printed)
    return float(bare), "observed"


def expected(shape, key_of):
    """What a right reading gives: {key: {field: value, "status": status}}.

    Args:
        shape: The table, perhaps damaged, its headings as they were.
        key_of: The key that a row's or cell's labels stand for.
    """
    header = shape.rows[shape.header]
    figures = {}
    for row in shape.rows[shape.header + 1 :]:
        if shape.name == "ni_130" and sum(map(bool, row)) < 2:
            continue  # a note beneath the table, or what is left of a row
        if len(row) != len(header):
            raise RefusedError("a short row")
        cells = dict(zip(header, row, strict=True))
        for key, measure, printed in key_of(shape, cells):
            figure = figures.setdefault(key, {})
            if measure in figure:
                raise RefusedError("the same figure twice")
            figure[measure], status = number(shape, printed)
            if measure == "value":
                figure["status"] = status
            if measure in ("value", "margin") and figure[measure] is not None:
                shown = printed.partition(".")[2]
                if len(shown) > 1 and figure[measure] != round(figure[measure], 1):
                    raise RefusedError("more decimals than are published")
            if measure != "value" and (figure[measure] or 0) < 0:
                raise RefusedError("a negative count")
    if not figures:
        raise RefusedError("no figures")
    if any("value" not in figure for figure in figures.values()):
        raise RefusedError("a count without an outcome")
    return figures
