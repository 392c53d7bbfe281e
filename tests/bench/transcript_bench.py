"""Streaming into the transcript beside Textual's own Markdown: CPU per append, side by side in one run.

    python tests/bench/transcript_bench.py [--quick]

Each reply is there already; then tokens arrive at 50 a second, and what the process spends on each is measured,
drawing included. Nothing is written to a terminal.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Markdown

from genesys_tui.tui.transcript.transcript import Transcript

RATE = 50
SIZE = (120, 40)
CHARACTERS = 4
"""Characters to a token, about."""

_MIXED = """## Step {n}

Calls reach **queue {n}** by `skill` and *priority*; see [the guide](https://example.com/{n}) for the rest of it.

- check the queue, and who is on it
- compare the waiting time with the target
  - warn above {n} seconds

```python
def wait(queue: str) -> float:
    return {n} / len(queue)  # seconds
```

| Queue | Calls |
|---|---:|
| north {n} | {n} |

"""


def filled(parts: Callable[[int], str], tokens: int, head: str = "") -> str:
    """A text of so many tokens, made of numbered parts."""
    out, size, n = [head], len(head), 0
    while size < tokens * CHARACTERS:
        out.append(parts(n))
        size += len(out[-1])
        n += 1
    return "".join(out)


def cases(quick: bool) -> dict[str, str]:
    """The replies that are there before the measured tokens arrive."""
    large = 5_000 if quick else 20_000
    return {
        "mixed, 2,000 tokens": filled(lambda n: _MIXED.format(n=n), 2_000),
        f"mixed, {large:,} tokens": filled(lambda n: _MIXED.format(n=n), large),
        f"one fence, {large:,}": filled(lambda n: f"value_{n} = call({n}, 'text')  # note\n", large, "```python\n"),
        f"one paragraph, {large:,}": filled(lambda n: f"Sentence {n} goes **on** and on, as it does. ", large),
        f"one table, {large:,}": filled(
            lambda n: f"| row {n} | {n} | a note |\n", large, "| a | b | c |\n|---|---|---|\n"
        ),
        f"one list, {large:,}": filled(lambda n: f"- item {n} of the list, with `code`\n", large),
    }


def tail(case: str) -> list[str]:
    """The tokens that arrive, in the manner of the reply they end."""
    part = {
        "one fence": "more = call(7, 'more')  # and so on\n",
        "one table": "| more | 7 | and so on |\n",
        "one list": "- more of the list, and so on\n",
    }.get(case.split(",")[0], "more of the paragraph, and so on. ")
    text = part * 100
    return [text[start : start + CHARACTERS] for start in range(0, len(text), CHARACTERS)]


class _Bench(App[None]):
    def __init__(self, sink: str) -> None:
        super().__init__()
        self.sink = sink

    def compose(self) -> ComposeResult:
        if self.sink == "transcript":
            yield Transcript()
        else:
            with VerticalScroll() as scroll:
                scroll.anchor()
                yield Markdown()


@asynccontextmanager
async def _running(sink: str, text: str) -> Any:
    """The app with the reply in it, and the function that appends to it."""
    app = _Bench(sink)
    async with app.run_test(size=SIZE) as pilot:
        if sink == "transcript":
            transcript = app.query_one(Transcript)
            transcript.begin("Go on.")
            transcript.append(text)

            async def append(token: str) -> None:
                transcript.append(token)

            await pilot.pause(0.5)
            yield append
            return
        markdown = app.query_one(Markdown)
        # update() followed by append() would lose what the last block is.
        await markdown.append(text)
        await pilot.pause(1)
        stream = Markdown.get_stream(markdown)
        yield stream.write
        with suppress(asyncio.CancelledError):
            await stream.stop()


async def measure(sink: str, case: str, text: str, count: int) -> tuple[float, float]:
    """Milliseconds of CPU per append, and the longest that the event loop was late."""
    async with _running(sink, text) as append:
        await _paced(append, tail(case)[:10])
        gc.collect()  # what the app before left behind is nobody's cost
        before = time.process_time()
        late = await _paced(append, tail(case)[10 : count + 10])
        return (time.process_time() - before) / count * 1000, late * 1000


async def _paced(append: Callable[[str], Awaitable[None]], tokens: list[str]) -> float:
    due = time.perf_counter()
    late = 0.0
    for token in tokens:
        await append(token)
        due += 1 / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        late = max(late, time.perf_counter() - due)
        # Behind, tokens arrive together, as they would from a network.
        due = max(due, time.perf_counter() - 1 / RATE)
    return late


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 tokens instead of 20,000")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--alone", action="store_true", help="without Textual's Markdown")
    options = parser.parse_args()
    print(f"{'reply':28} {'transcript':>20} {'Markdown stream':>22} {'ratio':>8}")
    for case, text in cases(options.quick).items():
        if options.only not in case:
            continue
        own, own_late = asyncio.run(measure("transcript", case, text, 100))
        if options.alone:
            print(f"{case:28} {own:8.2f} ms, late {own_late:3.0f}")
            continue
        theirs, theirs_late = asyncio.run(measure("markdown", case, text, 30))
        print(
            f"{case:28} {own:8.2f} ms, late {own_late:4.0f} {theirs:10.2f} ms, late {theirs_late:5.0f}"
            f" {theirs / own:7.1f}×"
        )


if __name__ == "__main__":
    main()
