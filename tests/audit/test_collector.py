"""A collector's address and headers are judged when they are read, and no secret in them is told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import traceback

import pytest
from audit.collecting import TestCollector

from genesys_tui.audit import collector as collector_module
from genesys_tui.audit.collector import Collector, Refused
from genesys_tui.audit.headers import headers_in
from genesys_tui.errors import ConfigurationError, LedgerError

SPANS = {"resourceSpans": [{"scopeSpans": [{"spans": []}]}]}


@pytest.mark.parametrize(
    "url",
    [
        *("localhost:4318", "ftp://me:secret@x", "http://", "http://me:secret@host", "http:///?key=secret"),
        *("http://[::1", "http://secret]", "http://h:secret", "http://h:99999", "http://a..b", f"http://{'a' * 70}"),
        *(
            "http://h/#secret",
            "http://secret@h",
            "http://h/a secret",
            "http://h/secret\n",
            "http://h/s\xe9cret",
            "http://h\xe9/",
            "http://h/\udcff",
        ),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_a_secret(url: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        Collector(url, {"authorization": "Bearer x"})
    assert "secret" not in told.value.message


def test_headers_come_as_the_convention_has_them() -> None:
    assert headers_in("api-key=a%20b, x = y ,nonsense,") == {"api-key": "a b", "x": "y"}


@pytest.mark.parametrize(
    ("url", "headers", "refused"),
    [
        ("http://collector.example", {"authorization": "s3cret"}, "http would show what OTEL_EXPORTER_OTLP_HEADERS"),
        ("http://10.0.0.1/x?key=s3cret", {}, "http would show what its query holds"),
        ("http://collector.example", {}, ""),
        ("https://collector.example?key=s3cret", {"authorization": "s3cret"}, ""),
        ("http://localhost:4318", {"authorization": "s3cret"}, ""),
        ("http://[::1]:4318?key=s3cret", {}, ""),
    ],
)
def test_what_may_be_secret_goes_over_plain_http_to_this_machine_only(
    url: str, headers: dict[str, str], refused: str
) -> None:
    if not refused:
        Collector(url, headers)
        return
    with pytest.raises(ConfigurationError, match=refused) as told:
        Collector(url, headers)
    assert "s3cret" not in told.value.message


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("authorization=Bearer%20s3cret%0d%0ax", "The value of authorization in "),
        ("x=1,authorization=s3cret%0a", "The value of authorization in "),
        ("authorization=s3cret%00", "The value of authorization in "),
        ("authorization=s3cret%E2%82%AC", "The value of authorization in "),
        ("authorization=s3cret%7f", "The value of authorization in "),
        ("x=1,authorization: Bearer s3cret==", "The name of header 2 in "),
        ("=s3cret", "The name of header 1 in "),
    ],
)
def test_a_header_that_cannot_be_sent_is_named_and_its_value_never_told(text: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        Collector("http://127.0.0.1:9", headers_in(text))
    assert told.value.message.startswith(named)
    assert "s3cret" not in "".join(traceback.format_exception(told.value))


def test_a_web_page_is_no_answer_of_a_collector() -> None:
    with TestCollector() as collector:
        collector.answers.append((200, {"Content-Type": "text/html; charset=utf-8"}, b"<p>Please sign in"))
        with pytest.raises(LedgerError, match="answered with a web page"):
            Collector(collector.url, {}).send(SPANS)


def test_what_a_collector_says_is_shown_without_what_it_was_sent() -> None:
    said = json.dumps({"partialSuccess": {"rejectedSpans": 1, "errorMessage": "no Bearer s3cr3t-t0ken " + "x" * 5000}})
    with TestCollector() as collector:
        collector.answers.append((200, {"Content-Type": "application/json"}, said.encode()))
        answer = Collector(collector.url, {"authorization": "Bearer s3cr3t-t0ken"}).send(SPANS)
    assert answer.rejected == 1
    assert "s3cr3t" not in answer.why
    assert len(answer.why) <= 300


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_an_answer_that_drips_is_waited_for_no_longer_than_for_any(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector_module, "TIMEOUT", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        with listener.accept()[0] as link:
            link.recv(100_000)
            link.sendall(
                f"HTTP/1.1 {status}\r\n".encode() + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
            )
            with contextlib.suppress(OSError):
                while not over.wait(0.05):
                    link.sendall(b" ")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    try:
        with contextlib.suppress(Refused):
            assert Collector(f"http://127.0.0.1:{listener.getsockname()[1]}", {}, retries=0).send(SPANS).rejected == 0
        assert time.monotonic() - began < 20
    finally:
        over.set()
        thread.join(10)
        listener.close()
