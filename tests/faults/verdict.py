"""The verdict on one stream: the decoder against the specification read aloud, and a whole call made of it."""

from __future__ import annotations

import gzip
import re
import time
import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import Literal, NamedTuple

import httpx
from fakes import asking
from gateway.reference_sse import interpret
from gateway.sse_cases import Says

from genesys_tui.audit.records import Record
from genesys_tui.call import Call, CallFact, Ended, Started
from genesys_tui.errors import BrokenOff
from genesys_tui.gateway.dialects import DIALECTS
from genesys_tui.gateway.facts import Answered, Delta, Ending, Fact, Requested
from genesys_tui.gateway.payload import Payload
from genesys_tui.gateway.reply import Reply
from genesys_tui.gateway.scope import Scope
from genesys_tui.gateway.sequence import ContentMode, Sequence
from genesys_tui.gateway.sse import Event, EventDecoder

PAYLOAD = asking()
_LONG_RETRY = re.compile(rb"retry: ?[0-9]{19}")
"""More digits than the decoder reads: a wait of 300 million years."""


class Way(NamedTuple):
    """How a stream is packed and read."""

    dialect: Literal["genesys", "openai"] = "genesys"
    mode: ContentMode = "delta"
    encoding: Literal["identity", "gzip", "deflate"] = "identity"

    def packed(self, raw: bytes) -> bytes:
        return {"identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[self.encoding](raw)


WAYS = tuple(
    Way(dialect, mode, encoding)
    for dialect in ("genesys", "openai")
    for mode in ("delta", "cumulative")
    for encoding in ("identity", "identity", "identity", "gzip", "deflate")  # most gateways keep to what was asked
)


class _Body(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces


class Played:
    """A gateway whose answer is these pieces: everything behind the socket is the real thing."""

    def __init__(self, pieces: Iterable[bytes], way: Way) -> None:
        self._pieces = pieces
        self._way = way

    def stream(self, payload: Payload, scope: Scope) -> Generator[Fact, None, Ending]:
        yield Requested(time.perf_counter(), 1)
        yield Answered(time.perf_counter(), 200, None)
        dialect = DIALECTS[self._way.dialect]
        response = httpx.Response(200, headers={"Content-Encoding": self._way.encoding}, stream=_Body(self._pieces))
        sequence = Sequence(self._way.mode, dialect.matrix(payload))
        reply = Reply(response, dialect.reader(payload), sequence, scope, time.perf_counter, "a-secret-token")
        return (yield from reply.read(payload.limits))


class Tally:
    """Counts what a ledger would be told."""

    def __init__(self) -> None:
        self.started: list[Record] = []
        self.ended: list[Record] = []

    def start(self, record: Record, messages: list[dict[str, str]]) -> None:
        self.started.append(record)

    def end(self, record: Record, reply: str) -> None:
        self.ended.append(record)


def judge_decoder(raw: bytes, pieces: Iterable[bytes]) -> int:
    """The number of events. Raises AssertionError where they are not what the specification says."""
    decoder, wanted = EventDecoder(), interpret(raw)
    items = [item for piece in pieces for item in decoder.feed(piece)]
    said = [Says(item.text, item.name, item.id) for item in items if isinstance(item, Event)]
    assert said == wanted.dispatched, raw
    if not _LONG_RETRY.search(raw):
        assert decoder.retry_ms == wanted.reconnection_time, raw
    return len(said)


def judge_call(pieces: Iterable[bytes], way: Way) -> tuple[Record, str, list[CallFact]]:
    """Make the call; its record, reply and facts. Raises AssertionError where it breaks a promise."""
    tally = Tally()
    facts = list(Call(PAYLOAD, Played(pieces, way), tally).run())
    assert isinstance(facts[0], Started)
    ended = facts[-1]
    assert isinstance(ended, Ended)
    assert sum(isinstance(fact, Ended) for fact in facts) == 1
    assert (len(tally.started), tally.ended) == (1, [ended.record])
    record = ended.record
    assert record.status in ("completed", "truncated", "failed")
    assert record.truncated is (record.status == "truncated")
    assert (record.error is not None) is (record.status == "failed")
    assert record.error is None or record.error.kind == BrokenOff.kind
    assert ended.content == joined(facts)
    assert record.total_tokens >= 0
    record.model_dump_json().encode()  # what the ledger writes
    return record, ended.content, facts


def joined(facts: Iterable[CallFact]) -> str:
    text = ""
    for fact in facts:
        if isinstance(fact, Delta):
            text = fact.content if fact.replaces else text + fact.content
    return text


def judge(raw: bytes, pieces: list[bytes], way: Way) -> tuple[object, ...]:
    """All of it; returns what kind of stream it was, so that streams of a new kind can be told."""
    events = judge_decoder(raw, pieces)
    sent = way.packed(raw)
    record, content, facts = judge_call([sent] if way.encoding != "identity" else pieces, way)
    if len(pieces) > 1:
        again, same, _ = judge_call([sent], way)
        assert (record.status, record.stop_reason, content) == (again.status, again.stop_reason, same), raw
        assert (record.total_tokens, record.total_chunks) == (again.total_tokens, again.total_chunks), raw
    kinds = sorted({type(fact).__name__ for fact in facts})
    kinds += sorted({fact.name + fact.what for fact in record.observations if fact.what == "anomaly"})
    return (way, record.status, min(events, 8), len(content).bit_length(), *kinds)
