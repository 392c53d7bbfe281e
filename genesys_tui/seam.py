"""The seam: where the reply of a follow-up call is joined to the text that was cut off."""

from __future__ import annotations

from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.payload import Input, Message, Payload, new_request_id

SHORTEST_OVERLAP = 16
LONGEST_OVERLAP = 2000
"""Characters. A shorter repetition may be chance."""

_INSTRUCTION = (
    "Your reply to the last message was cut off. Go on exactly where it ends, without repeating any of it. "
    "The reply so far:\n\n"
)


def continuation(payload: Payload, text: str) -> Payload:
    """A payload that asks to go on from ``text``, with a request id of its own.

    Raises ConfigurationError where there is no text to go on from.
    """
    if not text:
        raise ConfigurationError("There is no text to continue: the reply was cut before its first word. Ask again.")
    messages = (*payload.input.messages, Message(role="system", content=_INSTRUCTION + text))
    return payload.model_copy(update={"request_id": new_request_id(), "input": Input(messages=messages)})


def text_before(content: str) -> str:
    """The reply so far, from the message with which a continuation was asked for."""
    return content.removeprefix(_INSTRUCTION)


class Seam:
    """Trims from a continuation what it repeats of the text before it: the longest overlap, as deltas arrive.

    Text is held back only while it could still be part of an overlap.
    """

    def __init__(self, before: str) -> None:
        self._tail = before[-LONGEST_OVERLAP:]
        self._held: str | None = ""  # None once it is decided

    def feed(self, delta: str) -> str:
        """The part of the continuation so far that is certain to be new, and was not returned before."""
        if self._held is None:
            return delta
        self._held += delta
        if len(self._held) < len(self._tail) and self._may_grow(self._held):
            return ""
        return self.finish()

    def finish(self) -> str:
        """What was held back; to be called once more when the continuation has ended."""
        held, self._held = self._held or "", None
        for size in range(min(len(held), len(self._tail)), SHORTEST_OVERLAP - 1, -1):
            if self._tail.endswith(held[:size]):
                return held[size:]
        return held

    def _may_grow(self, held: str) -> bool:
        """Whether what was held could be the beginning of a longer overlap: it stands in the tail before its end."""
        return self._tail.find(held, 0, len(self._tail) - 1) >= 0
