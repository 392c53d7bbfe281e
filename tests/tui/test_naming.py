"""Sentences name keys as they are here, whatever config.toml made of them."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from genesys_tui.tui.naming import name_of, named, sign_of
from genesys_tui.tui.screens.history import HistoryScreen
from genesys_tui.tui.screens.wire import WireScreen
from genesys_tui.tui.words import Keys, note_of

from .conftest import MakeStage, Stage
from .history.made import ended, started

REMAPPED = {
    "prompt.send": "f5",
    "prompt.break_line": "ctrl+b",
    "chat.stop": "alt+t",
    "chat.continue": "alt+c",
    "chat.parameters": "alt+p",
    "chat.edit_last": "alt+b",
    "app.history": "f12",
    "app.palette": "ctrl+k",
    "app.help": "f10",
    "app.quit": "f11",
    "help.close": "alt+h",
    "transcript.copy_code": "alt+x",
    "wire.chunks": "alt+1",
    "parameters.leave": "alt+l",
    "parameters.save": "alt+s",
    "question.leave": "alt+q",
    "earlier.cancel": "alt+e",
    "form.cancel": "alt+f",
    "form.next": "alt+n",
    "filters.leave": "alt+g",
    "filters.clear": "alt+r",
    "select.copy": "alt+y",
    "select.leave": "alt+z",
}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("escape", "Escape"),
        ("enter", "Enter"),
        ("f3", "F3"),
        ("shift+f3", "shift+F3"),
        ("ctrl+g", "ctrl+g"),
        ("slash", "/"),
        ("left_square_bracket", "["),
        ("pageup", "page up"),
        ("space", "space"),
    ],
)
def test_keys_are_named_as_people_call_them(key: str, name: str) -> None:
    assert named(key) == name


async def test_a_key_that_nobody_bound_is_a_bug(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test():
        with pytest.raises(KeyError):
            name_of(it.app.chat, "chat.no_such")
        assert (name_of(it.app.chat, "chat.continue"), sign_of(it.app.chat, "chat.continue")) == ("ctrl+g", "^g")


def remapped(stage: MakeStage, scenario: str = "calm", **flags: Any) -> Stage:
    it = stage(scenario, **flags)
    it.app.set_keymap(REMAPPED)
    return it


async def shown(it: Stage, pilot: Pilot[Any], *words: str) -> None:
    await it.until(pilot, lambda: all(each in " ".join(it.screen.split()) for each in words))


async def test_the_chat_names_them(stage: MakeStage) -> None:
    it = remapped(stage, "truncated")
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await shown(it, pilot, "F5 sends", "ctrl+b breaks the line", "alt+t stops a reply", "F12 shows the calls")
        await shown(it, pilot, "ctrl+k finds everything else", "F10 Help", "^k Palette", "F11 Quit", "F12 History")
        it.app.chat.prompt.text = "Write code"
        await pilot.press("f5")
        await shown(it, pilot, "alt+c continues")
        await shown(it, pilot, "alt+p raises the limit")
        it.demo.scenario = "silent"
        it.app.chat.prompt.text = "once more"
        await pilot.press("f5")
        it.app.chat.prompt.text = "meanwhile another one"
        await pilot.press("alt+t")
        await it.until(pilot, lambda: not it.app.chat.busy)
        await shown(it, pilot, "alt+b brings your prompt back into the editor")


async def test_dialogs_name_them(stage: MakeStage) -> None:
    it = remapped(stage)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        it.app.chat.prompt.text = "hello"
        await pilot.press("f5")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        await pilot.press("f10")
        await shown(it, pilot, "alt+h closes")
        await pilot.press("alt+h", "alt+p")
        await shown(it, pilot, "Save to profile alt+s", "Cancel alt+l")
        await pilot.press("alt+l", "ctrl+r")
        await shown(it, pilot, "alt+e closes")
        await pilot.press("alt+e")
        it.app.chat.prompt.text = "{{who}}"
        it.app.chat.composer._save()
        await shown(it, pilot, "alt+n goes on · alt+f cancels")
        await pilot.press("alt+f")
        await it.until(pilot, lambda: it.app.screen is it.app.chat and it.app.chat.prompt.has_focus)
        it.app.chat.transcript.focus()
        await pilot.press("v")
        await shown(it, pilot, "alt+y copies, alt+z leaves")
        await pilot.press("alt+z")


async def test_the_other_screens_name_them(stage: MakeStage) -> None:
    it = remapped(stage)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        it.app.chat.prompt.text = "hello"
        await pilot.press("f5")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        await pilot.press("f4")
        await it.until(pilot, lambda: isinstance(it.app.screen, WireScreen))
        await shown(it, pilot, "alt+1● chunks")
        await pilot.press("f12")
        await it.until(pilot, lambda: isinstance(it.app.screen, HistoryScreen) and it.app.screen.table.row)
        await pilot.press("f")
        await shown(it, pilot, "Clear all alt+r", "Cancel alt+g")
        await pilot.press("alt+g", "delete")
        await it.until(pilot, lambda: not isinstance(it.app.screen, HistoryScreen))
        await pilot.press("x", "enter")
        await shown(it, pilot, "alt+q leaves it")


def test_an_ending_offers_only_what_can_be_done() -> None:
    cut = ended(started(10), 10)
    keys = Keys("alt+c", "alt+p", "page up")
    assert note_of(cut, keys).endswith(" — alt+c continues, alt+p raises the limit")
    assert "continues" not in note_of(cut)
    lost = cut.model_copy(update={"stop_reason": "disconnected"})
    assert note_of(lost, keys).endswith(" — alt+c continues")
