"""Words: an event of the wire as text. All of it is clean."""

from __future__ import annotations

import json
from typing import Any

from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.health.amounts import size
from genesys_tui.tui.wire.events import CHUNK, DIAGNOSTIC, WireEvent

MOST_PARSED = 64 * 1024
"""Bytes of data that are looked into."""

MOST_SHOWN = 16 * 1024
"""Characters of data that the pane shows."""

MOST_IN_LINE = 400
_QUOTED = 60


def summary_of(event: WireEvent) -> str:
    """What an event says, on one line."""
    if event.code == CHUNK and (told := _chunk(event.data)):
        return sanitized(told).replace("\n", " ")
    data = event.data[: 4 * MOST_IN_LINE].decode("utf-8", "replace")
    if event.code == DIAGNOSTIC and data:
        return sanitized_line(f"{data[:_QUOTED]}{'…' if len(data) > _QUOTED else ''} — {event.note}")[:MOST_IN_LINE]
    return sanitized_line(f"{event.note}  {data}" if event.note else data)[:MOST_IN_LINE]


def line_of(event: WireEvent) -> str:
    """An event with its figures, on one line."""
    gap = "" if event.gap is None else f"+{event.gap:.4f}"
    figures = f"{event.number:>7} {event.at:>10.4f} {gap:>10} {event.kind:<10} {event.tokens:>7} {len(event.data):>7}"
    return f"{figures}  {summary_of(event)}"


def detail_of(event: WireEvent, copies: str = "y") -> str:
    """An event in full: its figures, what was noted, and its data, laid out where it is JSON.

    ``copies`` is the key that copies them.
    """
    since = "" if event.gap is None else f", {event.gap:.4f} s after the one before"
    head = f"event {event.number:,} · {event.kind} · {event.at:.4f} s after the request{since}"
    text = event.data.decode("utf-8", "replace")
    parsed = _parsed(event.data)
    if parsed is not None:
        text = json.dumps(parsed, indent=2, ensure_ascii=False)
    if len(text) > MOST_SHOWN:
        text = f"{text[:MOST_SHOWN]}\n… {size(len(event.data))} in all; {copies} copies it whole"
    parts = [f"{head} · {size(len(event.data))}", event.note, text]
    return "\n".join(sanitized(part) for part in parts if part)


def _chunk(data: bytes) -> str:
    """A chunk's text in quotes, and whatever else it says."""
    chunk = _parsed(data)
    if not isinstance(chunk, dict):
        return ""
    if isinstance(chunk.get("choices"), list):
        return _choices(chunk)
    if not isinstance(chunk.get("content"), str):
        return ""
    said = [_quoted(chunk["content"])]
    if chunk.get("is_complete"):
        said.append("final")
    if metadata := chunk.get("metadata"):
        said.append(json.dumps(metadata, ensure_ascii=False)[:MOST_IN_LINE])
    return "  ".join(said)


def _choices(chunk: dict[str, Any]) -> str:
    """The same of a chunk whose texts are in its choices: each field of a delta that holds any, by its name."""
    said = []
    for choice in chunk["choices"]:
        delta = choice.get("delta") if isinstance(choice, dict) else None
        for name, text in delta.items() if isinstance(delta, dict) else ():
            if isinstance(text, str) and text and name != "role":
                said.append(_quoted(text) if name == "content" else f"{name} {_quoted(text)}")
        if isinstance(choice, dict) and choice.get("finish_reason"):
            said.append(f"final, {str(choice['finish_reason'])[:_QUOTED]}")
    if chunk.get("usage"):
        said.append(json.dumps(chunk["usage"], ensure_ascii=False)[:MOST_IN_LINE])
    return "  ".join(said)


def _quoted(text: str) -> str:
    return json.dumps(text[:MOST_IN_LINE], ensure_ascii=False)


def _parsed(data: bytes) -> Any:
    if len(data) > MOST_PARSED:
        return None
    try:
        return json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
