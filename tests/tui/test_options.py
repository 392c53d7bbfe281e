"""Lists that change under the mouse, in windows of any size."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import Click
from textual.widgets import OptionList

from genesys_tui.tui.leaving import Commands, Palette
from genesys_tui.tui.prompt.search import Search
from genesys_tui.tui.widgets.options import Options

from .conftest import MakeStage


class Listing(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield Options(*"abcdef")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.chosen.append(event.option_index)


async def test_a_click_on_an_option_that_is_gone_does_nothing() -> None:
    app = Listing()
    async with app.run_test() as pilot:
        options = app.query_one(Options)
        await pilot.click(Options, offset=(3, 2))
        assert app.chosen == [1]
        options.set_options(["a"])
        late = Click(options, 3, 5, 0, 0, 1, False, False, False, 3, 5, Style(meta={"option": 4}))
        options.post_message(late)
        await pilot.pause()
        assert app.chosen == [1]


async def test_the_palette_has_such_a_list(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(it.app.screen, Palette)
        assert isinstance(it.app.screen.query_one(Commands), Options)


@pytest.mark.parametrize("columns", [1, 4, 8])
@pytest.mark.parametrize("key", ["ctrl+p", "ctrl+r"])
async def test_a_list_opens_in_a_window_of_hardly_any_columns(stage: MakeStage, key: str, columns: int) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "x" * 400)
        await pilot.resize_terminal(columns, 1)
        await pilot.press(key)
        await it.until(pilot, lambda: isinstance(it.app.screen, Palette | Search))
        await it.until(pilot, lambda: it.app.screen.query_one(OptionList).option_count)
        await pilot.resize_terminal(80, 24)
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
