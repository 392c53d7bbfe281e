"""Where the app works elsewhere from here on, what was written and not asked moves along: once, and whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot

from genesys_tui.config import load_settings
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.signin.door import Workplace

from .conftest import MakeStage, Stage

BLOCK = "\n".join(f"line {number}" for number in range(200))


async def moved(it: Stage, pilot: Pilot[Any], home: Path, model: str = "another") -> None:
    """To another model, on the same desk."""
    before, desk = it.app.chat, it.app.chat.desk
    assert isinstance(desk, Desk)
    elsewhere = load_settings({"base_url": it.demo.url, "model": model}, environ={"GENESYS_TUI_HOME": str(home)})
    it.app.move(Workplace(elsewhere, lambda: desk))
    await it.until(pilot, lambda: it.app.chat is not before and it.app.chat.desk)
    await pilot.pause(1)  # for what might be found on disk, too


def on_disk(home: Path) -> list[str]:
    return [file.read_text() for file in home.rglob("draft.txt")]


async def test_a_prompt_that_waits_and_a_draft_with_a_block_are_there_once(stage: MakeStage, tmp_path: Path) -> None:
    it = stage(rate=5, tokens=200)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "first")
        await it.until(pilot, lambda: it.app.chat.busy)
        await it.send(pilot, "second")
        await it.until(pilot, lambda: it.app.chat.queued.prompt)
        it.app.post_message(events.Paste(BLOCK))
        await it.until(pilot, lambda: "pasted" in it.app.chat.prompt.text)
        for model in ("one", "another"):
            await moved(it, pilot, tmp_path, model)
            prompt = it.app.chat.prompt
            assert prompt.text == "second\n\n[pasted 200 lines · 1.7 kB]"
            assert prompt.expanded == f"second\n\n{BLOCK}"
            assert on_disk(tmp_path) == [prompt.text]
        await pilot.press("!")
        await it.until(pilot, lambda: on_disk(tmp_path) == [prompt.text] and prompt.text.endswith("!"))


async def test_without_a_draft_none_is_taken_up_from_elsewhere(stage: MakeStage, tmp_path: Path) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        left = tmp_path / "drafts" / "of-another"
        left.mkdir(parents=True)
        (left / "draft.txt").write_text("of another time")
        await moved(it, pilot, tmp_path)
        assert it.app.chat.prompt.text == ""
