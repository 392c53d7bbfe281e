"""The prompts of earlier calls, out of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from genesys_tui.audit.filters import Filter
from genesys_tui.errors import GenesysError

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Call, Ledger

CALLS = 1_000
CHARACTERS = 4_000_000
"""How far back it looks: to the nearer of the two."""


class EarlierRead(Message):
    """Earlier prompts were read."""

    def __init__(self, prompts: list[str]) -> None:
        self.prompts = prompts
        """The newest first, each once."""
        super().__init__()


class EarlierRefused(Message):
    """Earlier prompts could not be read."""

    def __init__(self, error: GenesysError) -> None:
        self.error = error
        super().__init__()


def read_earlier(ledger: Ledger) -> Message:
    """Read them. Takes its time."""
    prompts: dict[str, None] = {}
    characters = 0
    try:
        for call in ledger.calls(Filter(kind="call"), CALLS):
            prompt = prompt_of(call)
            characters += len(prompt) * (prompt not in prompts)
            if characters > CHARACTERS:
                break
            prompts[prompt] = None
    except GenesysError as error:
        return EarlierRefused(error)
    return EarlierRead(list(prompts))


def prompt_of(call: Call) -> str:
    """What the operator asked."""
    return next((each["content"] for each in reversed(call.messages) if each["role"] == "user"), "")
