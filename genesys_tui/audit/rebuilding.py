"""Rebuilding: the browsing table and the search index made right out of the ledger, beside whoever works with it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from genesys_tui.audit import log
from genesys_tui.audit.database import Database
from genesys_tui.audit.mending import mend
from genesys_tui.audit.words import alone, make_anew
from genesys_tui.errors import LedgerError


def rebuild(path: Path, tell: Callable[[int, int], None] = lambda _, __: None) -> int:
    """Have both as the ledger says; returns how many calls there are. Raises LedgerError.

    Rows of the table are mended where they stand; the index is made anew. Whenever it is stopped, what was right stays
    right. ``tell`` hears how much of how much is behind.
    """
    if not path.exists():
        raise LedgerError(f"There is no audit file {path}.")
    with alone(path), contextlib.closing(Database(path)) as database:
        with database.reading() as db:
            last = log.last(db)[0]
        mend(database, lambda seq: tell(seq, 2 * last))
        make_anew(database, lambda share: tell(last + round(share * last), 2 * last))
        with database.reading() as db:
            calls: int = db.execute("SELECT count(*) FROM calls").fetchone()[0]
        return calls
