"""What is copied is what was sent and what came, to the character."""

from __future__ import annotations

import pytest

from genesys_tui.tui.transcript.conversation import Conversation
from genesys_tui.tui.transcript.marking import marks
from genesys_tui.tui.transcript.said import as_markdown, code, codes

HOSTILE = "a\x1b[31m\u202eb\u200b\r\nc"


def said(*calls: tuple[str, str]) -> Conversation:
    conversation = Conversation()
    for prompt, reply in calls:
        conversation.begin(prompt)
        for start in range(0, len(reply), 7):
            conversation.append(reply[start : start + 7])
        conversation.end("done", "success")
    return conversation


def test_prompt_and_reply_are_the_original_whatever_is_shown() -> None:
    conversation = Conversation()
    conversation.begin("[pasted 60 lines]", HOSTILE)
    conversation.append(HOSTILE)
    conversation.append("**x**")
    conversation.end("done", "success")
    assert [(each.prompt, each.reply) for each in conversation.said] == [(HOSTILE, HOSTILE + "**x**")]
    assert "\x1b" not in "".join(block.text for block in conversation.blocks)


def test_a_reply_that_was_continued_is_one() -> None:
    conversation = said(("one", "A"), ("two", "begun "))
    conversation.go_on("two", "begun ")
    conversation.append("and ended")
    conversation.end("done", "success")
    assert [(each.prompt, each.reply) for each in conversation.said] == [("one", "A"), ("two", "begun and ended")]
    assert as_markdown(conversation.said) == (
        "## Prompt\n\none\n\n## Reply\n\nA\n\n## Prompt\n\ntwo\n\n## Reply\n\nbegun and ended\n"
    )


FENCED = "Here:\n\n```python\ndef total(chunks):\n    return chunks[-1]\n```\n\nThat is *all*."


@pytest.mark.parametrize("thoughts", ["", "hm"])
@pytest.mark.parametrize("cut", range(1, len(FENCED), 5))
def test_a_reply_that_was_continued_looks_as_if_it_had_come_at_once(cut: int, thoughts: str) -> None:
    whole, continued = Conversation(), Conversation()
    for conversation in (whole, continued):
        conversation.begin("p")
        conversation.think(thoughts)
    whole.append(FENCED)
    whole.end("done", "success")
    continued.append(FENCED[:cut])
    continued.end("cut by length", "warning")
    continued.end("another word", "muted")
    continued.go_on("p", FENCED[:cut])
    continued.update()
    continued.append(FENCED[cut:])
    continued.update()
    continued.prepend(said(("before", "that")))
    whole.prepend(said(("before", "that")))
    continued.end("done", "success")
    assert continued.blocks == whole.blocks
    continued.go_on("p", FENCED)
    continued.append("a call that failed")
    continued.end("failed", "error")
    continued.go_on("p", FENCED)
    continued.end("done", "success")
    assert continued.blocks == whole.blocks
    assert [each.reply for each in continued.said] == ["that", FENCED]


def test_a_reply_that_is_not_the_last_comes_again_below_it() -> None:
    conversation = said(("one", "begun "), ("two", ""))
    conversation.go_on("one", "begun ")
    conversation.append("and ended")
    conversation.end("done", "success")
    replies = [("one", "begun "), ("two", ""), ("one", "begun and ended")]
    assert [(each.prompt, each.reply) for each in conversation.said] == replies
    assert [block.text for block in conversation.blocks if block.kind == "note"] == ["done"] * 3


def test_a_reply_that_was_replaced_is_what_replaced_it() -> None:
    conversation = Conversation()
    conversation.begin("p")
    conversation.append("first try")
    conversation.replace("second")
    conversation.append(" try")
    assert conversation.said[0].reply == "second try"
    conversation.end("cut", "warning")
    conversation.go_on("p", "second try")
    conversation.append(", third")
    conversation.replace("second try, fourth")
    assert conversation.said[0].reply == "second try, fourth"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("```make\nall:\n\tcc x.c\n```", ["all:\n\tcc x.c"]),
        ("- item\n  ```go\n  func() {\n  \treturn\n  }\n  ```\n", ["func() {\n\treturn\n}"]),
        ("> ```\n> quoted\n> ```\n", ["quoted"]),
        ("text\n\n    indented\n    code\n\ntext", ["indented\ncode"]),
        ("```\n" + "x" * 9000 + "\n```", ["x" * 9000]),
        ("~~~\n```\n~~~\n\n```a\nopen", ["```", "open"]),
        ("```\na\u200bb\x1b\n```", ["a\u200bb\x1b"]),
        ("no code", []),
    ],
)
def test_code_is_copied_as_it_was_written(source: str, wanted: list[str]) -> None:
    assert codes(source) == wanted


def test_each_marked_block_is_copied_from_its_own_reply() -> None:
    lines = "\n".join(f"\tline {n}" for n in range(100))
    first, second = f"```\none\n```\n\n```\n{lines}\n```", "```\nthree\n```"
    conversation = said(("```not code```", first), ("b", second))
    found = marks(conversation.blocks)
    assert [mark.label for mark in found] == ["code 1 of 3", "code 2 of 3", "code 3 of 3"]
    texts = [code(conversation.said, conversation.blocks, mark.start, mark.end) for mark in found]
    assert texts == ["one", lines, "three"]
    assert found[1].end - found[1].start > 1, "it is drawn in pieces"
