"""What the prompt editor's keys do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from genesys_tui.config import Ui
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.health.amounts import size
from genesys_tui.tui.prompt.drafts import Drafts
from genesys_tui.tui.prompt.form import Form
from genesys_tui.tui.prompt.prompt import Prompt
from genesys_tui.tui.prompt.search import Search
from genesys_tui.tui.signin.door import Workplace

from ..conftest import MakeStage, Stage

WIDE = (120, 40)
LOG = "".join(f"line {number} of the log\n" for number in range(10_000))


def _prompt(it: Stage) -> Prompt:
    return it.app.chat.prompt


async def _paste(it: Stage, pilot: Pilot[Any], text: str) -> None:
    it.app.post_message(events.Paste(text))
    await pilot.pause()


async def _asked(it: Stage, pilot: Pilot[Any], *prompts: str) -> None:
    for prompt in prompts:
        await it.ask(pilot, prompt)


async def test_it_grows_from_3_to_12_lines(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        heights = []
        for _ in range(14):
            heights.append(_prompt(it).content_size.height)
            await pilot.press("a", "ctrl+j")
            await pilot.pause()
        assert heights == [3, 3, 3, *range(4, 13), 12, 12]
        await pilot.press("ctrl+u")
        _prompt(it).text = ""
        await pilot.pause()
        assert _prompt(it).content_size.height == 3


async def test_undo_and_redo(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("a", "b", "ctrl+j", "c")
        await pilot.press("ctrl+z")
        assert _prompt(it).text == "ab\n"
        await pilot.press("ctrl+z", "ctrl+z")
        assert _prompt(it).text == ""
        await pilot.press("ctrl+y", "ctrl+y", "ctrl+y")
        assert _prompt(it).text == "ab\nc"


async def test_a_huge_paste_is_one_label_and_is_sent_whole(stage: MakeStage) -> None:
    it = stage(tokens=5)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("W", "h", "y", "?", "ctrl+j")
        await _paste(it, pilot, LOG.replace("\n", "\r"))
        label = f"[pasted 10,000 lines · {size(len(LOG))}]"
        assert _prompt(it).text == f"Why?\n{label}"
        assert label in it.screen
        await pilot.press("space", "o", "k")
        await pilot.press("enter")
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        (call,) = it.ledger.calls()
        assert call.messages[-1]["content"] == f"Why?\n{LOG} ok"
        await it.until(pilot, lambda: f"{label} ok" in it.screen)


async def test_a_label_is_passed_and_removed_in_one_step(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("a")
        await _paste(it, pilot, LOG)
        await pilot.press("b")
        whole = _prompt(it).text
        await pilot.press("left", "left", "x", "right", "y")
        assert _prompt(it).text == whole.replace("[", "x[").replace("]b", "]yb")
        await pilot.press("left", "backspace")
        assert _prompt(it).text == "axyb"
        await pilot.press("ctrl+z")
        assert "[pasted 10,000 lines" in _prompt(it).text
        assert _prompt(it).expanded == f"ax{LOG}yb"
        await pilot.press("left", "delete")
        assert _prompt(it).text == "axyb"


async def test_a_label_is_copied_with_its_text_and_unfolded_from_the_palette(stage: MakeStage) -> None:
    it = stage()
    text = "x\n" * 60
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await _paste(it, pilot, text)
        await pilot.press("f7", "ctrl+x")
        assert it.app.clipboard == text
        assert _prompt(it).text == ""
        await pilot.press("ctrl+v")
        await it.until(pilot, lambda: _prompt(it).expanded == text)
        unfold = {each.title: each for each in it.app.chat.composer.commands()}["Unfold the pasted text"]
        unfold.callback()
        assert _prompt(it).text == text
        await pilot.press("ctrl+z")
        assert _prompt(it).text.startswith("[pasted ")


async def test_keys_are_taken_in_the_order_they_were_pressed(stage: MakeStage) -> None:
    it = stage(tokens=5)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        for key in ("a", "b", "backspace", "c", "left", "d", "end", "ctrl+j", "e", "up", "f", "enter", "g"):
            it.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        (call,) = it.ledger.calls()
        assert call.messages[-1]["content"] == "afdc\ne"
        assert _prompt(it).text == "g", "what is typed behind Enter is the next prompt's"


@pytest.mark.parametrize("key", ["ctrl+j", "ctrl+enter", "f5"])
async def test_as_the_setting_enter_breaks_the_line(stage: MakeStage, tmp_path: Path, key: str) -> None:
    (tmp_path / "config.toml").write_text('[ui]\nenter = "newline"\n')
    it = stage(tokens=5)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await it.until(pilot, lambda: "ctrl+j sends · Enter breaks the line" in it.screen)
        await pilot.press("h", "enter", "i", "shift+enter", "o", key)
        await it.until(pilot, lambda: it.records and not it.app.chat.busy)
        (call,) = it.ledger.calls()
        assert call.messages[-1]["content"] == "h\ni\no"


async def test_the_border_says_what_enter_does(stage: MakeStage) -> None:
    it = stage()
    assert Ui().enter == "send"
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.until(pilot, lambda: "Enter sends · ctrl+j breaks the line" in it.screen)


async def test_up_and_down_walk_earlier_prompts_with_the_draft_at_the_foot(stage: MakeStage) -> None:
    it = stage(tokens=3)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await _asked(it, pilot, "first", "second\nline two", "first")
        await pilot.press("d", "r", "a", "f", "t", "up")
        await it.until(pilot, lambda: _prompt(it).text == "first")
        await it.until(pilot, lambda: "earlier prompt 1 of 2" in it.screen)
        await pilot.press("up")
        assert _prompt(it).text == "second\nline two"
        await pilot.press("up")
        assert _prompt(it).text == "second\nline two"
        await pilot.press("end", "!", "down", "down")
        assert _prompt(it).text == "first"
        await pilot.press("down")
        assert _prompt(it).text == "draft"
        await pilot.press("up", "up")
        assert _prompt(it).text == "second!\nline two", "what was altered on the way is still there"


async def test_what_was_altered_is_no_earlier_prompt_any_more(stage: MakeStage) -> None:
    it = stage(tokens=3)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await _asked(it, pilot, "first")
        await pilot.press("up")
        await it.until(pilot, lambda: "earlier prompt 1 of 1" in it.screen)
        await pilot.press("x")
        await it.until(pilot, lambda: "earlier prompt" not in it.screen)
        await pilot.press("backspace")
        await it.until(pilot, lambda: "earlier prompt 1 of 1" in it.screen)


async def test_the_border_says_when_enter_queues(stage: MakeStage) -> None:
    it = stage(rate=20, tokens=400)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await it.until(pilot, lambda: "Enter sends · ctrl+j breaks the line" in it.screen)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: "Enter queues · ctrl+j breaks the line" in it.screen)
        await it.send(pilot, "next")
        await it.until(pilot, lambda: "Enter" not in it.screen and "ctrl+j breaks the line" in it.screen)
        await pilot.press("escape")
        await it.until(pilot, lambda: "Enter sends · ctrl+j breaks the line" in it.screen)


async def test_earlier_prompts_outlive_the_app_and_the_draft_outlives_a_recalled_one(
    stage: MakeStage,
) -> None:
    first = stage(tokens=3)
    async with first.app.run_test(size=WIDE, notifications=True) as pilot:
        await first.ready(pilot)
        await _asked(first, pilot, "long ago")
    second = stage(tokens=3)
    async with second.app.run_test(size=WIDE, notifications=True) as pilot:
        await second.ready(pilot)
        await pilot.press("d", "up")
        await second.until(pilot, lambda: _prompt(second).text == "long ago")
        await pilot.press("enter")
        await second.until(pilot, lambda: len(second.records) == 2 and not second.app.chat.busy)
        assert _prompt(second).text == "d"


async def test_ctrl_r_searches_earlier_prompts(stage: MakeStage) -> None:
    it = stage(tokens=3)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+r")
        await it.until(pilot, lambda: "no earlier prompts yet" in it.screen)
        await _asked(it, pilot, "Alpha [@click=app.quit]one[/]", "beta two", "ALPHA three")
        await pilot.press("d", "ctrl+r")
        await it.until(pilot, lambda: isinstance(it.app.screen, Search))
        await it.until(pilot, lambda: "3 of 3" in it.screen)
        assert "[@click=app.quit]one[/]" in it.screen
        await pilot.press(*"alpha")
        await it.until(pilot, lambda: "2 of 3" in it.screen)
        assert isinstance(it.app.screen, Search)
        assert it.app.screen.found.option_count == 2
        assert " alpha " in it.screen, "what is searched for can be read"
        await pilot.press("down", "enter")
        await it.until(pilot, lambda: _prompt(it).text == "Alpha [@click=app.quit]one[/]")
        for _ in range(3):
            await pilot.press("down")
        assert _prompt(it).text == "d"
        await pilot.press("ctrl+r", *"zzz", "enter", "escape")
        assert _prompt(it).text == "d"


async def test_escape_ctrl_c_and_quitting_lose_no_draft(stage: MakeStage) -> None:
    first = stage()
    async with first.app.run_test(size=WIDE, notifications=True) as pilot:
        await first.ready(pilot)
        await _paste(first, pilot, LOG)
        await pilot.press("d", "r", "escape", "ctrl+c", "a")
        await pilot.press("ctrl+q")
    second = stage()
    async with second.app.run_test(size=WIDE, notifications=True) as pilot:
        await second.until(pilot, lambda: _prompt(second).text)
        assert _prompt(second).expanded == f"{LOG}dra"
        assert _prompt(second).text.startswith("[pasted 10,000 lines")


async def test_what_waits_to_be_asked_is_part_of_the_draft(stage: MakeStage) -> None:
    first = stage(rate=20, tokens=4000)
    async with first.app.run_test(size=WIDE, notifications=True) as pilot:
        await first.ready(pilot)
        await first.send(pilot, "one")
        await first.send(pilot, "two")
        await pilot.press("d")
    second = stage()
    async with second.app.run_test(size=WIDE, notifications=True) as pilot:
        await second.until(pilot, lambda: _prompt(second).text)
        assert _prompt(second).text == "two\n\nd"


async def test_a_crash_loses_no_draft(stage: MakeStage) -> None:
    first = stage()
    with pytest.raises(RuntimeError, match="a bug"):
        async with first.app.run_test(size=WIDE, notifications=True) as pilot:
            await first.ready(pilot)
            await pilot.press("d", "r")

            def crash() -> None:
                raise RuntimeError("a bug")

            first.app.call_later(crash)
            await pilot.pause(0.1)
    second = stage()
    async with second.app.run_test(size=WIDE, notifications=True) as pilot:
        await second.until(pilot, lambda: _prompt(second).text == "dr")


async def test_a_sent_draft_is_removed(stage: MakeStage, tmp_path: Path) -> None:
    it = stage(tokens=3)
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("d")
        await it.until(pilot, lambda: list((tmp_path / "drafts").rglob("draft.txt")))
        await pilot.press("enter")
        await it.until(pilot, lambda: not list((tmp_path / "drafts").rglob("draft.txt")))
    assert not list((tmp_path / "drafts").iterdir())


async def test_drafts_of_two_apps_come_back_one_by_one(stage: MakeStage, tmp_path: Path) -> None:
    from genesys_tui.tui.prompt.drafts import Draft

    apps = [Drafts(tmp_path / "drafts", "default"), Drafts(tmp_path / "drafts", "default")]
    for text, app in zip(("one", "two"), apps, strict=True):
        app.keep(Draft(text))
    for app in apps:
        app.close()
    first, second = stage(), stage()
    async with first.app.run_test(size=WIDE, notifications=True) as pilot:
        await first.until(pilot, lambda: _prompt(first).text == "two")
        await first.until(pilot, lambda: "Another draft is kept" in first.screen)
        async with second.app.run_test(size=WIDE, notifications=True) as other:
            await second.until(other, lambda: _prompt(second).text == "one")


def _elsewhere(it: Stage, name: str, *, production: bool = False) -> Stage:
    """An app on another profile of the same data."""
    place = it.app._place
    settings = replace(place, name=name, profile=replace(place.profile, production=production))
    return replace(it, app=GenesysApp(it.app.chat._open_desk, settings))


async def test_a_draft_does_not_cross_to_another_profile_and_waits_for_its_own(stage: MakeStage) -> None:
    it = stage()
    prod = _elsewhere(it, "prod", production=True)
    async with prod.app.run_test(size=WIDE) as pilot:
        await prod.ready(pilot)
        await pilot.press(*"secret")
    async with it.app.run_test(size=WIDE) as pilot:
        await it.until(pilot, lambda: "A draft of profile prod waits there." in it.screen)
        assert _prompt(it).text == ""
    back = _elsewhere(it, "prod", production=True)
    async with back.app.run_test(size=WIDE) as pilot:
        await back.until(pilot, lambda: _prompt(back).text == "secret")


@pytest.mark.parametrize("production", [True, False])
async def test_a_draft_goes_along_in_the_app_unless_it_was_written_for_production(
    production: bool, stage: MakeStage, tmp_path: Path
) -> None:
    it = _elsewhere(stage(), "one", production=production)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press(*"mine")
        before, other = it.app.chat, _elsewhere(it, "two").app
        it.app.move(Workplace(other._place, other.chat._open_desk))
        if production:  # first: it is not there for long
            await it.until(pilot, lambda: "A draft of profile one waits there." in it.screen)
        await it.until(pilot, lambda: it.app.chat is not before and it.app.chat.is_mounted and it.app.chat.desk)
        await it.until(pilot, lambda: _prompt(it).text == ("" if production else "mine"))
    (folder,) = (tmp_path / "drafts").iterdir()
    written = (folder / "draft.txt").read_text(), (folder / "profile").read_text()
    assert written == ("mine", "one" if production else "two")


async def test_without_an_editor_ctrl_o_says_what_to_do(stage: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    it = stage()
    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("d", "ctrl+o")
        await it.until(pilot, lambda: "Set $VISUAL or $EDITOR" in it.screen)
        monkeypatch.setenv("EDITOR", "true")
        await pilot.press("ctrl+o")
        await it.until(pilot, lambda: "No other editor can be opened" in it.screen)
        assert _prompt(it).text == "d"


async def test_a_template_is_saved_and_used_with_its_variables(stage: MakeStage) -> None:
    it = stage()

    def command(title: str) -> None:
        {each.title: each for each in it.app.get_system_commands(it.app.screen)}[title].callback()

    async with it.app.run_test(size=WIDE, notifications=True) as pilot:
        await it.ready(pilot)
        command("Save the prompt as a template…")
        await it.until(pilot, lambda: "write a prompt first" in it.screen)
        _prompt(it).text = "Sum up {{what}} in {{language}}: {{what}}"
        command("Save the prompt as a template…")
        await it.until(pilot, lambda: isinstance(it.app.screen, Form))
        await pilot.press(*"../s u", "enter")
        await it.until(pilot, lambda: "Template: s u" in it.screen)
        command("Save the prompt as a template…")
        await it.until(pilot, lambda: isinstance(it.app.screen, Form))
        await pilot.press(*"s u", "enter")
        await it.until(pilot, lambda: "There is a template s u already" in it.screen)
        await pilot.press("escape")

        _prompt(it).text = "a draft: "
        await pilot.press("end")
        command("Template: s u")
        await it.until(pilot, lambda: "language" in it.screen)
        await pilot.press("a", "ctrl+j", "b", "enter", *"Irish", "enter")
        await it.until(pilot, lambda: _prompt(it).has_focus)
        assert _prompt(it).text == "a draft: Sum up a\nb in Irish: a\nb"
        await pilot.press("ctrl+z")
        assert _prompt(it).text == "a draft: "
        command("Template: s u")
        await pilot.pause()
        await pilot.press("escape")
        assert _prompt(it).text == "a draft: "
