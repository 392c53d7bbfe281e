"""Erasure: what was said in a call, removed from every page of the file; that it was made stays, and so the chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from genesys_tui.audit import log, projection
from genesys_tui.audit.database import Database
from genesys_tui.errors import LedgerError

STEP = 400
"""Pages of the index that are cleaned at a time: a few milliseconds, during which calls wait."""


def erase(db: sqlite3.Connection, ledger: bytes, request_id: str, at: int) -> None:
    """Delete texts and salts of an ended call and write that down, in the transaction at hand. Raises LedgerError."""
    projection.catch_up(db)
    query = "SELECT start_seq, end_seq, erased FROM calls WHERE request_id = ?"
    start, end, erased = db.execute(query, (request_id,)).fetchone()
    if end is None:
        raise LedgerError(f"The call {request_id} is still running. Erase it when it has ended.")
    if erased:
        raise LedgerError(f"What was said in the call {request_id} is erased already.")
    for seq in (start, end):
        texts = dict(db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (seq,)).fetchall())
        payload = {"start": start} if seq == end else {}
        projection.forget(db, (seq, payload), texts)
    db.execute("DELETE FROM texts WHERE seq IN (?, ?)", (start, end))
    projection.drop_anew(db)
    log.append(db, ledger, "erase", at, {"last": end, "request_id": request_id, "start": start})


def purge(database: Database, tell: Callable[[float], None]) -> None:
    """Clean the index of what it only marked as deleted, and the journal. In small steps: calls go on meanwhile."""
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
                break
    with database.guard("written") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    tell(1.0)
