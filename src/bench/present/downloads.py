"""The files that go with a page, and the links to them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.present.html import Section, fill, markup
from bench.present.ods import ods_bytes
from bench.present.sheet import csv_bytes
from bench.present.workbook import compose
from bench.present.xlsx import xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from bench.present.provenance import Imprint
    from bench.present.sheet import Sheet

_TYPES: Final = {
    "CSV": "text/csv;charset=utf-8",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ODS": "application/vnd.oasis.opendocument.spreadsheet",
}


@dataclass(frozen=True)
class Download:
    """One file: its name beside the page, what it is called, its kind and its bytes."""

    name: str
    label: str
    kind: str
    content: bytes

    @property
    def address(self) -> str:
        """The file as an address that holds it."""
        return f"data:{_TYPES[self.kind]};base64,{b64encode(self.content).decode()}"

    @property
    def size(self) -> str:
        """How large it is, for a reader who pays for what is fetched."""
        return f"{max(1, round(len(self.content) / 1000))} kB"


def bundle(
    identifier: str,
    tables: Mapping[str, tuple[str, Sheet]],
    imprint: Imprint,
    *,
    title: str,
    scope: str,
    whole: str = "All as a workbook",
    mark: str = "",
) -> dict[str, Download]:
    """The files of a page: each table as CSV under its own name, and all as a workbook.

    Args:
        identifier: the page's; the first table's file is called after it alone.
        tables: name -> what it is called, and the table.
        imprint: method, sources and parameters, which the workbook holds too.
        title: what kind of figures the workbook holds.
        scope: whose they are and of when.
        whole: what the workbook is called.
        mark: how the names of all files end.

    Returns:
        The files by the names of the tables, last "workbook" and the same as "ods".
    """
    files = {
        name: Download(
            f"{identifier}{f'-{name}' if at else ''}{mark}.csv", label, "CSV", csv_bytes(sheet)
        )
        for at, (name, (label, sheet)) in enumerate(tables.items())
    }
    book = compose(list(tables.values()), imprint, title=title, scope=scope)
    stem = f"{identifier}{mark}"
    files["workbook"] = Download(f"{stem}.xlsx", whole, "XLSX", xlsx_bytes(book))
    files["ods"] = Download(f"{stem}.ods", whole, "ODS", ods_bytes(book))
    return files


def list_of(files: Sequence[Download]) -> Section:
    """The page's section of downloads, which carries the files themselves."""
    return fill("page/downloads.html.j2", files=files)


def links(files: Sequence[Download]) -> Markup:
    """Links to stand beside a table; they lead to the section of downloads.

    Where the files are written beside the page, `bench.publish.html` makes them lead there.
    """
    return markup("tables/files.html.j2", files=files)
