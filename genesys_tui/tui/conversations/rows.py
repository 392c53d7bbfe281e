"""The rows of the shelf: when a conversation was last used, how it stands, what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

from genesys_tui.endings import ending_of
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.words import severity_of

if TYPE_CHECKING:
    from genesys_tui.audit.conversations import Listed

_ENDING = 16
_COLUMNS = (("last used", 11), ("calls", 5), ("ended", _ENDING), ("title", None))
_TITLE = 200
_MOST_COUNTED = 100
_COLOURS = {"success": "green", "warning": "yellow", "error": "red", "muted": "dim"}


class Rows(DataTable[Text]):
    """One for each conversation."""

    DEFAULT_CSS = """
    Rows { height: 1fr; background: $surface; scrollbar-size: 1 1; overflow-x: hidden; }
    Rows > .datatable--cursor, Rows:focus > .datatable--cursor { background: $primary 30%; color: $foreground; }
    Rows > .datatable--header { background: $surface; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(cursor_type="row")
        self._listed: list[Listed] = []
        self._sought: Listed | None = None

    def on_mount(self) -> None:
        """Name the columns."""
        for name, width in _COLUMNS:
            self.add_column(name, width=width)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        """Draw the rows again that were drawn before their columns became wide enough: Textual may leave them cut."""
        super()._update_dimensions(new_rows)
        self._clear_caches()
        self.refresh()

    @property
    def current(self) -> Listed | None:
        """The one under the cursor, or the one that the cursor is to come back to."""
        if self._sought:
            return self._sought
        return self._listed[self.cursor_row] if 0 <= self.cursor_row < len(self._listed) else None

    @property
    def seeking(self) -> bool:
        """Whether the cursor is to come back to one that has not been read again."""
        return self._sought is not None

    def begin_again(self, *, back: bool = False) -> None:
        """Forget all; the cursor comes ``back`` to where it is once that one has been read again."""
        self._sought = self.current if back else None
        self._listed.clear()
        self.clear()

    def take(self, listed: list[Listed], more: bool) -> None:
        """Add some at the end, behind which there may be ``more``."""
        first = len(self._listed)
        self._listed += listed
        self.add_rows(map(_row, listed))
        if self._sought is None:
            return
        places = [place for place, each in enumerate(listed, first) if each.id == self._sought.id]
        if places or not more:
            self._sought = None
        for place in places:
            self.move_cursor(row=place)


def _row(listed: Listed) -> list[Text]:
    ending = sanitized_line(ending_of(listed.last))
    calls = f"{_MOST_COUNTED}+" if listed.calls > _MOST_COUNTED else str(listed.calls)
    return [
        Text(_moment(listed.last.started_at.astimezone())),
        Text(calls, justify="right"),
        Text(
            ending if len(ending) <= _ENDING else ending[: _ENDING - 1] + "…", style=_COLOURS[severity_of(listed.last)]
        ),
        Text(sanitized_line(listed.title[:_TITLE]) or "(no text kept)"),
    ]


def _moment(when: datetime) -> str:
    """Day and time in this year, else the date."""
    return f"{when:%m-%d %H:%M}" if when.year == datetime.now().astimezone().year else f"{when:%Y-%m-%d}"
