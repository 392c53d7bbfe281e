"""The access token: its value, how long it holds, and whose it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from pydantic import SecretStr

from genesys_tui.errors import SignInError

REQUIRED_SCOPES = ("ai:generative:read", "ai:generative:write")
MARGIN = timedelta(minutes=5)
"""How long before its end a token is given up."""
READY_TOKEN = "GENESYSCLOUD_ACCESS_TOKEN"  # noqa: S105 - the name of a variable.
KEYRING_LIMIT = 1280
"""Characters the smallest keyring takes: Windows'."""


def fingerprint(api_url: str, client_id: str) -> str:
    """Name the client and the place a token belongs to, so that no other client's token is ever used."""
    return hashlib.sha256(f"{api_url}\n{client_id}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A bearer token. Its repr shows the last four characters."""

    value: SecretStr
    owner: str
    """The fingerprint of the client and the place it belongs to."""
    issued_at: datetime | None = None
    """In UTC; None where it was given to us ready."""
    expires_at: datetime | None = None
    """In UTC; None where nobody said."""
    organization: str | None = None
    client_name: str | None = None
    scopes: tuple[str, ...] = field(default=())
    """The scopes it lists. Most tokens of client credentials list none: roles rule them."""
    identity_problem: str | None = None
    """Why the organization and the client's name are not known."""

    def __repr__(self) -> str:
        return f"Token('••••{self.bearer[-4:] if len(self.bearer) >= 16 else ''}')"

    @property
    def bearer(self) -> str:
        """The value itself, as it goes into the Authorization header."""
        return self.value.get_secret_value()

    def age(self, now: datetime) -> timedelta | None:
        """How long ago it was issued; None where that is not known."""
        return None if self.issued_at is None else now - self.issued_at

    def fresh(self, now: datetime, margin: timedelta = MARGIN) -> bool:
        """Whether it still holds, and for longer than the margin. One whose end nobody knows is fresh until refused."""
        if self.expires_at is None:
            return True
        if self.issued_at is not None:
            # Tokens may live for five minutes only: such a one is used for half its life, not for none of it.
            margin = min(margin, (self.expires_at - self.issued_at) / 2)
        return now < self.expires_at - margin

    @property
    def missing_scopes(self) -> tuple[str, ...]:
        """The scopes the gateway wants that are not among those listed. A token that lists none lacks none."""
        return tuple(scope for scope in REQUIRED_SCOPES if scope not in self.scopes) if self.scopes else ()

    def to_json(self) -> str:
        """Write it down for the keyring, in at most ``KEYRING_LIMIT`` characters where the value itself allows it."""
        text = self._dump()
        if len(text) > KEYRING_LIMIT:
            text = replace(self, scopes=tuple(scope for scope in self.scopes if scope in REQUIRED_SCOPES))._dump()
        if len(text) > KEYRING_LIMIT:
            text = replace(self, scopes=(), organization=None, client_name=None, identity_problem=None)._dump()
        return text

    @classmethod
    def from_json(cls, text: str) -> Token | None:
        """Read what ``to_json`` wrote; None where it is anything else."""
        try:
            entry = json.loads(text)
            return cls(
                value=SecretStr(_text(entry["value"])),
                owner=_text(entry["owner"]),
                issued_at=_moment(entry["issued"]),
                expires_at=_moment(entry["expires"]),
                organization=entry.get("organization"),
                client_name=entry.get("client"),
                scopes=tuple(_text(scope) for scope in entry.get("scopes", ())),
                identity_problem=entry.get("problem"),
            )
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return None

    def _dump(self) -> str:
        entry = {
            "value": self.bearer,
            "owner": self.owner,
            "issued": self.issued_at and round(self.issued_at.timestamp()),
            "expires": self.expires_at and round(self.expires_at.timestamp()),
            "organization": self.organization,
            "client": self.client_name,
            "scopes": list(self.scopes),
            "problem": self.identity_problem,
        }
        return json.dumps({key: value for key, value in entry.items() if value}, separators=(",", ":"))


def ready_token(environ: Mapping[str, str]) -> Token | None:
    """The token that is ready for use in GENESYSCLOUD_ACCESS_TOKEN; None where there is none.

    Raises:
        SignInError: it cannot be one.
    """
    value = SecretStr(environ.get(READY_TOKEN, "").strip())
    if not value:
        return None
    if not re.fullmatch("[!-~]+", value.get_secret_value()):
        raise SignInError(f"{READY_TOKEN} holds what no access token can. Copy it again, or unset it.")
    return Token(value, owner=READY_TOKEN)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
