"""The wire view: a log's events, one on a line, drawn only where they are in sight."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from genesys_tui.tui.wire.draw import LOOKS, drawn
from genesys_tui.tui.wire.events import WireEvent
from genesys_tui.tui.wire.sieve import Sieve


class WireView(ScrollView, can_focus=True, inherit_bindings=False):
    """Follows the newest event until the reader points at or scrolls to an earlier one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "point(-1)", "Up", show=False, id="wire.up"),
        Binding("down", "point(1)", "Down", show=False, id="wire.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="wire.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="wire.page_down"),
        Binding("home", "first", "First", show=False, id="wire.first"),
        Binding("end", "follow", "Follow", show=False, id="wire.follow"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"wire--{look}" for look in LOOKS}
    DEFAULT_CSS = """
    WireView {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-color-hover: $foreground 40%;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        background: $background;
        & > .wire--figure { color: $text-muted; }
        & > .wire--chunk { color: $foreground; }
        & > .wire--turn { color: $text-primary; }
        & > .wire--heartbeat { color: $text-success; }
        & > .wire--diagnostic { color: $text-warning; }
        & > .wire--anomaly { color: $text-error; text-style: bold; }
        & > .wire--mark { color: $text-error; text-style: bold reverse; }
        & > .wire--retry { color: $text-warning; text-style: bold; }
        & > .wire--end { color: $text-accent; text-style: bold; }
        & > .wire--stall { color: $text-warning; text-style: bold; }
        & > .wire--cursor { background: $primary 20%; }
    }
    """

    class Pointed(Message):
        """Another event is pointed at."""

    def __init__(self, stall_seconds: float) -> None:
        super().__init__()
        self.sieve: Sieve | None = None
        self.following = True
        self._stall_seconds = stall_seconds
        self._pointed = 0
        self._placing = False

    @property
    def pointed(self) -> int:
        """The number of the event pointed at: the newest while following; 0 where there is none."""
        if self.sieve is None or not len(self.sieve):
            return 0
        last = len(self.sieve) - 1
        return self.sieve[last if self.following else min(last, self.sieve.index(self._pointed))]

    @property
    def event(self) -> WireEvent | None:
        """The one pointed at."""
        return self.sieve.log.event(self.pointed) if self.sieve else None

    def show(self, sieve: Sieve | None) -> None:
        """Look at these events; at the same one as before where it is among them."""
        if self.sieve is None or sieve is None or self.sieve.log is not sieve.log:
            self.following = True
        self._pointed = self.pointed
        self.sieve = sieve
        self._place()

    def update(self) -> bool:
        """Take in what arrived; whether anything did."""
        if self.sieve is None:
            return False
        before = len(self.sieve)
        gone = self.sieve.refresh()
        if len(self.sieve) == before and not gone:
            return False
        self._place(round(self.scroll_y) - gone)
        return True

    def action_point(self, step: int) -> None:
        """Point at the event before or behind; behind the last one, follow."""
        self._point(step)

    def action_page(self, direction: int) -> None:
        """Point a page further."""
        self._point(direction * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Point at the oldest event kept."""
        self._point(-len(self.sieve or ()))

    def action_follow(self) -> None:
        """Point at the newest event, and keep to it."""
        self.following = True
        self._place()
        self.post_message(self.Pointed())

    def on_click(self, event: events.Click) -> None:
        """Point at what was clicked."""
        if self.sieve:
            self._point(round(self.scroll_y) + event.y - self.sieve.index(self.pointed))

    def on_resize(self) -> None:
        """What is pointed at stays in sight."""
        self._place(self._top_for_pointed())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stay where the reader scrolled to."""
        super().watch_scroll_y(old_value, new_value)
        if not self._placing and self.sieve and round(old_value) != round(new_value):
            self._pointed = self.pointed
            self.following = new_value >= self.max_scroll_y

    def render_line(self, y: int) -> Strip:
        """One line of the view."""
        place = round(self.scroll_y) + y
        width = self.size.width
        if self.sieve is None or place >= len(self.sieve) or (event := self.sieve.log.event(self.sieve[place])) is None:
            return Strip.blank(width, self.rich_style)
        look = {name: self.get_component_rich_style(f"wire--{name}") for name in LOOKS}.__getitem__
        pointed = event.number == self.pointed
        return drawn(event, width, look, stall_seconds=self._stall_seconds, pointed=pointed)

    def _point(self, step: int) -> None:
        if self.sieve is None or not len(self.sieve):
            return
        last = len(self.sieve) - 1
        place = self.sieve.index(self.pointed) + step
        self.following = place > last or (place == last and step > 0)
        self._pointed = self.sieve[min(last, max(0, place))]
        self._place(self._top_for_pointed())
        self.post_message(self.Pointed())

    def _top_for_pointed(self) -> int:
        """Where the view begins so that what is pointed at is in it."""
        place = self.sieve.index(self.pointed) if self.sieve else 0
        return min(max(round(self.scroll_y), place - self.size.height + 1), place)

    def _place(self, top: int = 0) -> None:
        """Tell the scrollbar how much there is, and begin at that line; at the end while following."""
        count = len(self.sieve) if self.sieve else 0
        size = Size(self.size.width, count)
        furthest = max(0, count - self.size.height)
        self._placing = True
        if size != self.virtual_size:
            # The attribute itself would have every widget of the screen laid out again, for a line more in here.
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
        top = furthest if self.following else min(furthest, max(0, top))
        self.scroll_target_y = self.scroll_y = top
        self._placing = False
        self.refresh(Region(0, 0, self.size.width, self.size.height))
