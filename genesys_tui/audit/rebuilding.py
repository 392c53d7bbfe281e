"""Rebuilding: the browsing table and the search index made anew out of the ledger, beside whoever works with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from genesys_tui.audit import log, projection
from genesys_tui.audit.database import Database
from genesys_tui.audit.mending import mend
from genesys_tui.audit.words import Words
from genesys_tui.errors import LedgerError

STEP = 256
"""Events whose words are taken in at a time: some hundredths of a second, during which calls wait."""

PAUSE = 0.02
"""Seconds between two steps, in which they go on."""


def rebuild(path: Path, tell: Callable[[int, int], None] = lambda _, __: None) -> int:
    """Have both as the ledger says; returns how many calls there are. Raises LedgerError.

    Rows of the table are mended where they stand. The index grows beside the one in use and is then put in its place;
    while that lasts, two or three seconds for a million calls, others wait to write. Whenever it is stopped, what was
    right stays right. ``tell`` hears how much of how much is behind.
    """
    if not path.exists():
        raise LedgerError(f"There is no audit file {path}.")
    try:
        with FileLock(path.with_name("rebuild.lock"), timeout=0, mode=0o600):
            database = Database(path)
            try:
                return _rebuild(database, tell)
            finally:
                database.close()
    except Timeout:
        raise LedgerError("It is being rebuilt already. Wait for that.") from None
    except OSError as error:
        raise LedgerError(
            f"{path.parent} cannot be written ({error.strerror or error}); nothing was changed."
        ) from error


def _rebuild(database: Database, tell: Callable[[int, int], None]) -> int:
    with database.reading() as db:
        last = log.last(db)[0]
    mend(database, lambda seq: tell(seq, 2 * last))
    words = Words()
    with database.transaction() as db:
        words.begin(db)
    try:
        _make(database, words, lambda seq: tell(last + min(seq, last), 2 * last))
    except BaseException:  # whatever it is, and raised again: what was begun is of no use
        with contextlib.suppress(LedgerError), database.transaction() as db:
            projection.drop_anew(db)
        raise
    with database.reading() as db:
        calls: int = db.execute("SELECT count(*) FROM calls").fetchone()[0]
    return calls


def _make(database: Database, words: Words, tell: Callable[[int], None]) -> None:
    while True:
        with database.transaction() as db:
            if words.grow(db, STEP):
                words.replace(db)
                return
        tell(words.seq)
        time.sleep(PAUSE)
