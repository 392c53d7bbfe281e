"""Erasure: what was said in a call, removed from every page of the file; that it was made stays, and so the chain."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from genesys_tui.audit import log, projection, scrubbing, words
from genesys_tui.audit.database import PATIENCE, Database
from genesys_tui.audit.schema import BESIDE_CALLS
from genesys_tui.errors import LedgerError

STEP = 400
"""Pages of the index that are cleaned at a time: a few milliseconds, during which calls wait."""

MOST_LEVELS = 500
"""Levels of the index from which on it is made anew: each cleaning adds some, and SQLite bears no more than 2000."""

_CURSOR = "erased"
"""The cursor that says up to which erasure the index was cleaned."""

_SECOND_FORM = b"\xff\x00\x00\x01"


class ErasedAlready(LedgerError):
    """What was said in the call is not there any more."""


def erase(db: sqlite3.Connection, ledger: bytes, request_id: str, at: int) -> None:
    """Delete texts and salts of an ended call and write that down, in the transaction at hand. Raises LedgerError."""
    projection.catch_up(db)
    query = "SELECT start_seq, end_seq, erased FROM calls WHERE request_id = ?"
    start, end, erased = db.execute(query, (request_id,)).fetchone()
    if end is None:
        raise LedgerError(f"The call {request_id} is still running. Erase it when it has ended.")
    if erased:
        raise ErasedAlready(f"What was said in the call {request_id} is erased already.")
    for seq in (start, end):
        texts = dict(db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (seq,)).fetchall())
        payload = {"start": start} if seq == end else {}
        projection.forget(db, (seq, payload), texts)
    db.execute("DELETE FROM texts WHERE seq IN (?, ?)", (start, end))
    projection.drop_anew(db)
    scrubbing.drop_anew(db)
    log.append(db, ledger, "erase", at, {"last": end, "request_id": request_id, "start": start})


def unfinished(db: sqlite3.Connection) -> bool:
    """Whether something was erased of which the index was not cleaned, as where the program was killed before."""
    return _cleaned(db) < _newest(db)


def purge(database: Database, tell: Callable[[float], None]) -> None:
    """Clean the index of what it only marked as deleted, the pages of texts, and the journal.

    In small steps: calls go on meanwhile.

    Raises LedgerError; then it is still unfinished.
    """
    with database.reading() as db:
        newest, levels = _newest(db), _levels(db)
    clean = words.make_anew if levels > MOST_LEVELS else _merge
    # Waits: a rebuild under way gives up, now that something was erased.
    with words.alone(database.path, PATIENCE, but="What was said is erased, and the file will be cleaned behind that."):
        clean(database, lambda share: tell(share / 2))
        scrubbing.scrub(database, lambda share: tell((1 + share) / 2))
    _empty_journal(database)
    with database.transaction() as db:
        db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", (_CURSOR, newest))
    tell(1.0)


def _empty_journal(database: Database) -> None:
    """Write back what waits in a write-ahead log, and empty it. Asked again and again, so that nobody waits for it."""
    end = time.monotonic() + PATIENCE
    while True:
        with database.guard("written") as db:
            db.execute("PRAGMA busy_timeout=0")
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            db.execute(f"PRAGMA busy_timeout={round(PATIENCE * 1000)}")
        if not busy:
            return
        if time.monotonic() > end:
            raise LedgerError(
                f"It is erased, but a copy may be left in {database.path}-wal while another program reads. It is"
                " cleaned when the audit file is opened next."
            )
        time.sleep(0.05)


def _merge(database: Database, tell: Callable[[float], None]) -> None:
    with database.transaction() as db:
        pages = db.execute("SELECT count(*) FROM words_data").fetchone()[0]
        db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (-STEP,))
    done = STEP
    while True:
        tell(min(0.99, done / max(pages, done)))
        with database.transaction() as db:
            before = db.total_changes
            db.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (STEP,))
            done += STEP
            if db.total_changes - before < 2:
                return


def _levels(db: sqlite3.Connection) -> int:
    """How many levels the index has, most of them empty: https://sqlite.org/fts5.html#the_data_structure."""
    block = db.execute("SELECT block FROM words_data WHERE id = 10").fetchone()[0][4:]
    count = 0
    for byte in block.removeprefix(_SECOND_FORM):
        count = count << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return count


def _newest(db: sqlite3.Connection) -> int:
    query = f"SELECT max(seq) FROM events WHERE {BESIDE_CALLS} AND kind = 'erase'"  # noqa: S608
    return db.execute(query).fetchone()[0] or 0


def _cleaned(db: sqlite3.Connection) -> int:
    (seq,) = db.execute("SELECT seq FROM cursors WHERE name = ?", (_CURSOR,)).fetchone() or (0,)
    return seq if isinstance(seq, int) and seq <= log.last(db)[0] else 0
