"""What an export says of itself: a Frictionless data package, CSVW, a text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bench.present.glossary import USE_ADDRESS, USE_STATEMENT
from bench.project import __version__
from bench.publish.export import contract

if TYPE_CHECKING:
    from bench.publish.export.contract import ExportField, ExportTable
    from bench.publish.export.tables import Snapshot
    from bench.published.sources import Release

TITLE: Final = "English adult social care indicators of every council, each judged"
_OGL: Final = "Open Government Licence v3.0"
_OGL_ADDRESS: Final = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def json_bytes(content: object) -> bytes:
    """JSON for people to read, the same bytes for the same content."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def datapackage(snapshot: Snapshot) -> dict[str, Any]:
    """The descriptor of a tabular data package of Frictionless Data, version 1 of its rules."""
    return {
        "profile": "tabular-data-package",
        "name": "english-adult-social-care-indicators",
        "title": TITLE,
        "description": f"{USE_STATEMENT} {USE_ADDRESS}",
        "version": contract.SCHEMA_VERSION,
        "licenses": [_licence(text) for text in _licences(snapshot.releases)],
        "sources": [
            {"title": f"{one.title}. {one.publisher}, {one.published}", "path": one.landing_page}
            for one in snapshot.releases
        ],
        "resources": [_resource(table) for table in contract.TABLES],
    }


def _licences(releases: tuple[Release, ...]) -> list[str]:
    return list(dict.fromkeys(one.licence for one in releases))


def _licence(text: str) -> dict[str, str]:
    if text == _OGL:
        return {"name": "OGL-UK-3.0", "title": text, "path": _OGL_ADDRESS}
    return {"name": "other", "title": text}


def _resource(table: ExportTable) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
        "schema": {
            "fields": [_package_field(field) for field in table.fields],
            "missingValues": [""],
            "primaryKey": list(table.primary_key),
            "foreignKeys": [
                {
                    "fields": list(key.fields),
                    "reference": {
                        # A table that refers to itself is named by nothing.
                        "resource": "" if key.table == table.name else key.table,
                        "fields": list(_key_of(key.table)),
                    },
                }
                for key in table.foreign_keys
            ],
        },
    }


def _package_field(field: ExportField) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if field.needed:
        constraints["required"] = True
    if field.values:
        constraints["enum"] = list(field.values)
    if field.form:
        constraints["pattern"] = field.form.strip("^$")
    described = {"name": field.name, "type": field.kind, "description": field.description}
    return described | ({"constraints": constraints} if constraints else {})


def _key_of(name: str) -> tuple[str, ...]:
    return next(table.primary_key for table in contract.TABLES if table.name == name)


def csvw(snapshot: Snapshot) -> dict[str, Any]:
    """The metadata of CSV on the Web: a group of tables."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": TITLE,
        "dc:description": f"{USE_STATEMENT} {USE_ADDRESS}",
        "dc:license": [_licence(text).get("path", text) for text in _licences(snapshot.releases)],
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "doubleQuote": True},
        "tables": [_csvw_table(table) for table in contract.TABLES],
    }


def _csvw_table(table: ExportTable) -> dict[str, Any]:
    needed = {field.name for field in table.fields if field.needed}
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "tableSchema": {
            "columns": [_csvw_column(field) for field in table.fields],
            "primaryKey": list(table.primary_key),
            "foreignKeys": [
                {
                    "columnReference": list(key.fields),
                    "reference": {
                        "resource": f"{key.table}.csv",
                        "columnReference": list(_key_of(key.table)),
                    },
                }
                for key in table.foreign_keys
                if needed.issuperset(key.fields)  # CSVW knows no reference that may be blank
            ],
        },
    }


def _csvw_column(field: ExportField) -> dict[str, Any]:
    datatype: Any = field.kind
    if field.kind == "date":
        datatype = {"base": "date", "format": "yyyy-MM-dd"}
    elif field.values:
        datatype = {"base": "string", "format": "|".join(field.values)}
    elif field.form:
        datatype = {"base": "string", "format": field.form.strip("^$")}
    return {
        "name": field.name,
        "titles": field.name,
        "dc:description": field.description,
        "datatype": datatype,
        "null": "",
        "required": field.needed,
    }


def readme(snapshot: Snapshot) -> str:
    """README.txt: what there is, how to open it, what blanks mean, and how the schema changed."""
    tables = "\n".join(
        f"  {table.name:20} {table.title}\n{'':22} key: {', '.join(table.primary_key)}"
        for table in contract.TABLES
    )
    changes = "\n".join(f"  {version}  {words}" for version, words in contract.CHANGES)
    last = snapshot.releases[-1]
    sources = "\n".join(
        f"  {one.title}. {one.publisher}, {one.published}. {one.licence}."
        for one in snapshot.releases
    )
    return _README.format(
        title=TITLE,
        release=last.id,
        published=last.published,
        years=", ".join(map(str, snapshot.years)) or "none",
        part="Only these years were asked for.\n" if snapshot.chosen else "",
        peers=snapshot.peers,
        rule=snapshot.rules.rule,
        tables=tables,
        version=contract.SCHEMA_VERSION,
        changes=changes,
        sources=sources,
        use=f"{USE_STATEMENT} {USE_ADDRESS}",
        made_by=f"bench {__version__}",
    )


_README: Final = """\
{title}

Figures up to the release {release} ({published}). Years judged: {years}.
{part}Peers: {peers}. Rule: {rule}. Made by {made_by}; provenance.json names every release,
parameter and file with its SHA-256. Breaks, notes and registers are those of the day of the export,
whatever release the figures are of.

{use}

WHAT THERE IS
Each table is there as Parquet and as CSV, with the same rows, columns and order.

{tables}

datapackage.json (Frictionless) and csv-metadata.json (CSVW) give each column's type and meaning.

HOW TO OPEN IT
Parquet has the types in it: prefer it. Tried with DuckDB, pandas and R; not with Power BI.
  DuckDB   SELECT * FROM 'verdicts.parquet' JOIN 'indicators.parquet' USING (indicator_id);
  pandas   pandas.read_parquet("verdicts.parquet")
  R        readr::read_csv("verdicts.csv") finds numbers, dates, true and false.
           read.csv("verdicts.csv", na.strings = "") leaves dates and true and false as text, and
           calls the column next "next.".
  Power BI Get data > Parquet, one table after the other. In the model view join area_id,
           indicator_id and period, many to one: verdicts to councils, observations to areas, both
           to indicators and years. Remove any relationship that is made by itself between
           observations and verdicts: both hold figures, and neither is a look-up of the other.
  Excel    Data > From text/CSV, file origin 65001 (UTF-8). Opened by a double click, a CSV without
           a mark may show accents wrongly.

BLANKS
An empty cell is nothing, never 0. In observations and verdicts `status` says why `value` is blank;
`reason`, `change_reason` and `change_not_judged` say why something was not compared, has no change
to show, or has one that is not judged. Numbers are plain numbers in the indicator's unit (per_cent
is 0 to 100); there are no symbols, no thousands separators and no figures as text. observations
holds figures of England, regions and types beside those of councils, and groups of people beside
`all`: add nothing up before choosing one `breakdown` and one kind of area.

WHERE A FIGURE COMES FROM
In observations `release_id` names the release that printed the value, and `releases` the
publisher's file with its SHA-256. `place` is the cell of a workbook, as Table_3a!AA128, or the line
of a text file, as line 26134, counted from 1; which column of that line is `value_column` of
`releases`. `marker` is what is printed there, also where an error of the publisher's was put right
(then there is no value, or it stands with the council that it is of). Numerator, denominator,
respondents and margin have no place of their own: they stand in the same row of a workbook, or in a
line with the same labels and another measure type. Where another release printed them, beside the
same value, `supplements` names it. Verdicts, averages, ranks and trends are worked out here and
stand in no publisher's file.

VERDICTS
For each indicator with a direction: better, similar, worse, or unclear, beside the peers' average,
England's figure and the figure of the previous comparable year; higher and lower where no direction
is better. probability_... is that of what the verdict says, rounded down, and blank where the error
of the figure is not known. certainty_... is sure, probable or untested (judged by size alone,
without a margin of error); what a page calls RED for sure is worse and sure. Verdicts stand for
themselves: of many, some are due to chance. `trend` says where a figure goes over the comparable
years, beyond the usual ups and downs of the measure; no_clear_change is no proof that nothing
changed. `verdict_flags` with `flag_texts` says in words what is to be known beside a figure.

CSV
RFC 4180: comma, double quotes where needed, CR LF, one line of names, UTF-8 without a mark, dates
as 2024-04-01, true and false. A column of whole numbers alone has no decimals. As in all downloads,
a text that a spreadsheet would run as a formula begins with an apostrophe: in `marker` of
observations `-` is written `'-`. Parquet has it as printed.

SCHEMA {version}
Names, types, meaning and keys of columns stay within a version. The first number rises when a query
may break, the second when something is added.
{changes}

SOURCES
{sources}
"""
