"""Replies: what the demo gateway says, always the same to the same conversation."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count, islice

from .payload import Message
from .tokens import split_tokens

_KEYWORDS = {
    "code": ("code", "python", "json", "sql", "script", "function", "regex"),
    "table": ("table", "compare", "numbers", "queue", "queues", "report"),
    "list": ("list", "steps", "checklist", "escalate", "escalation", "plan"),
    "languages": ("languages", "language", "translate", "translation", "unicode", "emoji", "greet", "greeting"),
    "health": ("health", "healthy", "latency", "slow", "stall", "stream", "gap", "gaps"),
    "policy": ("audit", "policy", "governance", "retention", "compliance", "record"),
    "handover": ("summary", "summarise", "summarize", "handover", "customer", "agent"),
    "hello": ("hello", "hi", "hey", "help", "hallo", "bonjour", "hola"),
}
_OTHERWISE = ("health", "policy", "handover", "table", "list")

_SUBJECTS = ("Billing", "Card services", "Claims intake", "Outbound renewals", "Technical support", "Night desk")
_FILLERS = (
    "**{subject}**, interval {n}: the first token came after {a} ms, the longest gap was {b} ms, and {c} of "
    "{d} replies completed. Nothing here needs a person.",
    "### Interval {n}: {subject}\n\n- time to first token: {a} ms\n- longest gap: {b} ms\n- completed: {c} of {d}",
    "> Interval {n}. “We waited {b} milliseconds in the middle of a sentence”, says the lead of *{subject}*, "
    "“and nobody had an alarm for it.”",
    "| Interval | Queue | First token | Longest gap |\n|--:|:--|--:|--:|\n| {n} | {subject} | {a} ms | {b} ms |",
    "In interval {n} the operators of {subject} compared `tokens_generated` with `usage.output_tokens` for {d} calls. "
    "They agreed in {c}; the others had been cut off, and were continued.",
    '```json\n{{"interval": {n}, "queue": "{subject}", "ttft_ms": {a}, "gap_max_ms": {b}}}\n```',
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, written down or, beyond that, made up as it goes."""

    text: str
    length: int | None = None
    """Tokens it was asked to have; None as many as its text has."""
    seed: int = 0

    def tokens(self) -> Iterator[str]:
        """Its tokens, one by one; never all of them in memory."""
        return self._all() if self.length is None else islice(self._all(), self.length)

    def count(self) -> int:
        """How many tokens it has."""
        return sum(1 for _ in self._all()) if self.length is None else self.length

    def _all(self) -> Iterator[str]:
        yield from split_tokens(self.text)
        if self.length is not None:
            for number in count(1):
                yield from split_tokens("\n\n" + _filler(number, self.seed))


def _filler(number: int, seed: int) -> str:
    """One more paragraph, different from its neighbours."""
    mixed = (number * 2654435761 + seed) & 0xFFFFFFFF
    total = 40 + mixed % 200
    return _FILLERS[mixed // 7 % len(_FILLERS)].format(
        n=number,
        subject=_SUBJECTS[mixed // 61 % len(_SUBJECTS)],
        a=180 + mixed % 640,
        b=60 + mixed // 13 % 4000,
        c=total - mixed // 17 % 5,
        d=total,
    )


def choose_reply(messages: Sequence[Message], *, length: int | None = None) -> Reply:
    """The reply to a conversation: by a word in the last user message, else by its hash.

    It opens with the system prompt it was given and, from the second turn on, with the turn and the message before.
    """
    said = [message.content for message in messages if message.role == "user"]
    prompt = said[-1] if said else ""
    seed = zlib.crc32(prompt.encode("utf-8", "replace"))
    opening = []
    system = next((message.content for message in messages if message.role == "system"), "")
    if system.strip():
        opening.append(f"> **Following the system prompt:** “{_quoted(system)}”\n\n")
    if len(said) > 1:
        opening.append(f"*Turn {len(said)} of our conversation; before this you wrote “{_quoted(said[-2])}”.*\n\n")
    return Reply("".join(opening) + _text(_topic(prompt, seed)), length, seed)


def _topic(prompt: str, seed: int) -> str:
    words = set(re.findall(r"\w+", prompt.lower()))
    named = (topic for topic, keywords in _KEYWORDS.items() if not words.isdisjoint(keywords))
    return next(named, _OTHERWISE[seed % len(_OTHERWISE)])


def _quoted(text: str) -> str:
    """The beginning of the first line, short enough to stand in a sentence."""
    line = " ".join(text.strip().splitlines()[0].split()) if text.strip() else ""
    return line if len(line) <= 60 else line[:59].rstrip() + "…"


@cache
def _text(topic: str) -> str:
    return (files(__package__) / "texts" / f"{topic}.md").read_text(encoding="utf-8").rstrip("\n")
