"""A ledger that several versions of the program have to do with is read, brought up to date, and stays sound."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from audit import forger
from audit.made import filled, hurried, record, write

from genesys_tui.audit import comparison, log, projection, schema
from genesys_tui.audit.browse import Browser
from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.chain import head_of, leaf_of
from genesys_tui.audit.export import exported
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rebuilding import rebuild
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.rows import Order
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError


def make_older(path: Path) -> None:
    """The file as the first version left it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TRIGGER IF EXISTS events_have_rows")
        db.execute("DROP INDEX calls_of_probes")
        for name in projection._ADDED:
            db.execute(f"ALTER TABLE calls DROP COLUMN {name}")
        db.execute("UPDATE projected SET version = 1")
        db.execute("PRAGMA user_version = 1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    filled(tmp_path / "l.db", 20)
    return tmp_path / "l.db"


def older_append(path: Path, kind: str, request_id: str, **fields: object) -> None:
    """Append an event as the first version did to a browsing table that is not its own."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        seq, before = log.last(db)
        ledger = bytes.fromhex(forger.events_of(db)[0]["ledger"])
        told = {"request_id": request_id, "model": "m", "conversation_id": "c", "started_at_us": 1, "status": "running"}
        payload = canonical({"at": 1, "kind": kind, "record": told, **fields})
        head = head_of(ledger, seq + 1, before, leaf_of(payload.encode()))
        db.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (seq + 1, kind, payload, head))


def test_an_older_file_that_is_only_read_is_browsed(path: Path) -> None:
    make_older(path)
    before = path.read_bytes()
    browser = Browser(path)
    for order in (Order(), Order("model", False)):
        assert len(browser.page(Filter(), order)) == 20
        assert {row.probe for row in browser.page(Filter(), order)} == {""}
        assert browser.page(Filter(kind="probe"), order) == []
    assert (browser.count(Filter(kind="call")), browser.count(Filter(kind="probe"))) == (20, 0)
    assert [row.request_id for row in browser.page(Filter(kind="call", search="prompt 12"), Order())] == ["r0012"]
    browser.close()
    assert "".join(part.lines for part in exported(path, jsonl, Filter(kind="call"))).count("\n") == 20
    assert "".join(part.lines for part in exported(path, csv_lines)).count("\n") == 21
    assert verify(path).verdict is Verdict.UNANCHORED
    assert path.read_bytes() == before


def test_a_newer_file_that_lacks_a_column_is_read(path: Path) -> None:
    make_older(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with Ledger(path) as ledger:
        assert "newer version" in ledger.notice
        assert len(list(ledger.calls(Filter(kind="call")))) == 20


def test_an_older_file_is_brought_up_to_date_without_its_history_being_read_again(path: Path) -> None:
    make_older(path)
    roots = "SELECT name, rootpage FROM sqlite_master WHERE name IN ('calls', 'words_data') ORDER BY name"
    with closing(sqlite3.connect(path)) as db:
        before = db.execute(roots).fetchall()
    with Ledger(path) as ledger:
        write(ledger, "p", probe="one")
        assert [call.record.request_id for call in ledger.calls(Filter(kind="probe"))] == ["p"]
        assert len(list(ledger.calls())) == 21
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(roots).fetchall() == before
        assert db.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
        assert not list(comparison.different(db, 1, 1000))
    assert verify(path).verdict is Verdict.UNANCHORED


def test_an_older_program_that_runs_hears_of_it_before_it_makes_a_call(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.start(record("mine", status="running"), [])
        with pytest.raises(sqlite3.IntegrityError, match="newer version of this program writes it"):
            older_append(path, "start", "theirs")
        ledger.end(record("mine", status="completed"), "told")
        assert ledger.get("mine").reply == "told"
    assert verify(path).verdict is Verdict.UNANCHORED


@pytest.mark.parametrize("ended", [False, True])
def test_what_another_program_wrote_without_rows_is_caught_up_with(ended: bool, path: Path) -> None:
    """The calls of both end, and at no time does the ledger look as if it had been tampered with."""
    with hurried(Ledger(path)) as ledger:
        ledger.start(record("mine", status="running"), [{"role": "user", "content": "x"}])
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("DROP TRIGGER events_have_rows")
            start = log.last(db)[0] + 1
        older_append(path, "start", "theirs", owner="")
        if ended:
            older_append(path, "end", "theirs", start=start)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(schema.GUARDS["events_have_rows"])
        assert verify(path).verdict is Verdict.UNANCHORED
        ledger.end(record("mine", status="completed"), "told")
        assert ledger.get("mine").reply == "told"
        assert ledger.get("theirs").record.model == "m"
        if not ended:
            ledger.end(record("theirs", status="completed"), "told, too")
        write(ledger, "next")
        ledger.erase("next")
    assert verify(path).verdict is Verdict.UNANCHORED


DAMAGES = {
    "no JSON": "'zzz'",
    "a list": "'[]'",
    "a word for a record": "json_set(payload, '$.record', 'x')",
    "no record": "json_remove(payload, '$.record')",
    "a list for a model": "json_set(payload, '$.record.model', json('[1]'))",
    "an odd place": "json_set(payload, '$.start', json('{\"a\": 1}'))",
    "another's request id": "json_set(payload, '$.record.request_id', 'r0001')",
}


@pytest.mark.parametrize("seq", [20, 21])
@pytest.mark.parametrize("damage", DAMAGES)
def test_an_old_event_that_cannot_be_read_keeps_nobody_from_calling(damage: str, seq: int, path: Path) -> None:
    with forger.opened(path) as db:
        db.execute(f"UPDATE events SET payload = {DAMAGES[damage]} WHERE seq = ?", (seq,))
        db.execute("UPDATE projected SET version = 0")  # as after an update of the program
    with Ledger(path) as ledger:
        write(ledger, "after")
        assert ledger.get("after").reply == "Hello"
        assert len(Browser(path).page(Filter(), Order())) in (20, 21)
        assert ledger.get("r0019").reply == "reply 19"
    assert verify(path).verdict is Verdict.INVALID
    rebuild(path)
    assert verify(path).verdict is Verdict.INVALID
    with Ledger(path) as ledger:
        assert ledger.get("after").reply == "Hello"


def test_a_running_call_that_cannot_be_read_keeps_nobody_from_calling(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.start(record("open", status="running"), [])
    with forger.opened(path) as db:
        db.execute("UPDATE events SET payload = '{' WHERE seq = (SELECT max(start_seq) FROM calls)")
    with Ledger(path) as ledger:
        write(ledger, "after")
        with pytest.raises(LedgerError, match="holds a record that cannot be read"):
            list(ledger.calls())
