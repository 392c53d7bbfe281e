"""What is erased in the history is gone from the open chat, too; the dialog says what else may repeat it."""

from __future__ import annotations

from typing import Any

from audit.made import record as begun
from audit.made import write
from textual.pilot import Pilot
from textual.widgets import Input

from genesys_tui.conversation import Conversation
from genesys_tui.gateway.payload import Message
from genesys_tui.tui.conversations.forks import Forks
from genesys_tui.tui.history.questions import EraseQuestion
from genesys_tui.tui.screens.history import HistoryScreen

from ..conftest import MakeStage, Stage

WIDE = (120, 40)


def words(it: Stage) -> str:
    return " ".join(it.screen.replace("│", " ").split())


async def erase(it: Stage, pilot: Pilot[Any], row: int, *, others: int = 0, all_of_it: bool = False) -> None:
    """In the history, the call in that row; back in the chat."""
    await pilot.press("f3")
    await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.table.row)
    screen = it.app.screen
    assert isinstance(screen, HistoryScreen)
    await pilot.press("home", *["down"] * row, "delete")
    await it.until(pilot, lambda: isinstance(it.app.screen, EraseQuestion))
    told = f"{others} other ended call" if others else "No other ended call"
    await it.until(pilot, lambda: told in words(it) and "Exports made before keep it" in words(it))
    assert screen.table.row
    beginning = screen.table.row.request_id[:8]
    it.app.screen.query_one(Input).value = beginning + " all" * all_of_it
    await pilot.press("enter")
    await it.until(pilot, lambda: "is erased." in words(it))
    await pilot.press("f2")


async def walked(it: Stage, pilot: Pilot[Any]) -> list[str]:
    """The earlier prompts, as Up in the empty prompt finds them."""
    walk = it.app.chat.prompt.walk
    it.app.chat.prompt.focus()
    await pilot.press("up")
    await it.until(pilot, lambda: walk.loaded)
    found = list(walk.prompts)
    await pilot.press("down")
    return found


def sent(it: Stage) -> list[str]:
    """The prompts that the last call was made with."""
    return [each["content"] for each in next(iter(it.ledger.calls())).messages if each["role"] == "user"]


def prompts(it: Stage) -> list[str]:
    """The prompts that the transcript shows; a gap where one was erased."""
    return [said.prompt for said in it.app.chat.transcript.said]


async def test_an_erased_call_is_dropped_from_the_open_chat_and_sent_no_more(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        await it.ask(pilot, "and another thing")
        await erase(it, pilot, 0, others=1)
        await it.until(pilot, lambda: prompts(it) == ["the secret is zulu", ""])
        assert "another thing" not in it.shown
        await it.ask(pilot, "go on then")
        assert sent(it) == ["the secret is zulu", "go on then"]
        assert len({record.conversation_id for record in it.records}) == 1


async def test_what_a_later_call_quotes_of_an_erased_one_is_sent_no_more(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        await it.ask(pilot, "and another thing")
        await erase(it, pilot, 1, others=1)
        await it.until(pilot, lambda: prompts(it) == ["", "and another thing"])
        await it.ask(pilot, "go on then")
        assert sent(it) == ["and another thing", "go on then"]


async def test_the_whole_conversation_is_erased_where_that_is_typed(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        for prompt in ("the secret is zulu", "and another thing", "a third"):
            await it.ask(pilot, prompt)
        await pilot.press("ctrl+n")
        await it.ask(pilot, "of another conversation")
        await erase(it, pilot, 2, others=2, all_of_it=True)
        kept = [call for call in it.ledger.calls() if not call.erased]
        assert [call.messages[-1]["content"] for call in kept] == ["of another conversation"]
        assert b"zulu" not in it.ledger.path.read_bytes()
        assert "of another conversation" in it.shown


async def test_an_id_that_looks_like_the_whole_conversation_means_its_call_alone(stage: MakeStage) -> None:
    it = stage(tokens=20)
    for name in ("first", "abcd all of it"):
        write(it.ledger, name)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await erase(it, pilot, 0, others=1)
        assert [call.record.request_id for call in it.ledger.calls() if not call.erased] == ["first"]


async def test_a_call_without_others_offers_no_conversation(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        await erase(it, pilot, 0)
        await it.until(pilot, lambda: prompts(it) == [""])
        await it.ask(pilot, "go on then")
        assert sent(it) == ["go on then"]


async def test_what_is_erased_during_a_reply_is_dropped_behind_it(stage: MakeStage) -> None:
    it = stage(rate=60, tokens=200)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        await it.send(pilot, "something long")
        await it.until(pilot, lambda: it.app.chat.busy)
        await erase(it, pilot, 1)
        await it.until(pilot, lambda: prompts(it) == ["", "something long"])
        assert not it.app.chat.busy
        await it.send(pilot, "go on then")
        await it.until(pilot, lambda: len(it.records) == 3)
        assert sent(it) == ["something long", "go on then"]


async def fork(it: Stage, pilot: Pilot[Any]) -> None:
    """After the last call of the open conversation."""
    conversation = it.app.chat._talk.conversation.id
    it.app.chat.fork_this()
    await it.until(pilot, lambda: isinstance(it.app.screen, Forks) and it.app.screen.focused)
    await pilot.press("enter")
    await it.until(pilot, lambda: it.app.chat._talk.conversation.id != conversation)


async def test_a_fork_neither_shows_nor_asks_what_was_erased(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        await it.ask(pilot, "the secret is zulu")
        await fork(it, pilot)
        assert prompts(it) == ["one", "the secret is zulu"]
        await erase(it, pilot, 0, others=1)
        await it.until(pilot, lambda: prompts(it) == ["one"])
        await pilot.press("ctrl+t")
        await it.until(pilot, lambda: len(it.records) == 3 and not it.app.chat.busy)
        assert sent(it) == ["one"]


async def test_a_fork_that_goes_on_is_shown_without_what_was_erased(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        await it.ask(pilot, "the secret is zulu")
        await fork(it, pilot)
        await it.ask(pilot, "elsewhere")
        await erase(it, pilot, 1, others=1)
        await it.until(pilot, lambda: prompts(it) == ["one", "elsewhere"])
        await it.ask(pilot, "go on then")
        assert sent(it) == ["one", "elsewhere", "go on then"]


async def test_what_only_begins_as_what_was_erased_is_still_sent(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        await pilot.press("ctrl+n")
        longer = it.ledger.get(it.records[0].request_id).reply + " and more"
        said = [Message(role="user", content="the secret is zulu"), Message(role="assistant", content=longer)]
        it.app.chat._talk.fork(Conversation(messages=tuple(said)))
        await it.ask(pilot, "go on then")
        await erase(it, pilot, 1)
        await it.ask(pilot, "and then")
        assert sent(it) == ["the secret is zulu", "go on then", "and then"]


async def test_the_beginning_of_a_reply_that_was_gone_on_with_is_erased_with_the_whole(stage: MakeStage) -> None:
    it = stage("truncated:1", tokens=80)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        await pilot.press("ctrl+g")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        await it.ask(pilot, "another thing")
        await fork(it, pilot)
        assert prompts(it) == ["the secret is zulu", "another thing"]
        await erase(it, pilot, 2, others=2)
        await it.until(pilot, lambda: prompts(it) == ["another thing"])
        await it.ask(pilot, "go on then")
        assert sent(it) == ["another thing", "go on then"]


async def test_a_reply_is_gone_on_with_no_more_when_its_beginning_is_erased(stage: MakeStage) -> None:
    it = stage("truncated:1", tokens=80)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        assert it.app.chat._talk.can_continue
        await erase(it, pilot, 0)
        assert not it.app.chat._talk.can_continue
        await pilot.press("ctrl+g")
        await it.ask(pilot, "go on then")
        assert sent(it) == ["go on then"]
        assert len(it.records) == 2


async def test_a_call_that_runs_while_its_conversation_is_erased_is_told_of(stage: MakeStage) -> None:
    it = stage()
    write(it.ledger, "first", "the secret is zulu")
    write(it.ledger, "second")
    write(it.ledger, "elsewhere", conversation_id="d")
    it.ledger.start(begun("endless"), [{"role": "user", "content": "the secret is zulu"}])
    it.ledger.start(begun("of another", conversation_id="d"), [{"role": "user", "content": "else"}])
    told = "1 other call of its conversation still runs and will repeat it: erase that one, too, when it has ended."
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("f3")
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.table.row)
        screen = it.app.screen
        assert isinstance(screen, HistoryScreen)
        await pilot.press("end")
        await it.until(pilot, lambda: screen.table.row and screen.table.row.request_id == "first")
        await pilot.press("delete")
        await it.until(pilot, lambda: isinstance(it.app.screen, EraseQuestion))
        question = it.app.screen
        assert isinstance(question, EraseQuestion)
        await it.until(pilot, lambda: f"Enter. {told}" in str(question.note.content))
        question.query_one(Input).value = "first all"
        await pilot.press("enter")
        notices = it.app._notifications
        await it.until(pilot, lambda: any(each.message.endswith(f"is erased. {told}") for each in notices))
        assert {call.record.request_id for call in it.ledger.calls() if not call.erased} == {
            *("elsewhere", "endless", "of another")
        }


async def test_an_erased_prompt_is_no_earlier_prompt_any_longer(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        for prompt in ("the secret is zulu", "once more", "another thing"):
            await it.ask(pilot, prompt)
        await pilot.press("ctrl+n")
        await it.ask(pilot, "once more")
        assert await walked(it, pilot) == ["once more", "another thing", "the secret is zulu"]
        await erase(it, pilot, 3, others=2, all_of_it=True)
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
        assert await walked(it, pilot) == ["once more"], "which another call asked, too"
        await pilot.press("ctrl+r")
        await it.until(pilot, lambda: "1 of 1" in it.screen)
        assert "zulu" not in it.screen


async def test_an_erased_prompt_that_the_editor_shows_as_an_earlier_one_leaves_it(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "the secret is zulu")
        it.app.chat.prompt.text = "a draft"
        await pilot.press("up")
        await it.until(pilot, lambda: it.app.chat.prompt.text == "the secret is zulu")
        await erase(it, pilot, 0)
        await it.until(pilot, lambda: it.app.chat.prompt.text == "a draft")
        assert "earlier prompt" not in it.screen
