"""The page: a long text as it is, drawn a line at a time."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class Page(ScrollView, can_focus=True):
    """Shows clean text; lines too long for it are scrolled to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, id="page.up"),
        Binding("down,j", "scroll_down", "Down", show=False, id="page.down"),
        Binding("left", "scroll_left", "Left", show=False, id="page.left"),
        Binding("right", "scroll_right", "Right", show=False, id="page.right"),
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
        scrollbar-size: 1 1;
        &:focus { border-left: tall $primary 70%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """What it shows."""
        return "\n".join(self._lines)

    def show(self, text: str) -> None:
        """Show this from its beginning."""
        self._lines = text.expandtabs(4).split("\n")
        self.virtual_size = Size(max(map(cell_len, self._lines)), len(self._lines))
        self.scroll_home(animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        left, top = self.scroll_offset
        number, width, style = top + y, self.scrollable_content_region.width, self.rich_style
        line = self._lines[number] if number < len(self._lines) else ""
        return Strip([Segment(line, style)]).crop_extend(left, left + width, style)
