"""The first frame is there soon: the short form of tests/bench/start_bench.py, with room for a busy machine."""

from __future__ import annotations

from bench.start_bench import both, loaded

from .conftest import Launch, ended

MOST = 2.0
"""Times the CPU time of a trivial Textual app. On a quiet machine 1.4 are reached, in 1.5 times the time or less."""

MEMORY = 10.0
"""MB beside a trivial app: the target is 45 in all, and Python alone differs from one machine to the next."""


def test_the_first_frame_comes_soon() -> None:
    trivial, real = both(3)
    assert real.cpu < MOST * trivial.cpu
    assert real.memory < trivial.memory + MEMORY


def test_what_is_typed_before_the_first_frame_is_in_the_prompt(launch: Launch) -> None:
    terminal = launch("-m", "genesys_tui", "demo")
    terminal.type("typed at once")
    terminal.wait_for("\x1b[?1049h", seconds=60)  # from here on the app draws; what was before is the terminal's echo
    since = terminal.output.find(b"\x1b[?1049h")
    terminal.wait_for("typed at once", since, seconds=60)
    terminal.wait_for("ready", since, seconds=60)
    assert b"typed at once" in terminal.output[since:]
    terminal.type("\x11")
    assert ended(terminal) == 0


def test_nothing_heavy_is_imported_before_it() -> None:
    assert loaded() == []
