"""The detail pane: one call, as the ledger's own events tell it."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from genesys_tui.sanitize import sanitized
from genesys_tui.tui.history.messages import CallRead
from genesys_tui.tui.history.page import page_of


class Detail(VerticalScroll):
    """Everything about the call that is pointed at: figures, parameters, texts, and its place in the chain."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, id="detail.up"),
        Binding("down,j", "scroll_down", "Down", show=False, id="detail.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="detail.page_up"),
        Binding("pagedown,space", "page_down", "Page down", show=False, id="detail.page_down"),
        Binding("home", "scroll_home", "Top", show=False, id="detail.top"),
        Binding("end", "scroll_end", "End", show=False, id="detail.end"),
    ]
    DEFAULT_CSS = """
    Detail {
        width: 45;
        background: $surface;
        border-left: tall $panel;
        padding: 0 0 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border-left: tall $primary 70%; }
        & > Static { height: auto; width: 1fr; padding-right: 1; }
    }
    """

    text = getters.query_one(Static)

    def __init__(self) -> None:
        super().__init__()
        self.shown: CallRead | None = None
        """What it shows."""

    def compose(self) -> ComposeResult:
        """The page."""
        yield Static("", markup=False)

    def show(self, read: CallRead) -> None:
        """Show a call; the same one from where it was read."""
        same = self.shown is not None and self.shown.call.record.request_id == read.call.record.request_id
        self.shown = read
        self.text.update(page_of(read))
        if not same:
            self.scroll_home(animate=False)

    def say(self, sentence: str) -> None:
        """Say why there is nothing."""
        self.shown = None
        self.text.update(Content(sanitized(sentence)))
