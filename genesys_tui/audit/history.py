"""The history: a ledger opened only to be read, beside whoever writes it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genesys_tui.audit import log
from genesys_tui.audit.database import Unwritable, cannot, connect_to_read
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.selection import selection, teach

PAGE = 1000
"""Calls that are read at a time: a longer read would keep others from writing."""

_STORED = """
SELECT c.start_seq, c.end_seq, c.erased, s.payload, lower(hex(s.head)), e.payload, lower(hex(e.head)),
    (SELECT lower(hex(head)) FROM events WHERE seq = c.start_seq - 1),
    (SELECT lower(hex(head)) FROM events WHERE seq = c.end_seq - 1)
FROM calls AS c JOIN events AS s ON s.seq = c.start_seq LEFT JOIN events AS e ON e.seq = c.end_seq
"""
Span = tuple[int, int]
"""The first and the last sequence number."""
WHOLE: Span = (1, 2**62)
Texts = dict[int, dict[str, tuple[str, str | bytes | None]]]
"""By event and part: salt in hexadecimal, and body."""


class History:
    """A connection of its own, for any thread. Raises LedgerError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._db = connect_to_read(path)
        except sqlite3.Error as error:
            raise Unwritable(cannot("read", path, error)) from error
        teach(self._db)
        with self.reading() as db:
            first = log.read(db, 1) if db.execute("PRAGMA user_version").fetchone()[0] else None
        self.ledger = str(first.payload["ledger"]) if first else ""
        """The ledger's id; empty where nothing was ever recorded."""

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise Unwritable(cannot("read", self.path, error)) from error

    def stored(
        self, wanted: Filter = EVERYTHING, span: Span = WHOLE, *, ended_only: bool = False
    ) -> Iterator[tuple[list[Any], Texts]]:
        """Pages of calls as they are stored, the oldest first, and their texts; of those that began in the span."""
        asked = selection(wanted)
        where = f"{asked.where} AND c.start_seq BETWEEN ? AND ?"
        if ended_only:
            where += " AND c.end_seq IS NOT NULL"
        values = [*asked.values]
        if asked.match:
            where += " AND c.start_seq IN (SELECT rowid >> 1 FROM words WHERE words MATCH ?)"
        # Built from our own words only: every value is bound.
        query = f"{_STORED} WHERE {where} ORDER BY c.start_seq LIMIT ?"
        first, last = span
        while True:
            with self.reading() as db:
                bound = (*values, first, last, *([asked.match] if asked.match else []), PAGE)
                rows = db.execute(query, bound).fetchall()
                texts = _texts(db, rows)
            if rows:
                yield rows, texts
            if len(rows) < PAGE:
                return
            first = rows[-1][0] + 1

    def ended_after(self, seq: int, most: int) -> tuple[list[Any], Texts]:
        """Calls that ended after an event, as they are stored, in the order of their ends."""
        with self.reading() as db:
            rows = db.execute(f"{_STORED} WHERE c.end_seq > ? ORDER BY c.end_seq LIMIT ?", (seq, most)).fetchall()
            return rows, _texts(db, rows)

    def beside_calls(self, span: Span = WHOLE) -> Iterator[tuple[int, str, str, str | None]]:
        """The events that are not of calls: sequence number, payload, head, and the head before."""
        query = (
            "SELECT seq, payload, lower(hex(head)),"
            " (SELECT lower(hex(p.head)) FROM events AS p WHERE p.seq = e.seq - 1) FROM events AS e"
            " WHERE kind <> 'start' AND kind <> 'end' AND kind <> 'recovered' AND seq BETWEEN ? AND ?"
            " ORDER BY seq LIMIT ?"
        )
        first, last = span
        while True:
            with self.reading() as db:
                rows = db.execute(query, (first, last, PAGE)).fetchall()
            yield from rows
            if len(rows) < PAGE:
                return
            first = rows[-1][0] + 1

    def last(self) -> int:
        """The sequence number of the last event."""
        with self.reading() as db:
            return log.last(db)[0]

    def how_many(self) -> int:
        """How many calls there are."""
        with self.reading() as db:
            count: int = db.execute("SELECT count(*) FROM calls").fetchone()[0]
            return count

    def interrupt(self) -> None:
        """Break off what is being read; it raises LedgerError. Any thread may call this."""
        self._db.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _texts(db: sqlite3.Connection, rows: list[Any]) -> Texts:
    seqs = [seq for row in rows for seq in row[:2] if seq is not None]
    found: Texts = {}
    places = ", ".join("?" * len(seqs))
    query = f"SELECT seq, part, lower(hex(salt)), body FROM texts WHERE seq IN ({places})"  # noqa: S608
    for seq, part, salt, body in db.execute(query, seqs):
        found.setdefault(seq, {})[part] = (salt, body)
    return found
