"""Whether and when a failed attempt is made again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from genesys_tui.errors import GenesysError, ProxyRefused, RateLimited, Unavailable, Unreachable, Untrusted

LONGEST_RETRY_AFTER = 180.0
"""Seconds. A gateway that asks for a longer wait is not waited for."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter, unless the gateway says how long to wait.

    See https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """

    retries: int = 3
    base: float = 0.5
    """Seconds; the longest possible first wait."""

    cap: float = 20.0
    """Seconds; the longest possible wait."""

    random: Callable[[], float] = random.random

    def wait(self, error: GenesysError, failures: int) -> float | None:
        """Seconds to wait after this many failures, the last of which was ``error``; None to give up."""
        if failures > self.retries or isinstance(error, Untrusted | ProxyRefused):
            return None
        if isinstance(error, RateLimited | Unavailable) and error.retry_after is not None:
            return error.retry_after if error.retry_after <= LONGEST_RETRY_AFTER else None
        if isinstance(error, RateLimited | Unavailable | Unreachable):
            return self.random() * min(self.cap, self.base * 2.0 ** min(failures - 1, 30))
        return None


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def parse_retry_after(value: str | None, now: Callable[[], datetime] = _utc_now) -> float | None:
    """Seconds to wait, from a ``Retry-After`` header: a number of seconds or an HTTP date. None for anything else."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now()).total_seconds())
