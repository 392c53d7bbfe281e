"""Destinations: where a collector is, and the name under which the ledger remembers how far it was told.

The query of an address may hold a secret: it is sent, and neither shown nor written down.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from genesys_tui.address import is_loopback
from genesys_tui.audit.headers import VARIABLE
from genesys_tui.errors import ConfigurationError

_USUAL = "/v1/traces"
_URL = re.compile(r"[!-~]+")


class Destination(NamedTuple):
    """An address that can be used."""

    url: str
    """With all that is in it."""

    shown: str
    """Without its query."""

    name: str
    """Of its cursor. Other queries have other ones, which a part of their hash tells apart."""

    former: str
    """The name that programs of before gave its cursor; it may hold a secret."""

    is_near: bool
    """Whether it is on this machine."""


def destination(text: str, *, secret: bool = False) -> Destination:
    """Read an address; ``secret`` where something secret will be sent there.

    Raises ConfigurationError, which does not repeat it.
    """
    parts = _parts(text)
    near = is_loopback(parts.hostname or "")
    if parts.scheme == "http" and not near and (secret or parts.query):
        held = VARIABLE if secret else "its query"
        raise ConfigurationError(
            f"Plain http would show what {held} holds to the network up to {parts.hostname}. Use https, or none of it."
        )
    named = bool(parts.path.rstrip("/"))
    whole = parts if named else parts._replace(path=_USUAL)
    shown = whole._replace(query="").geturl()
    tag = f"?{sha256(parts.query.encode()).hexdigest()[:8]}" if parts.query else ""
    return Destination(whole.geturl(), shown, shown + tag, text if named else f"{text.rstrip('/')}{_USUAL}", near)


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna")
        usable = parts.scheme in ("http", "https") and host and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not _URL.fullmatch(text) or "#" in text:
        raise ConfigurationError("That is no address of a collector: give one such as http://localhost:4318.")
    if "@" in parts.netloc:
        raise ConfigurationError(f"A password stands on no command line: put it into {VARIABLE}.")
    return parts
