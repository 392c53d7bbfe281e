"""The welcome: what an empty transcript says."""

from __future__ import annotations

from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from genesys_tui.tui.naming import name_of

_KEYS = (
    ("prompt.send", "sends"),
    ("prompt.break_line", "breaks the line"),
    ("chat.stop", "stops a reply and keeps what came"),
    ("app.history", "shows the calls so far"),
    ("app.palette", "finds everything else"),
)


class Welcome(Static):
    """Shown until the first prompt."""

    DEFAULT_CSS = """
    Welcome { height: 1fr; content-align: center middle; color: $text-muted; }
    """

    def __init__(self, prompt: type[DOMNode], *, demo: bool) -> None:
        """``prompt`` is what will be written in."""
        super().__init__(markup=False)
        self._prompt, self._demo = prompt, demo

    def on_mount(self) -> None:
        """Name the keys as they are here."""
        told = [(name_of(self, binding, self._prompt), words) for binding, words in _KEYS]
        if self._demo:
            told.append(("/scenario", "changes the embedded gateway's day"))
        lines = [Content.assemble((key.ljust(11), "bold $foreground"), words.ljust(38)) for key, words in told]
        title = Content.styled("Genesys Cloud LLM gateway", "bold $primary")
        self.update(Content("\n").join([title, Content(""), *lines]))
