"""The page of a call: everything the ledger holds of it, to be read from top to bottom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from textual.content import Content

from genesys_tui.audit.records import Record
from genesys_tui.endings import ending_in_words, rate, seconds
from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.history.columns import MUTED
from genesys_tui.tui.words import colour_of, severity_of

if TYPE_CHECKING:
    from genesys_tui.audit.reading import Call
    from genesys_tui.tui.history.messages import CallRead

LONGEST = 20_000
"""Characters of a text that are shown; all of it is in the export."""

_LABEL = 14


def page_of(read: CallRead) -> Content:
    """The page."""
    return Content("\n").join(_lines(read))


def _lines(read: CallRead) -> Iterator[Content]:
    record = read.call.record
    yield Content.styled(sanitized_line(ending_in_words(record)), colour_of(severity_of(record)) or "bold")
    yield Content.styled(sanitized_line(record.request_id), MUTED)
    yield Content("")
    yield from _figures(record)
    yield from _heading("Parameters")
    yield from _parameters(record)
    if record.error or record.observations or record.detail:
        yield from _heading("What was told")
        yield from _told(record)
    if record.continues:
        yield from _heading("Continues")
        yield from _continued(record, read.continued)
    yield from _heading("Place in the chain")
    yield from _place(read)
    yield from _texts(read)


def _figures(record: Record) -> Iterator[Content]:
    began = record.started_at.astimezone()
    figures = [
        ("began", f"{began:%Y-%m-%d %H:%M:%S}.{began.microsecond // 1000:03}"),
        ("model", record.model),
        ("profile", f"{record.profile} · {record.environment}" if record.environment else record.profile),
        ("status", record.status),
        ("stop reason", record.stop_reason or "—"),
        ("tokens", _tokens(record)),
        ("elapsed", seconds(record.elapsed_seconds)),
        ("TTFT", seconds(record.time_to_first_token_seconds)),
        ("tokens/s", f"{rate(record.streaming_tokens_per_second)}, with waiting {rate(record.tokens_per_second)}"),
        ("gaps", _gaps(record)),
        ("longest gap", seconds(record.gap_max_seconds)),
        ("stalls", f"{record.stalls:,}"),
        ("chunks", f"{record.total_chunks:,}, {record.total_bytes:,} bytes"),
        ("heartbeats", f"{record.heartbeats:,}"),
        ("anomalies", f"{record.sequence_anomalies:,}, diagnostics {record.diagnostics:,}"),
        ("attempts", f"{record.attempts:,}"),
        ("conversation", record.conversation_id or "—"),
    ]
    if record.probe:
        figures.append(("probe", record.probe))
    if record.correlation_id:
        figures.append(("correlation id", record.correlation_id))
    return (_figure(name, value) for name, value in figures)


def _tokens(record: Record) -> str:
    known = f"{'~' if record.tokens_estimated else ''}{record.total_tokens:,}"
    return known if record.input_tokens is None else f"{known}, {record.input_tokens:,} in"


def _gaps(record: Record) -> str:
    if record.gap_p95_seconds is None:
        return "—"
    return f"{seconds(record.gap_p50_seconds)}, p95 {seconds(record.gap_p95_seconds)}"


def _parameters(record: Record) -> Iterator[Content]:
    if not record.parameters:
        yield Content.styled("none recorded", MUTED)
    for name, value in _flat(record.parameters):
        yield _figure(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _flat(parameters: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Parameters one by one: no two of the payload's parts call one the same."""
    for name, value in parameters.items():
        if isinstance(value, dict):
            yield from _flat(value)
        else:
            yield name, value


def _told(record: Record) -> Iterator[Content]:
    if record.error:
        code = f" ({record.error.status_code})" if record.error.status_code else ""
        yield _figure(record.error.kind.replace("_", " ") + code, record.error.message)
    if record.detail:
        yield _figure("detail", record.detail)
    for seen in record.observations:
        yield _figure(seen.what, f"{seen.at:.3f} s  {seen.name}: {seen.detail}")


def _continued(record: Record, calls: list[Call]) -> Iterator[Content]:
    for call in calls:
        at = call.record.started_at.astimezone()
        words = f"{call.record.status}, {call.record.total_tokens:,} tokens, {at:%Y-%m-%d %H:%M:%S}"
        yield _figure(call.record.request_id[:8], words)
    last = calls[-1].record.continues if calls else record.continues
    if last:
        yield _figure(last[:8], "not in this ledger")


def _place(read: CallRead) -> Iterator[Content]:
    place = read.place
    yield _figure("events", f"{place.start:,} to {place.end:,}" if place.end else f"{place.start:,}; still running")
    yield _figure("head", place.head)
    if place.checkpoint is None:
        yield _figure("checkpoint", "none behind it yet")
    else:
        signed = "signed" if place.signed else "not signed"
        yield _figure("checkpoint", f"event {place.checkpoint:,}, {signed}")
    yield Content.styled("`genesys-tui audit verify` tells whether this is as it was recorded.", MUTED)


def _texts(read: CallRead) -> Iterator[Content]:
    call, proofs = read.call, read.place.proofs
    if call.erased:
        yield from _heading("Texts")
        yield Content.styled("What was said in this call was erased.", "bold $text-warning")
        yield from (_figure(f"{part} hash", proof) for part, proof in proofs.items())
        return
    for message in call.messages:
        yield from _heading(message.get("role", "message").capitalize())
        yield _text(message.get("content", ""))
    if not call.messages:
        yield from _not_kept("prompt", proofs)
    if call.reply:
        yield from _heading("Reply")
        yield _text(call.reply)
    elif "reply" in proofs:
        yield from _not_kept("reply", proofs)


def _not_kept(part: str, proofs: dict[str, str]) -> Iterator[Content]:
    yield from _heading(part.capitalize())
    if part in proofs:
        yield _figure("salted hash", proofs[part])
    else:
        yield Content.styled("not kept", MUTED)


def _heading(words: str) -> Iterator[Content]:
    yield Content("")
    yield Content.styled(sanitized_line(words), "bold $text-primary")


def _figure(name: str, value: str) -> Content:
    label = sanitized_line(name)
    gap = "  " if len(label) >= _LABEL else " " * (_LABEL - len(label))
    return Content.assemble((label + gap, MUTED), sanitized_line(value))


def _text(text: str) -> Content:
    more = f"\n… {len(text) - LONGEST:,} more characters: export the call to read them" if len(text) > LONGEST else ""
    return Content(sanitized(text[:LONGEST]).expandtabs(4) + more)
