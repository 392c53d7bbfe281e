"""The app: its screens, keys and themes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from genesys_tui.config import Settings
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.desk import DemoSwitch, Desk
from genesys_tui.tui.screens.chat import ChatScreen
from genesys_tui.tui.screens.history import HistoryScreen
from genesys_tui.tui.theme import DARK, LIGHT


class GenesysApp(App[int]):
    """Chat with the gateway, and look back at the calls.

    ``open_desk`` is called on a thread once the first frame is out; it may take its time, and raise GenesysError.
    """

    TITLE = "genesys-tui"
    CSS_PATH = "genesys.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual types it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "look('chat')", "Chat"),
        Binding("f3", "look('history')", "History"),
        Binding("ctrl+q", "quit", "Quit", priority=True),
    ]

    def __init__(
        self, open_desk: Callable[[], Desk], settings: Settings, demo: DemoSwitch | None = None, *, theme: str = ""
    ) -> None:
        super().__init__()
        self._demo = demo
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = theme or DARK.name
        self.chat = ChatScreen(open_desk, settings, demo)
        self.add_mode("chat", lambda: self.chat)
        self.add_mode("history", lambda: HistoryScreen(lambda: self.chat.desk))

    def on_mount(self) -> None:
        """Begin with the chat."""
        self.switch_mode("chat")

    def on_desk_opened(self) -> None:
        """Start-up is over: what it made is never garbage, and a collection would only stop the stream."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)

    def action_look(self, mode: str) -> None:
        """Show that screen."""
        self.switch_mode(mode)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A screen is offered where it is not shown already."""
        return action != "look" or parameters != (self.current_mode,)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the usual, and the embedded gateway's days."""
        yield from super().get_system_commands(screen)
        if self._demo:
            for name, sentence in self._demo.scenarios.items():
                title = f"Scenario: {sanitized_line(name)}"
                yield SystemCommand(title, sanitized_line(sentence), partial(self.chat.switch_scenario, name))
