"""The prompt: where the next question is written."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from genesys_tui.sanitize import sanitized


class Prompt(TextArea):
    """Enter sends, ctrl+j breaks the line: no terminal tells alt+enter or, in older ones, shift+enter from enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", key_display="⏎"),
        Binding("ctrl+j,shift+enter", "break_line", "New line", key_display="^j"),
        Binding("pageup", "screen.page_up", show=False),
        Binding("pagedown", "screen.page_down", show=False),
    ]
    DEFAULT_CSS = """
    Prompt {
        height: auto;
        min-height: 3;
        max-height: 12;
        border: round $foreground 20%;
        background: $background;
        padding: 0 1;
        &:focus { border: round $primary 70%; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    class Sent(Message):
        """The operator wants this asked. It stays in the editor until ``take`` is called."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, placeholder="Ask the model…", highlight_cursor_line=False)
        self._taken = ""

    def take(self) -> str:
        """Empty the editor. Returns what was in it."""
        self._taken = self.text
        self.clear()
        return self._taken

    def give_back(self, text: str) -> None:
        """Put a prompt that was not answered before what has been written since."""
        draft = self.text
        self.text = text if not draft.strip() or draft == text else f"{text}\n\n{draft}"
        self.move_cursor(self.document.end)

    def on_key(self, event: events.Key) -> None:
        """Take both keys in turn with the text around them: as bindings they would overtake what was typed before."""
        action = {"enter": self.action_send, "ctrl+j": self.action_break_line, "shift+enter": self.action_break_line}
        if event.key in action:
            event.stop()
            event.prevent_default()
            action[event.key]()

    def action_send(self) -> None:
        """Ask, unless there is nothing to ask."""
        if self.text.strip():
            self.post_message(self.Sent(self.text))

    def action_break_line(self) -> None:
        """Begin another line."""
        self.insert("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; from an empty editor, to the last prompt."""
        if self.text or select:
            super().action_cursor_up(select)
        else:
            self.give_back(self._taken)

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard; the editor takes it from here."""
        event.text = sanitized(event.text)
