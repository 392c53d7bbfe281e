"""Reading: calls as the ledger's own events hold them, found through the projection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from genesys_tui.audit import log, projection
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.events import record_of
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.records import Record
from genesys_tui.audit.selection import selection
from genesys_tui.errors import LedgerError


class Call(NamedTuple):
    """One call as the ledger holds it."""

    record: Record
    messages: list[dict[str, str]]
    """What was asked: role and content of each message. Empty where it was erased or never kept."""

    reply: str
    erased: bool = False
    """Whether what was said in it was erased."""


class Found(NamedTuple):
    """A call, and where it begins."""

    seq: int
    call: Call


class Place(NamedTuple):
    """Where a call stands in the chain of events."""

    start: int
    end: int | None
    """The sequence numbers of its events."""

    events: int
    """How many there are by now."""

    head: str
    """The chain's head at its last event, in hexadecimal."""

    def __str__(self) -> str:
        last = f" to {self.end:,}" if self.end else ""
        return f"event {self.start:,}{last} of {self.events:,}, head {self.head}"


_ERASED = json.dumps({"error": "What was said in this call was erased."})
_COLUMNS = "c.start_seq, c.end_seq, c.erased, e.payload"
_FROM_CALLS = "calls AS c"
_FROM_WORDS = "words AS w CROSS JOIN calls AS c ON c.start_seq = w.rowid >> 1"
_EVENT = "CROSS JOIN events AS e ON e.seq = coalesce(c.end_seq, c.start_seq)"


def newest_first(db: sqlite3.Connection, wanted: Filter, below: int, most: int) -> list[Found]:
    """Calls that match and begin below a sequence number."""
    asked = selection(wanted)
    # Built from our own words only: every value is bound.
    if asked.match:
        query = (
            f"SELECT {_COLUMNS} FROM {_FROM_WORDS} {_EVENT} WHERE w.words MATCH ? AND w.rowid < ? AND {asked.where}"  # noqa: S608
            " ORDER BY w.rowid DESC LIMIT ?"
        )
        values: tuple[Any, ...] = (asked.match, below * 2, *asked.values, 2 * most)  # a call may be found twice
    else:
        query = (
            f"SELECT {_COLUMNS} FROM {_FROM_CALLS} {_EVENT} WHERE c.start_seq < ? AND {asked.where}"  # noqa: S608
            " ORDER BY c.start_seq DESC LIMIT ?"
        )
        values = (below, *asked.values, most)
    rows = {row[0]: row for row in db.execute(query, values)}
    return calls_of(db, list(rows.values())[:most])


def get(db: sqlite3.Connection, request_id: str) -> Call:
    """One call, by its request id or the beginning of it. Raises LedgerError for none or several."""
    if not request_id.strip():
        raise LedgerError("Which call? Give its request id, or the beginning of it: see `genesys-tui audit list`.")
    beginning = projection.storable(request_id)
    query = (
        f"SELECT {_COLUMNS}, c.request_id FROM {_FROM_CALLS} {_EVENT} WHERE c.request_id >= ? AND c.request_id < ?"  # noqa: S608
        " ORDER BY c.request_id LIMIT 2"  # the whole id before those that only begin with it
    )
    rows = db.execute(query, (beginning, beginning + "\U0010ffff")).fetchall()
    if not rows:
        raise LedgerError(f"No call has the request id {request_id}. See `genesys-tui audit list`.")
    if len(rows) > 1 and rows[0][4] != beginning:
        raise LedgerError(f"Several calls begin with {request_id}. Give more of the request id.")
    return calls_of(db, rows[:1])[0].call


def others_of(db: sqlite3.Connection, request_id: str) -> list[str]:
    """The other ended calls of a call's conversation that are not erased, the newest first; none where it is of none.

    Reads no texts. Raises LedgerError.
    """
    query = (
        "SELECT e.payload FROM calls AS named CROSS JOIN calls AS c ON c.conversation = named.conversation"
        " CROSS JOIN events AS e ON e.seq = coalesce(c.end_seq, c.start_seq)"
        " WHERE named.request_id = ? AND named.conversation > ''"
        " AND (c.request_id = named.request_id OR (c.end_seq IS NOT NULL AND NOT c.erased))"
        " ORDER BY c.start_seq DESC"
    )
    named = projection.storable(request_id)
    rows = db.execute(query, (named,))
    try:
        found = [record_of(parsed(payload)["record"]) for (payload,) in rows]
    except UNREADABLE:
        raise damaged() from None
    conversation = next((each.conversation_id for each in found if projection.storable(each.request_id) == named), "")
    # The table cannot hold half a character, and takes another conversation for the same.
    same = [each.request_id for each in found if conversation and each.conversation_id == conversation]
    return [each for each in same if projection.storable(each) != named]


def place_of(db: sqlite3.Connection, request_id: str) -> Place:
    """Where a call stands. Raises LedgerError."""
    query = (
        "SELECT c.start_seq, c.end_seq, lower(hex(e.head)) FROM calls AS c"
        " JOIN events AS e ON e.seq = coalesce(c.end_seq, c.start_seq) WHERE c.request_id = ?"
    )
    row = db.execute(query, (projection.storable(request_id),)).fetchone()
    if row is None:
        raise LedgerError(f"No call has the request id {request_id}.")
    return Place(row[0], row[1], log.last(db)[0], row[2])


def calls_of(db: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> list[Found]:
    """Calls with their texts, of rows of (start, end, erased, payload)."""
    kept = _texts(db, [seq for row in rows for seq in row[:2] if seq is not None])
    return [Found(row[0], _call(row, {**kept.get(row[0], {}), **kept.get(row[1], {})})) for row in rows]


def parsed(payload: str) -> dict[str, Any]:
    """A payload. Raises LedgerError."""
    try:
        fields: dict[str, Any] = json.loads(payload)
        return fields
    except ValueError:
        raise damaged() from None


def _call(row: tuple[Any, ...], texts: dict[str, str]) -> Call:
    try:
        said = _ERASED if row[2] else texts.get("said", "")
        record = record_of(parsed(row[3])["record"], said)
        return Call(record, json.loads(texts.get("prompt", "[]")), texts.get("reply", ""), bool(row[2]))
    except UNREADABLE:
        raise damaged() from None


def _texts(db: sqlite3.Connection, seqs: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    places = ", ".join("?" * len(seqs))
    query = f"SELECT seq, part, body FROM texts WHERE seq IN ({places}) AND body IS NOT NULL"  # noqa: S608
    for seq, part, body in db.execute(query, seqs):
        found.setdefault(seq, {})[part] = log.readable(body)
    return found


def damaged() -> LedgerError:
    """What to raise for a record that is none."""
    return LedgerError(
        "The audit file holds a record that cannot be read. `genesys-tui audit verify` says where; restore a copy."
    )
