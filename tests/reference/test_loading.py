from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.errors import RegisterError
from bench.reference import Councils, load

if TYPE_CHECKING:
    from bench.reference import Registers

ROOM = Path(__file__).parents[2] / "src" / "bench" / "reference"


def test_one_folder_is_read_once(registers: Registers, reference: Path) -> None:
    assert load(reference) is registers


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_the_room_does_without_data_frames(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [
            n for n in names if n.split(".")[0] in ("pandas", "numpy", "pyarrow", "pandera")
        ]


def test_an_absent_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"councils\.csv: cannot be read"):
        Councils.read(tmp_path)
