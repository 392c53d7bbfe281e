"""What was erased is left out of what is asked next: that, and nothing that only looks like it."""

from __future__ import annotations

import pytest

from genesys_tui.config import load_settings
from genesys_tui.conversation import Conversation
from genesys_tui.gateway.payload import Message
from genesys_tui.past import Past, PastExchange, quoted
from genesys_tui.tui.conversations.erased import Erased
from genesys_tui.tui.talk import Talk

ERASED = ("SECRET", "as you say")


def said(*pairs: tuple[str, str]) -> tuple[Message, ...]:
    return tuple(
        message
        for prompt, reply in pairs
        for message in (Message(role="user", content=prompt), Message(role="assistant", content=reply))
    )


@pytest.fixture
def talk() -> Talk:
    return Talk(load_settings({"base_url": "http://127.0.0.1:1"}, environ={}))


def test_an_exchange_that_only_resembles_an_erased_one_stays() -> None:
    erased = Erased()
    erased.update([("go on", "ok")])
    kept = [("go on", "ok, here is the plan"), ("go on", "ok "), ("Go on", "ok"), ("go on, please", "ok")]
    assert erased.filter(said(*kept, ("go on", "ok"), ("and", "then"))) == said(*kept, ("and", "then"))
    assert not erased.holds("go on", "ok, here is the plan")


def test_a_prompt_and_what_comes_before_it_are_no_exchange() -> None:
    erased = Erased()
    erased.update([("ok", "go on")])
    messages = said(("and", "ok"), ("go on", "then"))
    assert erased.filter(messages) == messages


def test_a_past_does_not_tell_of_what_it_only_quotes() -> None:
    erased = Erased()
    before = said(("one", "1"), ERASED)
    past = Past("c", (*quoted(before), PastExchange("two", before, "2")))
    assert erased.past(past) == past
    erased.update([ERASED])
    assert erased.past(past).conversation.messages == said(("one", "1"), ("two", "2"))
    assert [each.prompt for each in erased.past(past).exchanges] == ["one", "two"]


def test_an_erased_prompt_is_not_asked_again_from_a_fork(talk: Talk) -> None:
    talk.fork(Conversation(messages=said(("one", "1"), ERASED)))
    assert talk.prompt == "SECRET"
    talk.erased.update([ERASED])
    assert talk.prompt == "one"
    assert talk.conversation.messages == said(("one", "1"))
    assert talk.rewind() == "one"
    assert not talk.can_ask_again


def test_an_erased_prompt_is_not_asked_again_where_it_was_the_last(talk: Talk) -> None:
    talk.resume(Past("c", (PastExchange("one", (), "1"), PastExchange("SECRET", said(("one", "1")), "as you say"))))
    assert talk.prompt == "SECRET"
    talk.erased.update([ERASED])
    assert talk.prompt == talk.rewind() == "one"


def test_the_same_prompt_with_another_reply_can_be_asked_again(talk: Talk) -> None:
    talk.resume(Past("c", (PastExchange("SECRET", (), "another reply"),)))
    talk.erased.update([ERASED])
    assert talk.prompt == "SECRET"


def test_what_is_said_anew_after_it_was_erased_is_kept() -> None:
    erased = Erased()
    erased.update([ERASED])
    erased.said_anew(*ERASED)
    assert erased.filter(said(ERASED)) == said(ERASED)
