"""Chores of the history: texts erased, on a thread; Done or Refused tells how it went."""

from __future__ import annotations

from textual.message import Message

from genesys_tui.audit.events import moment
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rows import Row
from genesys_tui.errors import GenesysError
from genesys_tui.tui.history.messages import Done, Refused
from genesys_tui.tui.mailbox import Mailbox, aside


def only(row: Row) -> Filter:
    """The filter that leaves one call, or those that began in the same microsecond of the same conversation."""
    since, until = moment(row.time).isoformat(), moment(row.time + 1).isoformat()
    return Filter(since=since, until=until, conversation_id=row.conversation or None)


def erase(ledger: Ledger, request_id: str, deliver: Mailbox) -> None:
    """Erase what was said in a call."""

    def erased() -> Message:
        try:
            ledger.erase(request_id)
        except GenesysError as error:
            return Refused("chore", error)
        return Done(f"What was said in the call {request_id[:8]} is erased.", request_id)

    aside(erased, deliver)
