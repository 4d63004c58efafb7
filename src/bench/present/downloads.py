"""The files that go with a page, and the links to them.

Enters: sheets. Leaves: files with their bytes, and HTML that carries them as `data:` links, so that
a notebook, and a page sent by e-mail, need nothing beside them.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.present.html import Fragment, fill
from bench.present.sheet import csv_bytes, xlsx_bytes
from bench.present.theme import check_palette

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.present.sheet import Sheet

_TYPES: Final = {
    "CSV": "text/csv;charset=utf-8",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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


def downloads(
    identifier: str, *, indicators: Sheet, peers: Sheet, years: Sheet, notes: Sheet
) -> dict[str, Download]:
    """The files of a page: by sheet as CSV, and all of them as one workbook.

    Returns:
        Files under "indicators", "peers", "years" and "workbook".
    """
    workbook = xlsx_bytes((indicators, peers, years, notes))
    return {
        "indicators": Download(
            f"{identifier}.csv", "Every indicator", "CSV", csv_bytes(indicators)
        ),
        "peers": Download(
            f"{identifier}-peers.csv", "Every peer's figure", "CSV", csv_bytes(peers)
        ),
        "years": Download(f"{identifier}-years.csv", "Every year", "CSV", csv_bytes(years)),
        "workbook": Download(f"{identifier}.xlsx", "All as a workbook", "XLSX", workbook),
    }


def of_councils(
    identifier: str, sheet: Sheet, notes: Sheet, *, label: str = "Every council"
) -> list[Download]:
    """One table of every council: as CSV, and with its notes as a workbook."""
    workbook = xlsx_bytes((sheet, notes))
    return [
        Download(f"{identifier}.csv", label, "CSV", csv_bytes(sheet)),
        Download(f"{identifier}.xlsx", f"{label}, with notes", "XLSX", workbook),
    ]


def of_tables(
    identifier: str, tables: Mapping[str, tuple[str, Sheet]], notes: Sheet
) -> dict[str, Download]:
    """Several tables: each as CSV under its own name, and all with their notes as a workbook.

    Args:
        identifier: the page's; the first table's file is called after it alone.
        tables: name -> what it is called, and the table.
        notes: method, sources and parameters.

    Returns:
        The files by the names of the tables, last "workbook".
    """
    found = {
        name: Download(
            f"{identifier}{f'-{name}' if at else ''}.csv", label, "CSV", csv_bytes(sheet)
        )
        for at, (name, (label, sheet)) in enumerate(tables.items())
    }
    workbook = xlsx_bytes((*(sheet for _, sheet in tables.values()), notes))
    found["workbook"] = Download(f"{identifier}.xlsx", "All as a workbook", "XLSX", workbook)
    return found


def of_findings(identifier: str, sheet: Sheet, notes: Sheet) -> list[Download]:
    """All findings of a page: as CSV, and with notes as a workbook."""
    return [
        Download(f"{identifier}.csv", "Every finding", "CSV", csv_bytes(sheet)),
        Download(
            f"{identifier}.xlsx", "Every finding, with notes", "XLSX", xlsx_bytes((sheet, notes))
        ),
    ]


def of_peers(identifier: str, peers: Sheet, features: Sheet, notes: Sheet) -> list[Download]:
    """A council's peers, and every feature of each: as CSV, and with notes as a workbook."""
    workbook = xlsx_bytes((peers, features, notes))
    return [
        Download(f"{identifier}.csv", "Every peer", "CSV", csv_bytes(peers)),
        Download(f"{identifier}-features.csv", "Every feature of each", "CSV", csv_bytes(features)),
        Download(f"{identifier}.xlsx", "All as a workbook", "XLSX", workbook),
    ]


def list_of(files: Sequence[Download], *, palette: str = "rag") -> Fragment:
    """The page's section of downloads, which carries the files themselves."""
    return fill("page/downloads.html.j2", files=files, palette=check_palette(palette))


def links(files: Sequence[Download]) -> Fragment:
    """Links to stand beside a table; they lead to the section of downloads.

    Where the files are written beside the page, `bench.publish.html` makes them lead there.
    """
    return fill("tables/files.html.j2", files=files)
