"""The browsing screen: keeps table, totals and detail at what the ledger holds, while it grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.rows import Interrupted, News, Totals
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.history.detail import Detail
from genesys_tui.tui.history.exporting import Exporting
from genesys_tui.tui.history.filter_line import FilterLine
from genesys_tui.tui.history.headline import UNREADABLE, Misread, headline
from genesys_tui.tui.history.listing import Asked, state_of
from genesys_tui.tui.history.looking import LookingScreen
from genesys_tui.tui.history.messages import CallRead, Counted, NewsRead, PageRead, Refused, Relisted, Totalled
from genesys_tui.tui.history.news import Anchor, relisted
from genesys_tui.tui.history.table import CallTable
from genesys_tui.tui.history.totals import in_words, plot
from genesys_tui.tui.mailbox import mailbox_of
from genesys_tui.tui.messages import Crashed
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.standing import StandingNotice
from genesys_tui.tui.widgets.key_line import KeyLine
from genesys_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from genesys_tui.tui.app import GenesysApp
    from genesys_tui.tui.desk import Desk
    from genesys_tui.tui.history.reader import Reader

REST = 0.08
"""Seconds that a row must be pointed at before all of its call is read."""

SUM = 4.0
"""Seconds between two sums, at least; four times what the last one took where that is longer."""

COLUMNS = 90
"""Columns of the plot, at most."""


class BrowsingScreen(LookingScreen):
    """Everything is read on threads; what they tell is shown where it is still wanted."""

    AUTO_FOCUS = "CallTable"
    table = getters.query_one(CallTable)
    misread = getters.query_one(Misread)
    detail = getters.query_one(Detail)
    exporting = getters.query_one(Exporting)
    title_line = getters.query_one("#title", Line)
    totals_line = getters.query_one("#totals", Line)
    plot_line = getters.query_one("#plot", Line)

    def __init__(self, desk: Callable[[], Desk | None]) -> None:
        super().__init__(desk)
        self._reader: Reader | None = None
        self._asked = Asked()
        self._number = 0  # of the listing that was asked for last
        self._shown = 0
        self._anchor: Anchor | None = None  # of the listing that is waited for
        self._going = False  # whether the anchor is where the reader wants to go
        self._news = News(0, 0)
        self._new = 0  # calls above that came since the reader looked elsewhere
        self._totals: Totals | None = None
        self._sum_pause = SUM
        self._summed: Filter | None = None  # the filter whose totals were asked for last
        self._summing: Timer | None = None
        self._resting: Timer | None = None
        self._trouble = ""
        self._offered = False  # whether keys are that want a call

    def compose(self) -> ComposeResult:
        """What is shown, the filter, what it comes to, the calls, and one of them."""
        yield StandingNotice()
        yield Line(id="title")
        yield FilterLine()
        yield Misread()
        yield Line(id="totals")
        yield Line(id="plot")
        with Horizontal():
            yield CallTable()
            yield Detail()
        yield Exporting()
        yield Notices()
        yield KeyLine()

    def on_unmount(self) -> None:
        """Let go of the file."""
        if self._reader:
            self._reader.close()

    # What is wanted.

    def list_anew(self, asked: Asked, anchor: Anchor | None = None, *, going: bool = False) -> None:
        """Show other calls, or the same ones in another order.

        From their beginning, or with the anchor where it is; where ``going``, with its moment in the middle.
        """
        self._asked, self._anchor, self._going = asked, anchor, going
        self._number += 1
        if self._reader:
            self._reader.relist(self._number, asked, anchor.key if anchor else None)

    def on_filter_line_asked(self, event: FilterLine.Asked) -> None:
        """Show the calls of another filter."""
        self._trouble = ""
        if event.wanted != self._asked.wanted:
            self.table.to_first_column()
            self.list_anew(self._asked._replace(wanted=event.wanted))
        self.misread.tell(self.filter_line)
        cast("GenesysApp", self.app).take_back(UNREADABLE)
        self._show_title()

    def on_filter_line_wrong(self) -> None:
        """Say what is wrong; the calls stay as they are."""
        self.misread.tell(self.filter_line)

    def on_call_table_wanted(self) -> None:
        """Read what comes into sight."""
        table = self.table
        if self._reader and (way := table.missing):
            self._reader.page(table.listing.asked, way)

    def on_call_table_pointed(self) -> None:
        """Read all of the call, once the cursor rests on it."""
        if self.table.at_rest:
            self._new = 0
        if not self.table.listing.count:
            self.detail.say("No call.")
        self._show_title()
        if self._offered != (self.table.row is not None):
            self._offered = not self._offered
            self.refresh_bindings()
        if self._resting:
            self._resting.stop()
        self._resting = self.set_timer(REST, self.read_call)

    def read_call(self) -> None:
        """Read all of the call that is pointed at, where it is shown."""
        row = self.table.row
        if self.detail.display and row and self._reader:
            self._reader.call(row.request_id)

    # What threads tell.

    def on_relisted(self, event: Relisted) -> None:
        """Show the rows; what was read before stays on its line."""
        self._heard("list")
        if event.number != self._number:
            return
        self._shown = event.number
        table, anchor = self.table, self._anchor
        listing = relisted(event, table.listing)
        self._trouble = ""
        if anchor is None or anchor.key is None:
            table.show(listing)
        elif self._going:  # to the first call that is not earlier
            number = event.rank - 1 if event.asked.order.descending else event.rank
            table.show(listing, number, number - table.room // 2)
        else:
            moved = event.rank - anchor.number
            self._new += max(0, moved)
            table.show(listing, table.pointed + moved, table.top + moved)
        self._asked = event.asked
        if self._reader and not listing.exact:
            self._reader.count(event.asked)
        self._sum_up()
        self._show_title()
        self.settle_for(event.asked.wanted)

    def on_page_read(self, event: PageRead) -> None:
        """Take it in."""
        self._heard("page")
        if event.asked == self.table.listing.asked:
            self.table.take(event.page, event.rows)

    def on_counted(self, event: Counted) -> None:
        """The scrollbar and the title know better."""
        self._heard("count")
        listing = self.table.listing
        if event.asked == listing.asked and event.count and not listing.exact:
            self.table.counted(event.count if event.exact else max(event.count, listing.count), exact=event.exact)
            self._show_totals()
            self._show_title()

    def on_totalled(self, event: Totalled) -> None:
        """Show what the calls come to."""
        self._heard("totals")
        self._sum_pause = max(SUM, 4 * event.cost)
        if not event.whole or event.asked.wanted != self._asked.wanted:
            return
        self._totals = event.totals
        if event.asked == self.table.listing.asked and not self.table.listing.exact:
            self.table.counted(event.totals.calls, exact=True)
        self._show_totals()
        self._show_title()

    def on_news_read(self, event: NewsRead) -> None:
        """Take in what was recorded since the calls were read; they do not move."""
        self._heard("news")
        if event.news != self._news and self._reader and self._number == self._shown:
            self._news = event.news
            table = self.table
            anchor = None if table.at_rest else Anchor.on(table.listing, table.pointed, table.top)
            self.list_anew(self._asked, anchor)
        elif self._number == self._shown:
            self.settle()

    def on_call_read(self, event: CallRead) -> None:
        """Show it."""
        self._heard("call")
        row = self.table.row
        if row and event.call.record.request_id == row.request_id:
            self.detail.show(event)

    def on_refused(self, event: Refused) -> None:
        """Say why."""
        self._heard(event.what)
        if isinstance(event.error, Interrupted) or event.what in ("chore", "export"):
            return
        if event.what == "call":
            self.detail.say(event.error.message)
        else:
            self._shown = self._number
            self.settle()
            if event.error.message != self._trouble:
                self._trouble = event.error.message
                self.notify(sanitized_line(self._trouble), severity="error", timeout=15, markup=False)
            self._show_title()

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    # What is shown.

    def on_resize(self) -> None:
        """The strip and the plot take the room there is."""
        self._show_totals()

    def _look(self) -> None:
        if self._reader is None and (desk := self._desk()) is not None:
            from genesys_tui.tui.history.reader import Reader

            self._reader = Reader(desk.ledger, mailbox_of(self))
        if self._reader:
            self._reader.news()
        self._show_title()

    def _heard(self, what: str) -> None:
        if self._reader:
            self._reader.finished(what)

    def _sum_up(self) -> None:
        """At once where other calls are shown; now and then where there are only more of them."""
        asked = self.table.listing.asked
        if others := asked.wanted != self._summed:
            self._summed, self._totals = asked.wanted, None
        self._show_totals()
        if others:
            self._sum()
        elif self._summing is None:
            self._summing = self.set_timer(self._sum_pause, self._sum)

    def _sum(self) -> None:
        if self._summing:
            self._summing.stop()
        self._summing = None
        if self._reader:
            self._reader.total(self.table.listing.asked, COLUMNS)

    def _show_totals(self) -> None:
        width = max(20, self.size.width - 2)
        listed = self.table.listing.count if self.table.listing.exact else 0
        self.totals_line.show(in_words(self._totals, width, listed) if self._totals else Content("summing up…"))
        self.plot_line.show(plot(self._totals, width) if self._totals else Content(""))

    def _show_title(self) -> None:
        state = state_of(self.table.listing) if self._reader else "The audit file is not open yet."
        self.title_line.show(headline(self._trouble or state, trouble=bool(self._trouble), new=self._new))
