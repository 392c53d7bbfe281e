"""The past: a conversation's exchanges, rebuilt from its recorded calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from genesys_tui.audit.records import Record
from genesys_tui.conversation import Conversation
from genesys_tui.gateway.payload import Message
from genesys_tui.seam import Seam, text_before

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Call


@dataclass(frozen=True, slots=True)
class PastExchange:
    """A prompt and its reply, joined over the calls it took."""

    prompt: str
    before: tuple[Message, ...] = ()
    """What was said before it, without the system prompt."""

    content: str = ""
    """The reply, as far as it came; empty where every call failed."""

    system: str = ""
    records: tuple[Record, ...] = ()
    """Of its calls, in order; none where only later calls tell of it."""

    stands: bool = True
    """Whether the next call builds on it: it was answered, and not asked again or edited since."""

    @property
    def after(self) -> tuple[Message, ...]:
        """What was said up to the end of its reply."""
        return (
            *self.before,
            Message(role="user", content=self.prompt),
            Message(role="assistant", content=self.content),
        )

    @property
    def can_continue(self) -> bool:
        """Whether its reply was truncated, with something to go on from."""
        return bool(self.content) and next((r.truncated for r in reversed(self.records) if r.status != "failed"), False)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a conversation, or of its end."""

    id: str
    exchanges: tuple[PastExchange, ...]
    """The oldest first."""

    earlier: int = 0
    """How many exchanges before these the conversation builds on."""

    name: str = ""
    """What the operator called it; empty for nothing."""

    @property
    def standing(self) -> PastExchange | None:
        """The last exchange that the next call builds on."""
        return next((each for each in reversed(self.exchanges) if each.stands), None)

    @property
    def conversation(self) -> Conversation:
        """What the next call builds on."""
        return Conversation(self.id, self.standing.after if self.standing else self._before)

    @property
    def _before(self) -> tuple[Message, ...]:
        return self.exchanges[-1].before if self.exchanges else ()

    @property
    def title(self) -> str:
        """The name given, else the first line of the first prompt. May quote the operator: clean it before showing."""
        first = (each.content for each in self._messages if each.role == "user")
        return self.name or title_of(next(first, ""))

    @property
    def _messages(self) -> tuple[Message, ...]:
        return (*self.exchanges[0].before, *self.exchanges[0].after) if self.exchanges else ()


def past_of(conversation_id: str, calls: Iterable[Call], *, whole: bool = True, name: str = "") -> Past:
    """The past that these calls tell of, the oldest first. ``whole``: whether no older ones are recorded.

    What no call of this conversation tells, those of a whole one quote from the one it was forked from.
    """
    exchanges = _judged(exchanges_of(calls))
    first = next((each for each in exchanges if each.stands), exchanges[0] if exchanges else None)
    before = first.before if first else ()
    if whole:
        return Past(conversation_id, (*quoted(before), *exchanges), name=name)
    return Past(conversation_id, tuple(exchanges), sum(each.role == "user" for each in before), name)


def exchanges_of(calls: Iterable[Call]) -> list[PastExchange]:
    """The exchanges that these calls make, the oldest first; continuations are joined to what they continue."""
    telling = _Telling()
    for call in calls:
        telling.take(call)
    return telling.exchanges


def title_of(prompt: str) -> str:
    """A prompt's first line that says something."""
    return next((line.strip() for line in prompt.splitlines() if line.strip()), "")


@dataclass(slots=True)
class _Telling:
    exchanges: list[PastExchange] = field(default_factory=list)
    _places: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By request id: which exchange the call belongs to, and the reply after it."""

    def take(self, call: Call) -> None:
        """Add a call."""
        record = call.record
        place, so_far = self._places.get(record.continues or "", (-1, ""))
        if place < 0:
            exchange, so_far = _begun(call)
            place = len(self.exchanges)
            self.exchanges.append(exchange)
        exchange = self.exchanges[place]
        if record.status != "failed":
            so_far += _trimmed(so_far, call.reply)
        self._places[record.request_id] = (place, so_far)
        content = so_far or exchange.content
        self.exchanges[place] = replace(exchange, content=content, records=(*exchange.records, record))


def _begun(call: Call) -> tuple[PastExchange, str]:
    """The exchange a call begins, and the reply it goes on with."""
    messages = [Message.model_validate(each) for each in call.messages]
    so_far = ""
    if call.record.continues and messages and messages[-1].role == "system":
        so_far = text_before(messages.pop().content)
    system = messages.pop(0).content if messages and messages[0].role == "system" else ""
    prompt = messages.pop().content if messages else ""
    return PastExchange(prompt, tuple(messages), so_far, system), so_far


def _trimmed(before: str, reply: str) -> str:
    if not before:
        return reply
    seam = Seam(before)
    return seam.feed(reply) + seam.finish()


def _judged(exchanges: list[PastExchange]) -> list[PastExchange]:
    """The same, each told whether it stands: the last answered one does, and what that one builds on."""
    wanted: tuple[Message, ...] | None = None
    judged = []
    for exchange in reversed(exchanges):
        stands = bool(exchange.content) and (wanted is None or exchange.after == wanted)
        if stands:
            wanted = exchange.before
        judged.append(replace(exchange, stands=stands))
    return judged[::-1]


def quoted(messages: tuple[Message, ...]) -> tuple[PastExchange, ...]:
    """The exchanges that messages tell of: prompts and replies, without records."""
    return tuple(
        PastExchange(message.content, messages[:index], messages[index + 1].content)
        for index, message in enumerate(messages[:-1])
        if message.role == "user" and messages[index + 1].role == "assistant"
    )
