"""A ledger that cannot be written: no call is lost in silence, and nothing is a traceback."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from audit.made import record, write

from genesys_tui.audit import database
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError

TESTS = Path(__file__).parent.parent


@pytest.fixture(params=["WAL", "TRUNCATE"])
def journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(database, "WAL_IS_SOUND", request.param == "WAL")
    mode: str = request.param
    return mode


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of this machine may reach."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def child(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    preface = f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
    command = [sys.executable, "-c", preface + script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def statuses(path: Path) -> dict[str, str]:
    with Ledger(path) as ledger:
        return {call.record.request_id: call.record.status for call in ledger.calls()}


FULL = """
import resource
from pathlib import Path
from audit.made import record, write
from genesys_tui.audit import database
from genesys_tui.audit.ledger import Ledger
from genesys_tui.errors import LedgerError
database.WAL_IS_SOUND = sys.argv[2] == "WAL"
with Ledger(Path(sys.argv[1]), mode=sys.argv[3]) as ledger:
    write(ledger, "before")
    limit = max(file.stat().st_size for file in Path(sys.argv[1]).parent.glob("l.db*"))
    limit += 300_000 if database.WAL_IS_SOUND else 60_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # no file grows beyond: the disk is full
    made = 0
    for number in range(16):
        try:
            write(ledger, f"r{number}", "x" * 4000, "y" * 4000)
            made += 1
        except LedgerError as error:
            print(error.message)
            break
    print(made, ledger.notice)
"""


def test_a_full_disk_refuses_the_call_in_words(journal: str, tmp_path: Path) -> None:
    done = child(FULL, tmp_path / "l.db", journal, "required")
    assert "Traceback" not in done.stderr, done.stderr
    sentence, counted = done.stdout.splitlines()
    assert sentence.startswith("The audit file ")
    made = int(counted.split()[0])
    assert 0 < made < 16
    assert {f"r{number}" for number in range(made)} <= set(statuses(tmp_path / "l.db"))
    assert verify(tmp_path / "l.db").verdict is Verdict.UNANCHORED


def test_a_full_disk_is_spooled_and_taken_in_later(journal: str, tmp_path: Path) -> None:
    done = child(FULL, tmp_path / "l.db", journal, "best-effort")
    assert "Traceback" not in done.stderr, done.stderr
    made, _, notice = done.stdout.strip().partition(" ")
    assert made == "16", "every call was made"
    assert "Calls are recorded in" in notice, "and the operator told"
    assert len(list((tmp_path / "spool").glob("*.jsonl"))) == 1
    assert statuses(tmp_path / "l.db") == dict.fromkeys(
        ["before", *(f"r{number}" for number in range(16))], "completed"
    )
    assert list((tmp_path / "spool").iterdir()) == []
    assert verify(tmp_path / "l.db").verdict is Verdict.UNANCHORED


READ_ONLY = """
import os, urllib.parse
from pathlib import Path
from audit.made import record
from genesys_tui.audit.ledger import Ledger
from genesys_tui.errors import LedgerError
if os.geteuid() == 0:  # who may write everything
    os.setgid(65534); os.setuid(65534)
with Ledger(Path(sys.argv[1])) as ledger:
    print(ledger.get("a").reply, len(list(ledger.calls())))
    print(ledger.notice)
    try:
        ledger.start(record("b"), [])
    except LedgerError as error:
        print(error.message)
"""


def test_a_ledger_that_may_only_be_read_is_read(journal: str, open_folder: Path) -> None:
    with Ledger(open_folder / "l.db") as ledger:
        write(ledger, "a")
    for file in open_folder.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o444)
    open_folder.chmod(0o555)
    done = child(READ_ONLY, open_folder / "l.db")
    open_folder.chmod(0o755)  # so that it can be removed
    assert "Traceback" not in done.stderr, done.stderr
    shown, notice, refused = done.stdout.splitlines()
    assert shown == "Hello 1"
    assert (
        notice == refused == f"The audit file {open_folder / 'l.db'} may only be read. Make it writable to make calls."
    )


def test_a_newer_ledger_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path) as ledger:
        write(ledger, "a")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=99")
    with Ledger(path) as ledger:
        assert ledger.get("a").reply == "Hello"
        assert "newer version" in ledger.notice
        with pytest.raises(LedgerError, match="Update this program"):
            ledger.start(record("b"), [])
    assert verify(path).verdict is Verdict.UNREADABLE


@pytest.mark.parametrize("replaced", [False, True])
def test_a_ledger_that_goes_away_is_spooled(replaced: bool, journal: str, tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path, mode="best-effort") as ledger:
        write(ledger, "a")
        ledger.start(record("open"), [{"role": "user", "content": "x"}])
        shutil.move(path, tmp_path / "elsewhere.db")
        if replaced:
            Ledger(path).close()
        write(ledger, "b")
        ledger.end(record("open", status="completed"), "its end")
        assert "moved or removed" in ledger.notice
        assert str(tmp_path / "spool") in ledger.notice
    found = statuses(path)
    assert found == {"b": "completed", "open": "completed"}, "the start of one stands in the other file"
    assert verify(path).verdict is Verdict.UNANCHORED


def test_an_end_that_cannot_be_written_is_kept_and_the_next_call_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path) as ledger:
        ledger.start(record("a"), [])
        shutil.move(path, tmp_path / "aside.db")
        with pytest.raises(LedgerError, match=r"is kept in .*spool"):
            ledger.end(record("a", status="completed"), "The reply")
        with pytest.raises(LedgerError, match="moved or removed"):
            ledger.start(record("b"), [])
        shutil.move(tmp_path / "aside.db", path)
        write(ledger, "c")
        assert ledger.notice == ""
        assert ledger.get("a").reply == "The reply"
    assert verify(path).verdict is Verdict.UNANCHORED


def test_a_locked_ledger_is_waited_for_and_then_spooled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    path = tmp_path / "l.db"
    with Ledger(path, mode="best-effort") as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        write(ledger, "a")
        assert "locked" in ledger.notice
        other.execute("ROLLBACK")
        write(ledger, "b")
        assert ledger.notice == ""
        assert [call.record.request_id for call in ledger.calls()] == ["b", "a"]


def test_the_spool_of_a_dead_program_is_taken_in_once(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path, mode="best-effort") as ledger:
        shutil.move(path, tmp_path / "aside.db")
        write(ledger, "a", "Spooled prompt", "Spooled reply")
        (spool,) = (tmp_path / "spool").iterdir()
        kept = spool.read_bytes()
        shutil.move(tmp_path / "aside.db", path)
    assert statuses(path) == {"a": "completed"}
    spool.write_bytes(kept + b'{"kind": "start", "torn')  # as if it had died between the two, while writing
    with Ledger(path) as ledger:
        assert [(call.record.request_id, call.reply) for call in ledger.calls()] == [("a", "Spooled reply")]
    assert not spool.exists()


def test_a_spool_of_hashes_is_taken_in_by_a_program_that_keeps_texts(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(path) as ledger:
        write(ledger, "before")
    with Ledger(path, text="hash", mode="best-effort") as ledger:
        shutil.move(path, tmp_path / "aside.db")
        write(ledger, "spooled")
        (spool,) = (tmp_path / "spool").iterdir()
        kept = spool.read_bytes()
        shutil.move(tmp_path / "aside.db", path)
        spool.unlink()
    spool.write_bytes(kept)
    with Ledger(path) as ledger:
        write(ledger, "after")
    assert statuses(path) == dict.fromkeys(["before", "spooled", "after"], "completed")
    assert verify(path).verdict is Verdict.UNANCHORED


def test_a_journal_that_a_dead_writer_left_is_rolled_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAL_IS_SOUND", False)
    path = tmp_path / "l.db"
    with Ledger(path) as ledger:
        write(ledger, "a")
    torn = """
from pathlib import Path
import os, sqlite3
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=TRUNCATE"); db.execute("PRAGMA cache_size=1")
db.execute("BEGIN IMMEDIATE")
for number in range(2000):
    db.execute("INSERT INTO cursors VALUES (?, 1)", (f"{number:0500}",))
os._exit(9)
"""
    assert child(torn, path).returncode == 9
    assert path.with_name("l.db-journal").stat().st_size > 1000
    assert verify(path).verdict is Verdict.UNANCHORED
    with Ledger(path) as ledger:
        write(ledger, "b")
        assert len(list(ledger.calls())) == 2
        assert ledger._db._db.execute("SELECT count(*) FROM cursors").fetchone() == (0,)


def test_a_ledger_that_cannot_be_opened_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE other (x)")
    for _ in range(3):
        with pytest.raises(LedgerError, match="other things than a ledger"):
            Ledger(path)
    assert [*(tmp_path / "instances").iterdir()] == []


@pytest.mark.parametrize("cut", [10, 100, 513])
def test_a_torn_journal_is_no_traceback(cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAL_IS_SOUND", True)
    path = tmp_path / "l.db"
    ledger = Ledger(path)
    write(ledger, "a")
    wal = path.with_name("l.db-wal").read_bytes()
    shutil.copy(path, tmp_path / "copy.db")
    (tmp_path / "copy.db-wal").write_bytes(wal[:-cut])
    ledger.close()
    try:
        with Ledger(tmp_path / "copy.db") as copy:
            list(copy.calls())
    except LedgerError as error:
        assert error.message.startswith("The audit file")
    assert verify(tmp_path / "copy.db").verdict in (Verdict.UNANCHORED, Verdict.UNREADABLE)


CRAMPED = """
import resource
from pathlib import Path
from genesys_tui.audit.anchors import append_anchor, read_anchors
from genesys_tui.errors import LedgerError
file = Path(sys.argv[1])
note = read_anchors(file)[0]
limit = file.stat().st_size + 40
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # no file grows beyond: the disk is full
for _ in range(2):
    try:
        append_anchor(file, note)
    except LedgerError as error:
        print(error.message)
"""


def test_half_an_anchor_is_none_and_is_told(tmp_path: Path) -> None:
    anchor = tmp_path / "anchors"
    with Ledger(tmp_path / "l.db", anchor=anchor) as ledger:
        write(ledger, "a")
        ledger.checkpoints.write()
    before = anchor.read_bytes()
    done = child(CRAMPED, anchor)
    assert done.stdout.splitlines() == [f"The anchor file {anchor} cannot be written: no space left."] * 2, done.stderr
    assert anchor.read_bytes() == before
