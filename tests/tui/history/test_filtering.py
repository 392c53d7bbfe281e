"""What is wrong with a filter is said in full, as long as it is wrong, and which one is in force instead."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage, Stage
from .made import fill, record

WIDE, SMALL = (120, 40), (80, 24)


async def opened(it: Stage, pilot: Pilot[Any]) -> HistoryScreen:
    await it.ready(pilot)
    await pilot.press("f3")
    await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.table.row)
    assert isinstance(it.app.screen, HistoryScreen)
    return it.app.screen


def words(it: Stage) -> str:
    return " ".join(it.screen.split())


async def written(screen: HistoryScreen, pilot: Pilot[Any], line: str, key: str) -> None:
    await pilot.press("slash")
    screen.filter_line.value = line
    await pilot.press(key)


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["120", "80"])
async def test_the_whole_sentence_stays_while_the_wrong_text_does(stage: MakeStage, size: tuple[int, int]) -> None:
    it = stage()
    fill(it.ledger, 50)
    async with it.app.run_test(size=size) as pilot:
        screen = await opened(it, pilot)
        await written(screen, pilot, "status:truncated", "enter")
        await it.until(pilot, lambda: "5 calls" in words(it))
        await written(screen, pilot, "gap:1", "enter")
        told = "tokens, kind. Quotes make it text. Shown are those of status:truncated, as before;"
        await it.until(pilot, lambda: told in words(it))
        await pilot.press("down", "s", "r")
        await it.until(pilot, lambda: "by model" in words(it))
        assert told in words(it)
        assert screen.filter_line.value == "gap:1"


async def test_escape_brings_the_filter_in_force_back(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 50)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await written(screen, pilot, "bogus:1", "enter")
        await it.until(pilot, lambda: "There is no bogus:" in words(it) and "Shown are all calls" in words(it))
        await pilot.press("escape")
        await it.until(pilot, lambda: "There is no bogus:" not in words(it))
        assert screen.filter_line.value == ""
        await written(screen, pilot, "status:truncated", "enter")
        await it.until(pilot, lambda: "5 calls" in words(it))
        await written(screen, pilot, "bogus:1", "enter")
        await it.until(pilot, lambda: "There is no bogus:" in words(it))
        await pilot.press("escape")
        await it.until(pilot, lambda: screen.filter_line.value == "status:truncated")
        await it.until(pilot, lambda: screen.table.has_focus and "There is no bogus:" not in words(it))
        assert not screen.filter_line.has_class("-wrong")
        assert "5 calls" in words(it)


async def test_what_was_said_of_a_wrong_filter_goes_with_it(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 5)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await written(screen, pilot, "bogus:1", "down")
        await pilot.press("X")
        await it.until(pilot, lambda: "The filter cannot be read" in words(it))
        await written(screen, pilot, "status:completed", "enter")
        await it.until(pilot, lambda: "The filter cannot be read" not in words(it))


async def test_the_strip_says_of_how_many_calls_it_tells(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 50)
    async with it.app.run_test(size=WIDE) as pilot:
        await opened(it, pilot)
        await it.until(
            pilot, lambda: "50 calls · newest first" in words(it) and "50 calls " in it.screen.splitlines()[2]
        )
        record(it.ledger, 60)
        await it.until(pilot, lambda: "51 calls · newest first" in words(it))
        assert "50 of 51 calls" in it.screen.splitlines()[2]
        await it.until(pilot, lambda: "51 calls " in it.screen.splitlines()[2][:10])


async def test_of_copied_ids_only_the_last_is_told(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 5)
    async with it.app.run_test(size=WIDE) as pilot:
        await opened(it, pilot)
        for _ in range(3):
            await pilot.press("y", "down")
            await pilot.pause(0.05)
        assert [each.message[:15] for each in it.app._notifications] == ["The id 00000002"]


async def test_without_a_call_the_pane_tells_of_none(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 5)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await it.until(pilot, lambda: screen.detail.shown)
        await written(screen, pilot, "status:failed", "enter")
        await it.until(pilot, lambda: screen.detail.shown is None and "No call." in it.screen, 5)
        await written(screen, pilot, "", "enter")
        await it.until(pilot, lambda: screen.detail.shown and "No call." not in it.screen)
