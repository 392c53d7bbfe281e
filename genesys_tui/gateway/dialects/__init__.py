"""Dialects: how a payload is written for a gateway, where it is sent, and how its events are read."""

from __future__ import annotations

from genesys_tui.dialect import DialectName
from genesys_tui.gateway.dialects.dialect import Advice, Dialect, Failure, Final, Reader, Reading, Thought
from genesys_tui.gateway.dialects.genesys import GenesysDialect
from genesys_tui.gateway.dialects.openai import OpenAIDialect

__all__ = ["DIALECTS", "Advice", "Dialect", "Failure", "Final", "Reader", "Reading", "Thought"]

DIALECTS: dict[DialectName, Dialect] = {"genesys": GenesysDialect(), "openai": OpenAIDialect()}
"""By the name a profile gives."""
