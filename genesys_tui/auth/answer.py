"""What the sign-in child says: one JSON object, checked where it crosses the border."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr

Outcome = Literal[
    "signed_in",
    "rejected",  # 400 or 401 about the client, its secret or its grant
    "rate_limited",
    "unreachable",
    "timeout",
    "tls",
    "client_certificate",  # the server wants one, or another one; the detail is a whole sentence
    "proxy",
    "configuration",  # certificates or keys that cannot be used; the detail is a whole sentence
    "html",  # an answer that is no JSON, or a redirect: a captive portal
    "no_token",
    "non_ascii",
    "other",
]


class Answer(BaseModel):
    """How one sign-in ended."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    outcome: Outcome
    access_token: SecretStr | None = None
    expires_in: float | None = None
    """Seconds."""
    organization: str | None = None
    client_name: str | None = None
    scopes: tuple[str, ...] = ()
    identity_problem: str | None = None
    """Why the three above are not known, although the token is good."""
    status_code: int | None = None
    error: str | None = None
    """OAuth's word for it: ``invalid_client``."""
    detail: str | None = None
    """The server's description, or the network's: untrusted text, one line, without control characters."""
    correlation_id: str | None = None
