"""The projection made anew: in steps, beside the one in use, and then put in its place."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from genesys_tui.audit import log, projection
from genesys_tui.errors import LedgerError

ROWS = 4096
"""Events whose rows are, at most: as long, where no texts are kept."""

_PLACES = ", ".join("?" * len(projection.COLUMNS))
# Built from our own words only: every value is bound.
_COLUMNS = f"start_seq, end_seq, {', '.join(projection.COLUMNS)}"
_INSERT = f"INSERT INTO {projection.CALLS_ANEW} ({_COLUMNS}) VALUES (?, ?, {_PLACES})"  # noqa: S608
_ERASED = f"UPDATE {projection.CALLS_ANEW} SET erased = 1 WHERE start_seq = ?"  # noqa: S608
_WORDS = f"INSERT INTO {projection.ANEW} (rowid, said) VALUES (?, ?)"  # noqa: S608


class Anew:
    """A projection that is being made. Each method does its part in the transaction at hand."""

    def __init__(self) -> None:
        self.seq = 0
        """Through which event its table of calls is made."""
        self._words = 0
        self._running: dict[int, str] = {}

    def begin(self, db: sqlite3.Connection) -> None:
        """Make an empty one, and drop another that was begun."""
        projection.drop_anew(db)
        db.execute(projection.WORDS.format(projection.ANEW))
        db.execute(projection.CALLS.format(projection.CALLS_ANEW))

    def grow(self, db: sqlite3.Connection, most: int) -> bool:
        """Take in the next events, the words of ``most``; whether those are all.

        Raises LedgerError where something was erased meanwhile.
        """
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (projection.ANEW,)).fetchone():
            raise LedgerError("Something was erased meanwhile. Nothing was changed; run it again.")
        last = log.last(db)[0]
        known = last if self._take_words(db, most) else self._words
        until = min(known, self.seq + ROWS)
        db.executemany(_INSERT, self._ended(db, until))
        query = "SELECT payload FROM events WHERE kind = 'erase' AND seq > ? AND seq <= ?"
        for (payload,) in db.execute(query, (self.seq, until)).fetchall():
            with contextlib.suppress(*projection.UNREADABLE):
                db.execute(_ERASED, (projection.began(json.loads(payload)),))
        self.seq = until
        return until == last

    def replace(self, db: sqlite3.Connection) -> int:
        """Put it in place of the one in use; how many calls there are."""
        db.executemany(_INSERT, self._open())
        projection.drop(db, *projection.TABLES)
        db.execute(projection.PROJECTED)  # first: nothing can be renamed while a trigger speaks of what is not there
        db.execute("INSERT INTO projected VALUES (?, ?)", (projection.VERSION, self.seq))
        db.execute(f"ALTER TABLE {projection.ANEW} RENAME TO words")
        db.execute(projection.CALLS.format("calls"))
        db.execute(f"INSERT INTO calls SELECT * FROM {projection.CALLS_ANEW}")  # noqa: S608
        projection.drop_anew(db)
        _index(db)
        calls: int = db.execute("SELECT count(*) FROM calls").fetchone()[0]
        return calls

    def _take_words(self, db: sqlite3.Connection, most: int) -> bool:
        query = (
            "SELECT t.seq, (SELECT e.payload FROM events AS e WHERE e.seq = t.seq) FROM texts AS t"
            " WHERE t.seq > ? GROUP BY t.seq ORDER BY t.seq LIMIT ?"
        )
        events = db.execute(query, (self._words, most)).fetchall()
        for number, payload in events:
            rows = db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (number,))
            with contextlib.suppress(*projection.UNREADABLE):
                if words := projection.folded(dict(rows.fetchall())):
                    db.execute(_WORDS, (projection.place_of(number, json.loads(payload)), words))
            self._words = number
        return len(events) < most

    def _ended(self, db: sqlite3.Connection, until: int) -> Iterator[tuple[Any, ...]]:
        """Start, end and columns of the calls that ended then, as far as they can be read."""
        query = "SELECT seq, kind, payload FROM events WHERE seq > ? AND seq <= ? ORDER BY seq"
        for seq, kind, payload in db.execute(query, (self.seq, until)):
            if kind == "start":
                self._running[seq] = payload
            elif kind in ("end", "recovered"):
                try:
                    fields = json.loads(payload)
                    start, row = projection.began(fields), projection.row_of(fields["record"])
                except projection.UNREADABLE:
                    continue
                if self._running.pop(start, None) is not None:
                    yield start, seq, *row

    def _open(self) -> Iterator[tuple[Any, ...]]:
        """The same of those that have not ended."""
        for seq, payload in self._running.items():
            try:
                row = projection.row_of(json.loads(payload)["record"])
            except projection.UNREADABLE:
                continue
            yield seq, None, *row


def _index(db: sqlite3.Connection) -> None:
    by_request_id, *others = projection.INDEXES
    try:
        db.execute(by_request_id)
    except sqlite3.IntegrityError:  # an event was tampered with: the call that began first has that name
        first = "SELECT min(start_seq) FROM calls GROUP BY request_id"
        db.execute(f"DELETE FROM calls WHERE request_id IS NOT NULL AND start_seq NOT IN ({first})")  # noqa: S608
        db.execute(by_request_id)
    for statement in others:
        db.execute(statement)
