"""The parameters dialog: what the next calls are made with, here or in the whole profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from genesys_tui.config import Settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.naming import name_of, sign_of
from genesys_tui.tui.parameters.fields import FIELDS, GROUPS, Written
from genesys_tui.tui.parameters.form import Form, Judgement, save, why_not_saved
from genesys_tui.tui.parameters.models import Find, ModelsFound, found
from genesys_tui.tui.parameters.row import Row


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the dialog was left with."""

    settings: Settings
    """For this conversation."""

    profile: Settings | None = None
    """The profile's, where it was saved."""


class ParametersDialog(Modal[Chosen | None]):
    """Answers with what was chosen, or None."""

    HELP = "What the next calls of this conversation are made with; saved to the profile, those of all others, too."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="parameters.leave"),
        Binding("ctrl+s", "save", "Save to the profile", id="parameters.save", priority=True),
    ]
    DEFAULT_CSS = """
    ParametersDialog {
        align: center middle;
        & > Vertical {
            width: 88;
            max-width: 100%;
            height: 100%;
            max-height: 34;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 0 1;
        }
        #fields { height: 1fr; scrollbar-size-vertical: 1; }
        .group { color: $text-muted; text-style: bold; margin-top: 1; }
        #verdict { height: auto; margin-top: 1; color: $text-muted; &.-wrong { color: $text-error; } }
        #buttons { height: 1; Button { margin-right: 2; } }
    }
    """

    AUTO_FOCUS = ""

    verdict = getters.query_one("#verdict", Static)

    def __init__(
        self, settings: Settings, profile: Settings, *, focus: str = "model", find_models: Find | None = None
    ) -> None:
        """``settings`` are this conversation's, ``profile`` what they began as; ``focus`` is the field to begin at."""
        super().__init__()
        self._settings = settings
        self._profile = profile
        self._form = Form(settings)
        self._begin_at = focus
        self._find_models = find_models
        self._warned = False
        self._why_not_saved = _why_not_saved(profile)

    def compose(self) -> ComposeResult:
        """The fields by group; what can be done below, always in view."""
        with Vertical() as frame:
            frame.border_title = "Parameters"
            with VerticalScroll(id="fields", can_focus=False):
                for heading, fields in GROUPS.items():
                    if heading:
                        yield Static(heading, classes="group", markup=False)
                    for field in fields:
                        choices = self._models if field.name == "model" else ()
                        yield Row(field, self._form.written[field.name], choices)
            yield Static(id="verdict", markup=False)
            with Horizontal(id="buttons"):
                yield Button(Content("Use here ⏎"), id="use", compact=True, variant="primary")
                saving, leaving = sign_of(self, "parameters.save"), sign_of(self, "parameters.leave")
                saves = Content(f"Save to profile {saving}")
                yield Button(saves, id="save", compact=True, disabled=bool(self._why_not_saved))
                yield Button(Content(f"Cancel {leaving}"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Begin with the field that was asked for."""
        row = self.query_one(f".-{self._begin_at}", Row)
        row.editor.focus()
        self._judge()
        if self._find_models:
            aside(partial(found, self._find_models), mailbox_of(self))

    def on_models_found(self, event: ModelsFound) -> None:
        """Offer them behind the profile's own."""
        self.query_one(".-model", Row).offer(event.names)

    def on_row_changed(self) -> None:
        """Judge what is written."""
        self._judge()

    def on_checkbox_changed(self) -> None:
        """Judge what is written."""
        self._judge()

    def on_select_changed(self) -> None:
        """Judge what is written."""
        self._judge()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line: use it."""
        event.stop()
        self.action_use()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The keys' own ways, for the mouse."""
        {"use": self.action_use, "save": self.action_save, "leave": self.action_leave}[event.button.id or "leave"]()

    def action_use(self) -> None:
        """For this conversation."""
        if settings := self._usable():
            self.dismiss(Chosen(settings))

    def action_save(self) -> None:
        """For this conversation and all others of the profile."""
        if self._why_not_saved:
            self._say(self._why_not_saved, wrong=True)
        elif settings := self._usable():
            try:
                self.dismiss(Chosen(settings, save(settings, self._profile)))
            except ConfigurationError as error:
                self._say(error.message, wrong=True)

    def action_leave(self) -> None:
        """Leave all as it was; where something was changed, only when told twice."""
        if self._warned or not self._form.changes(self._written):
            self.dismiss(None)
        self._warned = True
        key = name_of(self, "parameters.leave")
        self._say(f"{key} once more forgets what you changed here; Enter uses it.", wrong=True)

    @property
    def _models(self) -> tuple[str, ...]:
        return tuple(map(sanitized_line, self._settings.profile.models))

    @property
    def _written(self) -> dict[str, Written]:
        return {row.field.name: row.written for row in self.query(Row)}

    def _judge(self) -> Judgement:
        judgement = self._form.judge(self._written)
        for row in self.query(Row):
            row.judge(judgement.reasons.get(row.field.name, ""))
        changed = len(self._form.changes(self._written))
        self._warned = False
        if judgement.reasons:
            labels = ", ".join(field.label for field in FIELDS if field.name in judgement.reasons)
            self._say(f"Cannot be used yet: {labels}.", wrong=True)
        else:
            what = "nothing" if not changed else "1 setting" if changed == 1 else f"{changed} settings"
            self._say(f"Changes {what}; counts from the next call on. {self._why_not_saved}".strip())
        return judgement

    def _usable(self) -> Settings | None:
        judgement = self._judge()
        if judgement.settings is None:
            wrong = next(row for row in self.query(Row) if row.field.name in judgement.reasons)
            wrong.editor.focus()
        return judgement.settings

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.verdict.set_class(wrong, "-wrong")
        self.verdict.update(Content(sanitized_line(sentence)))


def _why_not_saved(profile: Settings) -> str:
    try:
        return why_not_saved(profile)
    except ConfigurationError as error:
        return error.message
