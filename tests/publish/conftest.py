"""A project with a light notebook, so that batches are about batches."""

import shutil

import nbformat
import pytest
import yaml

COUNCILS = ["Barnet", "Devon", "Kent", "Leeds", "Somerset"]
PARAMETERS = """
council: str = "Leeds"  # whose page
year: str = "2018-19"  # financial year
peers: str = "cipfa"  # peer model
rule: str = "auto"  # how a verdict is reached
palette: str = "rag"  # rag or af
average: str = "mean"  # of the peers
""".strip()
# What one council's page does, and what another's does instead.
TROUBLES = {
    "raises": "if council == 'Kent': raise ValueError('no figures today')",
    # Each council but one in a trouble of its own.
    "everything": """
import os, signal, time
if council == 'Kent': raise ValueError('no figures today')
if council == 'Devon': time.sleep(600)
if council == 'Leeds': os.kill(os.getpid(), signal.SIGKILL)
if council == 'Somerset': bytearray(10**11)
""".strip(),
    "slow": "import time\ntime.sleep(0.15)",
    "fine": "0",
    # Children that a process group does not hold, one of a child that is gone; and what listens.
    "children": """
import os, subprocess, sys
from pathlib import Path
sleep = [sys.executable, '-c', 'import time; time.sleep(600)']
subprocess.Popen(sleep, start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execv(sys.executable, sleep)
    os._exit(0)
os.wait()
inodes = {os.readlink(p).partition('[')[2][:-1] for p in map(str, Path('/proc/self/fd').iterdir()) if os.path.islink(p)}
lines = [line.split() for name in ('tcp', 'tcp6') for line in Path('/proc/self/net', name).read_text().splitlines()[1:]]
print('listens on', [line[1] for line in lines if line[3] == '0A' and line[9] in inodes])
""".strip(),
    # The same, and then it hangs.
    "hanging": "import subprocess, time; subprocess.Popen(['sleep', '600'], start_new_session=True); time.sleep(600)",
}


@pytest.fixture
def project(root, tmp_path):
    """A project of its own; `make` gives it a notebook and a site of five councils."""
    folder = tmp_path / "project"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "params" / "sites").mkdir(parents=True)
    for name in ("rag.yaml", "default.yaml", "surveillance.yaml"):
        shutil.copy(root / "params" / name, folder / "params")
    (folder / "data").symlink_to(root / "data")

    def make(trouble="fine", **changes):
        cells = [
            nbformat.v4.new_code_cell(PARAMETERS),
            nbformat.v4.new_code_cell(TROUBLES[trouble]),
        ]
        cells.append(nbformat.v4.new_code_cell("print('This page is about', council)"))
        cells[0].metadata["tags"] = ["parameters"]
        for number, cell in enumerate(cells):
            cell["id"] = f"c{number}"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / "notebooks" / "light.ipynb")
        site = {
            "title": "A test", "year": "2018-19", "peers": "cipfa", "rule": "auto",
            "palette": "rag", "councils": COUNCILS,
            "pages": [{"notebook": "light.ipynb", "each": "council"}],
        }  # fmt: skip
        path = folder / "params" / "sites" / "five.yaml"
        path.write_text(yaml.safe_dump(site | changes))
        return path

    make.folder = folder
    return make
