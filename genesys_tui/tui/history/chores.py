"""Chores of the history: texts erased, on a thread; ErasedTexts or Refused tells how it went."""

from __future__ import annotations

from textual.message import Message

from genesys_tui.audit.events import moment
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.ledger import Call, Ledger
from genesys_tui.audit.reading import damaged
from genesys_tui.audit.rows import Row
from genesys_tui.errors import GenesysError
from genesys_tui.tui.conversations.erased import Erased
from genesys_tui.tui.history.messages import Askable, ErasedTexts, Refused
from genesys_tui.tui.mailbox import Mailbox, aside
from genesys_tui.tui.prompt.earlier import prompt_of


def only(row: Row) -> Filter:
    """The filter that leaves one call, or those that began in the same microsecond of the same conversation.

    Raises LedgerError where the table holds no moment for it.
    """
    try:
        since, until = moment(row.time).isoformat(), moment(row.time + 1).isoformat()
    except (TypeError, ValueError, OverflowError):
        raise damaged() from None
    return Filter(since=since, until=until, conversation_id=str(row.conversation) if row.conversation else None)


def look_at_prompt(ledger: Ledger, request_id: str, deliver: Mailbox, *, edited: bool) -> None:
    """Find out whether a call can be asked again. Askable or Refused follows."""

    def looked() -> Message:
        try:
            return Askable(request_id, bool(prompt_of(ledger.get(request_id))), edited)
        except GenesysError as error:
            return Refused("chore", error)

    aside(looked, deliver)


def erase(ledger: Ledger, request_id: str, deliver: Mailbox, *, conversation: bool = False) -> None:
    """Erase what was said in a call, or in every ended call of its conversation. ErasedTexts or Refused follows."""

    def erased() -> Message:
        gone: list[Call] = []
        try:
            calls = [ledger.get(request_id)]
            if conversation:
                calls += [ledger.get(each) for each in ledger.others_of(request_id)]
            try:
                ledger.erase(*(call.record.request_id for call in calls))
            finally:  # also where it went no further than some of them
                gone = [call for call in calls if ledger.get(call.record.request_id).erased]
        except GenesysError as error:
            if gone:
                deliver(_told(gone))
            return Refused("chore", error)
        return _told(gone)

    aside(erased, deliver)


def _told(gone: list[Call]) -> Message:
    first = gone[0].record
    calls = f"the call {first.request_id[:8]}" if len(gone) == 1 else f"{len(gone):,} calls of the conversation"
    said: set[Erased] = {(prompt_of(call), call.reply) for call in gone}
    whole = {(prompt, reply) for prompt, reply in said if prompt and reply}
    return ErasedTexts(f"What was said in {calls} is erased.", first.conversation_id or "", whole)
