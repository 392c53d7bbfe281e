"""A conversation: the messages that the next call builds on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from genesys_tui.gateway.payload import Message


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said so far. A cut or cancelled reply counts, as far as it came; a failed call does not."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    messages: tuple[Message, ...] = ()

    def asking(self, prompt: str) -> tuple[Message, ...]:
        """The messages of a call that asks this next."""
        return (*self.messages, Message(role="user", content=prompt))

    def with_reply(self, prompt: str, reply: str) -> Conversation:
        """The conversation after the prompt was answered."""
        return replace(self, messages=(*self.asking(prompt), Message(role="assistant", content=reply)))

    def rewound(self) -> tuple[str, Conversation]:
        """The last prompt, and the conversation before it; an empty one where nothing was asked."""
        for index in reversed(range(len(self.messages))):
            if self.messages[index].role == "user":
                return self.messages[index].content, replace(self, messages=self.messages[:index])
        return "", self
