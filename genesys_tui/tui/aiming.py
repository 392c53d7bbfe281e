"""Aiming: keys typed faster than the screen turns, or the focus moves, go where the screen and the focus have gone."""

from __future__ import annotations

from collections import deque

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

UNDER_WAY = 64
"""Keys of which it is known whom they were for: more than come at once."""

TURNED = 30.0
"""Seconds that a screen may take to be turned to, or left: what was typed behind that key is dropped then."""

SETTLED = 2.0
"""Seconds that keys wait, at most, for what a screen reads first."""


class Settling(Screen[None]):
    """A screen on which keys wait until that is read which they are for."""

    @property
    def settling(self) -> bool:
        """Whether it is still being read."""
        return False

    def settle(self) -> None:
        """Keys wait no longer; the app's ``settled`` is to be called whenever ``settling`` ends otherwise."""


class Aiming(App[int]):
    """Gives a letter that nobody took to the field that has the focus by then.

    Textual sends each key to who has the focus as it comes. A slash that opens a line to type in, and a word behind it
    in the same burst, as a slow connection delivers them, would be commands of the list that had the focus before.
    What is typed behind a key that turns to another screen waits until it is turned to: it would be for the old one.
    Where that key is lost, or its screen does not come in time, it is dropped, and that is said. On a screen that is
    settling it waits for the end of that, or as long as it may.
    """

    def __init__(self, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._aims: deque[tuple[events.Key, Widget | None]] = deque(maxlen=UNDER_WAY)
        self._turning: events.Key | None = None
        self._behind: list[events.Event] = []
        self._patience: Timer | None = None

    async def on_event(self, event: events.Event) -> None:
        """Have what is typed behind a key that turns the screen wait."""
        if not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
        elif event.is_forwarded:
            await self._aimed(event)
            if event is self._turning:
                await self._turned()
        elif self._turning or self._behind or self._settling:
            self._behind.append(event)
            self._patience = self._patience or self.set_timer(SETTLED, self._not_settled)
        else:
            if isinstance(event, events.Key) and self._turns(event):
                self._turning, self._patience = event, self.set_timer(TURNED, self._not_turned)
                target = self.focused or self.screen
                await self._aimed(event)
                if event.is_forwarded:
                    self._follow(event, target)
                else:  # it was obeyed at once
                    await self._turned()
            else:
                await self._aimed(event)

    async def _aimed(self, event: events.Event) -> None:
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

    def _turns(self, event: events.Key) -> bool:
        """Whether this key, as things are, turns to another screen, or leads away from a field to type in."""
        if self.focused and self.focused.check_consume_key(event.key, event.character):
            return False
        chain = self.screen._modal_binding_chain
        found = [(node, each.action) for node, keys in chain for each in keys.key_to_bindings.get(event.key, ())]
        return any(
            action.removeprefix("app.").startswith("look(") or action in getattr(node, "LEADS_AWAY", ())
            for node, action in found
        )

    def _follow(self, key: events.Key, at: MessagePump | None) -> None:
        """Go behind a key, from who has it to the app: where it does not come out in front, it is lost."""
        if key is self._turning and not (at and at.call_later(self._follow, key, at._parent)):
            self._not_turned()

    async def _turned(self) -> None:
        """Hand out what waited, in its order."""
        for event in self._waited():
            await self.on_event(event)

    @property
    def _settling(self) -> Settling | None:
        return self.screen if isinstance(self.screen, Settling) and self.screen.settling else None

    async def settled(self) -> None:
        """Hand out what waited for a screen to settle. To be called later."""
        if not (self._turning or self._settling):
            await self._turned()

    async def _not_settled(self) -> None:
        if screen := self._settling:
            screen.settle()
        await self._turned()

    def _not_turned(self) -> None:
        """Drop what waited."""
        if self._waited():
            self.bell()
            self.notify("The screen did not change: what was typed for the other one is dropped.", severity="warning")

    def _waited(self) -> list[events.Event]:
        """What waited; nothing does any longer."""
        if self._patience:
            self._patience.stop()
        self._turning, self._patience = None, None
        behind, self._behind = self._behind, []
        return behind
