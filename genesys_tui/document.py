"""Documents: a conversation as Markdown or JSON, for people and programs outside the app."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from genesys_tui.endings import ending_in_words
from genesys_tui.past import Past, PastExchange
from genesys_tui.sanitize import sanitized, sanitized_line

SUFFIXES = (".md", ".json")


def document_of(past: Past, file: Path) -> Iterator[str]:
    """The pieces of the document that belongs into a file of this name."""
    return json_of(past) if file.suffix.lower() == ".json" else markdown_of(past)


def markdown_of(past: Past) -> Iterator[str]:
    """For people: harmless to show, and with a line under each reply that says how it ended."""
    yield f"# {sanitized_line(past.title) or 'Conversation'}\n\n"
    yield f"Conversation `{sanitized_line(past.id)}`\n"
    for exchange in past.exchanges:
        yield from _section(exchange)


def json_of(past: Past) -> Iterator[str]:
    """For programs: one object in ASCII, with every record, and texts as they were."""
    fields = {
        "conversation_id": past.id,
        "title": past.title,
        "messages": [message.model_dump() for message in past.conversation.messages],
        "exchanges": [
            {
                "prompt": exchange.prompt,
                "system": exchange.system,
                "content": exchange.content,
                "stands": exchange.stands,
                "calls": [record.model_dump(mode="json") for record in exchange.records],
            }
            for exchange in past.exchanges
        ],
    }
    yield json.dumps(fields, ensure_ascii=True, indent=2) + "\n"


def file_name_for(title: str) -> str:
    """A name for a Markdown file, of letters that every file system takes."""
    words = "".join(letter if letter.isalnum() and letter.isascii() else " " for letter in title.lower()).split()
    return f"{'-'.join(words)[:48].strip('-') or 'conversation'}.md"


def _section(exchange: PastExchange) -> Iterator[str]:
    first = exchange.records[0] if exchange.records else None
    when = f", {first.started_at.astimezone():%Y-%m-%d %H:%M:%S}" if first else ""
    model = f", {sanitized_line(exchange.records[-1].model)}" if first else ""
    yield f"\n## Prompt{when}\n\n{sanitized(exchange.prompt).strip()}\n"
    yield f"\n## Reply{model}\n\n"
    if exchange.content:
        yield f"{sanitized(exchange.content).strip()}\n\n"
    notes = [sanitized_line(ending_in_words(record)) for record in exchange.records[-1:]]
    if exchange.content and not exchange.stands:
        notes.append("asked again: what follows does not build on it")
    if notes:
        yield f"> {'; '.join(notes)}\n"
