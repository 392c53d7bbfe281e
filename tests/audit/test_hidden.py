"""What is not in the chain itself, and yet cannot be taken away, added or claimed without being noticed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.audit.export import export_file
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.schema import GUARDS
from genesys_tui.audit.texts import Keeping
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError

from .made import FixedSigner, write

Line = dict[str, Any]


def made(tmp_path: Path, *keeping: Keeping) -> Path:
    file = tmp_path / "ledger.db"
    for number, each in enumerate(keeping or ("full",)):
        with Ledger(file, text=each, signer=FixedSigner()) as ledger:
            write(ledger, f"{number}-first")
            write(ledger, f"{number}-second")
    return file


def emptied(file: Path, seq: int) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("DROP TRIGGER texts_stay_so")
        assert db.execute("UPDATE texts SET body = NULL WHERE seq = ?", (seq,)).rowcount
        db.execute(GUARDS["texts_stay_so"])
        db.commit()


def starts(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as db:
        return [seq for (seq,) in db.execute("SELECT seq FROM events WHERE kind = 'start' ORDER BY seq")]


def changed(file: Path, change: Callable[[Line], None], wanted: Filter = EVERYTHING) -> Path:
    """An export, its first call changed."""
    out = file.with_suffix(".jsonl")
    export_file(file, out, jsonl, wanted, force=True)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    change(next(line for line in lines if "events" in line))
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return out


def test_a_text_that_is_taken_out_is_missed(tmp_path: Path) -> None:
    file = made(tmp_path)
    emptied(file, starts(file)[0])
    report = verify(file)
    assert report.verdict is Verdict.INVALID
    assert report.first_bad == starts(file)[0]


@pytest.mark.parametrize(
    "keeping", [("hash",), ("none",), ("full", "hash"), ("hash", "full"), ("full", "none", "hash")]
)
def test_only_hashes_are_fine_where_the_settings_said_so(keeping: tuple[Keeping, ...], tmp_path: Path) -> None:
    file = made(tmp_path, *keeping)
    assert verify(file).verdict is Verdict.UNANCHORED
    for wanted in (EVERYTHING, Filter(status="completed")):
        report = verify(changed(file, lambda _: None, wanted))
        assert (report.verdict, report.calls) == (Verdict.UNANCHORED, 2 * len(keeping))


def test_a_text_from_before_hashes_is_missed(tmp_path: Path) -> None:
    file = made(tmp_path, "full", "hash")
    emptied(file, starts(file)[0])
    assert verify(file).first_bad == starts(file)[0]


def _emptied(line: Line) -> None:
    line["messages"], line["content"] = [], ""


def _claimed(line: Line) -> None:
    line["erased"] = not line["erased"]


@pytest.mark.parametrize("change", [_emptied, _claimed, lambda line: (_emptied(line), _claimed(line))])
def test_an_export_says_what_was_said(change: Callable[[Line], None], tmp_path: Path) -> None:
    assert verify(changed(made(tmp_path), change)).verdict is Verdict.INVALID


@pytest.mark.parametrize("wanted", [EVERYTHING, Filter(status="completed")])
def test_an_erasure_goes_with_its_call(wanted: Filter, tmp_path: Path) -> None:
    file = made(tmp_path)
    with Ledger(file, signer=FixedSigner()) as ledger:
        ledger.erase("0-first")
    assert verify(file).verdict is Verdict.UNANCHORED
    report = verify(changed(file, lambda _: None, wanted))
    assert (report.verdict, report.erased) == (Verdict.UNANCHORED, 1)
    assert verify(changed(file, _claimed, wanted)).verdict is Verdict.INVALID


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-journal", "link.db", "hard.db"])
def test_no_export_replaces_the_ledger(name: str, tmp_path: Path) -> None:
    file = made(tmp_path)
    (tmp_path / "link.db").symlink_to(file)
    (tmp_path / "hard.db").hardlink_to(file)
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="is the audit file itself"):
        export_file(file, tmp_path / name, jsonl, force=True)
    assert file.read_bytes() == before


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_is_no_call(name: str, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        write(ledger, "only")
        with pytest.raises(LedgerError, match="Which call"):
            ledger.get(name)


def test_a_key_that_comes_later_signs_what_is_there(tmp_path: Path) -> None:
    file, signer = tmp_path / "ledger.db", FixedSigner()
    with Ledger(file) as ledger:  # as of the embedded gateway, which needs no keyring
        write(ledger, "one")
    with Ledger(file, signer=signer) as ledger:
        assert ledger.checkpoints.note().signed_by(signer.public)
    report = verify(file, key=signer.public)
    assert (report.verdict, report.signed) == (Verdict.UNANCHORED, 1)


def test_no_head_is_told_of_an_older_copy(tmp_path: Path) -> None:
    file, signer = tmp_path / "ledger.db", FixedSigner()
    with Ledger(file, signer=signer) as ledger:
        write(ledger, "one")
    older = file.read_bytes()
    with Ledger(file, signer=signer) as ledger:
        assert not ledger.checkpoints.contradicted()
        write(ledger, "two")
    file.write_bytes(older)
    with Ledger(file, signer=signer) as ledger:
        assert "was replaced, cut or rewritten" in ledger.checkpoints.contradicted()


def test_damage_beside_the_events_is_found(tmp_path: Path) -> None:
    file = made(tmp_path)
    with closing(sqlite3.connect(file)) as db:
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'calls_by_ttft'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
    with file.open("r+b") as pages:
        pages.seek((root - 1) * size)
        pages.write(b"\xff" * size)
    report = verify(file)
    assert report.verdict in (Verdict.INVALID, Verdict.UNREADABLE)
    assert "the database is damaged" in report.sentences[0].lower()
