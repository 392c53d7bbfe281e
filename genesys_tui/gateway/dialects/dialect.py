"""The seam: all that differs between gateways. Nothing above it knows which one it talks to."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from genesys_tui.errors import GatewayError
from genesys_tui.gateway.chunks import ChunkFields, StreamChunk
from genesys_tui.gateway.facts import Diagnostic, Ending, Heartbeat
from genesys_tui.gateway.payload import ChunkMatrix, Payload
from genesys_tui.gateway.sse import Event

LINGER = 0.25
"""Seconds to look for stray chunks behind the final one, where the gateway does not end its answer with it."""


class Failure(NamedTuple):
    """The gateway gives up, in the midst of its answer."""

    at: float


class Final(NamedTuple):
    """The final chunk, and how the reply ended, where the chunk's own metadata does not say it."""

    chunk: StreamChunk
    ending: Ending


class Thought(NamedTuple):
    """Some of the model's reasoning, which is no part of the reply."""

    at: float
    text: str
    tokens_generated: int
    """Tokens of reasoning and reply so far."""

    chunk: StreamChunk | Final | None = None
    """What the same event adds to the reply."""


Reading = StreamChunk | Final | Ending | Heartbeat | Diagnostic | Thought | Failure
"""What an event says."""


class Reader(Protocol):
    """Reads the events of one reply, in order."""

    @property
    def linger(self) -> float:
        """Seconds to look for more behind the final chunk, where the gateway does not end its answer with it."""

    def glance(self, data: bytes) -> ChunkFields | None:
        """The chunk that is all an event of the usual name says; None where ``read`` is to be asked."""

    def read(self, event: Event, at: float) -> Reading:
        """What an event says. An Ending behind the final chunk says what that one left unsaid."""


class Advice(NamedTuple):
    """What to do about a refusal: sentences, each beginning with a capital letter."""

    not_served: str
    """404."""

    forbidden: str
    """403."""

    still_unauthorized: str
    """401, with fresh credentials."""


class Dialect(Protocol):
    """How payloads are written, where they are sent and with what credentials, and how the answer is read."""

    credentials: Literal["oauth", "api_key"]
    """What it takes to be let in."""

    at_the_region: bool
    """Whether a region's API host is where to look for it when nothing else is said."""

    counts_tokens: bool
    """Whether every chunk says how many tokens there are so far. Otherwise they are estimated until the end."""

    correlation_headers: tuple[str, ...]
    """Which headers of an answer may name it, the most telling first."""

    advice: Advice

    def url(self, base_url: str, path: str) -> str:
        """Where payloads are sent; an empty path is the dialect's own."""

    def models_url(self, base_url: str, path: str) -> str | None:
        """Where the models are listed; None where they cannot be asked for."""

    def headers(self, payload: Payload) -> dict[str, str]:
        """Headers besides authorization and content type."""

    def body(self, payload: Payload) -> bytes:
        """The request body."""

    def matrix(self, payload: Payload) -> ChunkMatrix | None:
        """What the chunks are to keep to; None where the gateway is not told."""

    def reader(self, payload: Payload) -> Reader:
        """Reads the reply to a payload."""

    def concession(self, payload: Payload, error: GatewayError) -> tuple[Dialect, str] | None:
        """How to ask instead, where the gateway refused what can be left out or said otherwise; and that in words."""
