"""However a reply arrives, the page ends the same, and is never wrong on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tui.transcript.documents import DOCUMENTS, documents, pieces
from tui.transcript.drawing import PALETTE

from genesys_tui.tui.transcript.conversation import Conversation
from genesys_tui.tui.transcript.page import Page
from genesys_tui.tui.transcript.view import View


class Sheet:
    """A conversation on a page, without an app."""

    def __init__(self, width: int = 50, height: int = 12) -> None:
        self.conversation = Conversation()
        self.page = Page()
        self.page.palette = PALETTE
        self.view = View(self.page)
        self.view.resize(width, height)
        self.conversation.begin("p")
        self._taken = 0

    def take(self) -> None:
        start = min(self._taken, self.conversation.settled)
        self.conversation.update()
        self.page.replace(start, self.conversation.blocks[start:])
        self._taken = self.conversation.settled
        self.view.settle()

    def stream(self, parts: list[str]) -> Sheet:
        for part in parts:
            self.conversation.append(part)
            self.take()
        self.conversation.end("Completed", "success")
        self.take()
        return self

    def looks(self) -> list[list[tuple[str, str]]]:
        """Every line as text and looks."""
        return [
            [(segment.text, str(segment.style.meta if segment.style else "")) for segment in strip]
            for index in range(len(self.page.blocks))
            for strip in self.page.strips(index)
        ]


@given(documents, st.lists(st.integers(0, 10_000), max_size=10))
def test_any_cut_ends_in_the_same_lines_and_looks(source: str, cuts: list[int]) -> None:
    assert Sheet().stream(pieces(source, cuts)).looks() == Sheet().stream([source]).looks()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_character_at_a_time_ends_in_the_same_lines_and_looks(name: str) -> None:
    source = DOCUMENTS[name][:2500]
    assert Sheet().stream(list(source)).looks() == Sheet().stream([source]).looks()


def test_a_number_that_ends_a_table_leaves_its_columns_alone() -> None:
    source = "a|b\n-|-\n1|2\n12345. item"
    assert Sheet().stream(list(source)).looks() == Sheet().stream([source]).looks()


@given(documents, st.lists(st.integers(0, 10_000), max_size=10), st.integers(0, 40))
def test_lines_in_view_stay_while_the_reply_goes_on(source: str, cuts: list[int], line: int) -> None:
    """Of finished text nothing moves or changes for a reader who has scrolled up."""
    sheet = Sheet(40, 5)
    sheet.stream(["".join(f"Paragraph {n} of some words to be wrapped, and more.\n\n" for n in range(20))])
    sheet.conversation.begin("p")
    sheet.take()
    sheet.view.move(min(line, sheet.view.top - 1))
    before = in_view(sheet)
    for part in pieces(source, cuts):
        sheet.conversation.append(part)
        sheet.take()
        assert in_view(sheet) == before
    assert not sheet.view.following


def in_view(sheet: Sheet) -> list[str]:
    places = [sheet.page.heights.find(sheet.view.top + y) for y in range(sheet.view.height)]
    return [sheet.page.strips(index)[offset].text for index, offset in places]
