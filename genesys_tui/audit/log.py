"""The log: events appended, and read as they were written. Everything here happens in a transaction of the caller."""

from __future__ import annotations

import json
import sqlite3
import uuid
from typing import Any, NamedTuple

from genesys_tui.audit import projection, schema
from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.chain import NOTHING, head_of, leaf_of
from genesys_tui.audit.texts import Text
from genesys_tui.errors import LedgerError


class Event(NamedTuple):
    """An event as it stands in the ledger."""

    seq: int
    kind: str
    payload: dict[str, Any]


def prepare(db: sqlite3.Connection, at: int, about: dict[str, Any]) -> bytes:
    """Make the tables of an empty file, and its first event; bring an older one up to date; returns the ledger's id.

    ``about``: how it is written.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        if db.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise LedgerError("it holds other things than a ledger")
        for statement in (*schema.TABLES, *schema.GUARDS.values()):
            db.execute(statement)
        projection.create(db)
    elif version < schema.VERSION:
        for name in schema.GUARDS.keys() - schema.guards(version).keys():
            db.execute(schema.GUARDS[name])
    if version != schema.VERSION:
        db.execute(f"PRAGMA user_version={schema.VERSION}")
    if not (first := read(db, 1)):
        ledger = uuid.uuid4().bytes
        first = append(db, ledger, "open", at, {"ledger": ledger.hex(), "settings": about})
    return bytes.fromhex(first.payload["ledger"])


def append(
    db: sqlite3.Connection, ledger: bytes, kind: str, at: int, fields: dict[str, Any], texts: list[Text] | None = None
) -> Event:
    """Tell the projection of an event, append it, and keep its texts."""
    seq, before = last(db)
    if projection.through(db) != seq:
        projection.catch_up(db)
    seq += 1
    payload = {"at": at, "kind": kind, **fields}
    if texts:
        payload["texts"] = {text.part: text.proof for text in texts}
    written = canonical(payload)
    head = head_of(ledger, seq, before, leaf_of(written.encode()))
    payload = json.loads(written)  # as whoever reads it sees it
    kept = {text.part: stored for text in texts or () if (stored := _storable(text.body)) is not None}
    projection.take(db, seq, kind, payload, kept)
    db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (seq, kind, written, head))
    for text in texts or ():
        db.execute("INSERT INTO texts VALUES (?, ?, ?, ?)", (seq, text.part, text.salt, _storable(text.body)))
    return Event(seq, kind, payload)


def last(db: sqlite3.Connection) -> tuple[int, bytes]:
    """The last sequence number and head; 0 and nothing in an empty ledger."""
    return db.execute("SELECT seq, head FROM events ORDER BY seq DESC LIMIT 1").fetchone() or (0, NOTHING)


def read(db: sqlite3.Connection, seq: int) -> Event | None:
    """One event. Raises ValueError where it is no JSON."""
    row = db.execute("SELECT seq, kind, payload FROM events WHERE seq = ?", (seq,)).fetchone()
    return row and Event(row[0], row[1], json.loads(row[2]))


def newest(db: sqlite3.Connection, kind: str, after: int = 0) -> Event | None:
    """The last event of a kind that is not of calls; of those behind ``after``."""
    query = (
        f"SELECT seq, kind, payload FROM events WHERE {schema.BESIDE_CALLS}"  # noqa: S608
        " AND kind = ? AND seq > ? ORDER BY seq DESC LIMIT 1"
    )
    row = db.execute(query, (kind, after)).fetchone()
    return row and Event(row[0], row[1], json.loads(row[2]))


def ended_after(db: sqlite3.Connection, seq: int) -> set[Any]:
    """The starts of the calls that ended behind an event, as their ends say, whatever the projection does."""
    query = (
        "SELECT json_extract(CASE WHEN json_valid(payload) THEN payload END, '$.start') FROM events"
        " WHERE seq > ? AND kind IN ('end', 'recovered')"
    )
    return {start for (start,) in db.execute(query, (seq,))}


def readable(body: str | bytes) -> str:
    """A text as it was given."""
    return body if isinstance(body, str) else body.decode("utf-8", "surrogatepass")


def _storable(body: str | None) -> str | bytes | None:
    """SQLite's text is strict UTF-8; half a character needs bytes."""
    try:
        if body is not None:
            body.encode()
    except UnicodeEncodeError:
        return body.encode("utf-8", "surrogatepass")  # type: ignore[union-attr]
    return body
