"""The listing: the rows of a filter in an order, of which only some pages are held at a time."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.rows import Key, Order, Row
from genesys_tui.tui.history.columns import BY_NAME

PAGE = 256
"""Rows of a page."""

KEPT = 32
"""Pages that are held."""


class Asked(NamedTuple):
    """What a listing shows."""

    wanted: Filter = EVERYTHING
    order: Order = Order()
    until: int = 0
    """Where the newest of its calls starts: what began later is news."""


class Way(NamedTuple):
    """How to read a page."""

    page: int
    order: Order
    after: Key | None
    skip: int
    limit: int

    @property
    def length(self) -> int:
        """How many rows are stepped over."""
        return self.skip


class Listing:
    """Numbers rows from 0. A row that is not held is None until its page is taken in."""

    def __init__(self, asked: Asked, count: int = 0, *, exact: bool = False) -> None:
        self.asked = asked
        self.count = count
        """How many rows can be reached."""
        self.exact = exact
        """Whether there are no more than those."""
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        self._first: dict[int, Key] = {}
        self._last: dict[int, Key] = {}

    def row(self, number: int) -> Row | None:
        """One of them."""
        page = self._pages.get(number // PAGE)
        if page is None:
            return None
        self._pages.move_to_end(number // PAGE)
        place = number % PAGE
        return page[place] if 0 <= place < len(page) else None

    def take(self, page: int, rows: list[Row]) -> None:
        """Hold a page; the one that was not looked at for the longest time goes. A short page is the last one."""
        if len(rows) < PAGE:
            self.count, self.exact = min(self.count, page * PAGE + len(rows)), bool(rows) or page == 0
        if not rows:
            return
        self._pages[page] = rows
        self._pages.move_to_end(page)
        self._first[page], self._last[page] = rows[0].key(self.asked.order), rows[-1].key(self.asked.order)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)

    def missing(self, first: int, last: int) -> Way | None:
        """How to read the first page that is not held of these rows; None where all are."""
        last = min(last, self.count - 1)
        if last < first:
            return None
        for page in range(max(0, first) // PAGE, last // PAGE + 1):
            if page not in self._pages:
                return self.way(page)
        return None

    def way(self, page: int) -> Way:
        """From the nearest place that is known: an end of the order, or of a page that was read before."""
        order = self.asked.order
        ways = [Way(page, order, None, page * PAGE, PAGE)]
        if before := [each for each in self._last if each < page]:
            near = max(before)
            ways.append(Way(page, order, self._last[near], (page - near - 1) * PAGE, PAGE))
        if behind := [each for each in self._first if each > page]:
            near = min(behind)
            ways.append(Way(page, order.reversed, self._first[near], (near - page - 1) * PAGE, PAGE))
        if self.exact:
            left = self.count - page * PAGE
            ways.append(Way(page, order.reversed, None, max(0, left - PAGE), min(left, PAGE)))
        return min(ways, key=lambda way: way.length)

    @property
    def held(self) -> int:
        """How many pages are held."""
        return len(self._pages)


def count_of(listing: Listing) -> str:
    """How many there are."""
    return f"{listing.count:,}{'' if listing.exact else '+'} call{'s' * (listing.count != 1)}"


def state_of(listing: Listing) -> str:
    """How many there are, and in which order."""
    wanted, order, _ = listing.asked
    if not listing.count:
        return "no call is like this" if wanted != EVERYTHING else "no calls yet"
    count = count_of(listing)
    if order.column == "time":
        return f"{count} · {'newest' if order.descending else 'oldest'} first"
    title, numeric = BY_NAME[order.column].title, BY_NAME[order.column].right
    down, up = ("most", "least") if numeric else ("from Z", "from A")
    return f"{count} · by {title}, {down if order.descending else up}{' first' if numeric else ''}"
