"""The question before the first call that reaches production."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from genesys_tui.config import Settings
from genesys_tui.guard import reaches
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of


class ProductionQuestion(Modal[bool]):
    """The first call of this session reaches production: this asks whether it is meant to.

    Enter says no, lest one that was pressed twice says yes.
    """

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "Not now", id="production.refuse"),
        Binding("ctrl+y", "answer(True)", "Call production", id="production.confirm", priority=True),
    ]
    DEFAULT_CSS = """
    ProductionQuestion {
        align: center middle;
        & > Vertical {
            width: 72;
            max-width: 100%;
            height: auto;
            background: $surface;
            border: heavy $error;
            padding: 1 2;
        }
        #title { text-style: bold reverse; color: $text-error; width: 1fr; margin-bottom: 1; }
        #reaches { height: auto; margin-bottom: 1; }
        #buttons { height: 1; margin-top: 1; Button { margin-right: 2; &:focus { text-style: bold underline; } } }
    }
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._reaches = reaches(settings)

    def compose(self) -> ComposeResult:
        """What would be called, and the two answers."""
        with Vertical():
            yield Static(" ▲ PRODUCTION ▲  This is the first call of this session.", id="title", markup=False)
            yield Static(Content("\n").join(self._lines()), id="reaches", markup=False)
            yield Static("Asked once: the calls after this one are made as they are sent.", markup=False)
            with Horizontal(id="buttons"):
                no, yes = sign_of(self, "production.refuse"), sign_of(self, "production.confirm")
                yield Button(Content(f"Not now {no}"), id="no", compact=True, variant="primary")
                yield Button(Content(f"Call production {yes}"), id="yes", compact=True, variant="error")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The keys' own ways, for the mouse."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Be gone."""
        self.dismiss(yes)

    def _lines(self) -> list[Content]:
        return [
            Content.assemble((f"{name:<10}", "$text-muted"), (sanitized_line(value), "bold"))
            for name, value in self._reaches.items()
        ]
