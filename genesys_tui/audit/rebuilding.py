"""Rebuilding: the browsing table and the search index made anew out of the ledger, beside whoever works with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from genesys_tui.audit import log, projection
from genesys_tui.audit.database import Database
from genesys_tui.errors import LedgerError

STEP = 256
"""Events whose words are taken in at a time: some hundredths of a second, during which calls wait."""

PAUSE = 0.02
"""Seconds between two steps, in which they go on."""


def rebuild(path: Path, tell: Callable[[int, int], None] = lambda _, __: None) -> int:
    """Make them anew; returns how many calls there are. Raises LedgerError; then everything is as it was.

    The index of words, which takes longest, grows beside the one in use. Then both are replaced in one transaction:
    nobody ever finds half of them. While that one lasts, some 15 seconds for a million calls, others wait to write.
    ``tell`` hears how many events of how many are behind.
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
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(
            f"The audit file {path} holds a record that cannot be read: nothing was changed."
            " `genesys-tui audit verify` says where; restore a copy."
        ) from error


def _rebuild(database: Database, tell: Callable[[int, int], None]) -> int:
    with database.transaction() as db:
        projection.begin_words(db)
        last = log.last(db)[0]
    try:
        return _finish(database, last, tell)
    except BaseException:  # whatever it is, and raised again: what was begun is of no use
        with contextlib.suppress(LedgerError), database.transaction() as db:
            projection.drop_words(db)
        raise


def _finish(database: Database, last: int, tell: Callable[[int, int], None]) -> int:
    seq = 0
    while True:
        with database.transaction() as db:
            seq, whole = projection.take_words(db, seq, STEP)
            if whole:
                return projection.replace(db)
        tell(seq, max(seq, last))
        time.sleep(PAUSE)
