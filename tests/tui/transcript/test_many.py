"""500 earlier calls cost a resize, a theme switch and the memory no more than a few."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot
from tui.transcript.documents import MIXED
from tui.transcript.test_transcript import hosted, settled

from genesys_tui.tui.transcript.transcript import Transcript

CALLS = 500


def fill(transcript: Transcript, calls: int) -> None:
    for n in range(calls):
        transcript.begin(f"Question {n}")
        transcript.append(MIXED[:1500])
        transcript.end(f"Completed {n}")


async def least(pilot: Pilot[None], do: Callable[[int], Awaitable[None]]) -> float:
    """The least seconds of some tries, drawing included."""
    times = []
    for number in range(6):
        began = time.process_time()
        await do(number)
        await pilot.pause()
        times.append(time.process_time() - began)
    return min(times)


async def figures(calls: int) -> tuple[float, float]:
    """Seconds of a resize and of a theme switch."""
    async with hosted((120, 40)) as (transcript, pilot):
        fill(transcript, calls)
        await settled(pilot)

        async def resize(number: int) -> None:
            await pilot.resize_terminal(100 + number, 40)

        async def switch(number: int) -> None:
            pilot.app.theme = ("textual-light", "nord")[number % 2]

        return await least(pilot, resize), await least(pilot, switch)


async def test_resizing_and_switching_the_theme_cost_about_the_same_behind_500_calls() -> None:
    few, many = await figures(5), await figures(CALLS)
    print(f"resize {few[0]:.3f} s, {many[0]:.3f} s; theme {few[1]:.3f} s, {many[1]:.3f} s")
    assert many[0] < 3 * few[0] + 0.1
    assert many[1] < 3 * few[1] + 0.1


async def test_500_calls_take_less_than_10_mb() -> None:
    async with hosted((120, 40)) as (transcript, pilot):
        fill(transcript, 5)
        await settled(pilot)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        fill(transcript, CALLS)
        await settled(pilot)
        for _ in range(40):
            transcript.scroll_page_up()
            await pilot.pause()
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        print(f"{taken / 1e6:.1f} MB")
        assert taken < 10e6
