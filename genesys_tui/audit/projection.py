"""The projection: a row for each call, to browse and search by. Disposable: the ledger's events hold all of it.

Its columns come out of the payload by ``_PATHS`` and nothing else, so that SQLite itself can compare the two.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from genesys_tui.errors import LedgerError

VERSION = 2
"""Of the columns. A projection of another version is made anew."""

_PATHS = {
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
}
"""Column → its name in the payload's record. Times in microseconds, rates in thousandths."""

COLUMNS = tuple(_PATHS)
SORTED = (
    *("time", "model", "status", "stop_reason", "tokens", "rate"),
    *("ttft", "gap", "attempts", "profile", "conversation"),
)
"""The columns with an index."""

UNMEASURED = -1
"""A rate or time that could not be measured. Unlike NULL it has a place in every order."""

_LARGEST = 2**63 - 1

_EMPTY: dict[str, str | int] = {
    **dict.fromkeys(("stop_reason", "probe"), ""),
    **dict.fromkeys(("tokens", "attempts", "elapsed", "stalls"), 0),
    **dict.fromkeys(("rate", "ttft", "gap"), UNMEASURED),
}
"""What stands for nothing, which the payload leaves out."""

_CALLS = (
    "CREATE TABLE calls (start_seq INTEGER PRIMARY KEY, end_seq INTEGER,"
    f" {', '.join(COLUMNS)}, erased NOT NULL DEFAULT 0)"
)
_INDEXES = (
    "CREATE UNIQUE INDEX calls_by_request_id ON calls (request_id)",
    "CREATE UNIQUE INDEX calls_by_end ON calls (end_seq)",
    "CREATE INDEX calls_that_run ON calls (start_seq) WHERE end_seq IS NULL",
    "CREATE INDEX calls_of_probes ON calls (start_seq) WHERE probe > ''",
    *(f"CREATE INDEX calls_by_{name} ON calls ({name})" for name in SORTED),
)
# Every three neighbouring characters, without their places: finds candidates, which are then looked at.
_WORDS = (
    "CREATE VIRTUAL TABLE {} USING fts5(said, content='', columnsize=0, detail=none,"
    " tokenize='trigram case_sensitive 1')"
)
_PROJECTED = "CREATE TABLE projected (version INTEGER NOT NULL, seq INTEGER NOT NULL)"
ANEW = "words_anew"
"""An index of words that is being made. Who erases texts drops it: it may hold them already."""

_PLACES = ", ".join("?" * len(COLUMNS))
# Built from our own words only: every value is bound.
_INSERT = f"INSERT INTO calls (start_seq, {', '.join(COLUMNS)}) VALUES (?, {_PLACES})"  # noqa: S608
_UPDATE = f"UPDATE calls SET end_seq = ?, ({', '.join(COLUMNS)}) = ({_PLACES}) WHERE start_seq = ?"  # noqa: S608

# The one expression that says what a row must be; rows of a range of calls that are otherwise.
_DIFFERENT = f"""
SELECT c.start_seq FROM calls AS c LEFT JOIN events AS e ON e.seq = coalesce(c.end_seq, c.start_seq)
WHERE c.start_seq BETWEEN ? AND ? AND (
    e.seq IS NULL
    OR (c.end_seq IS NULL) IS NOT (e.kind = 'start')
    OR json_array({", ".join(f"nullif(c.{n}, {_EMPTY[n]!r})" if n in _EMPTY else f"c.{n}" for n in COLUMNS)})
       IS NOT json_extract(e.payload, {", ".join(f"'$.record.{path}'" for path in _PATHS.values())})
    OR NOT EXISTS (SELECT 1 FROM events AS s WHERE s.seq = c.start_seq AND s.kind = 'start')
)
"""  # noqa: S608


def create(db: sqlite3.Connection) -> None:
    """Make an empty one, in the transaction at hand."""
    for name in ("calls", "words", "projected"):
        db.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in (_CALLS, *_INDEXES, _WORDS.format("words"), _PROJECTED):
        db.execute(statement)
    db.execute("INSERT INTO projected VALUES (?, 0)", (VERSION,))


def begin_words(db: sqlite3.Connection) -> None:
    """Begin an index of words beside the one in use."""
    drop_words(db)
    db.execute(_WORDS.format(ANEW))


def drop_words(db: sqlite3.Connection) -> None:
    """Give up the one that was begun."""
    db.execute(f"DROP TABLE IF EXISTS {ANEW}")


def take_words(db: sqlite3.Connection, seq: int, most: int) -> tuple[int, bool]:
    """Take the words of the next events with texts into it; returns how far it knows them, and whether that is all.

    Raises LedgerError where something was erased since it was begun.
    """
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (ANEW,)).fetchone():
        raise LedgerError("Something was erased meanwhile. Nothing was changed; run it again.")
    query = (
        "SELECT t.seq, (SELECT e.payload FROM events AS e WHERE e.seq = t.seq) FROM texts AS t"
        " WHERE t.seq > ? GROUP BY t.seq ORDER BY t.seq LIMIT ?"
    )
    events = db.execute(query, (seq, most)).fetchall()
    for number, payload in events:
        rows = db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (number,))
        if words := folded(dict(rows.fetchall())):
            place = _place(number, json.loads(payload))
            db.execute(f"INSERT INTO {ANEW} (rowid, said) VALUES (?, ?)", (place, words))  # noqa: S608
        seq = number
    return seq, len(events) < most


def replace(db: sqlite3.Connection) -> int:
    """Put it in place of the one in use, and make the table of calls anew, in the transaction at hand; how many."""
    for name in ("calls", "words", "projected"):
        db.execute(f"DROP TABLE IF EXISTS {name}")
    db.execute(f"ALTER TABLE {ANEW} RENAME TO words")
    db.execute(_CALLS)
    query = f"INSERT INTO calls (start_seq, end_seq, {', '.join(COLUMNS)}) VALUES (?, ?, {_PLACES})"  # noqa: S608
    db.executemany(query, _rows(db))
    for (payload,) in db.execute("SELECT payload FROM events WHERE kind = 'erase'").fetchall():
        db.execute("UPDATE calls SET erased = 1 WHERE start_seq = ?", (json.loads(payload)["start"],))
    for statement in (*_INDEXES, _PROJECTED):
        db.execute(statement)
    db.execute("INSERT INTO projected SELECT ?, coalesce(max(seq), 0) FROM events", (VERSION,))
    calls: int = db.execute("SELECT count(*) FROM calls").fetchone()[0]
    return calls


def _rows(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Start, end and columns of every call, as its last event has them."""
    running: dict[int, str] = {}
    for seq, kind, payload in db.execute("SELECT seq, kind, payload FROM events ORDER BY seq"):
        if kind == "start":
            running[seq] = payload
        elif kind in ("end", "recovered"):
            fields = json.loads(payload)
            if running.pop(fields["start"], None) is not None:
                yield fields["start"], seq, *_row(fields["record"])
    for seq, payload in running.items():
        yield seq, None, *_row(json.loads(payload)["record"])


def through(db: sqlite3.Connection) -> int:
    """The last event that it knows; -1 where there is no projection of this version."""
    try:
        row = db.execute("SELECT version, seq FROM projected").fetchone()
    except sqlite3.OperationalError:
        return -1
    return int(row[1]) if row and row[0] == VERSION else -1


def take(db: sqlite3.Connection, seq: int, kind: str, payload: dict[str, Any], texts: dict[str, str | bytes]) -> None:
    """Take in an event, with the texts that are kept of it, by part."""
    _take_row(db, seq, kind, payload)
    if words := folded(texts):
        db.execute("INSERT INTO words (rowid, said) VALUES (?, ?)", (_place(seq, payload), words))
    db.execute("UPDATE projected SET seq = ?", (seq,))


def _take_row(db: sqlite3.Connection, seq: int, kind: str, payload: dict[str, Any]) -> None:
    if kind == "start":
        db.execute(_INSERT, (seq, *_row(payload["record"])))
    elif kind in ("end", "recovered"):
        db.execute(_UPDATE, (seq, *_row(payload["record"]), payload["start"]))
    elif kind == "erase":
        db.execute("UPDATE calls SET erased = 1 WHERE start_seq = ?", (payload["start"],))


def catch_up(db: sqlite3.Connection) -> int:
    """Take in what it does not know yet, in the transaction at hand; returns how many events that were."""
    seq = through(db)
    if seq < 0:
        create(db)
        seq = 0
    taken = 0
    for number, kind, payload in db.execute("SELECT seq, kind, payload FROM events WHERE seq > ? ORDER BY seq", (seq,)):
        rows = db.execute("SELECT part, body FROM texts WHERE seq = ? AND body IS NOT NULL", (number,))
        take(db, number, kind, json.loads(payload), dict(rows.fetchall()))
        taken += 1
    return taken


def folded(texts: dict[str, str | bytes]) -> str:
    """An event's texts as the index has them."""
    return "\n".join(filter(None, (searched(part, texts[part]) for part in sorted(texts))))


def searched(part: str, body: str | bytes) -> str:
    """What of a text is searched, folded: contents of messages, replies, and the error's message."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if part == "prompt":
        text = "\n".join(message["content"] for message in json.loads(text))
    elif part == "said":
        text = json.loads(text).get("error", "")
    return text.casefold().encode("utf-8", "replace").decode()


def forget(db: sqlite3.Connection, event: tuple[int, dict[str, Any]], texts: dict[str, str | bytes]) -> None:
    """Take an event's words out of the index. They must be those that went in."""
    if words := folded(texts):
        db.execute("INSERT INTO words (words, rowid, said) VALUES ('delete', ?, ?)", (_place(*event), words))


def _place(seq: int, payload: dict[str, Any]) -> int:
    """Where an event's words stand in the index: twice the call's number, and one more for those of its end."""
    return 2 * payload["start"] + 1 if "start" in payload else 2 * seq


def different(db: sqlite3.Connection, first: int, last: int) -> Iterator[int]:
    """The calls that began with an event of this range and whose row is not what the ledger says."""
    for (start_seq,) in db.execute(_DIFFERENT, (first, last)).fetchall():
        # SQLite writes some characters otherwise than we do; such rows are few, and looked at again.
        row = db.execute(f"SELECT end_seq, {', '.join(COLUMNS)} FROM calls WHERE start_seq = ?", (start_seq,))  # noqa: S608
        end_seq, *columns = row.fetchone()
        event = db.execute("SELECT kind, payload FROM events WHERE seq = ?", (end_seq or start_seq,)).fetchone()
        fits = event is not None and (event[0] == "start") == (end_seq is None)
        if not fits or _row(json.loads(event[1])["record"]) != tuple(columns):
            yield start_seq


def _row(record: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(storable(record.get(path, _EMPTY.get(name))) for name, path in _PATHS.items())


def storable(value: Any) -> Any:
    """What SQLite can hold of a value."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return max(-_LARGEST, min(_LARGEST, value)) if isinstance(value, int) else value
