"""The mark of production, on every screen that has no masthead."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from genesys_tui.config import Settings
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.widgets.masthead import PRODUCTION, Masthead


class ProductionMark(Widget):
    """A reversed line at the top: it stands out on a terminal without colours, too."""

    # No Static, no Line: screens look for theirs by these names.
    DEFAULT_CSS = """
    ProductionMark {
        dock: top;
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        text-style: bold reverse;
        color: $text-error;
        background: $background;
    }
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        profile = settings.profile
        place = profile.base_url.partition("://")[2] or profile.region
        words = " · ".join(map(sanitized_line, (settings.name, place, "calls reach production")))
        self._content = Content(f"{PRODUCTION} {words}")

    def render(self) -> Content:
        """What it says."""
        return self._content


def wear(screen: Screen[object], settings: Settings) -> None:
    """Put the mark on a screen, once it has what it is composed of, unless it says so itself."""
    if screen.is_mounted and not screen.query(f"{Masthead.__name__}, {ProductionMark.__name__}"):
        screen.mount(ProductionMark(settings))
