from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from pydantic import SecretStr

from genesys_tui.auth.token import KEYRING_LIMIT, Token, fingerprint, ready_token
from genesys_tui.errors import SignInError

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
TOKEN = Token(
    value=SecretStr("abcdefghijklmnopqrstuvwxyz-c4f2"),
    owner=fingerprint("https://api.mypurecloud.ie", "id"),
    issued_at=NOW,
    expires_at=NOW + timedelta(days=1),
    organization="Acme",
    client_name="tui",
    scopes=("ai:generative:read", "ai:generative:write"),
)


def test_a_token_keeps_quiet() -> None:
    assert repr(TOKEN) == str(TOKEN) == "Token('••••c4f2')"
    assert repr(replace(TOKEN, value=SecretStr("short"))) == "Token('••••')"
    assert "abcdef" not in f"{TOKEN!r} {[TOKEN]} {TOKEN.value!r}"


@pytest.mark.parametrize(
    ("life", "age", "fresh"),
    [
        (86400, 0, True),
        (86400, 86400 - 301, True),
        (86400, 86400 - 300, False),
        (86400, 90000, False),
        (300, 100, True),
        (300, 150, False),
    ],
)
def test_a_token_is_given_up_five_minutes_before_its_end_or_half_way_where_it_is_that_short(
    life: int, age: int, fresh: bool
) -> None:
    token = replace(TOKEN, expires_at=NOW + timedelta(seconds=life))
    now = NOW + timedelta(seconds=age)
    assert token.fresh(now) is fresh
    assert token.age(now) == timedelta(seconds=age)


def test_a_token_whose_end_nobody_knows_is_fresh_until_refused() -> None:
    token = Token(SecretStr("x"), owner="o")
    assert token.fresh(NOW)
    assert token.age(NOW) is None


def test_a_token_comes_back_as_it_was_written_down() -> None:
    assert Token.from_json(TOKEN.to_json()) == TOKEN
    bare = replace(TOKEN, organization=None, client_name=None, scopes=(), identity_problem="tokens/me answered 403")
    assert Token.from_json(bare.to_json()) == bare


def test_a_token_written_down_fits_into_the_smallest_keyring() -> None:
    many = tuple(f"scope:{number}:read" for number in range(200))
    crowded = replace(TOKEN, scopes=many + TOKEN.scopes)
    assert len(crowded.to_json()) <= KEYRING_LIMIT
    assert Token.from_json(crowded.to_json()) == TOKEN
    wordy = replace(TOKEN, organization="é" * 400)
    assert len(wordy.to_json()) <= KEYRING_LIMIT
    assert Token.from_json(wordy.to_json()).bearer == TOKEN.bearer


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '"x"', '{"value": 1, "owner": "o", "issued": 1, "expires": 2}', TOKEN.to_json()[:-5]]
    + [TOKEN.to_json().replace("1893456000", wrong) for wrong in ('"x"', "null", "1e99")],
)
def test_anything_else_in_the_keyring_is_no_token(text: str) -> None:
    assert Token.from_json(text) is None


def test_a_fingerprint_tells_clients_and_places_apart() -> None:
    prints = {fingerprint(url, client) for url in ("https://api.a", "https://api.b") for client in ("1", "2")}
    assert len(prints) == 4


def test_scopes_are_checked_only_where_a_token_lists_any() -> None:
    assert replace(TOKEN, scopes=()).missing_scopes == ()
    assert TOKEN.missing_scopes == ()
    assert replace(TOKEN, scopes=("ai:generative:read",)).missing_scopes == ("ai:generative:write",)


def test_a_ready_token_is_taken_from_the_environment_and_checked() -> None:
    assert ready_token({}) is None
    assert ready_token({"GENESYSCLOUD_ACCESS_TOKEN": " "}) is None
    assert ready_token({"GENESYSCLOUD_ACCESS_TOKEN": " abc\n"}).bearer == "abc"
    with pytest.raises(SignInError, match="GENESYSCLOUD_ACCESS_TOKEN") as caught:
        ready_token({"GENESYSCLOUD_ACCESS_TOKEN": "two words"})
    assert "two words" not in str(caught.value)
