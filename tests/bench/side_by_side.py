"""genesys-tui beside its peers, one Markdown table per subject.

    python tests/bench/side_by_side.py [--quick] [--keep] [SUBJECT …]

Without a subject it measures all, which takes an hour. ``--keep`` writes what came of it into the README. Peers are
installed from PyPI into environments of their own, below ~/.cache/genesys-tui-bench; what cannot be installed is said.
On a machine that does other things, too, only ratios and CPU time mean something.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.beside.readme import keep
from bench.beside.table import machine

SUBJECTS = {"ingest": "ingest", "screen": "screen", "streaming": "scripts", "start": "start", "growth": "growth"}
SUBJECTS |= {"ledger": "ledger", "million": "scripts"}
"""By the function that measures it, the module that has it."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []], help="all, if none is named")
    parser.add_argument("--quick", action="store_true", help="fewer events and runs")
    parser.add_argument("--keep", action="store_true", help="write it into the README, too")
    chosen = parser.parse_args()
    for subject in chosen.subjects or SUBJECTS:
        where = machine()
        measured = getattr(import_module(f"bench.beside.{SUBJECTS[subject]}"), subject)
        said = f"{measured(quick=chosen.quick)}\n\n{where}"
        print(f"\n{said}", flush=True)
        if chosen.keep:
            keep(subject, said)


if __name__ == "__main__":
    main()
