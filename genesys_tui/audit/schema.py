"""The schema of the ledger's file, and what guards it."""

from __future__ import annotations

VERSION = 1
"""Of the file, in SQLite's ``user_version``. A newer file is only read."""

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
}
"""The triggers, by name. REPLACE is no way around them: it has to insert, and that must be at the end."""

TABLES = (
    # The ledger itself.
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, head BLOB NOT NULL)",
    "CREATE INDEX events_beside_calls ON events (seq) WHERE kind <> 'start' AND kind <> 'end' AND kind <> 'recovered'",
    # What can be erased: the texts of the event ``seq``.
    "CREATE TABLE texts (seq INTEGER NOT NULL, part TEXT NOT NULL, salt BLOB NOT NULL, body TEXT,"
    " PRIMARY KEY (seq, part)) WITHOUT ROWID",
    # How far other systems have been told. Not part of what is proved.
    "CREATE TABLE cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL)",
)
