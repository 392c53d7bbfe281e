"""The desk is opened behind the first frame; where it cannot be, the operator reads why."""

from __future__ import annotations

import threading
from pathlib import Path

from genesys_tui.config import load_settings
from genesys_tui.errors import LedgerError
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk

from .conftest import MakeStage


async def test_a_desk_that_cannot_be_opened_says_why_and_keeps_the_prompt(tmp_path: Path) -> None:
    tries = []

    def open_desk() -> Desk:
        tries.append(threading.current_thread())
        raise LedgerError("The audit file cannot be opened [/nope]: disk full. Free some space.")

    app = GenesysApp(open_desk, load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)}))
    async with app.run_test(size=(120, 40)) as pilot:
        for number in (1, 2):  # sending tries again
            for _ in range(500):
                if app.chat.transcript.text.count("[/nope]: disk full.") == number:
                    break
                await pilot.pause(0.02)
            assert len(tries) == number
            if number == 1:
                app.chat.prompt.text = "hello"
                await pilot.press("enter")
        assert app.chat.prompt.text == "hello"
        assert threading.main_thread() not in tries


async def test_a_prompt_sent_before_the_desk_is_open_is_asked_as_soon_as_it_is(stage: MakeStage) -> None:
    it = stage(tokens=10)
    gate = threading.Event()
    open_desk = it.app.chat._open_desk

    def slowly() -> Desk:
        gate.wait(5)
        return open_desk()

    it.app.chat._open_desk = slowly
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.send(pilot, "early")
        assert it.app.chat.queued.prompt == "early"
        gate.set()
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        assert "early" in it.shown


async def test_a_call_that_cannot_be_recorded_is_not_made(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        it.ledger.path.rename(it.ledger.path.with_suffix(".gone"))
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: "was moved" in " ".join(it.shown.split()))
        assert not it.app.chat.busy
        assert it.app.chat.prompt.text == "hello"
        assert not it.demo.requests
