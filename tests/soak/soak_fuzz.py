"""A million streams of chance: `python tests/soak/soak_fuzz.py [--streams N]`, or this file under pytest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from faults.fuzzing import fuzz, resident
from faults.verdict import WAYS, Way, judge
from gateway.test_sse import pieces_of_streams
from hypothesis import given, settings
from hypothesis import strategies as st

STREAMS = int(os.environ.get("FUZZ_STREAMS", "1_000_000"))
SEEDS = 4
BRED, DRAWN = STREAMS * 9 // 10 // SEEDS, STREAMS // 10

MOST_GROWTH = 10.0
"""MB, over the second half of a run: what is kept to build upon is complete by then."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_streams_bred_by_coverage(seed: int) -> None:
    found = fuzz(BRED, seed)
    growth = found.megabytes[-1] - found.megabytes[len(found.megabytes) // 2]
    print(
        f"{found.streams:,} streams, {found.kinds:,} kinds of reply, {found.places:,} places in the code; "
        f"the slowest took {found.longest:.3f} s; memory grew by {growth:.1f} MB in the second half"
    )
    assert growth < MOST_GROWTH
    assert found.longest < 10


def test_streams_drawn_by_hypothesis() -> None:
    judged = 0

    @given(pieces_of_streams(), st.sampled_from(WAYS))
    @settings(max_examples=DRAWN)
    def draw(pieces: list[bytes], way: Way) -> None:
        nonlocal judged
        judged += 1
        judge(b"".join(pieces), pieces, way)

    before = resident()
    draw()
    print(f"{judged:,} streams; memory grew by {resident() - before:.1f} MB")
    assert judged >= DRAWN


def main() -> None:
    """Run both, on two processes."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--streams", type=int, default=STREAMS)
    given = reader.parse_args()
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-n", "2", "--timeout=7200", "-rP"]
    environ = {**os.environ, "FUZZ_STREAMS": str(given.streams)}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environ)
    if done.returncode:
        sys.exit(done.stdout)
    said = "\n".join(line for line in done.stdout.splitlines() if " streams" in line)
    print(said)


if __name__ == "__main__":
    main()
