"""The long forms of the ledger's tests: `python -m pytest tests/soak/soak_ledger.py -n 2 --timeout=3600`."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit.killing import kill_rounds
from audit.test_tampering import honest_ledger


@pytest.mark.parametrize("mode", ["WAL", "TRUNCATE"])
def test_a_hundred_rounds_of_kill_9(mode: str, tmp_path: Path) -> None:
    print(kill_rounds(tmp_path / "ledger.db", mode, rounds=100, seed=1), "starts were acknowledged")


@pytest.mark.parametrize("first", range(0, 1000, 250))
def test_a_thousand_honest_ledgers_raise_no_alarm(first: int, tmp_path: Path) -> None:
    for number in range(first, first + 250):
        honest_ledger(tmp_path, number)
