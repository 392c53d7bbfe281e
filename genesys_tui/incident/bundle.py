"""The bundle: a case as the files that a ticket gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from genesys_tui.endings import ending_in_words
from genesys_tui.gateway.facts import Headers
from genesys_tui.incident.case import Case, texts_of, versions
from genesys_tui.incident.quiet import quiet
from genesys_tui.incident.quotes import without_quotes
from genesys_tui.sanitize import sanitized, sanitized_line

FORM = 1


class Part(NamedTuple):
    """One file."""

    name: str
    text: str
    """Clean, and without secrets."""


@dataclass(frozen=True)
class Bundle:
    """What is saved, exactly."""

    name: str
    """Of the file, without its folder."""

    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of text."""
        return sum(len(part.text.encode()) for part in self.parts)


def bundle_of(case: Case, redact: Callable[[str], str], *, with_texts: bool = False) -> Bundle:
    """Make the bundle; prompt and reply are in it only ``with_texts``, and never those of an erased call."""
    with_texts = with_texts and not case.call.erased
    said = () if with_texts else texts_of(case.call)
    case = case if with_texts else quiet(case)

    def clean(text: str) -> str:
        return sanitized(redact(without_quotes(text, said)))

    parts = [
        Part("call.json", clean(_dumped(_call(case, with_texts), indent=2) + "\n")),
        Part("timeline.jsonl", clean("".join(_timeline(case)))),
    ]
    if with_texts and case.arrived.moments:
        parts.append(Part("capture.sse", clean("".join(_capture(case)))))
    readme = Part("README.txt", clean("\n".join(_readme(case, parts, with_texts)) + "\n"))
    return Bundle(f"incident-{case.made_at:%Y%m%d-%H%M%S}-{_short(case)}.zip", (readme, *parts))


def _short(case: Case) -> str:
    return "".join(character for character in case.call.record.request_id[:8] if character.isalnum())


def _call(case: Case, with_texts: bool) -> dict[str, Any]:
    record = case.call.record.model_dump(mode="json")
    if with_texts:
        record |= {"messages": case.call.messages, "content": case.call.reply}
    return {
        "bundle": FORM,
        "made_at": case.made_at.isoformat(),
        "call": record,
        "correlation_ids": _correlation_ids(case),
        "headers": [_heads(each) for each in case.arrived.headers],
        "ledger": {**case.place, "note": case.head},
        "versions": versions(),
    }


def _correlation_ids(case: Case) -> list[str]:
    record = case.call.record
    named = [record.correlation_id, record.error.correlation_id if record.error else None]
    named += [value for head in case.arrived.headers for name, value in head.answer if "correlation" in name.lower()]
    return list(dict.fromkeys(filter(None, named)))


def _heads(heads: Headers) -> dict[str, Any]:
    return {"status": heads.status_code, "request": dict(heads.request), "answer": dict(heads.answer)}


def _timeline(case: Case) -> Iterator[str]:
    """A line for each event: when it came, and how large it was. Not what was in it."""
    if not case.arrived.moments:
        why = "The call was erased" if case.call.erased else "The events are no longer kept"
        yield _line(note=f"{why}; this is what the record tells.")
        yield from _recorded(case)
        return
    if case.arrived.not_kept:
        yield _line(note=f"The first {case.arrived.not_kept:,} events are no longer kept.")
    for event in case.arrived.moments:
        gap = None if event.gap is None else round(event.gap, 6)
        figures = {"number": event.number, "at": round(event.at, 6), "gap": gap, "kind": event.kind}
        yield _line(**figures, tokens=event.tokens, bytes=len(event.data), note=event.note)


def _recorded(case: Case) -> Iterator[str]:
    record = case.call.record
    yield _line(at=0.0, kind="request")
    if record.time_to_first_token_seconds is not None:
        yield _line(at=record.time_to_first_token_seconds, kind="first token")
    for seen in record.observations:
        yield _line(at=seen.at, kind=seen.what, note=seen.name)
    yield _line(at=record.elapsed_seconds, kind="end", note=record.status)


def _capture(case: Case) -> Iterator[str]:
    """What came, as server-sent events again; what did not come as one is a comment."""
    for event in case.arrived.moments:
        yield f": {event.at:.6f} s, {event.kind} {event.number}\n"
        if event.data and event.kind != "heartbeat":
            name = event.note.partition(": ")[0] if event.kind == "diagnostic" else "message"
            yield "" if name in ("message", "") else f"event: {' '.join(name.split())}\n"
            text = event.data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
            yield "".join(f"data: {line}\n" for line in text.split("\n"))
        yield "\n"


def _readme(case: Case, parts: list[Part], with_texts: bool) -> Iterator[str]:
    record = case.call.record
    yield "Incident bundle of genesys-tui"
    yield ""
    rows = {
        "call": record.request_id,
        "correlation id": ", ".join(_correlation_ids(case)) or "none was given",
        "began": f"{record.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "ended": sanitized_line(ending_in_words(record)),
        "error": record.error.message if record.error else "",
        "model": record.model,
        "gateway": record.environment,
        "profile": record.profile,
    }
    yield from (f"{name:16}{sanitized_line(value)}" for name, value in rows.items() if value)
    yield ""
    told = {
        "call.json": "the record, the headers, the place in the audit file, versions",
        "timeline.jsonl": "when each event came, in seconds since the request",
        "capture.sse": "what came, as server-sent events",
    }
    yield from (f"{part.name:16}{told[part.name]}" for part in parts)
    yield ""
    yield from _kind(case)
    yield (
        "Prompt and reply are in it."
        if with_texts
        else "Neither prompt nor reply is in it, nor any event's text, nor what the gateway said in its errors."
    )
    yield "Credentials, and what looks like them, are dotted out."


def _kind(case: Case) -> Iterator[str]:
    """What it is made of, in lines that a ticket does not break."""
    if case.call.erased:
        yield "What was said in this call was erased. Made from the record, and the headers where the app has them."
    elif case.arrived.moments or case.arrived.headers:
        yield "Made from the record and from what arrived: with the headers, and every event that was kept."
    else:
        yield "Made from the record only: there are no headers in it, and no events."
        yield "The app keeps those of its last calls while it runs, as many as F4 shows."


def _line(**fields: object) -> str:
    return _dumped(fields) + "\n"


def _dumped(fields: object, indent: int | None = None) -> str:
    """JSON that stays JSON when it is cleaned: these two become line ends."""
    text = json.dumps(fields, indent=indent, ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
