"""The ledger: every call's record, shared by processes, durable, private and searchable."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.audit import database
from genesys_tui.audit.ledger import Call, Filter, Ledger
from genesys_tui.audit.records import Record, RecordedError
from genesys_tui.errors import LedgerError

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=timezone.utc)


def record(request_id: str, **fields: Any) -> Record:
    fields = {"model": "gpt-4o-mini", "conversation_id": "c", "started_at": MORNING} | fields
    return Record(request_id=request_id, **fields)


def write(ledger: Ledger, request_id: str, prompt: str = "Hi", reply: str = "Hello", **fields: Any) -> Record:
    """A call from start to end."""
    opening = record(request_id, **{**fields, "status": "running"})
    ledger.start(opening, [{"role": "user", "content": prompt}])
    ended = record(request_id, **{"status": "completed", **fields})
    ledger.end(ended, reply)
    return ended


def ids(calls: Iterator[Call]) -> list[str]:
    return [call.record.request_id for call in calls]


@pytest.fixture(params=["WAL", "TRUNCATE"])
def any_journal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to write, whichever suits this machine's SQLite."""
    monkeypatch.setattr(database, "WAL_IS_SOUND", request.param == "WAL")
    mode: str = request.param
    return mode


def test_what_was_written_is_read(any_journal: str, tmp_path: Path) -> None:
    error = RecordedError(kind="refused", message="No", status_code=400)
    with Ledger(tmp_path / "ledger.db") as ledger:
        ended = write(ledger, "a", "Grüße 🧹\n\0\u2028", "Antwort ‮\0", status="failed", error=error, total_tokens=7)
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.get("a") == Call(ended, [{"role": "user", "content": "Grüße 🧹\n\0\u2028"}], "Antwort ‮\0")
        assert ledger._db._db.execute("PRAGMA journal_mode").fetchone()[0].upper() == any_journal


def test_a_ledger_changes_its_way_of_writing_with_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, sound in enumerate([True, False, True]):
        monkeypatch.setattr(database, "WAL_IS_SOUND", sound)
        with Ledger(tmp_path / "ledger.db") as ledger:
            write(ledger, str(number))
            assert len(list(ledger.calls())) == number + 1


def test_it_is_private(any_journal: str, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Ledger(tmp_path / "new" / "ledger.db") as ledger:
            write(ledger, "a")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in ledger.path.parent.iterdir()}
            assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700
    finally:
        os.umask(before)
    assert modes.pop("instances") == 0o700
    assert set(modes.values()) == {0o600}, modes


def test_every_write_is_synchronous(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger._db._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL, a setting of the connection


def test_a_request_id_is_recorded_once(ledger: Ledger) -> None:
    write(ledger, "a")
    with pytest.raises(LedgerError, match=r"The request id a is already recorded\. Use another one."):
        ledger.start(record("a"), [])
    write(ledger, "b")


def test_a_call_ends_once(ledger: Ledger) -> None:
    ended = write(ledger, "a", reply="first")
    with pytest.raises(LedgerError, match="The call a is not open"):
        ledger.end(ended, "second")
    with pytest.raises(LedgerError, match="The call b is not open"):
        ledger.end(record("b"), "never started")
    assert ledger.get("a").reply == "first"


WRITE_MANY = """
import sys
from pathlib import Path
from audit.test_ledger import write
from genesys_tui.audit import database
from genesys_tui.audit.ledger import Ledger
database.WAL_IS_SOUND = sys.argv[2] == "WAL"
with Ledger(Path(sys.argv[1])) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(60):
        write(ledger, f"{sys.argv[3]}-{number}")
"""


def child(script: str, *arguments: object) -> subprocess.Popen[str]:
    tests = Path(__file__).parent.parent
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tests)!r})\n{script}", *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_processes_that_write_at_the_same_time_lose_nothing(any_journal: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    children = [child(WRITE_MANY, file, any_journal, name) for name in "abc"]
    for process in children:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "opening a new file at the same time is no conflict"
    for process in children:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait(60) for process in children] == [0, 0, 0]
    for process in children:
        process.communicate()
    with Ledger(file) as ledger:
        assert set(ids(ledger.calls())) == {f"{name}-{number}" for name in "abc" for number in range(60)}
        assert {call.record.status for call in ledger.calls()} == {"completed"}
        assert ledger._db._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_threads_that_write_at_the_same_time_lose_nothing(ledger: Ledger) -> None:
    threads = [
        threading.Thread(target=lambda name: [write(ledger, f"{name}-{n}") for n in range(25)], args=(name,))
        for name in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(ledger.calls())) == 100


def test_recovery_leaves_ended_calls_alone(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with Ledger(file) as ledger:
        ended = write(ledger, "ended")
        ledger.start(record("open"), [])
    with Ledger(file) as ledger:
        assert ledger.recovered == 1
        assert ledger.get("ended").record == ended
        closed = ledger.get("open").record
        assert (closed.status, closed.stop_reason, closed.detail) == (
            "failed",
            "interrupted",
            "the program ended mid-call",
        )
        with pytest.raises(LedgerError, match="is not open"):
            ledger.end(record("open"), "too late")


def test_instances_clean_up_behind_themselves(tmp_path: Path) -> None:
    for _ in range(3):
        with Ledger(tmp_path / "ledger.db") as ledger:
            ledger.start(record(os.urandom(4).hex()), [])
    assert list((tmp_path / "instances").iterdir()) == []


@pytest.fixture
def history(ledger: Ledger) -> Ledger:
    """Five calls, an hour apart."""
    moments = iter(MORNING + timedelta(hours=number) for number in range(5))
    error = RecordedError(kind="refused", message="The moon is made of cheese.")
    write(ledger, "a", "What is 100% of 5_0?", "50 [sic]", started_at=next(moments))
    write(ledger, "b", 'He said "quoted"\nand left', "So he did", started_at=next(moments), model="gpt-4o")
    write(ledger, "c", "KÜNDIGUNG, bitte", "Straße", started_at=next(moments), model="claude-3[x]?")
    write(ledger, "d", "x", "", started_at=next(moments), status="failed", error=error)
    write(ledger, "e", "C:\\temp", "y", started_at=next(moments), status="truncated")
    return ledger


def hour(number: float) -> str:
    return (MORNING + timedelta(hours=number)).isoformat()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), "edcba"),
        (Filter(since=hour(2)), "edc"),
        (Filter(since=hour(2.001)), "ed"),
        (Filter(until=hour(2)), "ba"),
        (Filter(since=hour(1), until=hour(3)), "cb"),
        (Filter(since="2026-03-01"), "edcba"),
        (Filter(until="2026-03-01"), ""),
        (Filter(status="failed"), "d"),
        (Filter(status="running"), ""),
        (Filter(model="gpt-4o"), "b"),
        (Filter(model="gpt-4o*"), "edba"),
        (Filter(model="*mini"), "eda"),
        (Filter(model="gpt-4?"), ""),
        (Filter(model="claude-3[x]?"), "c"),
        (Filter(model="claude-3[*"), "c"),
        (Filter(model="%"), ""),
        (Filter(search="100%"), "a"),
        (Filter(search="%"), "a"),
        (Filter(search="5_0"), "a"),
        (Filter(search="_"), "a"),
        (Filter(search="["), "a"),
        (Filter(search="[SIC]"), "a"),
        (Filter(search='said "quoted"'), "b"),
        (Filter(search='quoted"\nand'), "b"),
        (Filter(search="C:\\temp"), "e"),
        (Filter(search="kündigung"), "c"),
        (Filter(search="STRASSE"), "c"),
        (Filter(search="made of CHEESE"), "d"),
        (Filter(search="*"), ""),
        (Filter(search="'; DROP TABLE calls; --"), ""),
        (Filter(search="so he did", model="gpt-4o", status="completed", since=hour(1), until=hour(2)), "b"),
        (Filter(search="so he did", status="failed"), ""),
    ],
    ids=repr,
)
def test_a_filter_finds_what_it_says_the_newest_first(wanted: Filter, found: str, history: Ledger) -> None:
    assert "".join(ids(history.calls(wanted))) == found


@pytest.mark.parametrize("word", ["role", "user", "content", "status", "conversation_id", "parameters", "null"])
def test_a_search_looks_at_what_was_said_and_not_at_how_it_is_kept(word: str, history: Ledger) -> None:
    assert ids(history.calls(Filter(search=word))) == []


def test_pages_and_limits(ledger: Ledger) -> None:
    ledger._db._db.execute("PRAGMA synchronous=OFF")
    for number in range(600):
        write(ledger, f"{number:04}", model="m")
    newest = [f"{number:04}" for number in reversed(range(600))]
    assert ids(ledger.calls()) == newest
    for limit in (0, 1, 255, 256, 257, 512, 599, 600, 601, 10_000):
        assert ids(ledger.calls(limit=limit)) == newest[:limit]
        assert ids(ledger.calls(Filter(search="hello"), limit=limit)) == newest[:limit]
    assert ids(ledger.calls(Filter(model="m"), limit=300)) == newest[:300]


def test_calls_written_while_it_is_read_do_not_disturb(ledger: Ledger) -> None:
    for name in "abc":
        write(ledger, name)
    calls = ledger.calls()
    first = next(calls)
    write(ledger, "d")
    assert [first.record.request_id, *ids(calls)] == ["c", "b", "a"]


def test_a_call_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    for request_id in ("r-10", "r-11", "r-12", "r-1", "s_x", "s%x", "sax", "R-2"):
        write(ledger, request_id)
    found = {beginning: ledger.get(beginning).record.request_id for beginning in ("r-10", "r-1", "s_", "s%", "sa", "R")}
    assert found == {"r-10": "r-10", "r-1": "r-1", "s_": "s_x", "s%": "s%x", "sa": "sax", "R": "R-2"}
    for several in ("r", "r-", "s"):
        with pytest.raises(LedgerError, match=f"Several calls begin with {several}. Give more of the request id."):
            ledger.get(several)
    for none in ("x", "r-100", "_", "%", "r*", "\\"):
        with pytest.raises(LedgerError, match="No call has the request id"):
            ledger.get(none)


def corrupt(file: Path) -> None:
    file.write_bytes(b"This is no database, though it is a file. " * 100)


def cut_short(file: Path) -> None:
    with Ledger(file) as ledger:
        write(ledger, "a", "x" * 50_000)
    os.truncate(file, 5000)


def another_database(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE calls (something TEXT)")


def a_folder(file: Path) -> None:
    file.mkdir()


def unguarded(file: Path) -> sqlite3.Connection:
    """A connection for whoever has the file and no scruples."""
    db = sqlite3.connect(file, isolation_level=None)
    for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {trigger}")
    return db


def broken_open_record(file: Path) -> None:
    with Ledger(file) as ledger:
        ledger.start(record("a"), [])
    with closing(unguarded(file)) as db:
        db.execute("UPDATE events SET payload = '{' WHERE kind = 'start'")


@pytest.mark.parametrize("damage", [corrupt, cut_short, another_database, a_folder, broken_open_record])
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(damage: Callable[[Path], None], tmp_path: Path) -> None:
    damage(tmp_path / "ledger.db")
    with pytest.raises(LedgerError, match=r"^The audit file .*\.$") as told, Ledger(tmp_path / "ledger.db") as ledger:
        list(ledger.calls())
        write(ledger, "b")
    assert told.value.kind == "ledger"


@pytest.mark.parametrize(
    "damage", ["UPDATE events SET payload = '{'", "UPDATE texts SET body = '{' WHERE part = 'prompt'"]
)
def test_a_record_that_is_damaged_is_told_in_a_sentence(damage: str, ledger: Ledger) -> None:
    write(ledger, "a")
    with closing(unguarded(ledger.path)) as db:
        db.execute(damage)
    with pytest.raises(LedgerError, match="holds a record that cannot be read"):
        ledger.get("a")
    with pytest.raises(LedgerError, match="holds a record that cannot be read"):
        list(ledger.calls())


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=r"cannot be opened: .*Without it no call is made."):
        Ledger(tmp_path / "file" / "ledger.db")


def test_a_file_that_goes_away_takes_no_more_calls(ledger: Ledger) -> None:
    write(ledger, "a")
    ledger.path.rename(ledger.path.with_name("elsewhere.db"))
    with pytest.raises(LedgerError, match="was moved or removed while in use"):
        write(ledger, "b")
    with Ledger(ledger.path), pytest.raises(LedgerError, match="was moved or removed"):
        write(ledger, "c")  # another file of that name is another ledger


def test_a_ledger_that_another_program_holds_is_waited_for(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, other.execute, ["ROLLBACK"])
        timer.start()
        write(ledger, "a")
        timer.join()
    assert ids(ledger.calls()) == ["a"]
