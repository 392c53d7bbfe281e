"""Processes that are killed while they record calls, and what must be true afterwards."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from pathlib import Path

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify

TESTS = Path(__file__).parent.parent

CALLS = """
from pathlib import Path
from audit.made import FixedSigner, record
from genesys_tui.audit import checkpoints, database
from genesys_tui.audit.ledger import Ledger
database.WAL_IS_SOUND = sys.argv[2] == "WAL"
checkpoints.EVERY = 5
with Ledger(Path(sys.argv[1]), signer=FixedSigner(), anchor=Path(sys.argv[1] + ".anchors")) as ledger:
    number = 0
    while True:
        name = f"{sys.argv[3]}-{number}"
        ledger.start(record(name), [{"role": "user", "content": "x" * (number % 7 * 700)}])
        print("started", name, flush=True)
        ledger.end(record(name, status="completed"), "y" * (number % 5 * 900))
        print("ended", name, flush=True)
        number += 1
"""


def kill_rounds(path: Path, mode: str, rounds: int, seed: int = 0) -> int:
    """Two processes at a time, killed at any moment. Returns how many starts were acknowledged."""
    chance = random.Random(seed)
    started: set[str] = set()
    ended: set[str] = set()
    preface = f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
    for number in range(rounds):
        pair = [
            subprocess.Popen(
                [sys.executable, "-c", preface + CALLS, str(path), mode, f"{number}{name}"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in "ab"
        ]
        # Killed after so many lines of one of them, in the middle of whatever comes next.
        for _ in range(chance.randint(1, 40)):
            assert pair[0].stdout is not None
            _note(pair[0].stdout.readline(), started, ended)
        for process in pair:
            process.kill()
        for process in pair:
            for line in process.communicate()[0].splitlines(keepends=True):
                _note(line, started, ended)
    with Ledger(path) as ledger:
        calls = {call.record.request_id: call.record for call in ledger.calls()}
        assert started <= set(calls), "an acknowledged start is lost"
        assert all(calls[name].status == "completed" for name in ended), "an acknowledged end is lost"
        assert {record.status for record in calls.values()} <= {"completed", "failed"}
        assert {calls[name].stop_reason for name in calls.keys() - ended} <= {"", "interrupted"}
        with ledger._db.reading() as db:
            kinds = dict(db.execute("SELECT kind, count(*) FROM events GROUP BY kind").fetchall())
            which = "kind IN ('end', 'recovered') GROUP BY json_extract(payload, '$.start')"
            ends = f"SELECT count(*) FROM events WHERE {which}"
            assert set(db.execute(ends).fetchall()) == {(1,)}, "exactly one end for each start"
        assert kinds["start"] == kinds["end"] + kinds.get("recovered", 0) == len(calls)
    report = verify(path)
    assert report.verdict is Verdict.UNANCHORED, report
    return len(started)


def _note(line: str, started: set[str], ended: set[str]) -> None:
    with contextlib.suppress(ValueError):  # a line that was cut was not acknowledged
        what, name = line.removesuffix("\n").split() if line.endswith("\n") else ("", "")
        (started if what == "started" else ended if what == "ended" else set()).add(name)
