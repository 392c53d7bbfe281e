"""Chores of the history: calls written to a file, texts erased. On threads; Done or Refused tells how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from textual.message import Message

from genesys_tui.audit.events import moment
from genesys_tui.audit.export import write_file
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.history import History
from genesys_tui.audit.jsonl import jsonl
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rows import Row
from genesys_tui.audit.spreadsheet import csv_lines
from genesys_tui.errors import GenesysError
from genesys_tui.tui.history.messages import Done, Refused
from genesys_tui.tui.mailbox import Mailbox, aside


def only(row: Row) -> Filter:
    """The filter that leaves one call, or those that began in the same microsecond of the same conversation."""
    since, until = moment(row.time).isoformat(), moment(row.time + 1).isoformat()
    return Filter(since=since, until=until, conversation_id=row.conversation or None)


def export(ledger: Ledger, wanted: Filter, file: Path, deliver: Mailbox, *, force: bool) -> None:
    """Write the calls of a filter as JSON lines or CSV, by the file's name."""

    def write() -> Message:
        counted = 0

        def counting(lines: Iterator[str]) -> Iterator[str]:
            nonlocal counted
            for line in lines:
                counted += 1
                yield line

        with closing(History(ledger.path)) as history:
            lines = csv_lines if file.suffix.lower() == ".csv" else jsonl
            write_file(file, counting(lines(history, wanted)), force=force)
        return Done(f"{counted:,} lines written to {file}. Only you can read it.")

    _work(write, deliver)


def erase(ledger: Ledger, request_id: str, deliver: Mailbox) -> None:
    """Erase what was said in a call."""

    def erased() -> Message:
        ledger.erase(request_id)
        return Done(f"What was said in the call {request_id[:8]} is erased.", request_id)

    _work(erased, deliver)


def _work(job: Callable[[], Message], deliver: Mailbox) -> None:
    def safely() -> Message:
        try:
            return job()
        except GenesysError as error:
            return Refused("chore", error)

    aside(safely, deliver)
