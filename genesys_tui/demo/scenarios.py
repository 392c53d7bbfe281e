"""Scenarios: the good day and the bad days a gateway can have."""

from __future__ import annotations

from dataclasses import dataclass

SCENARIOS: dict[str, str] = {
    "calm": "A healthy gateway: the reply arrives at an even pace and completes.",
    "slow-start": "The headers come at once, the first chunk four seconds later.",
    "stall": "The stream pauses for three seconds mid-reply, twice, then completes.",
    "heartbeats": "Heartbeats and comments between the chunks and all through a quiet six seconds, then it completes.",
    "burst": "Six thousand tokens as fast as the connection takes them, whatever max_tokens says.",
    "truncated": "The reply is cut off halfway with stop_reason length although max_tokens would allow more.",
    "cut": "The connection is dropped mid-reply, without a final chunk or [DONE].",
    "silent": "The headers come, then nothing at all.",
    "done": "The reply ends with [DONE] and no final chunk.",
    "cumulative": "Every chunk carries the whole text so far instead of a delta.",
    "malformed": "Broken JSON, wrong types, invalid UTF-8 and empty data arrive between good chunks.",
    "diagnostics": "Events of other names and JSON that is not a chunk arrive between good chunks.",
    "out-of-sequence": "Counts fall, chunk ids repeat, chunks exceed the matrix and more follows the final one.",
    "huge": "One event of nine MiB arrives in the midst of good chunks.",
    "hostile": "Escape sequences, bidi overrides, console markup, dangerous links and formulas in every field.",
    "rate-limited": "429 with Retry-After: 1.",
    "unavailable": "503, the service is unavailable.",
    "expired-token": "401: the token presented is revoked; one issued after that works.",
    "refused": "403: the role lacks the permission ai:generative:write.",
    "not-found": "404, as if the path were not served here.",
    "html": "200 with a web page, as a captive portal answers.",
    "redirect": "307 to another host.",
}
"""Each name, and one sentence that says what happens. `NAME:N` is bad for the first N requests of each request id."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named day, and for how many requests of each request id it lasts."""

    name: str
    count: int | None = None
    """None: it never ends. Otherwise the days after are calm."""

    def __str__(self) -> str:
        return self.name if self.count is None else f"{self.name}:{self.count}"


def parse_scenario(text: str) -> Scenario:
    """`NAME` or `NAME:N` as a scenario. Raises ValueError, with the list of names, for anything else."""
    name, colon, count = text.strip().partition(":")
    if name not in SCENARIOS:
        raise ValueError(f"no scenario is called {name!r}; choose one of: {', '.join(SCENARIOS)}")
    if not colon:
        return Scenario(name)
    if not (count.isascii() and count.isdigit() and int(count[:9]) > 0):
        raise ValueError(f"the count in {text!r} must be a whole number above 0, as in {name}:2")
    return Scenario(name, int(count[:9]))
