"""A cell shows the same in a forked shell as in an ordinary kernel, and a page is the same bytes."""

import contextlib
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from jupyter_client import AsyncKernelManager

from bench.errors import ExecutionError
from bench.project import processes
from bench.publish import engine, executors, kernels, warm, workers
from bench.publish import notebook as batch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not processes.can_fork(), reason="forks"),
]

PARAMETERS = "council: str = ''"
# What each cell does that could come out otherwise; they run in their order in one notebook.
CELLS = {
    "a result": "1 + 1",
    "what was shown before": "_, In[1], Out[1]",
    "both streams": "import sys; print('a'); print('b', file=sys.stderr); print('c')",
    "flushed in pieces": "print('half', end=''); sys.stdout.flush(); print(' and half')",
    "display with metadata": "from IPython.display import *\ndisplay(HTML('<b>x</b>'), metadata={'a': 1})",
    "a display to be updated": "display('first', display_id='k'); print('between')",
    "the update": "update_display('second', display_id='k')",
    "cleared": "display(1); clear_output(); display(2)",
    "cleared by what follows": "display(1); clear_output(wait=True); display(3); print('x')",
    "raw": "display({'text/plain': 'raw', 'application/json': {'x': [1, 2]}}, raw=True)",
    "an error": "def f(x):\n    return 1 / x\nf(0)",
    "an error of another": "try:\n    f(0)\nexcept ZeroDivisionError as z:\n    raise KeyError('k') from z",
    "no Python": "x = (",
    "an exit": "sys.exit('bye')",
    "a question": "input('q')",
    "a warning": "import warnings; warnings.warn('w')",
    "an error of showing": "class R:\n    def _repr_html_(self): raise ValueError('bad')\nR()",
    "captured": "%%capture c\nprint('hidden')",
    "what was captured": "c.stdout",
    "magics": "%precision 3\n%who str",
    "as set by a magic": "3.14159",
    "an unknown magic": "%nosuch",
    "a magic of HTML": "%%html\n<i>h</i>",
    "a shell's command": "!echo from a shell; echo to its error >&2",
    "a script": "%%bash\necho hi; exit 3",
    "help": "f?",
    "past Python": "import os; print('1'); r = os.system('echo 2'); print('3')",
    "a process": "import subprocess; print('1'); subprocess.run(['echo', '2']).returncode",
    "a forked child": "sys.stdout.flush()\nif os.fork() == 0:\n    print('child', flush=True); os._exit(0)\nos.wait()[1]",
    "a thread": "import threading\nt = threading.Thread(target=print, args=['t']); t.start(); t.join()",
    "awaited": "import asyncio; await asyncio.sleep(0.01); 'awaited'",
    "a loop runs": "asyncio.get_running_loop().is_running()",
    "log": "import logging; logging.warning('logged')",
    "a frame": "import pandas as pd; pd.DataFrame({'a': [1, 2]})",
    "symbols": "print('é \\u2028 \\x1b[31mred')",
    "an output widget": "import ipywidgets as w; o = w.Output()\nwith o: print('inside')",
    "what is in it": "o.outputs",
    "where it is": "os.getcwd(), sys.stdout.isatty(), sys.stdout.encoding, __name__",
    "nothing": "None",
}  # fmt: skip
KINDS = sorted(
    path.name
    for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb")
    if path.name != "explorer.ipynb"  # controls, which have names of their own each time
)


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    with warm.WarmParent(tmp_path_factory.mktemp("parent"), drawn=()) as parent:
        parent.wait_ready()
        yield parent


# As a command that makes a single page forks its parent from itself, in the folder that it is given.
SINGLE = """
import sys
from pathlib import Path
from bench.publish import warm
with warm.warming(Path(sys.argv[1]), is_fork=True) as socket:
    print(socket(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def single(root, tmp_path_factory):
    """The socket of a parent that is a fork of a command."""
    with subprocess.Popen(
        [sys.executable, "-c", SINGLE, str(tmp_path_factory.mktemp("single"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root,
    ) as command:  # fmt: skip
        yield command.stdout.readline().strip()
        command.stdin.close()
        assert command.wait(20) == 0


def written(path, cells):
    notebook = nbformat.v4.new_notebook()
    for number, source in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["raises-exception"]})
        cell["id"] = f"c{number}"
        notebook.cells.append(cell)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "P", "language": "python"}
    nbformat.write(notebook, path)
    return path


def executed(path, cells, **settings):
    """The cells of an executed notebook, as papermill wrote it."""
    out = path.with_suffix(".out.ipynb")
    settings = {
        "progress_bar": False, "cwd": str(path.parent), "execution_timeout": 60, **settings,
    }  # fmt: skip
    with contextlib.suppress(papermill.PapermillExecutionError):  # of a cell that is meant to
        papermill.execute_notebook(str(written(path, cells)), str(out), **settings)
    return [cell for cell in nbformat.read(out, 4).cells if cell.cell_type == "code"]


def plain(cell):
    """What a cell shows, as a page has it."""
    outputs = [dict(output) for output in batch.join_streams(cell.outputs)]
    words = re.sub(r"0x[0-9a-f]+|ipykernel_\d+", "#", repr(outputs))
    return cell.execution_count, re.sub(r"[0-9a-f]{32}", "#", words)


@pytest.fixture(scope="module")
def shown(parent, single, tmp_path_factory):
    """Each cell as the engine, from either parent, an ordinary kernel of ours, and papermill show it."""
    folder = tmp_path_factory.mktemp("cells")
    ways = (
        *(
            {"engine_name": engine.NAME, "kernel_manager_class": kernels.manager_class(socket)}
            for socket in (parent.socket, single)
        ),
        {"engine_name": engine.NAME, "kernel_manager_class": kernels.manager_class(None)},
        {},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")  # an ordinary kernel hears less with it
        tables = [
            executed(
                folder / "cells.ipynb",
                [
                    "import os" if at > 1 and what in (*UNORDERED, *HANGING) else source
                    for what, source in CELLS.items()
                ],
                **way,
            )
            for at, way in enumerate(ways)
        ]
    return dict(zip(CELLS, zip(*tables, strict=True), strict=True))


# An ordinary kernel hears these in a thread, sooner or later; a shell in their order, as is said below.
UNORDERED = ("past Python", "a process", "a forked child")


# An ordinary kernel sometimes never ends these; a page has no such output.
HANGING = ("an output widget", "what is in it")


@pytest.mark.parametrize("what", [what for what in CELLS if what not in (*UNORDERED, *HANGING)])
def test_a_cell_shows_the_same_four_ways(shown, what):
    forked, single, cold, usual = map(plain, shown[what])
    assert forked == single == cold == usual


def test_what_it_shows_is_there(shown):
    """The same nothing four ways would be the same too."""
    forked, single = (
        {what: plain(cells[way])[1] for what, cells in shown.items()} for way in (0, 1)
    )
    for what, words in (
        ("an error", "ZeroDivisionError"),
        ("the update", "[]"),
        ("a display to be updated", "second"),
        *(("past Python", f"{number}\\n") for number in (1, 2, 3)),  # in an order of their own
        *(("a process", f"{number}\\n") for number in (1, 2)),
        ("a forked child", "'child\\n'"),
        ("what is in it", "inside"),
        ("a script", "exit status 3"),
    ):
        assert words in forked[what], what
        assert words in single[what], what
    assert [cells[0].execution_count for cells in shown.values()] == [*range(1, len(CELLS) + 1)]


@pytest.mark.parametrize("name", KINDS)
def test_a_page_of_every_kind_is_the_same_bytes_four_ways(parent, single, root, name):
    given = [p for p in batch.declared(name, root).items() if isinstance(p[1], str)]
    job = batch.Page("a-page", "A page", name, dict(given[:1]))
    ways = (
        kernels.manager_class(parent.socket),
        kernels.manager_class(single),
        kernels.manager_class(None),
        type("Usual", (AsyncKernelManager,), {"exceeded": False}),
    )
    pages = {
        batch.render_page(job, batch.execute(job, root=root, kernels=way), assets="assets", root=root)
        for way in ways
    }  # fmt: skip
    assert len(pages) == 1


def stream(name, text):
    return nbformat.v4.new_output("stream", name=name, text=text)


SHOWN = nbformat.v4.new_output("display_data", data={"text/plain": "x"})


@pytest.mark.parametrize(
    ("outputs", "joined"),
    [
        ([], []),
        ([SHOWN, SHOWN], [SHOWN, SHOWN]),
        ([stream("stdout", "a"), stream("stdout", "b")], [stream("stdout", "ab")]),
        (
            [stream("stderr", "w"), stream("stdout", "a"), stream("stderr", "v")],
            [stream("stdout", "a"), stream("stderr", "wv")],
        ),
        (  # what was printed before a display stays before it
            [stream("stdout", "a"), SHOWN, stream("stdout", "b"), stream("stdout", "c")],
            [stream("stdout", "a"), SHOWN, stream("stdout", "bc")],
        ),
    ],
)
def test_what_a_cell_prints_is_one_piece_a_stream(outputs, joined):
    assert batch.join_streams(outputs) == joined
    assert all(output is not other for output in joined for other in outputs if "text" in other)


@pytest.mark.parametrize("way", ["forked", "cold"])
def test_how_fast_a_cell_prints_is_not_on_its_page(parent, tmp_path, way):
    """A busy machine stops a cell between two words of one `print`."""
    (tmp_path / "notebooks").mkdir()
    pages = set()
    manager = kernels.manager_class(parent.socket if way == "forked" else None)
    for seconds in (0, 0.6):
        wait = f"time.sleep({seconds})"
        source = f"import sys, time; print(1, end=''); {wait}; print(2, file=sys.stderr); {wait}; print(3)"
        path = written(tmp_path / "notebooks" / "slow.ipynb", [PARAMETERS, source])
        notebook = nbformat.read(path, 4)
        notebook.cells[0].metadata["tags"] = ["parameters"]
        nbformat.write(notebook, path)
        job = batch.Page("slow", "Slow", "slow.ipynb", {})
        executed = batch.execute(job, root=tmp_path, kernels=manager, seconds=60)
        pages.add(repr(executed.cells[-1].outputs))
    assert len(pages) == 1


def test_papermill_finds_the_engine_by_its_name(tmp_path):
    """Alone it starts a parent of its own, and ends it."""
    cells = executed(
        tmp_path / "alone.ipynb", ["import os", "os.getppid()"], engine_name="bench-fork"
    )
    keeper = int(cells[1].outputs[0].data["text/plain"])
    until = time.monotonic() + 5
    while Path(f"/proc/{keeper}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{keeper}").exists()


@pytest.mark.parametrize(
    "source", ["while True: print('x' * 10**6)", "import os; os.system('yes')"]
)
def test_a_page_that_puts_out_too_much_is_ended(parent, tmp_path, monkeypatch, source):
    monkeypatch.setattr(kernels, "MOST_BYTES", 3 * 1024**2)
    manager = kernels.manager_class(parent.socket)
    written(tmp_path / "flood.ipynb", [PARAMETERS, source])
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(tmp_path / "flood.ipynb", 4)
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, tmp_path / "notebooks" / "flood.ipynb")
    with pytest.raises(ExecutionError, match="put out more than"):
        batch.execute(
            batch.Page("flood", "Flood", "flood.ipynb", {}), root=tmp_path, kernels=manager, seconds=60
        )  # fmt: skip
    assert manager.exceeded


def test_where_nothing_can_be_forked_safely_that_is_said(tmp_path, root, monkeypatch, capsys):
    limits = workers.Limits(60, 0)
    monkeypatch.setattr(processes, "can_fork", lambda: False)
    with executors.local(root, jobs=1, limits=limits) as executor:
        assert executor._initargs[0].warm is None
    assert "cannot fork safely" in capsys.readouterr().err
    with executors.local(root, jobs=1, limits=limits, cold=True):
        pass
    assert capsys.readouterr().err == ""  # it was asked for


def test_a_parent_with_threads_is_not_forked(tmp_path, monkeypatch, capsys):
    startup = tmp_path / "sitecustomize.py"
    startup.write_text(
        "import sys, threading, time\n"
        "if 'bench.publish.warm' in sys.orig_argv:\n"
        "    threading.Thread(target=time.sleep, args=[60], daemon=True, name='a watcher').start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with warm.warming(tmp_path) as socket:
        assert socket() is None
    assert "a watcher" in capsys.readouterr().err


def test_a_command_with_threads_is_not_forked_but_starts_another_process(tmp_path, capsys):
    stop = threading.Event()
    watcher = threading.Thread(target=stop.wait, name="a watcher")
    watcher.start()
    try:
        with warm.warming(tmp_path, is_fork=True) as socket:
            assert capsys.readouterr().err == ""  # until there is something to run
            cells = executed(
                tmp_path / "cells.ipynb", ["1 + 1"], engine_name=engine.NAME,
                kernel_manager_class=kernels.manager_class(socket()),
            )  # fmt: skip
    finally:
        stop.set()
        watcher.join()
    assert "a watcher" in capsys.readouterr().err
    assert cells[0].outputs[0].data["text/plain"] == "2"
