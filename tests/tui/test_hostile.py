"""Nothing a gateway says steers the terminal or the app."""

from __future__ import annotations

import re

from .conftest import MakeStage, Stage

STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def _rendered(it: Stage) -> str:
    return it.screen


def _actions(it: Stage) -> list[object]:
    return [
        (segment.style.meta, segment.style.link)
        for strip in it.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style and (segment.style.link or any("click" in key for key in segment.style.meta))
    ]


async def test_a_hostile_reply_is_only_text(stage: MakeStage) -> None:
    it = stage("hostile", model="gpt[/nope]\x1b[2J")
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "say [@click=app.quit]this[/]\x1b]0;owned\x07")
        await pilot.pause()
        for _ in range(6):
            assert not STEERING.search(_rendered(it))
            assert not _actions(it)
            await pilot.press("pageup")
        assert "[@click=app.quit]" in it.shown
        await pilot.press("f3")
        await it.until(pilot, lambda: "[@click=app.quit]" in it.screen)
        assert not STEERING.search(_rendered(it))
        assert not _actions(it)


async def test_a_hostile_paste_is_clean_in_the_editor(stage: MakeStage) -> None:
    from textual import events

    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        it.app.post_message(events.Paste("a\x1b[2J\u202eb"))
        await it.until(pilot, lambda: it.app.chat.prompt.text)
        assert it.app.chat.prompt.text == "a␛[2J\ufffdb"
