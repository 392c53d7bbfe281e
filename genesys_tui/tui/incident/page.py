"""The page: a long text as it is, drawn a line at a time."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import chop_cells
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class Page(ScrollView, can_focus=True):
    """Shows clean text, all of it: lines too long for it go on below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, id="page.up"),
        Binding("down,j", "scroll_down", "Down", show=False, id="page.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="page.page_up"),
        Binding("pagedown,space", "page_down", "Page down", show=False, id="page.page_down"),
        Binding("home", "scroll_home", "Top", show=False, id="page.top"),
        Binding("end", "scroll_end", "End", show=False, id="page.end"),
    ]
    DEFAULT_CSS = """
    Page {
        background: $background;
        padding: 0 1;
        border-left: tall $panel;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 1 1;
        &:focus { border-left: tall $primary 70%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        """What it shows."""
        self._lines: list[str] = []
        self._width = 0

    def show(self, text: str) -> None:
        """Show this from its beginning."""
        self.text = text.expandtabs(4)
        self._wrap()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """It is wrapped anew."""
        if self._width != self._room:
            self._wrap()

    @property
    def _room(self) -> int:
        return max(2, self.scrollable_content_region.width)

    def _wrap(self) -> None:
        self._width = self._room
        self._lines = [piece for line in self.text.split("\n") for piece in chop_cells(line, self._width) or [""]]
        self.virtual_size = Size(self._width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        number, width, style = self.scroll_offset.y + y, self.scrollable_content_region.width, self.rich_style
        line = self._lines[number] if number < len(self._lines) else ""
        return Strip([Segment(line, style)]).crop_extend(0, width, style)
