"""Dialogs that are asked to go twice, or while something lies in front of them."""

from __future__ import annotations

from textual.screen import ModalScreen

from genesys_tui.tui.conversations.question import Answer, Question
from genesys_tui.tui.help import HelpScreen
from genesys_tui.tui.keys import places
from genesys_tui.tui.leaving import Leaving, Palette
from genesys_tui.tui.prompt.search import Search

from .conftest import MakeStage


def test_every_dialog_leaves_in_good_order() -> None:
    places()  # imports all of the screen

    def below(kind: type) -> set[type]:
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    ours = [each for each in below(ModalScreen) if each.__module__.startswith("genesys_tui.")]
    assert ours
    assert [each for each in ours if not issubclass(each, Leaving)] == []


async def test_a_dialog_waits_until_nothing_lies_in_front_of_it(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        answers: list[object] = []
        question = Question("A name", "", "")
        await it.app.push_screen(question, answers.append)
        await pilot.press("f1")
        question.dismiss(Answer("first", confirmed=False))
        question.dismiss(None)
        await pilot.pause()
        assert isinstance(it.app.screen, HelpScreen)
        assert answers == []
        await pilot.press("f1")
        await it.until(pilot, lambda: answers)
        assert answers == [Answer("first", confirmed=False)]
        assert it.app.screen is it.app.chat


async def test_the_palette_closes_under_the_help(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await pilot.press("ctrl+p")
        palette = it.app.screen
        assert isinstance(palette, Palette)
        await pilot.press("f1")
        palette._action_escape()
        palette._action_escape()
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
        await it.ready(pilot)
        await it.ask(pilot)
        assert it.records[0].status == "completed"


async def test_a_dialog_that_is_left_before_it_is_there_goes_when_it_is(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        answers: list[object] = []
        for dialog in (Search(["one", "two"]), Question("A name", "", "")):
            it.app.push_screen(dialog, answers.append)
            dialog.dismiss(None)
            await it.until(pilot, lambda: it.app.screen is it.app.chat)
        assert answers == [None, None]


async def test_there_is_one_palette_whatever_lies_on_it(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+p", "f1")
        await it.until(pilot, lambda: isinstance(it.app.screen, HelpScreen))
        it.app.action_command_palette()
        await pilot.pause()
        assert len([screen for screen in it.app.screen_stack if isinstance(screen, Palette)]) == 1


async def test_what_is_found_for_a_palette_that_was_left_is_shown_nowhere(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+p")
        palette = it.app.screen
        assert isinstance(palette, Palette)
        await palette.query("*").remove()
        seen: list[int] = []
        palette._start_no_matches_countdown("nothing of that name")
        palette.set_timer(0.6, lambda: seen.append(1))
        palette._list_visible = not palette._list_visible
        await pilot.pause(0.8)
        assert not seen
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
