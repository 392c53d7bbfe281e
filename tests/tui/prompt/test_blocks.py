"""Long pastes become blocks; nothing of a text is lost between its folded and its whole form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.tui.health.amounts import size
from genesys_tui.tui.prompt.blocks import EDITABLE, PASTED_BYTES, Blocks

LOG = "".join(f"line {number}\n" for number in range(10_000))


def test_a_long_paste_becomes_a_label_that_tells_its_size() -> None:
    blocks = Blocks()
    label = blocks.pasted(LOG)
    assert label == f"[pasted 10,000 lines · {size(len(LOG))}]"
    assert blocks.expanded(f"Why?\n{label} — {label}") == f"Why?\n{LOG} — {LOG}"
    assert blocks.folded(f"Why?\n{LOG}") == f"Why?\n{label}"


def test_a_short_paste_stays_text_with_its_line_breaks_and_without_what_steers() -> None:
    assert Blocks().pasted("a\rb\r\nc\nd\x1b[2J") == "a\nb\nc\nd␛[2J"


def test_the_bounds_are_50_lines_and_8_kilobytes() -> None:
    blocks = Blocks()
    for text in ("x\n" * 49 + "x", "y" * PASTED_BYTES):
        assert blocks.pasted(text) == text
    for text in ("x\n" * 50 + "x", "y" * PASTED_BYTES + "y", "ä" * PASTED_BYTES):
        assert blocks.pasted(text).startswith("[pasted ")


def test_equal_sizes_keep_their_own_texts() -> None:
    blocks = Blocks()
    one, two = blocks.pasted("1" * 9000), blocks.pasted("2" * 9000)
    assert one != two
    assert blocks.pasted("1" * 9000) == one
    assert blocks.expanded(one + two) == "1" * 9000 + "2" * 9000
    assert blocks.used(f"{two} {one[:-1]}") == {two: "2" * 9000}


def test_what_only_looks_like_a_label_is_text() -> None:
    text = "[pasted 3 lines · 1 KB] [pasted ]"
    assert Blocks().expanded(text) == text
    assert not list(Blocks().spans(text))


def test_what_is_too_long_to_edit_is_folded() -> None:
    blocks = Blocks()
    for text in ("word " * (EDITABLE // 5 + 1), "short\n" + "x" * 20_000 + "\nshort"):
        folded = blocks.folded(text)
        assert len(folded) < 100
        assert blocks.expanded(folded) == text


def test_unfolding_leaves_what_cannot_be_edited() -> None:
    blocks = Blocks()
    small, large = blocks.pasted("x\n" * 60), blocks.pasted("y" * 20_000)
    assert blocks.unfolded(f"{small}{large}") == "x\n" * 60 + large


@given(st.lists(st.sampled_from(["a", "\n", " ", LOG, "z" * 9000, "ü" * 9000, "q\n" * 80]), max_size=8))
def test_folded_and_expanded_are_each_others_inverse(parts: list[str]) -> None:
    blocks = Blocks()
    typed = "".join(blocks.pasted(part) for part in parts)
    assert blocks.expanded(typed) == "".join(parts)
    assert blocks.expanded(blocks.folded("".join(parts))) == "".join(parts)
