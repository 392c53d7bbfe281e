"""The calls table: past calls, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import DataTable

from genesys_tui.endings import ending_of, rate, seconds
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.words import severity_of

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Call

_COLUMNS = ("started", "ended", "prompt", "tokens", "tok/s", "TTFT", "elapsed", "model", "request")
_PROMPT = 28
_COLOURS = {"success": "green", "warning": "yellow", "error": "red", "muted": "dim"}


class Calls(DataTable[Text]):
    """One row for each call."""

    DEFAULT_CSS = """
    Calls { height: 1fr; background: $background; scrollbar-size: 1 1; }
    Calls > .datatable--cursor, Calls:focus > .datatable--cursor { background: $primary 30%; color: $foreground; }
    Calls > .datatable--header { background: $panel; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        """Name the columns."""
        self.add_columns(*_COLUMNS)

    def show(self, calls: list[Call]) -> None:
        """Show these calls."""
        self.clear()
        self.add_rows(map(_row, calls))


def _row(call: Call) -> list[Text]:
    record = call.record
    asked = [message["content"] for message in call.messages if message["role"] == "user"]
    prompt = sanitized_line(asked[-1][: _PROMPT * 4] if asked else "")
    return [
        Text(record.started_at.astimezone().strftime("%m-%d %H:%M:%S")),
        Text(_cell(ending_of(record), 20), style=_COLOURS[severity_of(record)]),
        Text(_cell(prompt, _PROMPT)),
        Text(f"{record.total_tokens:,}", justify="right"),
        Text(rate(record.streaming_tokens_per_second), justify="right"),
        Text(seconds(record.time_to_first_token_seconds), justify="right"),
        Text(seconds(record.elapsed_seconds, 1), justify="right"),
        Text(_cell(record.model, 20)),
        Text(sanitized_line(record.request_id)[:8], style="dim"),
    ]


def _cell(text: str, width: int) -> str:
    text = sanitized_line(text)
    return text if len(text) <= width else text[: width - 1] + "…"
