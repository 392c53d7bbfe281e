"""The models a gateway lists, asked for while the dialog is open already."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line

Find = Callable[[], tuple[str, ...]]
"""Asks the gateway; for threads. Raises GenesysError."""


class ModelsFound(Message):
    """The gateway lists these; none where it has no list, or does not answer: a name can always be typed."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__()


def found(find: Find) -> ModelsFound:
    """Ask, quietly."""
    try:
        return ModelsFound(tuple(dict.fromkeys(map(sanitized_line, find()))))
    except GenesysError:
        return ModelsFound(())
