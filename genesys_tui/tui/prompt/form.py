"""A form: a few texts, asked for in a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.prompt.editor import Editor


class Field(Editor):
    """One text; Enter goes on, ctrl+j breaks the line."""

    HELP = "One of the texts, of as many lines as you like."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Next", id="form.next", show=False),
        Binding("ctrl+j,shift+enter", "break_line", "New line", id="prompt.break_line", show=False),
    ]
    DEFAULT_CSS = """
    Field { min-height: 3; max-height: 8; border-title-color: $text-muted; }
    """

    class Finished(Message):
        """Enter was pressed."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text, name=name)
        self.border_title = sanitized_line(name).replace("[", "\\[")

    def action_go_on(self) -> None:
        """Done with this one."""
        self.post_message(self.Finished())

    def action_break_line(self) -> None:
        """Begin another line."""
        self._replace_via_keyboard("\n", *self.selection)


class Form(Modal["dict[str, str] | None"]):
    """Enter in the last field answers with all texts by name, Escape with None."""

    HELP = "Texts to be filled in; they are used when the last one is done."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel", id="form.cancel")]
    DEFAULT_CSS = """
    Form { align: center middle; }
    Form > VerticalScroll {
        width: 72;
        max-width: 90%;
        height: auto;
        max-height: 80%;
        padding: 1 2;
        border: round $primary 70%;
        border-subtitle-color: $text-muted;
        background: $panel;
    }
    """

    def __init__(self, title: str, fields: Mapping[str, str]) -> None:
        """``fields`` are names and what they hold at first."""
        super().__init__()
        self._title = title
        self._fields = [Field(name, text) for name, text in fields.items()]

    def compose(self) -> ComposeResult:
        """One field below the other."""
        with VerticalScroll(can_focus=False) as box:
            box.border_title = sanitized_line(self._title).replace("[", "\\[")
            goes_on, cancels = sign_of(self._fields[0], "form.next"), sign_of(self, "form.cancel")
            box.border_subtitle = Content(f"{goes_on} goes on · {cancels} cancels")
            yield from self._fields

    def on_mount(self) -> None:
        """Begin at the top."""
        self._fields[0].focus()

    def on_field_finished(self) -> None:
        """Go to the next one, or answer."""
        place = next(index for index, field in enumerate(self._fields) if field.has_focus)
        if place + 1 < len(self._fields):
            self._fields[place + 1].focus()
        else:
            self.dismiss({field.name or "": field.text for field in self._fields})

    def action_dismiss(self, result: dict[str, str] | None = None) -> None:  # type: ignore[override]
        """Close it without an answer."""
        self.dismiss(result)
