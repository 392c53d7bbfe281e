"""JSON lines: a ledger as text that can be verified by itself.

A line for each call: the record, ``messages``, ``content``, ``erased``, and under ``events`` its start and end as they
stand in that ``ledger``, with the heads before and after them and the salts of their texts. In an export of everything,
the other events stand between the calls, each on a line of its own; in an export of some calls, those that say why
texts of these are not there: erasures, and settings under which only hashes are kept. All of it is ASCII.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from genesys_tui.audit.canonical import in_ascii
from genesys_tui.audit.chain import NOTHING
from genesys_tui.audit.events import plain
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span, Texts
from genesys_tui.audit.log import readable
from genesys_tui.audit.proofs import HASHED
from genesys_tui.audit.shapes import DEFAULTS, encoded, shape_of
from genesys_tui.errors import LedgerError

Kept = dict[str, tuple[bytes, str | bytes | None]]
_NONE: Kept = {}
_decoded = json.JSONDecoder().raw_decode
_SAYS_ERASED = '"erased":true,"'
_ERASED = "What was said in this call was erased."


def jsonl(history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE) -> Iterator[str]:
    """The lines, the oldest call first."""
    lines = _calls(history, wanted, span)
    if wanted == EVERYTHING:
        return _whole(_merged(lines, _others(history, span)), history)
    return _merged(_with_erasures(lines, history, span), _hashing(history, span))


def _whole(lines: Iterator[str], history: History) -> Iterator[str]:
    """The lines. Raises LedgerError where something was erased behind the event up to which they are."""
    yield from lines
    if history.until < WHOLE[1] and [*history.beside_calls((history.until + 1, WHOLE[1]), kind="erase")]:
        raise LedgerError("Something was erased meanwhile, and would be half there. Export again.")


def _merged(lines: Iterator[tuple[int, str]], others: Iterator[tuple[int, str]]) -> Iterator[str]:
    """Both in the order of their numbers; the others are few."""
    other = next(others, None)
    for number, line in lines:
        while other is not None and other[0] < number:
            yield other[1]
            other = next(others, None)
        yield line
    while other is not None:
        yield other[1]
        other = next(others, None)


def _with_erasures(lines: Iterator[tuple[int, str]], history: History, span: Span) -> Iterator[tuple[int, str]]:
    """Each call of a part of the ledger, with the event that says that it was erased."""
    erasures: dict[int, str] | None = None
    for number, line in lines:
        if _SAYS_ERASED not in line:
            yield number, line
            continue
        if erasures is None:
            events = history.beside_calls((span[0], WHOLE[1]), kind="erase")
            erasures = {json.loads(event[1])["start"]: line_beside(*event) for event in events}
        yield number, line + erasures.get(number, "")


def _hashing(history: History, span: Span) -> Iterator[tuple[int, str]]:
    """The settings under which only the hashes of texts are kept; each span has its own."""
    for event in history.beside_calls(span, kind="config"):
        if HASHED in event[1]:
            yield event[0], line_beside(*event)


def fields_of_stored(payload: str, said: str, erased: bool) -> dict[str, Any]:
    """The fields of a record, all of them, in their order, from a stored payload."""
    fields = plain(json.loads(payload)["record"], said)
    if erased and "error" in fields:
        fields["error"]["message"] = _ERASED
    if "error" in fields:
        fields["error"] = {"status_code": None, "correlation_id": None, **fields["error"]}
    return {**DEFAULTS, **fields}


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
            yield row[0], line_of(history.ledger, row, texts)


def line_of(ledger: str, row: tuple[Any, ...], texts: Mapping[int, Kept]) -> str:
    """The line of a call as it is stored, its payloads as canonical JSON."""
    start, end, erased, started, start_head, ended, end_head, before_start, before_end = row
    asked, answered = texts.get(start, _NONE), texts.get(end, _NONE)
    kept = {**asked, **answered}
    said = _body(kept, "said")
    also = f'"said":{quoted(said)},' if said else ""
    events = _event(start, before_start, start_head, started, asked)
    if end is not None:
        events += "," + _event(end, before_end or start_head, end_head, ended, answered)
    return (
        f'{_record(ended or started, said, bool(erased))},"messages":{in_ascii(_body(kept, "prompt")) or "[]"},'
        f'"content":{quoted(_body(kept, "reply"))},"erased":{"true" if erased else "false"},{also}'
        f'"ledger":"{ledger}","events":[{events}]}}\n'
    )


def _record(payload: str, said: str, erased: bool) -> str:
    """A record as the line begins with it."""
    if not said and not erased:
        record = _decoded(payload)[0]["record"]
        if shape := shape_of(record):
            return shape.written(record)
    return encoded(fields_of_stored(payload, said, erased))[:-1]


def _event(seq: int, before: bytes | None, head: bytes, payload: str, texts: Kept) -> str:
    salts = ",".join([f'"{part}":"{salt.hex()}"' for part, (salt, _) in texts.items()])
    return (
        f'{{"seq":{seq},"before":"{(before or NOTHING).hex()}","head":"{head.hex()}",'
        f'"salts":{{{salts}}},"payload":{in_ascii(payload)}}}'
    )


def _others(history: History, span: Span) -> Iterator[tuple[int, str]]:
    for event in history.beside_calls(span):
        yield event[0], line_beside(*event)


def line_beside(seq: int, payload: str, head: bytes, before: bytes | None) -> str:
    """The line of an event that is of no call."""
    return f'{{"event":{_event(seq, before, head, payload, _NONE)}}}\n'


def _body(kept: Kept, part: str) -> str:
    body = kept[part][1] if part in kept else None
    return "" if body is None else readable(body)
