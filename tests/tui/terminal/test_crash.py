"""A crash says where, and nothing secret."""

from __future__ import annotations

import pytest

from .conftest import HERE, Launch, ended

SECRET = "hunter2-4711"


@pytest.mark.parametrize("where", ["loop", "thread"])
def test_a_crash_shows_no_local_variables(launch: Launch, where: str) -> None:
    terminal = launch(str(HERE / "crashing.py"), where, SECRET=SECRET)
    terminal.wait_for("a bug with", seconds=30)
    assert ended(terminal) == 1
    told = terminal.output
    assert b"Traceback" in told
    assert b"crashing.py" in told
    assert SECRET.encode() not in told
    assert b"locals" not in told
    terminal.wait_for("\x1b[?1049l")
    assert terminal.echoes
