"""Comparison: rows of the browsing table that are not what the ledger's events say."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.projection import COLUMNS, EMPTY, PATHS, began, row_of

_STORED = {
    **{name: f"c.{name}" for name in COLUMNS},
    # Nothing stands there in a way of its own; NULL never does.
    **{name: f"nullif(coalesce(c.{name}, 'gone'), {empty!r})" for name, empty in EMPTY.items()},
    # The payload's true is no 1.
    "estimated": "CASE c.estimated WHEN 0 THEN NULL WHEN 1 THEN json('true') ELSE coalesce(c.estimated, 'gone') END",
}
"""Column → what it is in the payload, as SQL."""

# The one expression that says what a row must be; rows of a range of calls that are otherwise.
_DIFFERENT = f"""
SELECT c.start_seq FROM calls AS c LEFT JOIN events AS e ON e.seq = coalesce(c.end_seq, c.start_seq)
WHERE c.start_seq BETWEEN ? AND ? AND (
    e.seq IS NULL
    OR (c.end_seq IS NULL) IS NOT (e.kind = 'start')
    OR json_array(CASE WHEN c.end_seq IS NOT NULL THEN c.start_seq END, {", ".join(_STORED[name] for name in COLUMNS)})
       IS NOT json_extract(e.payload, '$.start', {", ".join(f"'$.record.{path}'" for path in PATHS.values())})
    OR NOT EXISTS (SELECT 1 FROM events AS s WHERE s.seq = c.start_seq AND s.kind = 'start')
)
"""  # noqa: S608


def different(db: sqlite3.Connection, first: int, last: int) -> Iterator[int]:
    """The calls that began with an event of this range and whose row is not what the ledger says."""
    try:
        found = db.execute(_DIFFERENT, (first, last)).fetchall()
    except sqlite3.OperationalError:  # a payload is no JSON, or a value none that JSON has: each is looked at
        found = db.execute("SELECT start_seq FROM calls WHERE start_seq BETWEEN ? AND ?", (first, last)).fetchall()
    for (start_seq,) in found:
        # SQLite writes some characters otherwise than we do; such rows are few, and looked at again.
        query = f"SELECT end_seq, {', '.join(COLUMNS)} FROM calls WHERE start_seq = ?"  # noqa: S608
        if (row := db.execute(query, (start_seq,)).fetchone()) and not _fits(db, start_seq, *row):
            yield start_seq


def _fits(db: sqlite3.Connection, start_seq: int, end_seq: int | None, *columns: Any) -> bool:
    """Whether a row is what its events say."""
    query = "SELECT kind, payload FROM events WHERE seq = ?"
    start = db.execute(query, (start_seq,)).fetchone()
    event = start if end_seq is None else db.execute(query, (end_seq,)).fetchone()
    try:
        fields = json.loads(event[1])
        of_this_call = start[0] == "start" and (event is start or (event[0] != "start" and began(fields) == start_seq))
        # No value is a fraction: 5.0 is another one than 5.
        return of_this_call and row_of(fields["record"]) == columns and float not in {*map(type, columns)}
    except UNREADABLE:
        return False
