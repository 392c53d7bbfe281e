"""The projection: a row for each call, to browse and search by. Disposable: the ledger's events hold all of it.

Its columns come out of the payload by ``PATHS`` and nothing else, so that SQLite itself can compare the two.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from typing import Any

from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.folding import folded

VERSION = 3
"""Of the columns. A projection of another version is made anew."""

PATHS = {
    "request_id": "request_id",
    "time": "started_at_us",
    "model": "model",
    "status": "status",
    "stop_reason": "stop_reason",
    "tokens": "total_tokens",
    "rate": "millistreaming_tokens_per_second",
    "ttft": "time_to_first_token_us",
    "gap": "gap_max_us",
    "attempts": "attempts",
    "profile": "profile",
    "conversation": "conversation_id",
    "elapsed": "elapsed_us",
    "stalls": "stalls",
    "probe": "probe",
    "estimated": "tokens_estimated",
}
"""Column → its name in the payload's record. Times in microseconds, rates in thousandths."""

COLUMNS = tuple(PATHS)
SORTED = (
    *("time", "model", "status", "stop_reason", "tokens", "rate"),
    *("ttft", "gap", "attempts", "profile", "conversation"),
)
"""The columns with an index."""

UNMEASURED = -1
"""A rate or time that could not be measured. Unlike NULL it has a place in every order."""

_LARGEST = 2**63 - 1

EMPTY: dict[str, str | int] = {
    **dict.fromkeys(("stop_reason", "probe"), ""),
    **dict.fromkeys(("tokens", "attempts", "elapsed", "stalls", "estimated"), 0),
    **dict.fromkeys(("rate", "ttft", "gap"), UNMEASURED),
}
"""What stands for nothing, which the payload leaves out."""

CALLS = (
    "CREATE TABLE calls (start_seq INTEGER PRIMARY KEY, end_seq INTEGER,"
    f" {', '.join(COLUMNS)}, erased NOT NULL DEFAULT 0)"
)
INDEXES = (
    "CREATE UNIQUE INDEX calls_by_request_id ON calls (request_id)",
    "CREATE UNIQUE INDEX calls_by_end ON calls (end_seq)",
    "CREATE INDEX calls_that_run ON calls (start_seq) WHERE end_seq IS NULL",
    "CREATE INDEX calls_of_probes ON calls (start_seq) WHERE probe > ''",
    *(f"CREATE INDEX calls_by_{name} ON calls ({name})" for name in SORTED),
)
# Every three neighbouring characters, without their places: finds candidates, which are then looked at.
WORDS = (
    "CREATE VIRTUAL TABLE {} USING fts5(said, content='', columnsize=0, detail=none,"
    " tokenize='trigram case_sensitive 1')"
)
PROJECTED = "CREATE TABLE projected (version INTEGER NOT NULL, seq INTEGER NOT NULL)"
ANEW = "words_anew"
"""The index that is being made. Who erases texts drops it: it may hold them already."""

_PLACES = ", ".join("?" * len(COLUMNS))
# Built from our own words only: every value is bound.
_INSERT = f"INSERT OR IGNORE INTO calls (start_seq, {', '.join(COLUMNS)}) VALUES (?, {_PLACES})"  # noqa: S608
_UPDATE = f"UPDATE OR IGNORE calls SET end_seq = ?, ({', '.join(COLUMNS)}) = ({_PLACES}) WHERE start_seq = ?"  # noqa: S608

_ADDED = ("probe", "estimated")
"""The columns that earlier versions lack."""

_CONSTRAINT = re.compile(r"\b(CHECK|UNIQUE|COLLATE|REFERENCES|GENERATED|WITHOUT|STRICT)\b", re.IGNORECASE)
"""What stands in the statement of a table that refuses rows, or finds them otherwise."""

_NO_WORDS = ((1, b""), (10, bytes(7)))
"""What stands in an index of words where there are none."""


def create(db: sqlite3.Connection) -> None:
    """Make an empty one, in the transaction at hand."""
    drop(db, "calls", "projected")
    for statement in (CALLS, *INDEXES, PROJECTED):
        db.execute(statement)
    create_words(db)
    db.execute("INSERT INTO projected VALUES (?, 0)", (VERSION,))


def create_words(db: sqlite3.Connection) -> None:
    """Make an empty index of words, in the transaction at hand."""
    drop(db, "words")
    db.execute(WORDS.format("words"))


def prepare(db: sqlite3.Connection) -> None:
    """Have one of this version: the one that there is, or an empty one."""
    if lost(db) or (through(db) < 0 and not _add_columns(db)):
        create(db)


def prepare_indexes(db: sqlite3.Connection) -> None:
    """Have its indexes, and no others; and where rows stand in the way of one, all of it anew."""
    odd = odd_indexes(db)
    try:
        for name in odd:
            db.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
        for statement in INDEXES:
            if name_of(statement) in odd:
                db.execute(statement)
    except sqlite3.IntegrityError:
        create(db)


def drop_anew(db: sqlite3.Connection) -> None:
    """Give up what was begun, by a program of before, too."""
    drop(db, ANEW, "calls_anew")


def drop(db: sqlite3.Connection, *names: str) -> None:
    """Remove these, tables or what somebody put in their place."""
    for name in names:
        for (kind,) in db.execute("SELECT type FROM sqlite_master WHERE name = ?", (name,)).fetchall():
            _drop(db, kind, name)


def _drop(db: sqlite3.Connection, kind: str, name: str) -> None:
    try:
        db.execute(f"DROP {kind} {name}")
    except sqlite3.DatabaseError:  # an index of words that is damaged: it can be dropped once it is an empty one
        db.execute(f"DELETE FROM {name}_data")  # noqa: S608
        db.executemany(f"INSERT INTO {name}_data VALUES (?, ?)", _NO_WORDS)  # noqa: S608
        db.execute(f"DROP {kind} {name}")


def quoted(name: str) -> str:
    """A name as it stands in SQL, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def through(db: sqlite3.Connection) -> int:
    """The last event that it knows; -1 where there is no projection of this version."""
    version, seq = _projected(db)
    return seq if version == VERSION else -1


def lost(db: sqlite3.Connection) -> str:
    """What of it is gone, or something else by now; empty where all is there."""
    return lost_words(db) or _lost_calls(db)


def lost_words(db: sqlite3.Connection) -> str:
    """The same of the index of words."""
    try:
        db.execute("SELECT rowid FROM words WHERE words MATCH 'any' LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        return "the search index is gone" if "no such table" in str(error) else "the search index is damaged"
    return ""


def _lost_calls(db: sqlite3.Connection) -> str:
    kind, sql = db.execute("SELECT type, sql FROM sqlite_master WHERE name = 'calls'").fetchone() or ("", "")
    columns = db.execute("PRAGMA table_info(calls)").fetchall()
    if kind != "table" or not {*COLUMNS, "start_seq", "end_seq", "erased"} - {*_ADDED} <= {row[1] for row in columns}:
        return "the browsing table is gone"
    keys = [(row[1], row[2]) for row in columns if row[5]]
    demanded = {row[1] for row in columns if row[3]} - {"erased", *_ADDED}
    if keys != [("start_seq", "INTEGER")] or demanded or _CONSTRAINT.search(sql):
        return "the browsing table is not made as this program makes it"
    return ""


def odd_indexes(db: sqlite3.Connection) -> list[str]:
    """The indexes of the table that are gone, otherwise, or none of this program's."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'calls' AND sql IS NOT NULL"
    there, meant = dict(db.execute(found).fetchall()), {name_of(statement): statement for statement in INDEXES}
    return sorted(name for name in {*there, *meant} if there.get(name) != meant.get(name))


def name_of(statement: str) -> str:
    """Of the index that a statement makes."""
    return statement[: statement.index(" ON ")].rsplit(" ", 1)[1]


def _projected(db: sqlite3.Connection) -> tuple[int, int]:
    """Its version, and the last event that it knows; 0 and -1 where that cannot be told."""
    try:
        row = db.execute("SELECT version, seq FROM projected").fetchone()
    except sqlite3.OperationalError:
        return 0, -1
    return row if row and {*map(type, row)} == {int} else (0, -1)


def take(db: sqlite3.Connection, seq: int, kind: str, payload: dict[str, Any], texts: dict[str, str | bytes]) -> None:
    """Take in an event, with the texts that are kept of it, by part."""
    _take_row(db, seq, kind, payload)
    if words := folded(texts):
        db.execute("INSERT INTO words (rowid, said) VALUES (?, ?)", (place_of(seq, payload), words))
    db.execute("UPDATE projected SET seq = ?", (seq,))


def _take_row(db: sqlite3.Connection, seq: int, kind: str, payload: dict[str, Any]) -> None:
    if kind == "start":
        db.execute(_INSERT, (seq, *row_of(payload["record"])))
    elif kind in ("end", "recovered"):
        db.execute(_UPDATE, (seq, *row_of(payload["record"]), began(payload)))
    elif kind == "erase":
        db.execute("UPDATE calls SET erased = 1 WHERE start_seq = ?", (began(payload),))


def catch_up(db: sqlite3.Connection) -> int:
    """Take in what it does not know yet, in the transaction at hand; returns how many events that were.

    An event that cannot be read gets no row: `verify` tells of it.
    """
    if through(db) < 0:
        prepare(db)
    seq, taken = through(db), 0
    for number, kind, payload in db.execute("SELECT seq, kind, payload FROM events WHERE seq > ? ORDER BY seq", (seq,)):
        rows = db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (number,))
        with contextlib.suppress(*UNREADABLE):
            take(db, number, kind, json.loads(payload), dict(rows.fetchall()))
        db.execute("UPDATE projected SET seq = ?", (number,))
        taken += 1
    return taken


def _add_columns(db: sqlite3.Connection) -> bool:
    """Make this version of an earlier one, which lacks columns: at once, where all anew would keep others waiting."""
    missing = {*COLUMNS} - {row[1] for row in db.execute("PRAGMA table_info(calls)")}
    if not 0 < _projected(db)[0] < VERSION or not missing:
        return False
    for name in missing:
        db.execute(f"ALTER TABLE calls ADD COLUMN {name} NOT NULL DEFAULT {empty(name)}")
    db.execute("CREATE INDEX IF NOT EXISTS calls_of_probes ON calls (start_seq) WHERE probe > ''")
    # A newer program may have written here before an older one made the table.
    told = " OR ".join(f"instr(payload, '\"{PATHS[name]}\":')" for name in missing)
    for seq, payload in db.execute(f"SELECT seq, payload FROM events WHERE {told}").fetchall():  # noqa: S608
        with contextlib.suppress(*UNREADABLE):
            told_of = json.loads(payload)["record"]
            for name in missing:
                value = storable(told_of.get(PATHS[name], EMPTY[name]))
                query = f"UPDATE calls SET {name} = ? WHERE start_seq = ? OR end_seq = ?"  # noqa: S608
                db.execute(query, (value, seq, seq))
    db.execute("UPDATE projected SET version = ?", (VERSION,))
    return True


def forget(db: sqlite3.Connection, event: tuple[int, dict[str, Any]], texts: dict[str, str | bytes]) -> None:
    """Take an event's words out of the index. They must be those that went in."""
    if words := folded(texts):
        db.execute("INSERT INTO words (words, rowid, said) VALUES ('delete', ?, ?)", (place_of(*event), words))


def place_of(seq: int, payload: dict[str, Any]) -> int:
    """Where an event's words stand in the index: twice the call's number, and one more for those of its end."""
    return 2 * began(payload) + 1 if "start" in payload else 2 * seq


def began(payload: dict[str, Any]) -> int:
    """The event with which its call began. Raises ValueError for one that there cannot be."""
    start: int = payload["start"]
    if start.__class__ is not int or not 0 < start < 2**61:
        raise ValueError(start)
    return start


def row_of(record: dict[str, Any]) -> tuple[Any, ...]:
    """The columns for a payload's record. Raises one of UNREADABLE."""
    return tuple(storable(record.get(path, EMPTY.get(name))) for name, path in PATHS.items())


def empty(column: str) -> str:
    """What a column reads as in SQL where there is none."""
    return repr(EMPTY.get(column, ""))


def storable(value: Any) -> Any:
    """What SQLite can hold of a value. Raises TypeError for a list or an object."""
    if isinstance(value, (list, dict)):
        raise TypeError(value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return max(-_LARGEST, min(_LARGEST, value)) if isinstance(value, int) else value
