"""The hash chain: each head stands for an event and for all before it.

``head = SHA-256(domain ‖ ledger id ‖ sequence ‖ head before ‖ leaf)``, where the leaf is that of RFC 6962 over the
event's payload. Ledger id: 16 bytes. Sequence: 8 bytes, big endian, from 1. The head before the first is 32 zeros.
"""

from __future__ import annotations

from hashlib import sha256

DOMAIN = b"genesys-tui/ledger/v1\n"
NOTHING = bytes(32)
"""The head of an empty ledger."""


def leaf_of(payload: bytes) -> bytes:
    """The leaf hash of a payload, as RFC 6962 has it."""
    return sha256(b"\0" + payload).digest()


def head_of(ledger: bytes, seq: int, before: bytes, leaf: bytes) -> bytes:
    """The head after an event."""
    return sha256(DOMAIN + ledger + seq.to_bytes(8, "big") + before + leaf).digest()
