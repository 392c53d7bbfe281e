"""F3: every call can be found, read, asked again, exported and erased, and what one reads stays where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify
from genesys_tui.tui.help import chapters
from genesys_tui.tui.history.questions import EraseQuestion
from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage, Stage
from .made import fill, record

WIDE, SMALL = (120, 40), (80, 24)
HOSTILE = "gpt\x1b]0;owned\x07\x1b[31m[red]\u202e\x9b2J"


def screen_of(it: Stage) -> HistoryScreen:
    assert isinstance(it.app.screen, HistoryScreen), it.app.screen
    return it.app.screen


async def opened(it: Stage, pilot: Pilot[Any]) -> HistoryScreen:
    """Open the history and wait for its first rows."""
    await it.ready(pilot)
    await pilot.press("f3")
    await it.until(pilot, lambda: "call" in title(it) and screen_of(it).table.row)
    return screen_of(it)


def title(it: Stage) -> str:
    return str(it.screen.splitlines()[0])


def words(it: Stage) -> str:
    return " ".join(it.screen.split())


async def filtered(it: Stage, pilot: Pilot[Any], line: str) -> None:
    await pilot.press("slash")
    screen_of(it).filter_line.value = line
    await pilot.press("enter")


async def test_any_of_many_calls_is_shown_while_few_are_held(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 6_000)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        table = screen.table
        await it.until(pilot, lambda: "6,000 calls · newest first" in title(it))
        assert table.row and table.row.request_id == f"{5_999:08x}-made"
        await pilot.press("end")
        await it.until(pilot, lambda: table.row and table.row.request_id == f"{0:08x}-made")
        await pilot.press("home", "pagedown", "down")
        assert table.row
        assert table.row.request_id == f"{5_999 - table.room - 1:08x}-made"
        table.scroll_to(y=3_000, animate=False, force=True)
        await it.until(pilot, lambda: table.listing.row(3_000) is not None)
        assert table.listing.row(3_000).request_id == f"{2_999:08x}-made"  # type: ignore[union-attr]
        assert table.listing.held <= 8
        assert len(list(table.walk_children())) < 5


async def test_new_calls_appear_without_moving_what_is_read(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 600)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        table = screen.table
        await pilot.press("pagedown", "pagedown", "up", "up")
        read = table.row
        assert read
        line = table.pointed - table.top
        before = [table.listing.row(table.top + at) for at in range(table.room)]
        for number in range(700, 703):
            record(it.ledger, number)
        await it.until(pilot, lambda: "603 calls" in title(it) and "↑ 3 new" in title(it))
        assert table.row == read
        assert table.pointed - table.top == line
        assert [table.listing.row(table.top + at) for at in range(table.room)] == before
        await pilot.press("home")
        await it.until(pilot, lambda: table.row and table.row.request_id == f"{702:08x}-made")
        assert "new" not in title(it).removeprefix("History")[-8:]
        record(it.ledger, 800)  # at its beginning the table shows what comes
        await it.until(pilot, lambda: table.row and table.row.request_id == f"{800:08x}-made")


async def test_it_sorts_by_keys_and_by_clicks(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 500)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        table = screen.table
        await pilot.press("r")
        await it.until(pilot, lambda: table.row and table.row.request_id == f"{0:08x}-made")
        await pilot.press(*"ssss")
        most = max((number * 7919 % 2048) for number in range(500))
        await it.until(pilot, lambda: table.row and table.row.tokens == most)
        assert "by tokens, most first" in title(it)
        at = table.render_line(0).text.index("tokens")
        await pilot.click(table, offset=(at, 0))
        await it.until(pilot, lambda: table.row and table.row.tokens == 0)
        await pilot.click(table, offset=(table.render_line(0).text.index("model"), 0))
        await it.until(pilot, lambda: "by model" in title(it) and table.row and table.row.model == "claude-3")
        await pilot.click(table, offset=(3, 4))
        assert table.pointed == 3


async def test_a_filter_is_typed_and_what_is_wrong_with_it_is_said(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 500)
    record(it.ledger, 600, prompt="where is my parcel", reply="It is late, sorry")
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await filtered(it, pilot, "status:truncated model:gpt*")
        await it.until(pilot, lambda: "33 calls" in title(it) and "100% truncated" in it.screen)
        assert screen.table.has_focus
        await filtered(it, pilot, '"my parcel"')
        await it.until(pilot, lambda: "1 call ·" in title(it))
        await filtered(it, pilot, "nothing holds this")
        await it.until(pilot, lambda: "no call is like this" in title(it) and "no calls" in it.screen)
        await filtered(it, pilot, "stat:x")
        await it.until(pilot, lambda: "There is no stat: to filter by. Is status: meant?" in words(it))
        assert screen.filter_line.has_focus
        screen.filter_line.value = ""
        await pilot.press("escape")
        await it.until(pilot, lambda: "501 calls" in title(it))


async def test_what_is_typed_in_one_burst_behind_a_slash_is_a_filter_and_no_command(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        screen = await opened(it, pilot)
        await it.until(pilot, lambda: screen.table.has_focus)
        for letter in "/text":
            it.app.post_message(events.Key({"/": "slash"}.get(letter, letter), letter))
        await it.until(pilot, lambda: screen.filter_line.value == "text")
        assert it.app.screen is screen
        assert len(it.records) == 1, "t would ask again"


async def test_the_dialog_fills_in_the_line(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 500)
    async with it.app.run_test(size=SMALL) as pilot:
        screen = await opened(it, pilot)
        await filtered(it, pilot, 'since:2026-03-01 "question 4"')
        await pilot.press("f")
        await it.until(pilot, lambda: "Stop reason" in it.screen)
        dialog = it.app.screen
        assert dialog.query_one("#field-text", Input).value == "question 4"
        assert dialog.query_one("#field-since", Input).value == "2026-03-01"
        dialog.query_one("#field-status", Input).value = "trunc"
        await pilot.press("enter")
        await it.until(pilot, lambda: "There is no status 'trunc'" in words(it))
        dialog.query_one("#field-status", Input).value = "truncated"
        await pilot.press("enter")
        await it.until(pilot, lambda: it.app.screen is screen)
        assert screen.filter_line.value == '"question 4" status:truncated since:2026-03-01'
        await it.until(pilot, lambda: "11 calls" in title(it))  # 40 and 400 to 490


async def test_home_a_date_and_another_filter_begin_with_the_first_column(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 50)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        for keys in (["home"], ["g", *"today", "enter"], ["slash", *"answer", "enter"]):
            await pilot.press("down", *["right"] * 5)
            await it.until(pilot, lambda: screen.table.scroll_x > 20)
            await pilot.press(*keys)
            await it.until(pilot, lambda: it.app.screen is screen and screen.table.scroll_x == 0)


async def test_it_goes_to_a_date(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 5_000)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await pilot.press("s", "g")
        await it.until(pilot, lambda: "Go to a date" in it.screen)
        it.app.screen.query_one(Input).value = "2026-03-02T12:00:30+00:00"
        await pilot.press("enter")
        row = lambda: screen.table.row  # noqa: E731
        await it.until(pilot, lambda: row() and row().request_id == f"{24 * 60 + 1:08x}-made")
        assert "newest first" in title(it)


async def test_the_detail_reads_the_ledger_itself(stage: MakeStage) -> None:
    it = stage()
    record(it.ledger, 1, prompt="where is my parcel", reply="It is l")
    record(it.ledger, 2, prompt="go on", reply="ate", continues=f"{1:08x}-made")
    it.ledger.checkpoints.write()
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await it.until(pilot, lambda: screen.detail.shown)
        with it.ledger._db.transaction() as db:  # the projection lies
            db.execute("UPDATE calls SET tokens = 1000000")
        page = str(screen.detail.text.visual)
        for told in ("max_tokens", "Continues", "00000001", "go on", "Reply", "Place in the chain", "not signed"):
            assert told in page, told
        event = it.ledger._db._db.execute("SELECT lower(hex(head)) FROM events WHERE seq = 6").fetchone()
        assert event[0] in page.replace("\n", "")
        await pilot.press("down")
        await it.until(pilot, lambda: "where is my parcel" in str(screen.detail.text.visual))
        assert "1,000,000" not in str(screen.detail.text.visual)


async def test_at_80_columns_the_detail_lies_over_the_calls(stage: MakeStage) -> None:
    it = stage()
    record(it.ledger, 1, prompt="where is my parcel")
    async with it.app.run_test(size=SMALL) as pilot:
        screen = await opened(it, pilot)
        assert not screen.detail.display
        await pilot.press("enter")
        await it.until(pilot, lambda: f"{1:08x}-made" in it.screen and "stop reason" in it.screen)
        assert not screen.table.display
        await pilot.press("end")
        await it.until(pilot, lambda: "where is my parcel" in it.screen)
        await pilot.press("escape")
        assert screen.table.display
        assert screen.table.has_focus
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.current_mode == "chat")


async def test_erasing_wants_the_beginning_of_the_id(stage: MakeStage) -> None:
    it = stage()
    record(it.ledger, 1, prompt="my card is zulu", reply="thank you for zulu")
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await pilot.press("delete")
        await it.until(pilot, lambda: isinstance(it.app.screen, EraseQuestion))
        await pilot.press("y", "enter")
        await it.until(pilot, lambda: "Nothing is erased." in it.screen)
        assert it.ledger.get("00000001").reply
        it.app.screen.query_one(Input).value = "00000001"
        await pilot.press("enter")
        await it.until(pilot, lambda: it.app.screen is screen and "was erased" in str(screen.detail.text.visual))
        assert "zulu" not in it.screen
        assert not it.ledger.get("00000001").reply
        assert b"zulu" not in it.ledger.path.read_bytes()
        await it.until(pilot, lambda: screen.table.row and screen.table.row.erased)
        await pilot.press("delete")
        await it.until(pilot, lambda: "is erased already" in words(it))
        assert it.app.screen is screen, "there is nothing to confirm"
        await filtered(it, pilot, "zulu")
        await it.until(pilot, lambda: "no call is like this" in title(it))


async def test_nothing_is_exported_by_a_filter_that_cannot_be_read(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 3)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await pilot.press("slash", *"stauts:x", "enter")
        await it.until(pilot, lambda: screen.filter_line.has_class("-wrong"))
        screen.action_export_all()
        await it.until(pilot, lambda: "The filter cannot be read" in it.screen)
        assert it.app.screen is screen


async def test_calls_are_exported_and_can_be_verified(stage: MakeStage, tmp_path: Path) -> None:
    it = stage()
    fill(it.ledger, 30)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await filtered(it, pilot, "status:truncated")
        await it.until(pilot, lambda: "3 calls" in title(it))
        for key, file, count in (("X", "all.jsonl", 3), ("x", "one.jsonl", 1), ("X", "all.csv", 4)):
            await pilot.press(key)
            await it.until(pilot, lambda: it.app.screen is not screen)
            it.app.screen.query_one(Input).value = "all.txt"
            await pilot.press("enter")
            await it.until(pilot, lambda: "End the name with .jsonl" in words(it))
            it.app.screen.query_one(Input).value = str(tmp_path / file)
            await pilot.press("enter")
            await it.until(pilot, (tmp_path / file).exists)
            lines = (tmp_path / file).read_text().splitlines()
            assert len(lines) == count
            assert (tmp_path / file).stat().st_mode & 0o777 == 0o600
        one = json.loads((tmp_path / "one.jsonl").read_text())
        assert one["request_id"] == screen.table.row.request_id  # type: ignore[union-attr]
        assert verify(tmp_path / "one.jsonl").verdict is Verdict.UNANCHORED


async def test_the_id_is_copied(stage: MakeStage) -> None:
    it = stage()
    record(it.ledger, 1)
    async with it.app.run_test(size=WIDE) as pilot:
        await opened(it, pilot)
        await pilot.press("y")
        assert it.app.clipboard == f"{1:08x}-made"


async def test_a_call_is_asked_again_edited_and_its_conversation_opened(stage: MakeStage) -> None:
    it = stage(tokens=10)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "first question")
        await it.ask(pilot, "second question")
        conversation = it.records[0].conversation_id
        await opened(it, pilot)
        await pilot.press("t")
        await it.until(pilot, lambda: len(it.records) == 3 and not it.app.chat.busy)
        again = it.ledger.get(it.records[0].request_id)
        assert [each["content"] for each in again.messages][-1] == "second question"
        assert len(again.messages) == 3  # the first question and its reply are built on
        assert again.record.conversation_id != conversation
        await pilot.press("f3")
        await it.until(pilot, lambda: "3 calls" in title(it))
        await pilot.press("e")
        await it.until(pilot, lambda: it.app.chat.prompt.text == "second question")
        assert len(it.records) == 3
        it.app.chat.prompt.text = ""
        await pilot.press("f3", "end")
        await it.until(pilot, lambda: screen_of(it).table.row.conversation == conversation)  # type: ignore[union-attr]
        await pilot.press("o")
        await it.until(pilot, lambda: it.app.chat._talk.conversation.id == conversation)
        assert it.app.current_mode == "chat"


async def test_what_is_hostile_is_shown_harmless(stage: MakeStage) -> None:
    it = stage()
    record(it.ledger, 1, prompt=HOSTILE, reply=HOSTILE, model=HOSTILE, stop_reason=HOSTILE)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        await it.until(pilot, lambda: screen.detail.shown)
        await pilot.press("enter", "end")
        await pilot.pause(0.1)
        shown = it.screen + str(screen.detail.text.visual)
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)
        assert "[red]" in shown


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["120", "80"])
async def test_its_keys_are_in_the_help(stage: MakeStage, size: tuple[int, int]) -> None:
    it = stage()
    record(it.ledger, 1)
    async with it.app.run_test(size=size) as pilot:
        await opened(it, pilot)
        told = {words for chapter in chapters(it.app.screen) for _, words in chapter.keys}
        assert {"Sort: by the next column", "Erase…: what was said, for good", "Open: its conversation"} <= told
        assert "⏎ Details" in it.screen
        assert "/ Filter" in it.screen


async def test_an_empty_ledger_says_so(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=SMALL) as pilot:
        await it.ready(pilot)
        await pilot.press("f3")
        await it.until(pilot, lambda: "no calls yet" in title(it))
        await pilot.press("x", "delete", "t", "y", "o", "end", "pagedown", "enter", "escape")
        assert it.app.screen is screen_of(it)
        record(it.ledger, 1)
        await it.until(pilot, lambda: "1 call · newest first" in title(it))


async def test_a_ledger_that_cannot_be_read_is_said(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 600)
    async with it.app.run_test(size=WIDE) as pilot:
        await opened(it, pilot)
        with it.ledger._db.transaction() as db:
            db.execute("ALTER TABLE calls RENAME TO lost")
        await filtered(it, pilot, "status:failed")
        told = lambda: [each.message for each in it.app._notifications if "no such table" in each.message]  # noqa: E731
        await it.until(pilot, lambda: "The audit file" in title(it) and told())
        await pilot.pause(2.5)
        assert len(told()) == 1  # once, however often it is tried


async def test_filters_that_follow_each_other_fast_end_with_the_last(stage: MakeStage) -> None:
    it = stage()
    fill(it.ledger, 5_000)
    async with it.app.run_test(size=WIDE) as pilot:
        screen = await opened(it, pilot)
        for line in ("answer", "question", "answer 3", "question 1", "status:truncated question"):
            screen.filter_line.use(line)
            await pilot.pause(0.01)
        await it.until(pilot, lambda: "500 calls" in title(it) and "100% truncated" in it.screen)
        assert not it.app._notifications
