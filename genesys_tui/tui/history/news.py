"""The news: what happens to a listing when the ledger has got further, so that what is read stays where it is."""

from __future__ import annotations

from genesys_tui.audit.rows import Key
from genesys_tui.tui.history.listing import PAGE, Asked, Listing
from genesys_tui.tui.history.messages import Relisted


class Anchor:
    """A row that stays on its line while rows come before it; nothing where the newest are to be shown."""

    def __init__(self, key: Key | None = None, number: int = 0) -> None:
        self.key = key
        self.number = number

    @classmethod
    def on(cls, listing: Listing, pointed: int, top: int) -> Anchor:
        """The row pointed at, or the first in sight that is held."""
        for number in (pointed, top, top + 1):
            if row := listing.row(number):
                return cls(row.key(listing.asked.order), number)
        return cls()


def relisted(read: Relisted, before: Listing) -> Listing:
    """The listing that was read, knowing at once what can be known."""
    least = read.start + len(read.rows)
    same = _same(before.asked, read.asked)
    listing = Listing(read.asked, least, exact=read.whole)
    if not read.whole and same:
        listing.count = max(least, before.count)
    for page in range(-(-read.start // PAGE), least // PAGE + 1):
        rows = read.rows[page * PAGE - read.start : (page + 1) * PAGE - read.start]
        if len(rows) == PAGE or (rows and read.whole):
            listing.take(page, rows)
    return listing


def _same(one: Asked, other: Asked) -> bool:
    return (one.wanted, one.order) == (other.wanted, other.order)
