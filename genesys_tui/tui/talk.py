"""The talk: what can be asked next, and what that builds on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from genesys_tui.audit.records import Record
from genesys_tui.config import Settings
from genesys_tui.conversation import Conversation
from genesys_tui.exchange import Exchange
from genesys_tui.past import Past
from genesys_tui.tui.conversations.erased import Erased
from genesys_tui.tui.desk import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and the conversation before it."""

    prompt: str
    before: Conversation
    reply: str = ""
    """As far as there is one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A truncated reply that can be gone on with."""

    asked: Asked
    request_id: str


class Talk:
    """Makes the exchanges of one conversation, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self.profile_settings = settings
        """What a conversation begins with."""
        self.erased = Erased()
        """Looked at wherever a conversation, what was asked, or a cut is taken up."""
        self.clear()

    def clear(self) -> None:
        """Begin another conversation, with the profile's settings."""
        self.settings = self.profile_settings
        """What the next call is made with."""
        self.last: Record | None = None
        """Of the call that ended last, in this conversation."""
        self._conversation = Conversation()
        self._asked: Asked | None = None
        self._cut: Cut | None = None

    def resume(self, past: Past, settings: Settings | None = None) -> None:
        """Go on with a conversation, with these settings or the profile's."""
        self.clear()
        self.settings = settings or self.settings
        self._conversation = past.conversation
        if (exchange := past.standing) is None:
            return
        self._asked = Asked(exchange.prompt, Conversation(past.id, exchange.before), exchange.content)
        self.last = exchange.records[-1] if exchange.records else None
        cut = next((record for record in reversed(exchange.records) if record.status != "failed"), None)
        if exchange.can_continue and cut:
            self._cut = Cut(self._asked, cut.request_id)

    def fork(self, said: Conversation, settings: Settings | None = None) -> None:
        """Begin a conversation in which this was said already, with these settings or the profile's."""
        self.clear()
        self.settings = settings or self.settings
        self._conversation = said

    @property
    def conversation(self) -> Conversation:
        """What the next call builds on."""
        return self._left(self._conversation)

    @property
    def can_continue(self) -> bool:
        """Whether the last reply was truncated, with something to go on from."""
        return self._cut is not None and not self._is_erased(self._cut.asked)

    @property
    def can_ask_again(self) -> bool:
        """Whether anything was asked."""
        return bool(self._last_asked().prompt)

    @property
    def cut(self) -> tuple[str, str]:
        """The prompt and the reply that can be gone on with; ask ``can_continue`` first."""
        assert self._cut is not None
        return self._cut.asked.prompt, self._cut.asked.reply

    @property
    def prompt(self) -> str:
        """The last one asked."""
        return self._last_asked().prompt

    def ask(self, prompt: str, desk: Desk) -> Exchange:
        """The exchange of a prompt. Raises ConfigurationError where no payload can be made of it."""
        self.erased.said_anew(prompt)
        return self._exchange(Asked(prompt, self.conversation), desk)

    def ask_again(self, desk: Desk) -> Exchange:
        """The exchange that asks the last prompt once more. Where it fails, the reply before it still counts."""
        return self._exchange(self._last_asked(), desk)

    def rewind(self) -> str:
        """Take the last prompt back, and its reply with it; returns the prompt."""
        asked = self._last_asked()
        self._conversation, self._asked, self._cut, self.last = asked.before, None, None, None
        return asked.prompt

    def go_on(self, desk: Desk) -> Exchange:
        """The exchange that goes on with the truncated reply; ask ``can_continue`` first."""
        assert self._cut is not None
        cut = self._cut
        return self._exchange(cut.asked, desk, cut)

    def ended(self, record: Record, content: str) -> None:
        """Take in the end of an exchange. One that failed, or said nothing, changes nothing."""
        self.last = record
        asked = self._asked
        if record.status == "failed" or not content or asked is None:
            return
        if self._cut and self._is_erased(self._cut.asked):  # while it was gone on with
            self.erased.update([(asked.prompt, content)])
        else:
            self.erased.said_anew(asked.prompt, content)
        self._asked = replace(asked, reply=content)
        self._conversation = asked.before.with_reply(asked.prompt, content)
        self._cut = Cut(self._asked, record.request_id) if record.truncated else None

    def _exchange(self, asked: Asked, desk: Desk, cut: Cut | None = None) -> Exchange:
        before = self._left(asked.before)
        payload = self.settings.payload(*before.asking(asked.prompt))
        self._asked, self._cut = replace(asked, before=before), cut
        context = self.settings.context(before.id, cut.request_id if cut else None)
        gateway = desk.gateway.reading(self.settings.profile.content_mode)
        return Exchange(payload, gateway, desk.ledger, context, before=cut.asked.reply if cut else None)

    def _last_asked(self) -> Asked:
        if self._asked and not self._is_erased(self._asked):
            return self._asked
        prompt, before = self.conversation.rewound()
        return Asked(prompt, before, self.conversation.messages[-1].content if prompt else "")

    def _left(self, said: Conversation) -> Conversation:
        return replace(said, messages=self.erased.filter(said.messages))

    def _is_erased(self, asked: Asked) -> bool:
        return self.erased.holds(asked.prompt, asked.reply)
