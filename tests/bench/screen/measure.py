"""One run: a script on the wire, the app in a terminal, keys typed while the reply arrives."""

from __future__ import annotations

import itertools
import json
import os
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from terminal import Terminal
from wire import Script, Wire

_HERE = Path(__file__).parent
_MARKERS = [chr(code) for code in range(0x4E00, 0x5200)]
"""Characters that no reply holds: each is typed once, and looked for in what the terminal receives."""

PATIENCE = 60.0
"""Seconds that a run may take beyond its wire."""


@dataclass(frozen=True)
class Figures:
    """What was seen in the measured part of a run."""

    wire: float
    """Seconds the wire took."""
    late: float
    """Seconds the ending was shown after the wire's end, as a share of the wire's own time."""
    behind: float
    """The same in seconds."""
    echo_p95: float
    """Seconds from a key to its echo."""
    lag_p99: float
    """Seconds the event loop woke late."""
    pause: float
    """The longest such lag."""
    cpu: float
    """Share of one core."""
    memory: float
    """MB, at the end."""


def environment(home: Path, url: str) -> dict[str, str]:
    """A home of its own, with a profile that leads to the wire."""
    home.mkdir(parents=True, exist_ok=True)
    limits = "max_tokens = 1000000\nmax_stream_duration = 3600\ninactivity_timeout = 3600\nmax_tokens_per_chunk = 64"
    (home / "config.toml").write_text(f'[profiles.default]\nbase_url = "{url}"\n{limits}\n')
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "GENESYS_TUI_HOME": str(home),
        "GENESYSCLOUD_ACCESS_TOKEN": "measured",
    }


def run(script: Script, wire: Wire, home: Path, sink: str = "") -> Figures:
    """Play the script to the app. ``sink`` is what the probe takes behind its report's path."""
    report = home / "lags.json"
    command = [sys.executable, str(_HERE / "probe.py"), str(report), *([sink] if sink else [])]
    wire.play(script)
    with Terminal(command, environment(home, wire.url)) as terminal:
        terminal.wait_for("ready", seconds=60)
        mark = terminal.type("go\r")
        assert wire.began.wait(120), f"the app made no request, and shows {terminal.output[-2000:]!r}"
        terminal.signal(signal.SIGUSR1)
        cpu, began = terminal.cpu(), time.perf_counter()
        echoes = _type_until_the_end(terminal, wire)
        done = terminal.wait_for("completed", mark, seconds=PATIENCE)
        used = (terminal.cpu() - cpu) / (time.perf_counter() - began)
        memory = terminal.memory()
        terminal.type("\x11")
        terminal.process.wait(60)
    lags = json.loads(report.read_text())
    took = wire.ended_at - wire.began_at
    return Figures(
        wire=took,
        late=max(0.0, done - wire.ended_at) / took,
        behind=max(0.0, done - wire.ended_at),
        echo_p95=_percentile(echoes, 0.95),
        lag_p99=_percentile(lags, 0.99),
        pause=max(lags),
        cpu=used,
        memory=memory,
    )


def _type_until_the_end(terminal: Terminal, wire: Wire) -> list[float]:
    """Seconds from each key to its echo."""
    echoes = []
    for marker in itertools.cycle(_MARKERS):
        began = time.perf_counter()
        since = terminal.type(marker)
        try:
            echoes.append(terminal.wait_for(marker, since, seconds=10) - began)
        except TimeoutError:
            if terminal.process.poll() is not None:
                raise RuntimeError(f"the app has ended, and shows {terminal.output[-2000:]!r}") from None
            echoes.append(10.0)
        if wire.ended.wait(max(0.0, 0.1 - (time.perf_counter() - began))):
            return echoes
    raise AssertionError("unreachable")


def _percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100)[round(share * 100) - 1] if len(values) > 1 else values[0]
