"""Any text can be asked for, also one that SQLite could not hold, and is found wherever it was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit.made import hurried, write

from genesys_tui.audit.history import History
from genesys_tui.audit.ledger import Filter, Ledger
from genesys_tui.audit.names import Names
from genesys_tui.audit.place import place_of
from genesys_tui.errors import LedgerError

HALF = "half\ud800"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        yield ledger


@pytest.mark.parametrize(
    "wanted",
    [
        {"model": HALF},
        {"model": "half\ud800*"},
        {"conversation_id": HALF},
        {"stop_reason": HALF},
        {"profile": HALF},
    ],
    ids=repr,
)
def test_half_a_character_can_be_asked_for(wanted: dict[str, Any], ledger: Ledger) -> None:
    write(ledger, "other")
    assert [*ledger.calls(Filter(**wanted))] == [*ledger.calls(Filter(search=HALF))] == []
    named = {"model": HALF, "conversation_id": HALF, "stop_reason": HALF, "profile": HALF}
    write(ledger, "a", "x", HALF, **named)
    assert [call.record.request_id for call in ledger.calls(Filter(**wanted))] == ["a"]


def test_a_request_id_may_hold_half_a_character(ledger: Ledger) -> None:
    none = pytest.raises(LedgerError, match="No call has the request id")
    with History(ledger.path) as history, history.reading() as db, none:
        place_of(db, HALF)
    with pytest.raises(LedgerError, match="No call has the request id"):
        ledger.get(HALF)
    write(ledger, HALF)
    assert ledger.get(HALF).reply == "Hello"
    assert ledger.place_of(HALF).end
    with History(ledger.path) as history, history.reading() as db:
        assert place_of(db, HALF).end


def test_half_a_character_in_a_name_is_shown_as_a_question_mark(tmp_path: Path) -> None:
    names = Names(tmp_path / "names.db")
    names.set(HALF, HALF)
    assert names.all() == {"half?": "half?"}
    names.set(HALF, "")
    assert names.all() == {}


def test_more_tokens_than_there_can_be_are_none(ledger: Ledger) -> None:
    write(ledger, "a", total_tokens=9)
    assert [*ledger.calls(Filter(min_tokens=10**30))] == []


@pytest.mark.parametrize(
    ("said", "asked"),
    [("Kein Fuß", "fuss"), ("273 \u212a", "273 k"), ("\ufb01n", "FIN"), ("é", "É"), ("a\\ub", "\\UB")],
)
def test_a_text_is_found_wherever_it_was_said(said: str, asked: str, ledger: Ledger) -> None:
    write(ledger, "prompt", said, "x")
    write(ledger, "reply", "x", said)
    write(ledger, "error", "x", "x", status="failed", error={"kind": "refused", "message": said})
    found = [call.record.request_id for call in ledger.calls(Filter(search=asked))]
    assert found == ["error", "reply", "prompt"]
