"""Redaction: text without secrets, known ones and what looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from genesys_tui.secret_forms import DOTS, dotted

_Q = r"[\"'\\]*"
_PATTERNS = (
    (
        re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL),
        DOTS,
    ),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {DOTS}"),
    # User and password in an address.
    (re.compile(r"(://)[^/@\s\"'\\]+@"), rf"\1{DOTS}@"),
    (
        re.compile(
            r"((?:access|refresh|id|session)[_-]?token|client[_-]?secret|api[_-]?key|passw(?:or)?d|set-cookie|authorization)"
            rf"({_Q}\s*[:=]\s*{_Q})(?!{DOTS})[^\s\"'\\,;&}}]{{4,}}",
            re.IGNORECASE,
        ),
        rf"\1\2{DOTS}",
    ),
    (re.compile(r"\bsk-[A-Za-z0-9_-]{16,}"), DOTS),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"), DOTS),
)


class Redaction:
    """Takes secrets out of text; called with the text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = sorted(secrets, key=len, reverse=True)  # one may be a part of another

    def __call__(self, text: str) -> str:
        """The text, with dots for each of them."""
        for secret in self._known:
            text = dotted(text, secret)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text
