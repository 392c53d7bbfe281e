"""The shelf: the conversations that were kept, to look through and to take one from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import DataTable, Input, Static

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.conversations.chores import export, rename, work
from genesys_tui.tui.conversations.messages import ChoreDone, PageRead, ReadRefused
from genesys_tui.tui.conversations.rows import Rows
from genesys_tui.tui.leaving import Modal
from genesys_tui.tui.messages import Crashed
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from genesys_tui.audit.conversations import Conversations, Listed

PAGE = 50
"""Conversations that are read at a time."""

PAUSE = 0.15
"""Seconds without a key after which a search begins."""


class Taken(NamedTuple):
    """A conversation, and what is to be done with it."""

    what: Literal["resume", "fork"]
    conversation_id: str
    title: str


class Search(Input):
    """What is looked for. The keys that move a cursor up and down move the list's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Open", id="conversations.open", key_display="⏎"),
        Binding("up", "screen.move('cursor_up')", show=False, id="conversations.up"),
        Binding("down", "screen.move('cursor_down')", show=False, id="conversations.down"),
        Binding("pageup", "screen.move('page_up')", show=False, id="conversations.page_up"),
        Binding("pagedown", "screen.move('page_down')", show=False, id="conversations.page_down"),
    ]


class Shelf(Modal[Taken | None]):
    """The last one used comes first; more are read when the end of the list is near."""

    AUTO_FOCUS = "Search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "take('fork')", "Fork…", id="conversations.fork"),
        Binding("ctrl+r", "rename", "Rename", id="conversations.rename"),
        Binding("ctrl+s", "export", "Export", id="conversations.export"),
        Binding("escape,ctrl+l", "dismiss(None)", "Close", id="conversations.close", key_display="esc"),
    ]
    DEFAULT_CSS = """
    Shelf {
        align: center middle;
        & > Vertical {
            width: 100;
            max-width: 100%;
            height: 100%;
            max-height: 36;
            margin-bottom: 1;
            background: $surface;
            border: round $primary 70%;
            border-title-color: $primary;
            border-title-style: bold;
            padding: 0 1;
        }
        Search { background: $foreground 8%; margin-bottom: 1; }
        #count { height: 1; color: $text-muted; }
    }
    """

    search = getters.query_one(Search)
    rows = getters.query_one(Rows)
    count = getters.query_one("#count", Static)

    def __init__(self, conversations: Conversations) -> None:
        super().__init__()
        self._conversations = conversations
        self._number = 0  # of the search that is shown
        self._found: Iterator[Listed] = iter(())
        self._reading = False
        self._more = False
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The search, the list, and how much of it there is."""
        with Vertical() as frame:
            frame.border_title = "Conversations"
            yield Search(placeholder="Search prompts, replies, errors and names…", compact=True)
            yield Rows()
            yield Static("reading…", id="count", markup=False)
            yield Notices()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with all of them."""
        self._begin()

    # What the operator does.

    def on_input_changed(self) -> None:
        """Look for that, once the operator has written it."""
        if self._waiting:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE, self._begin)

    def on_input_submitted(self) -> None:
        """Enter in the search: the list's."""
        self.action_take("resume")

    def on_data_table_row_selected(self) -> None:
        """Enter or a click in the list."""
        self.action_take("resume")

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Read on before the end is reached."""
        if event.cursor_row >= self.rows.row_count - PAGE // 2:
            self._read_on()

    def action_move(self, how: str) -> None:
        """Move in the list."""
        getattr(self.rows, f"action_{how}")()

    def action_take(self, what: Literal["resume", "fork"]) -> None:
        """Answer with the conversation under the cursor."""
        if listed := self.rows.current:
            self.dismiss(Taken(what, listed.id, listed.title))

    def action_rename(self) -> None:
        """Ask for a name."""
        if listed := self.rows.current:
            rename(self, self._conversations, listed.id, listed.title)

    def action_export(self) -> None:
        """Ask for a file."""
        if listed := self.rows.current:
            export(self, self._conversations, listed.id, listed.title)

    # What threads tell.

    def on_page_read(self, event: PageRead) -> None:
        """Show more."""
        if event.search != self._number:
            return
        self._reading, self._more = False, event.more
        self.rows.take(event.listed, event.more)
        self._tell()
        if self.rows.seeking:
            self._read_on()

    def on_chore_done(self, event: ChoreDone) -> None:
        """Say so; where a name is another one, read anew."""
        self.notify(sanitized_line(event.sentence), markup=False)
        if event.renamed:
            self._begin(back=True)

    def on_read_refused(self, event: ReadRefused) -> None:
        """Say why."""
        self._reading = False
        self.count.update(Content(sanitized_line(event.error.message)))

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def _begin(self, *, back: bool = False) -> None:
        self._number += 1
        self._found = self._conversations.listed(self.search.value)
        self._reading, self._more = False, True
        self.rows.begin_again(back=back)
        self._read_on()

    def _read_on(self) -> None:
        if self._reading or not self._more:
            return
        self._reading = True
        number, found = self._number, self._found

        def read() -> Message:
            listed = list(islice(found, PAGE))
            return PageRead(number, listed, len(listed) == PAGE)

        work(self, read)

    def _tell(self) -> None:
        shown = self.rows.row_count
        if self._more:
            words = f"the last {shown}; more below"
        elif shown:
            words = f"{shown} conversation{'s' * (shown != 1)}"
        else:
            words = "Nothing is kept that holds this." if self.search.value.strip() else "Nothing has been asked yet."
        self.count.update(Content(words))
