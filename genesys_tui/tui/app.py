"""The app: its screens, keys and themes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.segment import Segments
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from genesys_tui.config import Settings
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.continuing import take_terminal_back
from genesys_tui.tui.desk import DemoSwitch, Desk
from genesys_tui.tui.early import Early
from genesys_tui.tui.hangup import end_on_hangup
from genesys_tui.tui.mends import Broom, mend_textual
from genesys_tui.tui.morning import keep_all
from genesys_tui.tui.screens.chat import ChatScreen
from genesys_tui.tui.signin.door import Door, Workplace
from genesys_tui.tui.signin.reception import Receiving

WIDE = 100
"""Columns from which there is room for the sidebar."""


class GenesysApp(Early, Receiving):
    """Chat with the gateway, and look back at the calls.

    ``open_desk`` is called on a thread once the first frame is out; it may take its time, and raise GenesysError.
    """

    TITLE = "genesys-tui"
    DEFAULT_MODE = "chat"
    CSS_PATH = Path(__file__).with_name("genesys.tcss")  # also where a test subclasses the app
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual types it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "look('chat')", "Chat", id="app.chat"),
        Binding("f3", "look('history')", "History", id="app.history"),
        Binding("f4", "look('wire')", "Wire", id="app.wire"),
    ]

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        settings: Settings,
        demo: DemoSwitch | None = None,
        *,
        theme: str = "",
        door: Door | None = None,
    ) -> None:
        mend_textual()
        super().__init__(settings, door, theme)
        self._demo = demo
        self._place = settings
        self.chat = ChatScreen(open_desk, settings, demo)

    def _add_modes(self) -> None:
        """The chat, and the screens beside it, each of which knows that one."""
        self.add_mode("chat", lambda: self.chat)
        self.add_mode("wire", self._make_wire)
        self.add_mode("history", self._make_history)

    def _make_wire(self) -> Screen[None]:
        from genesys_tui.tui.screens.wire import WireScreen

        return WireScreen(self.chat.wire, self._place)

    def _make_history(self) -> Screen[None]:
        from genesys_tui.tui.screens.history import HistoryScreen

        return HistoryScreen(lambda: self.chat.desk)

    def get_default_screen(self) -> Screen[None]:
        """Begin with the chat. As a mode it would have all style sheets parsed twice before the first frame."""
        # Textual would fold the page, or not, only after it has been shown.
        self.chat.set_class(self.size.width < WIDE, "-narrow", update=False)
        self.chat.set_class(self.size.width >= WIDE, "-wide", update=False)
        return self.chat

    def on_load(self) -> None:
        """Begin to listen for the end."""
        if not self.is_headless:
            end_on_hangup(self, lambda: self.chat.on_unmount())

    def on_mount(self) -> None:
        """The other screens can be looked at."""
        if not self.is_headless:
            take_terminal_back(self)
        self._add_modes()
        self.screen_change_signal.subscribe(self, self._mark)
        self.screen_change_signal.subscribe(self, Broom(self).soon)
        self._mark(self.chat)

    def _mark(self, screen: Screen[Any]) -> None:
        """Have it say that calls reach production, where they do."""
        if self._place.profile.production:
            from genesys_tui.tui.guard.mark import wear

            screen.call_after_refresh(wear, screen, self._place)

    def on_desk_opened(self) -> None:
        """Start-up is over: what it made is never garbage, and a collection would only stop the stream."""
        keep_all()
        gc.set_threshold(5_000, 5, 1_000)

    def move(self, workplace: Workplace) -> None:
        """Work there from here on: with another chat, unless it is where this one works already."""
        if self.chat.desk is None or self._place != workplace.settings:
            self._demo, self._place = workplace.demo, workplace.settings
            self.run_worker(self._begin_elsewhere(workplace), exclusive=True)

    async def _begin_elsewhere(self, workplace: Workplace) -> None:
        self.add_mode("moving", Screen)
        await self.switch_mode("moving")
        handed = self.chat.composer.hand_over(workplace.settings)
        self.chat = ChatScreen(workplace.open_desk, workplace.settings, workplace.demo, handed)
        for mode in set(self._modes) - {"moving"}:
            await self.remove_mode(mode)
        self._add_modes()
        await self.switch_mode("chat")
        await self.remove_mode("moving")
        gc.unfreeze()  # the chat before can be swept out

    def _fatal_error(self) -> None:
        """A crash without the local variables that Textual would show: an access token may be among them."""
        from rich.traceback import Traceback  # late: it brings its own highlighter

        self.bell()
        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()

    def action_look(self, mode: str) -> None:
        """Show that screen."""
        self.switch_mode(mode)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A screen is offered where it is not shown already."""
        return action != "look" or parameters != (self.current_mode,)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: the usual, and the embedded gateway's days."""
        from genesys_tui.tui.probe.palette import commands as probe_commands

        yield from super().get_system_commands(screen)
        yield from self.chat.commands()
        yield from self.chat.composer.commands()
        yield from probe_commands(self)
        if self._demo:
            for name, sentence in self._demo.scenarios.items():
                title = f"Scenario: {sanitized_line(name)}"
                yield SystemCommand(title, sanitized_line(sentence), partial(self.chat.switch_scenario, name))
