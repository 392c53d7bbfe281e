"""The queued prompt: what is asked when the running call has ended."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Static

from genesys_tui.sanitize import sanitized_line

_SHOWN = 500
"""Characters, more than any terminal is wide."""


class Queued(Static):
    """Shows one prompt that waits; hidden while none does."""

    DEFAULT_CSS = """
    Queued {
        display: none;
        height: 1;
        padding: 0 2;
        color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-waiting { display: block; }
    }
    """

    prompt = var("", toggle_class="-waiting")

    class Changed(Message):
        """Another prompt waits, or none."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def watch_prompt(self, prompt: str) -> None:
        """Show it."""
        self.update(Content.assemble(("next  ", "bold $text-warning"), sanitized_line(prompt[:_SHOWN])))
        self.post_message(self.Changed())

    def take(self) -> str:
        """The prompt, no longer waiting."""
        prompt, self.prompt = self.prompt, ""
        return prompt
