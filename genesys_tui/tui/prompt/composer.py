"""The composer: the prompt editor and what belongs to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult, SuspendNotSupported, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.notifications import SeverityLevel

from genesys_tui.config import Settings
from genesys_tui.errors import ConfigurationError
from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.prompt.drafts import Draft
from genesys_tui.tui.prompt.earlier import EarlierRead, EarlierRefused, read_earlier
from genesys_tui.tui.prompt.keeper import DraftFound, DraftNotKept, Handover, Keeper
from genesys_tui.tui.prompt.prompt import prompt_for
from genesys_tui.tui.prompt.queued import Queued
from genesys_tui.tui.prompt.templates import Templates, filled, variables

REST = 0.5
"""Seconds from a change to its being written down."""


class Composer(Vertical):
    """What waits, and below it what is being written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "search", "Earlier", id="prompt.search", show=False),
        Binding("ctrl+o", "edit_elsewhere", "Editor", id="prompt.edit", show=False),
    ]
    DEFAULT_CSS = "Composer { height: auto; }"

    def __init__(self, settings: Settings, desk: Callable[[], Desk | None], handed: Handover | None = None) -> None:
        super().__init__()
        self._handed = handed
        self._gone = False
        self._desk = desk
        self._drafts = settings.home.data / "drafts"
        self._settings = settings
        self._templates = Templates(settings.home.config / "templates")
        self.queued = Queued()
        self.prompt = prompt_for(settings.ui.enter)()
        if settings.profile.read_only:
            self.prompt.close()
        self._resting = False
        self._searching = False

    def compose(self) -> ComposeResult:
        """Both."""
        yield self.queued
        yield self.prompt

    def on_mount(self) -> None:
        """Take the draft over, or look for that of another time."""
        if self._handed:
            self._keeper, draft = self._handed
            self._keeper.answer(mailbox_of(self), self._settings.name)
            self._restore(draft)
        else:
            self._keeper = Keeper(self._drafts, mailbox_of(self), self._settings.name)
        self._handed = None
        self.call_after_refresh(self._keeper.start)
        self.watch(self.screen, "busy", self._say_what_enter_does)

    def on_unmount(self) -> None:
        """Keep the draft for another time, unless another composer does."""
        if not self._gone:
            self._keeper.close(self._draft())

    # The draft.

    def hand_over(self, settings: Settings) -> Handover | None:
        """All that is not asked, for the composer that takes this one's place; nothing more is kept from here.

        None where it waits here: what was written for production is for no other profile.
        """
        if self._settings.profile.production and settings.name != self._settings.name:
            return None
        self._keep()
        self._gone = True
        return Handover(self._keeper, self._draft())

    def on_text_area_changed(self) -> None:
        """The draft is to be written down."""
        self.prompt.show_place()
        self._note()

    def on_queued_changed(self) -> None:
        """What waits is part of the draft: no record has it yet."""
        self._say_what_enter_does()
        self._note()

    def _say_what_enter_does(self) -> None:
        busy = getattr(self.screen, "busy", False)
        self.prompt.sends("" if self.queued.prompt else "queues" if busy else "sends")

    def on_draft_found(self, event: DraftFound) -> None:
        """Show what was left."""
        self._keeper.received()
        self._restore(event.draft)
        if event.others:
            drafts = "Another draft is" if event.others == 1 else f"{event.others} other drafts are"
            self._tell(f"{drafts} kept from other windows, one for each of the next starts.", "information")
        for profile in event.elsewhere:
            self._tell(f"A draft of profile {sanitized_line(profile)} waits there.", "information")

    def on_draft_not_kept(self, event: DraftNotKept) -> None:
        """Say why; the editor has it still."""
        self._tell(f"{event.reason} Send it or save it elsewhere before you quit.", "warning")

    def _restore(self, draft: Draft) -> None:
        self.prompt.blocks.know(draft.blocks)
        if draft.text.strip():
            self.prompt.give_back(draft.text)

    def _note(self) -> None:
        if not self._resting:
            self._resting = True
            self.set_timer(REST, self._keep)

    def _keep(self) -> None:
        self._resting = False
        if not self._gone:
            self._keeper.keep(self._draft())

    def _draft(self) -> Draft:
        blocks = self.prompt.blocks
        text = "\n\n".join(text for text in (blocks.folded(self.queued.prompt), self.prompt.unsent) if text.strip())
        return Draft(text, blocks.used(text))

    # Earlier prompts.

    def on_prompt_earlier_wanted(self) -> None:
        """Read them."""
        self._searching = False
        self._read_earlier()

    def on_earlier_read(self, event: EarlierRead) -> None:
        """Go on with what they were wanted for."""
        if not self.prompt.walk.loaded:
            self.prompt.walk.load(event.prompts)
            (self.action_search if self._searching else self.prompt.action_cursor_up)()

    def forget(self, erased: Collection[str]) -> None:
        """Show these prompts as earlier ones no more, unless another call in the ledger asked the same."""
        shown = self.prompt.text
        if (left := self.prompt.walk.forget(erased, shown)) != shown:
            self.prompt.put(left)
        self.prompt.show_place()

    def on_earlier_refused(self, event: EarlierRefused) -> None:
        """Say why there are none."""
        self._tell(event.error.message, "warning")

    def action_search(self) -> None:
        """Find an earlier prompt."""
        from genesys_tui.tui.prompt.search import Search

        prompts = self.prompt.walk.prompts
        if not self.prompt.walk.loaded:
            self._searching = True
            self._read_earlier()
        elif prompts:
            self.app.push_screen(Search(prompts), self._recall)
        else:
            self._tell("There are no earlier prompts yet.", "information")

    def _read_earlier(self) -> None:
        if desk := self._desk():
            aside(partial(read_earlier, desk.ledger), mailbox_of(self))
        else:
            self._tell("Earlier prompts are in the audit file, which is not open yet.", "information")

    def _recall(self, index: int | None) -> None:
        if index is not None:
            self.prompt.recall(index + 1)

    # Another editor.

    def action_edit_elsewhere(self) -> None:
        """Edit the prompt in $VISUAL or $EDITOR."""
        from genesys_tui.tui.prompt.external import editor_command

        self._keeper.keep(self._draft())
        before = self.prompt.expanded
        try:
            after = self._edited(before, editor_command(os.environ))
        except ConfigurationError as error:
            self._tell(error.message, "warning")
        except SuspendNotSupported:
            self._tell("No other editor can be opened from here: the app does not run in a terminal.", "warning")
        else:
            if after != before:
                self.prompt.put(self.prompt.blocks.folded(after))

    def _edited(self, text: str, command: list[str]) -> str:
        from genesys_tui.tui.prompt.external import edited

        failure = None
        with self.app.suspend():  # an error that left it would leave the terminal suspended
            try:
                text = edited(text, command)
            except ConfigurationError as error:
                failure = error
        if failure:
            raise failure
        return text

    # Templates.

    def commands(self) -> Iterator[SystemCommand]:
        """What the palette offers of all this."""
        yield SystemCommand("Search earlier prompts", "Find one and take it into the editor", self.action_search)
        yield SystemCommand("Edit the prompt in $EDITOR", "Or in $VISUAL", self.action_edit_elsewhere)
        if self.prompt.blocks.used(self.prompt.text):
            yield SystemCommand("Unfold the pasted text", "To edit it here", self.prompt.action_unfold)
        yield SystemCommand("Save the prompt as a template…", "{{variables}} are asked for when it is used", self._save)
        for name in self._templates.names():
            yield SystemCommand(f"Template: {sanitized_line(name)}", "Put it into the prompt", partial(self._use, name))

    def _save(self, name: str = "") -> None:
        from genesys_tui.tui.prompt.form import Form

        if self.prompt.text.strip():
            self.app.push_screen(Form("Save the prompt as a template", {"name": name}), self._save_as)
        else:
            self._tell("There is nothing to save: write a prompt first.", "warning")

    def _save_as(self, answer: dict[str, str] | None) -> None:
        if answer is None:
            return
        try:
            name = self._templates.save(answer["name"], self.prompt.expanded)
        except ConfigurationError as error:
            self._tell(error.message, "warning")
            self._save(answer["name"])
        else:
            self._tell(f"Saved. The palette has it as Template: {name}.", "information")

    def _use(self, name: str) -> None:
        from genesys_tui.tui.prompt.form import Form

        try:
            text = self._templates.read(name)
        except ConfigurationError as error:
            self._tell(error.message, "warning")
            return
        if names := variables(text):
            self.app.push_screen(Form(name, dict.fromkeys(names, "")), partial(self._insert, text))
        else:
            self._insert(text, {})

    def _insert(self, text: str, values: dict[str, str] | None) -> None:
        if values is not None:
            # At the cursor: what was written before stays.
            self.prompt.insert(self.prompt.blocks.folded(filled(text, values)), maintain_selection_offset=False)
            self.prompt.focus()

    def _tell(self, sentence: str, severity: SeverityLevel) -> None:
        self.notify(sanitized(sentence), severity=severity, markup=False)
