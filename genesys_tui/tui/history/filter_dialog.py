"""The filter dialog: the filter line, as fields to be filled in."""

from __future__ import annotations

import re
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from genesys_tui.audit.query import STATUSES, parse
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of

FIELDS = (
    ("", "Text", "in prompts, replies and errors"),
    ("status", "Status", " · ".join(STATUSES)),
    ("model", "Model", "gpt-4o-mini, or gpt* for all that begin so"),
    ("stop", "Stop reason", "length, or con* for all that begin so"),
    ("profile", "Profile", "default, or lab*"),
    ("since", "Since", "2026-11-22, 2026-11-22T10:00, or an age: 7d, 24h, 30m"),
    ("until", "Until", "before a date, or an age"),
    ("tokens", "Tokens", "no fewer than"),
    ("conversation", "Conversation", "its id"),
    ("kind", "Kind", "probe, or call for all others"),
)
"""As the line calls it, as the dialog does, and what can be filled in."""

_WORD = re.compile(r'(?:(?P<name>[A-Za-z_]+):)?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>\S+))')


def fields_of(line: str) -> dict[str, str]:
    """What the line says of each field, as it was typed."""
    known = {name for name, _, _ in FIELDS}
    fields: dict[str, str] = {}
    for found in _WORD.finditer(line):
        quoted = found["quoted"]
        value = found["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        name = (found["name"] or "").lower()
        if name not in known:
            name, value = "", found[0]
        fields[name] = f"{fields[name]} {value}" if name in fields else value
    return fields


def line_of(fields: dict[str, str]) -> str:
    """The line that says this."""
    words = []
    for name, _, _ in FIELDS:
        if value := " ".join(fields.get(name, "").split()):
            simple = re.fullmatch(r'[^\s"\\:]+', value) if not name else re.fullmatch(r'[^\s"\\]+', value)
            written = value if simple else '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
            words.append(f"{name}:{written}" if name else written)
    return " ".join(words)


class FilterDialog(Modal["str | None"]):
    """Answers with the line, or None where it was left with Escape."""

    HELP = "Fields to be filled in. What they come to, as the line of the history has it, stands below them."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="filters.leave"),
        Binding("ctrl+s", "use", "Filter", id="filters.use", show=False),
        Binding("ctrl+r", "clear", "Clear all", id="filters.clear"),
        Binding("up", "app.focus_previous", "Field above", show=False, id="filters.up"),
        Binding("down", "app.focus_next", "Field below", show=False, id="filters.down"),
    ]
    DEFAULT_CSS = """
    FilterDialog {
        align: center middle;
        & > Vertical {
            width: 76;
            max-width: 100%;
            height: auto;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 1 2 0 2;
        }
        .field { height: 1; margin-bottom: 1; Label { width: 14; color: $text-muted; } Input { width: 1fr; } }
        &.-low .field { margin-bottom: 0; }
        Input { background: $foreground 8%; }
        #verdict { height: auto; min-height: 1; color: $text-muted; &.-wrong { color: $text-error; } }
        #buttons { height: 1; margin: 1 0; Button { margin-right: 2; } }
    }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012 - as Textual types it

    verdict = getters.query_one("#verdict", Static)

    def __init__(self, line: str) -> None:
        super().__init__()
        self._first = fields_of(line)

    def compose(self) -> ComposeResult:
        """The fields, and what they make."""
        with Vertical() as frame:
            frame.border_title = "Filter"
            for name, label, hint in FIELDS:
                with Horizontal(classes="field"):
                    yield Label(label)
                    first = sanitized_line(self._first.get(name, ""))
                    yield Input(first, placeholder=hint, id=f"field-{name or 'text'}", compact=True)
            yield Static("", id="verdict", markup=False)
            with Horizontal(id="buttons"):
                yield Button(Content("Filter ⏎"), id="use", compact=True, variant="primary")
                yield Button(Content(f"Clear all {sign_of(self, 'filters.clear')}"), id="clear", compact=True)
                yield Button(Content(f"Cancel {sign_of(self, 'filters.leave')}"), id="leave", compact=True)

    def on_input_changed(self) -> None:
        """Say what it makes."""
        self._judge()

    def on_input_submitted(self) -> None:
        """Enter in a field: use it."""
        self.action_use()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The keys' own ways, for the mouse."""
        {"use": self.action_use, "clear": self.action_clear, "leave": self._leave}[event.button.id or "leave"]()

    def action_use(self) -> None:
        """Filter by this."""
        if (line := self._judge()) is not None:
            self.dismiss(line)

    def action_clear(self) -> None:
        """Empty all fields."""
        for field in self.query(Input):
            field.value = ""

    def _leave(self) -> None:
        self.dismiss(None)

    def _judge(self) -> str | None:
        names = [name for name, _, _ in FIELDS]
        line = line_of(dict(zip(names, (field.value for field in self.query(Input)), strict=True)))
        try:
            parse(line)
        except GenesysError as error:
            self._say(error.message, wrong=True)
            return None
        self._say(f"The same as a line: {line}" if line else "All calls.")
        return line

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.verdict.set_class(wrong, "-wrong")
        self.verdict.update(Content(sanitized_line(sentence)))
