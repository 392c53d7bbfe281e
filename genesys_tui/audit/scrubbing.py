"""Scrubbing: texts written into fresh pages, so that no copy of what was erased stays between those that are left.

SQLite overwrites what it deletes, but not the copies that it left behind when rows moved from page to page. A page that
is given up is overwritten whole.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable

from genesys_tui.audit import log, schema
from genesys_tui.audit.database import Database
from genesys_tui.errors import LedgerError

STEP = 4096
"""Events whose texts are copied at a time: some hundredths of a second, during which calls wait."""

PAUSE = 0.02
"""Seconds between two steps, in which they go on."""

ANEW = "texts_anew"
"""The table that is being made. Who erases texts drops it: it may hold them already."""

GONE = "texts_gone"
"""The table that was in use. It goes little by little: at once, others would wait for seconds."""

_TRIES = 5


def scrub(database: Database, tell: Callable[[float], None]) -> None:
    """Have the texts in pages of their own, in short steps. Raises LedgerError.

    ``tell`` hears how far it is, from 0 to 1.
    """
    _empty(database, lambda _: None)  # what a killed program left
    for _ in range(_TRIES):
        if _copied(database, lambda share: tell(share / 2)):
            _empty(database, lambda share: tell((1 + share) / 2))
            return
    raise LedgerError("Texts are being erased all the time. Wait for that, then try again.")


def drop_anew(db: sqlite3.Connection) -> None:
    """Give up what was begun."""
    db.execute(f"DROP TABLE IF EXISTS {ANEW}")


def _copied(database: Database, tell: Callable[[float], None]) -> bool:
    """Copy them and put the copy in place; whether nothing was erased meanwhile."""
    with database.transaction() as db:
        drop_anew(db)
        db.execute(schema.TEXTS.replace("TABLE texts", f"TABLE {ANEW}"))
        last = log.last(db)[0]
    first = 1
    try:
        while True:
            with database.transaction() as db:
                if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (ANEW,)).fetchone():
                    return False
                done = first + STEP > log.last(db)[0]
                # Built from our own words only: every value is bound.
                copy = f"INSERT INTO {ANEW} SELECT * FROM texts WHERE seq BETWEEN ? AND ? ORDER BY seq, part"  # noqa: S608
                db.execute(copy, (first, 2**62 if done else first + STEP - 1))
                if done:
                    return _put_in_place(db)
            first += STEP
            tell(min(0.99, first / max(1, last)))
            time.sleep(PAUSE)
    except BaseException:  # whatever it is, and raised again: what was begun is of no use
        with contextlib.suppress(LedgerError), database.transaction() as db:
            drop_anew(db)
        raise


def _put_in_place(db: sqlite3.Connection) -> bool:
    there, copied = (db.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("texts", ANEW))  # noqa: S608
    if there != copied:  # an older program erased some, and knows nothing of copies
        drop_anew(db)
        return False
    db.execute("DROP TRIGGER texts_stay_so")
    db.execute(f"ALTER TABLE texts RENAME TO {GONE}")
    db.execute(f"ALTER TABLE {ANEW} RENAME TO texts")
    db.execute(schema.GUARDS["texts_stay_so"])
    return True


def _empty(database: Database, tell: Callable[[float], None]) -> None:
    """Give up the pages of the table that was in use."""
    while True:
        with database.transaction() as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (GONE,)).fetchone():
                return
            # Built from our own words only: every value is bound.
            first, last = db.execute(f"SELECT min(seq), max(seq) FROM {GONE}").fetchone()  # noqa: S608
            if first is None:
                db.execute(f"DROP TABLE {GONE}")
                return
            db.execute(f"DELETE FROM {GONE} WHERE seq < ?", (first + 4 * STEP,))  # noqa: S608
        tell(min(0.99, first / last))
        time.sleep(PAUSE)
