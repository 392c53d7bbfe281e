"""A million streams of chance: `python tests/soak/soak_fuzz.py [--keep]`, or this file under pytest.

``--keep`` writes what came of it into the README.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.beside.readme import keep
from bench.beside.table import machine
from faults.fuzzing import fuzz, resident
from faults.verdict import WAYS, Way, judge
from gateway.test_sse import pieces_of_streams
from hypothesis import given, settings
from hypothesis import strategies as st

BRED, SEEDS = 225_000, 4
DRAWN = 100_000

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
    options = ["-q", "-n", "2", "--timeout=7200", "-rP"]
    done = subprocess.run([sys.executable, "-m", "pytest", __file__, *options], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.stdout)
    said = "\n".join(line for line in done.stdout.splitlines() if " streams" in line)
    print(said)
    if "--keep" in sys.argv:
        keep("fuzz", f"```text\n{said}\n```\n\n{machine()}")


if __name__ == "__main__":
    main()
