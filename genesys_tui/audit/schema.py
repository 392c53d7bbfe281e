"""The schema of the ledger's file, and what guards it."""

from __future__ import annotations

import sqlite3

from genesys_tui.sanitize import sanitized_line

VERSION = 2
"""Of the file and its browsing table, in SQLite's ``user_version``. A newer file is only read."""

GUARDS = {
    "events_in_order": "CREATE TRIGGER events_in_order BEFORE INSERT ON events"
    " WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)"
    " BEGIN SELECT RAISE(ABORT, 'events are appended, one after the other'); END",
    "events_stay": "CREATE TRIGGER events_stay BEFORE DELETE ON events"
    " BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    "events_stay_so": "CREATE TRIGGER events_stay_so BEFORE UPDATE ON events"
    " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    "texts_stay_so": "CREATE TRIGGER texts_stay_so BEFORE UPDATE ON texts"
    " BEGIN SELECT RAISE(ABORT, 'texts are never changed'); END",
    # Programs of before look at the version only when they start. One that writes an event without its row, or its row
    # after it, could not find its call again: it has to hear so before the call is made.
    "events_have_rows": "CREATE TRIGGER events_have_rows BEFORE INSERT ON events"
    " WHEN NEW.seq IS NOT (SELECT seq FROM projected)"
    " BEGIN SELECT RAISE(ABORT, 'a newer version of this program writes it; start this program again'); END",
}
"""The triggers, by name. REPLACE is no way around them: it has to insert, and that must be at the end."""

SINCE = {"events_have_rows": 2}
"""The version that brought a guard; 1 the others."""

TEXTS = (
    "CREATE TABLE texts (seq INTEGER NOT NULL, part TEXT NOT NULL, salt BLOB NOT NULL, body TEXT,"
    " PRIMARY KEY (seq, part)) WITHOUT ROWID"
)
"""What can be erased: the texts of the event ``seq``."""

BESIDE_CALLS = "kind <> 'start' AND kind <> 'end' AND kind <> 'recovered'"
"""Which events are not of calls. In these very words in a query, the index of those few is used."""

TABLES = (
    # The ledger itself.
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, head BLOB NOT NULL)",
    f"CREATE INDEX events_beside_calls ON events (seq) WHERE {BESIDE_CALLS}",
    TEXTS,
    # How far other systems have been told. Not part of what is proved.
    "CREATE TABLE cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL)",
)


def differences(db: sqlite3.Connection, version: int) -> list[str]:
    """What of a file is not as a program of that version makes it, as sentences without their ends."""
    found = {name: (kind, sql) for name, kind, sql in db.execute("SELECT name, type, sql FROM sqlite_master")}
    known = guards(version)
    triggers = {name: sql for name, (kind, sql) in found.items() if kind == "trigger"}
    odd = sorted(name for name in {*triggers, *known} if triggers.get(name) != known.get(name))
    told = [f"the guard {name} of the file is gone or changed" for name in odd]
    for statement in TABLES:
        kind, name = statement.split(" ", 3)[1:3]
        sql = found.get(name, ("", None))[1] or ""
        if sql.replace(f'"{name}"', name, 1) != statement:  # SQLite quotes a name that it changed
            told.append(f"the {kind.lower()} {name} of the file is not the one that this program makes")
    # One in place of the browsing table is that table's trouble.
    views = sorted(name for name, (kind, _) in found.items() if kind == "view" and name != "calls")
    return told + [f"the file has a view, {sanitized_line(name)}, which this program never makes" for name in views]


def guards(version: int) -> dict[str, str]:
    """The triggers of a file of that version."""
    return {name: sql for name, sql in GUARDS.items() if SINCE.get(name, 1) <= version}
