"""Notes: what a ledger was at one moment, in the text of C2SP's tlog-checkpoint, signed as its signed-note.

The lines: origin (with the ledger's id), number of events, Merkle root, head of the chain, and the time. After an
empty line the signatures. https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

NAME = "genesys-tui/ledger"
"""Of the key. It is the beginning of each origin, too."""

_ED25519 = b"\x01"
_NOTE = re.compile(
    rf"{NAME}/(?P<id>[0-9a-f]{{32}})\n(?P<size>[1-9][0-9]{{0,15}}|0)\n(?P<root>[A-Za-z0-9+/]{{43}}=)\n"
    r"head (?P<head>[0-9a-f]{64})\nat (?P<at>-?[0-9]{1,18})\n"
)
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})\n")


@dataclass(frozen=True, slots=True)
class Note:
    """A ledger at one moment."""

    ledger: bytes
    """The ledger's id, 16 bytes."""

    size: int
    """How many events."""

    root: bytes
    head: bytes
    at: int
    """Microseconds since 1970."""

    signatures: tuple[tuple[str, bytes], ...] = ()
    """Names, and key ids with signatures."""

    @property
    def body(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{NAME}/{self.ledger.hex()}\n{self.size}\n{root}\nhead {self.head.hex()}\nat {self.at}\n"

    @property
    def text(self) -> str:
        """The note with its signatures."""
        lines = (f"— {name} {base64.b64encode(signed).decode()}\n" for name, signed in self.signatures)
        return f"{self.body}\n{''.join(lines)}"

    def signed_by(self, key: Key) -> bool | None:
        """Whether the key signed this. None: it did not, or under another name; False: somebody pretends it did."""
        ours = [signed[4:] for name, signed in self.signatures if (name, signed[:4]) == (NAME, key.id)]
        return key.verifies(ours[0], self.body.encode()) if ours else None


@dataclass(frozen=True, slots=True)
class Key:
    """A public key."""

    public: bytes

    @property
    def id(self) -> bytes:
        """Its first four bytes of a hash, as signed-note counts them."""
        return sha256(NAME.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key for others to verify with."""
        return f"{NAME}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is good."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read a key's text. Raises ValueError."""
        name, _, rest = text.strip().partition("+")
        try:
            public = base64.b64decode(rest.partition("+")[2], validate=True)
        except binascii.Error:
            public = b""
        if len(public) == 33 and public[:1] == _ED25519:
            key = cls(public[1:])
            if key.text == f"{name}+{rest}":
                return key
        raise ValueError(f"{text!r} is no key of a ledger: it looks like {NAME}+1234abcd+AX….")


def public_key(seed: bytes) -> Key:
    """The public half of a private key of 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Key(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def signed(note: Note, seed: bytes) -> Note:
    """The note with a signature by this private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(note.body.encode())
    return Note(note.ledger, note.size, note.root, note.head, note.at, ((NAME, public_key(seed).id + signature),))


def parse_note(text: str) -> Note:
    """Read a note. Raises ValueError."""
    notes = list(notes_in(text))
    if len(notes) != 1 or notes[0].text != text:
        raise ValueError("this is no note of a ledger")
    return notes[0]


def notes_in(text: str) -> Iterator[Note]:
    """Every note in a text, such as a file they were appended to."""
    for found in _NOTE.finditer(text):
        yield Note(
            bytes.fromhex(found["id"]),
            int(found["size"]),
            base64.b64decode(found["root"]),
            bytes.fromhex(found["head"]),
            int(found["at"]),
            tuple(_signatures(text, found.end())),
        )


def _signatures(text: str, place: int) -> Iterator[tuple[str, bytes]]:
    place += 1  # the empty line
    while found := _SIGNATURE.match(text, place):
        try:
            yield found[1], base64.b64decode(found[2], validate=True)
        except binascii.Error:
            return
        place = found.end()
