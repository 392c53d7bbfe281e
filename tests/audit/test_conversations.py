"""Conversations are found in the ledger, the last one used first, and named beside it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import pytest

from genesys_tui.audit.conversations import MOST_COUNTED, Conversations
from genesys_tui.audit.ledger import EVERYTHING, Call, Filter, Ledger
from genesys_tui.audit.names import Names
from genesys_tui.audit.records import Record
from genesys_tui.errors import LedgerError

START = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


class Book:
    """A ledger with calls in it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.kept = Conversations(ledger)
        self._count = 0

    def call(self, conversation: str, *said: str, status: str = "completed") -> str:
        """One more call; ``said`` are prompt, reply, prompt, reply…"""
        self._count += 1
        record = Record(
            request_id=f"call-{self._count}",
            model="m",
            conversation_id=conversation,
            started_at=START + timedelta(seconds=self._count),
        )
        roles = ("user", "assistant")
        messages = [{"role": roles[index % 2], "content": text} for index, text in enumerate(said[:-1])]
        self.ledger.start(record, messages)
        self.ledger.end(record.model_copy(update={"status": status, "stop_reason": status}), said[-1])
        return record.request_id

    def titles(self, search: str = "") -> list[str]:
        return [listed.title for listed in self.kept.listed(search)]


@pytest.fixture
def book(ledger: Ledger) -> Book:
    return Book(ledger)


def test_the_last_one_used_comes_first_with_its_first_prompt_and_last_ending(book: Book) -> None:
    book.call("a", "\nAbout a?\nmore", "1")
    book.call("b", "About b?", "1")
    book.call("a", "About a?", "1", "And then?", "", status="failed")
    first, second = book.kept.listed()
    assert (first.id, first.title, first.calls, first.last.status) == ("a", "About a?", 2, "failed")
    assert (second.id, second.title, second.calls) == ("b", "About b?", 1)


def test_a_search_finds_prompts_replies_and_names(book: Book) -> None:
    book.call("a", "Where is the invoice?", "In the drawer.")
    book.call("b", "What is the weather?", "Rain.")
    book.call("b", "What is the weather?", "Rain.", "And tomorrow?", "Sun.")
    book.kept.rename("b", "Forecast  100 %")
    assert book.titles("INVOICE") == ["Where is the invoice?"]
    assert book.titles("rain") == ["Forecast 100 %"]
    assert book.titles("forecast") == ["Forecast 100 %"]
    (listed,) = book.kept.listed("rain")
    assert listed.calls == 2
    assert book.titles("nothing") == []


def test_a_name_is_kept_beside_the_ledger_privately_and_can_be_taken_away(book: Book, tmp_path: Path) -> None:
    book.call("a", "About a?", "1")
    assert not (tmp_path / "names.db").exists()
    book.kept.rename("a", "Named")
    assert stat.S_IMODE((tmp_path / "names.db").stat().st_mode) == 0o600
    assert Conversations(book.ledger).past("a").title == "Named"
    book.kept.rename("a", " ")
    assert book.titles() == ["About a?"]


def test_names_that_cannot_be_kept_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "names.db").write_bytes(b"no database at all, but long enough to be taken for one" * 30)
    with pytest.raises(LedgerError, match="names of conversations"):
        Names(tmp_path / "names.db").set("a", "b")
    assert [file.name for file in tmp_path.iterdir()] == ["names.db"]
    with pytest.raises(LedgerError, match=r"cannot be used: No such file or directory\. Check"):
        Names(tmp_path / "nowhere" / "names.db").set("a", "b")


def test_a_long_conversation_is_read_from_its_end(book: Book) -> None:
    said: list[str] = []
    for number in range(12):
        said += [f"{number}?", f"{number}!"]
        book.call("a", *said)
    past = book.kept.past("a", 5)
    assert [exchange.prompt for exchange in past.exchanges] == ["7?", "8?", "9?", "10?", "11?"]
    assert past.earlier == 7
    whole = book.kept.past("a")
    assert (len(whole.exchanges), whole.earlier) == (12, 0)
    assert past.conversation == whole.conversation


def test_any_call_tells_its_exchange(book: Book) -> None:
    request_id = book.call("a", "One?", "1", "Two?", "2")
    exchange = book.kept.exchange(request_id)
    assert [message.content for message in exchange.after] == ["One?", "1", "Two?", "2"]


class Counting(Ledger):
    """Counts the calls that are read."""

    read = 0

    def calls(self, wanted: Filter = EVERYTHING, limit: int | None = None) -> Iterator[Call]:
        for call in super().calls(wanted, limit):
            self.read += 1
            yield call


def test_a_page_of_the_list_reads_no_more_than_it_shows(tmp_path: Path) -> None:
    with Counting(tmp_path / "ledger.db") as ledger:
        book = Book(ledger)
        for number in range(60):
            book.call(str(number), f"{number}?", "!")
        listed = book.kept.listed()
        assert [each.title for each in islice(listed, 20)] == [f"{number}?" for number in range(59, 39, -1)]
        assert ledger.read < 100, "it must not read them all"
        assert next(listed).title == "39?"


def test_the_count_of_calls_is_bounded(book: Book) -> None:
    for _ in range(MOST_COUNTED + 5):
        book.call("a", "One?", "1")
    (listed,) = book.kept.listed()
    assert listed.calls == MOST_COUNTED + 1
