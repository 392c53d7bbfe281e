"""The conversation screen: what can be done with a conversation besides asking and stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from genesys_tui.tui.conversations.messages import ChoreDone, ExchangeRead, ForksRead, PastRead, ReadRefused
from genesys_tui.tui.naming import name_of
from genesys_tui.tui.parameters.screen import ParametersScreen
from genesys_tui.tui.words import IN_THE_EDITOR, Keys

if TYPE_CHECKING:
    from textual import getters

    from genesys_tui.audit.conversations import Conversations
    from genesys_tui.config import Settings
    from genesys_tui.exchange import Exchange
    from genesys_tui.past import PastExchange
    from genesys_tui.tui.conversations.shelf import Taken
    from genesys_tui.tui.desk import Desk
    from genesys_tui.tui.prompt.prompt import Prompt
    from genesys_tui.tui.transcript.transcript import Transcript
    from genesys_tui.tui.wire.logs import WireLogs

SHOWN = 20
"""Calls of a resumed conversation that are shown at first."""

MOST_FORKS = 200
"""Calls of a conversation that are offered to fork after."""


class ConversationScreen(ParametersScreen):
    """The chat is one: it has the desk, the talk, the transcript and the prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "begin_again", "New", id="chat.new"),
        Binding("ctrl+l", "conversations", "Conversations", id="chat.conversations"),
        Binding("ctrl+t", "ask_again", "Ask again", id="chat.ask_again", show=False),
        Binding("f8", "edit_last", "Edit the last prompt", id="chat.edit_last", show=False),
    ]

    if TYPE_CHECKING:
        desk: Desk | None
        busy: var[bool]
        empty: var[bool]
        prompt: getters.query_one[Prompt]
        _unanswered: str

        @property
        def transcript(self) -> Transcript:
            """What was said."""

        @property
        def wire(self) -> WireLogs:
            """What arrived during the last calls."""

        def _start(self, exchange: Exchange) -> None: ...

        def _ask(self, prompt: str) -> None: ...

        def _show_last_call(self) -> None: ...

    _shown: tuple[str, int, int, str] = ("", 0, 0, "")
    """Of the conversation that was resumed: its id, how many of its calls are shown at most, how many are earlier, and
    the first call that is shown.
    """

    confirmed = False
    """Whether calls to production were said yes to."""

    def may_send(self, go: Callable[[], object], kept: Callable[[], object] = lambda: None, rest: str = "") -> bool:
        """Whether a call may be made now. Where it is asked about first, a yes calls ``go``; ``kept`` follows a no.

        ``rest`` is said of a no: where that is which was to be sent.
        """
        settings = self._talk.settings
        if not (settings.profile.production or settings.profile.read_only):
            return True
        from genesys_tui.tui.guard.permission import permitted

        return permitted(self, settings, go, kept, rest)

    @property
    def keys(self) -> Keys:
        """What sentences call the keys of this screen."""
        page_up = name_of(self.prompt, "prompt.page_up")
        return Keys(name_of(self, "chat.continue"), name_of(self, "chat.parameters"), page_up)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys are offered while they do something."""
        if action in ("ask_again", "edit_last"):
            return not (self.empty or self.busy) and self._talk.can_ask_again
        return action != "begin_again" or not self.busy

    def commands(self) -> Iterable[SystemCommand]:
        """For the palette."""
        yield SystemCommand("Parameters", "What the next calls are made with", self.action_parameters)
        yield SystemCommand("Conversations", "Find, resume, rename, fork, export", self.action_conversations)
        if not self._talk.can_ask_again:
            return
        if not self.busy:
            yield SystemCommand("Ask again", "The last prompt once more", self.action_ask_again)
            yield SystemCommand("Edit the last prompt", "Take it back into the editor", self.action_edit_last)
        yield SystemCommand("Fork this conversation", "Go another way after any call", self.fork_this)
        yield SystemCommand("Rename this conversation", "Give it a name", self.rename_this)
        yield SystemCommand("Export this conversation", "As Markdown or JSON", self.export_this)

    def action_begin_again(self) -> None:
        """Begin another conversation."""
        self._talk.clear()
        self.transcript.clear()
        self._changed(empty=True)

    def action_page_up(self) -> None:
        """Look at what was said before."""
        if not self._show_earlier():
            self.transcript.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Come back to what is being said."""
        self.transcript.scroll_page_down(animate=False)

    # The last prompt.

    def action_ask_again(self) -> None:
        """Ask the last prompt once more."""
        if self.desk and self._is_free() and self._talk.can_ask_again and self.may_send(self.action_ask_again):
            prompt, self._unanswered = self._talk.prompt, ""
            exchange = self._talk.ask_again(self.desk)
            self.transcript.begin(prompt)
            self._start(exchange)

    def action_edit_last(self) -> None:
        """Take the last prompt back into the editor; the next call does not build on it."""
        if not self._is_free():  # a call may have begun since the palette was opened
            return
        self.prompt.give_back(self._talk.rewind())
        self.transcript.end("taken back into the editor: the next call does not build on it", "muted")
        self.prompt.focus()
        self.refresh_bindings()

    # Conversations that were kept.

    def action_conversations(self) -> None:
        """Look through them."""
        from genesys_tui.tui.conversations.shelf import Shelf

        if conversations := self._conversations():
            self.app.push_screen(Shelf(conversations), self._taken)

    def resume_conversation(self, conversation_id: str, calls: int = SHOWN) -> None:
        """Go on with a conversation where it ended; so many of its last calls are shown."""
        if self._is_free():
            self._read(lambda kept: PastRead(kept.past(conversation_id, calls), calls))

    def fork_conversation(self, conversation_id: str) -> None:
        """Choose a call of a conversation, and begin another one after it."""
        if self._is_free():
            self._read(lambda kept: ForksRead(kept.past(conversation_id, MOST_FORKS)))

    def ask_call_again(self, request_id: str, *, edited: bool = False) -> None:
        """Ask once more what that call asked, with its settings, in another conversation; ``edited`` first."""
        if self._is_free():
            self._read(lambda kept: ExchangeRead(kept.exchange(request_id), edited))

    def fork_this(self) -> None:
        """Choose a call of this conversation, and begin another one after it."""
        self.fork_conversation(self._talk.conversation.id)

    def rename_this(self) -> None:
        """Ask for a name."""
        from genesys_tui.tui.conversations.chores import rename

        if kept := self._conversations():
            rename(self, kept, self._talk.conversation.id, "")

    def export_this(self) -> None:
        """Ask for a file."""
        from genesys_tui.past import title_of
        from genesys_tui.tui.conversations.chores import export

        if kept := self._conversations():
            export(self, kept, self._talk.conversation.id, title_of(self._talk.prompt))

    def _show_earlier(self) -> bool:
        """Read more of a resumed conversation; False where the transcript can still be scrolled up, or has it all."""
        conversation_id, calls, earlier, _ = self._shown
        ours = conversation_id == self._talk.conversation.id
        if not ours or not earlier or self.busy or self.transcript.scroll_offset.y > 0:
            return False
        self.resume_conversation(conversation_id, calls * 3)
        return True

    def on_past_read(self, event: PastRead) -> None:
        """Show it, and go on from there."""
        from genesys_tui.tui.conversations.showing import first_call, show, show_earlier

        if not self._is_free():
            return
        past, (_, _, _, first) = self._talk.erased.past(event.past), self._shown
        more = event.calls > SHOWN and past.id == self._talk.conversation.id
        self._shown = (past.id, event.calls, past.earlier, first_call(past))
        if more and show_earlier(past, first, self.transcript, self.keys):
            return
        if not more:
            self._talk.resume(past, self._settings_of(past.standing))
        show(past, self.transcript, self.keys)
        self._changed()

    def on_forks_read(self, event: ForksRead) -> None:
        """Let one be chosen."""
        from genesys_tui.tui.conversations.forks import Forks

        self.app.push_screen(Forks(self._talk.erased.past(event.past)), self._forked)

    def on_exchange_read(self, event: ExchangeRead) -> None:
        """Go another way in its place."""
        exchange = event.exchange
        if not exchange.prompt:
            self._tell("What was asked in this call is not kept: it cannot be asked again.", "warning")
            return
        # Without its reply, a fork begins before the call, with the prompt in the editor.
        self._forked(replace(exchange, content=""), not event.edited)

    def on_chore_done(self, event: ChoreDone) -> None:
        """Say so."""
        self._tell(event.sentence, "information")

    def on_read_refused(self, event: ReadRefused) -> None:
        """Say why."""
        self._tell(event.error.message, "error")

    def _taken(self, taken: Taken | None) -> None:
        if taken:
            {"resume": self.resume_conversation, "fork": self.fork_conversation}[taken.what](taken.conversation_id)

    def _forked(self, exchange: PastExchange | None, ask: bool = False) -> None:
        from genesys_tui.conversation import Conversation
        from genesys_tui.past import Past, quoted
        from genesys_tui.tui.conversations.showing import show

        if exchange is None or not self._is_free():
            return
        prompt, said = exchange.prompt, Conversation(messages=exchange.after if exchange.content else exchange.before)
        self._talk.fork(said, self._settings_of(exchange))
        said = self._talk.conversation  # without what was erased
        show(Past(said.id, quoted(said.messages)), self.transcript, self.keys)
        if ask:
            if self.may_send(lambda: self._ask(prompt), lambda: self.prompt.give_back(prompt), IN_THE_EDITOR):
                self._ask(prompt)
        elif not exchange.content:
            self.prompt.give_back(prompt)
        self._changed()

    def _settings_of(self, exchange: PastExchange | None) -> Settings:
        from genesys_tui.tui.parameters.form import recorded

        settings = self._talk.profile_settings
        if exchange is None or not exchange.records:
            return settings
        return recorded(settings, exchange.records[-1], exchange.system)

    def _changed(self, *, empty: bool = False) -> None:
        self.empty = empty
        self.settings_changed()
        self._show_last_call()
        self.prompt.focus()
        self.refresh_bindings()

    def _is_free(self) -> bool:
        if self.busy:
            key = name_of(self, "chat.stop")
            self._tell(f"A reply is being written. Stop it with {key}, or wait for its end.", "warning")
        return not self.busy

    def _conversations(self) -> Conversations | None:
        if self.desk is None:
            self._tell("The audit file is not open yet.", "warning")
            return None
        from genesys_tui.audit.conversations import Conversations

        return Conversations(self.desk.ledger)

    def _read(self, job: Callable[[Conversations], Message]) -> None:
        from genesys_tui.tui.conversations.chores import work

        if kept := self._conversations():
            work(self, lambda: job(kept))
