"""Streams of server-sent events, and what they say by the specification of WHATWG.

Written with LF; a test makes CR and CRLF of it where that changes nothing. The ideas are those of the specification's
own examples, the Web Platform Tests and the test suites of other decoders.
"""

from __future__ import annotations

from typing import NamedTuple


class Says(NamedTuple):
    """An event that is to be dispatched."""

    data: str
    name: str = "message"
    id: str = ""


class Case(NamedTuple):
    claim: str
    raw: bytes
    events: list[Says]
    retry: int | None = None

    @property
    def any_line_end(self) -> bool:
        return b"\r" not in self.raw


def case(claim: str, raw: str | bytes, *events: str | Says, retry: int | None = None) -> Case:
    raw = raw.encode() if isinstance(raw, str) else raw
    return Case(claim, raw, [Says(event) if isinstance(event, str) else event for event in events], retry)


def _inside(name: str, character: str) -> Case:
    """Characters at which str.splitlines() cuts, and a server-sent event does not."""
    return case(
        f"{name} does not end a line", f'data: {{"content": "x{character}y"}}\n\n', f'{{"content": "x{character}y"}}'
    )


CASES = [
    case("nothing says nothing", ""),
    case("one line is one event", "data: only\n\n", "only"),
    case("two events", "data: Hello\n\ndata: World\n\n", "Hello", "World"),
    case("the space behind the colon may be missing", "data:here\n\ndata: here\n\n", "here", "here"),
    case("one space goes, others stay", "event:  wide\ndata:  wide\n\n", Says(" wide", " wide")),
    case("a tab is no space", "data:\tx\n\n", "\tx"),
    case("spaces alone are data", "data:   \n\n", "  "),
    case("a colon in the value belongs to it", "data: a: b:c\n\n", "a: b:c"),
    case("lines are joined", "data: first\ndata: second\ndata: third\n\n", "first\nsecond\nthird"),
    case("an empty first line counts", "data:\ndata: second\n\n", "\nsecond"),
    case("an empty middle line counts", "data: first\ndata:\ndata: third\n\n", "first\n\nthird"),
    case("an empty last line counts", "data: first\ndata:\n\n", "first\n"),
    case("data without a colon is an empty line", "data\n\ndata\ndata\n\ndata:\n", "", "\n"),
    case("data without a colon stands between others", "data: a\ndata\ndata: b\n\n", "a\n\nb"),
    case("an empty data line is an event", "data:\n\n", ""),
    case("blank lines between events are free", "\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n", "a", "b"),
    case("blank lines alone say nothing", "\n\n\n\n"),
    case("an event without its blank line is dropped", 'data: {"a":1}\n\ndata: {"b":2}\n', '{"a":1}'),
    case("a line without its end is dropped", "data: a\n\ndata: b", "a"),
    case("a name", "event: greeting\ndata: Hello\n\n", Says("Hello", "greeting")),
    case("a name behind the data", "data: Hello\nid: abc\nevent: greeting\n\n", Says("Hello", "greeting", "abc")),
    case("an empty name is none", "event: \ndata: x\n\n", "x"),
    case("the last name counts", "event: a\nevent: b\ndata: x\n\n", Says("x", "b")),
    case("an empty name takes back the one before", "event: a\nevent\ndata: x\n\n", "x"),
    case("a name is for one event", "event: a\ndata: x\n\ndata: y\n\n", Says("x", "a"), "y"),
    case("a name without data goes with its block", "event: heartbeat\n\ndata: x\n\n", "x"),
    case("a name with an empty line of data is an event", "event: beat\ndata:\n\ndata: x\n\n", Says("", "beat"), "x"),
    case("an id stays", "id: 1\ndata: a\n\ndata: b\n\n", Says("a", id="1"), Says("b", id="1")),
    case("an empty id takes it back", "id: 1\ndata: a\n\nid\ndata: b\n\n", Says("a", id="1"), "b"),
    case("an id needs no data", "id: 42\n\ndata: x\n\nid:\n\ndata: y\n\n", Says("x", id="42"), "y"),
    case("an id keeps its spaces", "id:  7 \ndata: x\n\n", Says("x", id=" 7 ")),
    case("an id with NUL is none", "id: 5\nid: 6\0\ndata: x\n\n", Says("x", id="5")),
    case("an id of nothing but NUL is none", "id: \0\0\nretry: 200\ndata: hello\n\n", "hello", retry=200),
    case(
        "a blank line behind an id says nothing",
        "id: 1\ndata: a\n\n\n\n: ping\n\ndata: b\n\n",
        Says("a", id="1"),
        Says("b", id="1"),
    ),
    case("an id in the event that is dropped says nothing", "data: a\n\nid: 9\ndata: b\n", "a"),
    case(
        "names and ids in turn",
        "event: tick\nid: 13\nretry: 50\ndata: x\n\nevent: tick\nid: 14\ndata: y\n\n",
        Says("x", "tick", "13"),
        Says("y", "tick", "14"),
        retry=50,
    ),
    case("a time to reconnect", "retry:03000\ndata:x\n\n", "x", retry=3000),
    case("a time that is no number is none", "retry:1000\nretry:2000x\ndata:x\n\n", "x", retry=1000),
    case("a negative time is none", "retry: -5\ndata: x\n\n", "x"),
    case("a time with an underscore is none", "retry: 1_000\ndata: x\n\n", "x"),
    case("a time in other digits is none", "retry: ٣\ndata: x\n\n", "x"),
    case("a time behind two spaces is none", "retry:  5\ndata: x\n\n", "x"),
    case("an empty time is none", "id:2\nretry:\ndata:🧹\n\n", Says("🧹", id="2")),
    case("comments say nothing", ": test\n:\n\n:\ndata: a\n: within\ndata: b\n\n:after\n", "a\nb"),
    case("a long comment says nothing", ":" * 300 + "\ndata: x\n\n" + ":" * 999 + "\n\ndata: y\n\n", "x", "y"),
    case("other fields say nothing", "something: ignore\n\ndatax: no\ndat: no\ndata: ok\n\n", "ok"),
    case("names of fields are small letters", "DATA: no\nEVENT: no\nData: no\ndata: x\n\n", "x"),
    case("a space before a field makes another field", " data: no\ndata: x\n\n", "x"),
    case("a space behind a field makes another field", "data : no\ndata: x\n\n", "x"),
    case("a line of one space is not blank", "data: a\n \ndata: b\n\n", "a\nb"),
    case("a body that is no stream says nothing", '{"error": "Internal", "message": "It\'s broken"}\n'),
    case("a byte order mark is skipped", "\ufeffdata: a\n\ndata: b\n\n", "a", "b"),
    case("a byte order mark before lines that join", "\ufeffdata: first\ndata: second\n\n", "first\nsecond"),
    case("a byte order mark before a comment", "\ufeff:comment\ndata: a\n\n", "a"),
    case("a byte order mark before an empty line of data", "\ufeffdata:\n\n", ""),
    case("a second byte order mark makes another field", "\ufeff\ufeffdata: no\ndata: a\n\n", "a"),
    case("a later byte order mark makes another field", "data:1\n\n\ufeffdata:2\n\ndata:3\n\n", "1", "3"),
    case("half a byte order mark makes another field", b"\xef\xbbdata: no\n\ndata: a\n\n", "a"),
    case("a byte order mark alone says nothing", "\ufeff"),
    case(
        "every script",
        "id: 1\ndata: 我現在都看實況\n\nevent: €豆腐\ndata: Grüße 🧹\n\n",
        Says("我現在都看實況", id="1"),
        Says("Grüße 🧹", "€豆腐", "1"),
    ),
    case("NUL is data", "data: a\0b\n\ndata:\0\n\n", "a\0b", "\0"),
    case("half a character is U+FFFD", b"data: a\xf0\x9f\x98b\n\ndata: ok\n\n", "a\ufffdb", "ok"),
    case("a surrogate is U+FFFD", b"data: a\xed\xa0\x80b\n\ndata: ok\n\n", "a\ufffd\ufffd\ufffdb", "ok"),
    case("[DONE] is an event like others", "data: x\n\ndata: [DONE]\n\ndata: after\n\n", "x", "[DONE]", "after"),
    case("64 KiB and more in one line", "data: " + "y" * 70_000 + "\n\n", "y" * 70_000),
    _inside("U+000B", "\x0b"),
    _inside("U+000C", "\x0c"),
    _inside("U+001C", "\x1c"),
    _inside("U+001E", "\x1e"),
    _inside("U+0085", "\x85"),
    _inside("U+2028", "\u2028"),
    _inside("U+2029", "\u2029"),
    case("a comment that ends in CR", b"data: one\n:ignored\rdata: two\n\n", "one\ntwo"),
    case("data without a colon that ends in CRLF", b"data: one\ndata\r\ndata: two\n\n", "one\n\ntwo"),
    case("CR CR at the very end completes an event", b"data: a\r\r", "a"),
    case("LF CR ends two lines", b"data: a\n\rdata: b\n\r\n", "a", "b"),
    case("CR CRLF ends two lines", b"data: a\r\r\ndata: b\r\r\n", "a", "b"),
    case("CRLF LF ends two lines", b"data: a\r\n\ndata: b\r\n\n", "a", "b"),
    case("CRLF CR ends two lines", b"data: a\r\n\rdata: b\r\n\r", "a", "b"),
    case("one CRLF ends one line", b"data: a\r\ndata: b\r\n\r\n", "a\nb"),
    case("line ends of every kind alone say nothing", b"\n\r\n\r\r\n\n"),
]
