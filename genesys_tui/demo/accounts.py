"""Accounts: the credentials the demo gateway accepts, and the tokens it issues for them."""

from __future__ import annotations

import secrets

CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"  # noqa: S105  # a demo's, printed in its help
API_KEY = "demo-key"
"""For clients of the OpenAI-compatible path, which may also come without any."""
EXPIRES_IN = 86399
"""Seconds a token is said to live; the demo gateway forgets none before it is revoked."""


class Accounts:
    """The tokens issued so far, and which of them still open the door. Any thread may use it."""

    def __init__(self) -> None:
        self._valid: dict[str, int] = {}
        self._issued = 0
        self._spoiled_up_to: int | None = None

    def mint(self) -> str:
        """A valid access token: opaque, 86 characters, as Genesys Cloud issues them."""
        token = secrets.token_urlsafe(64)
        self._issued += 1
        self._valid[token] = self._issued
        return token

    def accepts(self, token: str) -> bool:
        """Whether the token was issued here and has not been revoked."""
        return token in self._valid

    def revoke(self, token: str) -> None:
        """Answer 401 to this token from here on."""
        self._valid.pop(token, None)

    def revoke_all(self) -> None:
        """Answer 401 to every token issued so far."""
        self._valid.clear()

    def expire(self, token: str) -> bool:
        """Revoke the token unless it was issued after the first one revoked this way; True if it was revoked."""
        if self._spoiled_up_to is None:
            self._spoiled_up_to = self._issued
        spoiled = self._valid.get(token, 0) <= self._spoiled_up_to
        if spoiled:
            self.revoke(token)
        return spoiled

    def forget_expiry(self) -> None:
        """Let `expire` begin anew, with whichever token comes first."""
        self._spoiled_up_to = None
