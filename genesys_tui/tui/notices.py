"""Notices: what the app has just said, for some seconds, in a place where they cover nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App
from textual.content import Content
from textual.notifications import Notification, SeverityLevel
from textual.timer import Timer
from textual.widgets import Static

from genesys_tui.tui.words import Severity, colour_of

LONGEST = 6
"""Lines that all of them take together."""

AT_ONCE = 20
"""Characters that are read in a second."""

_MARKS: dict[str, tuple[str, Severity]] = {
    "information": ("›", "success"),
    "warning": ("!", "warning"),
    "error": ("✗", "error"),
}


class Notices(Static):
    """The newest first. The screen gives them room as long as there are any; a click takes them away."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    Notices {{
        display: none;
        height: auto;
        max-height: {LONGEST};
        padding: 0 1;
        background: $surface;
        &.-any {{ display: block; }}
    }}
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._waiting: Timer | None = None

    def tell(self, notifications: Iterable[Notification]) -> None:
        """Show these until their time is over."""
        told = list(notifications)[::-1]
        self.set_class(bool(told), "-any")
        self.update(Content("\n").join(map(_content, told)))
        if self._waiting:
            self._waiting.stop()
        if told:
            left = min(notification.time_left for notification in told)
            self._waiting = self.set_timer(max(0.05, left + 0.05), self._look_again)

    def on_click(self) -> None:
        """They have been read."""
        self.app.clear_notifications()

    def _look_again(self) -> None:
        self.tell(self.app._notifications)


class Noticing(App[int]):
    """Shows its notices where the screen has a place for them; where it has none, as Textual does."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something, for as long as it takes to read it."""
        seconds = timeout or max(self.NOTIFICATION_TIMEOUT, 2 + len(message) / AT_ONCE)
        super().notify(message, title=title, severity=severity, timeout=seconds, markup=markup)

    def _refresh_notifications(self) -> None:
        places: list[Any] = list(self.screen.query(Notices)) if self._screen_stack else []
        if not places:
            super()._refresh_notifications()
        for place in places:
            place.tell(self._notifications)


def _content(notification: Notification) -> Content:
    mark, severity = _MARKS[notification.severity]
    message = notification.message
    said = Content.from_markup(message) if notification.markup else Content(message)
    title = f"{notification.title}: " if notification.title else ""
    return Content.assemble((f"{mark} ", colour_of(severity)), (title, "bold"), said)
