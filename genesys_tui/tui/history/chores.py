"""Chores of the history: texts erased, on a thread; ErasedTexts or Refused tells how it went."""

from __future__ import annotations

from contextlib import suppress

from textual.message import Message

from genesys_tui.audit.events import moment
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.ledger import Call, Ledger
from genesys_tui.audit.reading import damaged
from genesys_tui.audit.rows import Row
from genesys_tui.errors import GenesysError
from genesys_tui.past import exchanges_of
from genesys_tui.tui.conversations.erased import Pair
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


def others(ledger: Ledger, request_id: str) -> tuple[int, int]:
    """How many other calls of a call's conversation can be erased, and how many run. Raises LedgerError."""
    running = _running(ledger, ledger.get(request_id).record.conversation_id or "")  # one may end meanwhile
    return len(ledger.others_of(request_id)), len(running)


def erase(ledger: Ledger, request_id: str, deliver: Mailbox, *, conversation: bool = False) -> None:
    """Erase what was said in a call, or in every ended call of its conversation. ErasedTexts or Refused follows."""

    def erased() -> Message:
        of, quotable = "", dict[str, set[Pair]]()
        gone: list[str] = []
        try:
            record = ledger.get(request_id).record
            of = record.conversation_id or ""
            chosen = [record.request_id, *(ledger.others_of(record.request_id) if conversation else ())]
            quotable = _quotable(ledger, chosen)
            try:
                ledger.erase(*chosen)
            finally:  # also where it went no further than some of them
                gone = [each for each in chosen if ledger.get(each).erased]
            left = {*_running(ledger, of), *(ledger.others_of(record.request_id) if conversation else ())}
        except GenesysError as error:
            if gone:
                deliver(_told(gone, of, quotable))
            return Refused("chore", error)
        return _told(gone, of, quotable, len(left))

    aside(erased, deliver)


def _running(ledger: Ledger, conversation: str) -> list[str]:
    """The calls of a conversation that have not ended."""
    if not conversation:
        return []
    calls = ledger.calls(Filter(status="running", conversation_id=conversation))
    return [call.record.request_id for call in calls if call.record.conversation_id == conversation]


def _quotable(ledger: Ledger, request_ids: list[str]) -> dict[str, set[Pair]]:
    """By call, the prompts and replies in which others may quote it: its own, and those of calls that go on with it."""
    told = {each: _Told(ledger.get(each)) for each in request_ids}
    quotable = {each: {told[each].pair} for each in request_ids}
    if any(each.cut for each in told.values()):
        for other in ledger.others_of(request_ids[0]):
            with suppress(GenesysError):  # one that cannot be read is erased no less
                told[other] = told.get(other) or _Told(ledger.get(other))
    for each in told.values():
        place, passed = each.continues, set[str]()
        while place in told and place not in passed:  # a ledger of another hand may lead in a circle
            passed.add(place)
            quotable.setdefault(place, set()).add(each.pair)
            place = told[place].continues
    return quotable


class _Told:
    """What a call tells of its exchange, without the texts before it."""

    def __init__(self, call: Call) -> None:
        exchange, record = exchanges_of([call])[0], call.record
        self.pair: Pair = (exchange.prompt, "" if record.status == "failed" else exchange.content)
        self.continues = record.continues or ""
        self.cut = record.truncated


def _told(gone: list[str], conversation: str, quotable: dict[str, set[Pair]], left: int = 0) -> Message:
    """``left`` is how many calls of the conversation repeat it that could not be erased yet."""
    calls = f"the call {gone[0][:8]}" if len(gone) == 1 else f"{len(gone):,} calls of the conversation"
    said = {(prompt, reply) for each in gone for prompt, reply in quotable[each] if prompt}
    return ErasedTexts(f"What was said in {calls} is erased.{in_words(left)}", conversation, said, whole=not left)


def in_words(running: int) -> str:
    """What calls that run mean for who erases, as a sentence behind others; empty for none."""
    if not running:
        return ""
    if running == 1:
        call = "1 other call of its conversation still runs"
        return f" {call} and will repeat it: erase that one, too, when it has ended."
    calls = f"{running:,} other calls of its conversation still run"
    return f" {calls} and will repeat it: erase those, too, when they have ended."
