"""Text of the transcript is selected with the keyboard: any of it, as it is shown."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from genesys_tui.tui.help import chapters
from genesys_tui.tui.transcript.selecting import Selecting

from .conftest import MakeStage, Stage

PROMPT = "Write a checklist"


def told(it: Stage) -> str:
    return "\n".join(each.message for each in it.app._notifications)


async def begun(it: Stage, pilot: Pilot[Any]) -> None:
    """A conversation of some pages, looked at from its beginning, and a cursor in it."""
    for _ in range(3):
        await it.ask(pilot, PROMPT)
    it.app.chat.transcript.focus()
    await pilot.press("home", "v")
    await it.until(pilot, lambda: it.app.chat.query(Selecting) and it.app.chat.query_one(Selecting).has_focus)


async def test_marked_text_is_copied_as_it_is_shown(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await begun(it, pilot)
        await it.until(pilot, lambda: "The line · Enter copies, Escape leaves · space marks" in it.screen)
        await pilot.press("right", "right", "space", "end")
        await it.until(pilot, lambda: f"{len(PROMPT)} characters" in it.screen)
        await pilot.press("enter")
        await it.until(pilot, lambda: f"{len(PROMPT)} characters: sent to the terminal" in told(it))
        assert it.app.clipboard == PROMPT
        assert not it.app.chat.query(Selecting)
        assert it.app.chat.transcript.has_focus
        assert not it.app.chat.selections


async def test_shift_selects_without_a_mark_over_many_lines(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await begun(it, pilot)
        lines = [line.rstrip() for line in it.shown.split("\n")]
        await pilot.press(*["shift+down"] * 40, "shift+end", "y")
        await it.until(pilot, lambda: "41 lines: sent to the terminal" in told(it))
        assert it.app.clipboard.split("\n") == lines[:41]


async def test_without_a_selection_the_line_is_copied(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await begun(it, pilot)
        await pilot.press("ctrl+c")
        await it.until(pilot, lambda: "The line: sent to the terminal" in told(it))
        assert it.app.clipboard == f"▌ {PROMPT}"


async def test_escape_leaves_and_copies_nothing(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await begun(it, pilot)
        await pilot.press("shift+down", "escape")
        await it.until(pilot, lambda: not it.app.chat.query(Selecting))
        assert not told(it)
        assert not it.app.chat.selections
        assert it.app.chat.transcript._cursor is None


async def test_the_view_goes_with_the_cursor_and_the_stream_does_not_pull_it_away(stage: MakeStage) -> None:
    it = stage(rate=400, tokens=1600)
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ask(pilot, PROMPT)
        await it.send(pilot, "And more of it")
        await it.until(pilot, lambda: it.app.chat.busy)
        transcript = it.app.chat.transcript
        transcript.focus()
        await pilot.press("v", "end", "shift+home")
        before = transcript.scroll_offset.y
        length = len(it.shown)
        await it.until(pilot, lambda: len(it.shown) > length + 200)
        assert transcript.scroll_offset.y == before, "what is being selected stays where it is"
        await pilot.press("ctrl+home")
        await it.until(pilot, lambda: transcript.scroll_offset.y == 0)
        await pilot.press("ctrl+end")
        await it.until(pilot, lambda: transcript.scroll_offset.y > 0)
        await pilot.press("escape")
        await it.until(pilot, lambda: transcript.following)


async def test_who_goes_elsewhere_has_left(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await begun(it, pilot)
        await pilot.press("tab")
        await it.until(pilot, lambda: not it.app.chat.query(Selecting))
        assert not it.app.chat.transcript.has_focus


async def test_help_tells_its_keys(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await begun(it, pilot)
        first = chapters(it.app.screen)[0]
        assert first.title == "Selecting"
        assert ("^→ w", "Word to the right") in first.keys
        await pilot.press("f1")
        await pilot.press("f1")
        assert it.app.chat.query(Selecting), "looking at the help does not leave it"
