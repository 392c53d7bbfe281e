"""Messages: what threads tell the screen. Every CallStarted meets one CallEnded or CallAbandoned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record
    from genesys_tui.errors import GenesysError
    from genesys_tui.tui.desk import Desk


class DeskOpened(Message):
    """Calls can be made."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__()


class DeskRefused(Message):
    """The gateway or the ledger could not be opened."""

    def __init__(self, error: GenesysError) -> None:
        self.error = error
        super().__init__()


class CallStarted(Message):
    """A call is recorded and about to be made."""

    def __init__(self, record: Record) -> None:
        self.record = record
        super().__init__()


class CallProgressed(Message):
    """Reply text arrived."""

    def __init__(self, text: str, replaces: bool, reasoning: str = "") -> None:
        self.text = text
        """All that came since the last such message."""
        self.replaces = replaces
        """Whether it takes the place of all text before it."""
        self.reasoning = reasoning
        """What the model thought meanwhile."""
        super().__init__()


class CallEnded(Message):
    """A call is over and its end recorded."""

    def __init__(self, record: Record, content: str) -> None:
        self.record = record
        self.content = content
        """The whole reply, with what it continues."""
        super().__init__()


class CallAbandoned(Message):
    """A call was not made, or its end not recorded, because the ledger failed."""

    def __init__(self, error: GenesysError) -> None:
        self.error = error
        super().__init__()


class Crashed(Message):
    """A thread met a bug. Whoever receives this raises it."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__()
