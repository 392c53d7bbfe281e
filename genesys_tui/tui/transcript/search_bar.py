"""The search bar: what is looked for in a transcript, and which hit is looked at."""

from __future__ import annotations

from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.transcript.transcript import Transcript


class Query(Input):
    """What is looked for. Enter and shift+enter, or down and up, go from hit to hit."""

    HELP = "What is looked for in the transcript, in upper or lower case."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "find(1)", "Next", id="search.next", key_display="⏎"),
        Binding("shift+enter,up", "find(-1)", "Before", id="search.before", key_display="↑"),
        Binding("escape", "close", "Close", id="search.close", key_display="esc"),
    ]

    class Step(Message):
        """Another hit is to be looked at."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

    class Closed(Message):
        """Nothing is to be looked for."""

    def on_mount(self) -> None:
        """Take the keys."""
        self.focus()

    def action_find(self, step: int) -> None:
        """Go to the next hit, or the one before."""
        self.post_message(self.Step(step))

    def action_close(self) -> None:
        """Search for nothing, and give the keys back."""
        self.post_message(self.Closed())

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard."""
        event.text = sanitized_line(event.text)


class SearchBar(Horizontal):
    """Searches as you type."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        padding: 0 1;
        background: $surface;
        & > .label { width: auto; color: $text-primary; text-style: bold; padding-right: 1; }
        & > Query { width: 1fr; background: $surface; }
        & > #hits { width: auto; min-width: 9; text-align: right; padding-left: 1; color: $text-muted; }
        & > #hits.-none { color: $text-warning; text-style: bold; }
    }
    """

    query_line = getters.query_one(Query)
    hits = getters.query_one("#hits", Static)

    def __init__(self, transcript: Transcript, back_to: Widget | None) -> None:
        """``back_to`` has the focus when it is closed."""
        super().__init__()
        self._transcript = transcript
        self._back_to = back_to

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("Find", classes="label", markup=False)
        yield Query(compact=True, placeholder="text in this conversation")
        yield Static("", id="hits", markup=False)

    def take_keys(self) -> None:
        """Have them again; one that has just been asked for takes them itself."""
        if self.is_mounted:
            self.query_line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search."""
        self._transcript.search(event.value)

    def on_query_step(self, event: Query.Step) -> None:
        """Go to another hit."""
        self._transcript.action_find(event.step)

    def on_query_closed(self) -> None:
        """Search for nothing."""
        self._transcript.action_let_go()

    def show(self, at: int, count: int) -> None:
        """Say which hit is looked at."""
        asked = bool(self.query_line.value)
        self.hits.set_class(asked and not count, "-none")
        self.hits.update(f"{at:,} of {count:,}" if count else "not found" if asked else "")

    def leave(self) -> None:
        """Go."""
        if self.is_mounted and self.query_line.has_focus and self._back_to and self._back_to.is_attached:
            self._back_to.focus()
        self.remove()
