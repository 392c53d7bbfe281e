"""Exports verified: JSON lines, without the ledger they came from."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.chain import NOTHING, head_of, leaf_of
from genesys_tui.audit.findings import Evidence, Ledgered, Unreadable, judged
from genesys_tui.audit.jsonl import fields_of_stored
from genesys_tui.audit.merkle import Tree
from genesys_tui.audit.ranges import Moment, Range
from genesys_tui.audit.report import Report
from genesys_tui.audit.shapes import DEFAULTS
from genesys_tui.audit.texts import prove

_OWN = ("messages", "content", "erased", "said", "ledger", "events")


class _Event(NamedTuple):
    ledger: bytes
    seq: int
    before: bytes
    head: bytes
    payload: dict[str, Any]
    wrong: tuple[str, ...]
    """What is wrong with its line."""

    gone: tuple[str, ...] = ()
    """Parts of its text that are not there."""

    hashed: tuple[str, ...] = ()
    """Parts of which there is only the hash, or somebody took the text out."""

    erased: bool | None = None
    """Whether the line says that what was said in the call was erased; None for the events beside calls."""


def verify_export(path: Path, evidence: Evidence, tell: Callable[[int, int], None]) -> Report:
    """Check an export in JSON lines. Raises Unreadable."""
    events = _in_order(_events(path, tell))
    try:
        first = next(events, None)
        if first is None:
            raise Unreadable("it holds no events. Name a ledger, or an export in JSON lines.")
        found = Ledgered(0, evidence, partial=first.seq != 1)
        found.add(_whole(first, events, evidence, found.partial))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"it is no export in JSON lines ({type(error).__name__}: {error}).") from error
    report = judged(found)
    if not found.partial:
        return report
    part = "This is a part of a ledger: each event fits the head that stands beside it, which only the whole confirms."
    return report.saying(report.sentences[0] if report.first_bad else part, *report.sentences[1:])


def _events(path: Path, tell: Callable[[int, int], None]) -> Iterator[_Event]:
    size, done = path.stat().st_size, 0
    with path.open("rb") as lines:
        ledger = ""
        for number, line in enumerate(lines):
            done += len(line)
            if number % 1000 == 0:
                tell(done, size)
            fields = json.loads(line)
            ledger = ledger or fields.get("ledger") or fields["event"]["payload"]["ledger"]
            if "event" in fields:
                yield _event(ledger, fields["event"], {}, ())
            else:
                yield from _events_of_call(fields)
    tell(size, size)


def _events_of_call(line: dict[str, Any]) -> Iterator[_Event]:
    """The events of a call, once the rest of the line was compared with them."""
    said = line.get("said", "")
    bodies = {"prompt": canonical(line["messages"]), "reply": line["content"], "said": said}
    last = line["events"][-1]
    told = {name: value for name, value in line.items() if name not in _OWN}
    meant = json.loads(json.dumps(fields_of_stored(json.dumps(last["payload"]), said, line["erased"])))
    # An older line lacks fields that are younger than it; what it does not say is what goes without saying.
    wrong = () if {**DEFAULTS, **told} == meant else ("the line says otherwise than the event in it",)
    for event in line["events"]:
        yield _event(line["ledger"], event, bodies, wrong if event is last else (), bool(line["erased"]))


def _event(
    ledger: str, event: dict[str, Any], bodies: dict[str, str], wrong: tuple[str, ...], erased: bool | None = None
) -> _Event:
    payload, salts = event["payload"], event.get("salts", {})
    gone, hashed = [], []
    for part, proof in payload.get("texts", {}).items():
        if part not in salts:
            gone.append(part)
            continue
        body = bodies[part].encode("utf-8", "surrogatepass")
        if prove(bytes.fromhex(salts[part]), body) == proof:
            continue
        if part != "said" and bodies[part] in ("", "[]"):
            hashed.append(part)
        else:
            wrong = (*wrong, f"its {part} is not the text that was recorded")
    heads = bytes.fromhex(event["before"]), bytes.fromhex(event["head"])
    return _Event(bytes.fromhex(ledger), event["seq"], *heads, payload, wrong, tuple(gone), tuple(hashed), erased)


def _in_order(events: Iterator[_Event]) -> Iterator[_Event]:
    """By sequence number: a call's end stands beside its start, before what happened meanwhile."""
    waiting: list[tuple[int, int, _Event]] = []
    seq = 0
    for count, event in enumerate(events):
        heapq.heappush(waiting, (event.seq, count, event))
        while waiting and waiting[0][0] <= seq + 1:
            seq = waiting[0][0]
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _whole(first: _Event, rest: Iterator[_Event], evidence: Evidence, partial: bool) -> Range:
    """All events as one range."""
    found = Range(first.seq, first.seq)
    found.ledger = first.ledger
    heads = {note.size: note.head for note in evidence.anchors}
    wanted = {*heads}
    tree, before, seq = Tree(), NOTHING, first.seq
    hashes, said_erased = partial, set()  # a part does not say under which settings it was recorded
    for event in _chained(first, rest):
        if event.seq != seq and not partial:
            found.problems.append((min(seq, event.seq), "events are missing, or there twice"))
        follows = event.seq == seq and event is not first if partial else True
        if follows and event.before != before:
            found.problems.append((event.seq, "the event does not follow the one before"))
        kind = event.payload["kind"]
        if not partial and (event.seq - 1 in wanted or kind == "checkpoint"):
            checkpoint = json.dumps(event.payload) if kind == "checkpoint" else ""
            found.moments.append(Moment(event.seq - 1, tuple(tree.subtrees), before, checkpoint))
        leaf = leaf_of(canonical(event.payload).encode())
        if event.head != head_of(found.ledger, event.seq, event.before, leaf):
            found.problems.append((event.seq, "the event is not the one that was recorded, or not in its place"))
        if partial and event.head != heads.get(event.seq, event.head):
            found.problems.append((event.seq, "the event is not the one that was anchored"))
        found.problems += [(event.seq, what) for what in event.wrong]
        found.gone += [(event.seq, part) for part in event.gone]
        if not hashes:
            found.problems += [(event.seq, f"its {part} is not the text that was recorded") for part in event.hashed]
        hashes = hashes or (kind == "config" and event.payload["settings"].get("text") == "hash")
        if event.erased and kind == "start":
            said_erased.add(event.seq)
        if kind == "erase":
            found.erased.append((event.payload["start"], event.payload["last"]))
        found.kinds[kind] = found.kinds.get(kind, 0) + 1
        tree.add(leaf)
        before, seq, found.last = event.head, event.seq + 1, event.seq
    if found.last in wanted and not partial:
        found.moments.append(Moment(found.last, tuple(tree.subtrees), before))
    found.head, found.subtrees = before, tuple(tree.subtrees)
    for start in sorted(said_erased ^ {start for start, _ in found.erased}):
        found.problems.append((start, "its line is wrong about whether it was erased"))
    return found


def _chained(first: _Event, rest: Iterator[_Event]) -> Iterator[_Event]:
    yield first
    yield from rest
