"""genesys-tui beside its peers, one Markdown table per subject.

    python tests/bench/side_by_side.py [--quick] [ingest] [screen] [ledger] [start] [growth]

Peers are installed from PyPI into environments of their own, below ~/.cache/genesys-tui-bench; what cannot be
installed is said. On a machine that does other things, too, only ratios and CPU time mean something.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.beside.table import machine

SUBJECTS = ("ingest", "screen", "ledger", "start", "growth")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []], help="all, if none is named")
    parser.add_argument("--quick", action="store_true", help="fewer events and runs")
    chosen = parser.parse_args()
    print(machine(), flush=True)
    for subject in chosen.subjects or SUBJECTS:
        measured = getattr(import_module(f"bench.beside.{subject}"), subject)
        print(f"\n{measured(quick=chosen.quick)}", flush=True)


if __name__ == "__main__":
    main()
