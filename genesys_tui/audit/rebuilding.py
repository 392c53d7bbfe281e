"""Rebuilding: the browsing table and the search index made anew out of the ledger, beside whoever works with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from genesys_tui.audit import log, projection
from genesys_tui.audit.anew import Anew
from genesys_tui.audit.database import Database
from genesys_tui.errors import LedgerError

STEP = 256
"""Events whose words are taken in at a time: some hundredths of a second, during which calls wait."""

PAUSE = 0.02
"""Seconds between two steps, in which they go on."""


def rebuild(path: Path, tell: Callable[[int, int], None] = lambda _, __: None) -> int:
    """Make them anew; returns how many calls there are. Raises LedgerError; then everything is as it was.

    They grow beside those in use. Then both are replaced and the table is indexed, in one transaction: nobody ever
    finds half of them. While that one lasts, ten seconds or more for a million calls, others wait to write; where it
    takes longer than their PATIENCE, their calls are refused.
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
    except OSError as error:
        raise LedgerError(
            f"{path.parent} cannot be written ({error.strerror or error}); nothing was changed."
        ) from error


def _rebuild(database: Database, tell: Callable[[int, int], None]) -> int:
    anew = Anew()
    with database.transaction() as db:
        anew.begin(db)
        last = log.last(db)[0]
    try:
        return _finish(database, anew, last, tell)
    except BaseException:  # whatever it is, and raised again: what was begun is of no use
        with contextlib.suppress(LedgerError), database.transaction() as db:
            projection.drop_anew(db)
        raise


def _finish(database: Database, anew: Anew, last: int, tell: Callable[[int, int], None]) -> int:
    while True:
        with database.transaction() as db:
            if anew.grow(db, STEP):
                return anew.replace(db)
        tell(anew.seq, max(anew.seq, last))
        time.sleep(PAUSE)
