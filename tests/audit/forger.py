"""Attacks on a ledger, by somebody who may write the file and knows how it is made, but has neither key nor anchor."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from audit.made import FixedSigner, filled

from genesys_tui.audit import log, projection, schema
from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.chain import NOTHING, head_of, leaf_of
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.merkle import Tree
from genesys_tui.audit.notes import Note, public_key, signed
from genesys_tui.audit.texts import prove

Payload = dict[str, Any]


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file without its guards, which are put back as if nothing had been."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        for name in schema.GUARDS:
            db.execute(f"DROP TRIGGER {name}")
        yield db
        for statement in schema.GUARDS.values():
            db.execute(statement)


def events_of(db: sqlite3.Connection) -> list[Payload]:
    return [json.loads(payload) for (payload,) in db.execute("SELECT payload FROM events ORDER BY seq")]


def rewrite(db: sqlite3.Connection, events: list[Payload], sign: Callable[[Note], Note] | None = None) -> None:
    """Put these events in place of those there are: chained anew, and the browsing table made anew.

    ``sign`` signs checkpoints that are made anew; without it they stay as they are.
    """
    ledger = bytes.fromhex(events[0]["ledger"])
    db.execute("DELETE FROM events")
    before, tree = NOTHING, Tree()
    for seq, event in enumerate(events, 1):
        if event["kind"] == "checkpoint" and sign is not None:
            note = Note(ledger, seq - 1, tree.root, before, event["at"])
            event = {**event, "subtrees": [each.hex() for each in tree.subtrees]}
            event["note"] = sign(note).text
        payload = canonical(event)
        leaf = leaf_of(payload.encode())
        before = head_of(ledger, seq, before, leaf)
        tree.add(leaf)
        db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (seq, event["kind"], payload, before))
    projection.create(db)
    projection.catch_up(db)


def edited(events: list[Payload], place: int = 41) -> list[Payload]:
    """A call that never went so well."""
    assert events[place]["kind"] == "end"
    events[place]["record"]["total_tokens"] = 99_999
    return events


def without_checkpoints(events: list[Payload], after: int) -> list[Payload]:
    return [each for number, each in enumerate(events) if each["kind"] != "checkpoint" or number < after]


def moved(db: sqlite3.Connection, events: list[Payload], at: int, by: int) -> list[Payload]:
    """What the events behind a place say of sequence numbers, moved; and their texts."""
    for event in events[at:]:
        for name in ("start", "last"):
            if event.get(name, 0) > at:
                event[name] += by
    order = "ASC" if by < 0 else "DESC"
    for (seq,) in db.execute(f"SELECT DISTINCT seq FROM texts WHERE seq > ? ORDER BY seq {order}", (at,)).fetchall():
        db.execute("UPDATE texts SET seq = seq + ? WHERE seq = ?", (by, seq))
    return events


# The attacks.


def edit_an_event(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET payload = replace(payload, 'completed', 'truncated') WHERE seq = 42")


def edit_an_event_and_its_head(path: Path) -> None:
    with opened(path) as db:
        event = edited(events_of(db))
        before = db.execute("SELECT head FROM events WHERE seq = 41").fetchone()[0]
        payload = canonical(event[41])
        head = head_of(bytes.fromhex(event[0]["ledger"]), 42, before, leaf_of(payload.encode()))
        db.execute("UPDATE events SET payload = ?, head = ? WHERE seq = 42", (payload, head))


def edit_and_chain_anew(path: Path) -> None:
    with opened(path) as db:
        rewrite(db, edited(events_of(db)))


def edit_and_make_checkpoints_unsigned(path: Path) -> None:
    with opened(path) as db:
        rewrite(db, edited(events_of(db)), lambda note: note)


def edit_and_sign_with_another_key(path: Path) -> None:
    with opened(path) as db:
        rewrite(db, edited(events_of(db)), lambda note: signed(note, b"x" * 32))


def edit_and_pretend_the_signature(path: Path) -> None:
    """Under the id of the right key."""

    def pretended(note: Note) -> Note:
        ((name, signature),) = signed(note, b"x" * 32).signatures
        return replace(note, signatures=((name, public_key(b"k" * 32).id + signature[4:]),))

    with opened(path) as db:
        rewrite(db, edited(events_of(db)), pretended)


def edit_and_drop_later_checkpoints(path: Path) -> None:
    with opened(path) as db:
        events = edited(events_of(db), 101)
        keep = max(number for number, each in enumerate(events[:101]) if each["kind"] == "checkpoint")
        kept = [each for number, each in enumerate(events) if each["kind"] != "checkpoint" or number <= keep]
        removed = [number for number, each in enumerate(events) if each["kind"] == "checkpoint" and number > keep]
        for number in reversed(removed):
            moved(db, kept, number, -1)
        rewrite(db, _renumbered(kept))


def edit_and_drop_all_checkpoints(path: Path) -> None:
    with opened(path) as db:
        events = edited(events_of(db))
        removed = [number for number, each in enumerate(events) if each["kind"] == "checkpoint"]
        kept = [each for each in events if each["kind"] != "checkpoint"]
        for number in reversed(removed):
            moved(db, kept, number, -1)
        rewrite(db, _renumbered(kept))


def _renumbered(events: list[Payload]) -> list[Payload]:
    """Ends that name where their calls begin by now."""
    starts = {event["record"]["request_id"]: seq for seq, event in enumerate(events, 1) if event["kind"] == "start"}
    for event in events:
        if event["kind"] == "end":
            event["start"] = starts[event["record"]["request_id"]]
    return events


def delete_an_event(path: Path) -> None:
    with opened(path) as db:
        db.execute("DELETE FROM events WHERE seq = 42")


def delete_a_call_and_chain_anew(path: Path) -> None:
    with opened(path) as db:
        events = events_of(db)
        assert [each["kind"] for each in events[40:42]] == ["start", "end"]
        db.execute("DELETE FROM texts WHERE seq IN (41, 42)")
        del events[40:42]
        moved(db, events, 42, -2)
        rewrite(db, _renumbered(events))


def insert_a_call_and_chain_anew(path: Path) -> None:
    with opened(path) as db:
        events = events_of(db)
        moved(db, events, 42, 2)
        for at, seq in ((41, 43), (42, 44)):
            db.executemany(
                "INSERT INTO texts VALUES (?, ?, ?, ?)",
                [
                    (seq, *row)
                    for row in db.execute("SELECT part, salt, body FROM texts WHERE seq = ?", (at,)).fetchall()
                ],
            )
        made = json.loads(json.dumps(events[40:42]))
        for event in made:
            event["record"]["request_id"] = "never-made"
        events[42:42] = made
        rewrite(db, _renumbered(events))


def swap_two_events(path: Path) -> None:
    with opened(path) as db:
        first, second = db.execute("SELECT payload, head FROM events WHERE seq IN (41, 43) ORDER BY seq").fetchall()
        db.execute("UPDATE events SET payload = ?, head = ? WHERE seq = 41", second)
        db.execute("UPDATE events SET payload = ?, head = ? WHERE seq = 43", first)


def cut_the_tail(path: Path) -> None:
    with opened(path) as db:
        db.execute("DELETE FROM texts WHERE seq > 140")
        rewrite(db, events_of(db)[:140])


def put_an_older_copy_back(path: Path) -> None:
    shutil.copy(path.with_name("older.db"), path)


def replace_it_with_another_ledger(path: Path) -> None:
    path.unlink()
    filled(path, 30, FixedSigner(b"x" * 32))


def replace_it_with_an_unsigned_one(path: Path) -> None:
    path.unlink()
    filled(path, 30)


def edit_a_reply(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE texts SET body = 'I never said that' WHERE seq = 42")


def edit_a_reply_and_its_salt(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE texts SET body = 'I never said that', salt = ? WHERE seq = 42", (bytes(32),))


def edit_a_reply_its_proof_and_chain_anew(path: Path) -> None:
    with opened(path) as db:
        events = events_of(db)
        events[41]["texts"]["reply"] = prove(bytes(32), b"I never said that")
        db.execute("UPDATE texts SET body = 'I never said that', salt = ? WHERE seq = 42", (bytes(32),))
        rewrite(db, events)


def remove_a_text(path: Path) -> None:
    with opened(path) as db:
        db.execute("DELETE FROM texts WHERE seq = 42")


def hide_a_call_from_the_table(path: Path) -> None:
    with opened(path) as db:
        db.execute("DELETE FROM calls WHERE start_seq = 41")


def show_a_call_otherwise(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE calls SET tokens = 1, status = 'failed' WHERE start_seq = 41")


def show_a_call_as_running(path: Path) -> None:
    """Which has ended: as its start left it."""
    with opened(path) as db:
        record = events_of(db)[40]["record"]
        row = projection.row_of(record)
        names = ", ".join(f"{name} = ?" for name in projection.COLUMNS)
        db.execute(f"UPDATE calls SET end_seq = NULL, {names} WHERE start_seq = 41", row)


def show_two_calls_with_each_others_ends(path: Path) -> None:
    with opened(path) as db:
        for now, then in ((41, -1), (43, 41), (-1, 43)):
            db.execute("UPDATE calls SET start_seq = ? WHERE start_seq = ?", (then, now))


def show_a_call_from_behind_the_last_event(path: Path) -> None:
    _show_another_call(path, 5000)


def show_a_call_from_before_the_first_event(path: Path) -> None:
    _show_another_call(path, -7)


def _show_another_call(path: Path, start: int) -> None:
    others = ", ".join(name for name in projection.COLUMNS if name != "request_id")
    with opened(path) as db:
        db.execute(
            f"INSERT INTO calls (start_seq, request_id, {others})"
            f" SELECT {start}, 'never-made', {others} FROM calls WHERE start_seq = 41"
        )


def have_the_table_know_nothing(path: Path) -> None:
    """So that its rows, one of which is changed, are not compared."""
    with opened(path) as db:
        db.execute("UPDATE calls SET tokens = 1 WHERE start_seq = 41")
        db.execute("UPDATE projected SET seq = 0")


def pretend_it_was_erased(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE calls SET erased = 1 WHERE start_seq = 41")


def change_the_kind(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET kind = 'config' WHERE seq = 42")


def put_an_erased_text_back(path: Path) -> None:
    with opened(path) as db:
        rows = db.execute("SELECT * FROM texts WHERE seq = 42").fetchall()
    erase_with_the_program(path)
    with opened(path) as db:
        start = db.execute("SELECT start_seq FROM calls WHERE erased").fetchone()[0]
        db.executemany(f"INSERT INTO texts VALUES ({start + 1}, ?, ?, ?)", [row[1:] for row in rows])


def keep_an_event_as_bytes(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET payload = CAST(payload AS BLOB) WHERE seq = 42")


def keep_a_head_as_text(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET head = CAST(head AS TEXT) WHERE seq = (SELECT max(seq) FROM events)")


def keep_a_kind_as_bytes(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET kind = CAST(kind AS BLOB) WHERE seq = 42")


def add_a_call_before_the_first(path: Path) -> None:
    with opened(path) as db:
        db.execute("INSERT INTO events SELECT seq - 100, kind, payload, head FROM events WHERE seq IN (41, 42)")


def add_a_text_of_no_event(path: Path) -> None:
    with opened(path) as db:
        db.execute("INSERT INTO texts SELECT -7, part, salt, body FROM texts WHERE seq = 42")


def add_a_view(path: Path) -> None:
    """In place of a table it could say one thing to this program and another to its verification."""
    with opened(path) as db:
        db.execute("CREATE VIEW conversations AS SELECT 1")


def make_a_table_otherwise(path: Path) -> None:
    with opened(path) as db:
        db.execute("DROP INDEX events_beside_calls")
        db.execute("CREATE INDEX events_beside_calls ON events (seq) WHERE kind = 'checkpoint'")


def make_the_table_without_its_key(path: Path) -> None:
    """So that one call can be there twice, and another not at all."""
    with opened(path) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(calls)")]
        db.execute("ALTER TABLE calls RENAME TO before")
        for name in [projection.name_of(statement) for statement in projection.INDEXES]:
            db.execute(f"DROP INDEX {name}")
        db.execute(f"CREATE TABLE calls ({', '.join(columns)})")
        db.execute("INSERT INTO calls SELECT * FROM before WHERE start_seq <> 41")
        db.execute("INSERT INTO calls SELECT * FROM before WHERE start_seq = 43")
        db.execute("DROP TABLE before")
        for statement in projection.INDEXES:
            db.execute(statement.replace("UNIQUE ", ""))


def set_a_trap_for_calls_to_come(path: Path) -> None:
    """Which would be refused their ends."""
    with opened(path) as db:
        db.execute("CREATE UNIQUE INDEX calls_once ON calls (status) WHERE start_seq > 1000")


def hide_a_call_from_an_index(path: Path) -> None:
    """What is filtered by profile is found along it."""
    with opened(path) as db:
        entry = db.execute("SELECT * FROM sqlite_master WHERE name = 'calls_by_profile'").fetchone()
        row = db.execute("SELECT * FROM calls WHERE start_seq = 41").fetchone()
        db.execute("DELETE FROM calls WHERE start_seq = 41")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("DELETE FROM sqlite_master WHERE name = 'calls_by_profile'")
    with opened(path) as db:  # which knows of no such index
        db.execute(f"INSERT INTO calls VALUES ({', '.join('?' * len(row))})", row)
        db.execute("PRAGMA writable_schema = ON")
        db.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", entry)


def drop_a_guard(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER events_stay")


def weaken_a_guard(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER events_stay")
        db.execute("CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT 1; END")


def put_a_list_in_its_place(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET payload = '[]' WHERE seq = 42")


def put_a_word_in_place_of_its_record(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET payload = json_set(payload, '$.record', 'x') WHERE seq = 42")


def put_what_is_no_json_in_its_place(path: Path) -> None:
    with opened(path) as db:
        db.execute("UPDATE events SET payload = 'zzz' WHERE seq = 42")


def pretend_it_was_erased_of_a_list(path: Path) -> None:
    with opened(path) as db:
        events = events_of(db)
        rewrite(db, [*events, {"at": 1, "kind": "erase", "last": [2], "request_id": "r0000", "start": [1]}])


def append_a_call(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        ledger = bytes.fromhex(events_of(db)[0]["ledger"])
        fields = {"owner": "", "record": {**events_of(db)[40]["record"], "request_id": "never-made"}}
        log.append(db, ledger, "start", 1, fields)


def erase_with_the_program(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.erase("r0010")


Attack = Callable[[Path], None]
