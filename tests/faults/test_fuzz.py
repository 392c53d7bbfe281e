"""Streams of chance through decoder and call: the short form of tests/soak/soak_fuzz.py."""

from __future__ import annotations

import random

from faults.fuzzing import fuzz
from faults.streams import SEEDS, in_pieces
from faults.verdict import WAYS, judge
from gateway.test_sse import pieces_of_streams
from hypothesis import given, settings
from hypothesis import strategies as st

STREAMS = 1200


def test_every_seed_in_every_way_is_read_as_the_specification_reads_it() -> None:
    chance = random.Random(7)
    for raw in SEEDS:
        for way in WAYS:
            judge(raw, in_pieces(raw, chance), way)


def test_streams_bred_by_coverage_break_no_promise() -> None:
    found = fuzz(STREAMS, seed=20)
    assert found.streams == STREAMS
    assert len(found.corpus) > len(SEEDS), "coverage guides nothing"
    assert found.longest < 10


@given(pieces_of_streams(), st.sampled_from(WAYS))
@settings(max_examples=100)
def test_any_bytes_make_a_call_with_one_record(pieces: list[bytes], way: object) -> None:
    judge(b"".join(pieces), pieces, way)  # type: ignore[arg-type]
