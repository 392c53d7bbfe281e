"""How the app starts beside a trivial Textual app: first frame, memory, idleness."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.screen.terminal import Terminal

MARK = "F1RST"
TRIVIAL = f"""
from textual.app import App
from textual.widgets import Static

class Trivial(App):
    def compose(self):
        yield Static("{MARK}")

Trivial().run()
"""
APP = ("-m", "genesys_tui")
FIRST = "sk the model"
"""What the first frame shows, behind the cursor."""

WHOLE = "ready"
"""What it shows when calls can be made."""

HEAVY = (
    *("httpx", "httpcore", "keyring", "sqlite3", "PureCloudPlatformClientV2", "uvicorn", "starlette", "markdown_it"),
    *("pydantic", "click", "pygments", "filelock"),
)


@dataclass(frozen=True)
class Start:
    """Of one start, or the medians of several."""

    first: float
    """Seconds to the first frame."""
    cpu: float
    """Seconds of CPU time until then: a busy machine changes it less."""
    memory: float
    """MB resident then."""
    whole: float | None = None
    """Seconds until all is there."""
    idle: float | None = None
    """The share of a core while nothing happens."""


def environment(home: Path) -> dict[str, str]:
    """A home of its own, and a profile that leads nowhere."""
    (home / "config.toml").write_text('[profiles.default]\nbase_url = "http://127.0.0.1:9"\n')
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    # With a token at hand the app opens its desk, and not the sign-in.
    return {**kept, **terminal, "HOME": str(home), "GENESYS_TUI_HOME": str(home), "GENESYSCLOUD_ACCESS_TOKEN": "none"}


def start(arguments: Sequence[str], mark: str, home: Path, idle: float = 0.0) -> Start:
    """Start once; afterwards watch it doing nothing for that many seconds."""
    with Terminal([sys.executable, *arguments], environment(home)) as terminal:
        first = terminal.wait_for(mark, seconds=60) - terminal.started_at
        used, memory = terminal.cpu(), terminal.memory()
        share = None
        whole = terminal.wait_for(WHOLE, seconds=60) - terminal.started_at if mark == FIRST else None
        if idle:
            time.sleep(3)
            before = terminal.cpu()
            time.sleep(idle)
            share = (terminal.cpu() - before) / idle
        terminal.process.kill()
    return Start(first, used, memory, whole, share)


def both(times: int, idle: float = 0.0) -> tuple[Start, Start]:
    """The trivial app and the real one, in turns: the medians. Both have run once before."""
    trivial: list[Start] = []
    real: list[Start] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number in range(times + 1):
            last = idle if number == times else 0.0
            trivial.append(start(("-c", TRIVIAL), MARK, home, last))
            real.append(start(APP, FIRST, home, last))
    return _median(trivial[1:]), _median(real[1:])


def loaded() -> list[str]:
    """What of the heavy modules is imported before the first frame."""
    first = ("cli.main", "cli.app", "cli.entrance", "tui.app")
    script = f"import sys, {', '.join(f'genesys_tui.{name}' for name in first)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return [name for name in HEAVY if name in done.stdout.split()]


def _median(starts: list[Start]) -> Start:
    return Start(
        statistics.median(each.first for each in starts),
        statistics.median(each.cpu for each in starts),
        statistics.median(each.memory for each in starts),
        statistics.median(each.whole for each in starts if each.whole) if starts[0].whole else None,
        starts[-1].idle,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds")
    chosen = parser.parse_args()
    trivial, real = both(chosen.times, chosen.idle)
    print("|  | trivial app | genesys-tui | to reach |\n|:--|--:|--:|--:|")
    ratio = real.first / trivial.first
    print(f"| first frame | {trivial.first:.3f} s | {real.first:.3f} s, {ratio:.2f} × | 1.5 × |")
    print(f"| CPU time until then | {trivial.cpu:.2f} s | {real.cpu:.2f} s, {real.cpu / trivial.cpu:.2f} × |  |")
    print(f"| ready for a call |  | {real.whole or 0:.3f} s |  |")
    print(f"| memory then | {trivial.memory:.1f} MB | {real.memory:.1f} MB | 45 MB |")
    print(f"| CPU, idle | {trivial.idle or 0:.2%} | {real.idle or 0:.2%} | 1 % |")
    print(f"| imported too early | | {', '.join(loaded()) or 'nothing'} | nothing |")


if __name__ == "__main__":
    main()
