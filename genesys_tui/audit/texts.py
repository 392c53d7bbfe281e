"""Texts: what was said in a call. Kept beside the chain, which holds only what proves them, so that they can go.

A text's proof is its HMAC-SHA-256 under 32 random bytes of salt. Who has text and salt can show that it was this
text; when both are gone, nobody can try what it might have been.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Literal, NamedTuple

from genesys_tui.audit.canonical import paired

Keeping = Literal["full", "hash", "none"]
"""What is kept of prompts and replies: the text, its salted hash, nothing."""

_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_INNER_REST, _OUTER_REST = b"\x36" * 32, b"\x5c" * 32
"""What HMAC makes of a key of 32 bytes: each byte exchanged, and the rest of a block behind them."""


class Text(NamedTuple):
    """One text of one event."""

    part: str
    """``prompt`` (the messages as JSON), ``reply``, or ``said``: what error and diagnostics say, as JSON."""

    salt: bytes
    body: str | None
    """None where only the hash is kept."""

    proof: str


def prove(salt: bytes, body: bytes) -> str:
    """The HMAC of a text, in hexadecimal; empty with a salt of another length, several of which mean the same."""
    if len(salt) != len(_INNER_REST):
        return ""
    # By hand: a third quicker than with hmac, which is felt where a ledger of millions is verified.
    inner = sha256(salt.translate(_INNER) + _INNER_REST + body).digest()
    return sha256(salt.translate(_OUTER) + _OUTER_REST + inner).hexdigest()


def texts_of(parts: dict[str, str], keeping: Keeping) -> list[Text]:
    """The texts to keep of an event; what error and diagnostics say is kept either way."""
    kept = []
    for part, body in parts.items():
        if not body or (keeping == "none" and part != "said"):
            continue
        try:
            written = body.encode()
        except UnicodeEncodeError:  # there are halves of characters in it
            body = paired(body)
            written = body.encode("utf-8", "surrogatepass")
        salt = os.urandom(32)
        text = body if keeping == "full" or part == "said" else None
        kept.append(Text(part, salt, text, prove(salt, written)))
    return kept
