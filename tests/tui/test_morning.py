"""What comes behind the first frame: in order, and nothing that was typed or pressed before it is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from genesys_tui.tui import morning

from .conftest import MakeStage

WIDE = (120, 40)


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Nothing comes behind the first frame until this is called with the chat."""
    fetch = morning.MorningScreen._fetch
    monkeypatch.setattr(morning.MorningScreen, "_fetch", lambda _: None)
    return fetch


async def test_the_first_frame_has_the_desk_and_a_prompt_that_takes_keys(
    stage: MakeStage, early: Callable[[Any], None]
) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await pilot.press(*"at once")
        await pilot.pause()
        assert it.app.chat.prompt.text == "at once"
        for words in ("default · demo: calm", "● opening", "Genesys Cloud LLM gateway", "at once", "Conversations"):
            assert words in it.screen
        assert "STREAM" not in it.screen
        assert it.app.chat.desk is None
        early(it.app.chat)
        await it.until(pilot, lambda: "● ready" in it.screen and "STREAM" in it.screen)
        assert it.app.chat.prompt.text == "at once"


async def test_a_prompt_sent_into_the_first_frame_is_asked(stage: MakeStage, early: Callable[[Any], None]) -> None:
    it = stage(tokens=10)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.send(pilot, "too early")
        assert it.app.chat.queued.prompt == "too early"
        early(it.app.chat)
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        assert "too early" in it.shown


async def test_every_key_of_the_first_frame_does_something_or_says_why_not(
    stage: MakeStage, early: Callable[[Any], None]
) -> None:
    it = stage(tokens=10)
    async with it.app.run_test(size=WIDE) as pilot:
        for key in ("ctrl+n", "pageup", "pagedown", "ctrl+t", "f8", "ctrl+g", "ctrl+f", "ctrl+l"):
            await pilot.press(key)
        await it.until(pilot, lambda: "The audit file is not open yet." in it.screen)
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: type(it.app.screen).__name__ == "ParametersDialog")
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
        early(it.app.chat)
        await it.until(pilot, lambda: it.app.chat.desk)
        await it.ask(pilot)
        assert "completed" in it.shown


@pytest.mark.parametrize(("width", "folded"), [(80, True), (100, False)])
async def test_the_first_frame_is_folded_as_all_others_are(
    stage: MakeStage, early: Callable[[Any], None], width: int, folded: bool
) -> None:
    it = stage()
    shown = []
    chat = it.app.chat
    chat.call_after_refresh = lambda *_: shown.append((chat.folded.display, chat.query_one("#sidebar").display))  # type: ignore[assignment,method-assign,func-returns-value,return-value]
    async with it.app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        shown.append((chat.folded.display, chat.query_one("#sidebar").display))
    assert set(shown) == {(folded, not folded)}


@pytest.mark.parametrize("parts", range(4))
async def test_the_app_can_be_quit_at_any_moment_of_the_morning(
    stage: MakeStage, early: Callable[[Any], None], parts: int
) -> None:
    it = stage()
    names = iter([*morning.PARTS, ""])
    chat = it.app.chat
    async with it.app.run_test(size=WIDE) as pilot:
        for name in [next(names) for _ in range(parts)]:
            chat.post_message(morning.PartCame(name))
            await pilot.pause()
        chat.post_message(morning.PartCame(next(names)))
        it.app.exit(0)
        chat.post_message(morning.PartCame("transcript"))
    assert it.app.return_code == 0
