"""`kill -9` loses nothing that was acknowledged. A hundred rounds are in ``tests/soak``."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit.killing import kill_rounds


@pytest.mark.parametrize("mode", ["WAL", "TRUNCATE"])
def test_what_was_acknowledged_survives_kill_9(mode: str, tmp_path: Path) -> None:
    assert kill_rounds(tmp_path / "ledger.db", mode, rounds=3) > 3
