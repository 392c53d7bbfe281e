"""The search through earlier prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input
from textual.widgets.option_list import Option

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.widgets.options import Options

_SHOWN = 200
_SEARCHED = 10_000
"""Characters of each prompt."""


class Search(Modal["int | None"]):
    """Type to filter; Enter answers with the index of a prompt, Escape with None."""

    HELP = "Lists the prompts that have all of the words you type. Enter takes one into the editor."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="earlier.cancel"),
        Binding("up,ctrl+p", "move('up')", "Up", id="earlier.up", show=False, priority=True),
        Binding("down,ctrl+n,ctrl+r", "move('down')", "Down", id="earlier.down", show=False, priority=True),
        Binding("pageup", "move('page_up')", "Page up", id="earlier.page_up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", id="earlier.page_down", show=False),
    ]
    DEFAULT_CSS = """
    Search { align: center bottom; }
    Search > Vertical {
        width: 100%;
        height: auto;
        margin: 0 1 1 1;
        padding: 0 1;
        border: round $primary 70%;
        border-subtitle-color: $text-muted;
        background: $panel;
    }
    Search OptionList { height: auto; max-height: 14; border: none; padding: 0; background: $panel; }
    Search Input { margin: 1 0 0 0; background: $surface; }
    """

    found = getters.query_one(Options)

    def __init__(self, prompts: Sequence[str]) -> None:
        super().__init__()
        self._searched = [prompt[:_SEARCHED].casefold() for prompt in prompts]
        self._titles = [_title(prompt) for prompt in prompts]

    def compose(self) -> ComposeResult:
        """What was found, and below it what is searched for."""
        with Vertical() as box:
            box.border_title = "earlier prompts"
            yield Options()
            yield Input(placeholder="type to search", compact=True)

    def on_mount(self) -> None:
        """Show them all."""
        self.query_one(Input).focus()
        self._filter("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show those with all of the words."""
        self._filter(event.value)

    def on_input_submitted(self) -> None:
        """Answer with the marked one."""
        option = self.found.highlighted_option
        if option is not None and option.id is not None:
            self.dismiss(int(option.id))

    def on_option_list_option_selected(self, event: Options.OptionSelected) -> None:
        """Answer with the one that was clicked."""
        self.dismiss(int(event.option_id or 0))

    def action_leave(self) -> None:
        """Close it without an answer."""
        self.dismiss(None)

    def action_move(self, where: str) -> None:
        """Mark another one."""
        getattr(self.found, f"action_{'cursor_' if where in ('up', 'down') else ''}{where}")()

    def _filter(self, wanted: str) -> None:
        words = wanted.casefold().split()
        hits = [index for index, text in enumerate(self._searched) if all(word in text for word in words)]
        self.found.clear_options()
        self.found.add_options(Option(self._titles[index], str(index)) for index in hits[:_SHOWN])
        self.found.highlighted = 0 if hits else None
        more = f", the newest {_SHOWN} shown" if len(hits) > _SHOWN else ""
        box = self.query_one(Vertical)
        keys = f"⏎ takes it · {sign_of(self, 'earlier.cancel')} closes"
        box.border_subtitle = Content(f"{len(hits):,} of {len(self._titles):,}{more} · {keys}")


def _title(prompt: str) -> Content:
    lines = prompt.count("\n") + 1
    first = next((line for line in prompt[:_SEARCHED].split("\n") if line.strip()), "")
    more = f"  · {lines:,} lines" if lines > 1 else ""
    return Content.assemble(sanitized_line(first[:300]), (more, "$text-muted"))
