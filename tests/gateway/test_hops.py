"""The way to a gateway is walked over real sockets; the hop that fails is the last one, and says what to do."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from auth.signin_server import Proxy
from gateway.raw_server import OK, RawServer, Step, answer, final, hang, reset
from papers import Papers

from genesys_tui.errors import GenesysError, NotServed, RateLimited, Refused, Unavailable
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.hops import Hop, Way
from genesys_tui.gateway.knock import knock
from genesys_tui.tls import Tls

Serve = Callable[..., RawServer]


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


def walked(url: str, proxy: str = "", tls: Tls | None = None) -> list[Hop]:
    context = (tls or Tls()).context if url.startswith("https") else lambda: None
    return list(Way(url, httpx.URL(proxy) if proxy else None, context).walk())


def failed(hops: list[Hop], name: str, kind: str) -> str:
    """What the last hop says, which failed."""
    *before, last = hops
    assert [hop.error for hop in before] == [None] * len(before)
    assert last.error is not None
    assert (last.name, last.error.kind) == (name, kind)
    assert last.seconds is not None
    return last.error.message


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("through", ["directly", "a proxy"])
def test_each_hop_is_seen_and_timed(through: str, serve: Serve, papers: Papers) -> None:
    server = serve([], tls=papers.server())
    tls = Tls("openssl", papers.bundle, *papers.client())
    with Proxy(server.port) as proxy:
        hops = walked("https://gateway.test", proxy.url, tls) if through == "a proxy" else walked(server.url, "", tls)
    assert [(hop.name, hop.error) for hop in hops] == [("dns", None), ("tcp", None), ("proxy", None), ("tls", None)]
    assert [hop.name for hop in hops if hop.seconds is None] == ([] if through == "a proxy" else ["proxy"])
    assert all(hop.seconds >= 0 for hop in hops if hop.seconds is not None)
    assert "TLSv1." in hops[-1].words
    assert "trustme" in hops[-1].words
    assert not server.requests


def test_plain_http_has_no_tls(serve: Serve) -> None:
    assert walked(serve([]).url)[-1] == Hop("tls", None, "none: plain http, on this machine")


def test_dns() -> None:
    assert "nowhere.invalid could not be found" in failed(walked("https://nowhere.invalid"), "dns", "unreachable")


def test_tcp() -> None:
    port = closed_port()
    assert f"127.0.0.1:{port}" in failed(walked(f"https://127.0.0.1:{port}"), "tcp", "unreachable")


def test_a_proxy_that_is_not_there_is_told_from_the_gateway() -> None:
    assert "proxy" in failed(walked("https://gateway.test", "http://nowhere.invalid:3128"), "dns", "proxy")
    assert "proxy" in failed(walked("https://gateway.test", f"http://127.0.0.1:{closed_port()}"), "tcp", "proxy")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (answer(407, reason="Proxy Authentication Required"), "407 Proxy Authentication Required"),
        ([b"SSH-2.0-OpenSSH_9.6\r\n\r\n"], "nothing that is HTTP"),
        ([], "nothing that is HTTP"),
        ([reset], "ended"),
    ],
)
def test_a_proxy_that_does_not_lead_there(steps: list[Step], words: str, serve: Serve) -> None:
    proxy = serve(steps)
    hops = walked("https://gateway.test", f"http://user:hunter2@127.0.0.1:{proxy.port}")
    kind = "unreachable" if steps and callable(steps[0]) else "proxy"
    sentence = failed(hops, "proxy", kind)
    assert words in sentence
    assert "hunter2" not in sentence
    assert proxy.requests[0].header("Proxy-Authorization") == "Basic dXNlcjpodW50ZXIy"


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("an unknown authority", "untrusted", "is not trusted"),
        ("no TLS there", "unreachable", "TLS with"),
        ("no certificate shown", "client_certificate", "client_certificate"),
        ("a bundle that is not there", "configuration", "nowhere.pem"),
    ],
)
def test_tls(how: str, kind: str, words: str, serve: Serve, papers: Papers) -> None:
    tls = Tls(ca_bundle=papers.bundle)
    if how == "an unknown authority":
        tls = Tls("certifi")
    elif how == "a bundle that is not there":
        tls = Tls(ca_bundle=str(papers.folder / "nowhere.pem"))
    if how == "no TLS there":
        server = serve([], at_once=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    else:
        server = serve([], tls=papers.server())
    assert words in failed(walked(f"https://127.0.0.1:{server.port}", "", tls), "tls", kind)


@pytest.mark.parametrize("status", [400, 405, 422, 500])
def test_a_gateway_that_refuses_a_request_without_content_is_there(status: int, serve: Serve) -> None:
    server = serve(answer(status))
    assert knock(Endpoint(server.url), "a-token") == status
    (asked,) = server.requests
    assert (asked.method, asked.body, asked.header("Authorization")) == ("POST", b"{}", "Bearer a-token")


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotServed), (429, RateLimited), (403, Refused), (401, Refused), (503, Unavailable)]
)
def test_a_gateway_that_would_refuse_calls_says_so(status: int, error: type[GenesysError], serve: Serve) -> None:
    with pytest.raises(error):
        knock(Endpoint(serve(answer(status)).url), "a-token")


def test_a_gateway_that_answers_a_stream_is_let_go(serve: Serve) -> None:
    server = serve([OK, hang, final()])
    assert knock(Endpoint(server.url), "a-token") == 200
    assert server.connections[0].closed_by_client.wait(5)
