"""A conversation is rebuilt from its recorded calls, and says what the next call builds on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from genesys_tui.audit.ledger import Call
from genesys_tui.audit.records import Record
from genesys_tui.conversation import Conversation
from genesys_tui.document import document_of, file_name_for
from genesys_tui.gateway.payload import build_stream_payload
from genesys_tui.past import Past, exchanges_of, past_of
from genesys_tui.seam import continuation

START = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


class Told:
    """Records calls as the app makes them."""

    def __init__(self, system: str = "") -> None:
        self.calls: list[Call] = []
        self._system = [{"role": "system", "content": system}] if system else []

    def call(self, said: Conversation, prompt: str, reply: str, status: str = "completed", **fields: Any) -> Record:
        messages = [*self._system, *(message.model_dump() for message in said.asking(prompt))]
        return self.add(messages, reply, status, **fields)

    def go_on(self, cut: Record, so_far: str, reply: str, status: str = "completed") -> Record:
        asked = next(call for call in self.calls if call.record is cut)
        payload = build_stream_payload("?", "m").model_copy(
            update={"input": build_stream_payload("?", "m").input.model_copy(update={"messages": ()})}
        )
        last = continuation(payload, so_far).input.messages[-1].model_dump()
        return self.add([*asked.messages, last], reply, status, continues=cut.request_id)

    def add(self, messages: list[dict[str, str]], reply: str, status: str, **fields: Any) -> Record:
        number = len(self.calls)
        record = Record(
            request_id=f"call-{number}",
            model="m",
            conversation_id="c",
            started_at=START + timedelta(seconds=number),
            status=status,
            stop_reason=fields.pop("stop_reason", "max_tokens" if status == "truncated" else status),
            truncated=status == "truncated",
            **fields,
        )
        self.calls.append(Call(record, messages, reply))
        return record


def said_in(past: Past) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in past.conversation.messages]


def test_prompts_and_replies_come_back_in_order_without_the_system_prompt() -> None:
    told = Told(system="Be brief.")
    said = Conversation()
    for prompt, reply in (("\n\n  One?\nmore", "1"), ("Two?", "2")):
        told.call(said, prompt, reply)
        said = said.with_reply(prompt, reply)
    past = past_of("c", told.calls)
    assert past.conversation.messages == said.messages
    assert past.conversation.id == "c"
    assert [exchange.system for exchange in past.exchanges] == ["Be brief."] * 2
    assert past.title == "One?"


def test_a_continued_reply_is_joined_and_what_it_repeats_is_trimmed() -> None:
    told, cut = Told(), "The quick brown fox jumps over"
    first = told.call(Conversation(), "Tell.", cut, "truncated")
    failed = told.go_on(first, cut, "", "failed")
    told.go_on(first, cut, "quick brown fox jumps over the lazy dog.")
    (exchange,) = past_of("c", told.calls).exchanges
    assert exchange.content == "The quick brown fox jumps over the lazy dog."
    assert [record.request_id for record in exchange.records] == ["call-0", failed.request_id, "call-2"]
    assert not exchange.can_continue


def test_a_continuation_alone_tells_the_whole_reply() -> None:
    told, cut = Told(), "The quick brown fox jumps over"
    told.go_on(told.call(Conversation(), "Tell.", cut, "truncated"), cut, " the lazy dog.")
    (exchange,) = exchanges_of(told.calls[1:])
    assert (exchange.prompt, exchange.content) == ("Tell.", "The quick brown fox jumps over the lazy dog.")


def test_cancelled_and_truncated_replies_count_as_far_as_they_came_and_failed_ones_do_not() -> None:
    told, said = Told(), Conversation()
    told.call(said, "One?", "1, as far", "cancelled")
    said = said.with_reply("One?", "1, as far")
    told.call(said, "Lost?", "", "failed")
    told.call(said, "Unanswered?", "", "cancelled")
    told.call(said, "Two?", "2, cut", "truncated")
    past = past_of("c", told.calls)
    assert [exchange.prompt for exchange in past.exchanges] == ["One?", "Lost?", "Unanswered?", "Two?"]
    assert [exchange.stands for exchange in past.exchanges] == [True, False, False, True]
    assert said_in(past)[-2:] == [("user", "Two?"), ("assistant", "2, cut")]
    assert len(said_in(past)) == 4
    assert past.standing is not None
    assert past.standing.can_continue


def test_a_conversation_of_failures_begins_with_nothing() -> None:
    told = Told()
    told.call(Conversation(), "One?", "", "failed")
    assert past_of("c", told.calls).conversation.messages == ()
    assert past_of("c", []).conversation.messages == ()


def test_what_was_asked_again_or_edited_does_not_stand() -> None:
    told, said = Told(), Conversation()
    told.call(said, "One?", "first try")
    told.call(said, "One?", "second try")
    said = said.with_reply("One?", "second try")
    told.call(said, "Two?", "2")
    told.call(said, "Two, better?", "2!")
    past = past_of("c", told.calls)
    assert [exchange.stands for exchange in past.exchanges] == [False, True, False, True]
    assert [content for _, content in said_in(past)] == ["One?", "second try", "Two, better?", "2!"]


def test_a_window_says_how_much_is_earlier_and_still_knows_all_that_was_said() -> None:
    told, said = Told(), Conversation()
    for number in range(10):
        told.call(said, f"{number}?", f"{number}!")
        said = said.with_reply(f"{number}?", f"{number}!")
    past = past_of("c", told.calls[-3:], whole=False)
    assert (len(past.exchanges), past.earlier, past.title) == (3, 7, "0?")
    assert past.conversation.messages == said.messages


def test_a_fork_shows_what_was_said_before_it() -> None:
    told = Told()
    said = Conversation().with_reply("One?", "1").with_reply("Two?", "2")
    told.call(said, "Another way?", "yes")
    past = past_of("c", told.calls)
    assert [(each.prompt, bool(each.records)) for each in past.exchanges] == [
        ("One?", False),
        ("Two?", False),
        ("Another way?", True),
    ]
    assert past.earlier == 0


def test_markdown_is_harmless_and_json_keeps_the_text_as_it_was() -> None:
    told = Told()
    told.call(Conversation(), "One\x1b[2J?", "reply \u202e", "truncated")
    past = past_of("c", told.calls, name="A \x07name")
    markdown = "".join(document_of(past, Path("x.md")))
    assert markdown.startswith("# A ␇name\n")
    assert "cut by max_tokens" in markdown
    assert "One␛[2J?" in markdown
    assert "\x1b" not in markdown
    fields = json.loads(text := "".join(document_of(past, Path("x.JSON"))))
    assert text.isascii()
    assert fields["exchanges"][0]["prompt"] == "One\x1b[2J?"
    assert fields["exchanges"][0]["calls"][0]["request_id"] == "call-0"
    assert fields["messages"][-1] == {"role": "assistant", "content": "reply \u202e"}


def test_a_title_makes_a_file_name_and_nothing_else() -> None:
    assert file_name_for("../../etc/Passwd & Ünicode?") == "etc-passwd-nicode.md"
    assert file_name_for("…") == "conversation.md"
