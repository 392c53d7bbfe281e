"""Notices: what the app has just said, for some seconds, in a place where they cover nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import ReferenceType, ref

from textual.app import App
from textual.content import Content
from textual.notifications import Notification, Notifications, SeverityLevel
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static
from textual.widgets._toast import ToastRack

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
        self._told: list[Notification] = []

    def tell(self, notifications: Iterable[Notification]) -> None:
        """Show these until their time is over."""
        self._told = told = list(notifications)[::-1]
        self.set_class(bool(told), "-any")
        self._show()
        if self._waiting:
            self._waiting.stop()
        if told:
            left = min(notification.time_left for notification in told)
            self._waiting = self.set_timer(max(0.05, left + 0.05), self._look_again)

    def on_resize(self) -> None:
        """They are wrapped anew."""
        self._show()

    def on_click(self) -> None:
        """They have been read."""
        self.app.clear_notifications()

    def _look_again(self) -> None:
        self.tell(self.app._notifications)

    def _show(self) -> None:
        width = self.content_size.width or self.container_size.width - 2  # none before there are any
        lines = [line for each in self._told for line in _content(each).wrap(max(1, width))]
        if len(lines) > LONGEST:
            more = len(lines) - LONGEST + 1
            lines[LONGEST - 1 :] = [Content.styled(f"… {more:,} more lines", "$text-muted")]
        self.update(Content("\n").join(lines))


class Noticing(App[int]):
    """Shows its notices where the screen has a place for them.

    Where it has none they would cover what is read: only those raised while it is on top are shown, as Textual does.
    """

    _raised: Mapping[str, ReferenceType[Screen[Any]]] = {}
    """By the identity of a notice: the screen that was on top."""

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

    def take_back(self, message: str) -> None:
        """What was said is not so any more."""
        for each in list(self._notifications):
            if each.message == message:
                self._unnotify(each)

    def _refresh_notifications(self) -> None:
        if not self._screen_stack:
            return
        self._forget_what_is_said_again()
        screen, told = self.screen, list(self._notifications)
        self._raised = {each.identity: self._raised.get(each.identity, ref(screen)) for each in told}
        places = list(screen.query(Notices))
        for place in places:
            place.tell(told)
        if places:
            return
        raised_here = Notifications()
        for each in told:
            if self._raised[each.identity]() is screen:
                raised_here.add(each)
        for rack in screen.query_children(ToastRack):
            self.call_later(rack.show, raised_here)

    def _forget_what_is_said_again(self) -> None:
        known: dict[tuple[str, str, str], Notification] = {}
        for each in list(self._notifications):
            said = each.message, each.title, each.severity
            if before := known.get(said):
                del self._notifications[before]
            known[said] = each


def _content(notification: Notification) -> Content:
    mark, severity = _MARKS[notification.severity]
    message = notification.message
    said = Content.from_markup(message) if notification.markup else Content(message)
    title = f"{notification.title}: " if notification.title else ""
    return Content.assemble((f"{mark} ", colour_of(severity)), (title, "bold"), said)
