"""A secret is found however others write it, and by everyone who looks for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from genesys_tui.auth.sdk_child import _plain, _secrets_of
from genesys_tui.gateway.redaction import redacted
from genesys_tui.incident.redaction import Redaction
from genesys_tui.secret_forms import SHORTEST, forms_of

SECRET = 'k/y +"ü"\\%~'

WRITTEN = {
    "as it is": SECRET,
    "in a URL": quote(SECRET, safe=""),
    "in a path": quote(SECRET),
    "in a form": quote_plus(SECRET),
    "in a URL with small letters": "k%2fy%20%2b%22%c3%bc%22%5c%25~",
    "in JSON": json.dumps(SECRET)[1:-1],
    "in JSON that is not ASCII": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "in JSON of PHP": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "in JSON of .NET": json.dumps(SECRET)[1:-1].replace("+", "\\u002B").replace('\\"', "\\u0022"),
    "in JSON that escapes all": "".join(f"\\u{ord(character):04x}" for character in SECRET),
}
LOOKING: dict[str, Callable[[str, str], str]] = {
    "the gateway": redacted,
    "the bundle": lambda text, secret: Redaction([secret])(text),
    "the sign-in": lambda text, secret: _plain(text, _secrets_of({"client_secret": secret})),
}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("looking", LOOKING)
def test_each_form_is_dotted_out_whole(looking: str, written: str) -> None:
    assert LOOKING[looking](f"before ({WRITTEN[written]}) behind", SECRET) == "before (••••) behind"


@pytest.mark.parametrize("looking", LOOKING)
def test_all_agree_on_what_is_too_short_to_look_for(looking: str) -> None:
    long_enough = "x" * SHORTEST
    assert LOOKING[looking](f"({long_enough})", long_enough) == "(••••)"
    assert LOOKING[looking](f"({long_enough[1:]})", long_enough[1:]) == f"({long_enough[1:]})"
    assert forms_of("") == ()


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert redacted("a \udcff-secret", "\udcff-secret") == "a ••••"
