"""The walk through earlier prompts loses nothing that was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.tui.prompt.walk import Walk


def _walk(*past: str) -> Walk:
    walk = Walk(lambda prompt: prompt)
    walk.load(past)
    return walk


def test_the_draft_waits_at_the_foot() -> None:
    walk = _walk("newer", "older")
    assert walk.go(1, "half a thou") == "newer"
    assert walk.go(2, "newer") == "older"
    assert walk.go(1, "older") == "newer"
    assert walk.go(0, "newer") == "half a thou"


def test_what_was_altered_on_the_way_is_there_on_the_way_back() -> None:
    walk = _walk("newer", "older")
    walk.go(1, "")
    walk.go(2, "newer, better")
    assert walk.unsent("older") == "newer, better"
    assert walk.go(1, "older") == "newer, better"


def test_a_sent_prompt_is_the_newest_and_stands_there_once() -> None:
    walk = _walk("b", "a")
    walk.go(2, "draft")
    assert walk.asked("a") == "draft"
    assert walk.prompts == ["a", "b"]
    assert walk.place == 0
    assert walk.unsent("draft") == "draft"


def test_blank_and_repeated_prompts_are_left_out() -> None:
    walk = _walk()
    walk.asked("now")
    walk.load(["now", " ", "then", "now", "then"])
    assert walk.prompts == ["now", "then"]


def test_what_is_forgotten_is_gone_and_the_walk_goes_on_from_its_place() -> None:
    walk = _walk("newer", "secret", "older")
    walk.go(3, "half a thou")
    assert walk.forget({"secret"}, "older") == "older"
    assert (walk.prompts, walk.place, walk.loaded) == (["newer", "older"], 2, False)
    assert walk.go(1, "older") == "newer"
    assert walk.go(0, "newer") == "half a thou"


def test_a_forgotten_prompt_leaves_the_editor_but_not_what_was_written_over_it() -> None:
    walk = _walk("newer", "secret")
    walk.go(2, "half a thou")
    assert walk.forget({"secret"}, "secret") == "half a thou"
    assert walk.place == 0
    walk = _walk("newer", "secret", "older")
    walk.go(1, "")
    walk.go(2, "newer, better")
    assert walk.forget({"secret"}, "mine") == "mine"
    assert walk.go(1, "mine") == "newer, better"
    assert walk.go(0, "newer, better") == "mine"


@given(st.lists(st.tuples(st.integers(0, 3), st.text("xyz", max_size=3)), max_size=12))
def test_nothing_written_is_ever_lost(steps: list[tuple[int, str]]) -> None:
    walk = _walk("p1", "p2", "p3")
    written: dict[int, str] = {}
    for place, addition in steps:
        shown = (written.get(walk.place) or ("", "p1", "p2", "p3")[walk.place]) + addition
        if addition or walk.place in written:
            written[walk.place] = shown
        walk.go(place, shown)
    here = written.get(walk.place) or ("", "p1", "p2", "p3")[walk.place]
    assert sorted(walk.unsent(here).split("\n\n")) == sorted(filter(None, written.values())) or not written
