"""The pace leaves the loop to keys: small flushes often where they cost little, never most of the time."""

from __future__ import annotations

import pytest

from genesys_tui.tui.pace import FASTEST, SLOWEST, pause_after


def test_cheap_flushes_follow_as_fast_as_they_are_seen() -> None:
    assert pause_after(0.001) == FASTEST


@pytest.mark.parametrize("cost", [0.005, 0.01, 0.02, 0.05])
def test_text_never_piles_up_for_long(cost: float) -> None:
    assert FASTEST <= pause_after(cost) <= SLOWEST


@pytest.mark.parametrize("cost", [0.001, 0.02, 0.1, 1.0])
def test_two_thirds_of_the_time_are_left_to_keys(cost: float) -> None:
    assert pause_after(cost) >= 2 * cost
