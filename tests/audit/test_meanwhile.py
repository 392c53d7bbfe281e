"""What is exported and verified while others write holds together, and proves the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from audit.made import FixedSigner, hurried, record, write

from genesys_tui.audit import export
from genesys_tui.audit.export import export_file
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.otlp import otlp_lines
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.audit.verification import verify
from genesys_tui.errors import LedgerError

KEY = FixedSigner().public


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """Forty calls, of which the first still runs; exported in pieces of eight events."""
    monkeypatch.setattr(export, "_SPAN", 8)
    with hurried(Ledger(tmp_path / "l.db", signer=FixedSigner())) as ledger:
        ledger.start(record("running"), [{"role": "user", "content": "Hi"}])
        for number in range(40):
            write(ledger, f"r{number:02}", f"prompt {number}", f"reply {number}")
        ledger.checkpoints.write()
        yield ledger


def test_a_call_that_ends_while_all_is_exported_is_there_as_it_was_at_first(ledger: Ledger, tmp_path: Path) -> None:
    def form(history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE) -> Iterator[str]:
        if span[0] == 1:
            write(ledger, "one more")
            ledger.end(record("running", status="completed"), "done")
        yield from jsonl(history, wanted, span)

    file = tmp_path / "x.jsonl"
    assert export_file(ledger.path, file, form) == 41
    report = verify(file, key=KEY)
    assert (report.verdict, report.calls) == (Verdict.UNANCHORED, 41)
    assert '"status":"running"' in file.read_text().splitlines()[2]
    assert export_file(ledger.path, file, jsonl, force=True) == 42
    assert verify(file, key=KEY).verdict is Verdict.UNANCHORED


@pytest.mark.parametrize("name", ["jsonl", "csv_lines", "otlp_lines"])
def test_every_form_bears_a_call_that_ends_meanwhile(name: str, ledger: Ledger, tmp_path: Path) -> None:
    plain = {"jsonl": jsonl, "csv_lines": csv_lines, "otlp_lines": otlp_lines}[name]

    def form(history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE) -> Iterator[str]:
        if span[0] == 1:
            ledger.end(record("running", status="completed"), "done")
        yield from plain(history, wanted, span)

    calls = 40 if name == "otlp_lines" else 41  # in which there are only those that have ended
    assert export_file(ledger.path, tmp_path / "x", form) == calls


def test_where_something_is_erased_while_all_is_exported_nothing_is_written(ledger: Ledger, tmp_path: Path) -> None:
    def form(history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE) -> Iterator[str]:
        if span[0] == 17:
            ledger.erase("r01", "r30")
        yield from jsonl(history, wanted, span)

    file = tmp_path / "x.jsonl"
    with pytest.raises(LedgerError, match="erased meanwhile"):
        export_file(ledger.path, file, form)
    assert not file.exists()
    export_file(ledger.path, file, jsonl)
    assert verify(file, key=KEY).verdict is Verdict.UNANCHORED


def test_reads_that_belong_together_see_one_state(ledger: Ledger) -> None:
    with History(ledger.path) as history, history.reading() as db:
        before = db.execute("SELECT max(seq) FROM events").fetchone()
        assert db.in_transaction
        assert db.execute("SELECT max(seq) FROM events").fetchone() == before
    with History(ledger.path) as history:
        assert not history._db.in_transaction
        write(ledger, "and others write again")
