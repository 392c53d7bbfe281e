"""Screen: programs in a pseudo-terminal, from their start to the end of the same reply."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.beside.models import Models
from bench.beside.peers import Peer, peer
from bench.beside.programs import Program, elia, oterm, ours, parllama
from bench.beside.table import table
from bench.screen.terminal import Terminal
from bench.screen.texts import tokens_of

TOKENS = 5_000
RATE = 500.0
"""Tokens a second."""

LAST = "ZQXEND"
"""The reply's last word, which nothing else shows."""

PATIENCE = 120.0
"""Seconds to wait for a first frame, or for the reply's end."""

_ANSWERS = {b"\x1b[c": "\x1b[?62;22c", b"\x1b[16t": "\x1b[6;16;8t"}
"""What a terminal says to those who ask what it is, and how large its cells are: some do not start before."""


_TO_SHOW = "CPU time to show the reply"


class NotWhole(Exception):
    """The reply was not shown to its end in time."""

    def __init__(self, spent: float, why: str) -> None:
        self.spent = spent
        """Seconds of CPU time until then."""
        super().__init__(why)


@dataclass(frozen=True)
class Seen:
    """Of one program; seconds and MB, medians."""

    first: float | None = None
    first_cpu: float | None = None
    first_memory: float | None = None
    shown_cpu: float | None = None
    behind: float | None = None
    memory: float | None = None
    why: str = ""
    """Why the reply was not measured, or not to its end: then ``shown_cpu`` is what it took so far."""


def screen(quick: bool = False) -> str:
    """The table."""
    server = Models([*tokens_of("mixed", TOKENS - 2), "\n\n", LAST, "\n"], RATE)
    programs, missing = _programs()
    seen = {program.name: _measured(program, server, 1 if quick else 3) for program, _ in programs}
    heads = ("", *(f"{program.name} {version}".strip() for program, version in programs))
    title = f"Screen, 120×40; a Markdown reply of {TOKENS:,} tokens at {RATE:g}/s from the same server; CPU time"
    lines = [title, "", table(heads, _rows(list(seen.values())))]
    return "\n".join([*lines, "", *missing, *(f"{name}: {each.why}" for name, each in seen.items() if each.why)])


def _programs() -> tuple[list[tuple[Program, str]], list[str]]:
    """Those that could be installed, with their versions; and what is to be said of the others."""
    found, missing = [(ours(), "")], []
    for package, program in (("elia-chat>=1.10", elia), ("oterm", oterm), ("parllama", parllama)):
        name = package.partition(">")[0]  # an older one is taken where this does not install, and cannot be driven
        there = peer(name, package, others=True)
        if isinstance(there, Peer):
            found.append((program(there), there.versions[name]))
        else:
            missing.append(there)
    return found, missing


def _rows(seen: list[Seen]) -> Iterator[list[str]]:
    own = seen[0]
    facts: list[tuple[str, Callable[[Seen], float | None], str]] = [
        ("start to first frame", lambda each: each.first, "{:.2f} s"),
        ("CPU time until then", lambda each: each.first_cpu, "{:.2f} s"),
        ("memory then", lambda each: each.first_memory, "{:.0f} MB"),
        (_TO_SHOW, lambda each: each.shown_cpu, "{:.2f} s"),
        ("shown after the wire's end", lambda each: each.behind, "{:.1f} s"),
        ("memory then", lambda each: each.memory, "{:.0f} MB"),
    ]
    for name, fact, form in facts:
        mine, cells = fact(own), []
        for each in seen:
            value = fact(each)
            over = "> " if name == _TO_SHOW and each.why else ""
            if value is None:
                cells.append("–")
            elif each is own or not mine or name.startswith("shown"):
                cells.append(form.format(value))
            else:
                cells.append(f"{over}{form.format(value)}, {over}{value / mine:.1f} ×")
        yield [name, *cells]


def _measured(program: Program, server: Models, times: int) -> Seen:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = {**_environment(home), **program.prepare(home, server.url)}
        seen, why = Seen(), ""
        try:
            starts = [_start(program, environ) for _ in range(times + 1)][1:]  # the first compiles and creates
            first, cpu, memory = _medians(starts)
            seen = Seen(first, cpu, memory)
            shown, behind, then = _medians([_reply(program, environ, server) for _ in range(times)])
            return replace(seen, shown_cpu=shown, behind=behind, memory=then)
        except NotWhole as cut:
            return replace(seen, shown_cpu=cut.spent, why=str(cut))
        except TimeoutError as late:
            why = str(late)
        return replace(seen, why=why)


def _medians(runs: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    first, second, third = (statistics.median(figures) for figures in zip(*runs, strict=True))
    return first, second, third


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _start(program: Program, environ: dict[str, str]) -> tuple[float, float, float]:
    """Seconds, seconds of CPU, MB."""
    with _running(program.command, environ) as terminal:
        first = terminal.wait_for(program.mark, seconds=PATIENCE) - terminal.started_at
        return first, terminal.cpu(), terminal.memory()


def _reply(program: Program, environ: dict[str, str], server: Models) -> tuple[float, float, float]:
    """Seconds of CPU from the reply's begin until it is shown, seconds behind the wire, MB."""
    server.again()
    with _running([*program.command, *program.asking], environ) as terminal:
        if not program.asking:
            terminal.wait_for(program.mark, seconds=PATIENCE)
            for key in program.keys:
                time.sleep(2.0)
                terminal.type(key)
        if not server.began.wait(PATIENCE):
            raise TimeoutError(f"asked {server.asked or 'for nothing'}, but for no reply")
        used = terminal.cpu()
        try:
            shown = terminal.wait_for(LAST, seconds=PATIENCE)
        except TimeoutError:
            spent = terminal.cpu() - used
            had = "had" if server.ended.is_set() else "had not"
            late = f"the reply was not whole after {PATIENCE:g} s, {spent:.0f} s of CPU time; it {had} read all of it"
            raise NotWhole(spent, late) from None
        server.ended.wait(10)
        time.sleep(2.0)  # whatever else it does about the end
        return terminal.cpu() - used, max(0.0, shown - server.ended_at), terminal.memory()


@contextmanager
def _running(command: list[str], environ: dict[str, str]) -> Iterator[Terminal]:
    over = threading.Event()
    with Terminal(command, environ) as terminal:
        answering = threading.Thread(target=_answer, args=(terminal, over), daemon=True)
        answering.start()
        try:
            yield terminal
        finally:
            over.set()
            answering.join()


def _answer(terminal: Terminal, over: threading.Event) -> None:
    """Say what a terminal would, while a program starts."""
    answered = dict.fromkeys(_ANSWERS, 0)
    ends = time.perf_counter() + 30
    while not over.wait(0.02) and time.perf_counter() < ends:
        output = terminal.output
        for question, answer in _ANSWERS.items():
            if output.count(question) > answered[question]:
                answered[question] += 1
                terminal.type(answer)
