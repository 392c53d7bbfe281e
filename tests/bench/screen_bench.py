"""How the real app keeps up with a stream, in a pseudo-terminal; beside it the same over Textual's MarkdownStream.

    python tests/bench/screen_bench.py [--quick] [--no-peer] [--only "fence 20000 5000"]

Every run streams a reply from a server on loopback: what lies before the last seconds is sent fast, then the rest at
the given rate, and that is measured. Keys are typed all the while.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "screen"))

from measure import Figures, run
from texts import tokens_of
from wire import Script, Wire

SECONDS = 8.0
"""How long the measured part lasts at the given rate, where the reply has that many tokens."""

CASES = [
    *(("mixed", size, rate) for size in (2_000, 20_000, 100_000) for rate in (50, 1_000, 5_000)),
    *((kind, 20_000, rate) for kind in ("fence", "paragraph", "table", "list") for rate in (50, 5_000)),
]
QUICK = [("mixed", 2_000, 1_000), ("fence", 20_000, 5_000)]


def script_of(kind: str, size: int, rate: int) -> Script:
    """The reply, of which the last ``SECONDS`` are measured."""
    tokens = tokens_of(kind, size)
    return Script(tokens, max(0, size - int(rate * SECONDS)), rate)


def row(kind: str, size: int, rate: int, sink: str, figures: Figures) -> str:
    """A line of the table."""
    return (
        f"{kind:10} {size:>8,} {rate:>6,}/s  {sink or 'ours':9} {figures.wire:6.2f} s {figures.late:8.1%} "
        f"{figures.echo_p95 * 1000:8.0f} ms {figures.lag_p99 * 1000:8.0f} ms {figures.pause * 1000:8.0f} ms "
        f"{figures.cpu:6.0%} {figures.memory:7.0f} MB"
    )


def main() -> None:
    """Run all cases and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two cases only")
    parser.add_argument("--no-peer", action="store_true", help="without MarkdownStream")
    parser.add_argument("--only", default="", help="cases of this kind, these tokens and this rate, as far as given")
    options = parser.parse_args()
    print(f"{date.today()}, Python {platform.python_version()}, {platform.machine()}, a terminal of 120×40")
    print(f"{'reply':10} {'tokens':>8} {'rate':>8}  {'transcript':9} {'wire':>8} {'late':>8} ", end="")
    print(f"{'echo p95':>11} {'lag p99':>11} {'worst':>11} {'CPU':>6} {'memory':>10}")
    wire = Wire()
    for kind, size, rate in QUICK if options.quick else CASES:
        wanted = options.only.split()
        if [kind, str(size), str(rate)][: len(wanted)] != wanted:
            continue
        for sink in ("",) if options.no_peer else ("", "markdown"):
            with tempfile.TemporaryDirectory() as home:
                try:
                    line = row(kind, size, rate, sink, run(script_of(kind, size, rate), wire, Path(home), sink))
                except TimeoutError as error:
                    line = f"{kind:10} {size:>8,} {rate:>6,}/s  {sink or 'ours':9} {error}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
