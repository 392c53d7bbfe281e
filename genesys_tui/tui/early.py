"""Early keys: what is typed before anything has the focus waits for it. A shell's prompt loses nothing either."""

from __future__ import annotations

from textual import events, on
from textual.app import App


class Early(App[int]):
    """Begins to take keys when the first widget has the focus, those typed before it first."""

    _early: tuple[events.Event, ...] = ()
    _awake = False

    async def on_event(self, event: events.Event) -> None:
        """Keep keys and pastes until somebody takes them."""
        if self._awake or not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
        else:
            self._early = (*self._early, event)

    @on(events.DescendantFocus)
    async def _hand_over(self) -> None:
        """Hand over what was kept."""
        self._awake = True
        early, self._early = self._early, ()
        for event in early:
            await self.on_event(event)
