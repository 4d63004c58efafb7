"""The shape of the package: how many modules, how large, and who may know whom; named when over.

A limit with an aim beside it is what stands today: it may fall, and must not rise.
"""

import ast
import re
from collections import defaultdict

import pytest

import bench
from bench.pages.choices import NAMES

TOP_LEVEL = 6
IN_A_FOLDER = 24
MODULES = 226  # aim: 185
LINES = 65_407  # aim: 36,500
LAYERS = 10
LOCAL_IMPORTS = 40
PALETTE_MODULES = 27  # aim: 8
PALETTE_BUILDERS = 14  # thirteen public builders of reports, and what reads their choices
PARAMETERS = 7
CROWDS = 3  # functions of more parameters; aim: 0
SHARED_NAMES = 0  # names that two classes or more have
NO_NOUNS = 3  # parameters and fields that are called by no noun: `beside` is what a person calls
TWINS_FROM = 27  # characters of a constant
STEMS = 2
SMALLEST = 40
WORDS = ("one", "found", "told", "made", "held", "beside")
# What was judged on its way to a template: each type, and the one module that makes it.
WAY = {
    "Row": "judge/year_table.py",
    "PublishedRow": "judge/published_row.py",
    "Point": "judge/trend.py",
    "Tendency": "present/trend_words.py",
}
# Imported where it is used: each costs as much as a command, or a system lacks it.
HEAVY = {
    *(
        "IPython",
        "docx",
        "plotly",
        "pypdf",
        "xlsxwriter",
    ),  # what shows or writes, once something does
    *("scipy", "pandera"),  # what few questions ask
    *(
        "nbconvert",
        "nbclient",
        "papermill",
        "distributed",
    ),  # what runs notebooks, after the warm-up
}
# Modules that import others of ours where they are used, and why.
LATE = {
    "cli.py": "a command imports what it alone needs",
    "publish/plan.py": "few sites have an audit pack, whose page takes long to import",
    "publish/warm.py": "the parent of pages imports for them, and who starts it does not",
    "pages/store.py": "a table needs neither surveillance nor sources",
}
# The list, the table of options, three public functions with a call each, two of controls.
CHOICES = 10


@pytest.fixture(scope="module")
def package(root):
    folder = root / "src" / "bench"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
    }


@pytest.fixture(scope="module")
def trees(package):
    return {name: ast.parse(text) for name, text in package.items()}


def none_of(names):
    """Fail with each name on a line of its own."""
    lines = [f"{name}: {names[name]}" for name in names] if isinstance(names, dict) else list(names)
    assert not lines, "\n" + "\n".join(lines)


def few(names, limit):
    names = sorted(set(names))
    assert len(names) <= limit, f"{len(names)} over {limit}:\n" + "\n".join(names)


def modules(package):
    """The modules that hold something: a package's own file is only its name."""
    return [name for name in package if not name.endswith("/__init__.py")]


def module_of(name):
    return "bench." + name.removesuffix(".py").replace("/", ".")


def over(counts, limit):
    return {name: count for name, count in sorted(counts.items()) if count > limit}


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_the_top_level_is_short(package):
    top = [name for name in package if "/" not in name]
    few(top, TOP_LEVEL)


def test_no_folder_is_crowded(package):
    folders = defaultdict(int)
    for name in modules(package):
        folders[name.rpartition("/")[0]] += 1
    none_of(over(folders, IN_A_FOLDER))


def test_there_are_not_too_many_modules_or_lines(package):
    few(modules(package), MODULES)
    sizes = {name: text.count("\n") for name, text in package.items()}
    largest = sorted(sizes, key=sizes.get, reverse=True)[:20]
    total = sum(sizes.values())
    assert total <= LINES, f"{total} over {LINES}; the largest: {largest}"


def test_a_module_is_a_subject_and_not_a_scrap(package, trees):
    scraps = [
        f"{name} ({package[name].count(chr(10))} lines)"
        for name in modules(package)
        if package[name].count("\n") < SMALLEST
        and not any(isinstance(s, ast.ClassDef) for s in trees[name].body)
    ]
    none_of(scraps)


def test_there_are_few_layers(root):
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r"^layers = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert layers[1].count("\n") <= LAYERS, layers[1]


def test_imports_within_functions_are_few(trees):
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    few(found, LOCAL_IMPORTS)


def test_yaml_is_read_in_one_place(trees):
    readers = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(a.name.startswith("yaml") for a in node.names))
        or (isinstance(node, ast.ImportFrom) and str(node.module).startswith("yaml"))
    }
    none_of(readers - {"project/files.py"})


def test_a_temporary_name_is_made_in_one_place(package):
    makers = {name for name, text in package.items() if re.search(r"""\.part["']""", text)}
    none_of(makers - {"project/places.py"})


def test_imports_within_functions_have_a_reason(trees):
    unexplained = set()
    for name, tree in trees.items():
        for function in functions(tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    modules = [node.module]
                else:
                    continue
                roots = {module.split(".")[0] for module in modules}
                if not (roots <= HEAVY or (roots == {"bench"} and name in LATE)):
                    unexplained.add(f"{name}:{node.lineno} {ast.unparse(node)}")
    none_of(sorted(unexplained))


def test_the_choices_are_spelled_out_together_in_few_places(trees):
    spelled = []
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                given = {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}
            elif isinstance(node, ast.ClassDef):
                given = {s.target.id for s in node.body if isinstance(s, ast.AnnAssign)
                         and isinstance(s.target, ast.Name)}  # fmt: skip
            elif isinstance(node, ast.Call):
                given = {k.arg for k in node.keywords}
            elif isinstance(node, ast.Dict):
                given = {k.value for k in node.keys if isinstance(k, ast.Constant)}
            else:
                continue
            if set(NAMES) <= given:
                spelled.append(f"{name}:{node.lineno}")
    few(spelled, CHOICES)


def test_the_palette_is_known_where_pages_are_rendered(package):
    known = [name for name, text in package.items() if re.search(r"\bpalette\b", text)]
    few(known, PALETTE_MODULES)


def test_no_section_and_no_chart_takes_a_palette(trees):
    """Only what a person calls may: the builders of reports, each with the name of its page."""
    kit = ("present/theme.py", "present/html.py", "present/chart.py", "pages/base.py")
    takers = [
        f"{name}: {function.name}"
        for name, tree in trees.items()
        if name.startswith(("present/", "pages/")) and name not in kit
        for function in functions(tree)
        if any(a.arg == "palette" for a in (*function.args.args, *function.args.kwonlyargs))
    ]
    few(takers, PALETTE_BUILDERS)


def test_a_class_has_a_name_of_its_own(trees):
    classes = defaultdict(list)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(name)
    few([f"{name}: {places}" for name, places in classes.items() if len(places) > 1], SHARED_NAMES)


def test_a_module_is_called_what_few_others_are(package):
    stems = defaultdict(list)
    for name in modules(package):
        if not name.startswith("pages/"):  # every page has its report and its sections
            stems[name.rpartition("/")[2]].append(name)
    none_of({stem: names for stem, names in stems.items() if len(names) > STEMS})


def test_no_function_takes_a_crowd(trees):
    crowds = {}
    for name, tree in trees.items():
        if name == "cli.py":
            continue
        for function in functions(tree):
            if bench._HOMES.get(function.name) == module_of(name):
                continue  # what a person calls
            given = function.args
            names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            count = len([n for n in names if n not in ("self", "cls")])
            crowds[f"{name}:{function.lineno} {function.name}"] = count
    few([f"{name}: {count}" for name, count in over(crowds, PARAMETERS).items()], CROWDS)


def test_a_module_has_one_name_in_another(trees):
    wrong = {}
    for name, tree in trees.items():
        aliases = defaultdict(set)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                for imported in node.names:
                    aliases[node.module, imported.name].add(imported.asname or imported.name)
        if several := {what: names for what, names in aliases.items() if len(names) > 1}:
            wrong[name] = several
    none_of(wrong)


def test_a_row_is_made_in_one_place(trees):
    makers = defaultdict(set)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                makers[node.func.id].add(name)
    assert {kind: makers[kind] for kind in WAY} == {kind: {name} for kind, name in WAY.items()}


def test_no_row_is_read_back_from_a_frame(trees):
    """A frame is for users: whoever prints takes the rows that it would be made of."""
    rows = re.compile(rf"\b({'|'.join(WAY)})\b")
    none_of(
        [
            f"{name}:{function.lineno} {function.name}"
            for name, tree in trees.items()
            if name.startswith(("present/", "pages/"))
            for function in functions(tree)
            if function.returns is not None and rows.search(ast.unparse(function.returns))
            for given in (function.args.args, function.args.kwonlyargs)
            for a in given
            if a.annotation is not None and "DataFrame" in ast.unparse(a.annotation)
        ]
    )


def test_names_are_nouns(trees):
    wrong = []
    for name, tree in trees.items():
        for function in functions(tree):
            given = function.args
            for a in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                if a.arg in WORDS:
                    wrong.append(f"{name}:{function.lineno} {function.name}({a.arg})")
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                wrong += [
                    f"{name}:{s.lineno} {node.name}.{s.target.id}"
                    for s in node.body
                    if isinstance(s, ast.AnnAssign)
                    and isinstance(s.target, ast.Name)
                    and s.target.id in WORDS
                ]
    few(wrong, NO_NOUNS)


def test_packages_keep_no_list_of_their_names(trees):
    kept = [
        name
        for name, tree in trees.items()
        if not name.endswith("__init__.py")
        for s in tree.body
        if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "__all__"
    ]
    none_of(kept)


def test_nothing_is_written_twice(trees):
    """No two enumerations of the same members, and no constant of some length in two modules."""
    enums, constants = defaultdict(list), defaultdict(set)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and "Enum" in ast.unparse(ast.Tuple(node.bases)):
                members = [ast.unparse(part) for part in node.body if isinstance(part, ast.Assign)]
                enums[tuple(sorted(members))].append(f"{name} {node.name}")
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                text = ast.unparse(node.value)
                if len(text) > TWINS_FROM:
                    constants[text].add(name)
    groups = (*enums.values(), *constants.values())
    none_of(["; ".join(sorted(names)) for names in groups if len(names) > 1])
