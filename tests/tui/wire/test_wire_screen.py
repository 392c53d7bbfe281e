"""F4 shows what arrives while it arrives, and what arrived before it was opened."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from textual.widgets import Static

from genesys_tui.call import Started
from genesys_tui.gateway.facts import Delta, Requested
from genesys_tui.tui.incident.screen import IncidentScreen
from genesys_tui.tui.screens.wire import WireScreen
from genesys_tui.tui.wire.view import WireView

from ..conftest import MakeStage, Stage

WIDE = (120, 40)


def screen_of(it: Stage) -> WireScreen:
    assert isinstance(it.app.screen, WireScreen)
    return it.app.screen


def view_of(it: Stage) -> WireView:
    return screen_of(it).view


async def test_it_shows_a_running_call_from_its_start_and_follows(stage: MakeStage) -> None:
    it = stage(rate=120, tokens=600)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: it.app.chat.wire.logs and it.app.chat.wire.logs[-1].last > 15)
        await pilot.press("f4")
        await it.until(pilot, lambda: "chunk" in it.screen and "running" in it.screen)
        view = view_of(it)
        seen = view.pointed
        assert view.following
        await it.until(pilot, lambda: view.pointed > seen + 40)
        await pilot.press("home")
        await it.until(pilot, lambda: "attempt 1" in it.screen)  # what came before it was opened
        assert not view.following
        assert view.scroll_y == 0
        grown = view.virtual_size.height
        await it.until(pilot, lambda: view.virtual_size.height > grown)
        assert view.scroll_y == 0  # it stays where the reader is
        await pilot.press("end")
        assert view.following
        await it.until(pilot, lambda: "completed · " in it.screen)
        assert view.event
        assert view.event.kind == "end"
        await pilot.press("f4")
        assert it.app.current_mode == "chat"


@pytest.mark.parametrize("key", ["i", "f6"])
async def test_a_ticket_about_the_call_looked_at(key: str, stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("f4", key)
        assert screen_of(it), "there is no call yet"
        await pilot.press("f4")
        await it.ask(pilot)
        await it.ask(pilot)
        await pilot.press("f4", "left", key)
        await it.until(pilot, lambda: isinstance(it.app.screen, IncidentScreen) and "What is shown here" in it.screen)
        assert f"Incident bundle of call {it.records[1].request_id[:8]}" in it.screen


async def test_keys_are_offered_once_there_is_a_call_and_escape_goes_back_step_by_step(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("f4", "s", "y", "Y", "enter", "f", "left")
        await it.until(pilot, lambda: "no call yet" in it.screen)
        assert "s Save" not in it.screen
        await pilot.press("escape")
        assert it.app.current_mode == "chat"
        await it.ask(pilot)
        await pilot.press("f4", "enter")
        await it.until(pilot, lambda: "s Save" in it.screen)
        await it.until(pilot, lambda: screen_of(it).data.region.height)
        await pilot.press("escape")
        await it.until(pilot, lambda: not screen_of(it).data.region.height)
        await pilot.press("escape")
        assert it.app.current_mode == "chat"


async def test_scrolling_away_stops_following(stage: MakeStage) -> None:
    it = stage(tokens=2000)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4")
        view = view_of(it)
        await it.until(pilot, lambda: view.max_scroll_y > 60)
        assert round(view.scroll_y) == view.max_scroll_y
        view.scroll_up(animate=False)
        await it.until(pilot, lambda: not view.following)
        view.scroll_end(animate=False)
        await it.until(pilot, lambda: view.following)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("heartbeats", ["heartbeat", "comment alive"]),
        ("rate-limited:1", ["retry", "attempt 1 failed, next in", "attempt 2"]),
        ("truncated", ["cut by length", "truncated"]),
        ("malformed", ["diagnostic", "not a chunk", "anomaly", "tokens_fell"]),
        ("out-of-sequence", ["anomaly", "duplicate_chunk", "after_final"]),
        ("done", ["[DONE]"]),
        ("refused", ["failed"]),
    ],
)
async def test_what_is_out_of_the_ordinary_stands_out(stage: MakeStage, scenario: str, words: list[str]) -> None:
    it = stage(scenario, tokens=120)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4", "1")  # all but the chunks
        await it.until(pilot, lambda: all(word in it.screen for word in words))
        assert not re.search(r"\+[0-9.]+ +chunk ", it.screen)


async def test_a_stall_is_named_at_the_chunk_that_ended_it(stage: MakeStage) -> None:
    it = stage("stall", rate=200, tokens=120, stall_seconds=0.12)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4", "home")
        await it.until(pilot, lambda: len(re.findall(r"stall \+0\.\d+ +chunk", it.screen)) >= 2)


async def test_filters_step_through_the_usual_choices(stage: MakeStage) -> None:
    it = stage("out-of-sequence", tokens=120)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4")
        await it.until(pilot, lambda: view_of(it).pointed)
        view = view_of(it)

        def kinds() -> set[str]:
            assert view.sieve is not None
            events = [view.sieve.log.event(view.sieve[place]) for place in range(len(view.sieve))]
            return {event.kind for event in events if event}

        assert kinds() == {"request", "answer", "chunk", "anomaly", "end"}
        await pilot.press("f")
        assert kinds() == {"request", "answer", "anomaly", "end"}
        await pilot.press("f")
        assert kinds() == {"anomaly"}
        await pilot.press("4")
        assert kinds() == set()
        assert view.event is None
        await pilot.press("up", "down", "enter", "y", "Y")  # nothing to point at is no reason to fail
        await pilot.press("f")
        assert len(kinds()) == 5


async def test_the_data_of_an_event_is_shown_on_demand(stage: MakeStage) -> None:
    it = stage(tokens=60)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4")
        await it.until(pilot, lambda: view_of(it).pointed)
        await pilot.press("home", "down", "down", "enter")
        await it.until(pilot, lambda: '"chunk_id": "c-000001"' in it.screen)
        await pilot.press("down")
        await it.until(pilot, lambda: '"chunk_id": "c-000002"' in it.screen)
        assert "▸" in it.screen
        await pilot.press("enter")
        await it.until(pilot, lambda: '"chunk_id"' not in it.screen)


async def test_one_event_or_all_that_are_shown_are_copied(stage: MakeStage) -> None:
    it = stage(tokens=60)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4")
        await it.until(pilot, lambda: view_of(it).pointed)
        await pilot.press("home", "down", "down", "y")
        assert json.loads(it.app.clipboard)["chunk_id"] == "c-000001"
        await pilot.press("Y")
        lines = it.app.clipboard.splitlines()
        assert len(lines) == view_of(it).virtual_size.height
        assert "request" in lines[0]
        assert "completed" in lines[-1]


async def test_a_capture_is_saved_and_says_where(stage: MakeStage, tmp_path: Path) -> None:
    it = stage("malformed", tokens=60)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4")
        await it.until(pilot, lambda: view_of(it).pointed)
        await pilot.press("s")
        (file,) = (tmp_path / "captures").glob("*.sse.jsonl")
        assert it.records[0].request_id in file.name
        (tmp_path / "captures").rename(tmp_path / "elsewhere")
        (tmp_path / "captures").write_text("not a folder")
        await pilot.press("s")
        assert any("cannot be written" in notice.message for notice in it.app._notifications)


async def test_earlier_calls_are_walked_through(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("f4")
        await it.until(pilot, lambda: "no call yet" in it.screen)
        await pilot.press("left", "right", "enter", "s", "y", "f2")
        await it.ask(pilot, "one")
        it.demo.scenario = "refused"
        await it.ask(pilot, "two")
        await pilot.press("f4")
        await it.until(pilot, lambda: "call 2 of 2" in it.screen and "failed" in it.screen)
        await pilot.press("left")
        await it.until(pilot, lambda: "call 1 of 2" in it.screen and "completed" in it.screen)
        await pilot.pause(0.3)
        assert "call 1 of 2" in it.screen  # it is not taken away again
        await pilot.press("right")
        await it.until(pilot, lambda: "call 2 of 2" in it.screen)


async def test_a_hundred_thousand_events_scroll_as_a_hundred_do(stage: MakeStage) -> None:
    it = stage(tokens=5)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        logs = it.app.chat.wire
        logs.take(Started(it.records[0]))
        logs.take(Requested(0.0, 1))
        for number in range(110_000):
            data = b'{"chunk_id": "%d", "content": " word"}' % number
            logs.take(Delta(number / 5000, "x", number, "", False, data))
        await pilot.press("f4")
        view = view_of(it)
        await it.until(pilot, lambda: view.virtual_size.height >= 100_000)
        assert re.search(r"110,001 events, the newest 10\d,\d+ kept", it.screen)
        began = time.process_time()
        for key in ("home", *["pagedown"] * 20, "end", *["pageup"] * 20, "f", "f", "f"):
            await pilot.press(key)
        assert time.process_time() - began < 4.0  # some 45 screens; every line drawn would be minutes
        await pilot.press("home")
        assert view.event
        assert view.event.number == logs.logs[-1].first


async def test_a_hostile_gateway_is_only_text(stage: MakeStage) -> None:
    it = stage("hostile")
    steering = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "hello")
        await pilot.press("f4", "home", "enter")
        await it.until(pilot, lambda: view_of(it).pointed == 1)
        for _ in range(view_of(it).virtual_size.height):
            assert not steering.search(it.screen)
            await pilot.press("down")
        assert screen_of(it).query_one("#data Static", Static)


async def test_it_fits_a_small_terminal(stage: MakeStage) -> None:
    it = stage("out-of-sequence", tokens=120)
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4", "home")
        await it.until(pilot, lambda: "duplicate_chunk" in it.screen)
        assert "offset" in it.screen
        assert "bytes" not in it.screen
        await pilot.resize_terminal(120, 40)
        await it.until(pilot, lambda: "bytes" in it.screen)


def test_every_key_of_it_can_be_given_another() -> None:
    for owner in (WireScreen, WireView):
        assert all(binding.id and binding.id.startswith("wire.") for binding in owner.BINDINGS)
