"""What is typed behind F3, at whatever pace, is for the history: from its first opening on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from genesys_tui.tui import aiming
from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage, Stage
from .made import fill

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
        await it.until(pilot, lambda: screen.filter_line.value == "tun")
        assert it.app.chat.prompt.text == ""
        assert len(it.records) == 1, "t would ask again"


@pytest.mark.parametrize("pace", PACES)
async def test_keys_behind_the_way_back_are_for_the_chat(stage: MakeStage, pace: float) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await typed(it, pilot, "f3 f3 o f3 f2 n f4 f4 e", pace)
        await it.until(pilot, lambda: it.app.chat.prompt.text == "one")
        assert it.app.current_mode == "chat"
        assert len(it.records) == 1


class SlowHistory(HistoryScreen):
    """As on a busy machine."""

    async def on_mount(self) -> None:
        """Take longer than anybody who types."""
        await asyncio.sleep(1.5)


def slow(it: Stage) -> None:
    it.app._make_history = lambda: SlowHistory(lambda: it.app.chat.desk)  # type: ignore[method-assign]


async def test_keys_wait_as_long_as_a_screen_takes_to_be_mounted(stage: MakeStage) -> None:
    it = stage()
    slow(it)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await typed(it, pilot, "f3 f3 t w o", 0)
        await it.until(pilot, lambda: it.app.chat.prompt.text == "two")
        assert it.app.current_mode == "chat"
        assert len(it.records) == 1, "t would ask again"


async def test_keys_wait_as_long_as_a_screen_takes_to_be_left(stage: MakeStage) -> None:
    class Busy(Input):
        async def on_key(self, event: events.Key) -> None:
            if event.key == "f3":
                await asyncio.sleep(1.5)

    it = stage()
    slow(it)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        field = Busy()
        await it.app.chat.mount(field)
        field.focus()
        await it.until(pilot, lambda: it.app.focused is field)
        await typed(it, pilot, "f3 / t u n", 0)
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.is_mounted)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        await it.until(pilot, lambda: screen.filter_line.value == "tun")
        assert (field.value, it.app.chat.prompt.text) == ("", "")


async def test_keys_behind_one_that_turns_too_late_are_dropped_and_that_is_said(
    stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(Input):
        async def on_key(self, event: events.Key) -> None:
            if event.key == "f3":
                await asyncio.sleep(1.5)

    monkeypatch.setattr(aiming, "TURNED", 0.1)
    it = stage()
    async with it.app.run_test(size=(120, 40), notifications=True) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        field = Busy()
        await it.app.chat.mount(field)
        field.focus()
        await it.until(pilot, lambda: it.app.focused is field)
        await typed(it, pilot, "f3 t w o", 0)
        await it.until(pilot, lambda: any("is dropped" in each.message for each in it.app._notifications))
        await it.until(pilot, lambda: it.app.current_mode == "history")
        assert (field.value, it.app.chat.prompt.text) == ("", "")
        assert len(it.records) == 1, "t would ask again"


async def test_keys_behind_one_that_is_lost_are_dropped_at_once(stage: MakeStage) -> None:
    class Greedy(Input):
        def on_key(self, event: events.Key) -> None:
            if event.key == "f3":
                event.stop()

    it = stage()
    async with it.app.run_test(size=(120, 40), notifications=True) as pilot:
        await it.ready(pilot)
        field = Greedy()
        await it.app.chat.mount(field)
        field.focus()
        await it.until(pilot, lambda: it.app.focused is field)
        await typed(it, pilot, "f3 t w o", 0)
        await it.until(pilot, lambda: "is dropped" in it.screen, seconds=aiming.TURNED / 2)
        await pilot.press("x")
        await it.until(pilot, lambda: field.value == "x")
        assert it.app.chat.prompt.text == ""


@pytest.mark.parametrize("pace", PACES)
async def test_keys_that_want_a_call_wait_for_the_first_ones(stage: MakeStage, pace: float) -> None:
    it = stage()
    fill(it.ledger, 2_000)
    async with it.app.run_test(size=(120, 40), notifications=True) as pilot:
        await it.ready(pilot)
        await typed(it, pilot, "f3 down down y", pace)
        await it.until(pilot, lambda: f"The id {1_997:08x}-made" in it.screen)


async def test_the_first_export_is_of_the_calls_there_are(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 5)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await typed(it, pilot, "f3 X", 0)
        await it.until(pilot, lambda: "Export 5 calls" in it.screen)


async def test_keys_do_not_wait_for_calls_in_an_empty_audit_file(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await typed(it, pilot, "f3 / o", 0)
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.filter_line.value)
        assert isinstance(it.app.screen, HistoryScreen)
        assert not it.app.screen.settling


async def test_keys_wait_so_long_for_calls_and_no_longer(stage: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(HistoryScreen):
        def _look(self) -> None:
            pass

    monkeypatch.setattr(aiming, "SETTLED", 0.5)
    it = stage()
    it.app._make_history = lambda: Silent(lambda: it.app.chat.desk)  # type: ignore[method-assign]
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await typed(it, pilot, "f3 / o n e", 0)
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.focused)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        await it.until(pilot, lambda: screen.filter_line.value == "one")


@pytest.mark.parametrize("pace", [0.0, 0.01])
async def test_keys_behind_enter_in_the_filter_are_for_the_calls_it_finds(stage: MakeStage, pace: float) -> None:
    it = stage()
    fill(it.ledger, 50)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await typed(it, pilot, "f3 /", 0)
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.filter_line.has_focus)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        screen.filter_line.value = "status:truncated"
        await typed(it, pilot, "enter X", pace)
        await it.until(pilot, lambda: "Export 5 calls" in it.screen, seconds=8)
        assert screen.filter_line.value == "status:truncated"
