"""Spreadsheets: calls as comma-separated values, harmless to the program that opens them.

The rule: every text is quoted; one that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break, or with the
full-width form of such a sign, gets an apostrophe in front, so that no program takes it for a formula; and control
characters are made visible. Numbers are left as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span
from genesys_tui.audit.jsonl import call_fields
from genesys_tui.sanitize import sanitized

COLUMNS = (
    *("request_id", "started_at", "model", "status", "stop_reason", "truncated", "total_tokens", "input_tokens"),
    *("elapsed_seconds", "tokens_per_second", "streaming_tokens_per_second", "time_to_first_token_seconds"),
    *("gap_p50_seconds", "gap_p95_seconds", "gap_max_seconds", "stalls", "total_chunks", "total_bytes", "heartbeats"),
    *("diagnostics", "sequence_anomalies", "attempts", "profile", "environment", "conversation_id", "continues"),
    *("correlation_id", "detail", "error_kind", "error_message", "prompt", "reply", "erased", "sequence", "head"),
    *("probe", "tokens_estimated"),
)
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


def csv_lines(history: History, wanted: Filter = EVERYTHING, span: Span = WHOLE) -> Iterator[str]:
    """A line of names, where the span begins with the first event; then one for each call, the oldest first."""
    if span[0] == WHOLE[0]:
        yield _line(COLUMNS)
    for rows, texts in history.stored(wanted, span):
        for row in rows:
            fields = call_fields(row, texts)
            error = fields["error"] or {}
            prompt = "\n\n".join(f"{each['role']}: {each['content']}" for each in fields["messages"])
            more = {"error_kind": error.get("kind"), "error_message": error.get("message"), "prompt": prompt}
            place = {"reply": fields["content"], "sequence": row[0], "head": (row[6] or row[4]).hex()}
            yield _line([{**fields, **more, **place}.get(name) for name in COLUMNS])


def harmless(text: str) -> str:
    """The text as a cell that is no formula."""
    text = sanitized(text)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text


def _line(cells: Any) -> str:
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(["" if each is None else harmless(each) if isinstance(each, str) else each for each in cells])
    return line.getvalue()
