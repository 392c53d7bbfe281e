"""The dialects by name: for settings and options, which need no more of them."""

from __future__ import annotations

from typing import Literal, get_args

DialectName = Literal["genesys", "openai"]
"""``genesys`` is the Genesys Cloud AI gateway's own, ``openai`` that of everything OpenAI-compatible."""

DIALECT_NAMES: tuple[DialectName, ...] = get_args(DialectName)
