"""The reader: asks the ledger's file for the screen, on threads, over connections of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from textual.message import Message

from genesys_tui.audit.browse import Browser
from genesys_tui.audit.ledger import Call, Ledger
from genesys_tui.audit.place import place_of
from genesys_tui.audit.reading import damaged
from genesys_tui.audit.rows import Interrupted, Key, Row, Totals
from genesys_tui.audit.totals import totals
from genesys_tui.errors import GenesysError, LedgerError
from genesys_tui.tui.history.listing import PAGE, Asked, Way
from genesys_tui.tui.history.messages import CallRead, Counted, NewsRead, PageRead, Refused, Relisted, Totalled
from genesys_tui.tui.mailbox import Mailbox, aside

COUNTED = 0.5
"""Seconds in which rows are counted; the totals, which follow, count the rest."""

LONGEST_CHAIN = 20
"""Continued calls that are followed."""


class Reader:
    """One read of a kind at a time; what is asked for meanwhile waits, and only the last of it is done."""

    def __init__(self, ledger: Ledger, deliver: Mailbox) -> None:
        self.ledger = ledger
        self._deliver = deliver
        self._pages = Browser(ledger.path)
        self._sums = Browser(ledger.path)  # so that no page waits for a count
        self._running: set[str] = set()
        self._waiting: dict[str, Callable[[], Message]] = {}
        self._wanted: Asked | None = None

    def relist(self, number: int, asked: Asked, anchor: Key | None) -> None:
        """Read the rows around a place, or the first ones, as they are now; what was read of others is broken off."""
        if "list" in self._running:
            self._pages.interrupt()
        if self._wanted and self._wanted.wanted != asked.wanted:
            self._wanted = None
            self._sums.interrupt()
        self._begin("list", lambda: self._relisted(number, asked, anchor))

    def page(self, asked: Asked, way: Way) -> None:
        """Read a page."""
        self._begin("page", lambda: PageRead(asked, way.page, self._rows(asked, way)))

    def count(self, asked: Asked) -> None:
        """Count the rows, up to a point."""
        self._turn_to(asked)
        self._begin("count", lambda: self._counted(asked))

    def total(self, asked: Asked, columns: int) -> None:
        """Sum up the rows."""
        self._turn_to(asked)
        self._begin("totals", lambda: self._totalled(asked, columns))

    def news(self) -> None:
        """Look how far the ledger has got."""
        self._begin("news", lambda: NewsRead(self._pages.news()))

    def call(self, request_id: str) -> None:
        """Read all of one call, from the ledger's own events."""
        self._begin("call", lambda: self._call(request_id))

    def finished(self, what: str) -> None:
        """The screen has heard of it: what waits can begin."""
        self._running.discard(what)
        if work := self._waiting.pop(what, None):
            self._begin(what, work)

    def close(self) -> None:
        """Let go of the file."""
        self._wanted = None
        self._sums.interrupt()
        aside(self._closed, lambda _: None)

    def _turn_to(self, asked: Asked) -> None:
        """Break off what is counted or summed up of other calls."""
        others, self._wanted = self._wanted, asked
        if others and others.wanted != asked.wanted:
            self._sums.interrupt()

    def _begin(self, what: str, work: Callable[[], Message]) -> None:
        if what in self._running:
            self._waiting[what] = work
            return
        self._running.add(what)

        def safely() -> Message:
            try:
                return work()
            except GenesysError as error:
                return Refused(what, error)

        aside(safely, self._deliver)

    def _relisted(self, number: int, asked: Asked, anchor: Key | None) -> Message:
        asked = asked._replace(until=self._pages.news().last_call)
        wanted, order, until = asked
        if anchor is None:
            limit = PAGE + 1 if wanted.search else 2 * PAGE  # a search looks at many texts for each row
            rows = self._pages.page(wanted, order, limit=limit, until=until)
            return Relisted(number, asked, 0, 0, rows, len(rows) < limit)
        rank = self._pages.rank(wanted, order, anchor, until)
        above = min(rank, rank % PAGE + PAGE)  # so that the first row read is the first of a page
        before = self._pages.page(wanted, order.reversed, after=anchor, limit=above, until=until) if above else []
        after = before[0].key(order) if before else None
        rows = self._pages.page(wanted, order, after=after, limit=2 * PAGE - rank % PAGE, until=until)
        whole = len(rows) < 2 * PAGE - rank % PAGE
        return Relisted(number, asked, rank, rank - len(before), [*reversed(before), *rows], whole)

    def _rows(self, asked: Asked, way: Way) -> list[Row]:
        rows = self._pages.page(
            asked.wanted, way.order, after=way.after, skip=way.skip, limit=way.limit, until=asked.until
        )
        return rows if way.order == asked.order else rows[::-1]

    def _counted(self, asked: Asked) -> Message:
        try:
            count, exact = self._sums.tally(asked.wanted, until=asked.until, seconds=COUNTED)
        except Interrupted:
            return Counted(asked, 0, exact=False)
        return Counted(asked, count, exact=exact)

    def _totalled(self, asked: Asked, columns: int) -> Message:
        began = time.monotonic()
        wanted, _, until = asked
        with suppress(Interrupted):
            try:
                found = totals(self._sums, wanted, columns=columns, until=until, go_on=lambda: self._goes(asked))
            except (TypeError, ValueError, OverflowError):  # the table was written by another hand
                raise damaged() from None
            return Totalled(asked, found, time.monotonic() - began, whole=self._goes(asked))
        return Totalled(asked, Totals(), time.monotonic() - began, whole=False)

    def _goes(self, asked: Asked) -> bool:
        return self._wanted is not None and self._wanted.wanted == asked.wanted

    def _call(self, request_id: str) -> Message:
        call = self.ledger.get(str(request_id))
        with self._pages.reading() as db:
            place = place_of(db, call.record.request_id)
        continued: list[Call] = []
        before = call.record.continues
        while before and len(continued) < LONGEST_CHAIN:
            try:
                continued.append(self.ledger.get(before))
            except LedgerError:  # in another ledger, or before this one
                break
            before = continued[-1].record.continues
        return CallRead(call, place, continued)

    def _closed(self) -> Message:
        self._pages.close()
        self._sums.close()
        return Message()
