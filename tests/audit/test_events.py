"""What is written down of a call, whatever was measured of it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from audit.made import hurried, write

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify


@pytest.mark.parametrize("measured", [math.inf, -math.inf, math.nan, 1e307])
def test_a_call_that_was_measured_without_sense_ends_all_the_same(measured: float, tmp_path: Path) -> None:
    times = ("elapsed_seconds", "time_to_first_token_seconds", "gap_p50_seconds", "gap_p95_seconds", "gap_max_seconds")
    figures = dict.fromkeys((*times, "tokens_per_second", "streaming_tokens_per_second"), measured)
    seen = {"what": "retry", "at": measured, "name": "n", "detail": "d"}
    with hurried(Ledger(tmp_path / "l.db")) as ledger:
        write(ledger, "a", **figures, observations=[seen], total_tokens=7)
        found = ledger.get("a").record
    assert (found.status, found.total_tokens, found.observations[0].at) == ("completed", 7, 0)
    assert [getattr(found, name) for name in figures] == [0, None, None, None, None, 0, None]
    assert verify(tmp_path / "l.db").verdict is Verdict.UNANCHORED
