"""Production is asked about once, and said on every screen; a read-only profile refuses in words. No draft is lost."""

from __future__ import annotations

import pytest
from textual.screen import Screen
from tui.conftest import MakeStage, Stage

from genesys_tui.tui.guard.question import ProductionQuestion

SIZES = [(120, 40), (80, 24)]


def asked(it: Stage) -> bool:
    return isinstance(it.app.screen, ProductionQuestion)


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_call_is_asked_about_and_those_after_it_are_not(
    size: tuple[int, int], stage: MakeStage
) -> None:
    it = stage(production=True, region="eu-central-1", model="gpt-4o")
    async with it.app.run_test(size=size) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: asked(it))
        await pilot.pause(0.1)
        for words in ("PRODUCTION", "default", "eu-central-1", it.demo.url, "gpt-4o", "^y", "esc"):
            assert words in it.screen
        assert it.records == []
        await pilot.press("ctrl+y")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        await it.ask(pilot, "and again")
        assert [record.status for record in it.records] == ["completed"] * 2


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_a_no_keeps_the_draft_and_the_next_try_is_asked_about_again(key: str, stage: MakeStage) -> None:
    """Enter says no: whoever presses it twice has not read the question."""
    it = stage(production=True)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        for _ in range(2):
            await it.send(pilot, "costly")
            await it.until(pilot, lambda: asked(it))
            await pilot.pause(0.05)
            await pilot.press(key)
            await it.until(pilot, lambda: not asked(it))
            assert it.app.chat.prompt.text == "costly"
        assert it.records == []


async def test_what_is_typed_ahead_confirms_nothing(stage: MakeStage) -> None:
    it = stage(production=True)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await pilot.press(*"yes_y")
        assert asked(it)
        assert it.records == []


async def test_asking_again_from_the_history_is_asked_about_too(stage: MakeStage) -> None:
    before = stage()
    async with before.app.run_test(size=(120, 40)) as pilot:
        await before.ready(pilot)
        await before.ask(pilot, "said before")
    it = stage(production=True)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        it.app.chat.ask_call_again(before.records[0].request_id)
        await it.until(pilot, lambda: asked(it))
        await pilot.pause(0.05)
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.chat.prompt.text == "said before")
        assert len(it.records) == 1


async def test_production_is_marked_on_every_screen_without_colour(
    stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    it = stage(production=True)
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)

        async def marked() -> None:
            await it.until(pilot, lambda: "▲ PRODUCTION" in it.screen.partition("\n")[0])
            strip = it.app.screen._compositor.render_strips()[0]
            assert any(segment.style and segment.style.reverse for segment in strip if "PRODUCTION" in segment.text)

        await marked()
        for keys in (["f3"], ["f"], ["escape", "f4"], ["f2", "ctrl+e"], ["escape", "f1"], ["escape", "ctrl+p"]):
            screen: Screen[object] = it.app.screen
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.1)
            assert it.app.screen is not screen
            await marked()
        await pilot.press("escape")
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: asked(it))
        await marked()
        await pilot.press("ctrl+y")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        # Dialogs go on finding what is theirs.
        it.app.chat.rename_this()
        await marked()
        await pilot.press(*"named", "enter")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
        await pilot.press("ctrl+l")
        await marked()
        await it.until(pilot, lambda: "named" in it.screen)
        await pilot.press("escape", "f3")
        await it.until(pilot, lambda: "completed" in it.screen)
        for key in ("g", "x", "delete"):
            await pilot.press(key)
            await marked()
            await pilot.press("a", "enter", "escape")
            await it.until(pilot, lambda: len(it.app.screen_stack) == 1)


async def test_other_profiles_wear_no_mark_and_are_not_asked_about(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f3")
        await pilot.pause(0.2)
        assert "PRODUCTION" not in it.screen


@pytest.mark.parametrize("size", SIZES)
async def test_a_read_only_profile_says_so_refuses_and_keeps_the_draft(size: tuple[int, int], stage: MakeStage) -> None:
    before = stage()
    async with before.app.run_test(size=size) as pilot:
        await before.ready(pilot)
        await before.ask(pilot, "said before")
    it = stage(read_only=True)
    async with it.app.run_test(size=size) as pilot:
        await it.ready(pilot)
        await it.until(pilot, lambda: "READ-ONLY" in it.screen and "read-only profile: nothing is sent" in it.screen)
        await it.send(pilot, "my draft")
        await it.until(pilot, lambda: "nothing is sent" in it.screen)
        assert it.app.chat.prompt.text == "my draft"
        it.app.chat.resume_conversation(it.records[0].conversation_id)
        await it.until(pilot, lambda: "said before" in it.shown)
        await pilot.press("ctrl+t")
        await pilot.pause(0.2)
        assert len(it.records) == 1
        await pilot.press("f3")
        await it.until(pilot, lambda: "History" in it.screen and "completed" in it.screen)


async def test_a_sentence_is_clean_whatever_the_profile_is_called(stage: MakeStage) -> None:
    it = stage(production=True, model="gpt\x1b[31m[red]4o[/nope]")
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: asked(it))
        await pilot.pause(0.1)
        assert "\x1b" not in it.screen
        assert "[red]4o[/nope]" in it.screen


async def test_a_dialect_without_a_region_names_none(stage: MakeStage) -> None:
    it = stage(production=True, dialect="openai", region="eu-central-1")
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: asked(it) and it.demo.url in it.screen.split("session.")[-1])
        assert "region" not in it.screen
        assert "eu-central-1" not in it.screen


def told(it: Stage) -> list[str]:
    return [each.message for each in it.app._notifications]


async def test_a_no_says_where_the_prompt_is_and_only_where_there_is_one(stage: MakeStage) -> None:
    before = stage()
    async with before.app.run_test(size=(120, 40)) as pilot:
        await before.ready(pilot)
        await before.ask(pilot, "said before")
    it = stage(production=True)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "costly")
        await it.until(pilot, lambda: asked(it))
        await pilot.press("escape")
        await it.until(pilot, lambda: told(it) == ["Nothing was sent. The prompt is in the editor."])
        it.app.clear_notifications()
        it.app.chat.resume_conversation(it.records[0].conversation_id)
        await it.until(pilot, lambda: "said before" in it.shown)
        it.app.chat.action_ask_again()
        await it.until(pilot, lambda: asked(it))
        await pilot.press("escape")
        await it.until(pilot, lambda: told(it) == ["Nothing was sent."])


async def test_a_call_asked_again_while_another_is_asked_about_goes_into_the_editor(stage: MakeStage) -> None:
    before = stage()
    async with before.app.run_test(size=(120, 40)) as pilot:
        await before.ready(pilot)
        await before.ask(pilot, "said before")
    it = stage(production=True)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        for _ in range(2):
            it.app.chat.ask_call_again(before.records[0].request_id)
        await it.until(pilot, lambda: asked(it) and it.app.chat.prompt.text == "said before")
        await pilot.press("ctrl+y")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        assert it.app.chat.prompt.text == "said before"
