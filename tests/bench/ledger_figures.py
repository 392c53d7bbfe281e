"""What `ledger_million.py` made, read in every way. `python tests/bench/ledger_figures.py FILE`."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from ledger_million import SEED

from genesys_tui.audit.browse import Browser
from genesys_tui.audit.export import export_file
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.history import History
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.notes import public_key
from genesys_tui.audit.records import Record
from genesys_tui.audit.rows import SORTED, Key, Order
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.audit.verification import verify

FILTERS = {
    "status:truncated": Filter(status="truncated"),
    "model:mistral* status:failed": Filter(model="mistral*", status="failed"),
    "profile:lab status:completed": Filter(profile="lab", status="completed"),
    "a week": Filter(since="2025-03-01", until="2025-03-08"),
    "tokens:2040": Filter(min_tokens=2040),
    "since:(all) status:cancelled model:gpt-4o": Filter(since="2024-01-01", status="cancelled", model="gpt-4o"),
}


def main(path: Path) -> None:
    """A table of medians and worst cases, in milliseconds; and of processor time, which a busy machine changes less."""
    browser = Browser(path)
    before = _memory()
    print(f"{'what':58}{'median ms':>10}{'worst ms':>10}{'median cpu':>11}")
    _time("open, count and first page, cold", lambda: _opened(path), 5)
    for column in SORTED:
        _time(f"first page by {column}", lambda column=column: browser.page(Filter(), Order(column)), 7)
    for column in SORTED:
        _time(f"deep page by {column}", lambda column=column: _deep(browser, column), 5)
    for name, wanted in FILTERS.items():
        for column in ("time", "tokens", "ttft"):
            _time(f"{name}, by {column}", lambda w=wanted, c=column: browser.page(w, Order(c), limit=100), 5)
        _time(f"{name}, count", lambda w=wanted: browser.tally(w, seconds=0.5), 3)
    words = _words(path)
    for name, word in words.items():
        _time(f"search for a {name} word", lambda w=word: browser.page(Filter(search=w), Order(), limit=100), 7)
        _time(f"search for a {name} word, count", lambda w=word: browser.tally(Filter(search=w), seconds=0.5), 3)
    print(f"{'memory added by browsing':58}{_memory() - before:>9.0f} MB")
    with Ledger(path) as ledger:
        ledger._checkpoints.news = lambda _: None  # type: ignore[method-assign]
        _appends(ledger)
    _time("verify", lambda: verify(path, key=public_key(SEED)), 1)
    _time("… beside it, SQLite's own integrity_check of the file", lambda: _integrity(path), 1)
    for name, form in {"JSONL": jsonl, "CSV": csv_lines}.items():
        file = path.with_suffix(f".{name.lower()}")
        _time(f"export {name}", lambda f=form, o=file: export_file(path, o, f, force=True), 1)
        _time("… beside it, a copy of that export, synced", lambda o=file: _copy(o), 1)
    browser.close()


def _time(what: str, do: Callable[[], Any], times: int) -> None:
    took, cpu = [], []
    for _ in range(times):
        began, worked = time.perf_counter(), _processor_time()
        do()
        took.append((time.perf_counter() - began) * 1000)
        cpu.append((_processor_time() - worked) * 1000)
    figures = statistics.median(took), max(took), statistics.median(cpu)
    print(f"{what:58}{figures[0]:>10.1f}{figures[1]:>10.1f}{figures[2]:>11.1f}", flush=True)


def _processor_time() -> float:
    """Seconds, of this process and of those it began that have ended."""
    return sum(os.times()[:4])


def _opened(path: Path) -> None:
    browser = Browser(path)
    browser.page(Filter(), Order())
    browser.count(Filter())
    browser.close()


def _deep(browser: Browser, column: str) -> None:
    """A page from the middle of the commonest value."""
    with browser.reading() as db:
        value = db.execute(f"SELECT {column} FROM calls WHERE start_seq > 1000000 LIMIT 1").fetchone()[0]
    browser.page(Filter(), Order(column), after=Key(value, 1_000_000))


def _words(path: Path) -> dict[str, str]:
    with History(path) as history, history.reading() as db:
        reply = db.execute("SELECT body FROM texts WHERE part = 'reply' ORDER BY seq LIMIT 1").fetchone()[0]
    words = sorted({word for word in reply.split() if len(word) > 3}, key=lambda word: (reply.count(word), len(word)))
    return {"rare": max(words, key=len), "common": words[-1], "missing": "xylophonist", "two-letter": "bu da"}


def _appends(ledger: Ledger) -> None:
    record = Record(request_id="x", model="gpt-4o", conversation_id="c", started_at="2026-11-22T00:00:00Z")
    took = []
    for number in range(100):
        call = record.model_copy(update={"request_id": f"{time.time_ns()}-{number}"})
        began = time.perf_counter()
        ledger.start(call, [{"role": "user", "content": "How long does this take?"}])
        middle = time.perf_counter()
        ledger.end(call.model_copy(update={"status": "completed"}), "Not long. " * 50)
        took += [(middle - began) * 1000, (time.perf_counter() - middle) * 1000]
    print(f"{'append an event, durably':58}{statistics.median(took):>10.1f}{sorted(took)[197]:>10.1f}")


def _integrity(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _copy(file: Path) -> None:
    copy = file.with_suffix(".copy")
    with file.open("rb") as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
        os.fsync(target.fileno())
    copy.unlink()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
