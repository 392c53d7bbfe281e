"""From the history to the chat: a call is opened where it stands, and asked again only where it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.audit.ledger import Ledger
from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage, Stage
from .made import ended, started

WIDE = (120, 40)


def say(ledger: Ledger, exchanges: int) -> None:
    """A conversation of so many, each of which fills half a page."""
    messages: list[dict[str, str]] = []
    for number in range(exchanges):
        begun = started(number, conversation_id="long")
        messages.append({"role": "user", "content": f"question {number} of many"})
        ledger.start(begun, messages)
        reply = "\n\n".join(f"answer {number}, part {part}" for part in range(8))
        ledger.end(ended(begun, number, status="completed", truncated=False), reply)
        messages.append({"role": "assistant", "content": reply})


async def opened(it: Stage, pilot: Pilot[Any]) -> HistoryScreen:
    await pilot.press("f3")
    await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.table.row)
    assert isinstance(it.app.screen, HistoryScreen)
    return it.app.screen


@pytest.mark.parametrize("number", [0, 3, 25, 39])
async def test_a_call_is_opened_where_it_stands_in_its_conversation(stage: MakeStage, number: int) -> None:
    it = stage()
    say(it.ledger, 40)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        screen = await opened(it, pilot)
        await pilot.press(*["down"] * (39 - number))
        await it.until(pilot, lambda: screen.table.row and screen.table.row.request_id == f"{number:08x}-made")
        await pilot.press("o")
        await it.until(pilot, lambda: f"question {number} of many" in it.screen)
        await pilot.pause(0.3)
        assert f"question {number} of many" in it.screen
        assert len(it.app.chat._talk.conversation.messages) == 80, "it goes on from its end"
        await opened(it, pilot)
        await pilot.press("o")  # once more, while it is open
        await it.until(pilot, lambda: it.app.screen is it.app.chat and f"question {number} of many" in it.screen)


@pytest.mark.parametrize("key", ["t", "e"])
async def test_what_is_not_kept_is_refused_in_place(stage: MakeStage, key: str) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        it.ledger.erase(it.records[0].request_id)
        screen = await opened(it, pilot)
        await pilot.press(key)
        await it.until(pilot, lambda: "What was asked in this call is not kept" in it.screen)
        assert it.app.screen is screen
        assert it.app.chat.transcript.said, "the chat is as it was"
        assert len(it.records) == 1


@pytest.mark.parametrize(("key", "calls"), [("t", 2), ("e", 1)])
async def test_what_is_kept_is_asked_again(stage: MakeStage, key: str, calls: int) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the very same")
        await opened(it, pilot)
        await pilot.press(key)
        await it.until(pilot, lambda: it.app.screen is it.app.chat and len(it.records) == calls)
        await it.until(pilot, lambda: calls == 2 or it.app.chat.prompt.text == "the very same")


@pytest.mark.parametrize("key", ["t", "e", "o"])
async def test_while_a_reply_is_written_it_is_refused_in_place(stage: MakeStage, key: str) -> None:
    it = stage(rate=5, tokens=400)
    say(it.ledger, 1)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "something long")
        await it.until(pilot, lambda: it.app.chat.busy)
        screen = await opened(it, pilot)
        await pilot.press(key, "z")
        await it.until(pilot, lambda: any("A reply is being" in each.message for each in it.app._notifications), 5)
        assert it.app.screen is screen
        assert it.app.chat.prompt.text == ""
