"""What waits in a spool reaches the ledger once, whoever else is at work; and what cannot be read is kept and told."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from audit.made import hurried, record, write

from genesys_tui.audit import database
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.spool import Spool
from genesys_tui.audit.verification import verify

HI = [{"role": "user", "content": "Hi"}]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program is writing, and does not come to an end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    return tmp_path / "l.db"


def recorded(path: Path) -> list[str]:
    with Ledger(path) as ledger:
        return sorted(call.record.request_id for call in ledger.calls())


def test_what_is_put_aside_while_others_are_taken_in_is_not_forgotten_with_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    forget = Spool.taken_in

    def held(self: Spool, damaged: int) -> str:
        reached.set()
        go_on.wait(0.5)
        return forget(self, damaged)

    with hurried(Ledger(path, mode="best-effort")) as ledger:
        with locked(path):
            ledger.start(record("one"), HI)
        monkeypatch.setattr(Spool, "taken_in", held)
        second = threading.Thread(target=ledger.start, args=(record("two"), HI))
        second.start()
        assert reached.wait(10)
        with locked(path):
            third = threading.Thread(target=ledger.start, args=(record("three"), HI))
            third.start()
            third.join(2)
            go_on.set()
            third.join(10)
        second.join(10)
    assert recorded(path) == ["one", "three", "two"]


def test_a_spool_that_somebody_else_took_in_meanwhile_is_no_obstacle(path: Path) -> None:
    with hurried(Ledger(path, mode="best-effort")) as ledger:
        with locked(path):
            ledger.start(record("one"), HI)
        (file,) = (path.parent / "spool").iterdir()
        assert [*Spool(file).lines()]
        file.unlink()
        assert [*Spool(file).lines()] == []
        write(ledger, "two")
    assert recorded(path) == ["two"]


DAMAGES = {
    "nothing but zeros": b"\0" * 40 + b"\n",
    "half a line": b'{"kind": "start", "at": 1, "fie\n',
    "another thing": b'["start"]\n',
    "a kind that there is none of": b'{"kind": "recovered", "at": 1, "fields": {"record": {"request_id": "x"}}, '
    b'"texts": []}\n',
    "a part that there is none of": b'{"kind": "end", "at": 1, "fields": {"record": {"request_id": "x"}}, "texts": '
    b'[[null, "00", "x", "00"]]}\n',
    "a part twice": b'{"kind": "start", "at": 1, "fields": {"record": {"request_id": "x", "started_at_us": 1}}, '
    b'"texts": [["said", "00", "x", "00"], ["said", "00", "x", "00"]]}\n',
    "no record": b'{"kind": "start", "at": 1, "fields": {}, "texts": []}\n',
    "a record that is none": b'{"kind": "start", "at": 1, "fields": {"record": {"request_id": "x", "a": 0.5}}, '
    b'"texts": []}\n',
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_cannot_be_read_is_kept_and_told_and_the_rest_taken_in(damage: str, path: Path) -> None:
    with hurried(Ledger(path, mode="best-effort")) as ledger:
        write(ledger, "before")
        with locked(path):
            ledger.start(record("one"), HI)
            ledger.start(record("two"), HI)
        (file,) = (path.parent / "spool").iterdir()
        whole = file.read_bytes()
        file.unlink()
    first, second = whole.splitlines(keepends=True)
    assert json.loads(second)["kind"] == "start"
    spool = path.parent / "spool" / "dead.jsonl"
    spool.write_bytes(first + DAMAGES[damage] + b"\0\0" + second)
    with Ledger(path) as ledger:
        kept = spool.with_suffix(".1.damaged")
        assert ledger.notice.startswith("1 record that waited for the audit file cannot be read")
        assert str(kept) in ledger.notice
        write(ledger, "after")
        assert str(kept) in ledger.notice, "and it is not forgotten with the next call"
        assert "1 spool file beside it could not be read" in ledger.describe()
    assert DAMAGES[damage] in kept.read_bytes()
    assert not spool.exists()
    assert recorded(path) == ["after", "before", "one", "two"]
    assert verify(path).verdict is Verdict.UNANCHORED


def test_damaged_spools_are_all_kept_and_each_is_told_of_once(path: Path) -> None:
    spool = path.parent / "spool"
    with Ledger(path, mode="best-effort") as ledger:
        for garbage in (b"first\n", b"second\n"):
            spool.mkdir(exist_ok=True)
            ledger._spool.file.write_bytes(garbage)
            write(ledger, garbage.decode().strip())
        write(ledger, "third")
        assert ledger.notice.count("cannot be read") == 2
        assert "it. 1 record" in ledger.notice
    assert sorted(file.read_bytes() for file in spool.glob("*.damaged")) == [b"first\n", b"second\n"]


def test_a_bit_that_fell_over_in_a_spool_never_reaches_the_chain(path: Path, tmp_path: Path) -> None:
    with hurried(Ledger(path, mode="best-effort")) as ledger, locked(path):
        ledger.start(record("one"), HI)
        ledger.start(record("two"), HI)
        (file,) = (path.parent / "spool").iterdir()
        whole = file.read_bytes()
        file.unlink()
    before = path.read_bytes()
    chance = random.Random(1)
    for number in range(60):
        folder = tmp_path / str(number)
        (folder / "spool").mkdir(parents=True)
        (folder / "l.db").write_bytes(before)
        at = chance.randrange(len(whole) - 1)
        damaged = whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]
        (folder / "spool" / f"{'d' * 32}.jsonl").write_bytes(damaged)
        with hurried(Ledger(folder / "l.db")) as ledger:
            names = {call.record.request_id for call in ledger.calls()}
            assert names < {"one", "two"}
            assert "cannot be read" in ledger.notice
        assert verify(folder / "l.db").verdict is Verdict.UNANCHORED


def test_a_spool_of_a_program_that_wrote_no_checks_is_taken_in(path: Path) -> None:
    with hurried(Ledger(path, mode="best-effort")) as ledger:
        with locked(path):
            ledger.start(record("one"), HI)
        (file,) = (path.parent / "spool").iterdir()
        entry = json.loads(file.read_bytes())
        del entry["check"]
        file.write_text(json.dumps(entry) + "\n")
    assert recorded(path) == ["one"]
