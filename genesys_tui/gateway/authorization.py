"""The authorization: the header that carries a token."""

from __future__ import annotations

import re

from genesys_tui.errors import SignInError
from genesys_tui.gateway.dialects import Dialect


def authorization(token: str, dialect: Dialect) -> dict[str, str]:
    """The header that carries a token; none where none is needed. Raises SignInError, which does not quote it."""
    if not token and dialect.credentials == "api_key":
        return {}
    # The HTTP library would refuse it, too, in an error that quotes it.
    if not re.fullmatch("[!-~]+", token):
        raise SignInError("The access token holds characters that no token has. Sign in again: `genesys-tui login`.")
    return {"Authorization": f"Bearer {token}"}
