"""Messages: what threads tell of recorded calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from genesys_tui.audit.place import Place
    from genesys_tui.audit.reading import Call
    from genesys_tui.audit.rows import News, Row, Totals
    from genesys_tui.errors import GenesysError
    from genesys_tui.tui.conversations.erased import Pair
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


class Askable(Message):
    """Whether what a call asked is kept, so that it can be asked again."""

    def __init__(self, request_id: str, kept: bool, edited: bool) -> None:
        self.request_id = request_id
        self.kept = kept
        self.edited = edited
        """Whether it is to be edited first."""
        super().__init__()


class Done(Message):
    """A chore is done."""

    def __init__(self, sentence: str, *, is_export: bool = False) -> None:
        self.sentence = sentence
        self.is_export = is_export
        """Whether it was an export."""
        super().__init__()


class ErasedTexts(Message):
    """What was said in calls was erased."""

    def __init__(self, sentence: str, conversation: str, said: set[Pair], *, whole: bool = True) -> None:
        self.sentence = sentence
        self.conversation = conversation
        """Its id; empty where the calls were of none."""
        self.said = said
        """What was said, as conversations quote it, so that it can be dropped where it is still held."""
        self.whole = whole
        """Whether no call that runs will repeat it."""
        super().__init__()


class OthersCounted(Message):
    """How many other calls of a conversation hold what was said."""

    def __init__(self, others: int, running: int) -> None:
        self.others = others
        """Those that have ended, and can be erased."""
        self.running = running
        super().__init__()
