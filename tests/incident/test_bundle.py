"""A bundle tells all about a call but its secrets, and what was said only when asked for."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import FixedTokens, asking
from gateway.raw_server import DONE, RawServer, Step, answer, chunk, final

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.texts import Keeping
from genesys_tui.call import Call, Context
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.gateway.sse import EventDecoder
from genesys_tui.incident.archive import save
from genesys_tui.incident.bundle import Bundle, bundle_of
from genesys_tui.incident.case import Case, case_of
from genesys_tui.incident.quotes import without_quotes
from genesys_tui.incident.redaction import Redaction
from genesys_tui.tui.incident.errands import arrived_in
from genesys_tui.tui.wire.logs import WireLogs

Serve = Callable[..., RawServer]
PROMPT = "When may the customer in Leeds cancel the contract?"
REPLY = "Within fourteen days, says the contract of the customer in Leeds."
TOKEN = "canary-0001-access-token"
KNOWN = ["canary-0002-client-secret", "canary-0003-proxy-password", 'canary-0004-"quoted\\"-key']
LOOKING_LIKE = ["sk-canary0005canary0005canary", "eyJhbGciOiJIUzI1.canary0006.sig", "canary-0007-pw", "canary-0008-key"]
CANARIES = [TOKEN, *KNOWN, *LOOKING_LIKE]

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nININ-Correlation-Id: corr-42\r\n"
    b"Set-Cookie: session=canary-0007-pw\r\nX-Api-Key: canary-0008-key\r\nX-Echo: Bearer "
    + TOKEN.encode()
    + b"\r\n\r\n"
)


def leaking() -> bytes:
    """What a gateway with a bad day may quote."""
    told = {
        "message": f"upstream http://proxy:{KNOWN[1]}@proxy.example refused Bearer {TOKEN}",
        "client_secret": KNOWN[0],
        "api_key": LOOKING_LIKE[3],
        "password": LOOKING_LIKE[2],
        "seen": [KNOWN[2], LOOKING_LIKE[0], LOOKING_LIKE[1]],
    }
    return b"event: trace\ndata: " + json.dumps(told).encode() + b"\n\n"


STREAM: Sequence[Step] = [HEAD, chunk(REPLY[:20], 5), leaking(), chunk(REPLY[20:], 12), final(12), DONE]
REFUSAL = answer(
    503,
    json.dumps({"message": f"no room for “{PROMPT}” of Bearer {TOKEN}", "client_secret": KNOWN[0]}),
    ININ_Correlation_Id="corr-43",
)


def make_call(serve: Serve, ledger: Ledger, *answers: Sequence[Step], prompt: str = PROMPT) -> tuple[str, WireLogs]:
    server = serve(*answers)
    gateway = Gateway(Endpoint(server.url), FixedTokens(TOKEN), retry=RetryPolicy(retries=1, base=0.001))
    wire = WireLogs()
    for fact in Call(asking(prompt), gateway, ledger, Context(profile="live", environment=server.url)).run():
        wire.take(fact)
    return wire.logs[-1].record.request_id, wire


def case_in(ledger: Ledger, request_id: str, wire: WireLogs | None) -> Case:
    return case_of(ledger, request_id[:8], lambda whole_id: arrived_in(wire, whole_id) if wire else None)


def texts(bundle: Bundle) -> dict[str, str]:
    return {part.name: part.text for part in bundle.parts}


@pytest.mark.parametrize("with_texts", [False, True])
@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("kept", [False, True])
def test_no_secret_is_in_it(
    kept: bool, failing: bool, with_texts: bool, serve: Serve, ledger: Ledger, tmp_path: Path
) -> None:
    request_id, wire = make_call(serve, ledger, REFUSAL if failing else STREAM)
    case = case_in(ledger, request_id, wire if kept else None)
    file = save(bundle_of(case, Redaction([TOKEN, *KNOWN]), with_texts=with_texts), tmp_path / "it.zip")
    with zipfile.ZipFile(file) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert [canary for canary in CANARIES if canary in everything or json.dumps(canary)[1:-1] in everything] == []
    assert [said for said in (PROMPT, REPLY) if said in everything] == (
        [] if not with_texts else [PROMPT] if failing else [PROMPT, REPLY]
    )
    assert request_id in everything
    assert ("corr-43" if failing else "corr-42") in everything


def test_it_tells_what_a_ticket_needs(serve: Serve, ledger: Ledger) -> None:
    request_id, wire = make_call(serve, ledger, REFUSAL, STREAM)
    case = case_in(ledger, request_id, wire)
    parts = texts(bundle_of(case, Redaction([TOKEN])))
    assert list(parts) == ["README.txt", "call.json", "timeline.jsonl"]
    told = json.loads(parts["call.json"])
    assert told["correlation_ids"] == ["corr-42", "corr-43"]
    assert told["call"]["request_id"] == request_id
    assert [heads["status"] for heads in told["headers"]] == [503, 200]
    asked, answered = told["headers"][1]["request"], {k.lower(): v for k, v in told["headers"][1]["answer"].items()}
    assert asked["Authorization"] == "••••"
    assert asked["X-Genesys-Request-Id"] == request_id
    assert (answered["set-cookie"], answered["x-api-key"], answered["x-echo"]) == ("••••", "••••", "Bearer ••••")
    assert told["ledger"]["head"] == ledger.place_of(request_id).head
    assert told["ledger"]["note"]
    assert {"genesys-tui", "httpx", "python", "openssl"} <= set(told["versions"])
    kinds = [json.loads(line)["kind"] for line in parts["timeline.jsonl"].splitlines()]
    assert kinds == [*("request", "retry", "request", "answer", "chunk", "diagnostic", "chunk", "chunk", "done", "end")]
    assert "503" in parts["timeline.jsonl"]
    assert max(map(len, parts["README.txt"].splitlines())) <= 100
    assert request_id in parts["README.txt"]
    assert "with the headers, and every event that was kept" in parts["README.txt"]


def test_the_capture_can_be_read_as_what_came(serve: Serve, ledger: Ledger) -> None:
    request_id, wire = make_call(serve, ledger, STREAM)
    parts = texts(bundle_of(case_in(ledger, request_id, wire), Redaction([TOKEN]), with_texts=True))
    decoder = EventDecoder()
    events = [event for event in decoder.feed(parts["capture.sse"].encode()) if hasattr(event, "data")]
    data = [event.data for event in events]  # type: ignore[union-attr]
    assert [json.loads(each)["content"] for each in data if b"chunk_id" in each] == [REPLY[:20], REPLY[20:], ""]
    assert data[-1] == b"[DONE]"


ODD = 'Say "no"\nto Leeds\u2028and Zürich, politely \\o/'
WHOLE = json.dumps({"object": "chat.completion", "choices": [{"message": {"content": REPLY}}]})
NAMED = [f"event: chunk\ndata: {json.dumps({'content': word})}\n\n".encode() for word in REPLY.split()]
QUOTING: dict[str, Sequence[Step]] = {
    "an error in JSON": answer(422, json.dumps({"message": ODD})),
    "an error with JSON in its text": answer(422, f"no: {json.dumps(ODD)}"),
    "an error in plain words": answer(503, f"no room for {ODD}"),
    "an error within the stream": [HEAD, chunk(REPLY, 5), f"data: {json.dumps({'error': ODD})}\n\n".encode()],
    "a head that is none": [f"HTTP/1.1 200 OK\r\n{REPLY}\r\n\r\n".encode()],
    "a whole reply in JSON": answer(200, WHOLE, Content_Type="application/json"),
    "a whole reply in JSON that is called text": answer(200, WHOLE, Content_Type="text/plain"),
    "events that are called text": answer(200, b"".join(NAMED), Content_Type="text/plain"),
    "chunks under a name of their own": [HEAD, *NAMED, final(12)],
    "chunks that are none": [HEAD, b"data: " + REPLY.encode() + b"\n\n", final(12)],
}


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("text", ["full", "none"])
@pytest.mark.parametrize("quoting", QUOTING)
def test_what_the_gateway_quotes_is_in_no_bundle_without_texts(
    quoting: str, text: Keeping, kept: bool, serve: Serve, tmp_path: Path
) -> None:
    """Even where the ledger does not know what was said, and so nothing could be looked for."""
    with Ledger(tmp_path / "quoting.db", text=text) as ledger:
        request_id, wire = make_call(serve, ledger, QUOTING[quoting], QUOTING[quoting], prompt=ODD)
        case = case_in(ledger, request_id, wire if kept else None)
        parts = texts(bundle_of(case, Redaction([TOKEN])))
    everything = "".join(parts.values())
    words = ("Leeds", "Zürich", "contract", "fourteen")
    assert [word for word in words if word in everything] == []
    assert json.loads(parts["call.json"])["call"]["request_id"] == request_id


def test_a_quiet_bundle_says_how_much_was_left_out(serve: Serve, ledger: Ledger) -> None:
    request_id, wire = make_call(serve, ledger, QUOTING["chunks under a name of their own"])
    told = json.loads(texts(bundle_of(case_in(ledger, request_id, wire), Redaction()))["call.json"])["call"]
    assert {seen["name"] for seen in told["observations"]} == {"chunk"}
    assert told["observations"][0]["detail"] == "47 characters [left out: it may quote prompt or reply]"

    request_id, wire = make_call(serve, ledger, QUOTING["an error in plain words"], QUOTING["an error in plain words"])
    parts = texts(bundle_of(case_in(ledger, request_id, wire), Redaction()))
    message = json.loads(parts["call.json"])["call"]["error"]["message"]
    assert message == "The gateway is unavailable (503). It says: [left out: it may quote prompt or reply]"
    assert message in parts["README.txt"]


@pytest.mark.parametrize("said", [PROMPT * 40, ODD, PROMPT])
@pytest.mark.parametrize("forms", ["in JSON", "as JSON in JSON", "plain", "on one line"])
def test_what_was_said_is_taken_out_wherever_it_is_known(forms: str, said: str) -> None:
    once = json.dumps({"message": said})
    written = {
        "in JSON": once,
        "as JSON in JSON": json.dumps(once),
        "plain": said,
        "on one line": " ".join(said.split()),
    }
    found = without_quotes(f"before {written[forms]} behind", [said])
    assert "Leeds" not in found
    assert "before" in found
    assert "[what was said]" in found
    assert "behind" in found


def test_hostile_text_is_clean_and_leaves_json_whole(serve: Serve, ledger: Ledger) -> None:
    hostile = "\x1b]52;c;aGk=\x07 \u202egnp\u2028line\u2029\x85\udc80[/nope]"
    request_id, wire = make_call(serve, ledger, [HEAD, chunk(hostile, 5), final(5)])
    parts = texts(bundle_of(case_in(ledger, request_id, wire), Redaction([TOKEN]), with_texts=True))
    everything = "".join(parts.values())
    assert not {character for character in "\x1b\x07\u202e\u2028\x85\udc80" if character in everything}
    assert "line" in json.loads(parts["call.json"])["call"]["content"]
    assert all(json.loads(line) for line in parts["timeline.jsonl"].splitlines())


def test_without_the_wire_the_record_tells(serve: Serve, ledger: Ledger) -> None:
    request_id, _ = make_call(serve, ledger, REFUSAL, STREAM)
    parts = texts(bundle_of(case_in(ledger, request_id, None), Redaction(), with_texts=True))
    assert "capture.sse" not in parts
    lines = [json.loads(line) for line in parts["timeline.jsonl"].splitlines()]
    assert [line.get("kind") for line in lines] == [None, "request", "first token", "retry", "diagnostic", "end"]
    assert "Made from the record only" in parts["README.txt"]


def test_it_is_private_and_never_replaces_a_file(serve: Serve, ledger: Ledger, tmp_path: Path) -> None:
    request_id, _ = make_call(serve, ledger, STREAM)
    bundle = bundle_of(case_in(ledger, request_id, None), Redaction())
    file = save(bundle, tmp_path / bundle.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*.zip*")] == [bundle.name]
    before = file.read_bytes()
    with pytest.raises(ConfigurationError, match="exists already"):
        save(bundle, file)
    assert file.read_bytes() == before
    (tmp_path / "link.zip").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="exists already"):
        save(bundle, tmp_path / "link.zip")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save(bundle, tmp_path / "no folder" / "it.zip")
    assert not [each for each in tmp_path.iterdir() if each.name.endswith(".part")]


def test_a_disk_that_is_full_leaves_nothing(serve: Serve, ledger: Ledger, tmp_path: Path) -> None:
    request_id, _ = make_call(serve, ledger, STREAM)
    bundle = bundle_of(case_in(ledger, request_id, None), Redaction())
    import resource
    import signal

    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
        with pytest.raises(ConfigurationError, match="cannot be written"):
            save(bundle, tmp_path / "it.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.glob("*it.zip*"))
