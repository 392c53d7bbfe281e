"""The mark of a probe's calls, in ledgers old and new."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from audit.made import filled, record, write

from genesys_tui.audit import comparison
from genesys_tui.audit.browse import Browser
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.query import QueryError, parse, unparse
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.rows import Order
from genesys_tui.audit.verification import verify
from genesys_tui.tui.history.filter_dialog import fields_of, line_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    filled(tmp_path / "l.db", 20)
    with Ledger(tmp_path / "l.db") as ledger:
        write(ledger, "p1", probe="first")
        write(ledger, "p2", probe="second")
    return tmp_path / "l.db"


def test_a_ledger_of_before_is_opened_without_its_events_changing(path: Path) -> None:
    """As a version without the mark left it: a browsing table that has no such column."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        before = db.execute("SELECT * FROM events").fetchall()
        db.execute("DROP INDEX calls_of_probes")
        db.execute("ALTER TABLE calls DROP COLUMN probe")
        db.execute("UPDATE projected SET version = 1")
    assert verify(path).verdict is Verdict.UNANCHORED
    with Ledger(path) as ledger:
        assert [call.record.request_id for call in ledger.calls(Filter(kind="probe"))] == ["p2", "p1"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM events").fetchall()[: len(before)] == before
        assert not list(comparison.different(db, 1, 1000))
    assert verify(path).verdict is Verdict.UNANCHORED


def test_a_mark_that_is_changed_in_the_browsing_table_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE calls SET probe = '' WHERE request_id = 'p1'")
        assert len(list(comparison.different(db, 1, 1000))) == 1


def test_an_ordinary_call_is_written_as_before(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        marked = db.execute("SELECT count(*) FROM events WHERE instr(payload, '\"probe\"')").fetchone()[0]
    assert marked == 4


@pytest.mark.parametrize("order", [Order(), Order("ttft", False), Order("model")])
def test_the_history_filters_by_kind_in_every_order(order: Order, path: Path) -> None:
    browser = Browser(path)
    try:
        assert {row.probe for row in browser.page(Filter(kind="probe"), order)} == {"first", "second"}
        assert browser.count(Filter(kind="call")) == 20
        assert browser.count(Filter(kind="probe", search="hello")) == 2
    finally:
        browser.close()


def test_probes_are_found_by_their_index(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT c.start_seq FROM calls AS c WHERE c.probe > '' AND c.probe > ?"
        plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}", ("",)))
    assert "calls_of_probes" in plan


def test_a_call_that_was_running_keeps_its_mark_when_it_is_closed(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.db")
    ledger.start(record("p", probe="first"), [])
    ledger._db.close()  # as if the process had died
    assert ledger._instance is not None
    ledger._instance.close()
    with Ledger(tmp_path / "l.db") as again:
        (call,) = again.calls(Filter(kind="probe"))
    assert (call.record.status, call.record.probe) == ("failed", "first")


def test_the_filter_line_knows_the_kind() -> None:
    assert parse("kind:probe since:2026-01-01").kind == "probe"
    assert unparse(Filter(kind="call")) == "kind:call"
    assert line_of(fields_of("kind:probe slow")) == "slow kind:probe"
    with pytest.raises(QueryError, match="probe, call"):
        parse("kind:other")
