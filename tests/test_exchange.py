"""An exchange: a reply that was truncated is gone on with, and reads as one."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import pytest
from fakes import AT_ONCE, FixedTokens, Outcome, asking, wait_until
from gateway.raw_server import OK, RawServer, answer, chunk, final, hang

from genesys_tui.audit.ledger import Ledger
from genesys_tui.call import CallFact, Context, Ended, Started
from genesys_tui.errors import ConfigurationError
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import Answered, Delta, Ending, Fact, Requested
from genesys_tui.gateway.payload import Payload
from genesys_tui.gateway.scope import Scope

Serve = Callable[..., RawServer]

FIRST = "The first part of the reply, and then it is "
REPEATED = "and then it is "
CUT = [OK, chunk(FIRST, 9), chunk("cut", 10)]
REST = [
    OK,
    chunk("of the reply, ", 3),
    chunk("and then it", 6),
    chunk(" is cut off", 8),
    chunk(" no more.", 9),
    final(9),
]
WHOLE = FIRST + "cut off no more."


def exchange_with(server: RawServer, ledger: Ledger, continues: int = 0, **options: Any) -> Exchange:
    mode = options.pop("content_mode", "delta")
    gateway = Gateway(Endpoint(server.url, content_mode=mode), FixedTokens(), retry=AT_ONCE)
    return Exchange(asking(), gateway, ledger, Context(), continues=continues, **options)


def text_of(facts: list[CallFact]) -> str:
    """What a screen would show."""
    text = ""
    for fact in facts:
        if isinstance(fact, Delta):
            text = fact.content if fact.replaces else text + fact.content
    return text


def ends(facts: list[CallFact]) -> list[str]:
    return [fact.record.status for fact in facts if isinstance(fact, Ended)]


def test_a_truncated_reply_is_gone_on_with_and_the_seam_is_trimmed(serve: Serve, ledger: Ledger) -> None:
    server = serve(CUT, REST)
    exchange = exchange_with(server, ledger, continues=3)
    facts = list(exchange.run())
    assert exchange.content == text_of(facts) == WHOLE
    assert ends(facts) == ["truncated", "completed"]
    assert Outcome(facts).of(Ended)[-1].content == WHOLE
    first, second = (fact.record for fact in facts if isinstance(fact, Ended))
    assert second.continues == first.request_id
    assert second.conversation_id == first.conversation_id
    follow_up = json.loads(server.requests[1].body)
    assert follow_up["input"]["messages"][0] == {"role": "user", "content": "Good morning"}
    assert follow_up["input"]["messages"][1]["role"] == "system"
    assert follow_up["input"]["messages"][1]["content"].endswith(FIRST + "cut")
    assert ledger.get(second.request_id).reply.startswith("of the reply, "), "the ledger keeps what came"


def test_each_continuation_goes_on_from_all_that_came(serve: Serve, ledger: Ledger) -> None:
    server = serve(
        [OK, chunk("one ", 1)], [OK, chunk("two ", 1)], [OK, chunk("three ", 1)], [OK, chunk("four", 1), final(1)]
    )
    exchange = exchange_with(server, ledger, continues=9)
    facts = list(exchange.run())
    assert exchange.content == text_of(facts) == "one two three four"
    for request, so_far in zip(server.requests[1:], ["one ", "one two ", "one two three "], strict=True):
        assert json.loads(request.body)["input"]["messages"][-1]["content"].endswith(f"The reply so far:\n\n{so_far}")
    assert all(len(json.loads(request.body)["input"]["messages"]) == 2 for request in server.requests[1:])


@pytest.mark.parametrize("continues", [0, 1, 2])
def test_it_goes_on_as_often_as_it_may(continues: int, serve: Serve, ledger: Ledger) -> None:
    server = serve(CUT)
    facts = list(exchange_with(server, ledger, continues).run())
    assert ends(facts) == ["truncated"] * (continues + 1)
    assert len(server.requests) == continues + 1


@pytest.mark.parametrize(
    "steps", [[OK, chunk("all", 1), final(1)], [OK], answer(400)], ids=["complete", "empty", "refused"]
)
def test_what_is_whole_empty_or_failed_is_not_gone_on_with(steps: Any, serve: Serve, ledger: Ledger) -> None:
    server = serve(steps)
    list(exchange_with(server, ledger, continues=3).run())
    assert len(server.requests) == 1


def test_what_was_held_back_is_delivered_though_the_continuation_is_cut(serve: Serve, ledger: Ledger) -> None:
    server = serve(CUT, [OK, chunk("The first", 1)])
    exchange = exchange_with(server, ledger, continues=1)
    facts = list(exchange.run())
    assert exchange.content == text_of(facts) == FIRST + "cut" + "The first"
    assert isinstance(facts[-1], Ended)


def test_a_continuation_that_fails_keeps_what_there_is(serve: Serve, ledger: Ledger) -> None:
    server = serve(CUT, answer(400))
    exchange = exchange_with(server, ledger, continues=3)
    facts = list(exchange.run())
    assert ends(facts) == ["truncated", "failed"]
    assert exchange.content == text_of(facts) == FIRST + "cut"


def test_text_that_a_continuation_takes_back_is_only_its_own(serve: Serve, ledger: Ledger) -> None:
    """In cumulative mode; what the calls before said stays."""
    taken_back = [OK, chunk("and so", 1), chunk("or else", 2), chunk("or else not", 3), final(3)]
    cumulative = [OK, chunk(FIRST, 9), chunk(FIRST + "cut", 10)]
    exchange = exchange_with(serve(cumulative, taken_back), ledger, continues=1, content_mode="cumulative")
    facts = list(exchange.run())
    assert exchange.content == text_of(facts) == FIRST + "cut" + "or else not"


def test_text_that_is_taken_back_while_held_back_is_gone(serve: Serve, ledger: Ledger) -> None:
    cumulative = [OK, chunk(FIRST, 9), chunk(FIRST + "cut", 10)]
    taken_back = [OK, chunk("The first", 1), chunk("of the reply, " + REPEATED + "cut off", 2), final(2)]
    exchange = exchange_with(serve(cumulative, taken_back), ledger, continues=1, content_mode="cumulative")
    facts = list(exchange.run())
    assert exchange.content == text_of(facts) == FIRST + "cut off"


def test_an_exchange_may_begin_with_text_that_is_there_already(serve: Serve, ledger: Ledger) -> None:
    server = serve(REST)
    exchange = exchange_with(server, ledger, before=FIRST + "cut")
    facts = list(exchange.run())
    assert exchange.content == WHOLE
    assert text_of(facts) == " off no more."
    assert json.loads(server.requests[0].body)["input"]["messages"][1]["role"] == "system"


def test_there_must_be_text_to_begin_with(serve: Serve, ledger: Ledger) -> None:
    server = serve(REST)
    with pytest.raises(ConfigurationError, match="no text to continue"):
        list(exchange_with(server, ledger, before="").run())
    assert not server.connections


def test_cancelling_ends_the_running_call_and_makes_no_other(serve: Serve, ledger: Ledger) -> None:
    server = serve(CUT, [OK, chunk("And on it goes", 1), hang])
    exchange = exchange_with(server, ledger, continues=5)
    facts: list[CallFact] = []
    thread = threading.Thread(target=lambda: facts.extend(exchange.run()), daemon=True)
    thread.start()
    wait_until(lambda: "And on it goes" in exchange.content)
    exchange.cancel()
    thread.join(5)
    assert ends(facts) == ["truncated", "cancelled"]
    assert len(server.requests) == 2
    assert exchange.content == FIRST + "cut" + "And on it goes"


def test_cancelling_before_it_begins_sends_nothing(serve: Serve, ledger: Ledger) -> None:
    server = serve(CUT)
    exchange = exchange_with(server, ledger, continues=5)
    exchange.cancel()
    assert ends(list(exchange.run())) == ["cancelled"]
    assert not server.connections


def test_closing_it_ends_the_running_call(serve: Serve, ledger: Ledger) -> None:
    facts = exchange_with(serve(CUT, [OK, chunk("x", 1), hang]), ledger, continues=5).run()
    started = 0
    for fact in facts:
        started += isinstance(fact, Started)
        if started == 2 and isinstance(fact, Delta):
            break
    facts.close()
    assert [call.record.status for call in ledger.calls()] == ["cancelled", "truncated"]


def test_many_small_deltas_cost_no_more_each_than_few(ledger: Ledger) -> None:
    """The reply is not copied for every delta."""

    class Chatty:
        def __init__(self, count: int) -> None:
            self.count = count

        def stream(self, payload: Payload, scope: Scope) -> Generator[Fact, None, Ending]:
            yield Requested(0.0, 1)
            yield Answered(0.0, 200, None)
            for number in range(self.count):
                yield Delta(0.0, "word ", number + 1, str(number))
            return Ending(1.0)

    def cost(count: int) -> float:
        exchange = Exchange(asking(), Chatty(count), ledger, Context())
        began = time.process_time()
        for _ in exchange.run():
            pass
        assert len(exchange.content) == 5 * count
        return (time.process_time() - began) / count

    assert cost(200_000) < 5 * cost(20_000)
