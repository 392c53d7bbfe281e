"""The welcome: what an empty transcript says."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

_KEYS = (
    ("enter", "sends"),
    ("ctrl+j", "breaks the line"),
    ("escape", "stops a reply and keeps what came"),
    ("F3", "shows the calls so far"),
    ("ctrl+p", "finds everything else"),
)


class Welcome(Static):
    """Shown until the first prompt."""

    DEFAULT_CSS = """
    Welcome { height: 1fr; content-align: center middle; color: $text-muted; }
    """

    def __init__(self, *, demo: bool) -> None:
        keys = [Content.assemble((key.ljust(11), "bold $foreground"), words.ljust(38)) for key, words in _KEYS]
        if demo:
            scenario = Content.assemble(
                ("/scenario".ljust(11), "bold $foreground"), "changes the embedded gateway's day".ljust(38)
            )
            keys.append(scenario)
        title = Content.styled("Genesys Cloud LLM gateway", "bold $primary")
        super().__init__(Content("\n").join([title, Content(""), *keys]), markup=False)
