"""The forks: the exchanges of a conversation, to begin another one after any of them."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from genesys_tui.endings import ending_of
from genesys_tui.past import Past, PastExchange
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.words import colour_of, severity_of


class Forks(Modal[PastExchange | None]):
    """Answers with the exchange after which the other conversation goes its own way."""

    HELP = "Choose an exchange: another conversation begins after it, and this one stays as it is."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="forks.leave")]
    DEFAULT_CSS = """
    Forks {
        align: center middle;
        & > Vertical {
            width: 92;
            max-width: 100%;
            height: auto;
            max-height: 90%;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
            padding: 0 1;
        }
        OptionList { height: auto; max-height: 100%; background: $surface; padding: 0; }
        OptionList, OptionList:focus { border: none; background-tint: $foreground 0%; }
        OptionList:focus > .option-list--option-highlighted { background: $primary 30%; color: $foreground; }
    }
    """

    def __init__(self, past: Past) -> None:
        super().__init__()
        self._past = past

    def compose(self) -> ComposeResult:
        """The oldest first, the cursor on the last."""
        with Vertical() as frame:
            frame.border_title = "Fork after"
            frame.border_subtitle = Content(f"⏎ forks · {sign_of(self, 'forks.leave')} cancels")
            yield OptionList(*map(_option, self._past.exchanges))

    def on_mount(self) -> None:
        """Begin at the end."""
        self.query_one(OptionList).highlighted = len(self._past.exchanges) - 1

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """That one."""
        self.dismiss(self._past.exchanges[event.option_index])


def _option(exchange: PastExchange) -> Option:
    prompt = sanitized_line(exchange.prompt[:200])
    if not exchange.records:
        return Option(Content.assemble(("earlier".ljust(20), "dim"), prompt))
    record = exchange.records[-1]
    ending = sanitized_line(ending_of(record))[:18].ljust(20)
    return Option(Content.assemble((ending, colour_of(severity_of(record))), prompt))
