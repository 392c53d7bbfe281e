"""Bad days and random keys in the real app: the short form of tests/soak/soak_screen.py."""

from __future__ import annotations

from pathlib import Path

from soak.soak_screen import Soak

SECONDS = 8.0


def test_some_seconds_of_bad_days_and_random_keys(tmp_path: Path) -> None:
    outcome = Soak(SECONDS, seed=5, home=tmp_path).run()
    assert outcome.faults() == [], outcome.table()
    assert outcome.recorded.total() > 1
