"""A ledger of a million calls: how long each thing takes. `python tests/bench/ledger_million.py [CALLS] [FOLDER]`."""

from __future__ import annotations

import random
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from genesys_tui.audit import log
from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.events import fields_of
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.audit.texts import texts_of

BEGAN = datetime(2024, 1, 1, tzinfo=timezone.utc)
SEED = b"a key for the bench, 32 bytes..."
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def main(calls: int, folder: Path) -> None:
    """Fill the ledger, as fast as it goes: the same events, in large transactions."""
    chance = random.Random(7)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(20_000)]
    began = time.perf_counter()
    with Ledger(folder / "ledger.db") as ledger:
        for first in range(0, calls, 20_000):
            with ledger._db.transaction() as db:
                for number in range(first, min(first + 20_000, calls)):
                    _call(db, ledger._id, number, chance, words)
                    if number % 50 == 49:
                        ledger._checkpoints._append(db, SEED)
            print(f"\r{first + 20_000:,} calls, {time.perf_counter() - began:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)


def _call(db: object, ledger: bytes, number: int, chance: random.Random, words: list[str]) -> None:
    at = BEGAN + timedelta(seconds=60 * number + chance.random())
    status = chance.choices(["completed", "truncated", "failed", "cancelled"], [90, 6, 3, 1])[0]
    record = Record(
        request_id=f"{chance.getrandbits(128):032x}",
        model=chance.choices(["gpt-4o-mini", "gpt-4o", "claude-3-5-haiku", "mistral-large"], [70, 20, 9, 1])[0],
        conversation_id=f"c{number // 5:07}",
        started_at=at,
        profile=chance.choice(["default", "lab", "production"]),
        parameters={"max_tokens": 2048, "temperature": 0.7},
    )
    prompt = _text(chance, words, 20)
    asked = texts_of({"prompt": canonical([{"role": "user", "content": prompt}])}, "full")
    micros = int(at.timestamp() * 1e6)
    start = log.append(db, ledger, "start", micros, {"owner": "bench", "record": fields_of(record)}, asked)
    ended = record.model_copy(
        update={
            "status": status,
            "stop_reason": {"completed": "stop", "truncated": "length"}.get(status, status),
            "truncated": status == "truncated",
            "total_tokens": chance.randint(1, 2048),
            "elapsed_seconds": round(chance.uniform(0.5, 20), 6),
            "tokens_per_second": round(chance.uniform(10, 120), 3),
            "streaming_tokens_per_second": round(chance.uniform(10, 120), 3),
            "time_to_first_token_seconds": round(chance.lognormvariate(-1, 0.6), 6),
            "gap_p50_seconds": 0.02,
            "gap_p95_seconds": 0.05,
            "gap_max_seconds": round(chance.uniform(0.05, 5), 6),
            "total_chunks": chance.randint(1, 800),
            "total_bytes": chance.randint(100, 50_000),
            "attempts": chance.choices([1, 2, 3], [96, 3, 1])[0],
        }
    )
    said = texts_of({"reply": _text(chance, words, 60)}, "full")
    fields = {"record": fields_of(ended), "start": start.seq}
    log.append(db, ledger, "end", micros + round(ended.elapsed_seconds * 1e6), fields, said)


def _text(chance: random.Random, words: list[str], count: int) -> str:
    return " ".join(words[min(19_999, int(chance.paretovariate(0.7)) - 1)] for _ in range(count))


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["1_000_000"])[0]), Path((sys.argv[2:] or ["."])[0]))
