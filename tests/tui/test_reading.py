"""In the app: copying and searching what was said, earlier exchanges, and a view that keeps to the end."""

from __future__ import annotations

from typing import Any

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from genesys_tui.tui.transcript.search_bar import Query

from .conftest import MakeStage, Stage

WIDE, NARROW = (120, 40), (80, 24)


def told(it: Stage) -> str:
    return "\n".join(each.message for each in it.app._notifications)


def last_line_is_visible(it: Stage) -> bool:
    transcript = it.app.chat.transcript
    lines = [transcript.render_line(y).text.strip() for y in range(transcript.size.height)]
    return lines[-1] == transcript.text.rpartition("\n")[2].strip() != ""


async def command(it: Stage, title: str) -> None:
    next(each for each in it.app.get_system_commands(it.app.screen) if each.title == title).callback()


async def copied(it: Stage, pilot: Pilot[Any], what: str) -> str:
    await it.until(pilot, lambda: what in told(it))
    return it.app.clipboard


async def test_everything_said_can_be_copied_from_the_palette_and_with_keys(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the first\nprompt")
        await it.ask(pilot, "the second")
        second, first = (call.reply for call in it.ledger.calls())
        await command(it, "Copy the last reply")
        assert await copied(it, pilot, "The reply to “the second”: sent to the terminal (OSC 52)") == second
        await command(it, "Copy the prompt")
        assert await copied(it, pilot, "The prompt “the second”:") == "the second"
        await command(it, "Copy the conversation")
        whole = await copied(it, pilot, "The conversation, 2 exchanges:")
        assert whole.index("the first\nprompt") < whole.index(first.strip()) < whole.index("the second")
        await command(it, "Copy the code block")
        await it.until(pilot, lambda: "nothing of that kind" in told(it))
        transcript = it.app.chat.transcript
        transcript.begin("code?")
        transcript.append("```\n\tone\n```\n\nand\n\n```\n\ttwo\n```")
        transcript.end("done")
        assert "Copy reply" not in it.screen
        transcript.focus()
        await it.until(pilot, lambda: "Copy reply" in it.screen and "Copy code" in it.screen)
        await pilot.press("c")
        assert await copied(it, pilot, "Code 2 of 2:") == "\ttwo"
        await pilot.press("[", "c")
        assert await copied(it, pilot, "Code 1 of 2:") == "\tone"
        await pilot.press("y")
        assert await copied(it, pilot, "The reply to “code?”:") == "```\n\tone\n```\n\nand\n\n```\n\ttwo\n```"
        await pilot.press("p")
        assert await copied(it, pilot, "The prompt “code?”:") == "code?"


async def test_the_mouse_copies_what_is_shown_once(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        transcript = it.app.chat.transcript
        transcript.begin("mouse")
        transcript.append("Some **bold** words to take.")
        transcript.end("done")
        await it.until(pilot, lambda: "Some bold words" in it.screen)
        line = next(y for y, text in enumerate(it.screen.split("\n")) if "Some bold words" in text)
        start = it.screen.split("\n")[line].index("bold")
        await pilot.mouse_down(offset=Offset(start, line))
        await pilot.hover(offset=Offset(start + 10, line))
        await pilot.mouse_up(offset=Offset(start + 10, line))
        assert (await copied(it, pilot, "The selection: sent to the terminal")).startswith("bold wor")
        count = len(it.app._notifications)
        await pilot.click(offset=Offset(start, line + 1))
        await pilot.pause(0.1)
        assert len(it.app._notifications) == count, "a click copies nothing"


async def test_a_search_may_be_asked_for_twice_at_once_and_closed_before_it_is_there(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        chat = it.app.chat
        chat.action_search()
        chat.action_search()
        await it.until(pilot, lambda: isinstance(it.app.focused, Query))
        assert len(chat.query(Query)) == 1
        chat.on_transcript_let_go()
        chat.action_search()
        chat.on_transcript_let_go()
        await it.until(pilot, lambda: it.app.focused is chat.prompt and not chat.query(Query))


async def test_ctrl_f_searches_while_the_prompt_has_the_focus_and_escape_gives_it_back(stage: MakeStage) -> None:
    it = stage(tokens=60)
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "find me")
        for n in range(6):
            await it.ask(pilot, f"number {n}")
        await pilot.press("ctrl+f", *"FIND me")
        await it.until(pilot, lambda: "2 of 2" in it.screen and "◀" in it.screen)
        await pilot.press("ctrl+f", "end", "x")
        await it.until(pilot, lambda: "not found" in it.screen)
        await pilot.press("backspace", *["backspace"] * 7, *"number")
        await it.until(pilot, lambda: it.app.chat.transcript.hits[1] >= 6)
        at, count = it.app.chat.transcript.hits
        await it.until(pilot, lambda: f"{at} of {count}" in it.screen)
        await pilot.press("enter")
        await it.until(pilot, lambda: it.app.chat.transcript.hits[0] == at % count + 1)
        await pilot.press("up", "up")
        await it.until(pilot, lambda: it.app.chat.transcript.hits[0] == (at - 2) % count + 1)
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.chat.prompt.has_focus and "Find" not in it.screen)
        assert it.app.chat.transcript.hits == (0, 0)
        it.app.chat.transcript.focus()
        await pilot.press("/")
        await it.until(pilot, lambda: "Find" in it.screen)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_end_is_followed_while_a_prompt_is_queued_and_more_are_sent(
    stage: MakeStage, size: tuple[int, int]
) -> None:
    it = stage(tokens=120)
    async with it.app.run_test(size=size) as pilot:
        await it.ready(pilot)
        for n in range(3):
            await it.ask(pilot, f"before {n}")
        it.demo.scenario = "rate-limited"
        await it.send(pilot, "during retries")
        await pilot.pause(0.05)
        await it.send(pilot, "queued")
        await it.until(pilot, lambda: not it.app.chat.busy and not it.app.chat.queued.prompt)
        it.demo.scenario = "calm"
        it.app.chat.prompt.text = ""
        for n in range(3):
            await it.ask(pilot, f"after {n}")
            await it.until(pilot, lambda: last_line_is_visible(it), 2)
        transcript = it.app.chat.transcript
        transcript.focus()
        await pilot.press("home")
        await it.until(pilot, lambda: not transcript.following)
        it.app.chat.prompt.focus()
        await it.ask(pilot, "sent from the top")
        assert transcript.following
        await it.until(pilot, lambda: last_line_is_visible(it), 2)


async def test_a_queued_prompt_keeps_the_end_in_view_while_the_reply_streams(stage: MakeStage) -> None:
    it = stage(rate=60, tokens=300)
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "one")
        await it.until(pilot, lambda: it.app.chat.transcript.max_scroll_y > 0)
        await it.send(pilot, "two")
        await it.until(pilot, lambda: it.app.chat.queued.prompt)
        for _ in range(20):
            await pilot.pause(0.02)
            assert it.app.chat.transcript.following
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy, 30)
        await it.until(pilot, lambda: last_line_is_visible(it), 2)


async def test_paging_up_at_the_top_shows_more_above_and_moves_nothing(stage: MakeStage) -> None:
    it = stage(tokens=6)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        for number in range(23):
            await it.ask(pilot, f"prompt {number}.")
        await pilot.press("ctrl+n")
        conversation = it.records[-1].conversation_id
        it.app.chat.resume_conversation(conversation)
        await it.until(pilot, lambda: "3 earlier exchanges" in it.shown)
        transcript = it.app.chat.transcript
        transcript.scroll_to(y=0)
        await it.until(pilot, lambda: transcript.scroll_offset.y == 0)
        before = [transcript.render_line(y).text for y in range(transcript.size.height)][2:20]
        await pilot.press("pageup")
        await it.until(pilot, lambda: len(transcript.said) == 23)
        for _ in range(5):
            assert [transcript.render_line(y).text for y in range(transcript.size.height)][2:20] == before
            await pilot.pause(0.05)
        assert "▌ prompt 0." in it.shown


async def test_end_in_an_empty_prompt_leads_to_the_end_of_what_is_said(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        transcript, prompt = it.app.chat.transcript, it.app.chat.prompt
        prompt.focus()
        await pilot.press("pageup")
        await it.until(pilot, lambda: not transcript.following)
        await pilot.press("a", "home", "end")
        assert not transcript.following
        assert prompt.cursor_location == (0, 1)
        await pilot.press("backspace", "end")
        await it.until(pilot, lambda: transcript.following)
