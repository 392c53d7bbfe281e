"""The parameters' screen: one whose calls can be made otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.words import is_cut_by_max_tokens

if TYPE_CHECKING:
    from textual import getters
    from textual.notifications import SeverityLevel

    from genesys_tui.config import Settings
    from genesys_tui.tui.desk import Desk
    from genesys_tui.tui.parameters.dialog import Chosen
    from genesys_tui.tui.talk import Talk
    from genesys_tui.tui.widgets.masthead import Masthead


class ParametersScreen(Screen[None]):
    """Has a talk whose settings the dialog changes, and a masthead that shows them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the editor's own ctrl+e, which is End.
        Binding("ctrl+e", "parameters", "Parameters", id="chat.parameters", priority=True),
    ]

    if TYPE_CHECKING:
        masthead: getters.query_one[Masthead]
        desk: Desk | None

        @property
        def _talk(self) -> Talk: ...

        def _show_state(self) -> None: ...
        def _tell(self, sentence: str, severity: SeverityLevel, title: str = "") -> None: ...

    def action_parameters(self) -> None:
        """Change what the next calls are made with; after a reply cut by its limit, begin at the limit."""
        from genesys_tui.tui.parameters.dialog import ParametersDialog

        talk = self._talk
        focus = "max_tokens" if talk.last and is_cut_by_max_tokens(talk.last) else "model"
        find = self.desk.gateway.models if self.desk else None
        dialog = ParametersDialog(talk.settings, talk.profile_settings, focus=focus, find_models=find)
        self.app.push_screen(dialog, self._chosen)

    @property
    def profile_settings(self) -> Settings:
        """What conversations begin with."""
        return self._talk.profile_settings

    def settings_changed(self) -> None:
        """Show which settings count."""
        self.masthead.use(self._talk.settings)
        self._show_state()

    def _chosen(self, chosen: Chosen | None) -> None:
        if chosen is None:
            return
        self._talk.settings = chosen.settings
        if chosen.profile:
            self._talk.profile_settings = chosen.profile
            self._tell(f"Saved to the profile {sanitized_line(chosen.profile.name)}.", "information")
        self.settings_changed()
