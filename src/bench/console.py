"""What is printed: as much of it as the stream can show, and never a traceback.

A stream whose encoding lacks a symbol (a file or pipe under a Windows code page) gets the nearest
plain characters in its place; a reader that has seen enough (`| head`) ends the command quietly.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import os
import shutil
import sys
import unicodedata
from typing import Any, Final, TextIO

from bench.errors import ExecutionError

READER_GONE: Final = 141  # 128 + SIGPIPE, as a shell reports a command whose reader has gone
_NEAREST: Final = "bench.nearest"
_COLUMNS: Final = 80  # of what is no terminal
# The words of a verdict stand beside its symbol, so what stands in for it need only be distinct.
_PLAIN: Final = {
    "▲": "^",
    "△": "^",
    "●": "o",
    "▼": "v",
    "▽": "v",
    "⇧": "^",
    "⇩": "v",
    "◇": "o",
    "↑": "^",
    "↓": "v",
    "→": ">",
    "←": "<",
    "▶": ">",
    "—": "-",
    "–": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "·": "*",
    "•": "*",
    "×": "x",
    "÷": "/",
    "±": "+/-",
    "≥": ">=",
    "≤": "<=",
    "≈": "~",
    "⁄": "/",
    "£": "GBP ",
    "█": "#",
}


class _Stream(io.TextIOWrapper):
    """A standard stream that fails with a sentence, or not at all."""

    def write(self, text: str) -> int:
        """Write the text; where that fails, see `failed`."""
        try:
            return super().write(text)
        except OSError as fault:
            return self.failed(fault, len(text))

    def flush(self) -> None:
        """Hand on what was written; where that fails, see `failed`."""
        try:
            super().flush()
        except OSError as fault:
            self.failed(fault, 0)

    def failed(self, fault: OSError, written: int) -> int:
        """End the command if its output has no reader, refuse if it cannot be written.

        What is told on the standard error is dropped where nobody can hear it: the work goes on.
        """
        _discard(self)
        if self is sys.stderr:
            return written
        if isinstance(fault, BrokenPipeError):
            sys.exit(READER_GONE)
        raise ExecutionError(
            f"What was to be printed could not be written: {fault.strerror or fault}.",
            mend="make room, or send the output elsewhere.",
        ) from None


def prepare() -> None:
    """Make both standard streams ready for whatever is printed, by us or by a library.

    A stream that was closed by whoever started the command takes everything and shows nothing.
    """
    codecs.register_error(_NEAREST, _nearest)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif type(stream) is io.TextIOWrapper:
            buffered = stream.line_buffering
            encoding = stream.encoding
            setattr(sys, name, _Stream(stream.detach(), encoding, _NEAREST, None, buffered))


def say(text: object = "", *, error: bool = False) -> None:
    """Print a line to the standard output, or to the standard error."""
    print(text, file=sys.stderr if error else sys.stdout, flush=True)


def say_json(content: Any) -> None:
    """Print as JSON; what the stream cannot show is written as JSON's own escapes, unharmed."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    if not _can_show(text, sys.stdout):
        text = json.dumps(content, indent=2)
    say(text)


def say_bytes(content: bytes) -> None:
    """Write bytes of UTF-8 to the standard output as they are, such as those of a file.

    An output that takes no bytes, such as a notebook's, gets them as text.
    """
    stream = sys.stdout
    stream.flush()
    try:
        buffer = getattr(stream, "buffer", None)
        if buffer is None:
            stream.write(content.decode("utf-8"))
        else:
            buffer.write(content)
            buffer.flush()
    except OSError as fault:
        if not isinstance(stream, _Stream):
            raise
        stream.failed(fault, 0)


def width() -> int:
    """How many columns the standard output has: those of COLUMNS, else of the terminal, else 80."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    # The stream that the library would ask was put aside by `prepare`.
    return shutil.get_terminal_size((size.columns or _COLUMNS, size.lines)).columns


def shows_colour() -> bool:
    """Whether the standard output is a terminal that shows colours, and nobody asked for none.

    NO_COLOR asks for none by any value (no-color.org). A Windows console that is no Windows
    Terminal may print the codes of colours as text.
    """
    able = "WT_SESSION" in os.environ if os.name == "nt" else os.environ.get("TERM") != "dumb"
    return able and not os.environ.get("NO_COLOR") and sys.stdout.isatty()


def _nearest(fault: UnicodeError) -> tuple[str, int]:
    """An error handler of codecs: each character that cannot be shown by its nearest in ASCII."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(map(_plain, fault.object[fault.start : fault.end])), fault.end


def _plain(character: str) -> str:
    """One character in ASCII: a stand-in, a letter without its accent, or a question mark."""
    if character in _PLAIN:
        return _PLAIN[character]
    apart = unicodedata.normalize("NFKD", character)
    plain = "".join(_PLAIN.get(each, each) for each in apart if not unicodedata.combining(each))
    return plain if plain.isascii() and plain else "?"


def _can_show(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _discard(stream: TextIO) -> None:
    """Let the stream write to nowhere from now on."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
