"""Kept conversations: listed, searched, resumed, renamed, forked, asked again, edited and exported."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._toast import Toast

from genesys_tui.tui.conversations.forks import Forks
from genesys_tui.tui.conversations.messages import ChoreDone
from genesys_tui.tui.conversations.question import Line, Question
from genesys_tui.tui.conversations.shelf import Shelf

from ..conftest import MakeStage, Stage

WIDE, NARROW = (120, 40), (80, 24)


async def on(it: Stage, pilot: Pilot[Any], kind: type[Screen[Any]]) -> None:
    await it.until(pilot, lambda: isinstance(it.app.screen, kind) and it.app.screen.focused)


async def shelf(it: Stage, pilot: Pilot[Any], *keys: str) -> None:
    """Open the list, wait until it has been read, and press keys."""
    await pilot.press("ctrl+l")
    await on(it, pilot, Shelf)
    await it.until(pilot, lambda: isinstance(it.app.screen, Shelf) and it.app.screen.rows.row_count)
    await pilot.press(*keys)


async def back(it: Stage, pilot: Pilot[Any]) -> None:
    await it.until(pilot, lambda: it.app.screen is it.app.chat)


def sent(it: Stage) -> list[tuple[str, str]]:
    """The messages of the last call."""
    return [(message["role"], message["content"]) for message in next(it.ledger.calls()).messages]


async def command(it: Stage, title: str) -> None:
    next(each for each in it.app.get_system_commands(it.app.screen) if each.title == title).callback()


async def test_a_conversation_is_listed_searched_and_resumed_with_what_was_said(stage: MakeStage) -> None:
    it = stage(tokens=15)
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "About invoices?\nmore")
        first = next(it.ledger.calls())
        await pilot.press("ctrl+n")
        await it.ask(pilot, "About rain?")
        await shelf(it, pilot)
        assert it.screen.index("About rain?") < it.screen.index("About invoices?")
        assert "completed" in it.screen
        await pilot.press(*"INVOICES")
        await it.until(pilot, lambda: "About rain?" not in it.screen and "1 conversation" in it.screen)
        await pilot.press("enter")
        await back(it, pilot)
        await it.until(pilot, lambda: "About invoices?" in it.shown)
        assert "About rain?" not in it.shown
        assert "completed" in it.shown
        await it.ask(pilot, "And then?")
        assert sent(it) == [("user", "About invoices?\nmore"), ("assistant", first.reply), ("user", "And then?")]
        assert it.records[0].conversation_id == first.record.conversation_id


async def test_another_conversation_begins_in_the_prompt_and_without_the_figures_of_the_last(stage: MakeStage) -> None:
    it = stage(tokens=15)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "About invoices?")
        await it.until(pilot, lambda: "15 of 2,048" in it.screen)
        it.app.chat.transcript.focus()
        await pilot.press("ctrl+n", *"words")
        await it.until(pilot, lambda: it.app.chat.prompt.text == "words")
        await it.until(pilot, lambda: "15 of 2,048" not in it.screen and "ready" in it.screen)
        await shelf(it, pilot)
        await pilot.press("enter")
        await back(it, pilot)
        await it.until(pilot, lambda: "15 of 2,048" in it.screen)


async def test_a_resumed_conversation_goes_on_with_its_own_settings(stage: MakeStage) -> None:
    it = stage(tokens=10)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e", *"gpt-x", "enter")
        await back(it, pilot)
        await it.ask(pilot, "one")
        await pilot.press("ctrl+n")
        await it.until(pilot, lambda: "gpt-x" not in it.screen)
        await shelf(it, pilot, "enter")
        await it.until(pilot, lambda: "gpt-x" in it.screen and "one" in it.shown)


async def test_a_truncated_reply_can_be_continued_after_it_was_resumed(stage: MakeStage) -> None:
    it = stage("truncated:1", tokens=80)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("ctrl+n")
        await shelf(it, pilot, "enter")
        await it.until(pilot, lambda: "ctrl+g continues" in it.shown)
        await pilot.press("ctrl+g")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        second, first = it.records
        assert (second.continues, second.conversation_id) == (first.request_id, first.conversation_id)


async def test_failed_calls_are_shown_and_not_built_on(stage: MakeStage) -> None:
    it = stage(tokens=10)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "good")
        it.demo.scenario = "refused"
        await it.ask(pilot, "bad")
        it.demo.scenario = "calm"
        it.app.chat.prompt.text = ""
        await pilot.press("ctrl+n")
        await shelf(it, pilot, "enter")
        await it.until(pilot, lambda: "bad" in it.shown and "failed" in it.shown)
        await it.ask(pilot, "on")
        assert [content for role, content in sent(it) if role == "user"] == ["good", "on"]


async def test_ctrl_t_asks_the_last_prompt_again_and_the_new_reply_counts(stage: MakeStage) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+t")
        assert not it.app.chat.busy, "nothing was asked yet"
        await it.ask(pilot, "one")
        await pilot.press("ctrl+t")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        assert sent(it) == [("user", "one")]
        again = next(it.ledger.calls()).reply
        await it.ask(pilot, "two")
        assert sent(it) == [("user", "one"), ("assistant", again), ("user", "two")]


async def test_where_asking_again_fails_the_reply_before_it_still_counts(stage: MakeStage) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        reply = next(it.ledger.calls()).reply
        it.demo.scenario = "refused"
        await pilot.press("ctrl+t")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        it.demo.scenario = "calm"
        await it.ask(pilot, "two")
        assert sent(it) == [("user", "one"), ("assistant", reply), ("user", "two")]


async def test_f8_takes_the_last_prompt_back_and_loses_no_draft(stage: MakeStage) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        await it.ask(pilot, "two")
        it.app.chat.prompt.text = "a draft"
        await pilot.press("f8")
        assert it.app.chat.prompt.text == "two\n\na draft"
        await it.ask(pilot, "better")
        assert [content for role, content in sent(it) if role == "user"] == ["one", "better"]
        await pilot.press("ctrl+n")
        await shelf(it, pilot, "enter")
        await it.until(pilot, lambda: "does not build on it" in " ".join(it.shown.split()))
        assert it.app.chat._talk.prompt == "better"


async def test_a_fork_goes_its_own_way_after_any_call(stage: MakeStage) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        for prompt in ("one", "two", "three"):
            await it.ask(pilot, prompt)
        await shelf(it, pilot, "ctrl+t")
        await on(it, pilot, Forks)
        await pilot.press("up", "enter")
        await back(it, pilot)
        await it.until(pilot, lambda: "three" not in it.shown)
        await it.ask(pilot, "elsewhere")
        assert [content for role, content in sent(it) if role == "user"] == ["one", "two", "elsewhere"]
        ids = [record.conversation_id for record in it.records]
        assert ids[0] != ids[1] == ids[3]


async def test_a_name_is_given_and_shown(stage: MakeStage) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        await shelf(it, pilot, "ctrl+r")
        await on(it, pilot, Question)
        await pilot.press(*"Mine", "enter")
        await on(it, pilot, Shelf)
        await it.until(pilot, lambda: "Mine" in it.screen.split("Conversations")[1].split("1 conversation")[0])
        await pilot.press("escape")
        await back(it, pilot)


async def three(it: Stage, pilot: Pilot[Any]) -> list[str]:
    """Have three conversations. Returns their ids, the newest first."""
    await it.ready(pilot)
    for prompt in ("one", "two", "three"):
        await it.ask(pilot, prompt)
        await pilot.press("ctrl+n")
    return [record.conversation_id or "" for record in it.records]


async def test_after_a_name_was_given_the_cursor_stands_where_it_stood(stage: MakeStage, tmp_path: Path) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=NARROW, notifications=True) as pilot:
        ids = await three(it, pilot)
        await shelf(it, pilot, "down", "down", "ctrl+r")
        await on(it, pilot, Question)
        await pilot.press("ctrl+u", *"Mine", "enter")
        await on(it, pilot, Shelf)
        list_of = it.app.screen
        assert isinstance(list_of, Shelf)
        await it.until(pilot, lambda: list_of.rows.current and list_of.rows.current.title == "Mine")
        assert (list_of.rows.cursor_row, list_of.rows.current.id) == (2, ids[2])
        await pilot.press("ctrl+s")
        await on(it, pilot, Question)
        assert not it.app.screen.query(Toast), "it was told in the list"
        assert "mine" in it.app.screen.query_one(Line).value.lower()
        it.app.screen.query_one(Line).value = str(tmp_path / "it.json")
        await pilot.press("enter")
        await on(it, pilot, Shelf)
        await it.until(pilot, lambda: (tmp_path / "it.json").exists() and "Written to" in it.screen)
        assert json.loads((tmp_path / "it.json").read_text())["messages"][0]["content"] == "one"
        assert (list_of.rows.row_count, list_of.rows.cursor_row) == (3, 2), "nothing is read anew after an export"


async def test_the_cursor_comes_back_to_a_row_that_is_pages_away(
    stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genesys_tui.tui.conversations.shelf.PAGE", 2)
    it = stage(tokens=12)
    async with it.app.run_test(size=NARROW) as pilot:
        ids = await three(it, pilot)
        await shelf(it, pilot, "down")
        list_of = it.app.screen
        assert isinstance(list_of, Shelf)
        await it.until(pilot, lambda: list_of.rows.row_count == 3)
        await pilot.press("down")
        for page in range(2):
            list_of.post_message(ChoreDone("Named: Mine", renamed=True))
            await it.until(pilot, lambda page=page: list_of._number >= page + 2 and not list_of.rows.seeking)
            assert list_of.rows.current
            assert (list_of.rows.cursor_row, list_of.rows.current.id) == (2, ids[2])


async def test_an_export_is_private_and_replaces_nothing_unasked(stage: MakeStage, tmp_path: Path) -> None:
    it = stage(tokens=12)
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        reply = next(it.ledger.calls()).reply
        (tmp_path / "there.json").write_text("mine")
        await command(it, "Export this conversation")
        await on(it, pilot, Question)
        for name, told in (("x.doc", "End the name with"), ("no/x.md", "no folder"), ("there.json", "exists already")):
            it.app.screen.query_one(Line).value = str(tmp_path / name)
            await pilot.press("enter")
            await it.until(pilot, lambda told=told: told in " ".join(it.screen.replace("│", " ").split()))
        assert (tmp_path / "there.json").read_text() == "mine"
        await pilot.press("enter")
        await back(it, pilot)
        await it.until(pilot, lambda: (tmp_path / "there.json").read_text() != "mine")
        assert json.loads((tmp_path / "there.json").read_text())["messages"][-1]["content"] == reply
        await shelf(it, pilot, "ctrl+s")
        await on(it, pilot, Question)
        it.app.screen.query_one(Line).value = str(tmp_path / "new.md")
        await pilot.press("enter")
        await it.until(pilot, lambda: (tmp_path / "new.md").exists())
        assert (tmp_path / "new.md").read_text().startswith("# one\n")
        assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) == 0o600


async def test_a_long_conversation_shows_its_end_and_more_on_demand(stage: MakeStage) -> None:
    it = stage(tokens=6)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        for number in range(23):
            await it.ask(pilot, f"prompt {number}.")
        await pilot.press("ctrl+n")
        await shelf(it, pilot, "enter")
        await it.until(pilot, lambda: "3 earlier exchanges" in it.shown)
        assert "prompt 3." in it.shown
        assert "prompt 2." not in it.shown
        for _ in range(30):
            await pilot.press("pageup")
            await pilot.pause(0.05)
            if "prompt 0." in it.shown:
                break
        await it.until(pilot, lambda: "prompt 0." in it.shown)
        assert "earlier exchanges" not in it.shown
        await pilot.pause(0.3)
        assert it.app.chat.transcript.scroll_offset.y < it.app.chat.transcript.max_scroll_y
        await it.ask(pilot, "next")
        assert len(sent(it)) == 47


async def test_nothing_is_resumed_while_a_reply_is_written(stage: MakeStage) -> None:
    it = stage(tokens=10)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        await pilot.press("ctrl+n")
        slow = it.demo
        slow.scenario = "silent"
        await it.send(pilot, "two")
        await it.until(pilot, lambda: it.app.chat.busy)
        await shelf(it, pilot, "down", "enter")
        await back(it, pilot)
        await it.until(pilot, lambda: any("Stop it with Escape" in each.message for each in it.app._notifications))
        assert "one" not in it.shown
        await pilot.press("escape")
        await it.until(pilot, lambda: not it.app.chat.busy)


async def test_hostile_text_is_harmless_in_list_forks_and_names(stage: MakeStage) -> None:
    it = stage("hostile", tokens=60)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "[/nope] \x1b]52;c;eA==\x07 \u202e[@click=app.quit]x[/]")
        await shelf(it, pilot)
        assert "[/nope]" in it.screen
        assert not {"\x1b", "\x07", "\u202e"} & set(it.screen)
        await pilot.press("ctrl+t")
        await on(it, pilot, Forks)
        await pilot.pause()
        assert "[/nope]" in it.screen
        assert not {"\x1b", "\x07", "\u202e"} & set(it.screen)
