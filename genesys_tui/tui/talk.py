"""The talk: what can be asked next, and what that builds on."""

from __future__ import annotations

from dataclasses import dataclass

from genesys_tui.audit.records import Record
from genesys_tui.config import Settings
from genesys_tui.conversation import Conversation
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.payload import Payload
from genesys_tui.tui.desk import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and the conversation before it."""

    prompt: str
    payload: Payload
    before: Conversation


@dataclass(frozen=True, slots=True)
class Cut:
    """A truncated reply that can be gone on with."""

    asked: Asked
    request_id: str
    content: str


class Talk:
    """Makes the exchanges of one conversation, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.clear()

    def clear(self) -> None:
        """Begin another conversation."""
        self._conversation = Conversation()
        self._asked: Asked | None = None
        self._cut: Cut | None = None

    @property
    def can_continue(self) -> bool:
        """Whether the last reply was truncated, with something to go on from."""
        return self._cut is not None

    @property
    def prompt(self) -> str:
        """The last one asked."""
        return self._asked.prompt if self._asked else ""

    def ask(self, prompt: str, desk: Desk) -> Exchange:
        """The exchange of a prompt. Raises ConfigurationError where no payload can be made of it."""
        before = self._conversation
        payload = self._settings.payload(*before.asking(prompt))
        self._asked, self._cut = Asked(prompt, payload, before), None
        return Exchange(payload, desk.gateway, desk.ledger, self._settings.context(before.id))

    def go_on(self, desk: Desk) -> Exchange:
        """The exchange that goes on with the truncated reply; ask ``can_continue`` first."""
        assert self._cut is not None
        cut = self._cut
        self._asked = cut.asked
        context = self._settings.context(self._conversation.id, cut.request_id)
        return Exchange(cut.asked.payload, desk.gateway, desk.ledger, context, before=cut.content)

    def ended(self, record: Record, content: str) -> None:
        """Take in the end of an exchange. One that failed, or said nothing, changes nothing."""
        if record.status == "failed" or not content or self._asked is None:
            return
        self._conversation = self._asked.before.with_reply(self._asked.prompt, content)
        self._cut = Cut(self._asked, record.request_id, content) if record.truncated else None
