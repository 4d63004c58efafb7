"""What becomes of a notebook's headings on a page: named, listed, and some closed until asked for."""

import re

import pytest

from bench.publish import html as pages
from bench.publish.html import Headings


def page(*cells, after="<p>{}</p>"):
    """The cells' HTML with a paragraph after each, the list before and the end after it."""
    headings = Headings()
    body = "".join(
        headings.titled(html, tags) + after.format(number)
        for number, (html, tags) in enumerate(cells)
    )
    return headings.contents(), body + headings.end()


PLAIN = [(f"<h2>Part {letter}</h2>\n", []) for letter in "ABCDEF"]


def test_the_first_title_is_left_out_and_a_later_one_is_a_section():
    _, body = page(("<h1>Title</h1>\n", []), ("<h1>Another</h1>\n", []))
    assert body == '<p>0</p><h2 id="section-another">Another</h2>\n<p>1</p>'


@pytest.mark.parametrize(("number", "listed"), [(1, 0), (5, 0), (6, 6)])
def test_many_sections_are_listed_and_a_few_are_not(number, listed):
    contents, body = page(*PLAIN[:number])
    assert contents.count("<a href") == listed
    for at in range(listed):
        assert f'href="#section-part-{"abcdef"[at]}"' in contents
        assert f'id="section-part-{"abcdef"[at]}"' in body


@pytest.mark.parametrize(
    ("tags", "kind", "said_on_paper"),
    [
        (["folded"], "folded", True),
        (["folded", "on-paper"], "folded on-paper", False),
        (["on-paper"], None, False),
        ([], None, False),
    ],
)
def test_a_section_with_the_tag_is_closed_up_to_the_next(tags, kind, said_on_paper):
    _, body = page(("<h2>One</h2>\n", tags), ("<h2>Two</h2>\n", []))
    opening = f'<details class="{kind}"><summary><h2 id="section-one">One</h2></summary>\n'
    assert body.startswith(opening) is (kind is not None)
    assert body.count("<details") == body.count("</details>") == (kind is not None)
    assert ('</details>\n<h2 id="section-two">' in body) is (kind is not None)
    assert ("On screen this page has more: One." in body) is said_on_paper


def test_a_closed_section_at_the_end_is_ended():
    _, body = page(("<h2>One</h2>\n", ["folded"]), ("<h2>Two</h2>\n", ["folded"]))
    assert body.count("<details") == body.count("</details>") == 2
    assert body.endswith("On screen this page has more: One; Two.</p>\n")


def test_sections_of_one_title_have_anchors_of_their_own():
    _, body = page(*[("<h2>Years</h2>\n", [])] * 3)
    assert re.findall(r'<h2 id="([^"]+)"', body) == [
        "section-years", "section-years-2", "section-years-3",
    ]  # fmt: skip


def test_the_template_can_be_compiled_before_the_first_page():
    pages._exporter.cache_clear()
    pages.prepare()
    assert pages._exporter().template.name
