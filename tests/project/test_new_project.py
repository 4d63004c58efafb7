"""`bench new`: a folder that is whole or not there, and never one with something in it."""

import pytest

from bench.errors import DamageError, ParameterError
from bench.project import checksums
from bench.project.new_project import new_project


def test_it_is_a_project_with_the_same_data(root, tmp_path):
    made = new_project(root, tmp_path / "a" / "b")
    assert made == tmp_path / "a" / "b"
    assert (made / checksums.MARK).is_file()
    assert (made / "params" / "sites" / "first.yaml").is_file()
    assert (made / "notebooks" / "council_report.ipynb").is_file()
    assert checksums.verify(made / "data") == checksums.verify(root / "data")
    assert [path.name for path in made.parent.iterdir()] == ["b"]


def test_an_empty_folder_will_do(root, tmp_path):
    (tmp_path / "empty").mkdir()
    assert (new_project(root, tmp_path / "empty") / "data").is_dir()


def a_file(path):
    path.write_text("mine")


def a_full_folder(path):
    path.mkdir()
    (path / ".hidden").write_text("mine")


def a_link_to_nothing(path):
    path.symlink_to("nowhere")


def a_link_to_an_empty_folder(path):
    (path.parent / "other").mkdir()
    path.symlink_to(path.parent / "other")


@pytest.mark.parametrize(
    "what", [a_file, a_full_folder, a_link_to_nothing, a_link_to_an_empty_folder]
)
def test_whatever_is_there_stays(root, tmp_path, what):
    what(tmp_path / "x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ParameterError, match="nothing was written"):
        new_project(root, tmp_path / "x")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["data/published/x", "data/x", "params/x", ".git/x"])
def test_none_goes_into_the_folders_of_another(project, name):
    with pytest.raises(ParameterError, match="lies in the project's"):
        new_project(project, project / name)
    checksums.verify(project / "data")


def test_damage_is_not_copied(project, tmp_path_factory):
    path = project / "data" / "reference" / "breaks.csv"
    path.write_bytes(path.read_bytes()[:-1])
    target = tmp_path_factory.mktemp("place")
    with pytest.raises(DamageError, match=r"breaks\.csv"):
        new_project(project, target / "x")
    assert not list(target.iterdir())
