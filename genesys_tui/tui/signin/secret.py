"""The secret input: takes a secret, and gives it to nobody but the form."""

from __future__ import annotations

from pydantic import SecretStr
from textual.widgets import Input


class SecretInput(Input):
    """Shows dots. What is in it cannot be copied or cut: a copy travels through the terminal, in the clear."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, password=True)

    @property
    def secret(self) -> SecretStr:
        """What was typed."""
        return SecretStr(self.value)

    def action_copy(self) -> None:
        """Refuse."""
        self.app.notify("A secret is not copied. Copy it where it came from.", markup=False)

    def action_cut(self) -> None:
        """Delete, and put nothing into the clipboard."""
        self.delete_selection()
