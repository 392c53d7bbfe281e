"""A gateway that quotes the access token in its reply is not believed to mean it: nothing of the call holds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from faults.verdict import Way, judge_call

TOKEN = "a-secret-token"
SPELLED: dict[str, Callable[[str], str]] = {
    "plain": lambda token: token,
    "its dashes escaped": lambda token: token.replace("-", "\\u002D"),
    "all of it escaped": lambda token: "".join(f"\\u{ord(each):04x}" for each in token),
}


def event(number: int, **fields: Any) -> bytes:
    chunk = {"chunk_id": str(number), "content": "word ", "tokens_generated": number, **fields}
    return b"data: %s\n\n" % json.dumps(chunk).encode()


@pytest.mark.parametrize("spelled", SPELLED)
@pytest.mark.parametrize("field", ["content", "chunk_id", "more"])
def test_a_token_in_a_chunk_is_dotted_out_wherever_the_stream_is_cut(field: str, spelled: str) -> None:
    quoting = event(5, **{field: f"<{TOKEN}>"}).replace(TOKEN.encode(), SPELLED[spelled](TOKEN).encode())
    raw = b"".join([*(event(number) for number in range(1, 5)), quoting, event(6), b"data: [DONE]\n\n"])
    for place in range(1, len(raw)):
        record, content, facts = judge_call([raw[:place], raw[place:]], Way())
        assert record.status == "completed"
        assert content == ("word " * 4 + "<••••>word " if field == "content" else "word " * 6)
        # As Python writes them, and once more without JSON's escapes.
        told = f"{facts} {record.model_dump_json()}"
        assert TOKEN not in told
        assert TOKEN not in told.encode().decode("unicode_escape")
        assert TOKEN not in told.encode().decode("unicode_escape").encode().decode("unicode_escape")
