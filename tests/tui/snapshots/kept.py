"""Calls of another year, as a ledger keeps them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record, RecordedError
from genesys_tui.config import Settings
from genesys_tui.gateway.payload import Message

_FIRST = datetime(2024, 3, 5, 9, 30, tzinfo=timezone.utc)
_PROMPTS = (
    "Compare the queues of the last half hour as a table",
    "Summarise this call for the agent who takes over",
    "How long do we keep recordings? 録音の保存期間は?",
    "Write SQL for yesterday's truncated replies",
    "Greet the customer in five languages",
)
_REPLY = "Claims intake is the one to look at: 27 calls wait, and its service level fell to 61.2 %."


def record_of(settings: Settings, number: int) -> Record:
    """The call of that number: every fourth was truncated, every seventh failed."""
    status = "failed" if number % 7 == 6 else "truncated" if number % 4 == 3 else "completed"
    payload = settings.payload(Message(role="user", content=_PROMPTS[number % len(_PROMPTS)]))
    said = status != "failed"
    error = RecordedError(kind="unavailable", message="The gateway is busy (503). Try again in a minute.")
    return Record(
        request_id=f"{number:08x}-7c1d-4e55-9a3b-0242ac120002",
        conversation_id=f"{number // 2:08x}-11aa-4c2e-8d00-0242ac120003",
        model=settings.profile.model,
        profile=settings.name,
        environment=settings.profile.base_url,
        started_at=_FIRST + timedelta(hours=7 * number),
        status=status,
        stop_reason={"failed": "error", "truncated": "length"}.get(status, "completed"),
        truncated=status == "truncated",
        total_tokens=120 + 37 * number if said else 0,
        elapsed_seconds=2.5 + number / 4,
        tokens_per_second=41.2,
        streaming_tokens_per_second=44.6 + number if said else None,
        time_to_first_token_seconds=0.38 + number / 50 if said else None,
        gap_p50_seconds=0.02 if said else None,
        gap_p95_seconds=0.041 if said else None,
        gap_max_seconds=0.5 + number / 10 if said else None,
        total_chunks=60 + number if said else 0,
        total_bytes=9_000 + number if said else 0,
        attempts=1 if said else 3,
        error=None if said else error,
        # As many as a call has: what of the page is a hash, and never the same, comes below the screen's end.
        parameters={**payload.parameters.model_dump(), "stream_config": payload.stream_config.model_dump(mode="json")},
    )


def keep_calls(settings: Settings, ledger: Ledger, calls: int = 24) -> None:
    """Record them, the oldest first."""
    for number in range(calls):
        record = record_of(settings, number)
        opening = record.model_copy(update={"status": "running", "stop_reason": "", "truncated": False, "error": None})
        ledger.start(opening, [{"role": "user", "content": _PROMPTS[number % len(_PROMPTS)]}])
        ledger.end(record, "" if record.status == "failed" else _REPLY)
