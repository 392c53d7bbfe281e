"""A conversation: what was said is what the next call builds on."""

from __future__ import annotations

from genesys_tui.conversation import Conversation


def test_a_conversation_grows_by_prompt_and_reply() -> None:
    empty = Conversation()
    grown = empty.with_reply("How are you?", "Well.").with_reply("And now?", "")
    assert grown.id == empty.id
    assert empty.messages == (), "each is a value of its own"
    assert [(message.role, message.content) for message in grown.asking("Why?")] == [
        ("user", "How are you?"),
        ("assistant", "Well."),
        ("user", "And now?"),
        ("assistant", ""),
        ("user", "Why?"),
    ]
    assert Conversation().id != empty.id


def test_rewinding_takes_the_last_prompt_and_its_reply_back() -> None:
    one = Conversation().with_reply("How are you?", "Well.")
    assert one.with_reply("And now?", "Still.").rewound() == ("And now?", one)
    prompt, before = one.rewound()
    assert (prompt, before.messages, before.id) == ("How are you?", (), one.id)
    assert before.rewound() == ("", before)
