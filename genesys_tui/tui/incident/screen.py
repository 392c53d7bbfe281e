"""The incident screen: what is in a bundle, exactly, before it is saved."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static
from textual.widgets.option_list import Option

from genesys_tui.incident.bundle import Bundle
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.conversations.question import Line, path_of
from genesys_tui.tui.health.amounts import size
from genesys_tui.tui.incident.errands import BundleMade, BundleRefused, BundleSaved, Incident, saved
from genesys_tui.tui.incident.page import Page
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.messages import Crashed
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.parameters.row import Tick
from genesys_tui.tui.widgets.options import Options

ERASED = "What was said in this call was erased: neither prompt, reply nor what arrived can be in it."
"""Why there is less in a bundle."""


class IncidentScreen(Modal[Path | None]):
    """Files for a ticket about one call: this shows what is in them, to the letter, before one zip is made of them.

    Prompt and reply are in it only when ticked. Headers and events are in it of the last calls while the app runs (as
    many as F4 keeps); of earlier ones the record only. Credentials are dotted out in any case.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="incident.leave"),
        Binding("ctrl+s", "save", "Save", id="incident.save", priority=True),
        Binding("ctrl+t", "texts", "With prompt and reply", id="incident.texts", priority=True),
    ]
    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = """
    IncidentScreen {
        align: center middle;
        & > Vertical {
            width: 110;
            max-width: 100%;
            height: 100%;
            max-height: 42;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 0 1;
        }
        #files { height: 1fr; margin-bottom: 1; }
        OptionList { width: 27; height: 1fr; padding: 0; background: $surface; &, &:focus { border: none; } }
        Page { width: 1fr; height: 1fr; }
        .row { height: 1; Static { width: 20; color: $text-muted; } Line { width: 1fr; } }
        Tick { width: 12; background: transparent; }
        Line { background: $foreground 8%; }
        #note { height: auto; min-height: 1; margin-top: 1; color: $text-muted; &.-wrong { color: $text-error; } }
        #buttons { height: 1; Button { margin-right: 2; } }
    }
    """

    files = getters.query_one(Options)
    page = getters.query_one(Page)
    texts = getters.query_one(Tick)
    line = getters.query_one(Line)
    note = getters.query_one("#note", Static)

    def __init__(self, incident: Incident) -> None:
        super().__init__()
        self._incident = incident
        self._made: BundleMade | None = None  # what is shown
        self._wished: bool | None = None  # with prompt and reply or without: what is saved once it is made
        self._saving = False

    def compose(self) -> ComposeResult:
        """The files, one of them in full, where they go, and what can be done."""
        with Vertical() as frame:
            frame.border_title = Content(f"Incident bundle of call {sanitized_line(self._incident.request_id)[:8]}")
            with Horizontal(id="files"):
                yield Options()
                yield Page()
            with Horizontal(classes="row"):
                yield Static(f"prompt and reply {sign_of(self, 'incident.texts')}", markup=False)
                yield Tick("off", compact=True)
            with Horizontal(classes="row"):
                yield Static("save as", markup=False)
                yield Line("", compact=True)
            yield Static("Reading the call …", id="note", markup=False)
            with Horizontal(id="buttons"):
                save, leave = sign_of(self, "incident.save"), sign_of(self, "incident.leave")
                yield Button(Content(f"Save {save}"), id="save", compact=True, variant="primary")
                yield Button(Content(f"Cancel {leave}"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Read the call."""
        self._make()

    def on_checkbox_changed(self) -> None:
        """Make it anew."""
        self._make()

    def on_bundle_made(self, event: BundleMade) -> None:
        """Show it, unless another one was asked for meanwhile."""
        if self._made is None:
            self.line.value = sanitized_line(str(Path.cwd() / event.bundle.name))
        if event.erased:
            self._close_texts()
        if event.with_texts == self.texts.value:
            self._show(event)
        if event.with_texts == self._wished:
            self._save(event.bundle)

    def _show(self, event: BundleMade) -> None:
        at, self._made = self.files.highlighted or 0, event
        self.files.clear_options()
        self.files.add_options(map(_option, event.bundle.parts))
        self.files.highlighted = min(at, len(event.bundle.parts) - 1)
        said = "with prompt and reply" if event.with_texts else "without prompt and reply"
        why = f"{ERASED} " if event.erased else ""
        self._say(f"{why}What is shown here is what is saved, {said}: {size(event.bundle.size)}.")

    def _close_texts(self) -> None:
        """There are none to be had. Where they were to be saved, the operator looks first at what is."""
        with self.prevent(Tick.Changed):
            self.texts.value = False
        self.texts.disabled = True
        self._wished = None if self._wished else self._wished

    def on_option_list_option_highlighted(self, event: Options.OptionHighlighted) -> None:
        """Show that file."""
        if self._made:
            self.page.show(self._made.bundle.parts[event.option_index].text)

    def on_bundle_saved(self, event: BundleSaved) -> None:
        """Say where it is."""
        self.app.notify(sanitized_line(str(event.file)), title="Incident bundle saved", timeout=10, markup=False)
        self.dismiss(event.file)

    def on_bundle_refused(self, event: BundleRefused) -> None:
        """Say why."""
        self._saving, self._wished = False, None
        self._say(event.error.message, wrong=True)

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def on_input_submitted(self) -> None:
        """Enter in the line: save."""
        self.action_save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The keys' own ways, for the mouse."""
        if event.button.id == "save":
            self.action_save()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Go, unless a file is being written: it is told where it is, or why it is not."""
        self._wished = None
        if not self._saving:
            self.dismiss(None)

    def action_texts(self) -> None:
        """Take prompt and reply in, or out, where there are any."""
        if self.texts.disabled:
            self._say(ERASED)
        else:
            self.texts.toggle()

    def action_save(self) -> None:
        """Save what is shown; where that is not yet what the tick says, as soon as it is."""
        if self._saving or self._wished is not None:
            return
        if self._made and self._made.with_texts == self.texts.value:
            self._save(self._made.bundle)
        else:
            self._wished = self.texts.value
            self._make()

    def _save(self, bundle: Bundle) -> None:
        self._wished = None
        file = path_of(self.line.value.strip())
        if file.suffix.lower() != ".zip":
            self._say("End the name with .zip.", wrong=True)
            self.line.focus()
            return
        self._saving = True
        aside(partial(saved, bundle, file), mailbox_of(self))

    def _make(self) -> None:
        aside(partial(self._incident.make, self.texts.value), mailbox_of(self))

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.note.set_class(wrong, "-wrong")
        self.note.update(Content(sanitized_line(sentence)))


def _option(part: tuple[str, str]) -> Option:
    name, text = part
    return Option(Content(f"{name:<15}{size(len(text.encode())):>10}"))
