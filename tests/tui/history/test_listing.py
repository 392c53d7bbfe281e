"""Whatever is looked at, in whatever order, is what the ledger holds, and few pages are held for it."""

from __future__ import annotations

import random

import pytest

from genesys_tui.audit.browse import Browser
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.rows import SORTED, Order, Row
from genesys_tui.audit.totals import totals
from genesys_tui.tui.history.listing import KEPT, PAGE, Asked, Listing

from .made import fill

pytestmark = pytest.mark.xdist_group("listing")  # filled once
CALLS = 20_000
"""More than `browse.FEW`: every search for `answer 3` is found along the words."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    with Ledger(tmp_path_factory.mktemp("history") / "ledger.db") as ledger:
        fill(ledger, CALLS)
    return Browser(ledger.path)


def _look(browser: Browser, listing: Listing, number: int) -> Row:
    while way := listing.missing(number, number):
        rows = browser.page(listing.asked.wanted, way.order, after=way.after, skip=way.skip, limit=way.limit)
        listing.take(way.page, rows if way.order == listing.asked.order else rows[::-1])
    row = listing.row(number)
    assert row is not None
    return row


@pytest.mark.parametrize("order", [Order(column, down) for column in SORTED for down in (True, False)], ids=str)
def test_any_row_in_any_order_is_the_right_one(browser: Browser, order: Order) -> None:
    everything = browser.page(EVERYTHING, Order("time", False), limit=CALLS + 1)
    expected = sorted(everything, key=lambda row: row.key(order), reverse=order.descending)
    listing = Listing(Asked(order=order), CALLS, exact=True)
    chance = random.Random(1)
    for number in [0, CALLS - 1, CALLS // 2, PAGE, PAGE - 1, *(chance.randrange(CALLS) for _ in range(60))]:
        assert _look(browser, listing, number) == expected[number]
    assert listing.held <= KEPT


def test_no_page_is_reached_by_way_of_more_than_half_of_the_rows(browser: Browser) -> None:
    listing = Listing(Asked(), CALLS, exact=True)
    assert all(listing.way(page).skip <= CALLS // 2 for page in range(CALLS // PAGE + 1))
    _look(browser, listing, CALLS // 2)
    assert listing.way(CALLS // 2 // PAGE + 1).skip == 0
    assert listing.way(CALLS // 2 // PAGE - 1).skip == 0


def test_a_short_page_says_where_the_end_is(browser: Browser) -> None:
    listing = Listing(Asked(), CALLS + 5_000)
    number = CALLS - 1
    way = listing.missing(number, number)
    assert way is not None
    listing.take(way.page, browser.page(EVERYTHING, way.order, after=way.after, skip=way.skip, limit=way.limit))
    assert (listing.count, listing.exact) == (CALLS, True)


@pytest.mark.parametrize(
    "wanted",
    [
        EVERYTHING,
        Filter(status="truncated"),
        Filter(model="claude*", profile="lab"),
        Filter(since="2026-03-05T00:00:00+00:00", until="2026-03-06T00:00:00+00:00"),
        Filter(search="question 77"),
        Filter(search="answer 3", status="truncated"),
        Filter(min_tokens=2000),
        Filter(search="nowhere"),
    ],
    ids=str,
)
def test_page_count_rank_and_totals_agree(browser: Browser, wanted: Filter) -> None:
    rows = browser.page(wanted, Order("tokens"), limit=CALLS)
    assert browser.count(wanted) == len(rows)
    assert rows == sorted(rows, key=lambda row: row.key(Order("tokens")), reverse=True)
    for number in {0, len(rows) // 2, len(rows) - 1} if rows else ():
        assert browser.rank(wanted, Order("tokens"), rows[number].key(Order("tokens"))) == number
    found = totals(browser, wanted, go_on=lambda: True)
    assert (found.calls, found.tokens) == (len(rows), sum(row.tokens for row in rows))
    assert found.truncated == sum(row.status == "truncated" for row in rows)
    assert sum(bucket.calls for bucket in found.buckets) == len(rows)
    if rows:
        ordered = sorted(row.ttft for row in rows)
        exact = ordered[-(-len(ordered) // 2) - 1]
        assert found.ttft_p50 is not None
        assert abs(found.ttft_p50 - exact) <= exact * 0.05


def test_a_count_is_bounded(browser: Browser) -> None:
    assert browser.count(EVERYTHING, most=100) == 101
