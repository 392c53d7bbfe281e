"""The index of words made anew: in steps, beside the one in use, and then put in its place."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from genesys_tui.audit import log, projection
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.database import Database
from genesys_tui.audit.folding import folded
from genesys_tui.errors import LedgerError

STEP = 256
"""Events whose words are taken in at a time: some hundredths of a second, during which calls wait."""

PAUSE = 0.02
"""Seconds between two steps, in which they go on."""

# Built from our own words only: every value is bound.
_INSERT = f"INSERT INTO {projection.ANEW} (rowid, said) VALUES (?, ?)"  # noqa: S608


@contextlib.contextmanager
def alone(ledger: Path, patience: float = 0, but: str = "") -> Iterator[None]:
    """Keep every other program from making anything anew. Raises LedgerError where one is at it, after some seconds.

    ``but``: what to say of what was done already.
    """
    lock = FileLock(ledger.with_name("rebuild.lock"), mode=0o600)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise LedgerError(f"It is being rebuilt already. {but or 'Wait for that.'}") from None
    except OSError as error:
        raise LedgerError(f"{ledger.parent} cannot be written ({error.strerror or error}).") from error
    try:
        yield
    finally:
        lock.release()


def make_anew(database: Database, tell: Callable[[float], None]) -> None:
    """Make it anew, and have it used. Raises LedgerError; then nothing has changed.

    It grows beside the one in use and is then put in its place; while that lasts, two or three seconds for a million
    calls, others wait to write. ``tell`` hears how far it is, from 0 to 1.
    """
    words = Words()
    with database.transaction() as db:
        words.begin(db)
        last = log.last(db)[0]
    try:
        while True:
            with database.transaction() as db:
                if words.grow(db, STEP):
                    words.replace(db)
                    return
            tell(min(0.99, words.seq / max(1, last)))
            time.sleep(PAUSE)
    except BaseException:  # whatever it is, and raised again: what was begun is of no use
        with contextlib.suppress(LedgerError), database.transaction() as db:
            projection.drop_anew(db)
        raise


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
            raise LedgerError("Something was erased meanwhile, and the search index was left as it was. Run it again.")
        query = (
            "SELECT t.seq, (SELECT e.payload FROM events AS e WHERE e.seq = t.seq) FROM texts AS t"
            " WHERE t.seq > ? GROUP BY t.seq ORDER BY t.seq LIMIT ?"
        )
        events = db.execute(query, (self.seq, most)).fetchall()
        for number, payload in events:
            rows = db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (number,))
            with contextlib.suppress(*UNREADABLE):
                if words := folded(dict(rows.fetchall())):
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
