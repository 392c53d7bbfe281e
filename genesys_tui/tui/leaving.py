"""Leaving: screens that go once, and take no other with them.

Textual takes away whatever lies on top, whichever screen asks to go, and a result that is given twice is an error. Keys
typed ahead can lead to both: F1 puts the help in front of a dialog whose Escape is still under way.
"""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen, ScreenResultType


class Leaving(Screen[ScreenResultType]):
    """A screen that waits with going until nothing lies in front of it."""

    _result: tuple[ScreenResultType | None] | None = None
    _gone = False

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Go, with that result. Only the first one counts."""
        if self._result is None:
            self._result = (result,)
        if self._gone or not self.is_active:
            return AwaitComplete()
        self._gone = True
        return super().dismiss(self._result[0])

    def on_screen_resume(self) -> None:
        """Nothing lies in front any more."""
        if self._result is not None:
            self.dismiss(self._result[0])


# Textual takes the looks from the first base alone.
class Modal(ModalScreen[ScreenResultType], Leaving[ScreenResultType]):
    """A dialog."""


class Palette(CommandPalette, Leaving[None]):
    """Every command, or every theme."""

    # Textual cannot wrap an option into no columns at all, as in a window that is dragged to nothing.
    DEFAULT_CSS = "Palette CommandList { min-width: 12; }"
