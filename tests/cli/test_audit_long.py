"""Long work on the ledger shows how far it is; Ctrl+C ends it at once, with a sentence, and leaves nothing behind."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from audit import forger
from audit.made import filled
from cli.conftest import Run

from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify

DRIVER = """
import os, signal, sys
if __name__ == "__main__":
    from genesys_tui.audit import export, verification, words
    from genesys_tui.cli.audit import progress
    from genesys_tui.cli.main import main
    many, held = int(sys.argv[1]), sys.argv[2] == "held"
    export.MANY = verification.MANY = many
    export._SPAN = verification.RANGE = 16
    export.PROCESSORS = verification.PROCESSORS = 2
    words.STEP = 4
    progress.AFTER = progress.EVERY = 0
    shown = progress.Progress._write
    def show(self, text):
        shown(self, text)
        if held and "%" in text:
            os.kill(os.getpid(), signal.SIGSTOP)
    progress.Progress._write = show
    main(sys.argv[3:])
"""
"""The command line as it is with a large ledger; where it is held, it stops when it has shown how far it is."""

QUIET = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def ledger(environ: dict[str, str]) -> Path:
    path = Path(environ["GENESYS_TUI_HOME"]) / "ledger.db"
    filled(path, 60)
    return path


class Terminal:
    """A command whose narration goes to a terminal."""

    def __init__(self, environ: dict[str, str], many: int, *arguments: str, held: bool = True) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(many), "held" if held else "free", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            env={**environ, **QUIET},
            start_new_session=True,
        )
        os.close(theirs)
        self.text = ""

    def until(self, text: str) -> None:
        """Read until this is shown."""
        while text not in self.text:
            self.text += os.read(self._ours, 65536).decode("utf-8", "replace")

    def rest(self) -> str:
        """All that is shown until its end."""
        with suppress(OSError):  # which is how a terminal says that nobody holds its other side
            while more := os.read(self._ours, 65536):
                self.text += more.decode("utf-8", "replace")
        return self.text

    def interrupt(self) -> None:
        """Ctrl+C, which reaches every process."""
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)  # it shows how far it is, and then stops
        os.killpg(self.process.pid, signal.SIGINT)
        os.killpg(self.process.pid, signal.SIGCONT)
        assert "Stopped." in self.rest()
        assert self.process.wait(20) == 130
        assert "Traceback" not in self.text

    def close(self) -> None:
        """End what still runs."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)


@pytest.fixture(params=[0, 10**9], ids=["several processes", "one"])
def many(request: pytest.FixtureRequest) -> Iterator[int]:
    yield request.param


def test_an_export_shows_its_progress_and_is_cancelled_without_a_trace(
    many: int, ledger: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    arguments = ("audit", "export", "-o", str(folder / "all.jsonl"))
    with closing(Terminal(environ, many, *arguments)) as terminal:
        terminal.until("Exporting ██")
        assert [file.suffix for file in folder.iterdir()] == [".part"]
        terminal.interrupt()
    assert list(folder.iterdir()) == []
    with closing(Terminal(environ, many, *arguments, held=False)) as terminal:
        assert "100%" in terminal.rest()
        assert terminal.process.wait(20) == 0
    assert verify(folder / "all.jsonl").verdict is Verdict.UNANCHORED


def test_an_export_to_standard_output_is_cancelled(many: int, ledger: Path, environ: dict[str, str]) -> None:
    with closing(Terminal(environ, many, "audit", "export")) as terminal:
        terminal.until("Exporting ██")
        terminal.interrupt()


def test_verifying_shows_its_progress_and_is_cancelled(
    many: int, ledger: Path, environ: dict[str, str], run: Run, tmp_path: Path
) -> None:
    export = tmp_path / "all.jsonl"
    assert run("audit", "export", "-o", str(export)).returncode == 0
    for file in ([], [str(export)]):
        with closing(Terminal(environ, many, "audit", "verify", *file)) as terminal:
            terminal.until("Verifying ")
            terminal.interrupt()


def test_a_rebuild_shows_its_progress_and_changes_nothing_where_it_is_cancelled(
    ledger: Path, environ: dict[str, str], run: Run
) -> None:
    forger.show_a_call_otherwise(ledger)
    with closing(Terminal(environ, 0, "audit", "rebuild")) as terminal:
        terminal.until("Rebuilding ")
        terminal.interrupt()
    wrong = run("audit", "verify", **QUIET)
    assert (wrong.returncode, "`genesys-tui audit rebuild`" in wrong.stdout) == (40, True), wrong.stdout
    done = run("audit", "rebuild")
    words = "The browsing table and the search index were made anew, of 60 calls.\n"
    assert (done.returncode, done.stderr) == (0, words)
    assert run("audit", "verify", **QUIET).returncode == 10


def test_without_a_ledger_there_is_nothing_to_rebuild(run: Run) -> None:
    done = run("audit", "rebuild")
    assert (done.returncode, "There is no audit file" in done.stderr) == (1, True)
