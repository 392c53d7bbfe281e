"""The editor: several lines of plain text, its keys taken in the order they were pressed."""

from __future__ import annotations

from typing import Any

from textual import events
from textual._text_area_theme import TextAreaTheme
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widgets import TextArea

from genesys_tui.sanitize import sanitized


class Editor(TextArea):
    """What prompts are written in, and what goes into them."""

    DEFAULT_CSS = """
    Editor {
        height: auto;
        border: round $foreground 20%;
        background: $background;
        padding: 0 1;
        min-width: 12;
        &:focus { border: round $primary 70%; }
        & .text-area--cursor-line { background: transparent; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    _dressed: TextAreaTheme | None = None

    def __init__(self, text: str = "", **options: Any) -> None:
        super().__init__(text, highlight_cursor_line=False, **options)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, in colours that are looked up where they may have changed: Textual does so for every key."""
        if self._dressed is self._theme:
            return super(TextArea, self).render_lines(crop)
        self._dressed = self._theme
        return super().render_lines(crop)

    def notify_style_update(self) -> None:
        """Textual says that styles changed."""
        super().notify_style_update()
        self._dressed = None

    async def on_key(self, event: events.Key) -> None:
        """Take bound keys in turn with the text around them: on their way to the app they would be overtaken by it."""
        if event.is_printable:
            return
        active = self.screen.active_bindings.get(event.key)
        if active is None or not active.enabled or active.node not in (self, self.parent):
            return
        if await self.app.run_action(active.binding.action, active.node):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Clean what another program put into the clipboard; Textual inserts it."""
        event.text = self.pasted(event.text)

    def action_paste(self) -> None:
        """Paste what was copied in the app, as anything else that is pasted."""
        self._replace_via_keyboard(self.pasted(self.app.clipboard), *self.selection)

    def pasted(self, text: str) -> str:
        """What a paste inserts."""
        return sanitized(text.replace("\r\n", "\n").replace("\r", "\n"))

    def put(self, text: str) -> None:
        """Replace everything, so that it can be undone. The cursor is at the end."""
        if text != self.text:
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Wait for the cursor where an undo took its line away: Textual moves it a moment later."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset(0, 0)
        return super().scroll_cursor_visible(center, animate)

    def find_matching_bracket(self, bracket: str, search_from: tuple[int, int]) -> None:  # noqa: ARG002
        """None: the search goes through the whole text at every step of the cursor."""
        return
