"""The prompt: where the next question is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit
from textual.message import Message

from genesys_tui.tui.naming import named
from genesys_tui.tui.prompt.blocks import Blocks
from genesys_tui.tui.prompt.editor import Editor
from genesys_tui.tui.prompt.walk import Walk

ANSWER = 1.0
"""Seconds that keys wait, at most, for a sent prompt to be taken."""


class Prompt(Editor):
    """Enter sends, ctrl+j breaks the line: no terminal tells alt+enter or, in older ones, shift+enter from enter."""

    HELP = (
        "What is written here is asked next. Up and down at its edges walk through earlier prompts; a long paste"
        " becomes a block. What begins with a slash is a command: /new, /again, /edit, /continue, /search,"
        " /conversations, /parameters, /history, /wire, /help, /quit, and with an embedded gateway /scenario NAME."
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {"prompt--block"}
    BINDINGS: ClassVar[list[BindingType]] = [
        # Its border says these two.
        Binding("enter", "send", "Send", id="prompt.send", key_display="⏎", show=False),
        Binding("ctrl+j,shift+enter", "break_line", "New line", id="prompt.break_line", key_display="^j", show=False),
        Binding("pageup", "screen.page_up", show=False, id="prompt.page_up"),
        Binding("pagedown", "screen.page_down", show=False, id="prompt.page_down"),
    ]
    DEFAULT_CSS = """
    Prompt {
        min-height: 5;
        max-height: 14;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        & .prompt--block { color: $text-secondary; background: $secondary 15%; }
    }
    """

    class Sent(Message):
        """The operator wants this asked. It stays in the editor until ``take`` is called."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class EarlierWanted(Message):
        """Earlier prompts are to be had; ``walk.load`` takes them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        self.blocks = Blocks()
        self.walk = Walk(self.blocks.folded)
        super().__init__(id=id, placeholder="Ask the model…")
        self._refusal = ""
        self._sending = "sends"

    def close(self) -> None:
        """Say that nothing can be sent from here. What is written is kept like any draft."""
        self.border_title = self._refusal = "read-only profile: nothing is sent"
        self.placeholder = "Calls of this profile can be looked at only."

    def sends(self, how: str) -> None:
        """Say in the border what Enter does with a prompt: ``sends``, ``queues``, or nothing at all."""
        if how != self._sending:
            self._sending = how
            self._show_keys()

    def on_focus(self) -> None:
        """Say in the border what Enter does; only who has the focus has keys."""
        self.call_after_refresh(self._show_keys)

    @property
    def expanded(self) -> str:
        """What would be asked: the text with its blocks."""
        return self.blocks.expanded(self.text)

    @property
    def unsent(self) -> str:
        """All that was written and not asked, here and on the walk through earlier prompts."""
        return self.walk.unsent(self.text)

    def take(self) -> str:
        """Empty the editor. Returns what was in it, with its blocks."""
        prompt = self.expanded
        self.put(self.walk.asked(prompt))
        self.show_place()
        return prompt

    def give_back(self, prompt: str) -> None:
        """Put a prompt that was not answered before what has been written since."""
        draft, prompt = self.text, self.blocks.folded(prompt)
        self.put(prompt if not draft.strip() or draft == prompt else f"{prompt}\n\n{draft}")

    def recall(self, place: int) -> None:
        """Show an earlier prompt; 0 is the draft."""
        self.put(self.walk.go(place, self.text))
        self.show_place()

    async def action_send(self) -> None:
        """Ask, unless there is nothing to ask."""
        if self.text.strip():
            answered = asyncio.Event()
            self.screen.post_message(self.Sent(self.expanded))
            self.screen.call_later(answered.set)
            # What is typed behind Enter belongs to the next prompt; a screen that is closing answers no more.
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(answered.wait(), ANSWER)

    def action_break_line(self) -> None:
        """Begin another line."""
        self._replace_via_keyboard("\n", *self.selection)

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; from the first line, to the prompt before."""
        if select or not self.navigator.is_first_wrapped_line(self.cursor_location):
            super().action_cursor_up(select)
        elif not self.walk.loaded:
            self.post_message(self.EarlierWanted())
        elif self.walk.place < len(self.walk.prompts):
            self.recall(self.walk.place + 1)
            if self.wrapped_document.height > 1:
                self.move_cursor((0, 0))
        else:
            super().action_cursor_up()

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down; from the last line, to the prompt after."""
        if select or not self.walk.place or not self.navigator.is_last_wrapped_line(self.cursor_location):
            super().action_cursor_down(select)
        else:
            self.recall(self.walk.place - 1)

    async def action_cursor_line_end(self, select: bool = False) -> None:  # type: ignore[override]  # mypy: it may be
        """Go to the end of the line; where nothing is written, to the end of what is said."""
        if self.text or select:
            super().action_cursor_line_end(select)
        else:
            await self.run_action("screen.to_end")

    def action_copy(self) -> None:
        """Copy the selection with its blocks."""
        super().action_copy()
        self._copy_blocks()

    def action_cut(self) -> None:
        """Cut the selection, and copy it with its blocks."""
        super().action_cut()
        self._copy_blocks()

    def action_unfold(self) -> None:
        """Put the blocks into the text, where it stays short enough to be edited."""
        self.put(self.blocks.unfolded(self.text))

    def pasted(self, text: str) -> str:
        """Itself, or a block's label."""
        return self.blocks.pasted(text)

    # A label is one thing: the cursor passes it in one step, and what deletes a part of it deletes it.

    def validate_selection(self, selection: Selection) -> Selection:
        """Keep the cursor out of labels."""
        return Selection(
            *(self._beside(place, before) for place, before in zip(selection, self.selection, strict=True))
        )

    def edit(self, edit: Edit) -> EditResult:
        """Do it to whole labels."""
        top, bottom = edit.top, edit.bottom
        if top != bottom:
            top = next((start for start, end in self._labels(top[0]) if start < top < end), top)
            bottom = next((end for start, end in self._labels(bottom[0]) if start < bottom < end), bottom)
            if (top, bottom) != (edit.top, edit.bottom):
                edit = Edit(edit.text, top, bottom, edit.maintain_selection_offset)
        return super().edit(edit)

    def get_line(self, line_index: int) -> Text:
        """The line, with its labels set off."""
        line = super().get_line(line_index)
        for (_, start), (_, end) in self._labels(line_index):
            line.stylize(self.get_component_rich_style("prompt--block"), start, end)
        return line

    def _labels(self, row: int) -> Iterator[tuple[Location, Location]]:
        if row < self.document.line_count:
            for start, end in self.blocks.spans(self.document.get_line(row)):
                yield (row, start), (row, end)

    def _beside(self, place: Location, before: Location) -> Location:
        for start, end in self._labels(place[0]):
            if start < place < end:
                return start if before >= end else end
        return place

    def _copy_blocks(self) -> None:
        copied = self.app.clipboard
        if (whole := self.blocks.expanded(copied)) != copied:
            self.app.copy_to_clipboard(whole)

    def show_place(self) -> None:
        """Say in the border which earlier prompt it is, as long as it is."""
        place, count = self.walk.place_of(self.text), len(self.walk.prompts)
        self.border_title = f"earlier prompt {place:,} of {count:,}" if place else self._refusal

    def _show_keys(self) -> None:
        keys: dict[str, str] = {}
        for key, active in self.screen.active_bindings.items():
            if active.node is self:
                keys.setdefault(active.binding.action, key)
        words = {} if self._refusal else {"send": self._sending, "break_line": "breaks the line"}
        said = [f"{named(keys[action])} {does}" for action, does in words.items() if does and action in keys]
        self.border_subtitle = Content(" · ".join(said))


class LinePrompt(Prompt):
    """Enter breaks the line; ctrl+j, ctrl+enter and f5 send."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,ctrl+enter,f5", "send", "Send", id="prompt.send", key_display="^j", show=False),
        Binding("enter,shift+enter", "break_line", "New line", id="prompt.break_line", key_display="⏎", show=False),
    ]


def prompt_for(enter: str) -> type[Prompt]:
    """The editor in which Enter does this: ``send`` or ``newline``."""
    return LinePrompt if enter == "newline" else Prompt
