"""The history: a ledger opened only to be read, beside whoever writes it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genesys_tui.audit import log
from genesys_tui.audit.database import Unwritable, cannot, connect_to_read, snapshot
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.schema import BESIDE_CALLS
from genesys_tui.audit.selection import selection, teach
from genesys_tui.errors import LedgerError

PAGE = 1000
"""Calls that are read at a time: a longer read would keep others from writing."""

_STORED = """
SELECT c.start_seq, c.end_seq, c.erased, s.payload, CAST(s.head AS BLOB), e.payload, CAST(e.head AS BLOB),
    (SELECT CAST(head AS BLOB) FROM events WHERE seq = c.start_seq - 1),
    (SELECT CAST(head AS BLOB) FROM events WHERE seq = c.end_seq - 1 AND c.end_seq > c.start_seq + 1)
FROM calls AS c JOIN events AS s ON s.seq = c.start_seq LEFT JOIN events AS e ON e.seq = c.end_seq
"""
_ENDS = "SELECT seq FROM events WHERE seq > ? AND kind IN ('end', 'recovered') ORDER BY seq LIMIT ?"
Span = tuple[int, int]
"""The first and the last sequence number."""
WHOLE: Span = (1, 2**62)
Texts = dict[int, dict[str, tuple[bytes, str | bytes | None]]]
"""By event and part: salt and body."""


class History:
    """A connection of its own, for any thread. Raises LedgerError."""

    def __init__(self, path: Path, until: int = WHOLE[1]) -> None:
        """Open it. Calls that ended behind the event ``until`` are read as if they still ran."""
        self.path, self.until = path, until
        self.given = 0
        """How many calls were read as they are stored."""
        self._lock = threading.Lock()
        try:
            self._db = connect_to_read(path)
        except sqlite3.Error as error:
            raise Unwritable(cannot("read", path, error)) from error
        teach(self._db)
        self._end = "c.end_seq" if until == WHOLE[1] else f"CASE WHEN c.end_seq <= {until:d} THEN c.end_seq END"
        self._stored = _STORED.replace("c.end_seq", self._end)
        with self.reading() as db:
            first = log.read(db, 1) if db.execute("PRAGMA user_version").fetchone()[0] else None
        self.ledger = str(first.payload["ledger"]) if first else ""
        """The ledger's id; empty where nothing was ever recorded."""

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone, and for reads that fit each other."""
        with self._lock:
            try:
                with snapshot(self._db):
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
            where += f" AND {self._end} IS NOT NULL"
        values = [*asked.values]
        if asked.match:
            where += " AND c.start_seq IN (SELECT rowid >> 1 FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?)"
        # Built from our own words only: every value is bound.
        query = f"{self._stored} WHERE {where} ORDER BY c.start_seq LIMIT ?"
        first, last = span
        while True:
            with self.reading() as db:
                words = (asked.match, 2 * first, min(2 * last + 1, 2**62)) if asked.match else ()
                bound = (*values, first, last, *words, PAGE)
                rows = db.execute(query, bound).fetchall()
                texts = _texts(db, rows)
            if rows:
                self.given += len(rows)
                yield rows, texts
            if len(rows) < PAGE:
                return
            first = rows[-1][0] + 1

    def ended_after(self, seq: int, most: int) -> tuple[list[Any], Texts]:
        """Calls that ended after an event, as they are stored, in the order of their ends.

        Raises LedgerError where the browsing table lacks one of them.
        """
        with self.reading() as db:
            rows = db.execute(f"{self._stored} WHERE c.end_seq > ? ORDER BY c.end_seq LIMIT ?", (seq, most)).fetchall()
            ends = db.execute(_ENDS, (seq, most)).fetchall()
            if [row[1] for row in rows] != [end for (end,) in ends]:
                raise LedgerError(
                    "The browsing table lacks calls, or shows them otherwise than they ended. Run"
                    " `genesys-tui audit rebuild`, then try again."
                )
            return rows, _texts(db, rows)

    def beside_calls(self, span: Span = WHOLE, kind: str = "%") -> Iterator[tuple[int, str, bytes, bytes | None]]:
        """The events that are not of calls, all or of a kind: sequence number, payload, head, and the head before."""
        query = (
            "SELECT seq, payload, CAST(head AS BLOB),"  # noqa: S608
            " (SELECT CAST(p.head AS BLOB) FROM events AS p WHERE p.seq = e.seq - 1) FROM events AS e"
            f" WHERE {BESIDE_CALLS} AND kind LIKE ? AND seq BETWEEN ? AND ?"
            " ORDER BY seq LIMIT ?"
        )
        first, last = span
        while True:
            with self.reading() as db:
                rows = db.execute(query, (kind, first, last, PAGE)).fetchall()
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
    seqs = sorted(seq for row in rows for seq in row[:2] if seq is not None)
    found: Texts = {}
    if not seqs:
        return found
    if seqs[-1] - seqs[0] < 2 * len(seqs):  # most of them follow each other
        where, values = "BETWEEN ? AND ?", (seqs[0], seqs[-1])
    else:
        where, values = f"IN ({', '.join('?' * len(seqs))})", tuple(seqs)
    # Built from our own words only: every value is bound.
    query = f"SELECT seq, part, CAST(salt AS BLOB), body FROM texts WHERE seq {where}"  # noqa: S608
    for seq, part, salt, body in db.execute(query, values):
        if seq in found:
            found[seq][part] = (salt, body)
        else:
            found[seq] = {part: (salt, body)}
    return found
