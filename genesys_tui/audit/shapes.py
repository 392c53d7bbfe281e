"""Shapes: how records with the same fields are written as JSON, worked out once for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from operator import itemgetter
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
    """The line of every record with certain fields of certain types."""

    line: str
    """Without its last brace, and with a place for the value of each field."""

    values: Callable[[dict[str, Any]], tuple[Any, ...]]
    """Those of a payload's record, in the order of the line."""

    strings: tuple[int, ...]
    """Which of them are text."""

    fractions: tuple[tuple[int, float], ...]
    """Which of them stand in the line as a fraction, and by what they are divided."""

    others: tuple[tuple[int, Callable[[Any], str]], ...]
    """Which of them are written otherwise than whole numbers, and how."""

    def written(self, record: dict[str, Any]) -> str:
        """A payload's record, open for more."""
        values = [*self.values(record)]
        for place in self.strings:
            values[place] = quoted(values[place])
        for place, unit in self.fractions:
            values[place] /= unit
        for place, write in self.others:
            values[place] = write(values[place])
        return self.line % (*values,)


def shape_of(record: dict[str, Any]) -> Shape | None:
    """The shape of a payload's record; None where a field is not known, or takes looking at its text."""
    return _shape(tuple(record), tuple(map(type, record.values())))


@lru_cache(maxsize=256)
def _shape(names: tuple[str, ...], types: tuple[type, ...]) -> Shape | None:
    known = {_KNOWN[name]: (name, kind) for name, kind in zip(names, types, strict=True) if name in _KNOWN}
    odd = any(kind is not int for name, kind in zip(names, types, strict=True) if name in _UNITS)
    if odd or len(known) != len(names) or "started_at" not in known:
        return None
    parts, fields = [], []
    for name, value in DEFAULTS.items():
        if name in known:
            fields.append(known[name])
        parts.append(f'"{name}":{_place(*known[name]) if name in known else encoded(value)}')
    numbered = [(place, name, kind) for place, (name, kind) in enumerate(fields)]
    return Shape(
        "{" + ",".join(parts),
        _getter(*(name for name, _ in fields)),
        tuple(place for place, name, kind in numbered if kind is str and name not in _ODD),
        tuple((place, _UNITS[name]) for place, name, _ in numbered if name in _UNITS),
        tuple(
            (place, _ODD.get(name, encoded))
            for place, name, kind in numbered
            if name in _ODD or (name not in _UNITS and kind not in (int, str))
        ),
    )


def _getter(*names: str) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda record: tuple(record[name] for name in names)


def _place(name: str, kind: type) -> str:
    return "%r" if name in _UNITS else "%d" if kind is int and name not in _ODD else "%s"


def _moment(micros: int) -> str:
    return f'"{iso_of(micros)}"'


@lru_cache(maxsize=64)
def _parameters(text: str) -> str:
    json.loads(text)  # raises where it is none
    return in_ascii(text)


_KNOWN = {
    **{name: name for name in DEFAULTS if name != "error"},
    **{f"{name}_us": f"{name}_seconds" for name in SECONDS},
    **{f"milli{name}": name for name in RATES},
    "started_at_us": "started_at",
}
"""Name in the payload → name in the line."""

_UNITS = {**{f"{name}_us": 1e6 for name in SECONDS}, **{f"milli{name}": 1000 for name in RATES}}
"""By what a value is divided, by its name in the payload."""

_ODD: dict[str, Callable[[Any], str]] = {"started_at_us": _moment, "parameters": _parameters}
"""How a value is written, by its name in the payload, where its type does not tell."""
