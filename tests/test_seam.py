"""The seam: what a continuation repeats is trimmed, and nothing else is lost."""

from __future__ import annotations

import pytest
from fakes import asking
from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.errors import ConfigurationError
from genesys_tui.seam import LONGEST_OVERLAP, SHORTEST_OVERLAP, Seam, continuation

# Few characters, so that texts repeat themselves, the worst case for a search of overlaps.
TEXTS = st.text("ab ", max_size=60) | st.text(max_size=60)


def pieces_of(text: str, places: list[int]) -> list[str]:
    cuts = sorted({place % (len(text) + 1) for place in places})
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def joined(before: str, pieces: list[str]) -> str:
    seam = Seam(before)
    return before + "".join([seam.feed(piece) for piece in pieces]) + seam.finish()


def longest_overlap(before: str, after: str) -> int:
    """By its definition, slowly."""
    sizes = range(SHORTEST_OVERLAP, min(LONGEST_OVERLAP, len(before), len(after)) + 1)
    return max((size for size in sizes if before.endswith(after[:size])), default=0)


@given(TEXTS, TEXTS, st.integers(0, 80), st.lists(st.integers(0, 10_000), max_size=30))
@settings(max_examples=1000)
def test_the_longest_overlap_is_there_once_however_it_is_cut(
    head: str, tail: str, repeated: int, places: list[int]
) -> None:
    after = head[max(0, len(head) - repeated) :] + tail
    expected = head + after[longest_overlap(head, after) :]
    assert joined(head, pieces_of(after, places)) == expected


@given(st.integers(SHORTEST_OVERLAP, LONGEST_OVERLAP), st.integers(1, 400), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_an_overlap_of_16_to_2000_characters_is_there_once(size: int, width: int, random: object) -> None:
    numbers = " ".join(str(number) for number in range(2000))  # no part of it repeats another for long
    before, rest = numbers[:4000], numbers[4000:5000]
    after = before[-size:] + rest
    pieces = [after[start : start + width] for start in range(0, len(after), width)]
    assert joined(before, pieces) == before + rest


@pytest.mark.parametrize("size", [1, SHORTEST_OVERLAP - 1])
def test_a_shorter_repetition_may_be_chance_and_stays(size: int) -> None:
    before = "0123456789abcdefghij"
    assert joined(before, [before[-size:], " and more"]) == before + before[-size:] + " and more"


def test_a_longer_repetition_is_trimmed_as_far_as_is_looked() -> None:
    before = "".join(chr(0x4E00 + number) for number in range(3000))
    assert joined(before, [before[-LONGEST_OVERLAP:], "!"]) == before + "!"
    assert joined(before, [before[-LONGEST_OVERLAP - 1 :], "!"]).endswith("!"), "and nothing is lost"


@given(TEXTS, st.lists(TEXTS, max_size=10))
def test_what_is_returned_is_the_end_of_what_was_fed(before: str, pieces: list[str]) -> None:
    """No delta is changed or reordered; at most the beginning is missing."""
    seam = Seam(before)
    out = "".join([*[seam.feed(piece) for piece in pieces], seam.finish()])
    assert "".join(pieces).endswith(out)
    assert seam.finish() == ""


def test_text_that_cannot_be_an_overlap_is_not_held_back() -> None:
    seam = Seam("The quick brown fox jumps over the lazy dog.")
    assert seam.feed("Then") == "Then"
    assert seam.feed(" the lazy dog.") == " the lazy dog."


def test_text_is_held_back_only_while_it_could_repeat() -> None:
    seam = Seam("The quick brown fox jumps over the lazy dog.")
    assert seam.feed("jumps over") == ""
    assert seam.feed(" the lazy dog.") == "", "all of it repeats"
    assert seam.feed(" Then") == " Then"


def test_with_nothing_before_nothing_is_held_back() -> None:
    assert Seam("").feed("first") == "first"


def test_a_continuation_asks_to_go_on_from_the_text() -> None:
    payload = asking("Tell me", max_stream_duration_seconds=7)
    follow_up = continuation(payload, "Once upon")
    assert follow_up.request_id != payload.request_id
    assert follow_up.input.messages[:-1] == payload.input.messages
    assert follow_up.input.messages[-1].role == "system"
    assert follow_up.input.messages[-1].content.endswith("The reply so far:\n\nOnce upon")
    same = {"request_id", "input"}
    assert follow_up.model_dump(exclude=same) == payload.model_dump(exclude=same)


def test_there_must_be_something_to_continue() -> None:
    with pytest.raises(ConfigurationError, match="no text to continue"):
        continuation(asking(), "")
