"""Byte streams to be read: good ones, and what chance makes of them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from gateway.raw_server import DONE, chunk, final
from gateway.sse_cases import CASES

from genesys_tui.demo.days import DIAGNOSTICS

MALFORMED = (
    b'data: {"chunk_id": "m", "content": "half a chu\n\n',
    b"data:\n\n",
    b"data: null\n\ndata: [1]\n\n",
    b"this: is none\ndata\n\n",
)
HEARTBEAT = b"event: heartbeat\ndata: {}\n\n"


def _openai(*choices: object, **more: object) -> bytes:
    return b"data: " + json.dumps({"id": "c", "choices": choices, **more}).encode() + b"\n\n"


def _said(content: str, reason: str | None = None, **more: object) -> dict[str, object]:
    return {"index": 0, "delta": {"content": content, **more}, "finish_reason": reason}


_HALVES = (
    b'data: {"chunk_id":"1","content":"\\ud83d","tokens_generated":1,"is_complete":false}\n\n'
    b'data: {"chunk_id":"2","content":"\\ude00","tokens_generated":2,"is_complete":false}\n\n'
)
_USAGE = {"prompt_tokens": 3, "completion_tokens": 2}

SEEDS: tuple[bytes, ...] = (
    *(case.raw for case in CASES if len(case.raw) < 1000),
    *(event for event in MALFORMED if len(event) < 1000),
    *DIAGNOSTICS,
    HEARTBEAT + b": alive\n\n" + DONE,
    b"".join(chunk(word, number) for number, word in enumerate(("One ", "two ", "three"), 1)) + final(3),
    chunk("Hello", 1) + chunk("Hello there", 2) + final(2, stop_reason="length", usage={"output_tokens": 9}),
    chunk("a", 1) + chunk("a", 1) + chunk("b", 0) + final(1) + chunk("late", 2) + final(2, truncated=True),
    _HALVES + DONE,
    _openai(_said("", role="assistant")) + _openai(_said("Hi")) + _openai(_said("", "stop")) + _openai(usage=_USAGE),
    _openai(_said("", reasoning_content="Hm.")) + _openai(_said("Yes", "length"), usage=_USAGE) + DONE,
    _openai(_said("so far")) + b'event: error\ndata: {"error": {"message": "gone"}}\n\n',
    _openai(_said("so far")) + _openai(error={"message": "gone", "code": 502}),
)

WORDS: tuple[bytes, ...] = (
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b":", b" ", b"data:", b"data: ", b"event: error\n", b"event:", b"id: 7\n"),
    *(b"retry: 10\n", b": ping\n", b"[DONE]", b"data: [DONE]\n\n", b"\xef\xbb\xbf", b"\xff", b"\xf0\x9f\x98", b"\x1b["),
    *(
        b"\\ud83d",
        b"\\ude00",
        b"\\u0000",
        b"null",
        b"true",
        b"false",
        b"-1",
        b"1e999",
        b"9007199254740993",
        b"[]",
        b"{}",
    ),
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b'"content": ', b'"tokens_generated": ', b'"is_complete": true'),
    *(b'"metadata": ', b'"usage": ', b'"stop_reason": "length"', b'"choices": ', b'"delta": ', b'"error": '),
    *(b'"finish_reason": "stop"', b'"reasoning": "x"', b'"index": 1', b"\xe2\x80\xa8", b"\xc2\x85", b"[" * 300),
)
"""What means something to one of the readers."""

LONGEST = 4000
"""Bytes of a stream: what is longer teaches nothing more and takes its time."""


def mutated(raw: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The stream, changed in up to six places; one in ten is made of nothing but chance."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(200))
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6))):
        _change(changed, others, chance)
    return bytes(changed[:LONGEST])


def _change(raw: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    place = chance.randint(0, len(raw))
    end = min(len(raw), place + chance.choice((1, 1, 2, 4, 16, 200)))
    what = chance.randrange(8)
    if what == 0:
        raw[place:end] = b""
    elif what == 1:
        raw[place:place] = chance.choice(WORDS)
    elif what == 2:
        raw[place:end] = chance.choice(WORDS)
    elif what == 3:
        raw[place:place] = raw[place:end] * chance.choice((1, 2, 5))
    elif what == 4:
        other = chance.choice(others)
        cut = chance.randint(0, len(other))
        raw[place:] = other[cut:]
    elif what == 5:
        del raw[place:]
    elif what == 6 and raw:
        raw[place - 1] = chance.randrange(256)
    else:
        old, new = chance.choice(((b"\n", b"\r"), (b"\n", b"\r\n"), (b" ", b""), (b"1", b"-7"), (b"0", b"99999")))
        raw[:] = raw.replace(old, new)


def in_pieces(raw: bytes, chance: random.Random) -> list[bytes]:
    """The stream as a network may cut it, empty reads included."""
    if chance.random() < 0.1:
        return [raw[at : at + 1] for at in range(len(raw))]
    places = sorted(chance.randint(0, len(raw)) for _ in range(chance.randrange(5)))
    return [raw[start:end] for start, end in zip([0, *places], [*places, len(raw)], strict=True)]
