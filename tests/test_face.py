"""`import bench`: its examples are published figures, its signatures say what they take."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys

import pytest

import bench
from bench.errors import BenchError, ParameterError, UnknownNameError
from bench.judge.rag import Average, RuleName
from bench.published.sources import reference

NAMES = [name for name in bench.__all__ if inspect.isfunction(getattr(bench, name))]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def modules_with_examples(root):
    found = ["bench"]
    for module in pkgutil.walk_packages(bench.__path__, "bench."):
        path = root / "src" / (module.name.replace(".", "/") + ".py")
        if path.is_file() and ">>> " in path.read_text(encoding="utf-8"):
            found.append(module.name)
    return found


def test_every_example_gives_what_it_says(root):
    tried = 0
    for name in modules_with_examples(root):
        module = importlib.import_module(name)
        done = doctest.testmod(module, extraglobs={"bench": bench}, optionflags=FLAGS)
        assert done.failed == 0, f"{name}: see the output above"
        tried += done.attempted
    assert tried > 30


@pytest.mark.parametrize("name", NAMES)
def test_each_function_says_what_it_takes_gives_and_refuses(name):
    function = getattr(bench, name)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.kind is not inspect.Parameter.VAR_KEYWORD
        assert "Any" not in str(parameter.annotation)
        assert f"{parameter.name}: " in function.__doc__, parameter.name
    assert "Returns:" in function.__doc__
    assert ">>> " in function.__doc__


@pytest.mark.parametrize(
    ("parameter", "names"),
    [
        ("rule", list(RuleName)),
        ("average", list(Average)),
        ("peers", reference().peers.names()),
    ],
)
def test_a_briefing_says_every_name_that_can_be_asked_for(parameter, names):
    (line,) = (x for x in bench.briefing.__doc__.splitlines() if f" {parameter}: " in x)
    assert [name for name in names if not re.search(rf"\b{name}\b", line)] == []


def test_the_package_names_everything_that_it_offers():
    assert [name for name in NAMES if f"- `{name}`: " not in bench.__doc__] == []


def test_a_name_is_imported_from_where_it_is_defined(root):
    tree = ast.parse((root / "src" / "bench" / "__init__.py").read_text(encoding="utf-8"))
    (typed,) = (node for node in tree.body if isinstance(node, ast.If) and not node.orelse
                and ast.unparse(node.test) == "TYPE_CHECKING")  # fmt: skip
    told = {alias.name: node.module for node in typed.body for alias in node.names}
    assert told == bench._HOMES
    assert sorted(bench.__all__) == sorted({"BenchError", "__version__", *told})
    for name, home in told.items():
        assert getattr(bench, name).__module__ == home
    assert set(bench.__all__) <= set(dir(bench))


def test_no_module_stands_in_the_place_of_a_public_name():
    modules = {module.name for module in pkgutil.iter_modules(bench.__path__)}
    assert modules & set(bench.__all__) == set()


def test_a_name_that_there_is_not_is_told_as_of_any_module():
    with pytest.raises(AttributeError, match="module 'bench' has no attribute 'briefings'") as told:
        _ = bench.briefings
    assert (told.value.name, told.value.obj) == ("briefings", bench)
    assert not hasattr(bench, "__wrapped__")


@pytest.mark.slow
def test_types_are_seen_from_outside(tmp_path):
    script = tmp_path / "script.py"
    lines = {
        "reveal_type(bench.briefing('Leeds').frame())": 'Revealed type is "pandas',
        "bench.briefing(counsel='Leeds')": "Unexpected keyword argument",
        "bench.briefings()": "has no attribute",
    }
    script.write_text("\n".join(["import bench", *lines]), encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", str(script)], capture_output=True,
                          text=True, check=False, cwd=tmp_path)  # fmt: skip
    said = [line for line in done.stdout.splitlines() if ": error: " in line or "Revealed" in line]
    for line, (number, expected) in zip(said, enumerate(lines.values(), start=2), strict=True):
        assert line.startswith(f"script.py:{number}:")
        assert expected in line


@pytest.mark.parametrize(
    "module",
    [
        "bench",
        "bench.cli",  # it says that there is too little memory before it imports what needs much
    ],
)
def test_the_package_is_typed_and_cheap_to_import(root, module):
    assert (root / "src" / "bench" / "py.typed").is_file()
    large = "{'numpy', 'pandas', 'plotly', 'ipywidgets'}"
    heavy = f"import sys, {module}; print(sorted({large} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "indicator", "title"),
    [
        ("spine", None, "Leeds beside its peers, indicator by indicator"),
        ("strip", "1A", "Quality of life of people who use services: Leeds among its peers"),
        ("strip", None, "People whose support is self-directed: Leeds among its peers"),
        ("1A", None, "Quality of life of people who use services: Leeds among its peers"),
        (
            "social_care_quality_of_life",
            None,
            "Quality of life of people who use services: Leeds among its peers",
        ),
        ("trend", None, "People whose support is self-directed over the years"),
        ("trend", "1A", "Quality of life of people who use services over the years"),
    ],
)
def test_a_figure_by_its_name_or_its_indicator(name, indicator, title):
    figure = bench.briefing("Leeds", "2018-19").figure(name, indicator)
    assert figure.title == title
    assert figure.plotly.to_plotly_json()["data"]


@pytest.mark.parametrize(
    ("name", "indicator", "error", "message"),
    [
        ("spin", None, UnknownNameError, "did you mean spine"),
        ("strip", "1Z", UnknownNameError, "Unknown indicator"),
        ("3D(1a)", None, UnknownNameError, "Unknown chart or indicator"),
        ("strip", "adjusted_social_care_quality_of_life", ParameterError, "not published"),
    ],
)
def test_a_figure_that_is_none(name, indicator, error, message):
    with pytest.raises(error, match=message):
        bench.briefing("Leeds", "2015-16").figure(name, indicator)
    assert issubclass(error, BenchError)
