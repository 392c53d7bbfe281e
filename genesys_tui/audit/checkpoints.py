"""Checkpoints: now and then, on a thread of their own, the ledger says what it is, signs it, and tells it elsewhere."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from pathlib import Path
from typing import NamedTuple, Protocol

from genesys_tui.audit import log
from genesys_tui.audit.anchors import append_anchor, contradiction, try_anchor
from genesys_tui.audit.chain import leaf_of
from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.database import Database
from genesys_tui.audit.merkle import Tree
from genesys_tui.audit.notes import Key, Note, notes_in, parse_note, public_key, signed
from genesys_tui.errors import GenesysError, LedgerError

EVERY = 100
"""Events."""
AFTER = 60.0
"""Seconds with news."""
LAST_WAIT = 20.0
"""Seconds that closing waits for the last checkpoint: a keyring may hang."""

MOVED = (
    "The ledger is signed with a key that is not in this keyring: it was moved or copied here. If that is so,"
    " `genesys-tui audit head --accept` signs it with one of this machine."
)


class Signer(Protocol):
    """Keeps the key and the newest anchor where the ledger's file is not. Everything raises GenesysError, in words."""

    def seed(self) -> bytes:
        """The Ed25519 private key, 32 bytes; made at the first use."""

    def known_seed(self) -> bytes | None:
        """The same, where it was made."""

    def keep(self, note: str) -> None:
        """Keep this anchor in place of the one before."""

    def kept(self) -> str | None:
        """The anchor that is kept."""


class Tried(NamedTuple):
    """How checkpoints are kept, as it turned out when it was tried."""

    words: str
    unsigned: str
    """Why they cannot be signed though they should be, as a sentence; empty where they can."""

    unkept: str
    """The same of keeping them elsewhere."""


class Checkpoints:
    """Writes checkpoints when there is enough news, or after a while. Nothing ever waits for it but ``close``."""

    def __init__(self, database: Database, signer: Signer | None, anchor: Path | None) -> None:
        self.trouble = ""
        """Why the last checkpoint was not signed or not kept elsewhere, as a sentence."""
        self._db = database
        self._signer = signer
        self._anchor = anchor
        self._seed: bytes | None = None
        self._tree = Tree()
        self._news = 0
        self._closing = False
        self._wake = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def news(self, count: int) -> None:
        """Hear that events were appended."""
        with self._wake:
            self._news += count
            if self._thread is None:
                # A daemon: a keyring that hangs must not hold the program's exit.
                self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
                self._thread.start()
            if self._news >= EVERY:
                self._wake.notify()

    def write(self, *, anew: bool = False) -> None:
        """Write a checkpoint, where there is news since the last, and tell it elsewhere. Raises GenesysError.

        ``anew``: also with a key of this machine's where the ledger is signed with another.
        """
        with self._writing:
            trouble = ""
            seed, unsigned_because = self._known_key() if not anew else self._key()
            try:
                with self._db.transaction() as db:
                    note = self._append(db, seed)
            except BaseException as error:  # whatever it is, and raised again: what was taken back is not in the tree
                self._tree = Tree()
                if not isinstance(error, UNREADABLE):
                    raise
                raise LedgerError(
                    f"No checkpoint can be written: the audit file {self._db.path} is damaged. See `audit verify`."
                ) from error
            if note is not None:
                trouble = self._tell(note)
            self.trouble = trouble or unsigned_because

    def note(self) -> Note:
        """What the ledger is at this moment, signed where there is a key. May take seconds. Raises GenesysError."""
        self._sign_first()
        with self._writing:
            seed, self.trouble = self._known_key()
            with self._db.reading() as db:
                self._grow(db, log.newest(db, "checkpoint"))
                return _signed(self._here(db, time.time_ns() // 1000), seed)

    def accept(self) -> Note:
        """Keep the ledger's head in the keyring whatever is kept there. Raises GenesysError."""
        self._sign_first(anew=True)
        note = self.note()
        if self._signer is not None:
            self._signer.keep(note.text)
        self.trouble = ""
        return note

    def key(self) -> Key | None:
        """The public key to verify with; None, with ``trouble`` saying why, where there is none."""
        self._sign_first()
        seed, self.trouble = self._known_key()
        return public_key(seed) if seed else None

    def contradicted(self) -> str:
        """Why the ledger is not the one whose head is kept in the keyring, as a sentence; empty where it is."""
        with self._writing:
            _, moved = self._known_key()
            return self._contradicted() or (moved if moved == MOVED else "")

    def close(self) -> None:
        """Write the last one."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(LAST_WAIT)

    def tried(self) -> Tried:
        """Try what a checkpoint needs, without writing one. May take seconds. Raises GenesysError."""
        with self._writing:
            seed, unsigned = self._known_key()
            words, unkept = f"checkpoints {'signed' if seed else 'not signed'}", ""
            if self._anchor is not None:
                try:
                    try_anchor(self._anchor)
                    words += f", anchored in {self._anchor}"
                except GenesysError as error:
                    words, unkept = f"{words}, not anchored", error.message
            unkept = unkept or self._contradicted()
        told = " ".join(filter(None, [unkept, unsigned]))
        return Tried(f"{words} ({told})" if told else words, unsigned, unkept)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or self._news >= EVERY, AFTER)
                news, self._news, closing = self._news, 0, self._closing
            if news:
                try:
                    self.write()
                except GenesysError as error:  # the next call that is recorded will say so
                    self.trouble = error.message
            if closing:
                return

    def _key(self) -> tuple[bytes | None, str]:
        """The private key; or none, and why."""
        if self._signer is None:
            return None, ""
        if self._seed is None:
            try:
                self._seed = self._signer.seed()
            except GenesysError as error:
                return None, error.message
        return self._seed, ""

    def _known_key(self) -> tuple[bytes | None, str]:
        """The same; but none is made where the ledger is signed with another, which is known where it was before."""
        signer = self._signer
        if signer is None or self._seed is not None:
            return self._key()
        try:
            self._seed = signer.known_seed()
            if self._seed is None and self._signers():
                return None, MOVED
        except GenesysError as error:
            return None, error.message
        return self._key()

    def _signers(self) -> set[bytes]:
        """The ids of the keys that signed the newest checkpoint."""
        with contextlib.suppress(LedgerError, *UNREADABLE), self._db.reading() as db:
            if last := log.newest(db, "checkpoint"):
                return _signers_of(last)
        return set()

    def _sign_first(self, *, anew: bool = False) -> None:
        """Sign the ledger where no checkpoint is signed yet: with a key and none by it, it would look rewritten.

        ``anew``: also where the newest one is signed with another key.
        """
        with self._writing:
            seed, _ = self._key() if anew else self._known_key()
            signers = self._signers()
            if seed is None or public_key(seed).id in signers or (signers and not anew):
                return
        with contextlib.suppress(GenesysError):  # it may only be read
            self.write(anew=anew)

    def _contradicted(self) -> str:
        """Why the keyring does not take the ledger's head, as a sentence."""
        if self._signer is None or self._seed is None:
            return ""
        try:
            kept = self._signer.kept()  # a keyring may take its time, and nobody writes while something is read
            with self._db.reading() as db:
                opening = log.read(db, 1)
                ledger = bytes.fromhex(opening.payload["ledger"]) if opening else b""
                return contradiction(db, ledger, kept)
        except GenesysError as error:
            return error.message

    def _append(self, db: sqlite3.Connection, seed: bytes | None) -> Note | None:
        """Append the checkpoint; returns what the ledger is with it. None where there was no news."""
        last = log.newest(db, "checkpoint")
        size, _ = log.last(db)
        signers = _signers_of(last) if last else set()
        if last is not None and last.seq == size and (seed is None or public_key(seed).id in signers):
            return None
        if seed is None and signers:
            return None  # rather none than one without a signature behind one with
        self._grow(db, last)
        at = time.time_ns() // 1000
        note = _signed(self._here(db, at), seed)
        subtrees = [subtree.hex() for subtree in self._tree.subtrees]
        about = {"note": note.text, "subtrees": subtrees, **({"signer": public_key(seed).text} if seed else {})}
        log.append(db, note.ledger, "checkpoint", at, about)
        self._grow(db, None)
        return _signed(self._here(db, at), seed)

    def _here(self, db: sqlite3.Connection, at: int) -> Note:
        """The ledger as it stands; the tree has grown up to there."""
        opening = log.read(db, 1)
        if opening is None:
            raise LedgerError("Nothing is recorded yet.")
        size, head = log.last(db)
        return Note(bytes.fromhex(opening.payload["ledger"]), size, self._tree.root, head, at)

    def _grow(self, db: sqlite3.Connection, last: log.Event | None) -> None:
        """Bring the tree up to the last event; from the last checkpoint on, where that is nearer."""
        if last is not None and last.seq - 1 > self._tree.size:
            self._tree = Tree(last.seq - 1, map(bytes.fromhex, last.payload["subtrees"]))
        query = "SELECT CAST(payload AS BLOB) FROM events WHERE seq > ? ORDER BY seq"
        for (payload,) in db.execute(query, (self._tree.size,)):
            self._tree.add(leaf_of(payload))

    def _tell(self, note: Note) -> str:
        """Keep the note elsewhere; returns what failed, as a sentence."""
        trouble = ""
        if self._anchor is not None:
            try:
                append_anchor(self._anchor, note)
            except GenesysError as error:
                trouble = error.message
        if self._signer is not None and self._seed is not None:
            try:
                kept = self._signer.kept()
                with self._db.reading() as db:
                    # What contradicts the ledger is evidence: it is never written over.
                    trouble = contradiction(db, note.ledger, kept) or trouble
                # Another program may have kept a later one meanwhile.
                if not trouble and all(known.size < note.size for known in notes_in(kept or "")):
                    self._signer.keep(note.text)
            except GenesysError as error:
                trouble = error.message
        return trouble


def _signers_of(checkpoint: log.Event) -> set[bytes]:
    """The ids of the keys by which it is signed."""
    return {signature[:4] for _, signature in parse_note(checkpoint.payload["note"]).signatures}


def _signed(note: Note, seed: bytes | None) -> Note:
    return signed(note, seed) if seed else note
