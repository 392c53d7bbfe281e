"""What is typed behind F3, at whatever pace, is for the history: from its first opening on."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage, Stage

PACES = (0.0, 0.002, 0.01, 0.03, 0.1)


async def typed(it: Stage, pilot: Pilot[Any], keys: str, pace: float) -> None:
    """As a terminal sends it, without waiting for what becomes of a key."""
    for key in keys.split():
        it.app.post_message(events.Key({"/": "slash"}.get(key, key), key if len(key) == 1 else None))
        if pace:
            await pilot.pause(pace)


@pytest.mark.parametrize("pace", PACES)
async def test_a_filter_typed_behind_the_first_f3_is_a_filter(stage: MakeStage, pace: float) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await typed(it, pilot, "f3 / t u n", pace)
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.filter_line.value)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        await it.until(pilot, lambda: screen.filter_line.value == "tun", seconds=3)
        assert it.app.chat.prompt.text == ""
        assert len(it.records) == 1, "t would ask again"


@pytest.mark.parametrize("pace", PACES)
async def test_keys_behind_the_way_back_are_for_the_chat(stage: MakeStage, pace: float) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await typed(it, pilot, "f3 f3 o f3 f2 n f4 f4 e", pace)
        await it.until(pilot, lambda: it.app.chat.prompt.text == "one", seconds=5)
        assert it.app.current_mode == "chat"
        assert len(it.records) == 1
