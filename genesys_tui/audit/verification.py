"""Verification: whether what was recorded has changed since.

The events are checked in ranges of a power of two, each by itself, since the head before a range is in the ledger, too:
a large ledger is read by as many processes as there are processors. What the ranges found is then put together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from genesys_tui.audit import schema
from genesys_tui.audit.database import connect_to_read, snapshot
from genesys_tui.audit.findings import Evidence, Ledgered, Unreadable, judged
from genesys_tui.audit.notes import Key, Note
from genesys_tui.audit.processes import MANY, PROCESSORS, spread
from genesys_tui.audit.proofs import hashed_from
from genesys_tui.audit.ranges import RANGE, Range, check_range
from genesys_tui.audit.report import Report
from genesys_tui.errors import LedgerError
from genesys_tui.sanitize import sanitized_line

Tell = Callable[[int, int], None]
"""Hears how many events of how many are checked."""


def verify(
    path: Path,
    *,
    key: Key | None = None,
    anchors: Sequence[Note] = (),
    tell: Tell = lambda _, __: None,
    ledger: bool = False,
) -> Report:
    """Check a ledger, or an export of one in JSON lines. Never raises for what it finds there.

    ``ledger``: whether the file is known to be one, and no export.
    """
    evidence = Evidence(key, tuple(anchors))
    try:
        if path.exists() and not path.is_file():
            raise Unreadable("it is no file. Name a ledger, or an export in JSON lines.")
        with path.open("rb") as file:
            magic = file.read(16)
        if magic != b"SQLite format 3\0":
            if ledger:
                raise Unreadable("it is the ledger, and damaged: it is no database. Restore it from a copy.")
            from genesys_tui.audit.exported import verify_export

            return verify_export(path, evidence, tell)
        return _verify_ledger(path, evidence, tell)
    except Unreadable as error:
        return Report.unreadable(f"{path} cannot be read: {error}")
    except LedgerError as error:
        return Report.unreadable(f"{path} could not be checked: {error.message}")
    except (OSError, sqlite3.Error) as error:
        return Report.unreadable(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.")


def _verify_ledger(path: Path, evidence: Evidence, tell: Tell) -> Report:
    with closing(connect_to_read(path)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 or version > schema.VERSION:
            raise Unreadable("it is no ledger." if version == 0 else "a newer version of this program wrote it.")
        last = db.execute("SELECT max(seq) FROM events").fetchone()[0] or 0
        found = Ledgered(last, evidence)
        found.problems += [(0, what) for what in schema.differences(db, version)]
        if last < MANY:  # it reads all of the file once more, which takes a minute for a million calls
            found.problems += _damage(db)
        with closing(_checked(path, evidence, last)) as ranges:
            for checked in ranges:
                found.add(checked)
                tell(found.size, last)
                if checked.torn:
                    break  # what is behind the gap cannot be valid, and may be very far away
        with snapshot(db):
            found.compare_table(db, last)
            found.look_for_remains(db)
    return judged(found)


def _checked(path: Path, evidence: Evidence, last: int) -> Generator[Range, None, None]:
    """Each range in order."""
    bounds = ((first, min(first + RANGE - 1, last)) for first in range(1, last + 1, RANGE))
    wanted = sorted({note.size for note in evidence.anchors})
    with closing(connect_to_read(path)) as db:
        hashed = hashed_from(db)
        if last < MANY or PROCESSORS < 2:
            for first, until in bounds:
                yield check_range(db, first, until, wanted, hashed)
            return
    yield from spread(_check_apart, ((path, first, until, wanted, hashed) for first, until in bounds))


def _check_apart(task: tuple[Path, int, int, list[int], int]) -> Range:
    path, first, last, wanted, hashed = task
    with closing(connect_to_read(path)) as db:
        return check_range(db, first, last, wanted, hashed)


def _damage(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """What SQLite itself finds wrong with its file: pages that hold no event can be damaged, too."""
    found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        yield 0, f"the database is damaged ({sanitized_line(found)}): restore it from a copy, or keep an export of it"
