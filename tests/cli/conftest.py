"""Runs the command line as people do: as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import forkserver
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def clean_environ(folder: Path) -> dict[str, str]:
    """Nothing of the developer's, and a home in that folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(folder), "GENESYS_TUI_HOME": str(folder / "home"), "PYTHONUTF8": "1"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A clean environment with a home of its own."""
    return clean_environ(tmp_path)


@pytest.fixture
def command() -> Sequence[str]:
    return (sys.executable, "-m", "genesys_tui")


@pytest.fixture
def run(environ: dict[str, str]) -> Run:
    """Run a command to its end and return what it wrote."""

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return forkserver.run(arguments, {**environ, **more}, stdin)

    return run
