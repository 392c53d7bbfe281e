"""A question: one line to be answered, over whatever is shown."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from genesys_tui.document import SUFFIXES
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal


class Line(Input):
    """An answer; what is pasted is cleaned."""

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard."""
        event.text = sanitized_line(event.text)


class Answer(NamedTuple):
    """What was written, and whether it was confirmed after a warning."""

    text: str
    confirmed: bool = False


class Question(Modal[Answer | None]):
    """Answers with the line, or None where it was left with Escape."""

    HELP = "A line to be filled in. Enter answers with it."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="question.leave")]
    DEFAULT_CSS = """
    Question {
        align: center middle;
        & > Vertical {
            width: 72;
            max-width: 100%;
            height: auto;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 1 2;
        }
        Input { background: $foreground 8%; }
        #note { height: auto; color: $text-muted; margin-top: 1; &.-warning { color: $text-warning; } }
    }
    """

    note = getters.query_one("#note", Static)

    def __init__(self, title: str, first: str, hint: str) -> None:
        super().__init__()
        self._title = title
        self._first = first
        self._hint = hint
        self._warned_of: str | None = None

    def compose(self) -> ComposeResult:
        """The line, and what it is for."""
        with Vertical() as frame:
            frame.border_title = self._title
            yield Line(sanitized_line(self._first), compact=True)
            yield Static(self._hint, id="note", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer; one that wants a second thought only when it is given twice."""
        event.stop()
        text = event.value.strip()
        refusal, warning = self.objections(text)
        if not refusal and (not warning or text == self._warned_of):
            self.dismiss(Answer(text, confirmed=bool(warning)))
            return
        self._warned_of = text if not refusal else None
        self.note.add_class("-warning")
        self.note.update(Content(sanitized_line(refusal or warning)))

    def objections(self, text: str) -> tuple[str, str]:  # noqa: ARG002 - others look at it
        """Why this cannot be the answer, and what is to be confirmed first; each may be empty."""
        return "", ""


class FileQuestion(Question):
    """Asks where a document is to be written."""

    def objections(self, text: str) -> tuple[str, str]:
        """Only Markdown and JSON, only into a folder there is; over a file only when confirmed."""
        file = path_of(text)
        if file.suffix.lower() not in SUFFIXES:
            return "End the name with .md for Markdown or .json for JSON.", ""
        if not file.parent.is_dir():
            return f"There is no folder {file.parent}. Make it first, or name another one.", ""
        if file.is_dir():
            return f"{file} is a folder. Name a file.", ""
        return "", f"{file.name} exists already. Enter once more replaces it." if file.exists() else ""


def path_of(text: str) -> Path:
    """The file an operator means: ``~`` is the home folder."""
    file = Path(text)
    try:
        return file.expanduser()
    except RuntimeError:  # of a user there is not
        return file
