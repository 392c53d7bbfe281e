"""Names: what operators call their conversations. The one thing of a conversation that no call tells."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from genesys_tui.audit.projection import storable
from genesys_tui.errors import LedgerError

LONGEST = 200
"""Characters of a name."""


class Names:
    """A small private file beside the ledger. Any thread may use it, and several programs at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> dict[str, str]:
        """By conversation id. Raises LedgerError."""
        if not self._path.exists():
            return {}
        with self._open() as db:
            return dict(db.execute("SELECT conversation_id, name FROM names"))

    def set(self, conversation_id: str, name: str) -> None:
        """Name a conversation; an empty name takes it away. Raises LedgerError."""
        conversation_id, name = storable(conversation_id), storable(" ".join(name.split())[:LONGEST])
        with self._open() as db:
            if name:
                db.execute("INSERT OR REPLACE INTO names VALUES (?, ?)", (conversation_id, name))
            else:
                db.execute("DELETE FROM names WHERE conversation_id = ?", (conversation_id,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self._path, isolation_level=None, timeout=10)) as db:
                db.execute("CREATE TABLE IF NOT EXISTS names (conversation_id TEXT PRIMARY KEY, name TEXT NOT NULL)")
                yield db
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            raise LedgerError(
                f"The names of conversations in {self._path} cannot be used: {why}. "
                "Check the file's permissions and the free space."
            ) from error
