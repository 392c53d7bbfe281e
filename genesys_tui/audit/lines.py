"""Lines of an export: the events in one, and what is wrong with them.

A line is made anew out of its own events, salts and texts, by what writes lines, and compared with that: it may hold
what would be written there, and nothing else. Only fields of the record may be left out of it, where they say what goes
without saying: an older line lacks those that are younger than it.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.events import ENDS
from genesys_tui.audit.jsonl import Kept, line_beside, line_of
from genesys_tui.audit.shapes import DEFAULTS, encoded
from genesys_tui.audit.texts import prove
from genesys_tui.sanitize import sanitized_line

_NOTHING = {"prompt": "[]", "reply": "", "said": ""}
"""What stands in a line for a text that is not there."""

_OTHERWISE = "the line says otherwise than the event in it"


class NoLine(Exception):
    """It is no line of an export; why, for an operator to read."""


class Event(NamedTuple):
    """An event in a line."""

    seq: int
    before: bytes
    head: bytes
    """The heads before and after it."""

    kind: str
    payload: dict[str, Any]
    written: str
    """The payload as canonical JSON."""

    salts: dict[str, bytes]
    """By part."""

    wrong: tuple[str, ...] = ()
    """What is wrong with it, or with its line."""

    gone: tuple[str, ...] = ()
    """Parts of its text that are not there, with their salts."""

    hashed: tuple[str, ...] = ()
    """Parts of which there is only the hash, or somebody took the text out."""


class Line(NamedTuple):
    """A line: one event beside the calls, or those of one call."""

    events: tuple[Event, ...]
    """At least one."""

    ledger: bytes
    """The ledger's id; empty where the line does not say it."""

    erased: bool | None
    """Whether it says that what was said in the call was erased; None where it is of no call."""


def read_line(data: bytes) -> Line:
    """What a line holds. Raises NoLine; what is only wrong stands with the event."""
    try:
        text = data.decode()
        fields = json.loads(text)
        return _beside(text, fields) if "event" in fields else _of_call(text, fields)
    except (*UNREADABLE, IndexError) as error:
        raise NoLine(f"{type(error).__name__}: {sanitized_line(str(error))[:200]}") from None


def _beside(text: str, fields: dict[str, Any]) -> Line:
    """An event that is of no call."""
    event = _proved(_event(fields["event"]), {})
    ledger = _bytes(event.payload["ledger"], 16) if event.kind == "open" else b""
    wrong = []
    if event.kind in ("start", *ENDS):
        wrong.append("the event is of a call, whose line is not there")
    if not _says(text, fields, line_beside(event.seq, event.written, event.head, event.before), {}):
        wrong.append(_OTHERWISE)
    return Line((event._replace(wrong=(*event.wrong, *wrong)),), ledger, None)


def _of_call(text: str, fields: dict[str, Any]) -> Line:
    """The events of a call, once the rest of the line was compared with them."""
    bodies = {"prompt": canonical(fields["messages"]), "reply": fields["content"], "said": fields.get("said", "")}
    events = [_proved(_event(each), bodies) for each in fields["events"]]
    ledger, erased, last = _bytes(fields["ledger"], 16), bool(fields["erased"]), events[-1]
    wrong = ""
    if not _are_of_one_call(events):
        wrong = "the events in its line are not those of one call"
    elif not any(event.wrong for event in events):
        made = _made(ledger, events, erased, bodies)
        wrong = "" if _says(text, fields, made, DEFAULTS) else _OTHERWISE
    if wrong:
        events[-1] = last._replace(wrong=(*last.wrong, wrong))
    return Line(tuple(events), ledger, erased)


def _event(stored: dict[str, Any]) -> Event:
    """An event as a line holds it. Raises one of UNREADABLE."""
    seq, payload = stored["seq"], stored["payload"]
    if type(seq) is not int or not 0 < seq < 2**63:
        raise ValueError("an event has no sequence number")
    kind = payload["kind"]
    if type(kind) is not str:
        raise ValueError("an event has no kind")
    salts = {part: _bytes(salt, 32) for part, salt in stored["salts"].items()}
    heads = _bytes(stored["before"], 32), _bytes(stored["head"], 32)
    return Event(seq, *heads, kind, payload, canonical(payload), salts)


def _bytes(text: str, size: int) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != size:
        raise ValueError(f"these are not {size} bytes in hexadecimal")
    return found


def _proved(event: Event, bodies: dict[str, str]) -> Event:
    """The event, its texts compared with their proofs."""
    proofs, salts = event.payload.get("texts", {}), event.salts
    if not proofs and not salts:
        return event
    never = [part for part in _NOTHING if part in salts and part not in proofs]
    wrong = [f"there is a salt of a {part} that was never recorded" for part in never]
    gone, hashed = [], []
    for part, proof in proofs.items():
        if part not in _NOTHING:
            raise ValueError("an event has a text that nobody knows")
        if part not in salts:
            gone.append(part)
        elif prove(salts[part], bodies[part].encode("utf-8", "surrogatepass")) == proof:
            continue
        elif part != "said" and bodies[part] == _NOTHING[part]:
            hashed.append(part)
        else:
            wrong.append(f"its {part} is not the text that was recorded")
    return event._replace(wrong=tuple(wrong), gone=tuple(gone), hashed=tuple(hashed))


def _are_of_one_call(events: list[Event]) -> bool:
    """Whether they are a start and, maybe, the end of what it began."""
    start, *ends = events
    if start.kind != "start" or len(ends) > 1:
        return False
    return all(end.kind in ENDS and end.payload["start"] == start.seq < end.seq for end in ends)


def _made(ledger: bytes, events: list[Event], erased: bool, bodies: dict[str, str]) -> str:
    """The line as it would be written. A text without a salt has no place in it."""
    start, end = events[0], events[1] if len(events) > 1 else None
    kept: dict[int, Kept] = {
        event.seq: {part: (salt, bodies[part]) for part, salt in event.salts.items()} for event in events
    }
    begun, ended = (start.written, start.head), (end.written, end.head) if end else (None, None)
    before = start.before, end.before if end else None
    return line_of(ledger.hex(), (start.seq, end and end.seq, erased, *begun, *ended, *before), kept)


def _says(text: str, fields: dict[str, Any], made: str, default: dict[str, Any]) -> bool:
    """Whether a line, parsed to these fields, says what is made of it; it may leave out what is a default."""
    left_out = [name for name in default if name not in fields]
    for name in left_out:
        made = made.replace(f'"{name}":{encoded(default[name])},', "", 1)
    if text == made:
        return True
    # Written otherwise, it may yet say the same.
    return _sorted(json.loads(text, object_pairs_hook=_once)) == _sorted(json.loads(made))


def _sorted(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # 1, 1.0 and true are equal to Python, but not here


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found
