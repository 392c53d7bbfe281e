"""Events: what the ledger writes down, and back again.

A payload is an object with ``at`` (microseconds since 1970) and ``kind``, which sort before all else in it. ``start``
and ``end`` (or ``recovered``, an end by whoever found the call left open) hold the whole record, with its times and
rates as integers; what is 0, empty or null is left out.
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from math import isfinite
from typing import Any

from genesys_tui.audit.records import Record

ENDS = ("end", "recovered")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICRO = timedelta(microseconds=1)
SECONDS = ("elapsed", "time_to_first_token", "gap_p50", "gap_p95", "gap_max")
RATES = ("tokens_per_second", "streaming_tokens_per_second")
_ALWAYS = (
    *("request_id", "model", "conversation_id", "started_at_us", "profile", "input_tokens"),
    *("time_to_first_token_us", "gap_p50_us", "gap_p95_us", "gap_max_us", "millistreaming_tokens_per_second"),
)
"""Kept though empty or 0, which is not the same as unmeasured."""

_SAID = ("detail", "observations")
"""What may quote a prompt or a reply, and so can be erased with them; the error's message is the third."""


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - _EPOCH) // _MICRO


def moment(micros: int) -> datetime:
    """The moment so many microseconds since 1970, in UTC."""
    return _EPOCH + micros * _MICRO


def iso_of(micros: int) -> str:
    """The same moment in ISO 8601."""
    return (_EPOCH + micros * _MICRO).isoformat().replace("+00:00", "Z")


def fields_of(record: Record) -> dict[str, Any]:
    """A record for a payload: no floats, nothing empty, and nothing that may quote what was said.

    A time or a rate without end, or that is no number, counts as unmeasured: how a call ended is never lost over it.
    """
    fields = record.model_dump(exclude={*_SAID, "started_at", "parameters"}, exclude_none=True)
    fields["started_at_us"] = microseconds(record.started_at)
    if record.parameters:  # as text: it holds floats, of which no digit may get lost
        fields["parameters"] = json.dumps(record.parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for name in SECONDS:
        if (micros := _whole(fields.pop(f"{name}_seconds", None), 1e6)) is not None:
            fields[f"{name}_us"] = micros
    for name in RATES:
        if (thousandths := _whole(fields.pop(name, None), 1e3)) is not None:
            fields[f"milli{name}"] = thousandths
    if record.error is not None:
        fields["error"] = {name: value for name, value in fields["error"].items() if name != "message"}
    return {name: value for name, value in fields.items() if value or name in _ALWAYS}


def said_in(record: Record) -> str:
    """What a record says that may quote a prompt or a reply, as JSON; empty where there is nothing."""
    said: dict[str, Any] = {}
    if record.detail:
        said["detail"] = record.detail
    if record.error is not None:
        said["error"] = record.error.message
    if record.observations:
        said["observations"] = [
            [seen.what, _whole(seen.at, 1e6) or 0, seen.name, seen.detail] for seen in record.observations
        ]
    return json.dumps(said, ensure_ascii=True) if said else ""


def _whole(measured: float | None, parts: float) -> int | None:
    """So many parts of what was measured; None where nothing was."""
    return round(measured * parts) if measured is not None and isfinite(measured * parts) else None


def plain(fields: dict[str, Any], said: str = "") -> dict[str, Any]:
    """A record's fields as they were: seconds and rates as floats, the moment in ISO 8601, what was said put back."""
    fields = dict(fields)
    fields["started_at"] = iso_of(fields.pop("started_at_us"))
    for name in SECONDS:
        if (micros := fields.pop(f"{name}_us", None)) is not None:
            fields[f"{name}_seconds"] = micros / 1e6
    for name in RATES:
        if (rate := fields.pop(f"milli{name}", None)) is not None:
            fields[name] = rate / 1000
    if "parameters" in fields:
        fields["parameters"] = _parsed(fields["parameters"])
    words = json.loads(said) if said else {}
    if "error" in fields:
        fields["error"] = {**fields["error"], "message": words.get("error", "")}
    if "detail" in words:
        fields["detail"] = words["detail"]
    if "observations" in words:
        keys = ("what", "at", "name", "detail")
        seen = [dict(zip(keys, each, strict=True)) for each in words["observations"]]
        fields["observations"] = [{**each, "at": each["at"] / 1e6} for each in seen]
    return fields


@lru_cache(maxsize=64)
def _parsed(text: str) -> Any:
    """The same for many calls; nobody may change what is returned."""
    return json.loads(text)


def record_of(fields: dict[str, Any], said: str = "") -> Record:
    """The record that was written. Raises ValueError."""
    try:
        found = plain(fields, said)
        return Record.model_validate({**found, "parameters": deepcopy(found.get("parameters", {}))})
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"no record: {error}") from error
