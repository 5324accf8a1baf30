import re
from html.parser import HTMLParser
from itertools import pairwise

from streamdeid.evaluate.agreement import Agreement, differences
from streamdeid.evaluate.evaluation import Evaluation
from streamdeid.evaluate.marked import Gold, Marked
from streamdeid.evaluate.misses import Chosen, Sort
from streamdeid.evaluate.page import page
from streamdeid.evaluate.scoring import Scores

TEXT = "Jane <b>Madeup</b> & 3/4 \"Springfield\" <script>alert('x')</script>"
NAME, DATE = Marked(8, 14, "NAME/PATIENT"), Marked(21, 24, "DATE")
_VOID = {"meta", "br", "link", "img"}


class Outline(HTMLParser):
    """Tags, attributes and text; fails on tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.said += text

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def evaluation(examples: int = 5) -> Evaluation:
    scores, chosen, agreement = Scores(), Chosen(examples), Agreement()
    for number, kind in enumerate(("note", 'a "kind" & <more>')):
        gold = Gold(
            f"<{number}>", TEXT, (NAME, DATE, Marked(0, 4, "ORG")), kind=kind, seen=bool(number), line=number + 1
        )
        comparison = scores.add(gold, [DATE, Marked(28, 39, "LOCATION")])
        chosen.add(comparison)
        chosen.add_marks(Sort.ONLY_OTHER, agreement.add(comparison, [NAME]).other, comparison)
    rows = list(differences(scores, agreement))
    return Evaluation("gold.jsonl", "detectors of policy <p>", scores, chosen, "other.jsonl", rows)


def test_texts_are_text_and_never_markup() -> None:
    html = page(evaluation())
    outline = Outline(html)
    assert "<script>alert('x')</script>" in outline.said
    assert "Jane <b>" in outline.said
    assert len(outline.all("script")) == 1
    assert not outline.all("b")


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    html = page(evaluation())
    outline = Outline(html)
    assert "default-src 'none'" in html
    assert not re.search(r"https?:|url\(|@import|\bsrc=|<link|<img", html)
    assert outline.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.all("meta")


def test_it_says_at_its_top_that_it_holds_identifiers() -> None:
    said = Outline(page(evaluation())).said
    assert said.index("This file holds identifiers") < said.index("entities missed")


def test_tables_have_captions_and_headers_and_headings_go_down_one_by_one() -> None:
    outline = Outline(page(evaluation()))
    assert len(outline.all("table")) == len(outline.all("caption")) == 5
    assert {header.get("scope") for header in outline.all("th")} == {"col", "row"}
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_errors_can_be_told_apart_without_colours_and_be_filtered() -> None:
    outline = Outline(page(evaluation()))
    articles = outline.all("article")
    assert [(one["data-sort"], one["data-label"]) for one in articles] == [
        *[("missed", "NAME")] * 2,
        *[("excess", "LOCATION")] * 2,
        *[("only the other", "NAME")] * 2,
    ]
    assert {one["data-kind"] for one in articles} == {"note", 'a "kind" & <more>'}
    for words in ("NAME/PATIENT leaked", "DATE found", "LOCATION excess"):
        assert words in outline.said
    assert len(outline.all("label")) == len(outline.all("select")) == 3


def test_a_page_without_errors_is_one() -> None:
    said = Outline(page(evaluation(examples=0))).said
    assert "There are none to show" in said
