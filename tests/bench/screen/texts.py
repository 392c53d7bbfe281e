"""Replies to measure with: a token is four characters or so, and so is a chunk."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

_WORDS = (
    *("queue", "agent", "caller", "stream", "token", "latency", "gateway", "handover"),
    *("policy", "summary", "transfer", "callback", "wrap-up", "sentiment", "retry", "chunk"),
    *("the", "a", "of", "and", "to", "in", "is", "that"),
    *("with", "for", "as", "it", "on", "by"),
)


def _sentence(dice: random.Random) -> str:
    words = [dice.choice(_WORDS) for _ in range(dice.randint(6, 16))]
    if dice.random() < 0.3:
        words[dice.randrange(len(words))] = f"**{dice.choice(_WORDS)}**"
    if dice.random() < 0.2:
        words[dice.randrange(len(words))] = f"`{dice.choice(_WORDS)}()`"
    return " ".join(words).capitalize() + ". "


def _mixed(dice: random.Random) -> Iterator[str]:
    for number in itertools.count(1):
        yield f"## Part {number}\n\n"
        for _ in range(3):
            yield "".join(_sentence(dice) for _ in range(dice.randint(2, 6))) + "\n\n"
        yield "".join(f"- {_sentence(dice)}\n" for _ in range(5)) + "\n"
        yield "| queue | waiting | level |\n|:--|--:|--:|\n"
        yield "".join(f"| {dice.choice(_WORDS)} | {dice.randint(0, 99)} | {dice.random():.1%} |\n" for _ in range(6))
        yield "\n```python\n" + "".join(_code_line(dice) for _ in range(20)) + "```\n\n> " + _sentence(dice) + "\n\n"


def _code_line(dice: random.Random) -> str:
    return f'    {dice.choice(_WORDS).replace("-", "_")} = measure("{dice.choice(_WORDS)}", {dice.randint(0, 999)})\n'


def _one_fence(dice: random.Random) -> Iterator[str]:
    yield "```python\n"
    while True:
        yield _code_line(dice)


def _one_paragraph(dice: random.Random) -> Iterator[str]:
    while True:
        yield _sentence(dice)


def _one_table(dice: random.Random) -> Iterator[str]:
    yield "| time | queue | waiting | note |\n|:--|:--|--:|:--|\n"
    while True:
        moment = f"{dice.randint(0, 23):02}:{dice.randint(0, 59):02}"
        yield f"| {moment} | {dice.choice(_WORDS)} | {dice.randint(0, 99)} | ok |\n"


def _one_list(dice: random.Random) -> Iterator[str]:
    while True:
        yield f"- {_sentence(dice)}\n"


KINDS = {
    "mixed": _mixed,
    "fence": _one_fence,
    "paragraph": _one_paragraph,
    "table": _one_table,
    "list": _one_list,
}


def tokens_of(kind: str, count: int) -> list[str]:
    """A reply of this many tokens, the same every time."""
    tokens: list[str] = []
    for piece in KINDS[kind](random.Random(7)):
        tokens += [piece[start : start + 4] for start in range(0, len(piece), 4)]
        if len(tokens) >= count:
            return tokens[:count]
    raise AssertionError("the pieces never end")
