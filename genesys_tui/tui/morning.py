"""The morning: what the first frame does without, and in which order that comes behind it.

The first frame is the masthead, the welcome, the prompt, the footer and the sidebar's place: what ``app`` imports, and
not a module more (tests/tui/test_imports.py). All else is fetched on a thread, a part at a time, while keys are taken;
a part that is asked for before its turn comes at once.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING

from textual.message import Message

from genesys_tui.tui.desk import Desk, opened
from genesys_tui.tui.health.readings import Reading
from genesys_tui.tui.mailbox import Mailbox, aside, mailbox_of
from genesys_tui.tui.transcript.reading import ReadingScreen

if TYPE_CHECKING:
    from genesys_tui.config import Settings
    from genesys_tui.tui.health.panel import Health
    from genesys_tui.tui.talk import Talk
    from genesys_tui.tui.transcript.transcript import Transcript
    from genesys_tui.tui.wire.logs import WireLogs

PARTS = {
    "health": ("genesys_tui.tui.health.panel",),
    "transcript": ("genesys_tui.tui.transcript.transcript",),
    "talk": ("genesys_tui.tui.talk", "genesys_tui.tui.courier"),
}
"""In this order: what can be seen, what the first call is shown in, what it is made with. The desk comes last."""

OPENING = Reading("opening")
"""What the screen says all morning."""

PAINTED = 0.01
"""Seconds that the terminal is given for the first frame: what is imported meanwhile would hold it up."""


class PartCame(Message):
    """A part has been fetched."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__()


class MorningScreen(ReadingScreen):
    """A screen that begins with little, and soon has all."""

    has_gauges = False
    """Whether ``health`` is in its place."""

    _settings: Settings
    _open_desk: Callable[[], Desk]

    @cached_property
    def transcript(self) -> Transcript:
        """What was said; in its place once its part has come."""
        from genesys_tui.tui.transcript.transcript import Transcript

        return Transcript()

    @cached_property
    def health(self) -> Health:
        """The gauges; in their place once their part has come."""
        from genesys_tui.tui.health.panel import Health

        return Health()

    @cached_property
    def wire(self) -> WireLogs:
        """What arrived during the last calls."""
        from genesys_tui.tui.wire.logs import WireLogs

        return WireLogs()

    @cached_property
    def _talk(self) -> Talk:
        from genesys_tui.tui.talk import Talk

        return Talk(self._settings)

    @property
    def stays(self) -> bool:
        """Whether neither the app nor this screen is on its way out."""
        return self.app.return_code is None and self.is_attached and not self._pruning

    def begin_morning(self) -> None:
        """Fetch what comes behind the first frame; DeskOpened or DeskRefused is the last of it."""
        self.call_after_refresh(self.set_timer, PAINTED, self._fetch)

    def open_desk(self) -> None:
        """Open it, aside; DeskOpened or DeskRefused follows."""
        aside(partial(opened, self._open_desk), mailbox_of(self))

    async def on_part_came(self, event: PartCame) -> None:
        """Put what can be seen in its place."""
        if not self.stays:
            return
        if event.name == "health":
            await self.query_one("#sidebar").mount(self.health)
            self.has_gauges = bool(self.health.children)  # none, where the app was quit meanwhile
            if self.has_gauges:
                self.health.read({"state": OPENING})
        elif event.name == "transcript":
            await self.query_one("#talk").mount(self.transcript, after="Welcome")

    def _fetch(self) -> None:
        deliver = mailbox_of(self)
        aside(partial(_fetched, self._open_desk, deliver), deliver)


def keep_all() -> None:
    """Have no collection look again at what there is: it stays. Done often, it never takes long."""
    gc.collect()
    gc.freeze()


def _fetched(open_desk: Callable[[], Desk], deliver: Mailbox) -> Message:
    gc.freeze()  # the first frame's, uncollected: looking through all of that would be seen
    for name, modules in PARTS.items():
        for module in modules:
            import_module(module)
        keep_all()
        deliver(PartCame(name))
    return opened(open_desk)
