"""The choices of a page are one list: what a call, a command, a notebook and a file ask for."""

import ast
import inspect
from dataclasses import fields

import nbformat
import pytest
import yaml

import bench
from bench import cli
from bench.errors import UnknownNameError
from bench.judge.rag import Average, Multiplicity, RuleName
from bench.pages.choices import NAMES, Choices
from bench.pages.explorer import view
from bench.publish.notebook import council_page, parameters_of
from bench.publish.plan import SiteFile
from bench.published import sources

EVERY = {
    "council": "Leeds",
    "year": "2018-19",
    "peers": "Kent;Devon",
    "rule": "spread",
    "palette": "af",
    "average": "median",
    "multiplicity": "page",
}
# Further parameters of what is asked for all of them.
EXTRA = {"briefing": set(), "council_brief": set(), "explorer": {"indicator"}}
# What each other public function takes of them.
SOME = {
    "indicator": {"council", "year", "peers", "rule", "palette", "multiplicity"},
    "overview": {"year", "peers", "rule", "multiplicity"},
    "story": {"council", "year", "peers", "palette"},
    "surveillance": {"council", "year", "palette"},
    "changes": {"council", "peers", "rule", "palette"},
    "scrutiny": {"council", "year", "peers", "rule", "palette"},
    "audit_pack": {"council", "year", "peers", "rule", "palette"},
    "peers": {"council", "palette"},
    "quality": {"palette"},
    "method": {"palette"},
}


def parameters(function):
    return set(inspect.signature(function).parameters)


def notebook_cells(root, name):
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    return notebook, [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("name", EXTRA)
def test_a_function_asks_for_every_choice(name):
    assert parameters(getattr(bench, name)) == {*NAMES, *EXTRA[name]}


@pytest.mark.parametrize("name", SOME)
def test_a_function_of_some_choices_calls_them_by_their_names(name):
    assert parameters(getattr(bench, name)) & set(NAMES) == SOME[name]


@pytest.mark.parametrize("command", ["table", "report"])
def test_a_command_asks_for_choices_by_their_names(command):
    taken = parameters(getattr(cli, command)) & set(NAMES)
    assert taken == ({*NAMES} if command == "report" else {*NAMES} - {"average", "palette"})
    assert set(cli.CHOICES) == set(NAMES)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("council_report", "briefing"),
        ("council_brief", "council_brief"),
        ("explorer", "explorer"),
    ],
)
def test_a_notebook_asks_for_every_choice_and_hands_each_on(root, name, function):
    notebook, cells = notebook_cells(root, name)
    assert set(NAMES) <= set(parameters_of(notebook))
    (call,) = (
        node
        for source in cells
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"bench.{function}"
    )
    handed = [ast.unparse(one) for one in call.args]
    handed += [one.arg for one in call.keywords if ast.unparse(one.value) == one.arg]
    assert set(handed) >= set(NAMES)


def test_a_notebook_s_comment_names_everything_that_a_choice_can_be(root):
    words = {
        "peers": sources.reference().peers.titles(),
        "rule": RuleName,
        "average": Average,
        "multiplicity": Multiplicity,
    }
    lines = {
        f"{path.name}: {line}": set(line.partition("#")[2].replace(",", " ").split())
        for path in sorted((root / "notebooks").glob("*.ipynb"))
        for line in notebook_cells(root, path.stem)[1][0].splitlines()
    }
    for name, entries in words.items():
        said = {line: words for line, words in lines.items() if f": {name}: str" in line}
        assert said
        assert [line for line in said if not {*map(str, entries)} <= said[line]] == []


def test_the_files_of_parameters_hold_choices_alone(root):
    default = yaml.safe_load((root / "params" / "default.yaml").read_text(encoding="utf-8"))
    assert set(default) <= set(NAMES)
    of_site = set(SiteFile.words(EVERY))
    assert of_site == {"year", "peers", "rule", "palette", "multiplicity"}


def test_every_choice_is_read_and_handed_on_whole():
    assert set(EVERY) == {field.name for field in fields(Choices)}
    choices = Choices.of(**EVERY)
    assert choices.words() == choices.parameters() == EVERY
    assert council_page(choices).parameters == EVERY
    assert view.start(**EVERY).choices == EVERY
    assert Choices.of(**choices.words()) == choices
    rules = choices.rules
    assert (rules.rule, rules.average, rules.multiplicity) == (
        RuleName.SPREAD, Average.MEDIAN, Multiplicity.PAGE)  # fmt: skip


@pytest.mark.parametrize("words", [{}, dict.fromkeys(EVERY), dict.fromkeys(EVERY, "")])
def test_what_is_not_asked_for_is_the_project_s(words, root):
    default = yaml.safe_load((root / "params" / "default.yaml").read_text(encoding="utf-8"))
    said = Choices.of(**words).words()
    for name in ("council", "peers", "rule", "palette"):
        assert said[name] == default[name]
    assert "multiplicity" not in Choices.of(**words).parameters()


@pytest.mark.parametrize(("name", "word"), [
    ("council", "Leds"), ("year", "1998-99"), ("peers", "nearest"), ("rule", "best"), ("palette", "blue"),
    ("average", "middle"), ("multiplicity", "all"),
])  # fmt: skip
def test_a_word_that_is_not_known_is_refused_by_its_kind(name, word):
    with pytest.raises(UnknownNameError, match=repr(word)):
        Choices.of(**{name: word})


def test_a_choice_that_there_is_not_is_a_mistake_of_the_program():
    with pytest.raises(TypeError, match="counsel"):
        Choices.of(counsel="Leeds")
