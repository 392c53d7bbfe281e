"""Programs with different SQLite libraries write one ledger in one way, or say why they cannot."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from audit.made import hurried, write

from genesys_tui.audit import database
from genesys_tui.audit.database import connect_to_read
from genesys_tui.audit.ledger import Ledger
from genesys_tui.errors import LedgerError


def test_a_newer_library_does_not_change_the_way_of_a_program_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l.db"
    monkeypatch.setattr(database, "WAL_IS_SOUND", False)
    with hurried(Ledger(path)) as older:
        write(older, "a")
        monkeypatch.setattr(database, "WAL_IS_SOUND", True)
        with hurried(Ledger(path)) as newer:
            assert "journal mode truncate" in newer.describe()
            write(newer, "b")
        write(older, "c")
    with hurried(Ledger(path)) as alone:
        assert "journal mode wal" in alone.describe()
        assert len(list(alone.calls())) == 3


def test_an_older_library_says_why_it_cannot_write_beside_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "l.db"
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    monkeypatch.setattr(database, "WAL_IS_SOUND", True)
    with hurried(Ledger(path)) as newer:
        write(newer, "a")
        monkeypatch.setattr(database, "WAL_IS_SOUND", False)
        with pytest.raises(LedgerError, match="in use by a program with a newer SQLite"):
            Ledger(path)
        write(newer, "b")
    with hurried(Ledger(path)) as older:
        assert "journal mode truncate" in older.describe()


def test_nothing_is_read_past_the_lock_of_who_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "l.db"
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    monkeypatch.setattr(database, "WAL_IS_SOUND", False)
    monkeypatch.setattr(database, "_may_write", lambda _: False)  # as for another user
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE calls (start_seq)")
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            connect_to_read(path)
        db.execute("ROLLBACK")
    with closing(connect_to_read(path)) as db, pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM calls")


def test_a_pipe_is_no_ledger(tmp_path: Path) -> None:
    from genesys_tui.audit.verification import verify

    os.mkfifo(tmp_path / "pipe")
    assert "it is no file" in verify(tmp_path / "pipe").sentences[0]
