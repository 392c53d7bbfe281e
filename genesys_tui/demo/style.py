"""Style: how one dialect writes what happens on a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .chunks import Chunk, event
from .payload import Completion, Fault


@dataclass(frozen=True, slots=True)
class Style:
    """The bytes of one reply in one dialect."""

    encode: Callable[[Chunk], bytes]
    """A chunk; possibly several events, or none where the dialect has no way to say it."""
    heartbeat: bytes
    malformed: tuple[bytes, ...]
    """Events that almost are chunks."""
    closing: bytes = b""
    """What every reply ends with that is not cut."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a gateway is spoken to: what it reads as a payload, and how it writes the reply."""

    read: Callable[[object], tuple[object, list[Fault]]]
    """The body of a request as a payload of the Genesys dialect, and what no such payload could say is wrong."""
    style: Callable[[Completion], Style]
    request_id_header: str
    correlation_header: str
    open_to_all: bool = False
    """Whether it asks for no token where none is presented, as a server on one's own machine does."""


GENESYS_STYLE = Style(
    encode=event,
    heartbeat=b"event: heartbeat\ndata: {}\n\n",
    malformed=(
        b'data: {"chunk_id": "m-1", "content": "half a chu\n\n',
        b'data: {"chunk_id": 17, "content": ["a", "list"], "tokens_generated": "many", "is_complete": "perhaps"}\n\n',
        b'data: {"chunk_id": "m-3", "content": "\xff\xfe\xc3(", "tokens_generated": 3, "is_complete": false}\n\n',
        b"data:\n\n",
        b'data: null\n\ndata: 42\n\ndata: [1, 2, 3]\n\ndata: "text"\n\n',
        b"data: " + b"[" * 5000 + b"\n\n",
        b'this line: is no field\ndata\n\ndata: {"chunk_id": "m-7"}\n\n',
    ),
)
GENESYS = Dialect(
    lambda body: (body, []), lambda _request: GENESYS_STYLE, "X-Genesys-Request-Id", "ININ-Correlation-Id"
)
