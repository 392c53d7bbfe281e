"""Conversations: the ledger's calls, found and read as what belongs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genesys_tui.audit.ledger import Call, Filter, Ledger
from genesys_tui.audit.names import Names
from genesys_tui.audit.records import Record
from genesys_tui.past import Past, PastExchange, exchanges_of, past_of, title_of

MOST_COUNTED = 100
"""Calls of a conversation in the list: it says "100+" where there are more."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in the list."""

    id: str
    title: str
    """The name given, else the first line of the first prompt."""

    last: Record
    """Of its last call."""

    calls: int
    """How many; at most MOST_COUNTED + 1."""


class Conversations:
    """What the ledger knows of conversations. Any thread may ask; everything raises LedgerError."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._names = Names(ledger.path.with_name("names.db"))

    def listed(self, search: str = "") -> Iterator[Listed]:
        """Those with this text in a name, a prompt, a reply or an error; all without one. Read as it is iterated.

        The last one used comes first, after those whose name holds the text.
        """
        names = self._names.all()
        seen: set[str] = set()
        wanted = search.strip()
        named = [each for each, name in names.items() if wanted and wanted.casefold() in name.casefold()]
        for conversation_id in (*named, *self._found(wanted)):
            if conversation_id not in seen:
                seen.add(conversation_id)
                yield from self._one(conversation_id, names.get(conversation_id, ""))

    def past(self, conversation_id: str, most: int | None = None) -> Past:
        """A conversation as its last calls tell it, ``most`` of them at most."""
        calls = list(self._calls(conversation_id, None if most is None else most + 1))
        whole = most is None or len(calls) <= most
        name = self._names.all().get(conversation_id, "")
        return past_of(conversation_id, reversed(calls if whole else calls[:-1]), whole=whole, name=name)

    def exchange(self, request_id: str) -> PastExchange:
        """The exchange that a call made, up to that call."""
        return exchanges_of([self._ledger.get(request_id)])[0]

    def rename(self, conversation_id: str, name: str) -> None:
        """Give a name; an empty one takes it away."""
        self._names.set(conversation_id, name)

    def _found(self, search: str) -> Iterator[str]:
        for call in self._ledger.calls(Filter(search=search or None, kind="call")):
            if call.record.conversation_id:
                yield call.record.conversation_id

    def _one(self, conversation_id: str, name: str) -> Iterator[Listed]:
        calls = list(self._calls(conversation_id, MOST_COUNTED + 1))
        if calls:
            asked = (message["content"] for message in calls[0].messages if message["role"] == "user")
            yield Listed(conversation_id, name or title_of(next(asked, "")), calls[0].record, len(calls))

    def _calls(self, conversation_id: str, most: int | None) -> Iterator[Call]:
        return self._ledger.calls(Filter(conversation_id=conversation_id), most)
