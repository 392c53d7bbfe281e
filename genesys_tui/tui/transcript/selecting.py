"""Selecting: text of the transcript, with the keyboard."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from genesys_tui.tui.clipboard import copy
from genesys_tui.tui.naming import name_of
from genesys_tui.tui.transcript.cursor import Cursor
from genesys_tui.tui.transcript.transcript import Transcript
from genesys_tui.tui.widgets.line import Line

_KEYS = (
    ("left", "left", "h", "Left"),
    ("right", "right", "l", "Right"),
    ("up", "up", "k", "Up"),
    ("down", "down", "j", "Down"),
    ("word_left", "ctrl+left", "b", "Word to the left"),
    ("word_right", "ctrl+right", "w", "Word to the right"),
    ("line_start", "home", "0", "Beginning of the line"),
    ("line_end", "end", "dollar_sign", "End of the line"),
    ("page_up", "pageup", "ctrl+u", "Page up"),
    ("page_down", "pagedown", "ctrl+d", "Page down"),
    ("start", "ctrl+home", "g", "Beginning of the transcript"),
    ("end", "ctrl+end", "G", "End of the transcript"),
)


def _with_shift(key: str) -> str:
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, "shift", last])


class Selecting(Line, can_focus=True):
    """Moves a cursor through the transcript. Moving with shift selects; so does moving once there is a mark. What is
    copied is the text as it is shown; without a selection, the line of the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y,ctrl+c", "copy", "Copy", id="select.copy", tooltip="and leave"),
        Binding("escape,q", "leave", "Leave", id="select.leave"),
        Binding("space,v", "mark", "Mark", id="select.mark", tooltip="begin to select here, or select nothing"),
        *(
            Binding(f"{key},{other}", f"go('{how}')", words, show=False, id=f"select.{how}")
            for how, key, other, words in _KEYS
        ),
        *(
            Binding(_with_shift(key), f"go('{how}', True)", show=False, id=f"select.{how}_on")
            for how, key, _, _ in _KEYS
        ),
    ]
    DEFAULT_CSS = """
    Selecting { padding: 0 1; background: $surface; }
    """

    class Left(Message):
        """Nothing is selected any more."""

        def __init__(self, bar: Selecting) -> None:
            self.bar = bar
            super().__init__()

    def __init__(self, transcript: Transcript, cursor: Cursor) -> None:
        super().__init__()
        self._transcript = transcript
        self._cursor = cursor

    def on_mount(self) -> None:
        """Take the keys."""
        self.focus()

    def on_resize(self) -> None:
        """Lines are others."""
        self._cursor.settle()
        self.call_after_refresh(self._tell)

    def on_blur(self) -> None:
        """Leave where the operator went on to something else."""
        self.call_after_refresh(self._leave_where_left)

    def action_go(self, how: str, extend: bool = False) -> None:
        """Move the cursor."""
        self._cursor.go(how, extend=extend, height=self._transcript.size.height)
        self._tell()

    def action_mark(self) -> None:
        """Begin to select, or select nothing."""
        self._cursor.toggle_mark()
        self._tell()

    def action_copy(self) -> None:
        """Copy what is selected, and leave."""
        selection = self._cursor.selection or self._cursor.line
        copy(self.app, self._transcript.selected(selection), self._cursor.what)
        self.action_leave()

    def action_leave(self) -> None:
        """Leave the transcript as it was."""
        self.post_message(self.Left(self))

    def _leave_where_left(self) -> None:
        # Without a focus at all it is the terminal that nobody looks at.
        if self.is_attached and self.screen.is_current and self.screen.focused not in (None, self):
            self.action_leave()

    def _tell(self) -> None:
        self._transcript.point(self._cursor)
        keys = f"{name_of(self, 'select.copy')} copies, {name_of(self, 'select.leave')} leaves"
        if self._cursor.mark is None:
            keys += f" · {name_of(self, 'select.mark')} marks, moving with shift selects"
        self.show(Content.assemble(("Select  ", "bold $text-primary"), (self._cursor.what, "bold"), f" · {keys}"))
