"""How fast the history is over a large ledger, beside Textual's DataTable at 10,000 rows.

    python tests/bench/history_bench.py [LEDGER]

Without a ledger, `ledger_million.py` makes one of 100,000 calls first. Everything runs in the real app. Each figure is
wall time, and in brackets the processor time of all threads, which a busy machine changes less.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rows import SORTED, Key, Order
from genesys_tui.config import load_settings
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.history.news import Anchor
from genesys_tui.tui.screens.history import HistoryScreen

SIZE = (120, 40)
FRAME = 1 / 60
SCROLLED = 600
"""Rows, one in each frame."""
PEER = 10_000
"""Rows of the DataTable."""


class Took(NamedTuple):
    """How long something took."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall * 1000:,.1f} ms ({self.cpu * 1000:,.1f})"


@contextmanager
def timed() -> Iterator[Callable[[], Took]]:
    """What happens within; how long it took is asked afterwards."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield lambda: Took(time.perf_counter() - wall, time.process_time() - cpu)


Table = dict[str, str]
"""Figure → its value in words."""


def median(took: list[Took]) -> str:
    """The middle one and the worst."""
    took = sorted(took)
    return f"{took[len(took) // 2]}, worst {took[-1]}"


def memory() -> float:
    """Megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def until(pilot: Pilot[Any], met: Callable[[], Any], seconds: float = 120) -> Took:
    """Wait until it is so; how long that took."""
    with timed() as took:
        began = time.perf_counter()
        while not met():
            if time.perf_counter() - began > seconds:
                raise TimeoutError(pilot.app.screen)
            await asyncio.sleep(0.001)
        return took()


async def scrolled(step: Callable[[], object], there: Callable[[], object]) -> str:
    """Point at the next row in each frame, and count the frames that are late."""
    late, empty, lags = 0, 0, []
    with timed() as took:
        due = time.perf_counter()
        for _ in range(SCROLLED):
            due += FRAME
            step()
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            lags.append(time.perf_counter() - due)
            late += lags[-1] > FRAME
            empty += there() is None
        share = took().cpu / took().wall
    lag = f"median lag {statistics.median(lags) * 1000:.1f} ms, worst {max(lags) * 1000:.0f} ms"
    return f"{late} of {SCROLLED} frames late, {empty} rows missing; {lag}; {share:.0%} of a processor"


async def history(path: Path) -> Table:
    """Everything about our own table."""
    table: Table = {}
    with tempfile.TemporaryDirectory() as home, Ledger(path) as ledger:
        settings = load_settings({"base_url": "http://127.0.0.1:9"}, environ={"GENESYS_TUI_HOME": home})
        app = GenesysApp(lambda: Desk(None, ledger), settings)  # type: ignore[arg-type]
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.chat.desk)
            await pilot.pause(0.5)
            before = memory()
            app.action_look("history")
            opening = await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and _settled(app.screen))
            table["opening, to the first rows"] = str(opening)
            screen = app.screen
            assert isinstance(screen, HistoryScreen)
            counted = await until(pilot, lambda: screen.table.listing.exact)
            table["… to the exact count and all totals"] = str(counted)
            table["rows"] = f"{screen.table.listing.count:,}"
            for part in (_pages, _orders, _filters, _scroll):
                await part(pilot, screen, table)
                print(f"{part.__name__} done", file=sys.stderr)
            table["memory added"] = f"{memory() - before:.0f} MB"
    return table


def _settled(screen: HistoryScreen) -> bool:
    """Whether what was asked for is shown, with every row in sight."""
    if not screen.is_mounted or screen._reader is None or screen._number != screen._shown or not screen._shown:
        return False
    table = screen.table
    last = min(table.listing.count, table.top + table.room)
    return all(table.listing.row(number) is not None for number in range(table.top, last))


async def _pages(pilot: Pilot[Any], screen: HistoryScreen, figures: Table) -> None:
    table, took = screen.table, []
    for place in range(1, 20):
        table.scroll_to(y=table.listing.count * (place * 7 % 20) // 20, animate=False, force=True)
        took.append(await until(pilot, lambda: _settled(screen)))
    figures["any page (19, anywhere)"] = median(took)
    table.action_last()
    figures["the last page"] = str(await until(pilot, lambda: _settled(screen)))
    row = table.listing.row(table.listing.count // 2) or table.row
    assert row
    screen.list_anew(screen._asked, Anchor(Key(row.time, -1)), going=True)
    figures["going to a date"] = str(await until(pilot, lambda: _settled(screen)))


async def _orders(pilot: Pilot[Any], screen: HistoryScreen, figures: Table) -> None:
    took, deep = [], []
    for column in SORTED:
        for down in (True, False):
            screen.list_anew(screen._asked._replace(order=Order(column, down)))
            took.append(await until(pilot, lambda: _settled(screen)))
            screen.table.scroll_to(y=screen.table.listing.count // 2, animate=False, force=True)
            deep.append(await until(pilot, lambda: _settled(screen)))
    figures["sorting by any column, both ways"] = median(took)
    figures["… and from there to the middle"] = median(deep)


async def _filters(pilot: Pilot[Any], screen: HistoryScreen, figures: Table) -> None:
    screen.list_anew(screen._asked._replace(order=Order()))
    await until(pilot, lambda: _settled(screen))
    for line in (
        "status:truncated",
        "model:mistral*",
        "status:failed model:mistral*",
        "since:2024-02-01 until:2024-02-02",
        "profile:nope",
        "baba",
        '"bu da"',
        "zzzzzq",
        "status:failed ba",
    ):
        screen.filter_line.use(line)
        await asyncio.sleep(0)
        number = screen._number
        took = await until(pilot, lambda number=number: screen._number > number and _settled(screen))  # type: ignore[misc]
        listing = screen.table.listing
        figures[f"filter {line}"] = f"{took}, {listing.count:,}{'' if listing.exact else '+'} rows"
    number = screen._number
    screen.filter_line.use("")
    await until(pilot, lambda: screen._number > number and _settled(screen))


async def _scroll(pilot: Pilot[Any], screen: HistoryScreen, figures: Table) -> None:
    table = screen.table
    table.scroll_to(y=table.listing.count // 3, animate=False, force=True)
    await until(pilot, lambda: _settled(screen))
    await until(pilot, lambda: not screen._reader or not screen._reader._running)
    table._point(table.top + table.room - 1)
    figures["scrolling 60 rows a second"] = await scrolled(lambda: table.action_point(1), lambda: table.row)
    with timed() as took:
        for _ in range(50):
            table.action_page(1)
            await pilot.pause()
        figures["50 pages down"] = str(took())


class Peer(App[None]):
    """Textual's own table, of so many rows."""

    def compose(self) -> ComposeResult:
        yield DataTable()


async def peer() -> Table:
    """The same with a DataTable."""
    figures: Table = {}
    before = memory()
    app = Peer()
    async with app.run_test(size=SIZE) as pilot:
        table = app.query_one(DataTable)
        table.add_columns(*SORTED)
        rows = [tuple(f"{column} {number % 977}" for column in SORTED) for number in range(PEER)]
        with timed() as took:
            table.add_rows(rows)
            await pilot.pause()
            figures["opening, to the first rows"] = str(took())
        figures["rows"] = f"{PEER:,}"
        pages = []
        for place in range(1, 20):
            with timed() as took:
                table.scroll_to(y=PEER * (place * 7 % 20) // 20, animate=False, force=True)
                await pilot.pause()
                pages.append(took())
        figures["any page (19, anywhere)"] = median(pages)
        sorts = []
        for column in table.ordered_columns:
            for down in (True, False):
                with timed() as took:
                    table.sort(column.key, reverse=down)
                    await pilot.pause()
                    sorts.append(took())
        figures["sorting by any column, both ways"] = median(sorts)
        table.move_cursor(row=PEER // 3)
        await pilot.pause()
        figures["scrolling 60 rows a second"] = await scrolled(table.action_cursor_down, lambda: table)
        with timed() as took:
            for _ in range(50):
                table.action_page_down()
                await pilot.pause()
            figures["50 pages down"] = str(took())
        figures["memory added"] = f"{memory() - before:.0f} MB"
    return figures


def show(ours: Table, theirs: Table) -> None:
    """Both, side by side."""
    wide = max(map(len, ours.values()))
    print(f"{'':42}{'history':{wide}}  DataTable")
    for what, value in ours.items():
        print(f"{what:42}{value:{wide}}  {theirs.get(what, '—')}")


def main() -> None:
    """Run all of it."""
    load = os.getloadavg()[0]
    print(
        f"{date.today()}, Python {platform.python_version()}, {platform.machine()}, a screen of 120×40, load {load:.1f}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if sys.argv[1:] else Path(folder) / "ledger.db"
        if not path.exists():
            script = Path(__file__).with_name("ledger_million.py")
            subprocess.run([sys.executable, str(script), "100000", folder], check=True)
        ours = asyncio.run(history(path))
    show(ours, asyncio.run(peer()))


if __name__ == "__main__":
    main()
