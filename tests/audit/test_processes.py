"""Processes that share work end with who asked for it, and one that is ended is told in words."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
PATIENCE = 60.0
"""Seconds: a busy machine is slow, and what is wrong would last for ten minutes."""

ASKING = f"""
import sys; sys.path.insert(0, {str(TESTS)!r})
from audit.test_processes import at_work
from genesys_tui.audit import processes
from genesys_tui.errors import LedgerError
processes.PROCESSORS = 2
try:
    for _ in processes.spread(at_work, range(9)):
        pass
except LedgerError as error:
    print(error.message, flush=True)
"""


def at_work(_: int) -> None:
    os.write(1, f"{os.getpid()}\n".encode())
    time.sleep(600)


@pytest.fixture
def asking() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", ASKING], stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def read(process: subprocess.Popen[bytes], lines: int | None = None) -> list[str]:
    """So many lines; without a number all that is written until the last one that could write ends."""
    assert process.stdout is not None
    text, until = b"", time.monotonic() + PATIENCE
    while lines is None or text.count(b"\n") < lines:
        assert select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))[0], f"only {text!r}"
        if not (more := os.read(process.stdout.fileno(), 4096)):
            break
        text += more
    return text.decode().splitlines()


def test_who_helps_ends_with_who_asked(asking: subprocess.Popen[bytes]) -> None:
    assert len(read(asking, 2)) == 2, "both are at work"
    asking.kill()
    assert read(asking) == [], "nobody is left that could write"


def test_a_helper_that_is_ended_is_told_in_a_sentence(asking: subprocess.Popen[bytes]) -> None:
    os.kill(int(read(asking, 2)[0]), signal.SIGKILL)
    (told,) = read(asking)
    assert told.startswith("A process that was at work on the audit file was ended")
    assert asking.wait(PATIENCE) == 0
