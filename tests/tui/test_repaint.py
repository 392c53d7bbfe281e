"""What is drawn of a change is what a drawing of the whole screen shows there, and no more than that."""

from __future__ import annotations

import random
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from .conftest import MakeStage


def cells(strip: Strip) -> list[tuple[str, object]]:
    return [(segment.text, segment.style) for segment in strip.simplify() if segment.text]


def assert_as_whole(screen: Screen[Any], regions: set[Region]) -> None:
    """Each piece of an update is what the whole screen has there, and none is missing."""
    compositor = screen._compositor
    whole = compositor.render_strips()
    compositor._dirty_regions = set(regions)
    update = compositor.render_partial_update()
    assert update is not None
    assert not compositor._dirty_regions
    for y, start, end in update.spans:
        for (at, piece), behind in zip(update.chops[y].items(), update.chop_ends[y], strict=True):
            if at < end and behind > start:
                assert piece is not None, (y, at)
                assert cells(piece) == cells(whole[y].crop(at, behind)), (y, at)


async def check(pilot: Pilot[Any], seed: int = 0) -> None:
    await pilot.pause()
    screen, chance = pilot.app.screen, random.Random(seed)
    width, height = screen.size
    assert_as_whole(screen, {screen.size.region})
    for _ in range(25):
        regions = set()
        for _ in range(chance.randint(1, 4)):
            x, y = chance.randrange(width), chance.randrange(height)
            regions.add(Region(x, y, chance.randint(1, width - x), chance.randint(1, min(height - y, 12))))
        assert_as_whole(screen, regions)
    for region, clip in screen._compositor.visible_widgets.values():
        if shown := region.intersection(clip):
            assert_as_whole(screen, {shown})


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (20, 8)])
async def test_a_part_is_as_the_whole(size: tuple[int, int], stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=size) as pilot:
        await it.ready(pilot)
        await check(pilot)
        await it.ask(pilot)
        await check(pilot)
        for key in ("ctrl+f", "f1", "ctrl+p", "ctrl+e", "f4", "f3"):
            await pilot.press(key)
            await check(pilot)
            await pilot.press("escape")


async def test_what_did_not_change_is_not_drawn(stage: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.pause()
        drawn: list[Widget] = []
        render = Widget.render_lines

        def noted(widget: Widget, crop: Region) -> list[Strip]:
            drawn.append(widget)
            return render(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", noted)
        compositor, chat = it.app.chat._compositor, it.app.chat
        compositor._dirty_regions = {chat.transcript.region.crop_size((10, 2)), chat.masthead.region}
        assert compositor.render_partial_update()
        assert chat.transcript in drawn
        assert not {chat.prompt, chat.health, chat}.intersection(drawn)
