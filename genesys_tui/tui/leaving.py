"""Leaving: screens that go once, and take no other with them.

Textual takes away whatever lies on top, whichever screen asks to go, and a result that is given twice is an error. Keys
typed ahead can lead to both: F1 puts the help in front of a dialog whose Escape is still under way.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from textual._types import CallbackType
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.timer import Timer

from genesys_tui.tui.widgets.options import Options


class Leaving(Screen[ScreenResultType]):
    """A screen that waits with going until it is there itself, and nothing lies in front of it."""

    _result: tuple[ScreenResultType | None] | None = None
    _gone = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Go, with that result. Only the first one counts."""
        if self._result is None:
            self._result = (result,)
        if self._gone or not self.is_active or not self.is_mounted:
            return AwaitComplete()
        self._gone = True
        return super().dismiss(self._result[0])

    def on_screen_resume(self) -> None:
        """It is there, or nothing lies in front any more."""
        if self._result is not None:
            self.dismiss(self._result[0])


# Textual takes the looks from the first base alone.
class Modal(ModalScreen[ScreenResultType], Leaving[ScreenResultType]):
    """A dialog."""


class Commands(CommandList, Options):
    """What was found; other commands with every key."""


class Palette(CommandPalette, Leaving[None]):
    """Every command, or every theme."""

    # Commands are still found, or not, for a palette that was left, whose list is gone.

    def _watch__list_visible(self) -> None:
        if self.query(CommandList):
            super()._watch__list_visible()

    def set_timer(self, delay: float, callback: CallbackType | None = None, **options: Any) -> Timer:
        """Do it in a while, if the list is still there."""
        return super().set_timer(delay, partial(self._if_there, callback), **options)

    def _if_there(self, callback: CallbackType | None) -> Any:
        return callback() if callback and self.query(CommandList) else None

    def compose(self) -> ComposeResult:
        """As Textual has it, but for the list."""
        for widget in super().compose():
            yield Commands() if type(widget) is CommandList else widget
