"""JSON lines: a ledger as text that can be verified by itself.

A line for each call: the record, ``messages``, ``content``, ``erased``, and under ``events`` its start and end as they
stand in that ``ledger``, with the heads before and after them and the salts of their texts. In an export of everything,
the other events stand between the calls, each on a line of its own. All of it is ASCII.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from heapq import merge
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from genesys_tui.audit.canonical import in_ascii
from genesys_tui.audit.chain import NOTHING
from genesys_tui.audit.events import plain
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span, Texts
from genesys_tui.audit.log import readable
from genesys_tui.audit.records import Record

_DEFAULTS = {
    name: field.get_default(call_default_factory=False) if not field.is_required() else None
    for name, field in Record.model_fields.items()
}
_DEFAULTS["observations"] = []
_encoded = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_ERASED = "What was said in this call was erased."


def jsonl(history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE) -> Iterator[str]:
    """The lines, the oldest call first."""
    lines = _calls(history, wanted, span)
    if wanted == EVERYTHING:
        lines = merge(lines, _others(history, span), key=lambda each: each[0])
    return (line for _, line in lines)


def fields_of_stored(payload: str, said: str, erased: bool) -> dict[str, Any]:
    """The fields of a record, all of them, in their order, from a stored payload."""
    fields = plain(json.loads(payload)["record"], said)
    if erased and "error" in fields:
        fields["error"]["message"] = _ERASED
    if "error" in fields:
        fields["error"] = {"status_code": None, "correlation_id": None, **fields["error"]}
    return {**_DEFAULTS, **fields}


def call_fields(row: tuple[Any, ...], texts: Texts) -> dict[str, Any]:
    """What a line of a call says, but for its events."""
    kept = {**texts.get(row[0], {}), **texts.get(row[1], {})}
    return {
        **fields_of_stored(row[5] or row[3], _body(kept, "said"), bool(row[2])),
        "messages": json.loads(_body(kept, "prompt") or "[]"),
        "content": _body(kept, "reply"),
        "erased": bool(row[2]),
    }


def _calls(history: History, wanted: Filter, span: Span) -> Iterator[tuple[int, str]]:
    for rows, texts in history.stored(wanted, span):
        for row in rows:
            yield row[0], _line(history.ledger, row, texts)


def _line(ledger: str, row: tuple[Any, ...], texts: Texts) -> str:
    start, end, erased, started, start_head, ended, end_head, before_start, before_end = row
    kept = {**texts.get(start, {}), **texts.get(end, {})}
    said, reply = _body(kept, "said"), _body(kept, "reply")
    fields = _encoded(fields_of_stored(ended or started, said, bool(erased)))
    also = f'"said":{quoted(said)},' if said else ""
    events = _event(start, before_start, start_head, started, texts)
    if end is not None:
        events += "," + _event(end, before_end, end_head, ended, texts)
    return (
        f'{fields[:-1]},"messages":{in_ascii(_body(kept, "prompt")) or "[]"},"content":{quoted(reply)},'
        f'"erased":{"true" if erased else "false"},{also}"ledger":"{ledger}","events":[{events}]}}\n'
    )


def _event(seq: int, before: str | None, head: str, payload: str, texts: Texts) -> str:
    salts = ",".join(f'"{part}":"{salt}"' for part, (salt, _) in texts.get(seq, {}).items())
    return (
        f'{{"seq":{seq},"before":"{before or NOTHING.hex()}","head":"{head}",'
        f'"salts":{{{salts}}},"payload":{in_ascii(payload)}}}'
    )


def _others(history: History, span: Span) -> Iterator[tuple[int, str]]:
    for seq, payload, head, before in history.beside_calls(span):
        yield seq, f'{{"event":{_event(seq, before, head, payload, {})}}}\n'


def _body(kept: dict[str, tuple[str, str | bytes | None]], part: str) -> str:
    body = kept[part][1] if part in kept else None
    return "" if body is None else readable(body)
