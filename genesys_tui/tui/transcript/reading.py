"""Reading: a screen with a transcript that can be searched and copied from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.clipboard import copy
from genesys_tui.tui.conversations.rereading import RereadingScreen
from genesys_tui.tui.messages import CallStarted
from genesys_tui.tui.prompt.prompt import Prompt

if TYPE_CHECKING:
    from genesys_tui.tui.transcript.search_bar import SearchBar
    from genesys_tui.tui.transcript.selecting import Selecting

_NAMED = 30
"""Characters of a prompt that tell which exchange it is."""


class ReadingScreen(RereadingScreen):
    """Copies what was said as it was sent and as it came: Markdown, nothing cleaned. The mouse copies what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the editor's own ctrl+f, which deletes a word.
        Binding("ctrl+f", "search", "Search", id="chat.search", priority=True, show=False),
        # Before the editor's own f6, which selects a line.
        Binding("f6", "incident", "Incident", id="chat.incident", priority=True, show=False),
    ]
    _bar: SearchBar | None = None
    _selected = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are offered while they do something."""
        if action == "reasoning":
            return any(call.thoughts for call in self.transcript.said)
        if action == "to_prompt":
            return not self.busy  # then Escape stops the call
        return not self.empty if action in ("search", "select") else super().check_action(action, parameters)

    def commands(self) -> Iterable[SystemCommand]:
        """For the palette."""
        yield from super().commands()
        if self.transcript.said:
            yield SystemCommand("Incident bundle…", "What a ticket about the call in view needs", self.action_incident)
            yield SystemCommand("Search the transcript", "In all that is shown", self.action_search)
            yield SystemCommand("Select text", "In the transcript, with the keyboard", self.action_select)
            if any(call.thoughts for call in self.transcript.said):
                yield SystemCommand("Show the reasoning", "Of the reply in view", self.action_reasoning)
            yield SystemCommand("Copy the last reply", "As Markdown", lambda: self.action_copy_reply(last=True))
            yield SystemCommand("Copy the code block", "The marked one, else the last in view", self.action_copy_code)
            yield SystemCommand("Copy the prompt", "The last one", lambda: self.action_copy_prompt(last=True))
            yield SystemCommand("Copy the conversation", "All that is shown", self.action_copy_conversation)

    @on(CallStarted)
    def _know_the_call(self, event: CallStarted) -> None:
        """Know which call it is."""
        self.transcript.said[-1].request_id = event.record.request_id

    def action_incident(self) -> None:
        """Put together what a ticket about the call in view needs."""
        calls = self.transcript.said[: self.transcript.in_view + 1]
        request_id = next((said.request_id for said in reversed(calls) if said.request_id), "")
        if request_id:
            self.show_incident(request_id)
        else:
            self._tell("There is no call yet that a ticket could be about.", "warning")

    def show_incident(self, request_id: str) -> None:
        """Put together what a ticket about a call needs."""
        from genesys_tui.tui.incident.errands import Incident
        from genesys_tui.tui.incident.screen import IncidentScreen

        if self.desk:
            self.app.push_screen(IncidentScreen(Incident(self.desk.ledger, request_id, self.wire, self.desk.secrets)))

    def action_to_prompt(self) -> None:
        """Go on writing."""
        self.query_one(Prompt).focus()

    def action_to_end(self) -> None:
        """Keep to the end of what is being said."""
        self.transcript.follow()

    def action_search(self) -> None:
        """Open the search bar, or go to it."""
        from genesys_tui.tui.transcript.search_bar import SearchBar

        if self._bar and self._bar.is_attached:
            self._bar.take_keys()
            return
        self._bar = SearchBar(self.transcript, self.focused)
        self.mount(self._bar, after=self.transcript)

    def action_select(self) -> None:
        """Select text with the keyboard."""
        from genesys_tui.tui.transcript.selecting import Selecting

        if not self.query(Selecting):
            self.mount(Selecting(self.transcript, self.transcript.begin_selecting()), after=self.transcript)

    async def on_selecting_left(self, event: Selecting.Left) -> None:
        """Back to the transcript."""
        had_focus = event.bar.has_focus
        await event.bar.remove()
        self.transcript.end_selecting()
        if had_focus:
            self.transcript.focus()

    def on_transcript_found(self) -> None:
        """Say how many hits there are; without a search there is no bar."""
        if self._bar and self._bar.is_mounted:
            self._bar.show(*self.transcript.hits)

    def on_transcript_let_go(self) -> None:
        """The search is over."""
        if self._bar:
            self._bar.leave()
            self._bar = None

    def on_text_selected(self) -> None:
        """Copy what was selected with the mouse, as it is shown."""
        before, self._selected = self._selected, self.get_selected_text() or ""
        # Textual says so whenever the mouse button is let go, of the scrollbar as well.
        if self._selected.strip() and self._selected != before:
            self._copy(self._selected, "The selection")

    def action_copy_reply(self, last: bool = False) -> None:
        """Copy the reply in view."""
        prompt, reply = self._exchange(last)
        self._copy(reply, f"The reply to “{_name(prompt)}”")

    def action_copy_prompt(self, last: bool = False) -> None:
        """Copy the prompt in view."""
        prompt, _ = self._exchange(last)
        self._copy(prompt, f"The prompt “{_name(prompt)}”")

    def action_copy_code(self) -> None:
        """Copy the marked code block; where none is marked, mark one."""
        from genesys_tui.tui.transcript.said import code

        transcript = self.transcript
        if transcript.mark is None:
            transcript.action_walk(1)
        if (mark := transcript.mark) is None:
            self._copy("", "")
            return
        self._copy(code(transcript.said, transcript.blocks, mark.start, mark.end), mark.label.capitalize())

    def action_copy_conversation(self) -> None:
        """Copy all that is shown."""
        from genesys_tui.tui.transcript.said import as_markdown

        said = self.transcript.said
        many = len(said)
        shown = " that are shown" if self.transcript.has_head else ""
        self._copy(as_markdown(said), f"The conversation, {many:,} exchange{'s' * (many != 1)}{shown}")

    def action_reasoning(self) -> None:
        """Unfold what the model thought for the reply in view."""
        from genesys_tui.tui.transcript.reasoning import ReasoningDialog

        said = self.transcript.said
        if text := "".join(said[self.transcript.in_view].thoughts) if said else "":
            self.app.push_screen(ReasoningDialog(text))
        else:
            self._tell("The model told nothing of its reasoning for this reply.", "warning")

    def _exchange(self, last: bool) -> tuple[str, str]:
        if not (said := self.transcript.said):
            return "", ""
        each = said[-1 if last else self.transcript.in_view]
        return each.prompt, each.reply

    def _copy(self, text: str, what: str) -> None:
        if text:
            copy(self.app, text, what)
        else:
            self._tell("There is nothing of that kind to copy yet.", "warning")


def _name(prompt: str) -> str:
    name = sanitized_line(prompt[: 4 * _NAMED])
    return name if len(name) <= _NAMED else f"{name[:_NAMED].rstrip()}…"
