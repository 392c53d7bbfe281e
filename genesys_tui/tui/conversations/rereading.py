"""Rereading: a conversation that is read again, for what was erased of it, or to be opened at one of its calls."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from genesys_tui.tui.conversations.erased import Pair
from genesys_tui.tui.conversations.messages import CallOpened, Reread
from genesys_tui.tui.conversations.screen import SHOWN, ConversationScreen

if TYPE_CHECKING:
    from genesys_tui.audit.conversations import Conversations
    from genesys_tui.config import Settings
    from genesys_tui.past import Past


class RereadingScreen(ConversationScreen):
    """Neither shows nor sends what was erased while it was open, and shows a call in its conversation."""

    _to_reread = False

    def forget(self, conversation_id: str, erased: Collection[Pair]) -> None:
        """Calls of this conversation were erased. As if it were opened again, but what it is asked with stays.

        Another one that quotes them is shown anew, too.
        """
        before = self._talk.conversation
        self._talk.erased.update(erased)
        ours = conversation_id == before.id or self._talk.conversation != before
        if ours or any(self._talk.erased.holds(said.prompt, said.reply) for said in self.transcript.said):
            self._to_reread = True
            self._reread()

    def watch_busy(self) -> None:
        """What was erased during a call is dropped behind it."""
        self._reread()

    def on_reread(self, event: Reread) -> None:
        """Show what is left, and go on from there."""
        if not self.busy and event.past.id == self._talk.conversation.id:
            self._to_reread = False
            self._go_on_with(event.past if event.past.exchanges else self._quoted(), event.calls, self._talk.settings)

    def open_call(self, conversation_id: str, request_id: str) -> None:
        """Go on with a conversation where it ended, but show that call of it."""
        if self._is_free():
            self._read(lambda kept: _opened(kept, conversation_id, request_id))

    def on_call_opened(self, event: CallOpened) -> None:
        """Show it in its conversation."""
        if not self._is_free():
            return
        exchanges = event.past.exchanges
        self._go_on_with(event.past, event.calls, self._settings_of(event.past.standing))
        ids = [[record.request_id for record in each.records] for each in exchanges]
        last = next((each[-1] for each in ids if event.request_id in each), "")
        if said := next((said for said in self.transcript.said if last and said.request_id == last), None):
            self.transcript.go_to(said)

    def _go_on_with(self, read: Past, calls: int, settings: Settings) -> None:
        from genesys_tui.tui.conversations.showing import first_call, show

        past = self._talk.erased.past(read)
        self._shown = (past.id, calls, past.earlier, first_call(past))
        self._talk.resume(past, settings)
        show(past, self.transcript, self.keys)
        self._changed()

    def _quoted(self) -> Past:
        """A fork that no call was made in yet: the ledger does not know it."""
        from genesys_tui.past import Past, quoted

        said = self._talk.conversation
        return Past(said.id, quoted(said.messages))

    def _reread(self) -> None:
        if self._to_reread and not self.busy:
            conversation_id, calls = self._talk.conversation.id, max(SHOWN, self._shown[1])
            self._read(lambda kept: Reread(kept.past(conversation_id, calls), calls))


def _opened(kept: Conversations, conversation_id: str, request_id: str) -> CallOpened:
    """The end of the conversation, or so much more of it that the call is there. On a thread."""
    calls = SHOWN
    past = kept.past(conversation_id, calls)
    while past.earlier and not any(
        request_id == record.request_id for each in past.exchanges for record in each.records
    ):
        calls *= 4
        past = kept.past(conversation_id, calls)
    return CallOpened(past, calls, request_id)
