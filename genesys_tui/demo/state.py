"""State: what one demo gateway is set to, and what it has seen. Plain data, shared by its threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .accounts import Accounts
from .replay import Moment
from .scenarios import Scenario, parse_scenario

REMEMBERED = 1000
"""How many requests are kept, and for how many request ids a scenario's count is."""


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One request as it arrived on the completion path."""

    method: str
    path: str
    headers: dict[str, str]
    """Lower-case names; Authorization holds only the last 4 characters of what was sent."""
    body: Any
    """The parsed JSON, or None where it was none."""


class State:
    """The settings of a gateway, its accounts, and the requests it has seen."""

    def __init__(
        self, scenario: str, *, rate: float, tokens: int | None, pace: float, moments: tuple[Moment, ...] = ()
    ) -> None:
        if rate < 0 or pace < 0 or (tokens is not None and tokens < 1):
            raise ValueError("rate and pace must be 0 or more, tokens 1 or more")
        self.rate = rate
        self.tokens = tokens
        self.pace = pace
        self.moments = moments
        self.accounts = Accounts()
        self.requests: list[RequestSeen] = []
        self.open_streams = 0
        self._scenario = parse_scenario(scenario)
        self._served: dict[tuple[Scenario, str], int] = {}

    @property
    def scenario(self) -> str:
        """The day it is, as it was set: `NAME` or `NAME:N`."""
        return str(self._scenario)

    @scenario.setter
    def scenario(self, text: str) -> None:
        self._scenario = parse_scenario(text)
        self._served = {}
        self.accounts.forget_expiry()

    def remember(self, request: RequestSeen) -> None:
        """Keep the request; the oldest beyond the last 1000 go."""
        self.requests.append(request)
        del self.requests[:-REMEMBERED]

    def day(self, request_id: str, override: str | None = None) -> Scenario:
        """The day this request meets, counting it. Raises ValueError for an unknown override."""
        scenario = parse_scenario(override) if override else self._scenario
        if scenario.count is None:
            return scenario
        key = (scenario, request_id)
        served = self._served
        served[key] = served.get(key, 0) + 1
        while len(served) > REMEMBERED:
            served.pop(next(iter(served)))
        return scenario if served[key] <= scenario.count else Scenario("calm")
