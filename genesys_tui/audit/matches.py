"""Matches: calls whose texts hold a word, in the order in which they began, found through the index of words."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from typing import Any

from genesys_tui.audit.rows import Key
from genesys_tui.audit.selection import Selection

_FIRST, _MOST = 64, 1024
"""Candidates whose texts are looked at together: at first few, so that common words are found at once."""


def matches(
    db: sqlite3.Connection,
    asked: Selection,
    columns: str,
    *,
    descending: bool,
    after: Key | None = None,
    until: int | None = None,
) -> Generator[tuple[Any, ...], None, None]:
    """These columns of ``calls AS c``, read as they are wanted: of those behind a place that began ``until`` then."""
    first, last = 0, 2**61 if until is None else until
    if after is not None:
        seq = after.seq if after.seq >= 0 else _began(db, after.value)
        first, last = (first, min(last, seq - 1)) if descending else (seq + (after.seq >= 0), last)
    way = "DESC" if descending else "ASC"
    # Built from our own words only: every value is bound.
    query = f"SELECT rowid >> 1 FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid {way}"  # noqa: S608
    # Left open by a read that was broken off, it would have every later one of this connection broken off, too.
    with closing(db.execute(query, (asked.match, 2 * first, 2 * last + 1))) as words:
        size, before = _FIRST, -1
        while found := [start for (start,) in words.fetchmany(size)]:
            starts = {*found} - {before}  # a call stands there twice where both its prompt and its reply do
            before, size = found[-1], min(_MOST, 2 * size)
            query = (
                f"SELECT {columns} FROM calls AS c WHERE c.start_seq IN ({', '.join('?' * len(starts))})"  # noqa: S608
                f" AND {asked.where} ORDER BY c.start_seq {way}"
            )
            with closing(db.execute(query, (*starts, *asked.values))) as rows:
                yield from rows


def _began(db: sqlite3.Connection, moment: Any) -> int:
    """The first call that began at a moment or later; behind all where there is none."""
    found: int | None = db.execute("SELECT min(start_seq) FROM calls WHERE time >= ?", (moment,)).fetchone()[0]
    return 2**61 if found is None else found
