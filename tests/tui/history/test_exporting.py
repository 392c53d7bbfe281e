"""An export says how far it is and can be stopped; stopped, it leaves nothing behind."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.message import Message
from textual.widgets import Input

from genesys_tui.audit.export import Form, export_file
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.tui.history.exporting import Export, _content
from genesys_tui.tui.history.messages import Done, Refused

from ..conftest import MakeStage
from .made import fill
from .test_history_screen import WIDE, opened, words

CALLS = 6000


class Answers:
    """What a thread tells."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._come = threading.Event()

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self._come.set()

    def wait(self) -> Message:
        assert self._come.wait(60)
        return self.messages[0]


@contextmanager
def polled(export: Export) -> Iterator[list[int]]:
    """How many events were behind it at each look."""
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.001):
            seen.append(export.behind[0])

    thread = threading.Thread(target=look)
    thread.start()
    yield seen
    over.set()
    thread.join()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger(tmp_path_factory.mktemp("many") / "ledger.db") as ledger:
        fill(ledger, CALLS)
        yield ledger


@pytest.mark.parametrize(("name", "form"), [("calls.jsonl", jsonl), ("calls.csv", csv_lines)])
def test_it_is_told_how_far_the_file_is_that_the_command_line_would_write(
    many: Ledger, tmp_path: Path, name: str, form: Form
) -> None:
    export, answers = Export(many, EVERYTHING, tmp_path / name, force=False), Answers()
    with polled(export) as seen:
        export.start(answers)
        told = answers.wait()
    assert isinstance(told, Done)
    assert told.is_export
    assert told.sentence == f"Written to {tmp_path / name}: {CALLS:,} calls. Only you can read it."
    assert export.behind[0] == export.behind[1] >= CALLS
    assert len(set(seen)) > 2
    assert seen == sorted(seen)
    export_file(many.path, tmp_path / "other", form)
    assert (tmp_path / name).read_bytes() == (tmp_path / "other").read_bytes()


def test_only_the_calls_of_a_filter_are_written(many: Ledger, tmp_path: Path) -> None:
    export, answers = Export(many, Filter(status="truncated"), tmp_path / "some.jsonl", force=False), Answers()
    export.start(answers)
    assert isinstance(answers.wait(), Done)
    assert (tmp_path / "some.jsonl").read_text().count("\n") == CALLS // 10


@pytest.mark.parametrize("after", [0, 1])
def test_stopped_it_leaves_no_file(many: Ledger, tmp_path: Path, after: int) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    export, answers = Export(many, EVERYTHING, folder / "calls.csv", force=False), Answers()
    export.start(answers)
    while export.behind[0] < after:
        time.sleep(0.0005)
    export.stop()
    told = answers.wait()
    assert isinstance(told, Done)
    assert told.sentence == "The export was stopped; nothing was written."
    assert not list(folder.iterdir())


def test_stopped_it_leaves_the_file_that_it_was_to_replace(many: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text("before")
    export, answers = Export(many, EVERYTHING, file, force=True), Answers()
    export.stop()
    export.start(answers)
    answers.wait()
    assert file.read_text() == "before"


def test_what_cannot_be_written_is_told(many: Ledger, tmp_path: Path) -> None:
    export, answers = Export(many, EVERYTHING, tmp_path / "nowhere" / "calls.jsonl", force=False), Answers()
    export.start(answers)
    told = answers.wait()
    assert isinstance(told, Refused)
    assert "cannot be written" in told.error.message


async def test_escape_stops_it_and_quitting_does(stage: MakeStage, tmp_path: Path) -> None:
    it = stage()
    fill(it.ledger, CALLS)
    folder = tmp_path / "exports"
    folder.mkdir()
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        for ending in ("escape", "quit"):
            await pilot.press("X")
            await it.until(pilot, lambda: it.app.screen is not screen)
            it.app.screen.query_one(Input).value = str(folder / "calls.csv")
            it.app.simulate_key("enter")  # a pilot's own would wait, perhaps for the end of it
            while not screen.exporting.export:
                await asyncio.sleep(0.001)
            if ending == "escape":
                screen.action_export_all()
                screen.action_back()
                await it.until(pilot, lambda: "stop it with Escape." in words(it))
                await it.until(pilot, lambda: "The export was stopped; nothing was written." in words(it))
                await it.until(pilot, lambda: screen.exporting.export is None)
                assert it.app.screen is screen
                assert not list(folder.iterdir())
                it.app.clear_notifications()
    assert not list(folder.iterdir())


def test_how_far_it_is_is_told_in_words_and_as_a_bar(many: Ledger, tmp_path: Path) -> None:
    export = Export(many, EVERYTHING, tmp_path / "calls\x1b[31m.jsonl", force=False)
    begun = f"Exporting calls␛[31m.jsonl  {'░' * 24}    0 %  Escape stops it"
    assert _content(export, "Escape").plain == begun
    export.behind = 1500, 6000
    assert _content(export, "Escape").plain.endswith(f"{'█' * 6}{'░' * 18}   25 %  Escape stops it")
    export.stop()
    assert _content(export, "Escape").plain.startswith("Stopping calls")


async def test_an_erased_call_is_marked_in_its_row(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 12)
    it.ledger.erase(f"{10:08x}-made")
    async with it.app.run_test(size=WIDE) as pilot:
        await opened(it, pilot)
        await it.until(pilot, lambda: "erased, l" in it.screen)
        rows = [line for line in it.screen.splitlines() if "truncated" in line or "completed" in line]
        assert [("erased" in line) for line in rows].count(True) == 1


async def test_escape_leads_back_from_the_details_before_it_stops_anything(stage: MakeStage, tmp_path: Path) -> None:
    it = stage()
    fill(it.ledger, 12)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        export = screen.exporting.export = Export(it.ledger, EVERYTHING, tmp_path / "calls.jsonl", force=False)
        await pilot.press("enter", "escape")
        await it.until(pilot, lambda: screen.table.has_focus)
        assert not export.stopping
        await pilot.press("escape")
        assert export.stopping
        assert it.app.screen is screen
