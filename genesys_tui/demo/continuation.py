"""A continuation: the rest of a reply, for a conversation that carries the reply so far in a system message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from .payload import Message
from .replies import Reply, choose_reply

RECOGNISED = 12
"""Characters of a reply that must stand in the system message for it to be taken for the reply so far."""
OVERLAP = 40
"""Characters repeated at the seam, about, as models do."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """A reply, and how many of its characters have been said."""

    reply: Reply
    said: int

    def tokens(self) -> Iterator[str]:
        """The tokens from a little before the seam on."""
        start = max(0, self.said - OVERLAP) if self.said > 16 else self.said
        position = 0
        tokens = self.reply.tokens()
        for token in tokens:
            if position + len(token) > start:
                # A seam too near the beginning to repeat anything may lie within a token.
                first = token if self.said > 16 else token[start - position :]
                yield from chain((first,), tokens)
                return
            position += len(token)


def find_continuation(messages: Sequence[Message], *, length: int | None = None) -> Continuation | None:
    """The reply that a system message holds the beginning of, or None.

    It is a reply to the last user message, or, where that one only asks to go on, to the one before.
    """
    systems = [message for message in messages if message.role == "system"]
    best: Continuation | None = None
    for spoken in _spoken(messages):
        for frame in (None, *systems):
            context = spoken if frame is None else [frame, *spoken]
            reply = choose_reply(context, length=length)
            said = max((_said(reply, system.content) for system in systems), default=0)
            if said >= RECOGNISED and (best is None or said > best.said):
                best = Continuation(reply, said)
    return best


def _spoken(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """The user's messages up to the prompt that is to be continued; the likeliest first."""
    users = [message for message in messages if message.role == "user"]
    yield users
    last = users[-1].content.lower() if users else ""
    if len(users) > 1 and ("continue" in last or "go on" in last or "carry on" in last):
        yield users[:-1]


def _said(reply: Reply, text: str) -> int:
    """How many characters from the reply's beginning stand in the text, wherever they begin there."""
    head = ""
    for token in reply.tokens():
        head += token
        if len(head) >= RECOGNISED:
            break
    head = head[:RECOGNISED]
    longest = 0
    at = text.find(head)
    while at >= 0:
        longest = max(longest, _shared(reply, text, at))
        at = text.find(head, at + 1)
    return longest


def _shared(reply: Reply, text: str, at: int) -> int:
    """The length of the reply's beginning that the text has at that place."""
    position = at
    for token in reply.tokens():
        if not text.startswith(token, position):
            while token and not text.startswith(token, position):
                token = token[:-1]
            return position + len(token) - at
        position += len(token)
    return position - at
