"""The masthead: which profile, where, which model, and how the connection is."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import var

from genesys_tui.config import Settings
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.health.readings import READY, Reading
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.words import colour_of

PRODUCTION = " ▲ PRODUCTION "
READ_ONLY = " ◇ READ-ONLY "


class Masthead(Horizontal):
    """The top line."""

    DEFAULT_CSS = """
    Masthead {
        height: 1;
        background: $panel;
        color: $text-muted;
        padding: 0 1;
        #place { width: 1fr; }
        #connection { width: 26; text-align: right; &.-noticed { width: 44; } }
    }
    """

    notice = var("", init=False)
    """What is waited for, in words; takes the place of the connection's state while it is set."""

    place = getters.query_one("#place", Line)
    connection = getters.query_one("#connection", Line)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        profile = settings.profile
        self._profile = settings.name
        self._where = profile.base_url.partition("://")[2] or profile.region
        self._model = profile.model
        self._production = profile.production
        self._read_only = profile.read_only
        self._state: Reading = READY

    def compose(self) -> ComposeResult:
        """Place on the left, state on the right."""
        yield Line(id="place")
        yield Line(id="connection")

    def use(self, settings: Settings) -> None:
        """The settings that count from here on; shown with the next state."""
        self._model = settings.profile.model

    def show(self, state: Reading, scenario: str = "") -> None:
        """The state of the connection, and the embedded gateway's day where there is one."""
        where = f"demo: {scenario}" if scenario else self._where
        place = " · ".join(map(sanitized_line, (self._profile, where, self._model)))
        # Reversed: it stands out on a terminal without colours, too.
        badge = (PRODUCTION, "bold reverse $text-error") if self._production else ("genesys-tui", "bold $primary")
        if self._read_only:
            badge = (badge[0] + READ_ONLY, badge[1]) if self._production else (READ_ONLY, "bold reverse")
        self.place.show(Content.assemble(badge, "  ", place))
        self._state = state
        self.watch_notice(self.notice)

    def watch_notice(self, notice: str) -> None:
        """Show it, or the state again."""
        state = Reading(notice, "warning") if notice else self._state
        self.connection.set_class(bool(notice), "-noticed")
        self.connection.show(Content.assemble((f"● {sanitized_line(state.value)}", colour_of(state.severity))))
