"""Tokens: a text in word pieces, and the end a request sets them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

# A word of Latin letters is cut every seven, other scripts every two; marks, joiners and emoji stand alone, so a
# picture arrives in pieces as it does from a model.
_PIECES = re.compile(r"\n+| ?[A-Za-zÀ-ɏ]{1,7}| ?[0-9]{1,3}| ?[^\W\d_]{1,2}|[^\S\n]+|.", re.DOTALL)


def split_tokens(text: str) -> Iterator[str]:
    """The text in pieces of about a model's tokens; joined they are the text again."""
    return (match.group() for match in _PIECES.finditer(text))


class Generation:
    """The tokens of one reply, ended by a limit or a stop sequence. Iterate once, then ask how it ended."""

    def __init__(self, tokens: Iterable[str], *, limit: int | None, stops: Sequence[str] = ()) -> None:
        self._tokens = tokens
        self._limit = limit
        self._stops = tuple(stops)
        self.stop_reason = "completed"
        self.truncated = False

    def __iter__(self) -> Iterator[str]:
        """The tokens to send; a token is held back while it may be the beginning of a stop sequence."""
        held: deque[str] = deque()
        for token in self._limited():
            held.append(token)
            if not self._stops:
                yield held.popleft()
                continue
            text = "".join(held)
            end = min((at for at in map(text.find, self._stops) if at >= 0), default=-1)
            if end >= 0:
                self.stop_reason, self.truncated = "stop", False
                yield from _first(held, end)
                return
            yield from _release(held, len(text) - self._possible_stop(text))
        yield from held

    def time_out(self) -> None:
        """Say that the gateway's time limit ended it."""
        self.stop_reason, self.truncated = "timeout", True

    def _limited(self) -> Iterator[str]:
        for number, token in enumerate(self._tokens):
            if number == self._limit:
                self.stop_reason, self.truncated = "length", True
                return
            yield token

    def _possible_stop(self, text: str) -> int:
        """How many characters at the end of the text may begin a stop sequence."""
        longest = min(len(text), max(map(len, self._stops)) - 1)
        lengths = range(longest, 0, -1)
        return next((n for n in lengths if any(stop.startswith(text[-n:]) for stop in self._stops)), 0)


def _first(tokens: Iterable[str], length: int) -> Iterator[str]:
    """The tokens up to that many characters; the last one may be a part."""
    for token in tokens:
        if length <= 0:
            return
        yield token[:length]
        length -= len(token)


def _release(held: deque[str], length: int) -> Iterator[str]:
    """Take from the left each token that lies wholly within that many characters."""
    while held and len(held[0]) <= length:
        length -= len(held[0])
        yield held.popleft()
