"""Reasoning: what a model thought before its reply, unfolded in front of the transcript."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from genesys_tui.sanitize import sanitized
from genesys_tui.tui.leaving import Modal

MOST_SHOWN = 64 * 1024
"""Characters, from the end: what is drawn at once must stay little."""


class ReasoningDialog(Modal[None]):
    """Shows it, until it is left."""

    HELP = "What the model thought before its reply. It is no part of the reply: neither kept nor sent again."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="reasoning.leave"),
    ]
    DEFAULT_CSS = """
    ReasoningDialog {
        align: center middle;
        & > VerticalScroll {
            width: 96;
            max-width: 100%;
            height: auto;
            max-height: 90%;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        Static { color: $text-muted; }
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """All of it, or its end."""
        with VerticalScroll() as frame:
            frame.border_title = "Reasoning"
            yield Static(Content(sanitized(self._text[-MOST_SHOWN:]).strip()), markup=False)
