"""Whether and when a failed attempt is made again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui import errors
from genesys_tui.gateway.retry import RetryPolicy, parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("value", "seconds"),
    {
        "0": 0.0,
        "7": 7.0,
        " 120 ": 120.0,
        "Sun, 01 Mar 2026 12:00:30 GMT": 30.0,
        "Sun, 01 Mar 2026 12:00:30": 30.0,
        "Sun, 01 Mar 2026 13:00:00 +0000": 3600.0,
        "Sun, 01 Mar 2026 11:59:00 GMT": 0.0,
        "Sunday, 01-Mar-26 12:00:30 GMT": 30.0,
        "soon": None,
        "": None,
        "-5": None,
        "1.5": None,
        "1e3": None,
        "٣": None,
        "Sun, 99 Mar 2026 12:00:00 GMT": None,
        "Sun, 01 Mar 2026 99999999999999999999:00:00": None,
        "Sun, 01 Mar 99999999999999999999 00:00:00 GMT": None,
    }.items(),
)
def test_retry_after_is_seconds_or_a_date_or_nothing(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value, lambda: NOW) == seconds


def test_no_header_is_no_wait() -> None:
    assert parse_retry_after(None) is None


@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, ?\d* [A-Z][a-z]{2} \d* \d*:\d*:\d* ?[+-]?\w*", fullmatch=True)
)
def test_no_header_breaks_it(value: str) -> None:
    seconds = parse_retry_after(value, lambda: NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**6))
def test_dates_and_seconds_mean_the_same(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(date, lambda: NOW) == parse_retry_after(str(seconds), lambda: NOW) == seconds


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 10_000))
def test_backoff_is_full_jitter_below_a_limit_that_doubles(random: float, failures: int) -> None:
    policy = RetryPolicy(retries=10_000, base=0.5, cap=20, random=lambda: random)
    wait = policy.wait(errors.Unavailable("x"), failures)
    limit = min(20.0, 0.5 * 2 ** min(failures - 1, 50))
    assert wait == pytest.approx(random * limit)
    assert wait is not None
    assert 0 <= wait <= limit


def with_retry_after(kind: type[errors.RateLimited] | type[errors.Unavailable], seconds: float) -> errors.GatewayError:
    error = kind("x")
    error.retry_after = seconds
    return error


@pytest.mark.parametrize("kind", [errors.RateLimited, errors.Unavailable])
def test_the_gateways_word_is_followed_up_to_three_minutes(
    kind: type[errors.RateLimited] | type[errors.Unavailable],
) -> None:
    policy = RetryPolicy(random=lambda: 0.5)
    assert [policy.wait(with_retry_after(kind, seconds), 1) for seconds in (0, 7, 180, 180.1, 1e9)] == [
        0,
        7,
        180,
        None,
        None,
    ]


def test_only_what_may_pass_is_tried_again() -> None:
    policy = RetryPolicy(retries=3, random=lambda: 0.5)
    again = {errors.RateLimited, errors.Unavailable, errors.Unreachable}
    kinds = [errors.GenesysError, *subclasses(errors.GenesysError)]
    assert {kind for kind in kinds if policy.wait(kind("x"), 1) is not None} == again


def subclasses(kind: type[errors.GenesysError]) -> list[type[errors.GenesysError]]:
    return [each for child in kind.__subclasses__() for each in (child, *subclasses(child))]


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_it_gives_up_after_so_many_retries(retries: int) -> None:
    policy = RetryPolicy(retries=retries)
    waits = [policy.wait(errors.Unreachable("x"), failures) for failures in range(1, 6)]
    assert [wait is not None for wait in waits] == [failures <= retries for failures in range(1, 6)]
