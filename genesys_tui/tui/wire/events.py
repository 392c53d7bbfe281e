"""Events: what a call's wire log is made of."""

from __future__ import annotations

from typing import NamedTuple

KINDS = ("request", "answer", "chunk", "heartbeat", "diagnostic", "anomaly", "done", "retry", "end")
"""In the order of their codes."""

REQUEST, ANSWER, CHUNK, HEARTBEAT, DIAGNOSTIC, ANOMALY, DONE, RETRY, END = range(len(KINDS))

COMMENT = "comment"
"""The note of a heartbeat that is no event."""


class WireEvent(NamedTuple):
    """One event of a call, as it arrived."""

    number: int
    """From 1, counting those no longer kept."""

    at: float
    """Seconds since the call's first request."""

    gap: float | None
    """Seconds: for a chunk since the chunk before it or the opening of the stream, else since the event before it."""

    code: int
    """An index of KINDS."""

    tokens: int
    """Tokens of the reply so far."""

    note: str
    """What there is to say besides the data. Untrusted."""

    data: bytes
    """As it came. Untrusted."""

    @property
    def kind(self) -> str:
        """In a word."""
        return KINDS[self.code]
