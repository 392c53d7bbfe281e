"""The table of calls: drawn a line at a time, read a page at a time."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from genesys_tui.audit.rows import Order, Row
from genesys_tui.tui.history import draw
from genesys_tui.tui.history.columns import widths
from genesys_tui.tui.history.listing import Asked, Listing, Way

DRAWN = 512
"""Lines that are kept drawn."""

AHEAD = 64
"""Rows above and below those in sight that are read before they are needed."""


class CallTable(ScrollView, can_focus=True, inherit_bindings=False):
    """The calls. The first line names the columns and stays; a click there sorts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "point(-1)", "Up", show=False, id="calls.up"),
        Binding("down,j", "point(1)", "Down", show=False, id="calls.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="calls.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="calls.page_down"),
        Binding("home", "first", "First", show=False, id="calls.first"),
        Binding("end", "last", "Last", show=False, id="calls.last"),
        Binding("left", "aside(-12)", "Columns to the left", show=False, id="calls.left"),
        Binding("right", "aside(12)", "Columns to the right", show=False, id="calls.right"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"calls--{look}" for look in draw.ALL_LOOKS}
    DEFAULT_CSS = """
    CallTable {
        height: 1fr;
        width: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-color-hover: $foreground 40%;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        background: $background;
        & > .calls--title { color: $text-muted; background: $panel; }
        & > .calls--sorted { color: $text-primary; background: $panel; text-style: bold; }
        & > .calls--plain, & > .calls--figure { color: $foreground; }
        & > .calls--dim, & > .calls--waiting { color: $text-muted; }
        & > .calls--success { color: $text-success; }
        & > .calls--warning { color: $text-warning; text-style: bold; }
        & > .calls--error { color: $text-error; text-style: bold; }
        & > .calls--running { color: $text-accent; text-style: italic; }
        & > .calls--cancelled { color: $text-muted; }
        & > .calls--striped { background: $foreground 3%; }
        & > .calls--cursor { background: $primary 15%; }
        &:focus > .calls--cursor { background: $primary 30%; }
    }
    """

    class Pointed(Message):
        """Another row is pointed at."""

    class Wanted(Message):
        """Rows are in sight, or nearly, that are not held."""

    class Sorted(Message):
        """A title was clicked."""

        def __init__(self, column: str) -> None:
            self.column = column
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing(Asked())
        self.pointed = 0
        """The number of the row pointed at."""
        self._looks: dict[str, Style] = {}
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(DRAWN)
        self._widths = widths(80)

    @property
    def row(self) -> Row | None:
        """The one pointed at; None while it is being read, and where there is none."""
        return self.listing.row(self.pointed)

    @property
    def room(self) -> int:
        """How many rows are in sight."""
        return max(1, self.size.height - 1)

    @property
    def top(self) -> int:
        """The number of the first row in sight."""
        return round(self.scroll_y)

    @property
    def at_rest(self) -> bool:
        """Whether it is at its beginning, where new calls may show by themselves."""
        return self.pointed == 0 and self.top == 0

    def show(self, listing: Listing, pointed: int = 0, top: int = 0) -> None:
        """Show these rows, from that one on, pointing at one of them."""
        self.listing = listing
        self.pointed = max(0, min(pointed, listing.count - 1))
        self._place(top)
        self.post_message(self.Pointed())

    def counted(self, count: int, *, exact: bool) -> None:
        """How many rows there are is known better."""
        self.listing.count, self.listing.exact = count, exact
        self._place(self.top)

    def take(self, page: int, rows: list[Row]) -> None:
        """Take in a page."""
        held = self.row is not None
        self.listing.take(page, rows)
        self._place(self.top)
        if not held and self.row is not None:
            self.post_message(self.Pointed())

    @property
    def missing(self) -> Way | None:
        """How to read what is not held: of what is in sight first, then around it."""
        top, end = self.top, self.top + self.room
        return self.listing.missing(top, end) or self.listing.missing(top - AHEAD, end + AHEAD)

    def action_point(self, step: int) -> None:
        """Point at another row."""
        self._point(self.pointed + step)

    def action_page(self, direction: int) -> None:
        """Point a page further."""
        self._point(self.pointed + direction * self.room)

    def action_first(self) -> None:
        """Point at the first row, from its first column on."""
        self.to_first_column()
        self._point(0)

    def to_first_column(self) -> None:
        """Bring the first columns into sight again."""
        self.action_aside(-round(self.scroll_x))

    def action_last(self) -> None:
        """Point at the last row."""
        self._point(self.listing.count - 1)

    def action_aside(self, cells: int) -> None:
        """Bring other columns into sight."""
        self.scroll_to(x=max(0, min(self.scroll_x + cells, self.max_scroll_x)), animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Sort by a title, point at a row."""
        if event.y == 0:
            if column := draw.column_at(self._widths, event.x + round(self.scroll_x)):
                self.post_message(self.Sorted(column))
        elif (number := self.top + event.y - 1) < self.listing.count:
            self._point(number)

    def on_resize(self) -> None:
        """Columns take the room there is; what is pointed at stays in sight."""
        self._place(self._top_for_pointed())

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._looks.clear()
        self._strips.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._want()

    def watch_has_focus(self, value: bool) -> None:
        """The row pointed at stands out more."""
        super().watch_has_focus(value)
        self._looks.clear()
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line: the titles, or a row."""
        width, left = self.size.width - 1, round(self.scroll_x)  # a cell is the scrollbar's
        if y == 0:
            strip = draw.titles(self._widths, self.order, self._look)
            return draw.window(strip, self._widths, left, width, self._look("title"), more="›")
        number = self.top + y - 1
        if number >= self.listing.count:
            return Strip.blank(width, self.rich_style)
        pointed, odd, row = number == self.pointed, number % 2, self.listing.row(number)
        place = (row, pointed, odd, left, width)
        if (kept := self._strips.get(place)) is not None:
            return kept
        over = self._look("cursor" if pointed else "striped" if odd else "plain")
        strip = draw.drawn(row, number, self._widths, self._look, pointed=pointed)
        strip = draw.window(strip, self._widths, left, width, Style(bgcolor=over.bgcolor))
        self._strips[place] = strip
        return strip

    @property
    def order(self) -> Order:
        """How it is sorted."""
        return self.listing.asked.order

    def _look(self, name: str) -> Style:
        if name not in self._looks:
            self._looks[name] = self.get_component_rich_style(f"calls--{name}")
        return self._looks[name]

    def _point(self, number: int) -> None:
        number = max(0, min(number, self.listing.count - 1))
        if number != self.pointed:
            lines = [each - self.top + 1 for each in (self.pointed, number)]
            self.pointed = number
            self.post_message(self.Pointed())
            self.refresh(*(Region(0, line, self.size.width, 1) for line in lines if 0 < line <= self.room))
        if (top := self._top_for_pointed()) != self.top:
            self._place(top)

    def _top_for_pointed(self) -> int:
        return min(max(self.top, self.pointed - self.room + 1), self.pointed)

    def _place(self, top: int) -> None:
        """Tell the scrollbar how much there is, and begin at that row."""
        if (fitting := widths(self.size.width - 1)) != self._widths:
            self._widths = fitting
            self._strips.clear()
        size = Size(sum(self._widths) + len(self._widths) + 1, self.listing.count + 1)
        if size != self.virtual_size:
            # The attribute itself would have every widget of the screen laid out again.
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
        top = max(0, min(top, self.listing.count - self.room))
        if top != self.top:
            self.scroll_target_y = self.scroll_y = top
        self._want()
        self.refresh(Region(0, 0, self.size.width, self.size.height))

    def _want(self) -> None:
        if self.missing:
            self.post_message(self.Wanted())
