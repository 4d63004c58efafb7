"""Where a site or a page may be written: nothing that the program did not make is ever gone."""

import contextlib
import hashlib
import json
import os
import re
import socket
import stat
from pathlib import Path

import pytest

from bench.errors import BenchError, ParameterError, SourceError
from bench.project.new_project import new_project
from bench.publish import html, manifest, notebook, page, pdf, run, site, target
from bench.publish.export.folder import export

INPUTS = manifest.Inputs("c", "c", "d", {}, {}, {})


class RenderedAnywayError(AssertionError):
    pass


@pytest.fixture
def project_(project, monkeypatch):
    """A project with a site file, in which nothing may be rendered."""
    path = project()

    def rendered(*words, **choices):
        raise RenderedAnywayError

    monkeypatch.setattr(run, "run", rendered)
    monkeypatch.setattr(notebook, "execute", rendered)
    monkeypatch.chdir(project.folder)
    return path


def make_site(folder, pages=("leeds", "kent"), **changes):
    """A site as a batch leaves it, without the rendering."""
    folder.mkdir(parents=True, exist_ok=True)
    made = manifest.Run(folder, "five", INPUTS, {}, frozenset(pages))
    html.write_assets(folder / notebook.ASSETS, ["page.css"])
    for name in pages:
        text = f"<p>{name}</p>"
        made.expect([f"{name}.html"])
        notebook.write_page(text, folder / f"{name}.html")
        made.add(
            manifest.Record(
                name, name, "light.ipynb", {}, "0", "done",
                page_sha256=hashlib.sha256(text.encode()).hexdigest(),
            )
        )  # fmt: skip
    made.finish()
    if changes:
        said = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps(said | changes))
    return folder


def everything(folder):
    """Each entry below a folder: its kind, its permissions and its content."""
    seen = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            what = path.readlink()
        elif stat.S_ISREG(status.st_mode):
            what = path.read_bytes()
        else:
            what = None
        seen[path.relative_to(folder)] = (stat.S_IFMT(status.st_mode), what)
    return seen


# --- targets of a site: each makes what is there, and gives what --out says ------------------------


def documents(folder):
    """A folder of somebody's documents."""
    folder.mkdir(exist_ok=True)
    (folder / "letter.txt").write_text("Dear Sir")
    (folder / "below").mkdir()
    (folder / "below" / "photo.jpg").write_bytes(b"\xff\xd8")
    return folder


def a_file(here):
    (here / "x").write_text("mine")
    return here / "x"


def a_link_to_a_folder(here):
    documents(here / "real")
    (here / "x").symlink_to(here / "real")
    return here / "x"


def a_link_to_a_folder_with_a_slash(here):
    return f"{a_link_to_a_folder(here)}/"


def a_link_to_a_site(here):
    make_site(here / "real")
    (here / "x").symlink_to(here / "real")
    return here / "x"


def a_link_to_nothing(here):
    (here / "x").symlink_to(here / "absent")
    return here / "x"


def a_link_to_itself(here):
    (here / "x").symlink_to(here / "x")
    return here / "x"


def a_pipe(here):
    os.mkfifo(here / "x")
    return here / "x"


def a_socket(here):
    os.chdir(here)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as bound:
        bound.bind("x")
    return here / "x"


def the_documents(here):
    return documents(here / "x")


def the_documents_with_a_slash(here):
    return f"{documents(here / 'x')}/"


def a_hidden_file(here):
    (here / "x").mkdir()
    (here / "x" / ".bashrc").write_text("alias")
    return here / "x"


def an_empty_folder_within(here):
    (here / "x" / "y").mkdir(parents=True)
    return here / "x"


def a_clone(here):
    documents(here / "x")
    (here / "x" / ".git").mkdir()
    (here / "x" / ".git" / "HEAD").write_text("ref: refs/heads/main")
    return here / "x"


def the_working_folder(here):
    (here / "x").mkdir()
    os.chdir(here / "x")
    return "."


def the_working_folder_by_no_name(here):
    documents(here / "x")
    os.chdir(here / "x")
    return ""


def the_folder_above(here):
    (here / "x" / "y").mkdir(parents=True)
    os.chdir(here / "x" / "y")
    return ".."


def two_folders_above(here):
    (here / "x" / "y").mkdir(parents=True)
    os.chdir(here / "x" / "y")
    return here / "x" / "y" / ".." / ".."


def the_root(here):
    return "/"


def the_home(here):
    documents(Path.home())
    return Path.home()


def an_empty_home(here):
    return Path.home()


def a_folder_above_home(here):
    return Path.home().parent


def through_a_file(here):
    (here / "x").write_text("mine")
    return here / "x" / "site"


def a_long_name(here):
    return here / ("n" * 300)


def a_name_that_leaves_no_room(here):
    return here / ("n" * 250)


def a_name_with_a_zero_byte(here):
    return here / "x\0y"


def a_run_json_of_something_else(here):
    documents(here / "x")
    (here / "x" / "run.json").write_text('{"site": "five", "pages": []}')
    return here / "x"


def a_run_json_that_names_too_little(here):
    make_site(here / "x")
    (here / "x" / "notes.txt").write_text("mine")
    return here / "x"


def a_run_json_that_climbs_out(here):
    (here / "precious").write_text("mine")
    return make_site(here / "x", files=["run.json", "../precious"])


def a_run_json_with_an_absolute_path(here):
    (here / "precious").write_text("mine")
    return make_site(here / "x", files=["run.json", str(here / "precious")])


def a_run_json_of_another_version(here):
    return make_site(here / "x", format=99)


def a_run_json_that_is_half(here):
    make_site(here / "x")
    text = (here / "x" / "run.json").read_text()
    (here / "x" / "run.json").write_text(text[: len(text) // 2])
    return here / "x"


def a_run_json_that_is_a_link(here):
    make_site(here / "x")
    (here / "x" / "run.json").rename(here / "elsewhere")
    (here / "x" / "run.json").symlink_to(here / "elsewhere")
    return here / "x"


def a_site_with_a_link_for_a_page(here):
    make_site(here / "x")
    (here / "x" / "leeds.html").unlink()
    (here / "x" / "leeds.html").symlink_to(here / "real")
    return here / "x"


def a_site_with_a_folder_for_a_page(here):
    make_site(here / "x")
    (here / "x" / "leeds.html").unlink()
    documents(here / "x" / "leeds.html")
    return here / "x"


def a_site_with_a_file_among_its_assets(here):
    make_site(here / "x")
    (here / "x" / "assets" / "mine.css").write_text("mine")
    return here / "x"


def a_folder_in_a_site(here):
    return make_site(here / "x") / "below"


def the_assets_of_a_site(here):
    return make_site(here / "x") / "assets"


def somebody_s_staging_folder(here):
    documents(here / ".x.making")
    return here / "x"


def somebody_s_old_folder(here):
    make_site(here / "x")
    documents(here / ".x.old")
    return here / "x"


def a_file_for_a_staging_folder(here):
    (here / ".x.making").write_text("mine")
    return here / "x"


def somebody_s_lock(here):
    (here / ".x.lock").write_text("mine")
    return here / "x"


def a_link_for_a_lock(here):
    (here / ".x.lock").symlink_to(here / "elsewhere")
    return here / "x"


def a_pipe_for_a_lock(here):
    os.mkfifo(here / ".x.lock")
    return here / "x"


def the_name_of_a_page(here):
    return here / "leeds.html"


TARGETS = [
    (a_file, "is a file"),
    (the_name_of_a_page, "leeds.html is named as a file is"),
    (a_link_to_a_folder, "is a link to"),
    (a_link_to_a_folder_with_a_slash, "is a link to"),
    (a_link_to_a_site, "name the folder itself"),
    (a_link_to_nothing, "is a link to"),
    (a_link_to_itself, "x"),
    (a_pipe, "is a pipe"),
    (a_socket, "is a socket"),
    (the_documents, "is not a site: it holds below/, letter.txt"),
    (the_documents_with_a_slash, "it holds below/, letter.txt"),
    (a_hidden_file, "it holds .bashrc"),
    (an_empty_folder_within, "it holds y/"),
    (a_clone, "it holds .git/, below/, letter.txt"),
    (the_working_folder, "is the working folder"),
    (the_working_folder_by_no_name, "is the working folder"),
    (the_folder_above, "or holds it"),
    (two_folders_above, "or holds it"),
    (the_root, "or holds it"),
    (the_home, "your home folder"),
    (an_empty_home, "your home folder"),
    (a_folder_above_home, "or holds it"),
    (through_a_file, "is a file"),
    (a_long_name, "File name too long"),
    (a_name_that_leaves_no_room, "File name too long"),
    (a_name_with_a_zero_byte, "null byte"),
    (a_run_json_of_something_else, "its run.json is not one of `bench site`"),
    (a_run_json_that_names_too_little, "is a site, but it also holds notes.txt"),
    (a_run_json_that_climbs_out, "its run.json is not one"),
    (a_run_json_with_an_absolute_path, "its run.json is not one"),
    (a_run_json_of_another_version, "its run.json is not one"),
    (a_run_json_that_is_half, "its run.json is not one"),
    (a_run_json_that_is_a_link, "its run.json is not one"),
    (a_site_with_a_link_for_a_page, "it also holds leeds.html"),
    (a_site_with_a_folder_for_a_page, "it also holds leeds.html"),
    (a_site_with_a_file_among_its_assets, "it also holds assets/mine.css"),
    (a_folder_in_a_site, "lies in the site"),
    (the_assets_of_a_site, "lies in the site"),
    (somebody_s_staging_folder, ".x.making is not a site"),
    (somebody_s_old_folder, ".x.old is not a site"),
    (a_file_for_a_staging_folder, ".x.making is no folder"),
    (somebody_s_lock, ".x.lock is there"),
    (a_link_for_a_lock, ".x.lock is there"),
    (a_pipe_for_a_lock, ".x.lock is there"),
]


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and sockets")
@pytest.mark.parametrize(
    ("prepare", "message"), TARGETS, ids=[prepare.__name__ for prepare, _ in TARGETS]
)
@pytest.mark.parametrize("only", [(), ("Leeds",)], ids=["all", "only"])
def test_what_the_program_did_not_make_is_never_gone(
    project_, tmp_path, monkeypatch, prepare, message, only
):
    here, home = tmp_path / "here", tmp_path / "people" / "me"
    here.mkdir()
    home.mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setenv("BENCH_ROOT", str(project_.parents[2]))
    out = prepare(here)
    before = everything(tmp_path)
    with pytest.raises((ParameterError, SourceError)) as refused:
        site.build(project_, out=Path(out), only=only)
    assert message in str(refused.value)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["data/new", "params", "notebooks", "params/sites", "notebooks/new", "src/new/site", "reports"]
)  # fmt: skip
def test_no_site_goes_into_the_project_s_own_folders(project_, project, name):
    before = everything(project.folder)
    with pytest.raises(ParameterError, match=r"lies in the project's|holds every report"):
        site.build(project_, out=project.folder / name)
    assert everything(project.folder) == before


def test_a_mount_point_is_refused(project_, tmp_path, monkeypatch):
    (tmp_path / "mounted").mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "mounted")
    with pytest.raises(ParameterError, match="is a mount point"):
        site.build(project_, out=tmp_path / "mounted")


@pytest.mark.parametrize("which", ["itself", "above"])
def test_a_read_only_folder_is_refused_before_anything_is_made(
    project_, tmp_path, monkeypatch, which
):
    place = tmp_path / "above"
    (place / "site").mkdir(parents=True)
    closed = place if which == "above" else place / "site"
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed)
    with pytest.raises(SourceError, match="read-only"):
        site.build(project_, out=place / "site")
    assert everything(tmp_path / "above") == {Path("site"): (stat.S_IFDIR, None)}


@pytest.mark.parametrize("kind", ["absent", "empty", "a site", "below what is absent"])
def test_where_a_site_may_be_written_it_is_made(project_, tmp_path, kind):
    out = tmp_path / "x" / "y" if kind.startswith("below") else tmp_path / "x"
    if kind == "empty":
        out.mkdir()
    if kind == "a site":
        make_site(out)
    with pytest.raises(RenderedAnywayError):
        site.build(project_, out=out)
    assert not target.lock_file(out).exists()


# --- one site in the place of another ---------------------------------------------------------------


def text(folder):
    return {path.name: path.read_text() for path in sorted(folder.glob("*.html"))}


OLD, NEW = {"kent.html": "<p>kent</p>"}, {"leeds.html": "<p>leeds</p>"}


@pytest.fixture
def two(tmp_path):
    """A site in force and one that is made."""
    out = make_site(tmp_path / "x", ["kent"])
    return out, make_site(target.staging(out), ["leeds"])


def test_a_site_takes_the_place_of_another_and_leaves_nothing(two):
    out, new = two
    out.chmod(0o750)
    target.swap(new, out)
    assert text(out) == NEW
    assert stat.S_IMODE(out.stat().st_mode) == 0o750
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".x")] == []


@pytest.mark.parametrize("step", [1, 2, 3])
def test_killed_within_the_swap_the_next_start_mends_it(two, monkeypatch, step):
    """Step 1: before the old site is put aside; 2: before the new one comes; 3: after it."""
    out, new = two

    class KilledError(BaseException):
        pass

    steps = iter(range(1, 9))
    rename = Path.rename

    def killed_at(path, to):
        if next(steps) == step:
            raise KilledError
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", killed_at)
    if step == 3:
        monkeypatch.setattr(target, "discard", lambda folder: (_ for _ in ()).throw(KilledError))
    with pytest.raises(KilledError):
        target.swap(new, out)
    monkeypatch.undo()
    assert (target.in_force(out) is None) == (step == 2)
    target.check_site(out)
    assert target.recover(out) == (step > 1)
    assert text(out) == (NEW if step == 3 else OLD)
    assert not (out.parent / ".x.old").exists()
    if step < 3:  # and what was made is still there to be kept
        assert text(new) == NEW


def test_a_swap_that_fails_puts_the_old_site_back(two, monkeypatch):
    out, new = two
    rename = Path.rename

    def fails(path, to):
        if path == new:
            raise OSError(28, "No space left on device")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="No space"):
        target.swap(new, out)
    assert text(out) == OLD
    assert text(new) == NEW


def test_a_file_that_came_while_pages_were_made_stays(two):
    out, new = two
    (out / "notes.txt").write_text("mine")
    with pytest.raises(ParameterError, match=r"it also holds notes\.txt"):
        target.swap(new, out)
    assert text(out) == OLD
    assert (out / "notes.txt").read_text() == "mine"


def test_an_old_copy_is_removed_in_an_order_that_can_be_stopped(two, monkeypatch):
    """Whatever of it is left, the next start knows it as ours and removes the rest."""
    out, _ = two
    old = make_site(target._old(out), ["devon", "barnet"])
    while old.exists():
        unlink, left = Path.unlink, iter([True])

        def one_only(path, missing_ok=False, unlink=unlink, left=left):
            if path.exists() and not next(left, False):
                raise OSError(5, "stopped")
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", one_only)
        with contextlib.suppress(BenchError):
            target.recover(out)
        monkeypatch.undo()
        target.check_site(out)
    assert text(out) == OLD


def test_the_site_in_force_is_asked_of_what_is_there(tmp_path):
    assert target.in_force(tmp_path / "absent") is None
    assert target.in_force(documents(tmp_path / "x")) is None
    assert target.in_force(make_site(tmp_path / "y")) is not None


@pytest.mark.parametrize("name", ["leeds.html", "run.json", "assets/page.css"])
def test_half_of_a_site_s_file_that_a_killed_batch_left_is_its_own(tmp_path, name):
    out = make_site(tmp_path / "x")
    path = out / name
    half = path.with_name(f".{path.name}.0123456789ab.part")
    half.write_text("<")
    target.check_site(out)
    made = manifest.Run(out, "five", INPUTS, {}, frozenset(["leeds", "kent"]))
    made.records.update(manifest.read(out).records)
    made.finish()
    assert not half.exists()
    half.write_text("<")
    target.discard(out)
    assert not out.exists()


@pytest.mark.parametrize(
    "name", [".leeds.html.part", ".notes.0123456789ab.part", ".leeds.html.0123.part"]
)
def test_any_other_half_is_somebody_s(tmp_path, name):
    out = make_site(tmp_path / "x")
    (out / name).write_text("mine")
    with pytest.raises(ParameterError, match=re.escape(name)):
        target.discard(out)
    assert (out / name).read_text() == "mine"


# --- a page beside other people's files -------------------------------------------------------------

PAGE = (
    '<html><head>\n<meta charset="utf-8">\n<meta name="generator" content="bench">\n'
    '<link rel="stylesheet" href="assets/page.css"></head>'
    '<a class="download" download href="leeds.csv">Table</a>'
)
BESIDE = {"leeds.csv": b"new", "leeds-peers.csv": b"new", "assets/page.css": b"new"}


def ours(folder):
    (folder / "assets").mkdir()
    (folder / "leeds.html").write_text(PAGE)
    (folder / "leeds.csv").write_text("old")
    (folder / "assets" / "page.css").write_text("old")


def test_a_page_takes_the_place_of_itself_and_of_what_it_leads_to(tmp_path):
    target.check_page(tmp_path / "absent" / "leeds.html", BESIDE, root=tmp_path / "project")
    target.check_page(tmp_path / "leeds.html", BESIDE, root=tmp_path / "project")
    documents(tmp_path)
    target.check_page(tmp_path / "leeds.html", BESIDE, root=tmp_path / "project")
    ours(tmp_path)
    target.check_page(tmp_path / "leeds.html", BESIDE, root=tmp_path / "project")


def test_a_file_with_the_same_bytes_may_be_anybody_s(tmp_path):
    for name, content in BESIDE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    target.check_page(tmp_path / "leeds.html", BESIDE, root=tmp_path / "project")


def replaced(name, prepare):
    def change(folder):
        path = folder / name
        if path.is_file():
            path.unlink()
        prepare(path)

    return change


IN_THE_WAY = {
    "a page of somebody's": ("leeds.html", lambda path: path.write_text("<p>My notes</p>")),
    "a page that names the program only in its text": (
        "leeds.html",
        lambda path: path.write_text(" " * 5000 + PAGE),
    ),
    "a folder for the page": ("leeds.html", documents),
    "a link for the page": ("leeds.html", lambda path: path.symlink_to(path.parent / "letter")),
    "a table that no page leads to": ("leeds-peers.csv", lambda path: path.write_text("mine")),
    "a folder for a table": ("leeds-peers.csv", documents),
    "a link for a table": ("leeds.csv", lambda path: path.symlink_to(path.parent / "letter")),
    "a link for an asset": (
        "assets/page.css",
        lambda path: path.symlink_to(path.parent / "letter"),
    ),
}


@pytest.mark.skipif(os.name != "posix", reason="links")
@pytest.mark.parametrize("case", IN_THE_WAY)
def test_a_page_never_takes_the_place_of_somebody_s_file(tmp_path, case):
    name, prepare = IN_THE_WAY[case]
    ours(tmp_path)
    replaced(name, prepare)(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(ParameterError) as refused:
        target.check_page(tmp_path / "leeds.html", BESIDE, root=tmp_path / "project")
    assert name in str(refused.value)
    assert everything(tmp_path) == before


CARRIES = (
    PAGE.replace(
        'download href="leeds.csv"', 'download="leeds.csv" href="data:text/csv;base64,bmV3"'
    )
    + "<p>New</p>"
)


def prints(command, **choices):
    """What a browser does that prints a page."""
    out = next(word for word in command if word.startswith("--print-to-pdf="))
    Path(out.partition("=")[2]).write_bytes(b"printed")


@pytest.mark.skipif(os.name != "posix", reason="links")
@pytest.mark.parametrize("name", ["leeds.html", "leeds.csv", "leeds-peers.csv", "leeds.pdf"])
@pytest.mark.parametrize(
    "prepare",
    [
        lambda path: path.write_text("mine"),
        documents,
        lambda path: path.symlink_to(path.parent / "letter"),
    ],
    ids=["file", "folder", "link"],
)
def test_no_file_of_a_user_s_is_taken_for_a_temporary_one(tmp_path, monkeypatch, name, prepare):
    """What is called as a half once was is neither written nor removed, nor is it in the way."""
    ours(tmp_path)
    prepare(tmp_path / f".{name}.part")
    monkeypatch.setattr(notebook, "execute", lambda *words, **choices: None)
    monkeypatch.setattr(notebook, "render_page", lambda *words, **choices: CARRIES)
    monkeypatch.setattr(pdf, "find_chromium", lambda: "chromium")
    monkeypatch.setattr(pdf.subprocess, "run", prints)
    before = everything(tmp_path)
    path = page._make(
        notebook.Page("leeds", "Leeds", "light.ipynb", {}),
        tmp_path,
        lambda: None,
        page.PageOutput(print_pdf=True),
    )
    after = everything(tmp_path)
    assert path.with_suffix(".pdf").read_bytes() == b"printed" + pdf.MARK
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert {key.parts[0] for key in changed} == {"assets", "leeds.html", "leeds.csv", "leeds.pdf"}


@pytest.mark.parametrize(
    "name", ["data", "data/reference/peers", "data/new", "notebooks", "params/x", ".git", "src"]
)
def test_no_page_goes_into_the_project_s_own_folders(tmp_path, name):
    with pytest.raises(ParameterError, match=f"project's {name.partition('/')[0]}"):
        target.check_page(tmp_path / name / "leeds.html", BESIDE, root=tmp_path)


@pytest.mark.parametrize("kind", ["file", "site", "below a file", "assets", "link to nothing"])
@pytest.mark.parametrize("single_file", [False, True])
def test_a_report_that_cannot_be_written_is_refused_before_it_is_made(
    tmp_path, monkeypatch, kind, single_file
):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "below a file":
        out.write_text("mine")
        out = out / "below"
    elif kind == "site":
        make_site(out)
    elif kind == "link to nothing":
        out.symlink_to(tmp_path / "absent")
    elif single_file:
        pytest.skip("a single file has no assets")
    else:
        out.mkdir()
        (out / "assets").symlink_to(tmp_path)

    def rendered(*words, **choices):
        raise RenderedAnywayError

    monkeypatch.setattr(notebook, "execute", rendered)
    before = everything(tmp_path)
    with pytest.raises((ParameterError, SourceError)):
        page._make(
            notebook.Page("leeds", "Leeds", "light.ipynb", {}), out, lambda: None,
            page.PageOutput(single_file=single_file),
        )  # fmt: skip
    assert everything(tmp_path) == before


def a_report(folder, root):
    target.check_page(folder / "leeds.html", BESIDE, root=root)


@pytest.mark.parametrize(
    "make",
    [
        a_report,
        target.site_folder,
        lambda folder, root: export(folder, years=["2018-19"]),
        lambda folder, root: new_project(root, folder),
    ],
    ids=["report", "site", "export", "new"],
)
@pytest.mark.parametrize("name", ["leeds.html", "leeds.PDF", "table.csv", "book.xlsx", "x.yaml"])
def test_a_folder_that_is_named_as_a_file_is_not_made(tmp_path, root, make, name):
    with pytest.raises(
        ParameterError, match="is named as a file is; what is made goes into a folder"
    ):
        make(tmp_path / name, root)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_may_be_called_anything(tmp_path):
    for name in ("leeds.html", "v1.2", "2024.25"):
        (tmp_path / name).mkdir()
        a_report(tmp_path / name, tmp_path / "project")
    a_report(tmp_path / "v1.3", tmp_path / "project")
