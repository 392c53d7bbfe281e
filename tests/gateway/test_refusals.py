"""An answer that is no stream becomes an error that says what to do, within bounds."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence

import pytest
from fakes import asking, call_to, lasts_at_most, run
from gateway.raw_server import RawServer, Step, again_and_again, answer, hang

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import RecordedError
from genesys_tui.gateway.retry import RetryPolicy

Serve = Callable[..., RawServer]
HEAD = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"


@pytest.fixture
def refused(serve: Serve, ledger: Ledger) -> Callable[[Sequence[Step]], RecordedError]:
    def refused(steps: Sequence[Step]) -> RecordedError:
        record = run(call_to(serve(steps).url, ledger, asking(), retry=RetryPolicy(retries=0))).record
        assert record.error is not None
        assert ledger.get(record.request_id).record == record
        return record.error

    return refused


Refused = Callable[[Sequence[Step]], RecordedError]


@pytest.mark.parametrize(
    ("body", "quoted"),
    {
        '{"message": "No such model", "code": "x"}': "It says: No such model. ",
        '{"error": {"message": "No such model!", "type": "x"}}': "It says: No such model! ",
        '{"error": "No such model"}': "It says: No such model. ",
        '{"errors": [1]}': 'It says: {"errors": [1]}. ',
        '["a", "list"]': 'It says: ["a", "list"]. ',
        '{"message": {"deep": 1}}': 'It says: {"message": {"deep": 1}}. ',
        "plain   words\n over lines": "It says: plain words over lines. ",
        "<html><h1>502": "It says: an HTML page. ",
        "[" * 10_000: "It says: " + "[" * 500 + "… ",
        "x" * 1000: "It says: " + "x" * 500 + "… ",
        "": "answered 400 Any Reason. Correct",
    }.items(),
)
def test_what_the_gateway_says_is_quoted(body: str, quoted: str, refused: Refused) -> None:
    error = refused(answer(400, body))
    assert quoted in error.message
    assert error.message.endswith(" Correct the request.")
    assert (error.kind, error.status_code) == ("refused", 400)


def test_bytes_that_are_no_text_are_quoted_as_far_as_they_are(refused: Refused) -> None:
    assert "It says: a\ufffdb." in refused(answer(400, b"a\xffb")).message
    assert "It says: a?b." in refused(answer(400, rb'{"message": "a\udc80b"}')).message


def test_a_body_that_drips_is_waited_for_three_seconds(refused: Refused) -> None:
    with lasts_at_most(4.5):
        error = refused([HEAD, again_and_again(b"x", pause=0.05)])
    assert "It says: xx" in error.message


def test_a_huge_body_is_not_read_to_its_end(refused: Refused) -> None:
    with lasts_at_most(2):
        assert "It says: " + "x" * 500 + "…" in refused([HEAD, again_and_again(b"x" * 65536)]).message


def test_a_body_that_is_cut_is_quoted_as_far_as_it_came(refused: Refused) -> None:
    cut = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\nhalf a sentence"
    assert "It says: half a sentence." in refused([cut]).message


def test_a_body_that_never_comes_is_no_reason_to_wait_for_ever(serve: Serve, ledger: Ledger) -> None:
    server = serve([b"HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n", hang])
    with lasts_at_most(2):
        error = run(call_to(server.url, ledger, asking(timeout_on_inactivity_seconds=0.3))).record.error
    assert error is not None
    assert "A role of this OAuth client lacks a permission" in error.message


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "br"])
def test_a_compressed_error_body_is_not_unpacked(encoding: str, refused: Refused) -> None:
    """A kilobyte can hold a gigabyte."""
    error = refused(answer(400, gzip.compress(b"x" * 50_000_000), Content_Encoding=encoding))
    assert "answered 400" in error.message
    assert "It says" not in error.message


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_what_quotes_the_request_is_quoted_without_the_token(status: int, refused: Refused) -> None:
    said = json.dumps({"message": "Cannot read: Authorization: Bearer first-token"})
    error = refused(answer(status, said))
    assert "Authorization: Bearer ••••" in error.message
    assert "first-token" not in error.message


def test_a_page_where_a_stream_was_expected_names_the_likely_cause(refused: Refused) -> None:
    error = refused(answer(200, "<html>Sign in", Content_Type="text/html; charset=utf-8"))
    assert error.kind == "not_an_event_stream"
    assert "answered 200 with text/html; charset=utf-8 instead of a stream" in error.message
    assert "a proxy or sign-in page may stand before the gateway" in error.message


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-ndjson"])
@pytest.mark.parametrize("body", ['{"choices": [{"message": {"content": "Hi"}}]}', '{"content": "Hi', "data: Hi\n\n"])
def test_a_reply_where_a_stream_was_expected_is_not_quoted(body: str, kind: str, refused: Refused) -> None:
    error = refused(answer(200, body, Content_Type=kind))
    assert error.kind == "not_an_event_stream"
    assert f"answered 200 with {kind} instead of a stream of server-sent events. Check base_url" in error.message
    assert "Hi" not in error.message
    assert "It says: No such model. " in refused(answer(200, '{"error": "No such model"}', Content_Type=kind)).message


@pytest.mark.parametrize(
    ("value", "words"), [("30", "asks to wait 30 s."), ("181", "asks to wait 181 s, longer than is waited for.")]
)
def test_a_rate_limit_says_how_long(value: str, words: str, refused: Refused) -> None:
    error = refused(answer(429, Retry_After=value))
    assert error.kind == "rate_limited"
    assert words in error.message


def test_a_rate_limit_that_says_nothing_is_not_guessed(refused: Refused) -> None:
    assert "asks to wait" not in refused(answer(429, Retry_After="soon")).message


def test_an_error_of_the_gateway_asks_for_support(refused: Refused) -> None:
    error = refused(answer(500, ININ_Correlation_Id="abc-9"))
    assert "Try again, or give support the correlation id." in error.message
    assert error.correlation_id == "abc-9"


def test_a_long_redirect_is_shortened(refused: Refused) -> None:
    assert len(refused(answer(302, Location="https://elsewhere.example/" + "x" * 20_000)).message) < 1000
