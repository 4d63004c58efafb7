"""The parts of a workbook that is an archive, unpacked within a limit."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from bench.errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The parts of the largest published workbook unpack to 19 MB.
LARGEST_UNPACKED = 100_000_000
_MOST_PARTS = 10_000
_CHUNK = 1 << 16


class Archive:
    """An XLSX or ODS file; only the parts that are asked for are unpacked, each once.

    Raises:
        LayoutError: The bytes are no archive, or one that no workbook is.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise LayoutError(f"cannot be opened as a workbook: {error}.") from None
        entries = self._zip.infolist()
        if len(entries) > _MOST_PARTS:
            raise LayoutError(
                f"cannot be opened as a workbook: it has {len(entries):,} parts, expected at most "
                f"{_MOST_PARTS:,}."
            )
        # Names of parts are the same in any case; some programs write them with backslashes.
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._doubled: set[str] = set()
        for entry in entries:
            key = _key(entry.filename)
            if key in self._entries:
                self._doubled.add(key)
            self._entries[key] = entry
        self._room = LARGEST_UNPACKED

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def names(self) -> Iterator[str]:
        """The parts as they are called."""
        return (entry.filename for entry in self._entries.values())

    def start(self, name: str, length: int) -> bytes:
        """The first bytes of a part."""
        return next(self._chunks(name, length), b"")

    def parse(self, name: str, **handlers: Callable[..., object]) -> None:
        """Read a part as XML.

        Args:
            name: The part.
            handlers: Functions of `xml.parsers.expat` by their names; names of elements and
                attributes come as "space name".

        Raises:
            LayoutError: There is no such part, or it is damaged, no XML, or too large.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True

        def refuse(*_: Any) -> None:
            raise LayoutError(
                f"{name} is damaged: it declares a document type, which no workbook does."
            )

        parser.StartDoctypeDeclHandler = refuse
        for handler, function in handlers.items():
            setattr(parser, handler, function)
        try:
            for chunk in self._chunks(name, _CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise LayoutError(f"{name} is damaged: {error}.") from None

    def _chunks(self, name: str, size: int) -> Iterator[bytes]:
        key = _key(name)
        entry = self._entries.get(key)
        if entry is None:
            raise LayoutError(f"cannot be opened as a workbook: it has no part {name}.")
        if key in self._doubled:
            raise LayoutError(f"cannot be opened as a workbook: it has two parts {name}.")
        if entry.flag_bits & 1:
            raise LayoutError(
                f"{name} is encrypted; expected an open workbook.",
                mend="save the workbook without a password.",
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise LayoutError(f"{name} is packed in a way that workbooks do not use.")
        try:
            with self._zip.open(entry) as part:
                while chunk := part.read(size):
                    self._room -= len(chunk)
                    if self._room < 0:
                        raise LayoutError(
                            f"{name} unpacks to more than {LARGEST_UNPACKED:,} bytes, "
                            "which no published table does.",
                            mend="fetch the file again from its publisher.",
                        )
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise LayoutError(f"{name} is damaged or cut short: {error}.") from None


def _key(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").casefold()
