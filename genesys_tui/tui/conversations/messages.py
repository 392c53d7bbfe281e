"""Messages: what threads tell of kept conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from genesys_tui.audit.conversations import Listed
    from genesys_tui.errors import GenesysError
    from genesys_tui.past import Past, PastExchange


class PageRead(Message):
    """The list goes on."""

    def __init__(self, search: int, listed: list[Listed], more: bool) -> None:
        self.search = search
        """Which search it belongs to."""
        self.listed = listed
        self.more = more
        """Whether there may be others."""
        super().__init__()


class PastRead(Message):
    """A conversation was read."""

    def __init__(self, past: Past, calls: int) -> None:
        self.past = past
        self.calls = calls
        """How many of its calls were asked for at most."""
        super().__init__()


class Reread(Message):
    """A conversation that is open was read again: calls of it were erased."""

    def __init__(self, past: Past, calls: int) -> None:
        self.past = past
        self.calls = calls
        """How many of its calls were asked for at most."""
        super().__init__()


class CallOpened(Message):
    """A conversation was read, to be shown at one of its calls."""

    def __init__(self, past: Past, calls: int, request_id: str) -> None:
        self.past = past
        self.calls = calls
        """How many of its calls were asked for at most."""
        self.request_id = request_id
        super().__init__()


class ForksRead(Message):
    """A conversation was read, to be forked."""

    def __init__(self, past: Past) -> None:
        self.past = past
        super().__init__()


class ExchangeRead(Message):
    """The exchange that one call made was read, to be asked again."""

    def __init__(self, exchange: PastExchange, edited: bool) -> None:
        self.exchange = exchange
        self.edited = edited
        """Whether it is to be edited before it is asked again."""
        super().__init__()


class ChoreDone(Message):
    """A conversation was renamed or exported."""

    def __init__(self, sentence: str, renamed: bool = False) -> None:
        self.sentence = sentence
        self.renamed = renamed
        super().__init__()


class ReadRefused(Message):
    """That could not be done."""

    def __init__(self, error: GenesysError) -> None:
        self.error = error
        super().__init__()
