"""Manners: the theme, the motion and the keys that `[ui]` and `[keys]` ask for, and help about the keys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import Theme, ThemeProvider

from genesys_tui.config import Settings
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized
from genesys_tui.tui.aiming import Aiming
from genesys_tui.tui.clipboard import Copying
from genesys_tui.tui.keys import keymap_of, misfits, places
from genesys_tui.tui.leaving import Palette
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.messages import Crashed
from genesys_tui.tui.notices import Noticing
from genesys_tui.tui.standing import Standing
from genesys_tui.tui.theme import DARK, LIGHT

_FUNCTION_KEY = re.compile(r"(\^|\w+\+)*f\d+").fullmatch

PLAIN = "ansi-dark"
"""The theme without colours of its own, for NO_COLOR: what stands out is bold or reversed."""


class Complaints(Message):
    """Settings that could not be followed, a sentence each."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__()


class WellMannered(Copying, Noticing, Standing, Aiming):
    """Follows ``[ui]`` and ``[keys]``; what cannot be followed is said, and the rest is."""

    theme: Reactive[str] = Reactive("textual-dark", init=False)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app.help", priority=True),
        Binding("ctrl+p", "command_palette", "Palette", show=False, id="app.palette", priority=True),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True),
    ]

    def __init__(self, settings: Settings, theme: str = "") -> None:
        # Textual alone would send greys; with the terminal's own colours asked for, NO_COLOR means none.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._manners = settings
        self._still = settings.ui.reduced_motion or self.animation_level == "none"
        if self._still:
            self.animation_level = "none"
        wanted = theme or settings.ui.theme
        self._keymap_asked, self._complaints = keymap_of(settings.keys)
        if wanted and wanted not in self.available_themes:
            self._complaints.append(f"ui.theme: there is no theme {wanted!r}. Choose one in the palette, under Theme.")
            wanted = ""
        self._begin_with(PLAIN if self.no_color else wanted or DARK.name)
        self.set_keymap(self._keymap_asked)

    def _begin_with(self, theme: str) -> None:
        """As Textual's own watcher does, which would have all style sheets parsed again."""
        self.set_reactive(WellMannered.theme, theme)
        self._theme_kept = theme
        dark = self.current_theme.dark
        for name, holds in (("-dark-mode", dark), ("-light-mode", not dark), (f"-theme-{theme}", True)):
            self.set_class(holds, name, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def still(self) -> bool:
        """Whether nothing may move by itself."""
        return self._still

    async def on_event(self, event: events.Event) -> None:
        """Clean what another program put into the clipboard, whichever field it is pasted into."""
        if isinstance(event, events.Paste):
            event.text = sanitized(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        await super().on_event(event)

    def on_ready(self) -> None:
        """The first frame is out: see whether what was asked for could be followed, and note what is chosen."""
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        if self._manners.keys or self._complaints:
            aside(partial(_looked_over, self._keymap_asked, self._complaints), mailbox_of(self))

    def get_key_display(self, binding: Binding) -> str:
        """A key as the key line and the help show it."""
        shown = super().get_key_display(binding)
        return shown.upper() if _FUNCTION_KEY(shown) else shown

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """No cursor blinks where nothing may move."""
        if self._still and hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False

    def on_complaints(self, event: Complaints) -> None:
        """Say what could not be followed."""
        for sentence in event.sentences:
            self.notify(sanitized(sentence), title="config.toml", severity="warning", timeout=15, markup=False)

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def action_help(self) -> None:
        """Tell the keys of what has the focus; asked again, close."""
        from genesys_tui.tui.help import HelpScreen, chapters

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(chapters(self.screen)))

    def action_command_palette(self) -> None:
        """Every command, to be searched."""
        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Every theme, to be searched."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: Textual's own, with our help in the place of its key panel; nothing here is to fill the screen,
        where it would hide how a call is doing.
        """
        for command in super().get_system_commands(screen):
            if command.title == "Keys":
                yield SystemCommand("Help", "The keys of what has the focus", self.action_help)
            elif command.title not in ("Maximize", "Minimize"):
                yield command

    def _keep_theme(self, theme: Theme) -> None:
        if theme.name != self._theme_kept:
            self._theme_kept = theme.name
            aside(partial(_kept, self._manners, theme.name), mailbox_of(self))


def _looked_over(keymap: dict[str, str], complaints: list[str]) -> Message:
    return Complaints([*complaints, *misfits(keymap, places())])


def _kept(settings: Settings, theme: str) -> Message:
    from genesys_tui.setting import write_ui

    try:
        write_ui(settings.home.config_file, "theme", theme)
    except GenesysError as error:
        return Complaints([f"The theme could not be kept. {error.message}"])
    return Complaints([])
