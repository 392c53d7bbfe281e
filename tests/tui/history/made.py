"""Calls of good and bad days, recorded in a ledger as the app records them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

from genesys_tui.audit import log
from genesys_tui.audit.canonical import canonical
from genesys_tui.audit.events import fields_of
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.audit.texts import texts_of

BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def started(number: int, **more: object) -> Record:
    """The call with that number, a minute after the one before."""
    fields = {
        "request_id": f"{number:08x}-made",
        "model": "gpt-4o-mini" if number % 3 else "claude-3",
        "conversation_id": f"c{number // 4:07}",
        "started_at": BEGAN + timedelta(minutes=number),
        "profile": "lab" if number % 5 == 0 else "default",
        "parameters": {"max_tokens": 2048, "temperature": 0.7},
    }
    return Record.model_validate({**fields, **more})


def ended(record: Record, number: int, **more: object) -> Record:
    """How that one ended: every tenth truncated."""
    truncated = number % 10 == 0
    fields = {
        "status": "truncated" if truncated else "completed",
        "stop_reason": "length" if truncated else "stop",
        "truncated": truncated,
        "total_tokens": number * 7919 % 2048,
        "elapsed_seconds": 2.0,
        "streaming_tokens_per_second": 20.0 + number % 80,
        "time_to_first_token_seconds": 0.2 + number % 10 / 10,
        "gap_max_seconds": 0.3,
        "attempts": 1,
    }
    return record.model_copy(update={**fields, **more})


def record(ledger: Ledger, number: int, prompt: str = "", reply: str = "", **more: object) -> Record:
    """Record one call, as the app does."""
    begun = started(number, **{key: more.pop(key) for key in ("model", "request_id", "continues") if key in more})
    ledger.start(begun, [{"role": "user", "content": prompt or f"question {number}"}])
    done = ended(begun, number, **more)
    ledger.end(done, reply or f"answer {number}")
    return done


def fill(ledger: Ledger, calls: int, first: int = 0) -> None:
    """Record many calls, as fast as it goes."""
    chance = random.Random(5)
    with ledger._db.transaction() as db:
        for number in range(first, first + calls):
            begun = started(number)
            at = int(begun.started_at.timestamp() * 1e6)
            texts = texts_of({"prompt": canonical([{"role": "user", "content": f"question {number}"}])}, "full")
            start = log.append(db, ledger._id, "start", at, {"owner": "made", "record": fields_of(begun)}, texts)
            said = texts_of({"reply": f"answer {chance.randint(0, 9)}"}, "full")
            fields = {"record": fields_of(ended(begun, number)), "start": start.seq}
            log.append(db, ledger._id, "end", at + 2_000_000, fields, said)
