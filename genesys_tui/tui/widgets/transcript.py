"""The transcript: prompts, their replies as they stream, and how each ended."""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from genesys_tui.sanitize import sanitized

Kind = Literal["prompt", "reply", "muted", "success", "warning", "error"]

_GUTTERS: dict[Kind, tuple[str, str]] = {"prompt": ("▌ ", "▌ "), "reply": ("  ", "  ")}
"""Before the first line of a block, and before the others."""

_NOTE_GUTTER = ("  ╰ ", "    ")
_ROOM = 6
"""Columns that gutter and margin take at most."""


class Line(NamedTuple):
    """One line as wide as the widget."""

    kind: Kind
    gutter: str
    text: str


class Transcript(ScrollView, can_focus=True):
    """A scroll of plain text. Follows its end until it is scrolled up."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"transcript--{kind}" for kind in ("gutter", "prompt", "reply", "muted", "success", "warning", "error")
    }
    DEFAULT_CSS = """
    Transcript {
        background: $background;
        overflow: hidden scroll;  /* always there, or the first scroll to the end would find none */
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        .transcript--prompt { color: $foreground; text-style: bold; background: $panel; }
        .transcript--gutter { color: $primary; text-style: bold; background: $panel; }
        .transcript--reply { color: $foreground; }
        .transcript--muted { color: $text-muted; }
        .transcript--success { color: $text-success; }
        .transcript--warning { color: $text-warning; }
        .transcript--error { color: $text-error; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._blocks: list[tuple[Kind, str]] = []
        self._open: list[str] | None = None  # the reply that is being written: its whole source lines, then the last
        self._lines: list[Line] = []
        self._written = 0  # of those, how many no longer change

    def begin(self, prompt: str) -> None:
        """Show a prompt, and open its reply. Without a prompt, the reply goes on with the one above."""
        self._close()
        if prompt:
            self._add("prompt", sanitized(prompt))
        self._open = [""]
        self._written = len(self._lines)

    def append(self, text: str) -> None:
        """Add to the open reply."""
        if self._open is None:
            self.begin("")
        assert self._open is not None
        *whole, last = (self._open.pop() + sanitized(text)).split("\n")
        self._open += [*whole, last]
        following = self.is_vertical_scroll_end
        del self._lines[self._written :]
        for line in whole:
            self._lines += self._wrapped("reply", line)
        self._written = len(self._lines)
        self._lines += self._wrapped("reply", last)
        self._show(following)

    def replace(self, text: str) -> None:
        """Put this in the place of the open reply's text."""
        if self._open is not None:
            self._open = [""]
            self._rewrap()
        self.append(text)

    def end(self, note: str, severity: str) -> None:
        """Close the reply, and say below it how it ended."""
        self._close()
        kind: Kind = severity if severity in ("success", "warning", "error") else "muted"  # type: ignore[assignment]
        self._add(kind, sanitized(note))

    def clear(self) -> None:
        """Forget everything."""
        self._blocks.clear()
        self._open = None
        self._rewrap()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        y += self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        kind, gutter, text = self._lines[y]
        style = self.get_component_rich_style(f"transcript--{kind}")
        beside = self.get_component_rich_style("transcript--gutter") if kind == "prompt" else style
        return Strip([Segment(gutter, beside), Segment(text, style)]).adjust_cell_length(width, style)

    def on_resize(self) -> None:
        """Wrap everything for the new width."""
        self._rewrap()

    def _close(self) -> None:
        if self._open is not None:
            reply, self._open = "\n".join(self._open).rstrip("\n"), None
            if reply:
                self._blocks.append(("reply", reply))
            self._rewrap()

    def _add(self, kind: Kind, text: str) -> None:
        following = self.is_vertical_scroll_end
        self._blocks.append((kind, text))
        self._lines += self._block(kind, text)
        self._written = len(self._lines)
        self._show(following)

    def _rewrap(self) -> None:
        following = self.is_vertical_scroll_end
        self._lines = [line for kind, text in self._blocks for line in self._block(kind, text)]
        self._written = len(self._lines)
        if self._open is not None:
            text, self._open = "\n".join(self._open), [""]
            self.append(text)
        self._show(following)

    def _block(self, kind: Kind, text: str) -> list[Line]:
        lines = [each for line in text.split("\n") for each in self._wrapped(kind, line)]
        first, rest = _GUTTERS.get(kind, _NOTE_GUTTER)
        shown = [Line(kind, rest if index else first, line.text) for index, line in enumerate(lines)]
        return [*shown, Line("reply", "", "")]

    def _wrapped(self, kind: Kind, line: str) -> list[Line]:
        width = max(8, self.scrollable_content_region.width - _ROOM)
        gutter = _GUTTERS["reply"][1] if kind == "reply" else ""
        return [Line(kind, gutter, part.plain) for part in Content(line.expandtabs(4)).wrap(width)]

    def _show(self, following: bool) -> None:
        self.virtual_size = Size(0, len(self._lines))
        if following:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        self.refresh()
