"""The endpoint: a token goes only where it is safe."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.endpoint import Endpoint, is_loopback


@pytest.mark.parametrize(
    "url",
    [
        "https://api.mypurecloud.com",
        "https://gateway.example:8443/prefix",
        "HTTPS://gateway.example",
        "https://grüße.example",
        "http://127.0.0.1:8000",
        "http://127.1.2.3",
        "http://localhost:1",
        "http://LOCALHOST",
        "http://[::1]:8000",
    ],
)
def test_https_and_this_machine_are_served(url: str) -> None:
    assert httpx.URL(Endpoint(url).url).path.endswith("/api/v2/ai/generative/completions/stream")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.mypurecloud.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://0.0.0.0",
        "http://[::2]",
        "http://128.0.0.1",
        "http://evil.example\\@127.0.0.1",
        "http://127.evil.example",
    ],
)
def test_plain_http_is_refused_off_this_machine(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url: "):
        Endpoint(url)


@pytest.mark.parametrize(
    "url", ["https://me:secret@gateway.example", "https://me@gateway.example", "http://me:secret@127.0.0.1"]
)
def test_a_password_in_the_address_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError, match="leave user name and password out") as refused:
        Endpoint(url)
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gateway.example",
        "//gateway.example",
        "ftp://gateway.example",
        "https://",
        "https://[::1",
        "https://a:b",
        "https://a:99999",
        "https://a b",
        "https://a\n",
        "https://a\0",
        "https://a/#x",
        "https://a/?x=1",
        " https://a",
        "file:///etc/passwd",
        "https://xn--.example",
        "https://☃☃\u200b.example",
    ],
)
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url: .* is no http"):
        Endpoint(url)


@given(st.text(max_size=30) | st.text("htps:/@.[]127#? \\abc", max_size=30))
def test_whatever_is_given_is_refused_or_leads_to_the_host_that_was_checked(text: str) -> None:
    for url in (text, "https://" + text, "http://" + text, "http://127.0.0.1" + text):
        try:
            endpoint = Endpoint(url)
        except ConfigurationError:
            continue
        address = httpx.URL(endpoint.url)
        assert not address.userinfo
        assert address.scheme == "https" or (address.scheme == "http" and is_loopback(address.host))


@pytest.mark.parametrize("path", ["v1/chat", "@evil.example/x", ".evil.example/x", ":80/x", "/a\nb", "/a\0"])
def test_a_path_cannot_become_part_of_the_host(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^endpoint: "):
        Endpoint("https://gateway.example", path)


def test_base_url_and_path_meet_in_one_slash() -> None:
    assert Endpoint("https://gateway.example/", "/x").url == Endpoint("https://gateway.example", "/x").url
    assert Endpoint("https://gateway.example/a/", "/x?version=2").url == "https://gateway.example/a/x?version=2"


def test_the_address_that_a_redirect_named_can_be_the_base() -> None:
    whole = Endpoint("https://gateway.example/a").url
    assert Endpoint(whole).url == Endpoint(f"{whole}/").url == whole
    assert Endpoint(whole, "/x").url == f"{whole}/x"


def test_a_dialect_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"^dialect: there is no 'telnet'; choose one of genesys"):
        _ = Endpoint("https://gateway.example", dialect="telnet").speaks


def test_plain_http_makes_no_tls_context() -> None:
    def never() -> None:
        raise AssertionError

    assert Endpoint("http://127.0.0.1", trust=never).tls is None  # type: ignore[arg-type]


def test_every_dialect_has_one_name_that_settings_and_options_know() -> None:
    from genesys_tui.config import Profile
    from genesys_tui.dialect import DIALECT_NAMES
    from genesys_tui.gateway.dialects import DIALECTS

    assert tuple(DIALECTS) == DIALECT_NAMES
    for name in DIALECT_NAMES:
        assert Profile(dialect=name).dialect == name
        assert Endpoint("https://gateway.example", dialect=name).url.startswith("https://gateway.example/")
