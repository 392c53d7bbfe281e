"""Anchors: notes of the ledger, kept where whoever changes its file does not reach."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

from genesys_tui.audit.notes import Note, notes_in
from genesys_tui.errors import LedgerError


def append_anchor(file: Path, note: Note) -> None:
    """Append a note to a file, on disk before this returns. Raises LedgerError."""
    data = f"{note.text}\n".encode()
    try:
        handle = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            written = os.write(handle, data)
            end = os.lseek(handle, 0, os.SEEK_CUR)
            if written != len(data):
                if os.fstat(handle).st_size == end:  # nobody else has appended meanwhile
                    os.ftruncate(handle, end - written)
                raise OSError("no space left")
            os.fsync(handle)
        finally:
            os.close(handle)
        if written == end:
            _keep_name(file)
    except OSError as error:
        raise LedgerError(f"The anchor file {file} cannot be written: {error.strerror or error}.") from error


def _keep_name(file: Path) -> None:
    """Have the name of a new file on disk, too, where a folder can be written back."""
    with contextlib.suppress(OSError):
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def try_anchor(file: Path) -> None:
    """Find out whether a note could be appended; leaves nothing behind. Raises LedgerError."""
    try:
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_APPEND))
        except FileNotFoundError:
            with tempfile.TemporaryFile(dir=file.parent):
                pass
    except OSError as error:
        raise LedgerError(f"The anchor file {file} cannot be written: {error.strerror or error}.") from error


def read_anchors(file: Path) -> list[Note]:
    """The notes in a file. Raises LedgerError, also where there is none."""
    try:
        notes = list(notes_in(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"The anchor file {file} cannot be read: {error}.") from error
    if not notes:
        raise LedgerError(f"{file} holds no anchor. Name the file that `audit head` or the setting audit.anchor wrote.")
    return notes


def contradiction(db: sqlite3.Connection, ledger: bytes, kept: str | None) -> str:
    """Why the ledger is not what an anchor says, as a sentence; empty where it is."""
    notes = [*notes_in(kept or "")]
    if kept and not notes:
        return (
            "What is kept in the keyring as the ledger's head cannot be read. Look at `genesys-tui audit verify`; if it"
            " is as it should be, run `audit head --accept`."
        )
    for note in notes:
        row = db.execute("SELECT head FROM events WHERE seq = ?", (note.size,)).fetchone()
        if note.ledger != ledger or row is None or row[0] != note.head:
            return (
                "The ledger is not the one whose head is kept in the keyring: it was replaced, cut or rewritten."
                " Look at `genesys-tui audit verify`; if this is as it should be, run `audit head --accept`."
            )
    return ""
