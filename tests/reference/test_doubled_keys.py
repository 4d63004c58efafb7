"""A key that stands twice in a YAML file is refused, whichever file it is."""

import shutil

import pytest

from bench.errors import BenchError, Problems, RegisterError
from bench.pages.choices import Choices, rules_for
from bench.peer_model import lists
from bench.project.files import read_placed, read_yaml
from bench.publish import notebook
from bench.publish.plan import plan


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 2\na: 3\n", [(3, "a", 1)]),
        ("a: 1\n'a': 1\n", [(2, "a", 1)]),
        ("{a: 1, a: 2}\n", [(1, "a", 1)]),
        ("x:\n  - a: 1\n    a: 2\n", [(3, "a", 2)]),
        ("x: {y: {z: 1,\n z: 2}}\n", [(2, "z", 1)]),
        ("a: 1\na: 2\na: 3\n", [(2, "a", 1), (3, "a", 1)]),
        ("x: &x {a: 1}\ny:\n  <<: *x\n  b: 1\n  b: 2\n", [(5, "b", 4)]),
    ],
)
def test_a_doubled_key_is_refused_with_both_its_lines(tmp_path, text, lines):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(RegisterError) as refused:
        read_yaml(tmp_path / "x.yaml")
    for line, key, first in lines:
        assert f"line {line}: '{key}' stands in line {first} already." in str(refused.value)
    assert len(refused.value.problems) == len(lines)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: 1\nb: {a: 2}\n", {"a": 1, "b": {"a": 2}}),
        ("1: x\n'1': y\n", {1: "x", "1": "y"}),
        ("- {a: 1}\n- {a: 1}\n", [{"a": 1}, {"a": 1}]),
        ("x: &x {a: 1, b: 1}\ny:\n  <<: *x\n  a: 2\n", {"x": {"a": 1, "b": 1}, "y": {"a": 2, "b": 1}}),
        ("x: &x [1]\ny: *x\n", {"x": [1], "y": [1]}),
    ],
)  # fmt: skip
def test_what_stands_once_is_read(tmp_path, text, value):
    (tmp_path / "x.yaml").write_text(text)
    assert read_yaml(tmp_path / "x.yaml") == value


@pytest.mark.parametrize("depth", [900, 3_000, 100_000])
def test_what_is_nested_too_deep_is_refused(tmp_path, depth):
    path = tmp_path / "x.yaml"
    path.write_text(f"{'[' * depth}{']' * depth}")
    problems = Problems(RegisterError, "x")
    assert read_placed(path, problems) is None
    with pytest.raises(RegisterError, match="is not valid YAML"):
        problems.raise_if_any()


@pytest.mark.parametrize(
    "text", ["a: [", "a: \x00", "a: \xff", "a: !!python/object:os.x {}", "a: 2011-02-30"]
)
def test_what_is_no_yaml_is_refused(tmp_path, text):
    (tmp_path / "x.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(RegisterError, match="is not valid YAML"):
        read_yaml(tmp_path / "x.yaml")


READERS = {
    "params/default.yaml": lambda path: Choices.of(),
    "params/rag.yaml": lambda path: rules_for(),
    "view.yaml": lambda path: notebook.read(path, notebook="council_report.ipynb"),
    "params/sites/audit-pack.yaml": plan,
    "params/peers.yaml": lambda path: lists.choices_of(path),
}


@pytest.mark.parametrize("name", READERS)
def test_a_project_s_files_are_read_so(root, tmp_path, monkeypatch, name):
    shutil.copytree(root / "params", tmp_path / "params")
    for folder in ("data", "notebooks"):
        (tmp_path / folder).symlink_to(root / folder)
    path = tmp_path / name
    text = path.read_text() if path.exists() else "council: Leeds\n"
    key = next(line for line in text.splitlines() if line[:1].isalpha())
    path.write_text(f"{text.rstrip()}\n{key.partition(':')[0]}: x\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BenchError, match=r"stands (in line|there)"):
        READERS[name](path)
