"""The sheet: prompts and streaming replies on one scrolling page."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from genesys_tui.tui.transcript.blocks import Severity
from genesys_tui.tui.transcript.conversation import Conversation
from genesys_tui.tui.transcript.draw import warm_up
from genesys_tui.tui.transcript.overlay import row_of, selected_text, with_chip, with_selection
from genesys_tui.tui.transcript.page import Page
from genesys_tui.tui.transcript.palette import palette_of
from genesys_tui.tui.transcript.view import View

_FRAME = 1 / 40
"""Seconds between two updates at least, however often text is appended. A caller's own pace of 30 is not held up."""


class Sheet(ScrollView, can_focus=True):
    """A conversation: its prompts, its replies in Markdown as they stream, and how each call ended.

    It follows the end until the reader scrolls up, and then keeps the lines in view where they are.
    """

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "screen.reasoning", "Reasoning", id="transcript.reasoning"),
    ]
    unseen: var[int] = var(0)
    """Lines below the view that the reader has not seen. 0 while following."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._conversation = Conversation()
        self._page = Page()
        self._view = View(self._page)
        self._taken = 0
        self._placing = False
        self._dirty = False
        self._awaited = False
        self._flushed = 0.0
        self._restyle = True

    @property
    def following(self) -> bool:
        """Whether the view keeps to the end."""
        return self._view.following

    @property
    def text(self) -> str:
        """The text shown, all of it, as lines of the present width."""
        if self._dirty:
            self._flush()
        page = self._page
        return "\n".join(strip.text.rstrip() for each in range(len(page.blocks)) for strip in page.strips(each))

    def begin(self, prompt: str, source: str | None = None) -> None:
        """A call has begun: show its prompt, as it was sent or otherwise, follow the end, and wait for its reply."""
        self._conversation.begin(prompt, source)
        self._view.follow()
        self._changed()

    def go_on(self, prompt: str, reply: str) -> None:
        """A call has begun that goes on with this reply, so far the last: follow the end, and wait for more of it."""
        self._conversation.go_on(prompt, reply)
        self._view.follow()
        self._changed()

    def think(self, text: str) -> None:
        """Add to what the model reasons for the open reply."""
        if text:
            self._conversation.think(text)
            self._changed()

    def append(self, text: str) -> None:
        """Add text to the open reply. The screen takes it up at most 40 times a second."""
        self._conversation.append(text)
        self._changed()

    def replace(self, text: str) -> None:
        """Put this text in place of the open reply's."""
        self._conversation.replace(text)
        self._changed()

    def end(self, note: str, severity: Severity = "success") -> None:
        """Close the open reply, with a line in words that says how it ended."""
        self._conversation.end(note, severity)
        self._changed()

    def catch_up(self) -> None:
        """Show at once what waits for the next frame."""
        if self._dirty and self.is_attached:
            self._flush()

    def head(self, note: str) -> None:
        """Say at the top of an empty page that there is more than this."""
        self._conversation.head(note)
        self._changed()

    def prepend(self, write: Callable[[Conversation], None]) -> None:
        """Put what this writes before everything, in place of the head; the lines in view stay where they are."""
        self._take()
        earlier, ours = Conversation(), self._conversation
        write(earlier)
        drop = min(ours.heads + 1, len(ours.blocks))
        more = ours.prepend(earlier)
        self._view.prepend(ours.blocks[: drop + more], drop)
        self._taken += more
        self.screen.clear_selection()
        self.moved(more)
        self._lay_out()

    def clear(self) -> None:
        """Forget everything."""
        self._conversation = Conversation()
        self._view.reset()
        self._changed()

    def follow(self) -> None:
        """Go to the end, and keep to it."""
        self._view.follow()
        self._lay_out()

    def action_scroll_end(self) -> None:
        """The key: go to the end, and keep to it."""
        self.follow()

    @property
    def _room(self) -> tuple[int, int]:
        """The width and height of the page in view; a cell stays free before the scrollbar."""
        width, height = self.scrollable_content_region.size
        return max(width - 1, 2), height

    # Updating

    def _changed(self) -> None:
        """Show what there is at once, or with the next frame if that was a moment ago."""
        self._dirty = True
        self._taken = min(self._taken, self._conversation.settled)  # less of it is settled where a reply was reopened
        if self._awaited or not self.is_attached:
            return
        wait = self._flushed + _FRAME - monotonic()
        if wait > 0:
            self._awaited = True
            self.set_timer(wait, self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        self._awaited, self._flushed = False, monotonic()
        if self._dirty and self._page.width and (changed := self._take()) is not None:
            self._lay_out(changed)

    def _take(self) -> int | None:
        """Bring the page up to date with the conversation. The first block that differs, if any does."""
        if not self._dirty:
            return None
        self._dirty = False
        conversation = self._conversation
        conversation.update()
        changed = self._page.replace(self._taken, conversation.blocks[self._taken :])
        self._taken = conversation.settled
        if changed is not None:
            self.changed(changed)
        return changed

    def _lay_out(self, changed: int | None = None) -> None:
        """Settle the view, tell the scrollbar, and have drawn what differs: from the changed block on, or all."""
        view = self._view
        before = view.top
        self._restyled()
        view.settle()
        size = Size(self._page.width, self._page.heights.total)
        self._placing = True
        if size != self.virtual_size:
            # The attribute itself would have every widget of the screen laid out again, for a line more in here.
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
        self.scroll_target_y = self.scroll_y = view.top
        self._placing = False
        self._refresh_from(changed if view.top == before else None)
        self.unseen = view.unseen

    def _refresh_from(self, changed: int | None) -> None:
        """Have the lines drawn that are in view from a block on; all without one."""
        page, view = self._page, self._view
        if changed is None or changed >= len(page.blocks) or page.refitted:
            page.refitted = False
            self.refresh()
            return
        first = max(0, page.heights.top(changed) + page.kept(changed) - view.top)
        if first < view.height:
            self.refresh(Region(0, first, self.size.width, view.height - first))
        if self.unseen != view.unseen:
            self.refresh(Region(0, view.height - 1, self.size.width, 1))

    def _restyled(self) -> None:
        """Take the theme's styles up, if they changed and are there: a size may be told before them."""
        if not self._restyle or not self._component_styles:
            return
        self._restyle = False
        palette = palette_of(self)
        if palette != self._page.palette:
            self._page.palette = palette

    def on_mount(self) -> None:
        """Prepare what the first reply would wait for."""
        self.call_after_refresh(self.run_worker, warm_up, thread=True)
        if self._dirty:
            self._changed()

    def on_resize(self) -> None:
        """Draw for the new size; what was in view stays there."""
        self._restyled()
        self._take()
        self._view.resize(*self._room)
        self._lay_out()

    def notify_style_update(self) -> None:
        """Textual says that styles changed."""
        super().notify_style_update()
        self._restyle = True

    # Scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the reader, unless it was the layout that moved."""
        super().watch_scroll_y(old_value, new_value)
        line = round(new_value)
        if self._placing or line == self._view.top or self._room != (self._page.width, self._view.height):
            return
        self._view.move(line)
        self._lay_out()

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: an animation aims at a line, and lines move when heights become exact."""
        super().scroll_to(x, y, **{**options, "animate": False})

    def on_click(self, event: events.Click) -> None:
        """The line that says how much is unseen leads to the end."""
        if self.unseen and event.get_content_offset_capture(self).y == self._view.height - 1:
            self.follow()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the view."""
        self._restyled()
        page, width = self._page, self._page.width
        line = self.scroll_offset.y + y
        if page.palette is None or y >= self._view.height or line >= page.heights.total:
            return Strip.blank(self.size.width, page.palette.base if page.palette else None)
        index, offset = page.heights.find(line)
        strips = page.strips(index)
        strip = strips[min(offset, len(strips) - 1)]
        row = row_of(index, offset)
        if (selection := self.text_selection) and (span := selection.get_span(row)):
            strip = with_selection(strip, *span, page.palette.alone("selected"))
        strip = self.marked(strip, index, offset)
        if self.unseen and y == self._view.height - 1:
            lines = "line" if self.unseen == 1 else "lines"
            strip = with_chip(strip, f" ↓ {self.unseen:,} new {lines} · End ", page.palette[("unseen",)], width)
        return strip.apply_offsets(0, row)

    # What a reader adds to the page

    def changed(self, start: int) -> None:
        """The blocks from this one on are others."""

    def moved(self, more: int) -> None:
        """The blocks have so many more before them."""

    def marked(self, strip: Strip, index: int, offset: int) -> Strip:  # noqa: ARG002
        """The line of a block, with what is marked on it."""
        return strip

    # Selecting

    @property
    def allow_select(self) -> bool:
        """The mouse may select text here, although the widget scrolls."""
        return True

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text between two places."""
        return selected_text(self._page, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        """Show it."""
        self.refresh()
