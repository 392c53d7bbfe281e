"""The capture: a call's events and when they came, as JSON Lines, for `genesys-tui gateway --replay`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from genesys_tui.errors import ConfigurationError
from genesys_tui.tui.wire.events import COMMENT, DIAGNOSTIC, HEARTBEAT, WireEvent
from genesys_tui.tui.wire.log import WireLog


def lines_of(log: WireLog) -> Iterator[str]:
    """A line that says which call it was, then one for each event kept.

    ``at`` is in seconds since the request. ``data`` is the event's; bytes that are no UTF-8 are lone surrogates, as
    Python's ``surrogateescape`` writes them.
    """
    record = log.record
    yield _line(
        capture="genesys-tui",
        version=1,
        request_id=record.request_id,
        model=record.model,
        started_at=record.started_at.isoformat(),
        not_kept=log.first - 1,
    )
    for event in log.events():
        data = event.data.decode("utf-8", "surrogateescape")
        fields = {"tokens": event.tokens, "note": event.note, "event": _name(event), "data": data}
        yield _line(at=round(event.at, 6), kind=event.kind, **fields)


def save(log: WireLog, folder: Path) -> Path:
    """Write the capture to a file of the call's name, for its owner only. Raises ConfigurationError."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", log.record.request_id)[:64]
    file = folder / f"{log.record.started_at:%Y%m%d-%H%M%S}-{name}.sse.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(lines_of(log))
    except OSError as error:
        raise ConfigurationError(f"The capture cannot be written to {file}: {error.strerror}.") from error
    return file


def _name(event: WireEvent) -> str:
    """The server-sent event's name; empty for a comment."""
    if event.code == HEARTBEAT:
        return "" if event.note == COMMENT else event.note
    return event.note.partition(": ")[0] if event.code == DIAGNOSTIC else "message"


def _line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=True) + "\n"
