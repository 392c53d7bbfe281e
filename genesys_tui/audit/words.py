"""The index of words made anew: in steps, beside the one in use, and then put in its place."""

from __future__ import annotations

import contextlib
import json
import sqlite3

from genesys_tui.audit import log, projection
from genesys_tui.errors import LedgerError

# Built from our own words only: every value is bound.
_INSERT = f"INSERT INTO {projection.ANEW} (rowid, said) VALUES (?, ?)"  # noqa: S608


class Words:
    """An index that is being made. Each method does its part in the transaction at hand."""

    def __init__(self) -> None:
        self.seq = 0
        """Through which event it is made."""

    def begin(self, db: sqlite3.Connection) -> None:
        """Make an empty one, and drop another that was begun."""
        projection.drop_anew(db)
        db.execute(projection.WORDS.format(projection.ANEW))

    def grow(self, db: sqlite3.Connection, most: int) -> bool:
        """Take in the words of the next events, so many at most; whether those are all.

        Raises LedgerError where something was erased meanwhile.
        """
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (projection.ANEW,)).fetchone():
            raise LedgerError("Something was erased meanwhile. Run it again: what was not searched is not yet.")
        query = (
            "SELECT t.seq, (SELECT e.payload FROM events AS e WHERE e.seq = t.seq) FROM texts AS t"
            " WHERE t.seq > ? GROUP BY t.seq ORDER BY t.seq LIMIT ?"
        )
        events = db.execute(query, (self.seq, most)).fetchall()
        for number, payload in events:
            rows = db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (number,))
            with contextlib.suppress(*projection.UNREADABLE):
                if words := projection.folded(dict(rows.fetchall())):
                    db.execute(_INSERT, (projection.place_of(number, json.loads(payload)), words))
            self.seq = number
        if len(events) == most:
            return False
        self.seq = log.last(db)[0]
        return True

    def replace(self, db: sqlite3.Connection) -> None:
        """Put it in place of the one in use."""
        projection.drop(db, "words")
        db.execute(f"ALTER TABLE {projection.ANEW} RENAME TO words")
