"""The key line: at every width the keys that are always there, and of the place's what fits, as they are here."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.tui.widgets.key_line import Hint, KeyLine, fitted, width_of

from .conftest import MakeStage, Stage

ALWAYS = ("F2", "F3", "F4", "F1", "^p", "^q")


def line(it: Stage) -> str:
    return str(it.screen.splitlines()[-1])


async def settled(it: Stage, pilot: Pilot[Any], words: str) -> None:
    await it.until(pilot, lambda: words in line(it))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_what_is_always_there_is_always_seen(stage: MakeStage, size: tuple[int, int]) -> None:
    it = stage("truncated")
    async with it.app.run_test(size=size) as pilot:
        await it.ask(pilot)
        for key in ("f2", "f3", "f4"):
            await pilot.press(key)
            await settled(it, pilot, "Quit" if size[0] > 60 else "^q")
            assert all(sign in line(it) for sign in ALWAYS), line(it)
            assert len(line(it).rstrip()) <= size[0]


async def test_what_matters_now_comes_first(stage: MakeStage) -> None:
    it = stage("truncated", rate=20, tokens=60)
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await settled(it, pilot, "^n New")
        assert "Send" not in line(it), "the prompt's border says it"
        await it.send(pilot, "hello")
        await settled(it, pilot, "esc Stop")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        await settled(it, pilot, "^g Continue")
        it.app.chat.transcript.focus()
        await settled(it, pilot, "esc Prompt")


async def test_a_running_call_can_be_stopped_wherever_the_focus_is(stage: MakeStage) -> None:
    it = stage(rate=60, tokens=300)
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        chat = it.app.chat
        await it.ask(pilot, "Show me some code")
        chat.transcript.focus()
        await pilot.press("left_square_bracket")
        await it.until(pilot, lambda: chat.transcript.mark)
        await settled(it, pilot, "esc Let go")
        chat.prompt.focus()
        await it.send(pilot, "again")
        chat.transcript.focus()
        await settled(it, pilot, "esc Stop")
        await pilot.press("escape")
        await it.until(pilot, lambda: not chat.busy)
        assert it.records[0].status == "cancelled"
        await settled(it, pilot, "esc Prompt")
        await pilot.press("escape")
        assert chat.prompt.has_focus


async def test_nothing_is_offered_that_would_hide_how_a_call_is_doing(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        titles = [command.title for command in it.app.get_system_commands(it.app.screen)]
        assert "Help" in titles
        assert not {"Maximize", "Minimize"} & {*titles}


async def test_a_click_presses_the_key(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await settled(it, pilot, "F3 History")
        for words, mode in (("F3 History", "history"), ("F2 Chat", "chat"), ("F4 Wire", "wire")):
            key_line = it.app.screen.query_one(KeyLine)
            await pilot.click(key_line, offset=(line(it).index(words) + 1, 0))
            for _ in range(500):
                if it.app.current_mode == mode:
                    break
                await pilot.pause(0.02)
            assert it.app.current_mode == mode
            await settled(it, pilot, "Quit")


def test_what_does_not_fit_is_left_out_from_the_end_and_that_is_told() -> None:
    here = [Hint(key, "does it", key) for key in "abcdef"]
    always = [Hint("F1", "Help", "f1"), Hint("^q", "Quit", "ctrl+q")]
    for width in range(10, 140):
        left, right = fitted(here, always, width)
        assert [hint.sign for hint in right] == ["F1", "^q"]
        assert width < 18 or all(hint.words for hint in right)
        assert width_of(left, width) + width_of(right, width) <= max(width, 5)
        shown = [hint for hint in left if hint.key]
        assert shown == here[: len(shown)]
        assert not shown or (left[-1].sign == "…") == (len(shown) < len(here))
