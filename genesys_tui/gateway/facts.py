"""What a stream tells, one frozen fact at a time, each stamped when its bytes arrived.

``at`` is a reading of the call's clock, in seconds; only differences mean something. Tuples, because a fact is made
for every chunk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple


class Requested(NamedTuple):
    """A request is about to leave."""

    at: float
    attempt: int
    """1 for the first."""


class Answered(NamedTuple):
    """The gateway accepted the request: the stream is open."""

    at: float
    status_code: int
    correlation_id: str | None
    estimated: bool = False
    """Whether token counts are estimates, until the ending says how many there were."""


class Headers(NamedTuple):
    """What request and answer had in their heads; what is secret is dotted out already."""

    at: float
    status_code: int
    request: tuple[tuple[str, str], ...]
    answer: tuple[tuple[str, str], ...]
    """Untrusted."""


class Received(NamedTuple):
    """Bytes arrived, whatever they hold."""

    at: float
    size: int


class Delta(NamedTuple):
    """Reply text arrived with a chunk."""

    at: float
    content: str
    """Text to append; possibly empty."""

    tokens_generated: int
    """Tokens of the reply so far."""

    chunk_id: str = ""
    replaces: bool = False
    """In cumulative mode only: ``content`` takes the place of all text before it."""

    data: bytes = b""
    """The event's, as it came. Untrusted."""


delta_of: Callable[[tuple[float, str, int, str, bool, bytes]], Delta] = partial(tuple.__new__, Delta)
"""``Delta(…)`` of all its fields, in half the time: it is done for every chunk."""


class Deltas(NamedTuple):
    """Reply text that arrived together, with two chunks or more."""

    at: float
    deltas: tuple[Delta, ...]
    """Each of the same moment; none replaces."""


class Reasoning(NamedTuple):
    """The model reasons, before its reply or in the midst of it."""

    at: float
    content: str
    tokens_generated: int
    """Tokens of reasoning and reply so far."""

    data: bytes = b""
    """The event's, as it came; empty where a delta has it. Untrusted."""


class Heartbeat(NamedTuple):
    """The gateway is alive and has nothing to say."""

    at: float
    name: str = ""
    """The server-sent event's name; empty for a comment."""

    data: bytes = b""
    """The event's, or the comment. Untrusted."""


class Diagnostic(NamedTuple):
    """Something on the stream that is no chunk."""

    at: float
    name: str
    """The server-sent event's name."""

    data: str
    """As it came. Untrusted."""

    why: str
    """What keeps it from being a chunk, in words."""


class Anomaly(NamedTuple):
    """A chunk that does not fit the sequence before it."""

    at: float
    kind: str
    chunk_id: str
    detail: str
    data: bytes = b""
    """The event's, where the chunk is dropped: of any other its delta has it. Untrusted."""


class Done(NamedTuple):
    """An event came that is only the end, such as ``[DONE]``."""

    at: float
    data: bytes
    """As it came. Untrusted."""


class Retry(NamedTuple):
    """An attempt failed and another follows after a wait."""

    at: float
    attempt: int
    """The attempt that failed; 1 for the first."""

    wait: float
    """Seconds until the next one."""

    why: str


class Ending(NamedTuple):
    """How a reply ended."""

    at: float
    stop_reason: str = "completed"
    truncated: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
    detail: str = ""
    """In words, where the reason is ours and not the gateway's."""

    hidden_tokens: int = 0
    """Of ``output_tokens``, those the gateway counted and did not show: a model's reasoning, before its reply."""


Fact = Requested | Answered | Headers | Received | Delta | Reasoning | Heartbeat | Diagnostic | Anomaly | Done | Retry
Arrival = Fact | Deltas
"""What a gateway tells at once."""
