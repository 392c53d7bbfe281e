"""The browsing table can be lost, and is made anew out of the ledger itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from audit.made import FixedSigner, filled, hurried, record, write

from genesys_tui.audit import comparison
from genesys_tui.audit.ledger import Filter, Ledger
from genesys_tui.audit.rebuilding import rebuild
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify

LOSSES = {
    "all of it": ["DROP TABLE calls", "DROP TABLE words", "DROP TABLE projected"],
    "its version": ["UPDATE projected SET version = 0"],
    "its state": ["DELETE FROM projected"],
    "its number, for a word": ["UPDATE projected SET seq = 'x'"],
    "its version, for a word": ["UPDATE projected SET version = 'x'"],
    "its rows": ["DROP TABLE calls"],
    "its rows, for a view": ["DROP TABLE calls", "CREATE VIEW calls AS SELECT 1 AS start_seq"],
    "a column": ["DROP INDEX calls_by_model", "ALTER TABLE calls DROP COLUMN model"],
    "its words": ["DROP TABLE words"],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    filled(tmp_path / "l.db", 30, FixedSigner())
    with hurried(Ledger(tmp_path / "l.db", signer=FixedSigner())) as ledger:
        ledger.erase("r0003")
    return tmp_path / "l.db"


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_made_anew(loss: str, path: Path) -> None:
    with Ledger(path) as ledger:
        before = list(ledger.calls())
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in LOSSES[loss]:
            db.execute(statement)
    with Ledger(path) as ledger:
        assert list(ledger.calls()) == before
        assert [call.record.request_id for call in ledger.calls(Filter(search="PROMPT 12"))] == ["r0012"]
        assert list(ledger.calls(Filter(search="reply 3"))) == [], "it was erased"
    assert verify(path, key=FixedSigner().public).verdict is Verdict.UNANCHORED


@pytest.mark.parametrize("loss", LOSSES)
def test_verification_says_what_is_lost(loss: str, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in LOSSES[loss]:
            db.execute(statement)
    report = verify(path, key=FixedSigner().public)
    if loss.startswith("its rows") or loss in ("a column", "its words", "all of it"):
        assert report.verdict is Verdict.INVALID
        assert report.sentences[0].endswith(" is gone.")
        assert "audit rebuild" in report.sentences[1]
    else:
        assert report.verdict is Verdict.UNANCHORED
        assert any("was not compared" in sentence for sentence in report.sentences)
    rebuild(path)
    again = verify(path, key=FixedSigner().public)
    assert again.verdict is Verdict.UNANCHORED
    assert not any("was not compared" in sentence for sentence in again.sentences)


ODD = {
    "bytes for its id": "UPDATE calls SET request_id = x'00ff' WHERE start_seq = 11",
    "nothing for its model": "UPDATE calls SET model = NULL WHERE start_seq = 11",
    "an end between two events": "UPDATE calls SET end_seq = 12.5 WHERE start_seq = 11",
    "an end before the ledger": "UPDATE calls SET end_seq = -1 WHERE start_seq = 11",
    "a word for whether it was erased": "UPDATE calls SET erased = 'x' WHERE start_seq = 11",
}


@pytest.mark.parametrize("odd", ODD)
def test_a_row_with_an_odd_value_is_found(odd: str, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute("SELECT kind FROM events WHERE seq IN (11, 12)").fetchall() == [("start",), ("end",)]
        db.execute(ODD[odd])
    report = verify(path, key=FixedSigner().public)
    assert report.verdict is Verdict.INVALID
    assert "browsing table" in report.sentences[0]
    rebuild(path)
    assert verify(path, key=FixedSigner().public).verdict is Verdict.UNANCHORED


def test_events_of_a_program_with_another_table_are_caught_up_with(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE projected SET seq = seq - 10")  # as if those had been written by one without it
        db.execute("DELETE FROM calls WHERE start_seq > (SELECT seq FROM projected)")
        db.execute("UPDATE calls SET end_seq = NULL WHERE end_seq > (SELECT seq FROM projected)")
    with Ledger(path) as ledger:
        assert len(list(ledger.calls())) == 30
    with closing(sqlite3.connect(path)) as db:
        assert list(comparison.different(db, 1, 1000)) == []


def test_two_calls_at_the_same_time_are_told_apart(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        ledger.start(record("a"), [{"role": "user", "content": "first"}])
        ledger.start(record("b"), [{"role": "user", "content": "second"}])
        ledger.end(record("b", status="completed"), "to b")
        assert [call.record.request_id for call in ledger.calls(Filter(search="first"))] == ["a"]
        assert [call.record.status for call in ledger.calls()] == ["completed", "running"]
        ledger.end(record("a", status="completed"), "to a")
        write(ledger, "c")
        assert [call.record.request_id for call in ledger.calls(Filter(search="to a"))] == ["a"]
    assert verify(tmp_path / "l.db").verdict is Verdict.UNANCHORED
