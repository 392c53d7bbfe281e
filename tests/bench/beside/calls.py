"""Calls written down and found again. `calls.py ours|llm FOLDER COUNT` prints milliseconds of CPU time, as JSON.

Both get the same prompts and replies. This runs in llm's environment, too.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MEASURED = 500
"""Calls that are timed, behind all others."""

PAGE = 25
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def texts(count: int) -> Iterator[tuple[str, str]]:
    """Prompts and replies; one in five hundred replies has the rare word."""
    chance = random.Random(7)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(20_000)]
    for number in range(count):
        prompt = " ".join(chance.choices(words, k=chance.randint(5, 25)))
        reply = " ".join(chance.choices(words, k=chance.randint(40, 120)))
        yield prompt, reply + (" xylophone" if number % 500 == 7 else " queue")


def ours(folder: Path) -> tuple[Callable[[str, str], object], Callable[[], Any], Callable[[str], Any]]:
    """The audit ledger: a start and an end, each durable and chained by hash."""
    import uuid
    from datetime import datetime, timezone

    from genesys_tui.audit.export import jsonl_lines
    from genesys_tui.audit.filters import Filter
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.audit.records import Record

    ledger = Ledger(folder / "ledger.db")

    def append(prompt: str, reply: str) -> None:
        now = datetime.now(timezone.utc)
        record = Record(request_id=str(uuid.uuid4()), model="gpt-4o-mini", conversation_id="c", started_at=now)
        ledger.start(record, [{"role": "user", "content": prompt}])
        ledger.end(record.model_copy(update={"status": "completed", "total_tokens": 100}), reply)

    def listed() -> list[str]:
        return list(jsonl_lines(ledger.calls(Filter(), PAGE)))

    return append, listed, lambda word: list(jsonl_lines(ledger.calls(Filter(search=word), PAGE)))


def llm(folder: Path) -> tuple[Callable[[str, str], object], Callable[[], Any], Callable[[str], Any]]:
    """llm's log database, as `llm` writes it and `llm logs` reads it."""
    import sqlite_utils
    from llm import Model
    from llm.logs import LogStore, merged_log_rows
    from llm.migrations import migrate

    class Echo(Model):
        model_id = "bench"
        reply = ""

        def execute(self, *_: Any, **__: Any) -> Iterator[str]:
            yield self.reply

    db = sqlite_utils.Database(folder / "logs.db")
    migrate(db)
    model = Echo()

    def append(prompt: str, reply: str) -> float:
        model.reply = reply
        response = model.prompt(prompt)
        response.text()
        began = time.process_time()
        response.log_to_db(db)
        return began

    def listed() -> list[Any]:
        return merged_log_rows(LogStore(db), count=PAGE)

    return append, listed, lambda word: merged_log_rows(LogStore(db), count=PAGE, query=word, latest=True)


def main(name: str, folder: Path, count: int) -> None:
    """Fill, then measure."""
    append, listed, search = {"ours": ours, "llm": llm}[name](folder)
    appended = []
    for number, (prompt, reply) in enumerate(texts(count)):
        began = time.process_time()
        told = append(prompt, reply)
        if number >= count - MEASURED:
            appended.append(time.process_time() - (told if isinstance(told, float) else began))
    assert len(listed()) == PAGE
    assert len(search("xylophone")) == min(PAGE, -(-(count - 7) // 500))
    figures = {
        "append a call with prompt and reply": statistics.median(appended),
        f"list the newest {PAGE}": _median(listed),
        "search for a rare word": _median(lambda: search("xylophone")),
        "search for a common word": _median(lambda: search("queue")),
    }
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    print(json.dumps({**{what: seconds * 1000 for what, seconds in figures.items()}, "size": size / 1e6}))


def _median(do: Callable[[], Any], times: int = 15) -> float:
    took = []
    for _ in range(times):
        began = time.process_time()
        do()
        took.append(time.process_time() - began)
    return statistics.median(took)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
