"""The forms in which `ask` writes a call: text, one JSON object, or JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

from genesys_tui.audit.records import Record
from genesys_tui.call import CallFact, Ended, Started
from genesys_tui.cli.streams import Flow, narrate, write
from genesys_tui.endings import ending_in_words
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.facts import Anomaly, Delta, Diagnostic, Heartbeat, Reasoning, Retry
from genesys_tui.sanitize import sanitized_line


class Format(Protocol):
    """Writes the facts of an exchange as they come."""

    def take(self, fact: CallFact) -> None:
        """Write one. Raises OutputClosed."""

    def finish(self) -> None:
        """Write what waits for the end. Raises OutputClosed."""


class TextFormat:
    """The reply as it arrives; what else there is to know on standard error."""

    def __init__(self) -> None:
        self._reply = Flow()
        self._ends_line = True
        self._last: Record | None = None

    def take(self, fact: CallFact) -> None:
        """Write one fact."""
        if isinstance(fact, Delta):
            if fact.replaces:
                self._reply.end()
                narrate("\nThe gateway replaced the text so far:")
            if fact.content:
                self._reply.write(fact.content)
                self._ends_line = fact.content.endswith("\n")
        elif isinstance(fact, Retry):
            self._line(f"Attempt {fact.attempt} failed: {fact.why} Trying again in {fact.wait:.1f} s.")
        elif isinstance(fact, Anomaly):
            self._line(f"Out of sequence: chunk {fact.chunk_id} {fact.detail}.")
        elif isinstance(fact, Diagnostic):
            self._line(f"Diagnostic ({fact.name}): {fact.why}")
        elif isinstance(fact, Started) and self._last is not None:
            self._line(f"{ending_in_words(self._last)}. Continuing.")
        elif isinstance(fact, Ended):
            self._last = fact.record

    def finish(self) -> None:
        """End the last line of the reply, and sum up. Raises OutputClosed."""
        self._reply.end()
        if not self._ends_line:
            write("\n")
            self._ends_line = True
        if self._last is not None:
            narrate(sanitized_line(ending_in_words(self._last)))

    def _line(self, text: str) -> None:
        line = sanitized_line(text)
        narrate(line if self._ends_line else f"\n{line}")


class JsonFormat:
    """One object at the end: the record of the last call, and the whole reply as ``content``."""

    def __init__(self) -> None:
        self._last: Ended | None = None

    def take(self, fact: CallFact) -> None:
        """Keep what the object is made of."""
        if isinstance(fact, Ended):
            self._last = fact

    def finish(self) -> None:
        """Write the object. Raises OutputClosed."""
        if self._last is not None:
            _write_json({**_fields(self._last.record), "content": self._last.content})


class EventsFormat:
    """A JSON object per fact, on a line of its own; the last is ``ended``."""

    def __init__(self, seconds_since_request: Callable[[float], float]) -> None:
        self._since = seconds_since_request

    def take(self, fact: CallFact) -> None:
        """Write one fact."""
        match fact:
            case Started(record):
                _write_json({"event": "started", "record": _fields(record)})
            case Delta():
                fields = {"content": fact.content, "tokens_generated": fact.tokens_generated}
                self._write("delta", fact.at, {**fields, "replaces": True} if fact.replaces else fields)
            case Reasoning():
                reasoned = {"content": fact.content, "tokens_generated": fact.tokens_generated}
                self._write("reasoning", fact.at, reasoned)
            case Heartbeat():
                self._write("heartbeat", fact.at, {})
            case Diagnostic():
                self._write("diagnostic", fact.at, {"name": fact.name, "data": fact.data, "why": fact.why})
            case Anomaly():
                anomaly = {"kind": fact.kind, "chunk_id": fact.chunk_id, "detail": fact.detail}
                self._write("anomaly", fact.at, anomaly)
            case Retry():
                self._write("retry", fact.at, {"attempt": fact.attempt, "wait": round(fact.wait, 3), "why": fact.why})
            case Ended(record):
                _write_json({"event": "ended", "record": _fields(record)})
            case _:
                pass  # requested, answered and received have no line of their own

    def finish(self) -> None:
        """Nothing waits."""

    def _write(self, event: str, at: float, fields: dict[str, Any]) -> None:
        _write_json({"event": event, **fields, "at": round(self._since(at), 6)})


def _fields(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json")


def _write_json(fields: dict[str, Any]) -> None:
    write(json.dumps(fields, ensure_ascii=True) + "\n")


def format_named(name: str, exchange: Exchange) -> Format:
    """The format of that name, for the facts of that exchange."""
    if name == "json":
        return JsonFormat()
    return EventsFormat(exchange.seconds_since_request) if name == "events" else TextFormat()
