"""Shapes: how records with the same fields are written as JSON, worked out once for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

from genesys_tui.audit.canonical import in_ascii
from genesys_tui.audit.events import RATES, SECONDS, iso_of
from genesys_tui.audit.records import Record

encoded = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

DEFAULTS: dict[str, Any] = {
    name: field.get_default(call_default_factory=False) if not field.is_required() else None
    for name, field in Record.model_fields.items()
} | {"observations": []}
"""What stands in a line for a field that a payload leaves out."""


class Shape(NamedTuple):
    """The line of every record with certain fields."""

    line: str
    """Without its last brace, and with ``%s`` for each of the fields."""

    fields: tuple[tuple[str, Callable[[Any], str]], ...]
    """Their names in the payload, in the order of the line, and how their values are written."""

    def written(self, record: dict[str, Any]) -> str:
        """A payload's record, open for more."""
        return self.line % tuple([write(record[name]) for name, write in self.fields])


@lru_cache(maxsize=256)
def shape_of(names: tuple[str, ...]) -> Shape | None:
    """The shape of payloads' records with these names; None where one is not known, or takes looking at its text."""
    known = {_KNOWN[name][0]: name for name in names if name in _KNOWN}
    if len(known) != len(names):
        return None
    parts = [f'"{name}":{"%s" if name in known else encoded(value)}' for name, value in DEFAULTS.items()]
    fields = tuple((known[name], _KNOWN[known[name]][1]) for name in DEFAULTS if name in known)
    return Shape("{" + ",".join(parts), fields)


def _plain(value: Any) -> str:
    kind = value.__class__
    return quoted(value) if kind is str else repr(value) if kind is int else encoded(value)


def _seconds(micros: int) -> str:
    return repr(micros / 1e6)


def _rate(thousandths: int) -> str:
    return repr(thousandths / 1000)


def _moment(micros: int) -> str:
    return f'"{iso_of(micros)}"'


@lru_cache(maxsize=64)
def _parameters(text: str) -> str:
    json.loads(text)  # raises where it is none
    return in_ascii(text)


_KNOWN: dict[str, tuple[str, Callable[[Any], str]]] = {
    **{name: (name, _plain) for name in DEFAULTS if name != "error"},
    **{f"{name}_us": (f"{name}_seconds", _seconds) for name in SECONDS},
    **{f"milli{name}": (name, _rate) for name in RATES},
    "started_at_us": ("started_at", _moment),
    "parameters": ("parameters", _parameters),
}
"""Name in the payload → name in the line, and how its value is written."""
