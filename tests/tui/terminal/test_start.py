"""The first frame is there soon: the short form of tests/bench/start_bench.py, with room for a busy machine."""

from __future__ import annotations

from bench.start_bench import both, loaded

MOST = 5.0
"""Times the CPU time of a trivial Textual app."""


def test_the_first_frame_comes_soon() -> None:
    trivial, real = both(3)
    assert real.cpu < MOST * trivial.cpu


def test_nothing_heavy_is_imported_before_it() -> None:
    assert loaded() == []
