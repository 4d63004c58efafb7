"""CITATION.cff: what a citation needs, and the version that there is."""

import tomllib

import yaml


def test_the_citation_is_that_of_the_project(root):
    cited = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert [author.keys() for author in cited["authors"]] == [{"name"}]
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {cited['version']} - {cited['date-released']}" in changes
