"""The history shows what the ledger holds."""

from __future__ import annotations

from .conftest import MakeStage


async def test_the_table_lists_past_calls_newest_first(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "first question")
        it.demo.scenario = "refused"
        await it.ask(pilot, "second question")
        await pilot.press("f3")
        await it.until(pilot, lambda: "2 calls · newest first" in it.screen)
        rows = [line.split()[3] for line in it.screen.splitlines() if "gpt-4o-mini  " in line[:40]]
        assert rows == ["failed", "completed"]
        await it.until(pilot, lambda: "The gateway refused the call" in it.screen)
        await pilot.press("down")
        await it.until(pilot, lambda: "completed · 20 tokens" in it.screen)
        await pilot.press("f3")
        await it.until(pilot, lambda: it.app.current_mode == "chat")
        await pilot.press("f3", "f2")
        assert it.app.current_mode == "chat"


async def test_a_reply_goes_on_streaming_behind_the_history(stage: MakeStage) -> None:
    it = stage(rate=80, tokens=100)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await pilot.press("f3")
        await it.until(pilot, lambda: not it.app.chat.busy)
        await pilot.press("f2")
        await pilot.pause()
        (call,) = it.ledger.calls()
        assert it.shows(call.reply)
        assert "completed" in it.screen
