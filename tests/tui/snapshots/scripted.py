"""A scripted gateway: it tells facts whose times are written down, so that a reply looks the same every time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import count
from typing import NamedTuple

from genesys_tui.errors import Unavailable
from genesys_tui.gateway.facts import Anomaly, Answered, Delta, Ending, Fact, Heartbeat, Received, Requested, Retry
from genesys_tui.gateway.payload import Payload
from genesys_tui.gateway.scope import Scope
from genesys_tui.gateway.sequence import ContentMode

BEGAN = 1e9
"""Ahead of every clock, so that no figure of the moment can be told before the end."""

TEXT = """\
## Queue health, last 30 minutes

| Queue | Waiting | Service level |
|:------|--------:|--------------:|
| Billing | 12 | 78.4 % |
| Claims intake | 27 | **61.2 %** |
| 技術支援 | 9 | 83.5 % |

**Claims intake** is the one to look at: seven of its summaries ended early with `stop_reason: length`.

1. Raise `max_tokens` to 4,096.
2. Ask the network team about *idle timeouts*.

```python
def total(chunks):
    # counts are cumulative
    return chunks[-1]["tokens_generated"]
```

> A reply that stops early is still useful: continue it.
"""

Script = Callable[[], Generator[Fact, None, Ending]]


class Scripted:
    """Answers every prompt by one script."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def models(self) -> tuple[str, ...]:
        return ()

    def reading(self, content_mode: ContentMode) -> Scripted:
        return self

    def stream(self, payload: Payload, scope: Scope) -> Generator[Fact, None, Ending]:
        return self._script()


class _Chunk(NamedTuple):
    at: float
    text: str
    tokens: int
    data: bytes


def _chunks(text: str) -> Iterator[_Chunk]:
    """Five characters each, one every 20 ms; after each 40th comes nothing for half a second."""
    at = BEGAN + 0.38
    for number, start in zip(count(1), range(0, len(text), 5)):
        piece = text[start : start + 5]
        at += 0.5 if number % 40 == 0 else 0.02
        data = b'{"chunk_id": "c-%04d", "content": "...", "tokens_generated": %d}' % (number, number * 2)
        yield _Chunk(round(at, 6), piece, number * 2, data)


def _reply(text: str) -> Generator[Fact, None, _Chunk]:
    yield Requested(BEGAN, 1)
    yield Answered(BEGAN + 0.21, 200, "b7e1-0042")
    chunk = _Chunk(BEGAN, "", 0, b"")
    for number, chunk in enumerate(_chunks(text), 1):
        yield Received(chunk.at, len(chunk.data) + 8)
        yield Delta(chunk.at, chunk.text, chunk.tokens, f"c-{number:04}", data=chunk.data)
        if number % 30 == 0:
            yield Heartbeat(chunk.at + 0.01, "heartbeat", b"{}")
    return chunk


def whole() -> Generator[Fact, None, Ending]:
    """The text, to its end."""
    last = yield from _reply(TEXT)
    return Ending(last.at + 0.03, input_tokens=48, output_tokens=last.tokens)


def truncated() -> Generator[Fact, None, Ending]:
    """Half of it, with an anomaly; then the limit."""
    last = yield from _reply(TEXT[: len(TEXT) // 2])
    yield Anomaly(last.at + 0.01, "count fell", "c-0099", "tokens_generated fell from 124 to 90", b'{"chunk_id": 99}')
    return Ending(last.at + 0.03, "length", True, 48, last.tokens)


def failed() -> Generator[Fact, None, Ending]:
    """Nothing: the gateway is busy, twice."""
    yield Requested(BEGAN, 1)
    yield Retry(BEGAN + 0.2, 1, 0.5, "The gateway is busy (503).")
    yield Requested(BEGAN + 0.7, 2)
    raise Unavailable(
        "The gateway llm-gateway.example.com is busy (503). Try again in a minute.",
        status_code=503,
        correlation_id="b7e1-0042",
    )
