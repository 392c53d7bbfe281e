"""Headers for a collector, as the environment has them: judged before anything is sent, and never repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from genesys_tui.errors import ConfigurationError

VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
"""What a header can hold: it travels as Latin-1."""


def headers_in(text: str) -> dict[str, str]:
    """The headers in OTEL_EXPORTER_OTLP_HEADERS: ``name=value,name=value``, percent-encoded."""
    pairs = (each.partition("=") for each in text.split(",") if "=" in each)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def require_sendable(headers: Mapping[str, str]) -> None:
    """Raise ConfigurationError, which tells no value, for headers that cannot be sent."""
    for number, (name, value) in enumerate(headers.items(), 1):
        if not _NAME.fullmatch(name):  # which may be the secret itself, with a = in it
            raise ConfigurationError(
                f"The name of header {number} in {VARIABLE} is none. Give headers as name=value,name=value."
            )
        if not _VALUE.fullmatch(value):
            raise ConfigurationError(
                f"The value of {name} in {VARIABLE} holds a line break or another character that no header can hold."
                " Write it anew."
            )
