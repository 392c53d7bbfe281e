"""A row of the dialog: a setting's name, its editor, and beside it what it means or why it cannot be used."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Checkbox, Input, Select, Static, TextArea

from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.parameters.fields import Field, Written

CHOICES = ("delta", "cumulative")


class Choosing(Input):
    """A line that walks through suggestions with up and down, and takes any other text as well."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", show=False, id="parameters.before"),
        Binding("down", "walk(1)", show=False, id="parameters.after"),
    ]

    def __init__(self, value: str, choices: tuple[str, ...], *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(value, id=id, compact=True, suggester=SuggestFromList(choices) if choices else None)
        self.choices = choices

    def action_walk(self, step: int) -> None:
        """Take the next suggestion."""
        if self.choices:
            place = self.choices.index(self.value) + step if self.value in self.choices else min(step, 0)
            self.value = self.choices[place % len(self.choices)]
            self.action_end()

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard."""
        event.text = sanitized_line(event.text)


class Lines(TextArea):
    """Several lines; tab leaves them."""

    def __init__(self, value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(value, id=id, compact=True, tab_behavior="focus", highlight_cursor_line=False)

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard; the editor takes it from here."""
        event.text = sanitized(event.text)


class Tick(Checkbox):
    """A checkbox that tells on from off without colour."""

    BUTTON_INNER = " "

    def watch_value(self) -> None:
        """Say which it is."""
        self.BUTTON_INNER = "✓" if self.value else " "
        self.label = "on" if self.value else "off"
        super().watch_value()


class Row(Horizontal):
    """One setting. Posts ``Changed`` with every key."""

    DEFAULT_CSS = """
    Row {
        height: auto;
        .label { width: 19; color: $text-muted; }
        &:focus-within .label { color: $foreground; text-style: bold; }
        .answer { width: 1fr; height: auto; }
        .hint { width: 1fr; height: auto; color: $text-muted; padding: 0 0 0 2; }
        Input { width: 14; background: $foreground 8%; &:focus { background: $primary 25%; } }
        Select { width: 14; }
        Checkbox { width: 14; background: transparent; }
        .hint.-empty { display: none; }
        Lines { padding: 0; height: auto; max-height: 8; background: $foreground 8%; }
        Lines:focus { background: $primary 15%; }
        &.-broad { .answer { layout: vertical; } Input { width: 1fr; } .hint { padding: 0; } }
        &.-narrow .answer { layout: horizontal; }
        &.-system Lines { min-height: 3; }
        &.-stop Lines { min-height: 2; }
        &.-wrong Input, &.-wrong Lines { background: $error 25%; }
        &.-wrong .hint { color: $text-error; text-style: bold; }
    }
    """

    class Changed(Message):
        """Its editor holds something else."""

    def __init__(self, field: Field, written: Written, choices: tuple[str, ...] = ()) -> None:
        broad = field.kind in ("text", "lines") or field.name == "model"
        super().__init__(classes=f"-{'broad' if broad else 'narrow'} -{field.name}")
        self.field = field
        self._first = written
        self._choices = choices
        self._hint = field.hint

    def compose(self) -> ComposeResult:
        """The name, the editor, the hint."""
        yield Static(self.field.label, classes="label", markup=False)
        with Vertical(classes="answer"):
            yield (editor := self._editor())
            if self._choices:
                keys = f"{sign_of(editor, 'parameters.before')} {sign_of(editor, 'parameters.after')}"
                self._hint = f"{keys} walk through the profile's {len(self._choices)}; any other name can be typed"
            yield Static(self._hint, classes=f"hint{'' if self._hint else ' -empty'}", markup=False)

    @property
    def editor(self) -> Input | TextArea | Checkbox | Select[str]:
        """What takes the keys."""
        return self.query_one(f"#{self.field.name}")  # type: ignore[return-value]

    @property
    def written(self) -> Written:
        """What it holds."""
        editor = self.editor
        if isinstance(editor, TextArea):
            return editor.text
        if isinstance(editor, Select):
            return str(editor.value)
        return editor.value

    def offer(self, more: tuple[str, ...]) -> None:
        """Further choices, which somebody else knows of."""
        editor = self.editor
        if not more or not isinstance(editor, Choosing):
            return
        editor.choices = tuple(dict.fromkeys((*editor.choices, *more)))
        editor.suggester = SuggestFromList(editor.choices)
        keys = f"{sign_of(editor, 'parameters.before')} {sign_of(editor, 'parameters.after')}"
        self._hint = f"{keys} walk through {len(editor.choices)}, the gateway's among them; or type a name"
        if not self.has_class("-wrong"):
            self.judge("")

    def judge(self, reason: str) -> None:
        """Say why it cannot be used; nothing where it can."""
        self.set_class(bool(reason), "-wrong")
        hint = self.query_one(".hint", Static)
        hint.set_class(not (reason or self._hint), "-empty")
        hint.update(Content(f"✗ {sanitized_line(reason)}" if reason else self._hint))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the dialog."""
        event.stop()
        self.post_message(self.Changed())

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell the dialog."""
        event.stop()
        self.post_message(self.Changed())

    def _editor(self) -> Input | TextArea | Checkbox | Select[str]:
        name, first = self.field.name, self._first
        if isinstance(first, bool):
            return Tick("on" if first else "off", first, id=name, compact=True)
        if self.field.kind == "choice":
            return Select([(each, each) for each in CHOICES], allow_blank=False, value=first, id=name, compact=True)
        if self.field.kind in ("text", "lines"):
            return Lines(first, id=name)
        return Choosing(first, self._choices, id=name)
