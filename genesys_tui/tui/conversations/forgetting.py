"""Forgetting: what was erased while its conversation is open is neither shown nor sent any more."""

from __future__ import annotations

from collections.abc import Collection

from genesys_tui.tui.conversations.erased import Erased, past_without
from genesys_tui.tui.conversations.messages import Reread
from genesys_tui.tui.conversations.screen import SHOWN, ConversationScreen


class ForgettingScreen(ConversationScreen):
    """Reads its conversation anew where calls of it were erased: as if it were opened again, but what it will be asked
    with stays.
    """

    _to_reread = False

    def forget(self, conversation_id: str, erased: Collection[Erased]) -> None:
        """Calls of this conversation were erased."""
        self._talk.erased.update(erased)
        if conversation_id and conversation_id == self._talk.conversation.id:
            self._to_reread = True
            self._reread()

    def watch_busy(self) -> None:
        """What was erased during a call is dropped behind it."""
        self._reread()

    def on_reread(self, event: Reread) -> None:
        """Show what is left, and go on from there."""
        from genesys_tui.tui.conversations.showing import first_call, show

        if self.busy or event.past.id != self._talk.conversation.id:
            return
        self._to_reread = False
        past = past_without(event.past, self._talk.erased)
        self._shown = (past.id, event.calls, past.earlier, first_call(past))
        self._talk.resume(past, self._talk.settings)
        show(past, self.transcript, self.keys)
        self._changed()

    def _reread(self) -> None:
        if self._to_reread and not self.busy:
            conversation_id, calls = self._talk.conversation.id, max(SHOWN, self._shown[1])
            self._read(lambda kept: Reread(kept.past(conversation_id, calls), calls))
