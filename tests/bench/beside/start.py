"""Start: the help, the first frame, the first token; and what is imported on the way."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.beside.ingest import cpu
from bench.beside.table import table, times, verdict
from bench.start_bench import HEAVY, both, loaded

from genesys_tui.demo import DemoGateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.payload import build_payload

_BARE = """
import json, sys, httpx
headers = {"Authorization": "Bearer " + sys.argv[3]}
with httpx.stream("POST", sys.argv[1], json=json.loads(sys.argv[2]), headers=headers) as answer:
    for line in answer.iter_lines():
        if line.startswith("data: "):
            print(json.loads(line[6:])["content"], end="", flush=True)
"""


def start(quick: bool = False) -> str:
    """The table."""
    runs = 3 if quick else 9
    trivial, real = both(runs)
    python, click = _cpu(runs, "-c", "pass"), _cpu(runs, "-c", "import click")
    help_ = _cpu(runs, "-m", "genesys_tui", "--help")
    asked, bare = _first_token(runs)
    rows = [
        ("`--help`, CPU", _s(help_), f"Python importing click {_s(click)}", times(help_ / click)),
        ("", "", f"Python alone {_s(python)}", times(help_ / python)),
        ("first frame, CPU", _s(real.cpu), f"a trivial Textual app {_s(trivial.cpu)}", times(real.cpu / trivial.cpu)),
        ("first frame", _s(real.first), f"the same {_s(trivial.first)}", verdict(real.first / trivial.first, 1.5)),
        ("memory then", f"{real.memory:.1f} MB", f"the same {trivial.memory:.1f} MB", _memory(real.memory)),
        ("`ask` with a token at hand, CPU", _s(asked), f"ten lines of httpx {_s(bare)}", times(asked / bare)),
    ]
    lines = [table(("", "genesys-tui", "beside", "ratio"), rows), ""]
    lines.append(f"Imported before the first frame, of {', '.join(HEAVY)}: {', '.join(loaded()) or 'none'}.")
    lines.append(f"`--help`, the longest imports (-X importtime): {', '.join(_longest())}.")
    return "Start, medians\n\n" + "\n".join(lines)


def _s(seconds: float) -> str:
    return f"{seconds:.3f} s"


def _memory(seen: float) -> str:
    return f"{'reached' if seen <= 45 else 'missed'}: ≤ 45 MB"


def _cpu(runs: int, *arguments: str) -> float:
    return statistics.median([cpu([sys.executable, *arguments]) for _ in range(runs + 1)][1:])


def _first_token(runs: int) -> tuple[float, float]:
    """Seconds of CPU time for one short reply of the embedded gateway; the same for a bare client."""
    with tempfile.TemporaryDirectory() as home, DemoGateway(rate=0, tokens=1) as gateway:
        (Path(home) / "config.toml").write_text(f'[profiles.default]\nbase_url = "{gateway.url}"\n')
        token = gateway.mint_token()
        os.environ.update(GENESYS_TUI_HOME=home, GENESYSCLOUD_ACCESS_TOKEN=token)
        try:
            asked = _cpu(runs, "-m", "genesys_tui", "ask", "hello")
        finally:
            del os.environ["GENESYS_TUI_HOME"], os.environ["GENESYSCLOUD_ACCESS_TOKEN"]
        payload = build_payload({"model": "gpt-4o-mini", "input": {"messages": [{"role": "user", "content": "hello"}]}})
        bare = _cpu(runs, "-c", _BARE, Endpoint(gateway.url).url, payload.model_dump_json(), token)
    return asked, bare


def _longest(count: int = 4) -> Sequence[str]:
    """Modules by their own time, in milliseconds."""
    command = [sys.executable, "-X", "importtime", "-m", "genesys_tui", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = [(int(own), name) for own, name in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", said)]
    return [f"{name} {own / 1000:.1f} ms" for own, name in sorted(found, reverse=True)[:count]]
