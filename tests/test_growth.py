"""A call costs per chunk what it costs, however long it is: the short form of tests/bench/beside/growth.py."""

from __future__ import annotations

from bench.beside.growth import measured

ROOM = 3.0
"""Times the cost: a busy machine changes it more than ten times the length may."""

MEMORY = 16.0
"""MB for 90,000 more chunks, of which the reply's text is less than one."""


def test_a_chunk_costs_the_same_and_keeps_nothing_in_a_call_ten_times_as_long() -> None:
    short, long = measured(10_000), measured(100_000)
    assert long["cpu"] < ROOM * short["cpu"]
    assert long["peak"] < short["peak"] + MEMORY
