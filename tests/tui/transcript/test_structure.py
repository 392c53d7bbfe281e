"""Sources become the blocks that CommonMark says, however they arrive."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui.transcript.documents import DOCUMENTS, MIXED, documents, pieces
from tui.transcript.oracle import blocks_of, ours, theirs

from genesys_tui.tui.transcript.inline import runs
from genesys_tui.tui.transcript.reply import Reply


@given(documents)
def test_blocks_are_those_of_markdown_it(source: str) -> None:
    assert ours(source) == theirs(source)


def test_blocks_of_a_mixed_document_are_those_of_markdown_it() -> None:
    assert ours(MIXED) == theirs(MIXED)


@given(documents, st.lists(st.integers(0, 10_000), max_size=8))
def test_blocks_do_not_depend_on_where_the_source_is_cut(source: str, cuts: list[int]) -> None:
    reply = Reply()
    for piece in pieces(source, cuts):
        reply.feed(piece)
        reply.arriving()
    reply.finish()
    assert reply.finished == blocks_of(source)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("size", [1, 7, 333])
def test_long_blocks_do_not_depend_on_where_the_source_is_cut(name: str, size: int) -> None:
    source = DOCUMENTS[name]
    reply = Reply()
    for start in range(0, len(source), size):
        reply.feed(source[start : start + size])
        if size > 1 or start % 97 == 0:
            reply.arriving()
    reply.finish()
    assert reply.finished == blocks_of(source)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_arriving_ends_as_what_is_finished(name: str) -> None:
    """Before its end, a reply shows all that has arrived but for marks that may still become something else."""
    reply = Reply()
    reply.feed(DOCUMENTS[name].rstrip("\r\n-=*>|` "))
    shown = reply.finished + [replace(block, arriving=False) for block in reply.arriving()]
    reply.finish()
    assert shown == reply.finished


@given(documents)
def test_finished_blocks_never_change(source: str) -> None:
    reply = Reply()
    before: list[object] = []
    for character in source:
        reply.feed(character)
        assert reply.finished[: len(before)] == before
        before = list(reply.finished)


def test_no_block_grows_without_limit() -> None:
    for name, source in DOCUMENTS.items():
        assert all(len(block.text) <= 4200 for block in blocks_of(source)), name


def test_list_numbers_go_on_as_commonmark_counts() -> None:
    markers = [block.frames[0].marker for block in blocks_of("3. a\n3. b\n9. c\n\nx\n\n7) d") if block.frames]
    assert markers == ["3.", "4.", "5.", "7)"]


def test_marks_that_may_become_something_else_do_not_flicker() -> None:
    """`foo` is not shown as a heading for the moment in which its list has only a dash."""
    reply = Reply()
    reply.feed("foo\n-")
    assert [block.kind for block in reply.arriving()] == ["paragraph"]
    reply.feed(" bar")
    assert [block.kind for block in reply.finished + reply.arriving()] == ["paragraph", "paragraph"]


def test_marks_of_emphasis_code_and_links_do_not_flash_while_they_arrive() -> None:
    reply = Reply()
    for character in "Say **bold *and* so**, *soft*, `code *x`, ~~gone~~ and [docs](https://example.com/a) 2 * 3":
        reply.feed(character)
        shown = "".join(text for text, _ in runs(reply.arriving()[-1].text))
        assert not set("`~") & set(shown)
        assert "*" not in shown.replace("code *x", "").replace("code *", "").replace("2 *", "")
        assert "](" not in shown
