"""What a workbook's archive holds, looked at before anything parses it.

Enters: the bytes of an XLSX or ODS file. Leaves: nothing, or a refusal: an archive that unpacks to
far more than any published table, a cell so far out that its empty neighbours would fill the
memory, or a formula that was never calculated.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from bench.errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LARGEST_GRID", "LARGEST_UNPACKED", "check"]

# The largest published workbook unpacks to 19 MB and its largest sheet has 2 million cells.
LARGEST_UNPACKED = 250_000_000
LARGEST_GRID = 20_000_000

_LOCAL_HEADER = 30
_CHUNK = 1 << 20
# A literal start keeps these fast: a sheet has hundreds of thousands of cells.
_COLUMN = re.compile(rb' r="([A-Z]{1,3})\d')
_ROW = re.compile(rb'<row [^>]*\br="(\d{1,7})"')
_CELL = re.compile(rb' r="([A-Z]{1,3}\d{1,7})"')
_UNCALCULATED = re.compile(
    rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_UNCALCULATED_ODS = re.compile(
    rb"<table:table-cell\b(?![^>]*office:value)[^>]*table:formula=[^>]*>"
)
_REPEATED = re.compile(
    rb'<table:table-(?:row|cell)\b[^>]*number-(rows|columns)-repeated="(\d{4,})"'
)
_ENDS = {b"rows": b"</table:table>", b"columns": b"</table:table-row>"}


def check(content: bytes, file: str) -> None:
    """Refuse an archive that must not be parsed; bytes of another kind pass.

    Raises:
        LayoutError: What is wrong with it, and in which part.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    room = LARGEST_UNPACKED
    for name, part in _parts(content, file):
        unpacked = bytearray()
        for chunk in part:
            room -= len(chunk)
            if room < 0:
                raise LayoutError(
                    f"{file}: {name} unpacks to more than {LARGEST_UNPACKED:,} bytes, "
                    "which no published table does.",
                    mend="fetch the file again from its publisher.",
                )
            unpacked += chunk
        if name.startswith("xl/worksheets/"):
            _check_xlsx_sheet(bytes(unpacked), f"{file}: {name}")
        elif name == "content.xml":
            _check_ods(bytes(unpacked), f"{file}: {name}")


def _parts(content: bytes, file: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each part's name and its bytes as they unpack, whatever size the archive claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise LayoutError(f"{file} cannot be opened as a workbook: {error}.") from None
    for entry in entries:
        if entry.flag_bits & 1:
            raise LayoutError(f"{file}: {entry.filename} is encrypted; expected an open workbook.")
        yield entry.filename, _unpacked(content, entry, file)


def _unpacked(content: bytes, entry: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    header = content[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = entry.header_offset + _LOCAL_HEADER + lengths
    packed = content[start : start + entry.compress_size]
    if len(header) < _LOCAL_HEADER or len(packed) < entry.compress_size:
        raise LayoutError(f"{file}: {entry.filename} is cut short.")
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise LayoutError(f"{file}: {entry.filename} is packed in a way that workbooks do not use.")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _CHUNK)
            packed = inflate.unconsumed_tail
    except zlib.error as error:
        raise LayoutError(f"{file}: {entry.filename} is damaged: {error}.") from None


def _check_xlsx_sheet(xml: bytes, where: str) -> None:
    xml = xml.replace(b"r='", b'r="') if b" r='" in xml else xml
    columns = max(map(_column_number, set(_COLUMN.findall(xml))), default=0)
    rows = max(map(int, set(_ROW.findall(xml))), default=0)
    if columns * rows > LARGEST_GRID:
        raise LayoutError(
            f"{where}: a cell stands {columns:,} columns and {rows:,} rows from the first, "
            f"expected a table of at most {LARGEST_GRID:,} cells.",
            mend="delete the stray cell in a spreadsheet program, or take the file as published.",
        )
    if b"<f" in xml and (match := _UNCALCULATED.search(xml)):
        at = _CELL.search(match[1])
        _refuse_formula(f"{where} cell {at[1].decode() if at else '?'}")


def _check_ods(xml: bytes, where: str) -> None:
    for match in _REPEATED.finditer(xml):
        end = xml.find(_ENDS[match[1]], match.end())
        rest = xml[match.end() : end if end >= 0 else len(xml)]
        if b"office:value" in rest or b"<text:p" in rest:
            raise LayoutError(
                f"{where}: a cell stands {int(match[2]):,} {match[1].decode()} from the others, "
                f"expected a table of at most {LARGEST_GRID:,} cells.",
                mend="delete the stray cell in a spreadsheet program, or take the file as "
                "published.",
            )
    if _UNCALCULATED_ODS.search(xml):
        _refuse_formula(where)


def _refuse_formula(where: str) -> None:
    raise LayoutError(
        f"{where}: found a formula without its result, expected a number.",
        mend="open the file in a spreadsheet program, let it calculate, and save it.",
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
