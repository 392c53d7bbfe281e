"""Mends: faults of Textual that a long day meets, and an app that forgets what is gone."""

from __future__ import annotations

import gc
import threading
import time
from functools import cache, lru_cache
from typing import Any

from textual._compositor import Compositor, ReflowResult
from textual._styles_cache import StylesCache
from textual.app import App
from textual.geometry import Offset, Size
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList

from genesys_tui.tui.pasting import paste_text_only
from genesys_tui.tui.repaint import repaint_what_changed

WAIT = 20.0
"""Seconds between a change of screens and the sweep."""

AGAIN = 2.0
"""Seconds until the next try where calls are made: a sweep would be seen in their times. So far it looks back, too."""

BUSY = 0.08
"""Share of its time for which the screen is at work while somebody scrolls or types, who would see a sweep, too."""

PATIENCE = 60.0
"""Seconds for which a sweep waits, at most, for somebody to rest: what is not swept out piles up."""

PATIENCE_IN_CALLS = 300.0
"""The same for the end of all calls: then a pause of a tenth of a second in their times is the lesser evil."""

MANY = 25
"""Changes of screens that wait for nobody: by then a dozen dialogs may be gone, of a megabyte or two each."""

CALLS = ("genesys-tui-call", "genesys-tui-probe-run")
"""The threads that make them."""


@cache
def mend_textual() -> None:
    """Once for all apps of this process."""
    _forget_frames()
    _fire_late_timers()
    _turn_pages_that_are_there()
    _tell_every_size()
    _touch_nothing_that_is_gone()
    repaint_what_changed()
    paste_text_only()


def _forget_frames() -> None:
    """Keep no widget's drawing once it is gone.

    Textual caches two colours by the drawing they are for, as if it were the class: with them it keeps the lines of
    the last 1,024 widgets, which is 100 MB after an hour's work.
    """
    cached: Any = StylesCache.__dict__["get_inner_outer"]
    if not isinstance(cached, classmethod):
        colours: Any = lru_cache(1024)(cached.__wrapped__)
        StylesCache.get_inner_outer = classmethod(colours)  # type: ignore[method-assign,assignment]


def _fire_late_timers() -> None:
    """Have a timer for one time fire where that time is over when it starts.

    Textual skips what is late: a timer for the next microsecond never fires, so that a transcript waits for ever, and
    one for a moment ago, as of a toast that has just expired, is looked for in a loop that never ends.
    """
    made = Timer.__init__

    def init(timer: Timer, *given: Any, **options: Any) -> None:
        made(timer, *given, **options)
        if timer._repeat == 0:
            timer._skip = False

    Timer.__init__ = init  # type: ignore[method-assign,assignment]


def _turn_pages_that_are_there() -> None:
    """Turn no page of a list that has not been laid out, as in a window of one column: Textual looks for its line."""
    turned = OptionList._move_page

    def turn(options: OptionList, direction: Any) -> None:
        if (options.highlighted or 0) in options._index_to_line:
            turned(options, direction)

    OptionList._move_page = turn  # type: ignore[method-assign,assignment]


def _tell_every_size() -> None:
    """Draw every widget in its new place and send it the event for its new size, and no screen that for a former one.

    Textual compares with the places of the last layout, but makes those anew where one asks for them after a scroll
    and before the layout: what changed in between is then taken for told, and its widget draws for its old size.
    And screens below dialogs lay each other out for the sizes they are told, and are told those for which they are
    laid out: while a window is dragged two sizes are under way, and would go round for ever.
    """
    reflowed = Compositor.reflow
    places = "_laid_out"  # the compositor's own: whoever else held them would hold the screen

    def reflow(compositor: Compositor, parent: Widget, size: Size) -> ReflowResult:
        compositor._full_map = getattr(compositor, places, compositor._full_map)
        result = reflowed(compositor, parent, size)
        setattr(compositor, places, compositor._full_map)
        former = {parent} if size != parent.app.size else set()
        return result._replace(resized=result.resized - former)

    Compositor.reflow = reflow  # type: ignore[method-assign,assignment]


def _touch_nothing_that_is_gone() -> None:
    """Begin no selection in a widget that has been removed, and is shown until the next layout: it has no parent."""
    found = Screen.get_widget_and_offset_at

    def at(screen: Screen[Any], x: int, y: int) -> tuple[Widget | None, Offset | None]:
        widget, offset = found(screen, x, y)
        return (None, None) if widget is not None and widget.parent is None else (widget, offset)

    Screen.get_widget_and_offset_at = at  # type: ignore[method-assign,assignment]


class Broom:
    """Sweeps out the screens that are gone, when they have been for a while, no call is made, and the screen rests;
    or it has waited for that long enough.

    Collections come too seldom for that, so that none stops a stream: see ``GenesysApp.on_desk_opened``.
    """

    def __init__(self, app: App[Any], wait: float = WAIT) -> None:
        self._app = app
        self._wait = wait
        self._waits = False
        self._wanted = 0.0  # from when on
        self._seen = 0.0, 0.0  # the moment that is looked back at, and how long this thread had worked by then
        self._changes = 0  # since it waits; what went by the last ones may not be gone when it sweeps

    def soon(self, _: object = None) -> None:
        """Something may be gone."""
        self._changes += 1
        if not self._waits:
            self._waits, self._wanted = True, time.monotonic() + self._wait
            self._app.set_timer(max(0.0, self._wait - AGAIN), self._look)

    def _look(self) -> None:
        self._seen = time.monotonic(), time.thread_time()
        self._app.set_timer(min(AGAIN, self._wait), self._sweep)

    def _sweep(self) -> None:
        now, worked = time.monotonic(), time.thread_time() - self._seen[1]
        works = worked > BUSY * (now - self._seen[0])
        calls = any(thread.name in CALLS for thread in threading.enumerate())
        patience = PATIENCE_IN_CALLS if calls else PATIENCE if works else 0.0
        if now - self._wanted < patience and self._changes < MANY:
            self._look()
            return
        again, self._waits, self._changes = self._changes > 1, False, 0
        forget_watchers(self._app)
        gc.collect()
        if again:
            self.soon()


def forget_watchers(app: App[Any]) -> None:
    """Let go of the fields that watch the app and are gone; Textual does when what they watch changes."""
    for watchers in getattr(app, "__watchers", {}).values():
        watchers[:] = [each for each in watchers if not each[0]._closing]
