"""Ledger: our audit file beside llm's log database, for what both do."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.beside.peers import Peer, peer
from bench.beside.table import table, times


def ledger(quick: bool = False) -> str:
    """The table."""
    count = 2_000 if quick else 10_000
    theirs = peer("llm", "llm")
    own = _figures(sys.executable, "ours", count)
    other = _figures(theirs.python, "llm", count) if isinstance(theirs, Peer) else {}
    rows = []
    for what, figure in own.items():
        unit = "MB" if what == "size" else "ms"
        name = "size of the files" if what == "size" else what
        beside = other.get(what)
        rows.append(
            (
                name,
                f"{figure:.2f} {unit}",
                *((f"{beside:.2f} {unit}", times(figure / beside)) if beside else ("–", "–")),
            )
        )
    title = f"Ledger beside llm's log database, {count:,} calls with prompt and reply; CPU time, medians"
    heads = ("", "genesys-tui", "llm", "genesys-tui takes")
    note = "Ours writes two durable events for a call (start and end), chained by hash; llm one, after the reply."
    said = f"llm {theirs.versions['llm']}." if isinstance(theirs, Peer) else theirs
    return f"{title}\n\n{table(heads, rows)}\n\n{note} {said}"


def _figures(python: str, name: str, count: int) -> dict[str, float]:
    script = str(Path(__file__).with_name("calls.py"))
    with tempfile.TemporaryDirectory() as folder:
        command = [python, script, name, folder, str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
        figures: dict[str, float] = json.loads(done.stdout)
        return figures
