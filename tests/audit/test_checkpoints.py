"""Checkpoints: signed, anchored, and never in the way of a call."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audit.made import FixedSigner, anchors_in, hurried, write

from genesys_tui.audit import checkpoints, database
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.notes import Key, Note, parse_note
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError


def events(ledger: Ledger, kind: str) -> list[dict[str, Any]]:
    with ledger._db.reading() as db:
        rows = db.execute("SELECT payload FROM events WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
    return [json.loads(row[0]) for row in rows]


class StuckSigner(FixedSigner):
    """A keyring that hangs until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def seed(self) -> bytes:
        self.go_on.wait(30)
        return super().seed()


def test_a_keyring_that_hangs_delays_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 1)
    signer = StuckSigner()
    with hurried(Ledger(tmp_path / "l.db", signer=signer)) as ledger:
        for number in range(20):
            write(ledger, f"r{number}")
        assert len(list(ledger.calls())) == 20, "while the keyring hangs"
        assert events(ledger, "checkpoint") == []
        signer.go_on.set()
    with Ledger(tmp_path / "l.db") as ledger:
        assert events(ledger, "checkpoint")


def test_there_is_one_every_hundred_events_and_one_at_the_end(tmp_path: Path) -> None:
    with hurried(Ledger(tmp_path / "l.db", signer=FixedSigner())) as ledger:
        for number in range(60):
            write(ledger, f"r{number}")
        end = time.monotonic() + 10
        while not events(ledger, "checkpoint") and time.monotonic() < end:
            time.sleep(0.01)
        assert len(events(ledger, "checkpoint")) == 1
        write(ledger, "one more")
    with Ledger(tmp_path / "l.db") as ledger:
        assert len(events(ledger, "checkpoint")) == 2


def test_one_that_could_not_be_committed_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next event has its place, and the checkpoints to come are of that one."""
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    monkeypatch.setattr(database, "WAL_IS_SOUND", False)
    with hurried(Ledger(tmp_path / "l.db", signer=FixedSigner())) as ledger:
        write(ledger, "a")
        with closing(sqlite3.connect(tmp_path / "l.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM events").fetchone()
            with pytest.raises(LedgerError, match="locked"):
                ledger.checkpoints.write()
        write(ledger, "b")
        ledger.checkpoints.write()
    report = verify(tmp_path / "l.db", key=FixedSigner().public)
    assert (report.verdict, report.signed) == (Verdict.UNANCHORED, report.checkpoints)


def test_there_is_one_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "AFTER", 0.05)
    with Ledger(tmp_path / "l.db") as ledger:
        write(ledger, "a")
        end = time.monotonic() + 10
        while not events(ledger, "checkpoint") and time.monotonic() < end:
            time.sleep(0.01)
        assert len(events(ledger, "checkpoint")) == 1


def test_who_only_reads_writes_nothing(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db", signer=FixedSigner()) as ledger:
        write(ledger, "a")
    before = (tmp_path / "l.db").read_bytes()
    signer = FixedSigner(b"another key, which is not asked.")
    with Ledger(tmp_path / "l.db", signer=signer) as ledger:
        list(ledger.calls())
    assert signer.note is None
    assert (tmp_path / "l.db").read_bytes() == before


class NoKeyring(FixedSigner):
    def seed(self) -> bytes:
        raise LedgerError("There is no keyring on this machine.")


def test_without_a_keyring_nothing_is_signed_and_it_says_so(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db", signer=NoKeyring(), anchor=tmp_path / "anchors") as ledger:
        write(ledger, "a")
        ledger.checkpoints.write()
        assert "checkpoints not signed" in ledger.checkpoints.tried().words
        assert [each["settings"].get("signed") for each in events(ledger, "config")] == [None], "nobody has looked"
        assert "There is no keyring" in ledger.checkpoints.tried().words
    report = verify(tmp_path / "l.db", anchors=anchors_in(tmp_path / "anchors"))
    assert (report.verdict, report.signed) == (Verdict.ANCHORED, 0)


def test_once_signed_nothing_unsigned_follows(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db", signer=FixedSigner()) as ledger:
        write(ledger, "a")
    with Ledger(tmp_path / "l.db", signer=NoKeyring()) as ledger:
        write(ledger, "b")
    report = verify(tmp_path / "l.db", key=FixedSigner().public)
    assert (report.verdict, report.checkpoints) == (Verdict.UNANCHORED, 1)


def test_a_new_key_takes_over(tmp_path: Path) -> None:
    for key in (b"1" * 32, b"2" * 32):
        with Ledger(tmp_path / "l.db", signer=FixedSigner(key)) as ledger:
            write(ledger, f"by {key[0]}")
    report = verify(tmp_path / "l.db", key=FixedSigner(b"2" * 32).public)
    assert (report.verdict, report.signed) == (Verdict.UNANCHORED, 1)
    assert "1 are signed with another key" in report.sentences[1]


def test_an_anchor_that_contradicts_is_kept_as_evidence(tmp_path: Path) -> None:
    signer = FixedSigner()
    with Ledger(tmp_path / "l.db", signer=signer) as ledger:
        write(ledger, "a")
    shutil.copy(tmp_path / "l.db", tmp_path / "older.db")
    with Ledger(tmp_path / "l.db", signer=signer) as ledger:
        write(ledger, "b")
    evidence = signer.note
    shutil.copy(tmp_path / "older.db", tmp_path / "l.db")
    with Ledger(tmp_path / "l.db", signer=signer) as ledger:
        write(ledger, "c")
        write(ledger, "d")
        ledger.checkpoints.write()
        assert "replaced, cut or rewritten" in ledger.checkpoints.tried().words
        assert signer.note == evidence
        assert evidence is not None
        assert verify(tmp_path / "l.db", anchors=[parse_note(evidence)]).verdict is Verdict.DIVERGED
        ledger.checkpoints.accept()
        assert signer.note != evidence


def test_two_programs_make_checkpoints_of_one_ledger(tmp_path: Path) -> None:
    signer, anchor = FixedSigner(), tmp_path / "anchors"
    with (
        Ledger(tmp_path / "l.db", signer=signer, anchor=anchor) as one,
        Ledger(tmp_path / "l.db", signer=signer, anchor=anchor) as two,
    ):
        for number in range(10):
            write(one, f"one {number}")
            one.checkpoints.write()
            write(two, f"two {number}")
            two.checkpoints.write()
    report = verify(tmp_path / "l.db", key=signer.public, anchors=anchors_in(anchor))
    assert (report.verdict, report.signed) == (Verdict.ANCHORED, 20)


def test_an_anchor_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db", anchor=tmp_path / "no" / "folder") as ledger:
        write(ledger, "a")
        ledger.checkpoints.write()
        assert "cannot be written" in ledger.checkpoints.tried().words


def test_trying_tells_what_works_and_leaves_nothing_behind(tmp_path: Path) -> None:
    anchor = tmp_path / "elsewhere" / "anchors"
    with Ledger(tmp_path / "l.db", signer=FixedSigner(), anchor=anchor) as ledger:
        assert "cannot be written" in ledger.checkpoints.tried().unkept
        assert f"anchored in {anchor}" not in ledger.checkpoints.tried().words
        anchor.parent.mkdir()
        tried = ledger.checkpoints.tried()
        assert (tried.unsigned, tried.unkept) == ("", "")
        assert tried.words == f"checkpoints signed, anchored in {anchor}"
        assert list(anchor.parent.iterdir()) == []


def test_a_key_is_read_as_it_was_written() -> None:
    key = FixedSigner().public
    assert Key.parse(key.text) == key
    for text in ("", "x", key.text[:-2], key.text.replace("ledger+", "ledger+0"), "a+b+c"):
        with pytest.raises(ValueError, match="is no key"):
            Key.parse(text)


def test_what_a_later_program_kept_in_the_keyring_stays(tmp_path: Path) -> None:
    """One that was slower to keep its own would else have a ledger cut back to there go unnoticed."""
    signer = FixedSigner()
    with hurried(Ledger(tmp_path / "l.db", signer=signer)) as slow:
        write(slow, "a")
        with slow._db.transaction() as db:
            note = slow.checkpoints._append(db, signer.seed())
        with hurried(Ledger(tmp_path / "l.db", signer=signer)) as quick:
            write(quick, "b")
            quick.checkpoints.write()
        kept = signer.note
        assert note is not None
        assert slow.checkpoints._tell(note) == ""
        assert signer.note == kept


def test_what_is_kept_and_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    signer = FixedSigner(note="scribbled over")
    with hurried(Ledger(tmp_path / "l.db", signer=signer)) as ledger:
        write(ledger, "a")
        ledger.checkpoints.write()
        assert "cannot be read" in ledger.checkpoints.trouble
        assert signer.note == "scribbled over"
        ledger.checkpoints.accept()
        assert signer.note.startswith("genesys-tui/ledger/")


class Elsewhere(FixedSigner):
    """A keyring that has no key of the ledger yet."""

    made = False

    def known_seed(self) -> bytes | None:
        return self.key if self.made else None

    def seed(self) -> bytes:
        self.made = True
        return self.key


def test_a_ledger_that_was_moved_is_signed_anew_only_where_that_is_accepted(tmp_path: Path) -> None:
    path, here = tmp_path / "l.db", Elsewhere(b"h" * 32)
    with hurried(Ledger(path, signer=FixedSigner())) as ledger:
        write(ledger, "a")
    with hurried(Ledger(path, signer=here)) as ledger:
        assert ledger.checkpoints.key() is None
        assert "was moved or copied here" in ledger.checkpoints.trouble
        assert "was moved or copied here" in ledger.checkpoints.contradicted()
        assert "was moved or copied here" in ledger.checkpoints.tried().unsigned
        assert ledger.checkpoints.note().signatures == ()
        write(ledger, "b")
        ledger.checkpoints.write()
        assert "was moved or copied here" in ledger.checkpoints.trouble
        assert not here.made
        assert here.note is None
        ledger.checkpoints.accept()
        assert ledger.checkpoints.contradicted() == ""
    report = verify(path, key=here.public, anchors=[parse_note(here.note or "")])
    assert (report.verdict, report.signed) == (Verdict.ANCHORED, 1)


def test_a_clock_before_1970_makes_a_note_that_can_be_read() -> None:
    note = Note(b"i" * 16, 1, b"r" * 32, b"h" * 32, -5)
    assert parse_note(note.text) == note


class SlowToTell(FixedSigner):
    """A keyring that takes its time when it is asked what it keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()

    def kept(self) -> str | None:
        self.asked.set()
        self.go_on.wait(30)
        return super().kept()


def test_nobody_waits_to_write_while_the_keyring_is_asked(tmp_path: Path) -> None:
    signer = SlowToTell()
    with hurried(Ledger(tmp_path / "l.db", signer=signer)) as ledger:
        write(ledger, "a")
        for ask in (ledger.checkpoints.write, ledger.checkpoints.contradicted):
            signer.asked.clear()
            asking = threading.Thread(target=ask)
            asking.start()
            assert signer.asked.wait(10)
            write(ledger, f"while {ask.__name__}")
            assert asking.is_alive()
            signer.go_on.set()
            asking.join(10)
            signer.go_on.clear()
        signer.go_on.set()


@pytest.mark.parametrize("note", ["5", "{}", "null", '"no note"'])
def test_a_checkpoint_that_is_none_is_a_sentence(note: str, tmp_path: Path) -> None:
    with hurried(Ledger(tmp_path / "l.db", signer=FixedSigner())) as ledger:
        write(ledger, "a")
        ledger.checkpoints.write()
        with ledger._db.transaction() as db:
            db.execute("DROP TRIGGER events_stay_so")
            forged = "UPDATE events SET payload = json_set(payload, '$.note', json(?)) WHERE kind = 'checkpoint'"
            db.execute(forged, (note,))
        write(ledger, "b")
        with pytest.raises(LedgerError, match="is damaged"):
            ledger.checkpoints.write()
