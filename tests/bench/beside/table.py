"""What a table of figures says of itself: where, with what and when it was made."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is aligned right."""
    lines = ["| " + " | ".join(heads) + " |", "|:--|" + "--:|" * (len(heads) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def verdict(ratio: float, most: float) -> str:
    """A ratio beside what it may be at most."""
    return f"{_short(ratio)} ({'reached' if ratio <= most else 'missed'}: ≤ {most:g})"


def times(ratio: float) -> str:
    """A ratio alone."""
    return f"{_short(ratio)} ×"


def machine() -> str:
    """This machine, its Python and today, in a line."""
    cpu = next((line.partition(":")[2].strip() for line in _cpu_info() if line.startswith("model name")), "?")
    load = os.getloadavg()[0]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{date.today()}: {cpu}, {os.cpu_count()} cores (load {load:.1f}), {platform.system()}, {python}"


def curl_version() -> str | None:
    """curl's version; None where there is no curl."""
    try:
        said = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.split()[1]


def _short(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 9.95 else f"{ratio:,.0f}"


def _cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
