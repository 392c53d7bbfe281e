"""A replay: the events of a capture, sent again at their own pace."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ON_THE_WIRE = ("chunk", "heartbeat", "diagnostic", "anomaly", "done")


class Moment(NamedTuple):
    """Bytes, and when they are due."""

    after: float
    """Seconds after the answer began."""

    data: bytes


def read_capture(file: Path) -> tuple[Moment, ...]:
    """The moments of a capture that the wire screen saved; the last one, without bytes, is its end.

    Raises OSError where it cannot be read, ValueError, which names the line, where it is no capture.
    """
    with file.open(encoding="utf-8") as stream:
        head = _fields(1, stream.readline())
        if head.get("capture") != "genesys-tui":
            raise ValueError(f"{file} is no capture: its first line does not say so")
        return tuple(_moments([_fields(number, line) for number, line in enumerate(stream, 2)]))


async def replay(moments: tuple[Moment, ...], pace: float) -> AsyncGenerator[bytes, None]:
    """Each moment's bytes when they are due; `pace` multiplies the times."""
    began = time.monotonic()
    for moment in moments:
        await asyncio.sleep(max(0.0, began + moment.after * pace - time.monotonic()))
        if moment.data:
            yield moment.data


def _moments(events: list[dict[str, Any]]) -> Iterator[Moment]:
    answered = next((event["at"] for event in events if event["kind"] == "answer"), 0.0)
    for event in events:
        if event["kind"] == "end" or (event["kind"] in ON_THE_WIRE and (event["data"] or event["kind"] != "anomaly")):
            data = b"" if event["kind"] == "end" else _written(event["event"], event["data"])
            yield Moment(max(0.0, event["at"] - answered), data)


def _written(name: str, text: str) -> bytes:
    """A server-sent event as its gateway may have written it; without a name, a comment."""
    lines = text.encode("utf-8", "surrogateescape").split(b"\n")
    if not name:
        return b"".join(b": " + line + b"\n" for line in lines) + b"\n"
    head = b"" if name == "message" else b"event: " + name.encode() + b"\n"
    return head + b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"


def _fields(number: int, line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
        if number == 1 and isinstance(fields, dict):
            return fields
        kinds: dict[str, type | tuple[type, ...]] = {"at": (int, float), "kind": str, "event": str, "data": str}
        if isinstance(fields, dict) and all(isinstance(fields.get(name), kind) for name, kind in kinds.items()):
            return fields
    except ValueError:
        pass
    raise ValueError(f"line {number} is not one of a capture")
