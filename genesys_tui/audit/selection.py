"""Selections: a filter as SQL over the projection ``calls AS c``. Every value is bound."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime, timezone
from typing import Any, NamedTuple

from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.events import microseconds
from genesys_tui.audit.filters import Filter
from genesys_tui.audit.folding import searched
from genesys_tui.audit.projection import storable
from genesys_tui.errors import LedgerError

MOST_TRIGRAMS = 6
_ESCAPED = re.compile(r'["\\?\x00-\x1f\x7f-\U0010ffff]')
"""What may stand otherwise in JSON than in what it says. Folded, another character may be a plain one: ß is ss."""
_HOLDS = (
    "EXISTS (SELECT 1 FROM texts AS t WHERE t.seq IN (c.start_seq, c.end_seq) AND t.body IS NOT NULL"
    " AND holds(t.part, t.body, ?))"
)


class Selection(NamedTuple):
    """A filter, ready to be asked."""

    where: str
    """Conditions on ``c``; 1 where there are none."""

    values: tuple[Any, ...] = ()
    match: str = ""
    """What to ask the index of words for; empty where it is of no use."""

    needle: str = ""
    """What the texts must hold, folded; part of ``where`` already."""

    single: tuple[tuple[str, Any], ...] = ()
    """Each condition that has an index to itself, with its value."""


def selection(wanted: Filter) -> Selection:
    """The filter as SQL. Raises LedgerError for a moment that is none."""
    wanted = Filter(*map(storable, wanted))
    conditions: list[tuple[str, Any]] = []
    if wanted.since:
        conditions.append(("c.time >= ?", _micros(wanted.since)))
    if wanted.until:
        conditions.append(("c.time < ?", _micros(wanted.until)))
    for column, pattern in (("model", wanted.model), ("stop_reason", wanted.stop_reason), ("profile", wanted.profile)):
        if pattern:
            exact = not set(pattern) & set("*?[")
            conditions.append((f"c.{column} {'=' if exact else 'GLOB'} ?", pattern if exact else _glob(pattern)))
    if wanted.status:
        conditions.append(("c.status = ?", wanted.status))
    if wanted.conversation_id:
        conditions.append(("c.conversation = ?", wanted.conversation_id))
    if wanted.min_tokens is not None:
        conditions.append(("c.tokens >= ?", wanted.min_tokens))
    if wanted.kind == "probe":  # said twice: the words find the index, the value fits the form
        conditions.append(("c.probe > '' AND c.probe > ?", ""))
    single = tuple(conditions)
    if wanted.kind == "call":
        conditions.append(("c.probe = ?", ""))
    needle = wanted.search.casefold() if wanted.search else ""
    if needle:
        conditions.append((_HOLDS, needle))
    where = " AND ".join(condition for condition, _ in conditions) or "1"
    return Selection(where, tuple(value for _, value in conditions), _match(needle), needle, single)


def within(asked: Selection, first: int, last: int) -> tuple[str, tuple[Any, ...]]:
    """The conditions and values for those of its calls that start with an event from ``first`` to ``last``."""
    where, values = f"c.start_seq BETWEEN ? AND ? AND {asked.where}", (first, last, *asked.values)
    if not asked.match:
        return where, values
    words = "SELECT rowid >> 1 FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?"
    return f"c.start_seq IN ({words}) AND {where}", (asked.match, 2 * first, 2 * last + 1, *values)


def teach(db: sqlite3.Connection) -> None:
    """Give a connection what selections need."""
    db.create_function("holds", 3, _holds, deterministic=True)


def _holds(part: str, body: str | bytes, needle: str) -> bool:
    # Most texts do not, and need not be taken apart to see it: only what JSON escapes looks otherwise there.
    if body.__class__ is str and needle not in body.casefold() and (part == "reply" or not _escapes(body, needle)):
        return False
    try:
        return needle in searched(part, body)
    except UNREADABLE:
        return False  # damaged: for `verify` to tell


def _escapes(body: str, needle: str) -> bool:
    return "\\u" in body or _ESCAPED.search(needle) is not None


def _match(needle: str) -> str:
    """Neighbouring triples that a text with the needle must hold; not all of them, where there are many."""
    last = len(needle) - 3
    if last < 0:
        return ""
    # All of a few letters, since those that overlap leave far fewer texts to look at; else from end to end.
    places = {number * last // (MOST_TRIGRAMS - 1) for number in range(MOST_TRIGRAMS)}
    triples = {needle[place : place + 3] for place in places}
    usable = sorted(triple for triple in triples if "\0" not in triple)
    return " AND ".join('"' + triple.replace('"', '""') + '"' for triple in usable)


def _glob(pattern: str) -> str:
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _micros(text: str) -> int:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return microseconds(found if found.tzinfo else found.replace(tzinfo=timezone.utc))
    except (ValueError, OverflowError):
        raise LedgerError(f"{text!r} is no moment. Give a date such as 2026-11-22.") from None
