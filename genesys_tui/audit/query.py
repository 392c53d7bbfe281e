"""Queries: a filter as a line that one can type, and back.

``status:truncated model:gpt* since:7d until:2026-11-22 profile:lab stop:length tokens:100 kind:probe
"any text"``. What is no ``name:value`` is searched for; quotes hold together what has spaces.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta, timezone

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.records import FINAL_STATUSES
from genesys_tui.errors import ConfigurationError
from genesys_tui.nearest import nearest

STATUSES = (*FINAL_STATUSES, "running")
KINDS = ("probe", "call")
NAMES = {
    "status": "status",
    "model": "model",
    "since": "since",
    "until": "until",
    "profile": "profile",
    "stop": "stop_reason",
    "conversation": "conversation_id",
    "tokens": "min_tokens",
    "kind": "kind",
}
"""As typed → as the filter calls it."""

_WORD = re.compile(r'(?:(?P<name>[A-Za-z_]+):)?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>\S+))')
_NEGATED = re.compile(rf"[-!^]({'|'.join(NAMES)}):", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS = {"today": 0, "yesterday": 1}
_AGE = re.compile(r"(\d{1,6})([mhdw])")


class QueryError(ConfigurationError):
    """The line cannot be read; the message says which part, and what would do."""


def parse(line: str, now: datetime | None = None) -> Filter:
    """The filter that a line asks for. Raises QueryError."""
    if '"' in re.sub(r'"(?:[^"\\]|\\.)*"', "", line):
        raise QueryError('A quotation mark is open. Close the text with a second ".')
    wanted: dict[str, str | int] = {}
    searched: list[str] = []
    for found in _WORD.finditer(line):
        value = re.sub(r"\\(.)", r"\1", found["quoted"]) if found["quoted"] is not None else found["plain"]
        name = found["name"]
        if negated := _NEGATED.match(found["plain"] or ""):
            raise QueryError(f'A filter knows no "not": {negated[1]}: says what calls must be. Quotes make it text.')
        if name is None or name.lower() not in NAMES:
            searched.append(value if name is None else _unknown(name, value, found))
            continue
        field = NAMES[name.lower()]
        if field in wanted:
            raise QueryError(f"{name}: is there twice. Keep one of them.")
        wanted[field] = _value(name.lower(), value, now)
    text = " ".join(searched)
    return possible(Filter(**wanted, search=text or None))  # type: ignore[arg-type]


def possible(wanted: Filter) -> Filter:
    """The same filter. Raises QueryError for one that no call can ever fit."""
    since, until = (each and datetime.fromisoformat(each) for each in (wanted.since, wanted.until))
    if since and until and since >= until:
        raise QueryError("No call can fit: `until` is no later than `since`.")
    return wanted


def unparse(wanted: Filter) -> str:
    """The line for a filter."""
    words = []
    for name, field in NAMES.items():
        value = getattr(wanted, field)
        if value is not None and value != "":
            words.append(f"{name}:{_quoted(str(value))}")
    if wanted.search:
        words.append('"' + _escaped(wanted.search) + '"')
    return " ".join(words)


def read_moment(text: str, now: datetime | None = None) -> datetime:
    """A date, a date and time, or how long ago (``7d``, ``24h``, ``30m``), in UTC; what names no zone is local time.

    ``today`` and ``yesterday`` are dates, too.

    Raises QueryError.
    """
    try:
        if age := _AGE.fullmatch(text):
            return (now or datetime.now(timezone.utc)) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        if text.lower() in _DAYS:
            day = (now or datetime.now(timezone.utc)).astimezone() - timedelta(days=_DAYS[text.lower()])
            # Once more without its zone: at midnight the clock may have been another one.
            return datetime(day.year, day.month, day.day).astimezone(timezone.utc)
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        such = "Give a date (2026-11-22, yesterday) or an age (7d, 24h, 30m)."
        raise QueryError(f"{text!r} is no moment. {such}") from None


def _value(name: str, value: str, now: datetime | None) -> str | int:
    if not value:
        raise QueryError(f"{name}: needs a value.")
    if name in ("since", "until"):
        return read_moment(value, now).isoformat()
    if name in ("status", "kind") and re.search(r"[,|/]", value):
        raise QueryError(f'A filter knows no "or": {name}: takes one value, and not {value!r}.')
    if name == "status" and value not in STATUSES:
        raise QueryError(_no_such("status", value, STATUSES))
    if name == "kind" and value not in KINDS:
        raise QueryError(_no_such("kind", value, KINDS))
    if name == "tokens":
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise QueryError(f"tokens: takes a number, such as tokens:100 for at least 100, and not {value!r}.")
        return int(value)
    return value


def _unknown(name: str, value: str, found: re.Match[str]) -> str:
    is_text = found["quoted"] is None
    if is_text and (len(name) == 1 or not value or value.startswith(("/", "\\"))):
        return found[0]  # an address or a path: text like any other
    near = nearest(name.lower(), NAMES)
    meant = f"Is {near[0]}: meant?" if near else f"There are: {', '.join(NAMES)}."
    raise QueryError(f"There is no {name}: to filter by. {meant}{' Quotes make it text.' if is_text else ''}")


def _no_such(what: str, value: str, known: Collection[str]) -> str:
    near = nearest(value.lower(), known)
    meant = f". Is {near[0]} meant?" if near else f"; there are: {', '.join(known)}."
    return f"There is no {what} {value!r}{meant}"


def _quoted(value: str) -> str:
    return value if re.fullmatch(r'[^\s"\\]+', value) else '"' + _escaped(value) + '"'


def _escaped(value: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", value)
