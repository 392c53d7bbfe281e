"""What begins with a slash is a command; what is none is neither asked nor lost."""

from __future__ import annotations

import pytest

from genesys_tui.tui.screens.history import HistoryScreen
from genesys_tui.tui.slash import Command, command_of, unknown

from .conftest import MakeStage


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/scenario stall", Command("scenario", "stall")),
        ("/Help", Command("help", "")),
        ("/scnario  cut\n", Command("scnario", "cut")),
        ("/summarise this\nand that", Command("summarise", "this\nand that")),
        ("/etc/hosts is what?", None),
        ("// a comment", None),
        ("/", None),
        (" /scenario stall", None),
        ("What is /scenario?", None),
        ("/3 of it", None),
    ],
)
def test_only_a_slash_and_a_word_at_the_beginning_are_a_command(text: str, command: Command | None) -> None:
    assert command_of(text) == command


def test_an_unknown_one_is_told_with_those_that_are_near() -> None:
    names = ["scenario", "search", "history", "help", "again"]
    assert unknown("scnario", names).startswith("There is no command /scnario. Did you mean /scenario?")
    assert "There are /again, /help, /history, /scenario, /search." in unknown("xyzzy", names)
    assert "A space in front of the slash sends it as it is." in unknown("xyzzy", names)


async def test_a_mistyped_command_is_not_sent_and_stays_in_the_editor(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "/scnario stall")
        await it.until(pilot, lambda: "Did you mean /scenario?" in it.screen)
        assert it.app.chat.prompt.text == "/scnario stall"
        await it.send(pilot, "/scenario nosuchday")
        await it.until(pilot, lambda: "nosuchday" in it.screen.replace(it.app.chat.prompt.text, ""))
        assert it.app.chat.prompt.text == "/scenario nosuchday"
        await it.send(pilot, "/continue")
        await it.until(pilot, lambda: "/continue can do nothing at the moment." in it.screen)
        assert it.app.chat.prompt.text == "/continue"
        await it.send(pilot, "/new idea")
        await it.until(pilot, lambda: "/new takes nothing behind it." in it.screen)
        assert not it.records


async def test_a_space_sends_it_as_it_is(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ask(pilot, " /scnario stall")
        assert it.ledger.get(it.records[0].request_id).messages[-1]["content"] == " /scnario stall"


async def test_commands_do_what_the_keys_do(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "/scenario cut")
        await it.until(pilot, lambda: it.demo.scenario == "cut")
        await it.send(pilot, "/scenario calm")
        await it.ask(pilot, "hello")
        await it.send(pilot, "/edit")
        await it.until(pilot, lambda: it.app.chat.prompt.text == "hello")
        await it.send(pilot, "/new")
        await it.until(pilot, lambda: it.app.chat.empty)
        assert not it.app.chat.prompt.text
        await it.send(pilot, "/history")
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen))
