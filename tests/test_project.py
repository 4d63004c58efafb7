"""The project's own files agree with each other."""

import re
import tomllib

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bench
from bench.publish import notebook as batch


@pytest.fixture(scope="module")
def pyproject(root):
    return tomllib.loads((root / "pyproject.toml").read_text())


def bounds(entries):
    return dict(re.fullmatch(r"([\w.-]+)(.*)", entry).groups() for entry in entries)


def test_the_conda_environment_has_the_same_packages_and_bounds(root, pyproject):
    environment = yaml.safe_load((root / "environment.yml").read_text())
    conda = bounds(e for e in environment["dependencies"] if isinstance(e, str) and e != "pip")
    assert conda.pop("python") == pyproject["project"]["requires-python"]
    assert conda == bounds(pyproject["project"]["dependencies"])


def test_the_constraints_name_a_version_of_every_package_within_its_bounds(root, pyproject):
    lines = (root / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []
    versions = {canonicalize_name(name): v for name, v in (line.split("==") for line in lines)}
    project = pyproject["project"]
    optional = project["optional-dependencies"].values()
    wanted = [Requirement(entry) for each in (project["dependencies"], *optional) for entry in each]
    outside = [
        str(entry)
        for entry in wanted
        if not entry.specifier.contains(versions.get(canonicalize_name(entry.name), "0"))
    ]
    assert outside == [], "make constraints"


def test_each_conda_dependency_has_its_reason(root):
    lines = (root / "environment.yml").read_text().splitlines()
    entries = [
        line for line in lines if re.match(r"  - [a-z].*>=", line) and "python>=" not in line
    ]
    assert entries
    assert all("#" in line for line in entries)


def test_one_version_everywhere(root, pyproject):
    changes = (root / "CHANGELOG.md").read_text()
    latest = re.search(r"^## (\S+)", changes, re.MULTILINE)
    assert pyproject["project"]["version"] == bench.__version__ == latest[1]


def test_the_top_level_is_the_agreed_one(root):
    import subprocess

    done = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a clone")
    top = {path.split("/")[0] for path in done.stdout.split()}
    assert top <= {
        "README.md", "environment.yml", "data", "params", "notebooks", "src", "reports",
        "pyproject.toml", "Makefile", "tests", "benchmarks", ".ci", "CHANGELOG.md", "CITATION.cff",
        "CONTRIBUTING.md", "LICENSE", ".pre-commit-config.yaml", ".gitignore", ".gitattributes",
        "constraints.txt",
    }  # fmt: skip


def notebooks(root):
    return sorted((root / "notebooks").glob("*.ipynb"))


def test_notebooks_are_thin_and_without_outputs(root):
    assert notebooks(root)
    for path in notebooks(root):
        notebook = nbformat.read(path, as_version=4)
        assert batch.parameters_of(notebook), path.name
        for cell in notebook.cells:
            assert not cell.get("outputs"), path.name
            if cell.cell_type == "code":
                found = re.search(
                    r"\b(def|for|while|open|read_csv|groupby|merge|Path)\b", cell.source
                )
                untagged = "parameters" not in cell.metadata.get("tags", [])
                assert not (found and untagged), f"{path.name}: {found}"


def test_every_parameter_says_what_it_takes(root):
    for path in notebooks(root):
        cells = nbformat.read(path, as_version=4).cells
        tagged = next(c for c in cells if "parameters" in c.metadata.get("tags", []))
        lines = [line for line in tagged.source.splitlines() if line and not line.startswith("#")]
        assert all(re.match(r"\w+: \w+ = .+  # .+", line) for line in lines), path.name
