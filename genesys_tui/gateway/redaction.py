"""Redaction: what a gateway or proxy quotes of our own request, without the access token."""

from __future__ import annotations

_SHORTEST = 8
"""Characters. A shorter token would be found in anything."""


def redacted(text: str, token: str) -> str:
    """The text, with dots for the token."""
    return text.replace(token, "••••") if len(token) >= _SHORTEST else text
