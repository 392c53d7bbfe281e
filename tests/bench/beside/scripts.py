"""Benchmarks that print a table of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.beside.peers import cache

BENCH = Path(__file__).parents[1]


def streaming(quick: bool = False) -> str:
    """The app beside the same over Textual's MarkdownStream."""
    return _said("screen_bench.py", *(["--quick"] if quick else []))


def million(quick: bool = False) -> str:
    """A ledger of a million calls, by itself and on the screen. Made once, which takes half an hour and 3 GB."""
    calls = 100_000 if quick else 1_000_000
    folder = cache() / f"ledger-{calls}"
    if not (folder / "made").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        _said("ledger_million.py", str(calls), str(folder))
        (folder / "made").touch()
    file = str(folder / "ledger.db")
    return f"{calls:,} calls\n\n{_said('ledger_figures.py', file)}\n\n{_said('history_bench.py', file)}"


def _said(script: str, *arguments: str) -> str:
    """What it printed, as it stood there. Raises CalledProcessError."""
    command = [sys.executable, str(BENCH / script), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return f"```text\n{done.stdout.strip()}\n```"
