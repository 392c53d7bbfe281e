"""Messages: what threads tell of recorded calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from genesys_tui.audit.place import Place
    from genesys_tui.audit.reading import Call
    from genesys_tui.audit.rows import News, Row, Totals
    from genesys_tui.errors import GenesysError
    from genesys_tui.tui.history.listing import Asked


class Relisted(Message):
    """Rows around a place were read anew."""

    def __init__(self, number: int, asked: Asked, rank: int, start: int, rows: list[Row], whole: bool) -> None:
        self.number = number
        """Which request this answers."""
        self.asked = asked
        self.rank = rank
        """How many rows come before the place."""
        self.start = start
        """The number of the first row read."""
        self.rows = rows
        self.whole = whole
        """Whether no row comes after those."""
        super().__init__()


class PageRead(Message):
    """A page was read."""

    def __init__(self, asked: Asked, page: int, rows: list[Row]) -> None:
        self.asked = asked
        self.page = page
        self.rows = rows
        super().__init__()


class Counted(Message):
    """The rows were counted, or as many as are counted."""

    def __init__(self, asked: Asked, count: int, exact: bool) -> None:
        self.asked = asked
        self.count = count
        self.exact = exact
        super().__init__()


class Totalled(Message):
    """Totals are known; those of some of the calls, where it was broken off."""

    def __init__(self, asked: Asked, totals: Totals, cost: float, whole: bool) -> None:
        self.asked = asked
        self.totals = totals
        self.cost = cost
        """Seconds that it took."""
        self.whole = whole
        super().__init__()


class NewsRead(Message):
    """How far the ledger has got."""

    def __init__(self, news: News) -> None:
        self.news = news
        super().__init__()


class CallRead(Message):
    """All that the ledger holds of one call, and of those it goes on with."""

    def __init__(self, call: Call, place: Place, continued: list[Call]) -> None:
        self.call = call
        self.place = place
        self.continued = continued
        """The call it continues, the one that continues, and so on."""
        super().__init__()


class Refused(Message):
    """Something could not be read or done."""

    def __init__(self, what: str, error: GenesysError) -> None:
        self.what = what
        """``list``, ``page``, ``count``, ``totals``, ``news``, ``call``, ``export`` or ``chore``."""
        self.error = error
        super().__init__()


class Done(Message):
    """A chore is done."""

    def __init__(self, sentence: str, erased: str = "", *, is_export: bool = False) -> None:
        self.sentence = sentence
        self.erased = erased
        """The request id of a call whose texts were erased."""
        self.is_export = is_export
        """Whether it was an export."""
        super().__init__()
