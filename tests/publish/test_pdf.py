"""Printing without a Chromium, or with one that fails, is told; the page stays."""

import stat

import pytest

from bench.errors import ExecutionError, ParameterError
from bench.publish import pdf


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "kent.html"
    path.write_text("<p>Kent</p>")
    return path


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_missing_chromium_is_told_with_what_to_install(page, nothing_installed):
    with pytest.raises(ExecutionError, match="No Chromium was found") as refused:
        pdf.print_page(page)
    told = str(refused.value)
    assert f"{page} is written, but not printed." in told
    assert "install Chromium, Google Chrome or Microsoft Edge" in told
    assert "BENCH_CHROMIUM" in told
    assert page.read_text() == "<p>Kent</p>"


def test_a_chromium_that_is_named_but_is_none_is_told(page, nothing_installed, monkeypatch):
    monkeypatch.setenv("BENCH_CHROMIUM", "/nowhere/chrome")
    with pytest.raises(ExecutionError, match="names '/nowhere/chrome', which is no program"):
        pdf.print_page(page)


@pytest.mark.parametrize("name", pdf.BROWSERS)
def test_any_of_the_browsers_will_do(tmp_path, monkeypatch, name):
    monkeypatch.delenv("BENCH_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = program(tmp_path, name, "exit 0")
    assert pdf.find_chromium() == str(made)


@pytest.mark.slow
def test_a_chromium_that_prints_nothing_is_told(page, tmp_path, monkeypatch):
    broken = program(tmp_path, "broken", "echo no display >&2; exit 7")
    monkeypatch.setenv("BENCH_CHROMIUM", str(broken))
    with pytest.raises(ExecutionError, match=r"did not print it \(exit 7\): no display"):
        pdf.print_page(page)
    assert not page.with_suffix(".pdf").exists()


@pytest.mark.slow
def test_what_it_prints_stands_beside_the_page(page, tmp_path, monkeypatch):
    script = (
        'for word in "$@"; do case $word in --print-to-pdf=*) echo %PDF > "${word#*=}";; esac; done'
    )
    monkeypatch.setenv("BENCH_CHROMIUM", str(program(tmp_path, "works", script)))
    assert pdf.print_page(page) == page.with_suffix(".pdf")
    assert page.with_suffix(".pdf").read_bytes() == b"%PDF\n" + pdf.MARK
    assert pdf.print_page(page).read_bytes() == b"%PDF\n" + pdf.MARK  # and in its own place


@pytest.mark.parametrize("kind", ["a file", "an empty file", "a folder", "a link"])
def test_a_pdf_of_somebody_s_is_never_replaced(page, tmp_path, monkeypatch, kind):
    there = page.with_suffix(".pdf")
    if kind == "a folder":
        there.mkdir()
    elif kind == "a link":
        there.symlink_to(tmp_path / "elsewhere.pdf")
    else:
        there.write_text("%PDF of mine" if kind == "a file" else "")
    before = there.lstat()
    monkeypatch.setattr(pdf, "find_chromium", lambda: "/nowhere/chrome")
    with pytest.raises(ParameterError, match="was not printed by bench"):
        pdf.print_page(page)
    assert there.lstat() == before
