"""What is kept of screens and fields that are gone, and timers that start too late."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any, ClassVar

import pytest
from textual import events
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.scroll_view import ScrollView
from textual.widget import Widget
from textual.widgets import OptionList, Static, TextArea

from genesys_tui.tui import mends
from genesys_tui.tui.help import HelpScreen
from genesys_tui.tui.mends import Broom, mend_textual

from .conftest import MakeStage


@pytest.fixture(autouse=True)
def mended() -> None:
    mend_textual()


def _alive(kind: type) -> list[Any]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, kind)]


async def test_no_drawing_outlives_its_widget(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        for _ in range(3):
            await pilot.press("f1")
            await it.until(pilot, lambda: isinstance(it.app.screen, HelpScreen))
            await pilot.press("f1")
            await it.until(pilot, lambda: it.app.screen is it.app.chat)
        owned = {id(each._styles_cache) for each in _alive(Widget)}
        assert [each for each in _alive(StylesCache) if id(each) not in owned] == []


class Writing(Screen[None]):
    def compose(self) -> ComposeResult:
        yield TextArea()


async def test_screens_that_are_gone_are_swept_out_though_nothing_else_collects() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        app.screen_change_signal.subscribe(app, Broom(app, wait=0.2).soon)
        gone: list[weakref.ref[object]] = []
        gc.disable()
        try:
            for _ in range(4):
                screen = Writing()
                await app.push_screen(screen)
                gone += [weakref.ref(screen), weakref.ref(screen.query_one(TextArea))]
                del screen
                await pilot.pause()
                await app.pop_screen()
            for _ in range(200):
                await pilot.pause(0.05)
                if len([each for each in gone if each()]) <= 2:  # of the last one, which the app still remembers
                    break
            else:
                raise AssertionError(f"{len([each for each in gone if each()])} of {len(gone)} are kept")
        finally:
            gc.enable()


async def test_a_screen_that_never_rests_is_swept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mends, "AGAIN", 0.05)
    monkeypatch.setattr(mends, "BUSY", 0.0)
    monkeypatch.setattr(mends, "PATIENCE", 0.3)
    swept: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: swept.append(1))
    app: App[None] = App()
    async with app.run_test() as pilot:
        Broom(app, wait=0.05).soon()
        for _ in range(200):
            await pilot.pause(0.05)
            if swept:
                return
        raise AssertionError("it never sweeps")


async def test_nothing_is_swept_out_while_the_screen_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mends, "AGAIN", 0.05)
    monkeypatch.setattr(mends, "BUSY", 0.0)  # whatever it does is much
    swept: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: swept.append(1))
    app: App[None] = App()
    async with app.run_test() as pilot:
        Broom(app, wait=0.05).soon()
        for _ in range(20):
            await pilot.pause(0.05)
        assert not swept
        monkeypatch.setattr(mends, "BUSY", 9.0)  # and here nothing is
        for _ in range(200):
            await pilot.pause(0.05)
            if swept:
                return
        raise AssertionError("it never sweeps")


@pytest.mark.parametrize("many", [False, True])
async def test_calls_without_an_end_put_it_off_for_a_while_or_until_much_is_gone(
    many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mends, "AGAIN", 0.05)
    monkeypatch.setattr(mends, "BUSY", 9.0)
    monkeypatch.setattr(mends, "PATIENCE", 0.1)
    swept: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: swept.append(1))
    ended = threading.Event()
    call = threading.Thread(target=ended.wait, name=mends.CALLS[0])
    call.start()
    app: App[None] = App()
    async with app.run_test() as pilot:
        broom = Broom(app, wait=0.05)
        broom.soon()
        await pilot.pause(0.6)
        assert not swept
        if many:
            for _ in range(mends.MANY):
                broom.soon()
        else:
            monkeypatch.setattr(mends, "PATIENCE_IN_CALLS", 0.5)
        for _ in range(200):
            await pilot.pause(0.05)
            if swept:
                break
    ended.set()
    call.join()
    assert swept


@pytest.mark.parametrize("seconds", [-1.0, -1e-9, 0.0, 1e-9])
async def test_a_timer_that_starts_too_late_fires_once(seconds: float) -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        fired: list[float] = []
        app.set_timer(seconds, lambda: fired.append(seconds))
        for _ in range(20):
            await pilot.pause(0.02)
        assert fired == [seconds]


async def test_a_list_that_has_no_room_turns_no_page() -> None:

    class Narrow(App[None]):
        CSS = "OptionList { display: none; }"

        def compose(self) -> ComposeResult:
            yield OptionList(*map(str, range(9)))

    app = Narrow()
    async with app.run_test(size=(1, 1)) as pilot:
        options = app.query_one(OptionList)
        options.highlighted = 0
        await pilot.pause()
        options.action_page_down()
        options.action_page_up()
        assert options.highlighted == 0


class Pages(ScrollView):
    heights: ClassVar[list[int]] = []

    def on_mount(self) -> None:
        self.virtual_size = Size(80, 1000)

    def on_resize(self) -> None:
        self.heights.append(self.size.height)


async def test_a_widget_is_told_its_size_though_a_place_was_asked_for_between_a_scroll_and_the_layout() -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        pages = Pages()
        await app.mount(pages)
        await pilot.pause()
        assert pages.heights[-1] == 24
        compositor = app.screen._compositor
        compositor.reflow_visible(app.screen, app.screen.size)  # as a scroll does
        bar = Static("a bar")
        bar.styles.dock = "bottom"
        mounted = app.mount(bar)
        assert compositor.full_map[pages].region.height == 23
        await mounted
        await pilot.pause()
        assert pages.size.height == 23
        assert pages.heights[-1] == 23


async def test_a_screen_is_told_the_size_of_the_window_and_no_former_one() -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen, compositor = app.screen, app.screen._compositor
        assert screen not in compositor.reflow(screen, Size(70, 20)).resized
        assert screen in compositor.reflow(screen, Size(80, 24)).resized


async def test_a_window_that_is_dragged_below_dialogs_is_laid_out_and_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        screens = [app.screen]
        for _ in range(3):
            screens.append(ModalScreen())
            await app.push_screen(screens[-1])
        await pilot.pause()
        reflows: list[Size] = []
        reflow = Compositor.reflow

        def noted(compositor: Compositor, parent: Widget, size: Size) -> Any:
            reflows.append(size)
            return reflow(compositor, parent, size)

        monkeypatch.setattr(Compositor, "reflow", noted)
        sizes = [Size(70, 20), Size(60, 22)]
        for number, screen in enumerate(screens):  # each is still to hear of another one
            screen.post_message(events.Resize(sizes[number % 2], sizes[number % 2]))
        app._size = sizes[0]
        await pilot.pause(0.5)
        seen = len(reflows)
        await pilot.pause(0.5)
        assert len(reflows) == seen, "they tell each other their sizes"


class Removed(App[None]):
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("gone in a moment")


@pytest.mark.parametrize("gone", [Static, Vertical])
async def test_a_press_on_a_widget_that_has_just_gone_does_nothing(
    gone: type[Widget], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Removed().run_test() as pilot:
        await pilot.pause()
        widget = pilot.app.screen.query_one(gone)
        with monkeypatch.context() as moment:  # in which it is removed, and not yet laid out without
            moment.setattr(widget, "_parent", None)
            for kind in (events.MouseDown, events.MouseUp):
                press = kind(None, 2, 0, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=2, screen_y=0)
                pilot.app.screen._forward_event(press)
        assert pilot.app.screen._select_state is None
