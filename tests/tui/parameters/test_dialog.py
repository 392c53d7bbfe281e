"""The parameters dialog: validated as typed, used here or saved, opened where it is needed."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from genesys_tui.config import load_settings
from genesys_tui.tui.parameters.dialog import ParametersDialog

from ..conftest import MakeStage, Stage

WIDE, NARROW = (120, 40), (80, 24)


def dialog(it: Stage) -> ParametersDialog:
    assert isinstance(it.app.screen, ParametersDialog)
    return it.app.screen


def closed(it: Stage) -> bool:
    return it.app.screen is it.app.chat


async def test_ctrl_e_changes_the_next_call_of_this_conversation_only(stage: MakeStage) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: not closed(it))
        await pilot.press(*"gpt-x", "tab", *"Be", "tab", *"77", "tab", *"1.5", "tab", "end", "enter", *r"\n")
        await pilot.press("tab", "enter")
        await it.until(pilot, lambda: closed(it))
        await it.until(pilot, lambda: "gpt-x" in it.screen)
        await it.ask(pilot)
        (call,) = it.ledger.calls()
        assert call.record.model == "gpt-x"
        assert call.messages[0] == {"role": "system", "content": "Be"}
        assert {name: call.record.parameters[name] for name in ("max_tokens", "temperature", "stop")} == {
            "max_tokens": 77,
            "temperature": 1.5,
            "stop": ["<|endoftext|>", "\n"],
        }
        await pilot.press("ctrl+n")
        await it.until(pilot, lambda: "gpt-4o-mini" in it.screen)
        await it.ask(pilot)
        assert it.records[0].model == "gpt-4o-mini"


async def test_a_wrong_value_is_told_beside_its_field_while_it_is_typed_and_not_taken(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e", "tab", "tab", "0")
        await it.until(pilot, lambda: "✗ should be greater than or equal to 1" in it.screen)
        assert "Cannot be used yet: max tokens." in it.screen
        await pilot.press("tab", "enter")
        assert not closed(it)
        assert it.app.focused is dialog(it).query_one("#max_tokens", Input)
        await pilot.press("ctrl+s")
        assert not closed(it)
        await pilot.press("home", "9")
        await it.until(pilot, lambda: "✗" not in it.screen)
        await pilot.press("enter")
        await it.until(pilot, lambda: closed(it))
        assert it.app.chat._talk.settings.profile.max_tokens == 90


async def test_every_field_can_be_reached_at_80_by_24_and_the_keys_stay_in_view(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=NARROW) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: not closed(it))
        reached = set()
        for _ in range(13):
            focused = it.app.focused
            assert focused is not None
            reached.add(focused.id)
            assert dialog(it).region.contains_region(focused.region)
            assert "Use here" in it.screen
            await pilot.press("tab")
        assert {"model", "stop", "content_mode", "include_usage"} <= reached


async def test_escape_leaves_everything_as_it_was_and_asks_where_something_would_be_lost(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e", "escape")
        await it.until(pilot, lambda: closed(it))
        await pilot.press("ctrl+e", "x", "escape")
        await it.until(pilot, lambda: "once more" in it.screen)
        await pilot.press("escape")
        await it.until(pilot, lambda: closed(it))
        assert it.app.chat._talk.settings.profile.model == "gpt-4o-mini"


async def test_ctrl_s_saves_to_the_profile(stage: MakeStage, tmp_path: Path) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e", *"gpt-y", "ctrl+s")
        await it.until(pilot, lambda: closed(it))
        assert load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)}).profile.model == "gpt-y"
        await pilot.press("ctrl+n")
        assert it.app.chat._talk.settings.profile.model == "gpt-y"


async def test_up_and_down_walk_through_the_models_of_the_profile(stage: MakeStage) -> None:
    it = stage(models=("one", "two\x1b[2J"))
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e", "down")
        field = dialog(it).query_one("#model", Input)
        assert field.value == "one"
        await pilot.press("up")
        assert field.value == "two␛[2J"
        await pilot.press("down", "enter")
        await it.until(pilot, lambda: closed(it))
        assert it.app.chat._talk.settings.profile.model == "one"


async def test_after_a_reply_cut_by_max_tokens_the_dialog_opens_at_the_limit_and_continuing_uses_it(
    stage: MakeStage,
) -> None:
    it = stage("truncated:1", tokens=80)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        assert "ctrl+g continues, ctrl+e raises the limit" in " ".join(it.shown.split())
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: not closed(it))
        assert it.app.focused is dialog(it).query_one("#max_tokens", Input)
        await pilot.press(*"4000", "enter")
        await it.until(pilot, lambda: closed(it))
        await pilot.press("ctrl+g")
        await it.until(pilot, lambda: len(it.records) == 2 and not it.app.chat.busy)
        second, first = it.records
        assert (second.continues, second.parameters["max_tokens"]) == (first.request_id, 4000)


async def test_the_content_mode_counts_for_the_next_call(stage: MakeStage) -> None:
    it = stage("cumulative", tokens=20)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "one")
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: not closed(it))
        await pilot.press(*["tab"] * 8, "enter", "down", "enter", "tab")
        await it.until(pilot, lambda: dialog(it)._written["content_mode"] == "cumulative")
        await pilot.press("tab", "tab", "tab", "enter")
        await it.until(pilot, lambda: closed(it))
        await it.ask(pilot, "two")
        second, first = it.ledger.calls()
        assert len(second.reply) < len(first.reply) / 2
