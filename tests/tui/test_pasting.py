"""A paste is text, whatever is in it, and however the terminal cuts it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from genesys_tui.tui.mends import mend_textual
from genesys_tui.tui.pasting import Pastes

from .conftest import MakeStage

START, END = "\x1b[200~", "\x1b[201~"


@pytest.fixture(autouse=True, scope="module")
def mended() -> None:
    mend_textual()


def parsed(*pieces: str) -> list[str]:
    """Names of keys, and what was pasted."""
    parser = XTermParser()
    told = [event for piece in pieces for event in parser.feed(piece)]
    return [f"pasted {each.text}" if isinstance(each, events.Paste) else each.key for each in told]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mred\x1b[0m\nsecond\n",
        "x \x1b\x11 y",
        "\x1b",
        "a\x1b[2",
        "\x1b[200~",
        "\x1b\x1b[A",
        "[201~",
        "\x1b[<0;1;1M",
    ],
)
def test_a_paste_presses_no_key_wherever_it_is_cut(text: str) -> None:
    whole = f"a{START}{text}{END}b"
    meant = ["a", f"pasted {text}".replace("\x1b", "␛"), "b"]
    assert parsed(whole) == meant
    assert parsed(*whole) == meant
    for place in range(1, len(whole)):
        assert parsed(whole[:place], whole[place:]) == meant


@given(st.lists(st.sampled_from(["\x1b", "[", "2", "0", "1", "~", "A", "x", START, END])), st.data())
def test_what_is_not_pasted_is_left_as_it_is(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)))))
    pastes, at_once = Pastes(), Pastes().cleaned(text)
    in_pieces = "".join(pastes.cleaned(text[a:b]) for a, b in pairwise([0, *cuts, len(text)]))
    assert in_pieces == at_once
    assert text.replace("\x1b", "␛").startswith(at_once.replace("\x1b", "␛"))
    outside = text.partition(START)[0]
    assert at_once.startswith(outside)


def test_an_escape_alone_is_a_key_at_once() -> None:
    parser = XTermParser()
    assert list(parser.feed("\x1b")) == []
    assert [each.key for each in parser.feed("\x1b")] == ["escape"]  # type: ignore[attr-defined]


async def test_a_coloured_log_is_pasted_whole_and_nothing_is_sent(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        for event in XTermParser().feed(f"{START}first \x1b[31mred\x1b[0m\nsecond\nthird{END}"):
            it.app.post_message(event)
        await it.until(pilot, lambda: "third" in it.app.chat.composer.prompt.text)
        assert it.app.chat.composer.prompt.text == "first ␛[31mred␛[0m\nsecond\nthird"
        assert not it.records
