"""What is printed never ends in a traceback, whatever the stream can show and whoever reads it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import console
from bench.errors import ExecutionError

BENCH = str(Path(sys.executable).with_name("bench"))
UTF8 = "utf-8"


def _run(command: str, *, encoding: str = UTF8) -> subprocess.CompletedProcess[bytes]:
    """A command line in bash, which tells of a failure anywhere in a pipe."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("bench", BENCH, 1)],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": encoding, "COLUMNS": "100"},
    )


def _stream(encoding: str, monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """The standard output, prepared, with this encoding; its bytes."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding, newline="\n"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    console.prepare()
    return written


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("▲ GREEN better – 36 of 150", UTF8, "▲ GREEN better – 36 of 150"),
        ("▲ GREEN better – 36 of 150", "cp1252", "^ GREEN better – 36 of 150"),
        ("▲ GREEN better – 36 of 150", "cp850", "^ GREEN better - 36 of 150"),
        ("● AMBER similar", "ascii", "o AMBER similar"),
        ("▼ RED worse", "cp437", "▼ RED worse".replace("▼", "v")),
        ("− ≥ ≤ … ½ ×", "ascii", "- >= <= ... 1/2 x"),
        ("Tŷ Gwyn, São", "ascii", "Ty Gwyn, Sao"),
        ("中文", "cp1252", "??"),
        ("\ud83d\udcff", UTF8, "??"),  # halves of a pair, as a name of no encoding holds them
        ("a\udcffb", "ascii", "a?b"),
    ],
)
def test_what_a_stream_lacks_is_shown_by_its_nearest(
    monkeypatch: pytest.MonkeyPatch, text: str, encoding: str, shown: str
) -> None:
    written = _stream(encoding, monkeypatch)
    console.say(text)
    assert written.getvalue().decode(encoding) == f"{shown}\n"


@pytest.mark.parametrize("encoding", [UTF8, "utf-16-le", "cp1252", "cp850", "ascii"])
def test_json_loses_nothing_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    content = {"verdict": "▲", "reason": "– it’s “new”"}
    written = _stream(encoding, monkeypatch)
    console.say_json(content)
    assert json.loads(written.getvalue().decode(encoding)) == content


def test_a_stream_that_is_closed_takes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    console.prepare()
    console.say("▲")
    console.say("▲", error=True)
    for stream in (sys.stdout, sys.stderr):
        stream.close()


class _Failing(io.RawIOBase):
    """A file that cannot be written, for a reason."""

    def __init__(self, fault: OSError) -> None:
        super().__init__()
        self.fault: OSError | None = fault

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        if self.fault:
            raise self.fault
        return 1

    def close(self) -> None:
        self.fault = None
        super().close()


@pytest.mark.parametrize(
    ("fault", "ends_with"),
    [
        (BrokenPipeError(32, "Broken pipe"), SystemExit),
        (OSError(28, "No space left on device"), ExecutionError),
        (OSError(5, "Input/output error"), ExecutionError),
    ],
    ids=["reader gone", "disk full", "device fails"],
)
def test_output_that_cannot_be_written_ends_the_command_and_telling_does_not(
    monkeypatch: pytest.MonkeyPatch, fault: OSError, ends_with: type[BaseException]
) -> None:
    raws = [_Failing(fault), _Failing(fault)]
    for name, raw in zip(("stdout", "stderr"), raws, strict=True):
        stream = io.TextIOWrapper(io.BufferedWriter(raw, 1), encoding=UTF8)  # type: ignore[type-var]
        monkeypatch.setattr(sys, name, stream)
    console.prepare()
    console.say("progress", error=True)
    with pytest.raises(ends_with) as ended:
        console.say("a table")
    if isinstance(ended.value, SystemExit):
        assert ended.value.code == console.READER_GONE
    else:
        assert str(fault.strerror) in str(ended.value)
    for raw in raws:
        raw.fault = None


COMMANDS = (
    "table Leeds --year 2016-17",
    "table Leeds --year 2016-17 --format csv",
    "table Leeds --year 2016-17 --format json",
    "list councils",
    "list checks",
    "peers Leeds",
    "check",
    "--help",
    "table --help",
    "--version",
    "table Lééds▲",
    "nosuch▲",
    "site nosuch▲",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "encoding"),
    [(command, "ascii") for command in COMMANDS]
    + [(command, page) for command in COMMANDS[:2] for page in ("cp1252", "cp850", UTF8)],
)
def test_every_command_prints_under_every_code_page(command: str, encoding: str) -> None:
    done = _run(f"bench {command}", encoding=encoding)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 2, 3, 21, 22, 23)
    # A file is the same bytes everywhere.
    assert (done.stdout + done.stderr).decode(UTF8 if "csv" in command else encoding).strip()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["table Leeds", "list councils", "check", "table --help"])
@pytest.mark.parametrize(
    ("end", "codes"),
    [
        ("| head -n 1", {0, 21, 22, 23, console.READER_GONE}),
        ("| true", {0, 21, 22, 23, console.READER_GONE}),
        (">/dev/full", {ExecutionError.exit_code}),
        (">&-", {0, 21, 22, 23}),
        ("2>&-", {0, 21, 22, 23}),
    ],
    ids=["head", "nobody reads", "disk full", "output closed", "errors closed"],
)
def test_every_command_ends_quietly_whoever_reads(command: str, end: str, codes: set[int]) -> None:
    done = _run(f"bench {command} {end}")
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert done.returncode in codes


class _Screen(io.StringIO):
    """A standard output that is a terminal, or is not."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "variables", "shown"),
    [
        (True, {}, True),
        (True, {"TERM": "xterm"}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": "0"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
        (False, {"TERM": "xterm-256color", "COLUMNS": "200"}, False),
    ],
)
def test_colour_is_for_terminals_and_for_who_did_not_say_no(
    terminal, variables, shown, monkeypatch
):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", _Screen(terminal))
    assert console.shows_colour() is shown


@pytest.mark.parametrize(
    ("columns", "width"), [(None, 80), ("200", 200), ("60", 60), ("0", 80), ("", 80), ("wide", 80)]
)
def test_what_is_no_terminal_has_80_columns_or_those_that_are_asked_for(
    columns, width, monkeypatch
):
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    _stream(UTF8, monkeypatch)
    assert console.width() == width


def test_bytes_are_written_as_they_are(monkeypatch):
    written = _stream("cp1252", monkeypatch)
    console.say("before")
    console.say_bytes("\ufeffa,▲\r\n".encode())
    assert written.getvalue() == b"before\n" + "\ufeffa,▲\r\n".encode()


def test_an_output_that_takes_no_bytes_gets_their_text(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO(newline=""))
    console.say_bytes("\ufeffa,▲\r\n".encode())
    assert sys.stdout.getvalue() == "\ufeffa,▲\r\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")
@pytest.mark.parametrize(
    ("columns", "variables", "widest", "coloured"),
    [
        (64, {}, 64, True),
        (132, {}, 132, True),
        (0, {}, 80, True),
        (132, {"COLUMNS": "70"}, 70, True),
        (80, {"NO_COLOR": "1"}, 80, False),
        (40, {}, 60, True),
    ],
)
def test_a_table_fits_the_terminal_that_it_is_printed_on(columns, variables, widest, coloured):
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    unset = {"COLUMNS", "NO_COLOR"}
    variables = {k: v for k, v in os.environ.items() if k not in unset} | {
        "TERM": "xterm",
        **variables,
    }
    command = [BENCH, "table", "Barnet", "--year", "2018-19"]
    with subprocess.Popen(command, stdout=theirs, stdin=theirs, env=variables) as process:
        os.close(theirs)
        content = b""
        while part := _read(ours):
            content += part
    os.close(ours)
    assert process.returncode == 0
    text = content.decode()
    assert ("\x1b[31m▼ RED" in text) is coloured
    assert "▼ RED" in text
    widths = [len(line) for line in re.sub(r"\x1b\[\d*m", "", text).splitlines()]
    assert widest - 12 < max(widths) <= widest


def _read(terminal: int) -> bytes:
    """What stands to be read, or nothing at the end, which Linux tells as an error."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "text"])
def test_a_table_whose_reader_has_gone_ends_quietly(form):
    done = _run(f"bench table Kent --format {form} | head -c 20 > /dev/null")
    assert done.stderr == b""
    assert done.returncode in (0, console.READER_GONE)
