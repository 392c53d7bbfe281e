"""Aiming: letters typed faster than the focus moves go where the focus has gone."""

from __future__ import annotations

from collections import deque

from textual import events
from textual.app import App
from textual.widget import Widget

UNDER_WAY = 64
"""Keys of which it is known whom they were for: more than come at once."""


class Aiming(App[int]):
    """Gives a letter that nobody took to the field that has the focus by then.

    Textual sends each key to who has the focus as it comes. A slash that opens a line to type in, and a word behind it
    in the same burst, as a slow connection delivers them, would be commands of the list that had the focus before.
    """

    def __init__(self, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._aims: deque[tuple[events.Key, Widget | None]] = deque(maxlen=UNDER_WAY)

    async def on_event(self, event: events.Event) -> None:
        """Remember for whom a key was; one that comes back may be for another by now."""
        if isinstance(event, events.Key):
            focused = self.focused
            if event.is_forwarded and focused and self._was_meant_for(focused, event):
                self._aims.append((event, focused))
                focused._forward_event(event)
                return
            if not event.is_forwarded:
                self._aims.append((event, focused))
        await super().on_event(event)

    def _was_meant_for(self, focused: Widget, event: events.Key) -> bool:
        aim = next((aim for key, aim in reversed(self._aims) if key is event), focused)
        return aim is not focused and focused.check_consume_key(event.key, event.character)
