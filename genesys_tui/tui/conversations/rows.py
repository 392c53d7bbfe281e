"""The rows of the shelf: when a conversation was last used, how it stands, what it is about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.widgets import DataTable

from genesys_tui.endings import ending_of
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.words import Severity, severity_of

if TYPE_CHECKING:
    from genesys_tui.audit.conversations import Listed

_ENDING = 16
_TITLE_LEAST = 10
_COLUMNS = (("last used", 11), ("calls", 5), ("ended", _ENDING), ("title", _TITLE_LEAST))
_TITLE = 200
_MOST_COUNTED = 100


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

    def on_resize(self) -> None:
        """Give the titles the room that is left: one that is cut says so."""
        *others, titles = self.ordered_columns
        left = self.scrollable_content_region.width - sum(column.get_render_width(self) for column in others)
        titles.width = max(_TITLE_LEAST, left - 2 * self.cell_padding)
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
        self.add_rows([_row(each, self._look(severity_of(each.last))) for each in listed])
        if self._sought is None:
            return
        places = [place for place, each in enumerate(listed, first) if each.id == self._sought.id]
        if places or not more:
            self._sought = None
        for place in places:
            self.move_cursor(row=place)

    def _look(self, severity: Severity) -> Style:
        """The theme's; what stands back is no colour of its own."""
        if severity == "muted":
            return Style(dim=True)
        return Style(color=Color.parse(self.app.theme_variables[f"text-{severity}"]).rich_color)


def _row(listed: Listed, look: Style) -> list[Text]:
    ending = sanitized_line(ending_of(listed.last))
    calls = f"{_MOST_COUNTED}+" if listed.calls > _MOST_COUNTED else str(listed.calls)
    return [
        Text(_moment(listed.last.started_at.astimezone())),
        Text(calls, justify="right"),
        Text(ending if len(ending) <= _ENDING else ending[: _ENDING - 1] + "…", style=look),
        Text(sanitized_line(listed.title[:_TITLE]) or "(no text kept)", no_wrap=True, overflow="ellipsis"),
    ]


def _moment(when: datetime) -> str:
    """Day and time in this year, else the date."""
    return f"{when:%m-%d %H:%M}" if when.year == datetime.now().astimezone().year else f"{when:%Y-%m-%d}"
