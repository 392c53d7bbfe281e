"""The masthead: which profile, where, which model, and how the connection is."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from genesys_tui.config import Settings
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.readings import Reading
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.words import colour_of


class Masthead(Horizontal):
    """The top line."""

    DEFAULT_CSS = """
    Masthead {
        height: 1;
        background: $panel;
        color: $text-muted;
        padding: 0 1;
        #place { width: 1fr; }
        #connection { width: 26; text-align: right; }
    }
    """

    place = getters.query_one("#place", Line)
    connection = getters.query_one("#connection", Line)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        profile = settings.profile
        self._profile = settings.name
        self._where = profile.base_url.partition("://")[2] or profile.region
        self._model = profile.model

    def compose(self) -> ComposeResult:
        """Place on the left, state on the right."""
        yield Line(id="place")
        yield Line(id="connection")

    def show(self, state: Reading, scenario: str = "") -> None:
        """The state of the connection, and the embedded gateway's day where there is one."""
        where = f"demo: {scenario}" if scenario else self._where
        place = " · ".join(map(sanitized_line, (self._profile, where, self._model)))
        self.place.show(Content.assemble(("genesys-tui", "bold $primary"), "  ", place))
        self.connection.show(Content.assemble((f"● {sanitized_line(state.value)}", colour_of(state.severity))))
