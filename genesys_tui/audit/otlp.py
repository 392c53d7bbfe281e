"""OpenTelemetry: calls as spans in OTLP/JSON, under the names of the conventions for generative AI.

Each ended call is a span; a conversation is a trace. Ids are made from the call's own, so that the same call is the
same span however often it is sent. What was said is only in it where asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any
from urllib.parse import SplitResult, urlsplit

from genesys_tui.audit.events import microseconds
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span, Texts
from genesys_tui.audit.jsonl import call_fields

Fields = dict[str, Any]

_NAMES = {
    "gen_ai.conversation.id": "conversation_id",
    "gen_ai.request.model": "model",
    "gen_ai.response.id": "request_id",
    "gen_ai.usage.input_tokens": "input_tokens",
    "gen_ai.usage.output_tokens": "total_tokens",
    "gen_ai.response.time_to_first_chunk": "time_to_first_token_seconds",
    "genesys.status": "status",
    "genesys.stop_reason": "stop_reason",
    "genesys.truncated": "truncated",
    "genesys.profile": "profile",
    "genesys.continues": "continues",
    "genesys.tokens_per_second": "streaming_tokens_per_second",
    "genesys.gap_p50": "gap_p50_seconds",
    "genesys.gap_p95": "gap_p95_seconds",
    "genesys.gap_max": "gap_max_seconds",
    "genesys.stalls": "stalls",
    "genesys.chunks": "total_chunks",
    "genesys.attempts": "attempts",
    "genesys.diagnostics": "diagnostics",
    "genesys.sequence_anomalies": "sequence_anomalies",
    "genesys.correlation_id": "correlation_id",
    "genesys.erased": "erased",
}


_LOST = ("disconnected", "timeout", "interrupted")
"""Stop reasons of what ended as nobody wished, though a part of it came."""


def otlp_lines(
    history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE, *, text: bool = False
) -> Iterator[str]:
    """A line for each ended call, the oldest first: what a collector's file receiver takes."""
    for rows, texts in history.stored(wanted, span, ended_only=True):
        for row in rows:
            yield json.dumps(request([span_of(history.ledger, row, texts, text=text)]), separators=(",", ":")) + "\n"


def request(spans: Iterable[Fields]) -> Fields:
    """The body of an export request."""
    resource = {"attributes": [_attribute("service.name", "genesys-tui")]}
    scope = {"name": "genesys_tui.audit", "version": _version()}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": list(spans)}]}]}


def span_of(ledger: str, row: tuple[Any, ...], texts: Texts, *, text: bool = False) -> Fields:
    """An ended call, as it is stored, as a span."""
    fields = call_fields(row, texts)
    began = microseconds(datetime.fromisoformat(fields["started_at"].replace("Z", "+00:00")))
    ended = began + round(fields["elapsed_seconds"] * 1e6)
    error = fields["error"] or {}
    place = urlsplit(fields["environment"])
    failed = fields["status"] == "failed" or fields["stop_reason"] in _LOST
    named: Fields = {"gen_ai.operation.name": "chat"}
    named |= {name: fields[field] for name, field in _NAMES.items()}
    named["gen_ai.provider.name"] = fields["dialect"] or None
    named["gen_ai.request.max_tokens"] = fields["parameters"].get("max_tokens")
    named["gen_ai.request.temperature"] = fields["parameters"].get("temperature")
    named["gen_ai.response.finish_reasons"] = [fields["stop_reason"]]
    named["server.address"] = place.hostname or fields["environment"]
    named["server.port"] = _port(place)
    named["error.type"] = error.get("kind") or (fields["stop_reason"] if failed else None)
    named["genesys.probe"] = fields["probe"] or None
    # Where it stands in the ledger: who gets it twice can tell by this, and who doubts it can look it up.
    named |= {"genesys.ledger.id": ledger, "genesys.ledger.sequence": row[1], "genesys.ledger.head": row[6].hex()}
    named["genesys.dedupe_key"] = f"{ledger}/{row[1]}"
    if text:
        named["gen_ai.input.messages"] = json.dumps(fields["messages"])
        named["gen_ai.output.messages"] = json.dumps([{"role": "assistant", "content": fields["content"]}])
        named["genesys.error.message"] = error.get("message")
    return {
        "traceId": sha256(f"{ledger}/{fields['conversation_id']}".encode("utf-8", "replace")).hexdigest()[:32],
        "spanId": sha256(f"{ledger}/{fields['request_id']}".encode("utf-8", "replace")).hexdigest()[:16],
        "name": f"chat {fields['model']}",
        "kind": 3,  # a client's
        "startTimeUnixNano": str(began * 1000),
        "endTimeUnixNano": str(ended * 1000),
        "attributes": [_attribute(name, value) for name, value in named.items() if value is not None],
        # Unset, as the conventions have it of what did not fail.
        "status": {"code": 2, "message": str(named["error.type"])} if failed else {},
    }


def _port(place: SplitResult) -> int | None:
    try:
        return place.port or {"https": 443, "http": 80}.get(place.scheme)
    except ValueError:  # somebody else's digits
        return None


@cache
def _version() -> str:
    return version("genesys-tui")


def _attribute(key: str, value: Any) -> Fields:
    return {"key": key, "value": _value(value)}


def _value(value: Any) -> Fields:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    return {"stringValue": str(value)}
