"""Markup of editable texts: what belongs on a paper stays, everything else goes."""

from __future__ import annotations

import re
import time

import pytest

from core.foundation.documents.markup import clean_markup, paragraphs

ALLOWED = re.compile(r"</?(?:b|strong|i|em|u|small|sub|sup|p|ul|ol|li|h3|h4|blockquote|br|hr)>")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Preț <b>bold</b> și <i>cursiv</i>", "Preț <b>bold</b> și <i>cursiv</i>"),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("&lt;b&gt; &amp; &#x219;", "&lt;b&gt; &amp; ș"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<b><i>a</b>c", "<b><i>a</i></b>c"),
        ("</b></td></table>a", "a"),
        ("a<br/>b<hr>", "a<br>b<hr>"),
        ('<p style="x" onclick="y" class="z">a</p>', "<p>a</p>"),
        ("<script>alert(1)</script>a<style>b", "a"),
        ("<!-- a --><b>b</b><!-- c", "<b>b</b>"),
        ("<scr<!-- -->ipt>a</script>b", "b"),
        ('<img src="file:///etc/passwd">a<pdf:nextpage/>b<a href="javascript:x">c</a>', "abc"),
        ("<TABLE><TR><TD>a</TD></TR></TABLE>", "a"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</li></li></ul>"),
    ],
)
def test_markup_is_rebuilt_from_what_is_allowed(html: str, expected: str) -> None:
    assert clean_markup(html) == expected


@pytest.mark.parametrize(
    "html",
    ["<" * 100_000, "<a" * 50_000, "<" + "a" * 100_000, "<!--" * 30_000, "<b>" * 30_000, "</b>" * 30_000, "<script>" * 20_000,
     "<script></script>" * 10_000, " " * 100_000 + "x", "&" * 100_000, "<p>" * 30_000, "&#x" * 40_000],
)  # fmt: skip
def test_no_input_is_slow(html: str) -> None:
    began = time.process_time()
    clean = "".join(paragraphs(html))
    assert time.process_time() - began < 2
    assert "<" not in ALLOWED.sub("", clean)


def test_lines_become_paragraphs_where_the_text_has_none() -> None:
    assert paragraphs("unu\n\n doi & trei\n") == ["unu", " doi &amp; trei"]
    assert paragraphs("<p>unu</p>\n<p>doi</p>") == ["<p>unu</p>\n<p>doi</p>"]
    assert paragraphs("<b>unu\ndoi</b>") == ["<b>unu</b>", "doi"]
    assert paragraphs("") == []
