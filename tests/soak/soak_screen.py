"""The real app in a pseudo-terminal, under bad days and keys typed at random.

    python tests/soak/soak_screen.py --minutes 30 [--seed N] [--keep]

The gateway runs here, so that what it saw can be laid beside what the app recorded. The app signs in as it does
anywhere. Where a random key quits it, it is started again on the same home; it must have ended in good order.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.beside.readme import keep
from bench.beside.table import machine
from bench.screen.terminal import Terminal
from soak.monkey import Monkey

from genesys_tui.audit.ledger import Ledger
from genesys_tui.demo import DemoGateway

APP = [sys.executable, "-m", "genesys_tui"]
LOOK = 5.0
"""Seconds between two looks at memory and file handles."""

SELECT_ALL = "\x1b[18~"

GOOD_ENDS = (0, -signal.SIGINT)
"""Exit codes: Ctrl+C ends a program that is ending, where it was typed behind ctrl+q."""

MOST_GROWTH = 40.0
"""MB that the last quarter of the longest life may lie above its second."""

MOST_HANDLES = 8
"""The same in file handles: calls come and go."""


@dataclass
class Life:
    """One run of the app."""

    memory: list[float] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    code: int | None = None


@dataclass
class Outcome:
    """What a soak came to."""

    seconds: float = 0.0
    actions: Counter[str] = field(default_factory=Counter)
    lives: list[Life] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """The request ids that the gateway saw."""
    recorded: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    answered_after: bool = False
    """Whether a prompt got its whole reply after all that."""
    verdict: int = -1
    last: list[str] = field(default_factory=list)
    """Of the calls recorded last, the newest first: what was asked and how it ended."""
    tracebacks: list[str] = field(default_factory=list)

    @property
    def longest(self) -> Life:
        return max(self.lives, key=lambda life: len(life.memory))

    def faults(self) -> list[str]:
        """What broke a promise, in words."""
        life, found = self.longest, list(self.tracebacks)
        found += [f"a life ended with exit code {each.code}" for each in self.lives if each.code not in GOOD_ENDS]
        found += [f"{each} was asked and not recorded" for each in sorted(self.asked - set(self.recorded))]
        found += [f"{each} was recorded {times} times" for each, times in self.recorded.items() if times > 1]
        if running := self.statuses["running"]:
            found.append(f"{running} calls were left open")
        if not self.answered_after:
            found.append(f"the last prompt got no reply; the last calls: {self.last}")
        if self.verdict not in (0, 10):
            found.append(f"the ledger does not verify: exit code {self.verdict}")
        if growth(life.memory) > MOST_GROWTH:
            found.append(f"memory grew by {growth(life.memory):.0f} MB")
        if growth(life.handles) > MOST_HANDLES:
            found.append(f"file handles grew by {growth(life.handles):.0f}")
        return found

    def table(self) -> str:
        life = self.longest
        rows = {
            "time": f"{self.seconds / 60:.1f} minutes, {len(self.lives)} starts of the app",
            "typed": ", ".join(f"{count:,} {name}" for name, count in self.actions.most_common()),
            "calls": f"{self.recorded.total():,} recorded, {len(self.asked):,} seen by the gateway",
            "ends": ", ".join(f"{count:,} {name}" for name, count in self.statuses.most_common()),
            "memory": f"{quarters(life.memory)} MB by quarter of the longest life",
            "handles": f"{quarters(life.handles)} by quarter",
            "threads": f"{quarters(life.threads)} by quarter",
            "ledger": {0: "VALID-ANCHORED", 10: "VALID-UNANCHORED"}.get(self.verdict, str(self.verdict)),
            "faults": "; ".join(self.faults()) or "none",
        }
        return "\n".join(f"{name:8} {value}" for name, value in rows.items())


def median(values: list[float] | list[int]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def _quarter(values: list[float] | list[int], which: int) -> float:
    size = max(1, len(values) // 4)
    return median(values[which * size : (which + 1) * size] or values)


def quarters(values: list[float] | list[int]) -> str:
    return " → ".join(f"{_quarter(values, which):.0f}" for which in range(4))


def growth(values: list[float] | list[int]) -> float:
    return _quarter(values, 3) - _quarter(values, 1) if len(values) >= 8 else 0.0


class Soak:
    """Runs the app for so many seconds, and says what came of it."""

    def __init__(self, seconds: float, seed: int, home: Path) -> None:
        self._seconds = seconds
        self._home = home
        self._monkey = Monkey(seed)
        self._outcome = Outcome()
        self._size = (120, 40)

    def run(self) -> Outcome:
        began = time.monotonic()
        with DemoGateway(rate=400, pace=0.2) as gateway:
            (self._home / "config.toml").write_text(
                f'[profiles.default]\nbase_url = "{gateway.url}"\nretries = 1\nstop = []\n'
                "inactivity_timeout = 3\nmax_stream_duration = 8\n"
            )
            self._environ = self._environment(gateway)
            while time.monotonic() - began < self._seconds:
                self._live(gateway, began + self._seconds)
        self._outcome.seconds = time.monotonic() - began
        self._look_back()
        return self._outcome

    def _environment(self, gateway: DemoGateway) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
        home, terminal = str(self._home), {"TERM": "xterm-256color", "COLORTERM": "truecolor", "VISUAL": "true"}
        bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/no-bus"}
        credentials = {"GENESYS_CLIENT_ID": gateway.client_id, "GENESYS_CLIENT_SECRET": gateway.client_secret}
        return {**kept, **terminal, **bus, **credentials, "HOME": home, "GENESYS_TUI_HOME": home, "PWD": home}

    def _live(self, gateway: DemoGateway, until: float) -> None:
        """One life of the app."""
        life = Life()
        self._outcome.lives.append(life)
        self._size = (120, 40)
        with Terminal(APP, self._environ, self._size) as terminal:
            terminal.wait_for("\x1b[?1049h", seconds=120)  # nothing else is sure to be shown: a draft was kept
            next_look = 0.0
            while terminal.process.poll() is None and time.monotonic() < until:
                if time.monotonic() > next_look:
                    self._look(terminal, life, gateway)
                    next_look = time.monotonic() + LOOK
                self._act(terminal, gateway)
                time.sleep(self._monkey.chance.choice((0.01, 0.05, 0.1, 0.3)))
            if terminal.process.poll() is None:
                self._finish(terminal, gateway)
            try:
                life.code = terminal.process.wait(30)
            except subprocess.TimeoutExpired:
                self._outcome.tracebacks.append("a life did not end when it was told to")
            self._note_requests(gateway)
            output = terminal.output
        if (place := output.find(b"Traceback (most recent")) >= 0 or (
            life.code not in GOOD_ENDS and (place := len(output) - 3000)
        ):
            self._outcome.tracebacks.append(output[max(0, place) : place + 3000].decode("utf-8", "replace"))

    def _act(self, terminal: Terminal, gateway: DemoGateway) -> None:
        """Whatever comes to its mind."""
        what = self._monkey.chance.choices(
            ("prompts", "keys", "letters", "pastes", "clicks", "sizes", "days", "revoked", "gone", "stopped"),
            (20, 45, 8, 4, 12, 3, 6, 1, 0.5, 0.5),
        )[0]
        self._outcome.actions[what] += 1
        typed = {
            "prompts": self._monkey.prompt,
            "keys": self._monkey.keys,
            "letters": self._monkey.letters,
            "pastes": self._monkey.paste,
            "clicks": lambda: self._monkey.mouse(*self._size),
        }
        if what in typed:
            terminal.type(typed[what]())
        elif what == "sizes":
            self._size = self._monkey.size()
            terminal.resize(*self._size)
        elif what == "days":
            gateway.scenario = self._monkey.day()
        elif what == "revoked":
            gateway.revoke_tokens()
        elif what == "gone":
            gateway.__exit__(None, None, None)
            time.sleep(self._monkey.chance.random())
            gateway.__enter__()
        else:
            terminal.signal(signal.SIGSTOP)
            time.sleep(self._monkey.chance.random())
            terminal.signal(signal.SIGCONT)

    def _look(self, terminal: Terminal, life: Life, gateway: DemoGateway) -> None:
        process = Path(f"/proc/{terminal.process.pid}")
        try:
            life.handles.append(len(list((process / "fd").iterdir())))
            life.threads.append(len(list((process / "task").iterdir())))
            life.memory.append(terminal.memory())
        except (OSError, StopIteration):
            return  # it has ended meanwhile
        self._note_requests(gateway)

    def _note_requests(self, gateway: DemoGateway) -> None:
        bodies = [seen.body for seen in list(gateway.requests)]
        self._outcome.asked |= {
            body["request_id"] for body in bodies if isinstance(body, dict) and "request_id" in body
        }

    def _finish(self, terminal: Terminal, gateway: DemoGateway) -> None:
        """One more prompt on a calm day; then leave."""
        gateway.scenario = "calm"
        self._size = (120, 40)
        terminal.resize(*self._size)
        for _ in range(8):
            if terminal.process.poll() is not None:
                return
            for _ in range(3):  # a dialog, the search that had the focus behind it, and the transcript
                terminal.type("\x1b")
                time.sleep(0.2)
            terminal.type("\x1bOQ")  # the chat
            time.sleep(0.2)
            terminal.type("\x1b[<0;20;38M\x1b[<0;20;38m")  # a click into the prompt, whatever has the focus
            # It may work on the demo by now, on whatever day that has.
            for prompt in ("/scenario calm", "are you still there"):
                time.sleep(0.2)
                terminal.type(f"{SELECT_ALL}\x7f{prompt}\r")
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                if self._answered("are you still there"):
                    self._outcome.answered_after = True
                    terminal.type("\x11")
                    return
                time.sleep(0.5)

        shown = re.sub(
            r"\x1b(?:\[[^a-zA-Z]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b.))",
            "|",
            terminal.output[-6000:].decode("utf-8", "replace"),
        )
        self._outcome.tracebacks.append(f"the last that was shown: {shown[-1500:]}")
        terminal.type("\x11")

    def _answered(self, prompt: str) -> bool:
        with Ledger(self._home / "ledger.db") as ledger:
            return any(
                call.record.status == "completed" and call.messages and prompt in call.messages[-1]["content"]
                for call in ledger.calls(limit=5)
            )

    def _look_back(self) -> None:
        """What the ledger has of it."""
        with Ledger(self._home / "ledger.db") as ledger:
            for call in ledger.calls():
                if len(self._outcome.last) < 5:
                    asked = call.messages[-1]["content"][:40] if call.messages else ""
                    why = call.record.error.message if call.record.error else call.record.stop_reason
                    self._outcome.last.append(f"{call.record.status} ({why[:120]}): {asked!r}")
                self._outcome.recorded[call.record.request_id] += 1
                self._outcome.statuses[call.record.status] += 1
        done = subprocess.run([*APP, "audit", "verify"], env=self._environ, capture_output=True, check=False)
        self._outcome.verdict = done.returncode


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--minutes", type=float, default=30.0)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--keep", action="store_true", help="write what came of it into the README")
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as home:
        outcome = Soak(given.minutes * 60, given.seed, Path(home)).run()
    print(outcome.table())
    if given.keep:
        keep("soak", f"```text\n{outcome.table()}\n```\n\nSeed {given.seed}. {machine()}")
    if outcome.faults():
        print(json.dumps(outcome.faults(), indent=1))
    sys.exit(1 if outcome.faults() else 0)


if __name__ == "__main__":
    main()
