"""The transcript: a sheet that is searched, and copied from."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from genesys_tui.tui.naming import name_of
from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.cursor import Cursor
from genesys_tui.tui.transcript.finding import Finding, Span
from genesys_tui.tui.transcript.marking import Mark, marks
from genesys_tui.tui.transcript.overlay import selected_text, with_chip, with_cursor, with_edge, with_selection
from genesys_tui.tui.transcript.palette import LOOK_CSS, LOOKS
from genesys_tui.tui.transcript.said import Said
from genesys_tui.tui.transcript.widget import Sheet


class Transcript(Sheet):
    """What was said, followed to its end until you scroll up. What is copied is the Markdown as it came; with the
    mouse, the text as it is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "let_go", "Let go", id="transcript.let_go", key_display="esc"),
        Binding("escape", "screen.to_prompt", "Prompt", id="transcript.leave", key_display="esc"),
        Binding("y", "screen.copy_reply", "Copy reply", id="transcript.copy_reply"),
        Binding("c", "screen.copy_code", "Copy code", id="transcript.copy_code"),
        Binding("v", "screen.select", "Select", id="transcript.select", tooltip="text, with the keyboard"),
        Binding("p", "screen.copy_prompt", "Copy prompt", id="transcript.copy_prompt", show=False),
        Binding("Y", "screen.copy_conversation", "Copy all", id="transcript.copy_conversation", show=False),
        Binding("left_square_bracket", "walk(-1)", "Code before", id="transcript.code_before", show=False),
        Binding("right_square_bracket", "walk(1)", "Next code", id="transcript.code_after"),
        Binding("slash", "screen.search", "Search", id="transcript.search", key_display="/"),
        Binding("n", "find(1)", "Next hit", id="transcript.hit_after", show=False),
        Binding("N", "find(-1)", "Hit before", id="transcript.hit_before", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{look}" for look in LOOKS}
    DEFAULT_CSS = (
        """
    Transcript {
        height: 1fr;
        padding: 0 0 0 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-color-hover: $foreground 40%;
        scrollbar-color-active: $primary;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        background: $background;
        color: $foreground;
    }
    """
        + LOOK_CSS
    )

    class Found(Message):
        """The hits are others, or another one is looked at."""

    class LetGo(Message):
        """Nothing is searched for any more."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.mark: Mark | None = None
        """The code that is marked."""
        self._cursor: Cursor | None = None
        self._destination: Said | None = None  # which is to be shown
        self._finding: Finding | None = None
        self._at, self._followed = -1, False  # whether the end was, before text was selected
        self._spans: dict[int, tuple[list[Strip], list[Span]]] = {}

    @property
    def said(self) -> list[Said]:
        """The calls, as they were sent and as they came."""
        return self._conversation.said

    @property
    def blocks(self) -> list[Block]:
        """What it is drawn in."""
        return self._page.blocks

    @property
    def has_head(self) -> bool:
        """Whether more was said than is shown."""
        return self._conversation.heads > 0

    @property
    def in_view(self) -> int:
        """The number of the call in the middle of the view; of the last one while its end is followed."""
        if self.following or not self.said:
            return len(self.said) - 1
        middle = self._view.middle
        return max((number for number, call in enumerate(self.said) if call.block <= middle), default=0)

    def begin(self, prompt: str, source: str | None = None) -> None:
        """A call has begun: Escape is for stopping it, and lets go of no code that was marked before."""
        self.mark = None
        super().begin(prompt, source)

    def clear(self) -> None:
        """Forget everything, what is searched for as well."""
        self.mark, self._finding, self._at, self._destination = None, None, -1, None
        super().clear()

    def go_to(self, said: Said) -> None:
        """Bring a call into view, from its prompt on; as soon as there is a view."""
        self._take()
        self._destination = None if self._page.width else said
        self._go_to(said.block, 0)

    # Code

    def action_walk(self, step: int) -> None:
        """Mark the next code block, or the one before; from none, the last one in view or above."""
        found = marks(self._page.blocks)
        if not found:
            self.mark = None
            return
        if self.mark and self.mark.start in (starts := [mark.start for mark in found]):
            number = min(max(starts.index(self.mark.start) + step, 0), len(found) - 1)
        else:
            bottom = self._page.heights.find(self._view.top + self._view.height - 1)[0]
            number = max((n for n, mark in enumerate(found) if mark.start <= bottom), default=0)
        self.mark = found[number]
        self._go_to(self.mark.start, 0)
        self.refresh_bindings()

    def action_let_go(self) -> None:
        """Mark no code, and search for nothing."""
        self.mark = None
        self.search("")
        self._view.stay()
        self.post_message(self.LetGo())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are offered while they do something."""
        if action == "let_go":
            return self.mark is not None or self._finding is not None
        return self._finding is not None if action == "find" else super().check_action(action, parameters)

    # Selecting

    def begin_selecting(self) -> Cursor:
        """A cursor at the first line in view, which stays where it is until ``end_selecting``."""
        self._cursor = Cursor(self._page, self._page.heights.find(self._view.top))
        self._followed, self._view.following = self.following, False
        return self._cursor

    def end_selecting(self) -> None:
        """No cursor and no selection; the end is followed again if it was."""
        self._cursor = None
        self.screen.clear_selection()
        if self._followed:
            self.follow()
        self.refresh()

    def point(self, cursor: Cursor) -> None:
        """Show the cursor, and what it selects."""
        self._view.reveal(cursor.place)
        self._lay_out()
        self.screen.selections = {self: cursor.selection} if cursor.selection else {}

    def selected(self, selection: Selection) -> str:
        """The text between two places, as it is shown."""
        return selected_text(self._page, selection)

    # Searching

    @property
    def hits(self) -> tuple[int, int]:
        """Which hit is looked at, from 1 on, and how many there are; 0 without one."""
        return (self._at + 1, len(self._finding.hits)) if self._finding else (0, 0)

    def search(self, text: str) -> None:
        """Look for a text, upper or lower case, and go to the first hit in view or the last one above it.

        Each text is looked for from where the search began: a letter more does not go on from a hit of a shorter one.
        """
        self._finding, self._at = (Finding(text) if text else None), -1
        self._spans.clear()
        if self._finding:
            self._take()
            self._view.search_on()
            self._lay_out()
            self._finding.update(self._page.blocks)
            hits = self._finding.hits
            top = self._page.heights.find(self._view.top)[0]
            bottom = self._page.heights.find(self._view.top + self._view.height - 1)[0]
            first = self._finding.of(top)[0]
            if hits:
                self._at = first if first < len(hits) and hits[first].block <= bottom else (first - 1) % len(hits)
                self._show_hit()
        self.refresh()
        self.refresh_bindings()
        self.post_message(self.Found())

    def action_find(self, step: int) -> None:
        """Go to the next hit, or the one before; behind the last comes the first."""
        if self._finding and self._finding.hits:
            self._at = (self._at + step) % len(self._finding.hits)
            self._show_hit()
            self._view.stay()
            self.post_message(self.Found())

    def changed(self, start: int) -> None:
        """Look through what is new."""
        if self._cursor:
            self._cursor.settle()
        if self.mark and self.mark.end >= start:
            self.mark = next((m for m in marks(self._page.blocks) if m.start == self.mark.start), None)
        if self._finding:
            self._finding.update(self._page.blocks, start)
            self._at = min(self._at, len(self._finding.hits) - 1)
            self.post_message(self.Found())

    def moved(self, more: int) -> None:
        """Keep what is marked."""
        if self._cursor:
            self._cursor.shift(more)
        self._spans.clear()
        if self.mark:
            self.mark = next((m for m in marks(self._page.blocks) if m.start == self.mark.start + more), None)
        if self._finding:
            at = self._finding.hits[self._at].block + more if self._at >= 0 else 0
            self._finding.update(self._page.blocks)
            self._at = self._finding.of(at)[0] if self._at >= 0 else -1
            self.post_message(self.Found())

    def on_resize(self) -> None:
        """Keep the hit in view that is looked at, if it is: by the former size, which the sheet still has here."""
        if self._finding and self._at >= 0 and self._view.shows(self._place_of_hit()):
            self.call_next(self._show_hit)
        if self._destination:
            self.call_next(self.go_to, self._destination)

    def _show_hit(self) -> None:
        if self._finding and self._at >= 0:
            self._go_to(*self._place_of_hit())

    def _place_of_hit(self) -> tuple[int, int]:
        """The block and the line of the hit that is looked at."""
        assert self._finding
        hit = self._finding.hits[self._at]
        first, spans = self._spans_of(hit.block)
        return hit.block, next((span.line for span in spans if span.hit == self._at - first), 0)

    def _go_to(self, index: int, line: int) -> None:
        if self._page.width:
            self._view.show((index, line))
            self._lay_out()
        self.refresh()

    def _spans_of(self, index: int) -> tuple[int, list[Span]]:
        """The hits on a block's lines, and the number of the first of them."""
        assert self._finding
        first, hits = self._finding.of(index)
        if not hits:
            return first, []
        strips = self._page.strips(index)
        kept = self._spans.get(index)
        if kept is None or kept[0] is not strips:
            spans = self._finding.spans(self._page.blocks[index], hits, strips, self._page.width)
            kept = self._spans[index] = (strips, spans)
        return first, kept[1]

    # Drawing

    def marked(self, strip: Strip, index: int, offset: int) -> Strip:
        """The line, with the hits on it and the edge of marked code."""
        palette, width = self._page.palette, self._page.width
        if palette is None:
            return strip
        if self._finding:
            first, spans = self._spans_of(index)
            for span in spans:
                if span.line == offset:
                    current = span.hit == self._at - first
                    style = palette.alone("hit-current" if current else "hit")
                    strip = with_selection(strip, span.start, span.end, style)
                    if current:
                        strip = Strip([*strip.crop(0, width), Segment("◀", palette[("mark",)])])
        mark = self.mark
        if mark and mark.start <= index < mark.end and (line := mark.line(self._page.blocks[index], offset)) >= 0:
            strip = with_edge(strip, mark.column(self._page.blocks[index], width), "┃", palette[("code", "mark")])
            if index == mark.start and not line:
                chip = f" {mark.label} · {name_of(self, 'transcript.copy_code')} copies "
                strip = with_chip(strip, chip, palette[("unseen",)], width)
        if self._cursor and self._cursor.place == (index, offset):
            strip = with_cursor(strip, self._cursor.spot.column, palette.alone("cursor"))
        return strip
