"""Days: how each scenario puts a reply's chunks on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from .chunks import Chunk, event
from .hostility import HOSTILE_CHUNKS, HOSTILE_NAMES, HOSTILE_STOP_REASON
from .style import Style
from .tempo import Tempo

DONE = b"data: [DONE]\n\n"
HUGE = 9 * 1024 * 1024
SILENCE = 600.0
"""Seconds that a silent stream is kept open, at most."""

DIAGNOSTICS = (
    event({"message": "the model is under heavy load", "code": "capacity.low"}, name="warning"),
    event({"span": "completion", "upstream_ms": 212, "region": "eu-west-1"}, name="trace"),
    event({"queue_position": 3, "note": "this is not a chunk"}),
    b"event: notice\ndata: plain text,\ndata: on two lines\n\n",
    b"id: 42\nretry: 3000\n\n",
)


class ConnectionCut(Exception):
    """The connection is to be dropped as it is."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What a day has to work with."""

    chunks: AsyncIterator[Chunk]
    """The reply, the final chunk last."""
    style: Style
    """How its dialect writes it."""
    tempo: Tempo

    def encode(self, chunk: Chunk) -> bytes:
        """A chunk as it is written."""
        return self.style.encode(chunk)


Day = Callable[[Stream], AsyncGenerator[bytes, None]]


async def _slots(chunks: AsyncIterator[Chunk], after: Sequence[int]) -> AsyncIterator[Chunk | int]:
    """The chunks and, after that many of them or at the latest before the final one, the number of each slot."""
    slot = sent = 0
    async for chunk in chunks:
        while slot < len(after) and (sent >= after[slot] or chunk["is_complete"]):
            yield slot
            slot += 1
        yield chunk
        sent += 1


def _between(events_of: Callable[[Style], Sequence[bytes]]) -> Day:
    """The day on which those events arrive, one after each chunk."""

    async def day(stream: Stream) -> AsyncGenerator[bytes, None]:
        events = events_of(stream.style)
        async for item in _slots(stream.chunks, range(1, len(events) + 1)):
            yield events[item] if isinstance(item, int) else stream.encode(item)

    return day


async def _calm(stream: Stream) -> AsyncGenerator[bytes, None]:
    async for chunk in stream.chunks:
        yield stream.encode(chunk)


async def _slow_start(stream: Stream) -> AsyncGenerator[bytes, None]:
    await stream.tempo.pause(4.0)
    async for chunk in stream.chunks:
        yield stream.encode(chunk)


async def _stall(stream: Stream) -> AsyncGenerator[bytes, None]:
    async for item in _slots(stream.chunks, (4, 9)):
        if isinstance(item, int):
            await stream.tempo.pause(3.0)
        else:
            yield stream.encode(item)


async def _heartbeats(stream: Stream) -> AsyncGenerator[bytes, None]:
    async for item in _slots(stream.chunks, (2, 4, 6)):
        if not isinstance(item, int):
            yield stream.encode(item)
        elif item != 1:
            yield stream.style.heartbeat + b": alive\n\n"
        else:
            for _ in range(12):
                await stream.tempo.pause(0.5)
                yield stream.style.heartbeat


async def _cut(stream: Stream) -> AsyncGenerator[bytes, None]:
    async for item in _slots(stream.chunks, (8,)):
        if isinstance(item, int):
            raise ConnectionCut
        yield stream.encode(item)


async def _silent(_stream: Stream) -> AsyncGenerator[bytes, None]:
    await asyncio.sleep(SILENCE)
    yield b""


async def _done(stream: Stream) -> AsyncGenerator[bytes, None]:
    async for chunk in stream.chunks:
        if not chunk["is_complete"]:
            yield stream.encode(chunk)
        elif not stream.style.closing:
            yield DONE


async def _cumulative(stream: Stream) -> AsyncGenerator[bytes, None]:
    text = ""
    async for chunk in stream.chunks:
        text += chunk["content"]
        yield stream.encode({**chunk, "content": text})


async def _out_of_sequence(stream: Stream) -> AsyncGenerator[bytes, None]:
    last: Chunk = {}
    async for item in _slots(stream.chunks, (2, 4)):
        if not isinstance(item, int):
            yield stream.encode(item)
            last = item if item["content"] or not last else {**last, "tokens_generated": item["tokens_generated"]}
        elif last and item == 0:
            yield stream.encode(last)
            yield stream.encode({**last, "chunk_id": "s-fall", "content": "", "tokens_generated": 0})
        elif last:
            leap = last["tokens_generated"] + 1000
            yield stream.encode({**last, "chunk_id": "s-leap", "content": "", "tokens_generated": leap})
    final = {**last, "is_complete": True, "metadata": {"stop_reason": "completed", "truncated": False}}
    yield stream.encode({**last, "chunk_id": "s-late", "content": " (too late)", "is_complete": False})
    yield stream.encode({**final, "chunk_id": "s-again", "content": ""})


async def _huge(stream: Stream) -> AsyncGenerator[bytes, None]:
    block = b"x" * 65536
    async for item in _slots(stream.chunks, (3,)):
        if not isinstance(item, int):
            yield stream.encode(item)
            continue
        yield b'data: {"chunk_id": "huge", "content": "'
        for _ in range(HUGE // len(block)):
            yield block
        yield b'", "tokens_generated": 1, "is_complete": false, "metadata": null}\n\n'


async def _hostile(stream: Stream) -> AsyncGenerator[bytes, None]:
    extra = 0
    total = 0
    async for item in _slots(stream.chunks, range(1, len(HOSTILE_CHUNKS) + 1)):
        if isinstance(item, int):
            extra += 1
            yield event({"span": "hostile"}, name=HOSTILE_NAMES[item % len(HOSTILE_NAMES)])
            yield stream.encode({**HOSTILE_CHUNKS[item], "tokens_generated": total + extra, "is_complete": False})
            continue
        total = item["tokens_generated"]
        if item["is_complete"]:
            item["metadata"].update(HOSTILE_CHUNKS[0]["metadata"], stop_reason=HOSTILE_STOP_REASON)
            item["metadata"].get("usage", {})["output_tokens"] = total + extra
        yield stream.encode({**item, "tokens_generated": total + extra})


DAYS: dict[str, Day] = {
    "slow-start": _slow_start,
    "stall": _stall,
    "heartbeats": _heartbeats,
    "cut": _cut,
    "silent": _silent,
    "done": _done,
    "cumulative": _cumulative,
    "malformed": _between(lambda style: style.malformed),
    "diagnostics": _between(lambda _style: DIAGNOSTICS),
    "out-of-sequence": _out_of_sequence,
    "huge": _huge,
    "hostile": _hostile,
}
"""The days that differ on the wire; every other scenario is calm there."""


def write_day(name: str, stream: Stream) -> AsyncGenerator[bytes, None]:
    """The bytes of a reply on the day of that name."""
    return DAYS.get(name, _calm)(stream)
