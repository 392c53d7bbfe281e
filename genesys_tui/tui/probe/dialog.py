"""The probe dialog: prompts, how often, limits; or a file that says all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static, TextArea

from genesys_tui.config import Settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.probe.plan import Plan
from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.conversations.question import Line, path_of
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.parameters.row import Lines
from genesys_tui.tui.probe.form import FIELDS, FIRST_LIMIT, Field, Form, Wanted


class ProbeDialog(Modal[Wanted | None]):
    """Answers with what is to be run, or None."""

    HELP = (
        "A probe makes each call again and again, and judges the streams by limits. Each call is recorded, like any"
        " other, and found in the history as kind:probe. A probe file (TOML) says all of it in one place;"
        " `genesys-tui probe FILE` runs it without the app."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "run", "Run", id="probe.run", priority=True),
        Binding("escape", "dismiss(None)", "Cancel", id="probe.cancel"),
    ]
    AUTO_FOCUS = "#prompts"
    DEFAULT_CSS = """
    ProbeDialog {
        align: center middle;
        & > Vertical {
            width: 84;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 0 1;
        }
        #fields { height: auto; max-height: 1fr; scrollbar-size-vertical: 1; }
        .row { height: auto; }
        .label { width: 17; color: $text-muted; }
        .row:focus-within .label { color: $foreground; text-style: bold; }
        .hint { width: 1fr; color: $text-muted; padding: 0 0 0 2; }
        .group { color: $text-muted; text-style: bold; margin-top: 1; }
        Input { width: 12; background: $foreground 8%; &:focus { background: $primary 25%; } }
        #file { width: 1fr; }
        Lines { width: 1fr; height: auto; min-height: 2; max-height: 6; padding: 0; background: $foreground 8%; }
        Lines:focus { background: $primary 15%; }
        #verdict { height: auto; max-height: 4; margin-top: 1; color: $text-muted; &.-wrong { color: $text-error; } }
        #buttons { height: 1; Button { margin-right: 2; } }
    }
    """

    verdict = getters.query_one("#verdict", Static)
    prompts = getters.query_one("#prompts", Lines)

    def __init__(self, settings: Settings, plan: Plan | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._form = Form(settings, plan)

    def compose(self) -> ComposeResult:
        """The fields; what they come to, and what can be done, below."""
        with Vertical() as frame:
            frame.border_title = "Run a probe"
            with VerticalScroll(id="fields", can_focus=False):
                yield from self._rows()
            yield Static(id="verdict", markup=False)
            with Horizontal(id="buttons"):
                yield Button(Content(f"Run {sign_of(self, 'probe.run')}"), id="run", compact=True, variant="primary")
                yield Button(Content(f"Cancel {sign_of(self, 'probe.cancel')}"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Judge what it begins with."""
        self._judge()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Judge what is written; a file only when it has been named."""
        if event.input.id != "file":
            self._judge()

    def on_text_area_changed(self) -> None:
        """Judge what is written."""
        self._judge()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: read the file that was named, or run."""
        event.stop()
        if event.input.id == "file" and event.value.strip():
            self._read(event.value.strip())
        else:
            self.action_run()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The keys' own ways, for the mouse."""
        if event.button.id == "run":
            self.action_run()
        else:
            self.dismiss(None)

    def action_run(self) -> None:
        """Answer, where it can be run."""
        if wanted := self._judge():
            self.dismiss(wanted)

    def _rows(self) -> Iterator[Horizontal | Static]:
        written = self._form.written
        editor = Lines(sanitized(written["prompts"]), id="prompts")
        yield _row("prompts", editor)
        yield _row("", Static("one a line; \\n is a line break within one", classes="hint", markup=False))
        yield _row("or a file", Line(placeholder="probe.toml, then Enter", id="file", compact=True))
        for field in FIELDS:
            if field.name == FIRST_LIMIT:
                yield Static("LIMITS (empty for none)", classes="group", markup=False)
            yield _row(field.label, Line(written[field.name], id=field.name, compact=True), _hint(field))

    def _read(self, name: str) -> None:
        try:
            self._form.read(path_of(name))
        except ConfigurationError as error:
            self._say(error.message, wrong=True)
            return
        for field, text in self._form.written.items():
            editor = self.query_one(f"#{field}")
            if isinstance(editor, TextArea):
                editor.text = sanitized(text)
            elif isinstance(editor, Input):
                editor.value = sanitized_line(text)
        self._judge()

    def _judge(self) -> Wanted | None:
        written = {field.name: self.query_one(f"#{field.name}", Input).value for field in FIELDS}
        try:
            wanted = self._form.wanted({"prompts": self.prompts.text, **written})
        except ConfigurationError as error:
            self._say(error.message, wrong=True)
            return None
        plan, model = wanted.plan, wanted.settings.profile.model
        calls = f"{plan.total:,} call{'s' * (plan.total != 1)}"
        self._say(f"{calls} of {model} with the profile {wanted.settings.name}, each of them recorded.")
        return wanted

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.verdict.set_class(wrong, "-wrong")
        self.verdict.update(Content(sanitized(sentence)))


def _row(label: str, *widgets: Static | Input | TextArea) -> Horizontal:
    return Horizontal(Static(label, classes="label", markup=False), *widgets, classes="row")


def _hint(field: Field) -> Static:
    return Static(field.hint, classes="hint", markup=False)
