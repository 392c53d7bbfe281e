"""The chat streams, stops, queues, continues, and says how every reply ended."""

from __future__ import annotations

import time

import pytest
from textual import events

from .conftest import MakeStage

WIDE = (120, 40)


async def test_a_reply_streams_into_the_transcript_with_its_ending_below(stage: MakeStage) -> None:
    it = stage(tokens=40)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "hello there")
        (call,) = it.ledger.calls()
        assert "hello there" in it.shown
        assert it.shows(call.reply)
        assert f"completed · {call.record.total_tokens} tokens" in it.shown
        assert "TTFT" in it.shown
        assert it.app.chat.prompt.text == ""


async def test_text_arrives_on_the_screen_while_the_reply_is_being_written(stage: MakeStage) -> None:
    it = stage(rate=50, tokens=400)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: len(it.shown) > 80)
        assert it.app.chat.busy
        await it.until(pilot, lambda: "tokens/s now" in it.screen and "streaming" in it.screen)


async def test_enter_does_not_overtake_what_was_typed_right_before_it(stage: MakeStage) -> None:
    it = stage(tokens=5)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        keys = [("h", "h"), ("i", "i"), ("ctrl+j", "\n"), ("o", "o"), ("enter", "\r")]
        for key, character in keys:
            it.app.post_message(events.Key(key, character))
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        (call,) = it.ledger.calls()
        assert call.messages[-1]["content"] == "hi\no"


async def test_escape_stops_the_call_and_keeps_what_came(stage: MakeStage) -> None:
    it = stage(rate=40, tokens=4000)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: len(it.shown) > 80)
        it.app.chat.prompt.text = "a draft"
        await pilot.press("escape")
        await it.until(pilot, lambda: not it.app.chat.busy)
        (call,) = it.ledger.calls()
        assert (call.record.status, call.record.stop_reason) == ("cancelled", "cancelled")
        assert "cancelled by you" in it.shown
        assert call.reply[:20].split()[-1] in it.shown
        assert it.app.chat.prompt.text == "a draft"


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("truncated", ["cut by length", "ctrl+g continues"]),
        ("cut", ["connection lost: "]),
        ("rate-limited", ["failed after 2 attempts: The gateway's rate limit is reached", "correlation id"]),
        ("refused", ["failed: The gateway refused the call (403)", "correlation id"]),
        ("not-found", ["is not served at 127.0.0.1 (404)"]),
        ("html", ["instead of a stream of server-sent events"]),
        ("out-of-sequence", ["sequence anomalies"]),
        ("diagnostics", ["diagnostics"]),
    ],
)
async def test_every_ending_is_told_in_words(stage: MakeStage, scenario: str, words: list[str]) -> None:
    it = stage(scenario, tokens=120)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        told = " ".join(it.shown.split())
        assert all(each in told for each in words), told


async def test_a_failed_prompt_goes_back_into_the_empty_editor(stage: MakeStage) -> None:
    it = stage("refused")
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "worth keeping")
        assert it.app.chat.prompt.text == "worth keeping"


async def test_a_failure_leaves_the_draft_alone(stage: MakeStage) -> None:
    it = stage("silent", inactivity_timeout=0.5)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "first")
        it.app.chat.prompt.text = "half a thou"
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        assert it.app.chat.prompt.text == "half a thou"


async def test_a_prompt_sent_while_streaming_waits_in_sight_and_is_asked_next(stage: MakeStage) -> None:
    it = stage(rate=60, tokens=120)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "one")
        await it.send(pilot, "two")
        assert it.app.chat.prompt.text == ""
        await it.until(pilot, lambda: "next  two" in it.screen)
        await it.send(pilot, "three")
        assert it.app.chat.prompt.text == "three"  # only one waits
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        second, first = it.ledger.calls()
        assert [message["content"] for message in second.messages] == ["one", first.reply, "two"]
        assert second.record.conversation_id == first.record.conversation_id


async def test_what_waits_comes_back_when_the_call_before_it_is_stopped(stage: MakeStage) -> None:
    it = stage(rate=40, tokens=4000)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "one")
        await it.send(pilot, "two")
        await pilot.press("escape")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        assert it.app.chat.prompt.text == "two"
        assert len(it.records) == 1


async def test_a_truncated_reply_is_continued_with_ctrl_g(stage: MakeStage) -> None:
    it = stage("truncated:1", tokens=80)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("ctrl+g")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        second, first = it.records
        assert second.continues == first.request_id
        (said,) = it.app.chat.transcript.said
        assert said.request_id == second.request_id
        assert "cut by length" not in it.shown, "the reply is one, and only how it ended at last stands under it"
        assert f"completed · {second.total_tokens} more tokens · " in it.shown
        await pilot.press("ctrl+n")
        assert not it.shown


async def test_quitting_mid_stream_is_prompt_and_closes_the_record(stage: MakeStage) -> None:
    it = stage(rate=40, tokens=4000)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: len(it.shown) > 40)
        began = time.monotonic()
        await pilot.press("ctrl+q")
    assert time.monotonic() - began < 10  # of the 100 that the reply would take
    assert [record.status for record in it.records] == ["cancelled"]


async def test_scenarios_are_switched_from_the_prompt(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "/scenario refused")
        await pilot.pause()
        assert it.demo.scenario == "refused"
        await it.until(pilot, lambda: "demo: refused" in it.screen)
        await it.send(pilot, "/scenario no-such-day")
        await pilot.pause()
        assert it.demo.scenario == "refused"
        assert not it.records
        titles = [command.title for command in it.app.get_system_commands(it.app.screen)]
        assert "Scenario: stall" in titles


async def test_a_fast_reply_is_shown_whole(stage: MakeStage) -> None:
    it = stage("burst")
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        (call,) = it.ledger.calls()
        assert call.record.total_tokens == 6000
        assert it.shows(call.reply)


async def test_a_narrow_terminal_folds_the_sidebar(stage: MakeStage) -> None:
    it = stage(tokens=30)
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.pause()
        assert not it.app.chat.health.display
        assert "completed · " in it.screen
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert it.app.chat.health.display
        assert "heartbeats" in it.screen
