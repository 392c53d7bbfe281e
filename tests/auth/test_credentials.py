from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from secret_service import SecretService

from genesys_tui.auth import (
    Credentials,
    SecretStore,
    find_credentials,
    forget_credentials,
    load_credentials,
    save_credentials,
)
from genesys_tui.errors import CredentialsMissing, SecretStoreError, SignInError

OWN = {"GENESYS_CLIENT_ID": "own-id", "GENESYS_CLIENT_SECRET": "own-secret"}
ALIAS = {"GENESYSCLOUD_OAUTHCLIENT_ID": "alias-id", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "alias-secret"}


def found(environ: dict[str, str]) -> tuple[str, str, str]:
    credentials = find_credentials(environ, SecretStore("default"))
    return credentials.client_id, credentials.client_secret.get_secret_value(), credentials.source


def test_the_environment_goes_first_and_a_pair_stays_a_pair(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("file-secret\n")
    by_file = {"GENESYS_CLIENT_ID": "own-id", "GENESYS_CLIENT_SECRET_FILE": str(file)}
    assert found(OWN | ALIAS | by_file) == ("own-id", "own-secret", "environment (GENESYS_CLIENT_SECRET)")
    assert found(by_file | ALIAS) == ("own-id", "file-secret", f"file {file}")
    assert found(ALIAS) == ("alias-id", "alias-secret", "environment (GENESYSCLOUD_OAUTHCLIENT_SECRET)")


def test_the_keyring_keeps_both_halves_and_goes_last(secret_service: SecretService) -> None:
    store = SecretStore("default")
    with pytest.raises(CredentialsMissing, match=r"'default'.*genesys-tui login.*genesys-tui demo"):
        find_credentials({}, store)
    assert load_credentials(store) is None
    save_credentials(store, Credentials.of("kept-id", "kept-secret", "typed"))
    assert found({}) == ("kept-id", "kept-secret", "keyring")
    assert found(OWN)[0] == "own-id"


def test_new_credentials_and_no_credentials_both_drop_the_old_token(secret_service: SecretService) -> None:
    store = SecretStore("default")
    store.set("access-token", "old")
    save_credentials(store, Credentials.of("id", "secret", "typed"))
    assert store.get("access-token") is None
    store.set("access-token", "old")
    assert forget_credentials(store) is True
    assert store.get("access-token") is None
    assert store.get("client-secret") is None
    assert forget_credentials(store) is False


def test_without_keyring_and_environment_the_keyrings_trouble_is_what_is_said() -> None:
    with pytest.raises(SecretStoreError, match="GENESYS_CLIENT_SECRET_FILE"):
        found({})


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"GENESYS_CLIENT_ID": "x"}, "GENESYS_CLIENT_SECRET"),
        ({"GENESYS_CLIENT_SECRET": "x"}, "GENESYS_CLIENT_ID"),
        ({"GENESYS_CLIENT_SECRET_FILE": "/x"}, "GENESYS_CLIENT_ID"),
        ({"GENESYS_CLIENT_ID": "x", "GENESYS_CLIENT_SECRET": ""}, "GENESYS_CLIENT_SECRET"),
        ({"GENESYS_CLIENT_ID": "x"} | ALIAS, "GENESYS_CLIENT_SECRET"),
        ({"GENESYSCLOUD_OAUTHCLIENT_ID": "x"}, "GENESYSCLOUD_OAUTHCLIENT_SECRET"),
        ({"GENESYSCLOUD_OAUTHCLIENT_SECRET": "x"}, "GENESYSCLOUD_OAUTHCLIENT_ID"),
    ],
)
def test_a_half_that_stands_alone_names_the_other(environ: dict[str, str], missing: str) -> None:
    with pytest.raises(CredentialsMissing, match=rf"but {missing} is not\. Set {missing}"):
        found(environ)


@pytest.mark.parametrize(
    ("written", "read"), [(b"s3cret\n", "s3cret"), (b"s3cret\r\n", "s3cret"), (b"\xef\xbb\xbfs3cret", "s3cret")]
)
def test_the_line_break_at_the_end_of_a_secret_file_is_no_part_of_the_secret(
    written: bytes, read: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(written)
    assert found({"GENESYS_CLIENT_ID": "x", "GENESYS_CLIENT_SECRET_FILE": str(tmp_path / "secret")})[1] == read


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (None, "cannot be read (No such file"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfes\0", "is not text"),
        (b"two\nlines", "line break"),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_named(written: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    if written is not None:
        path.write_bytes(written)
    with pytest.raises(SignInError, match=re.escape(str(path))) as caught:
        found({"GENESYS_CLIENT_ID": "x", "GENESYS_CLIENT_SECRET_FILE": str(path)})
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("client_id", "secret", "field"),
    [
        ("  ", "hunter2", "client id"),
        ("x", " \t", "client secret"),
        ("ü", "hunter2", "client id"),
        ("x", "hunter2–", "client secret"),
        ("x", "hunter2 hunter2", "client secret"),
        ("x", "hunter2\nhunter2", "client secret"),
        ("id:hunter2", "hunter2", "client id"),
    ],
)
def test_what_no_credential_can_hold_is_refused_by_field_and_never_shown(
    client_id: str, secret: str, field: str
) -> None:
    with pytest.raises(SignInError, match=f"The {field} from the environment") as caught:
        Credentials.of(client_id, secret, "environment")
    assert "hunter2" not in caught.value.message
    assert caught.value.__context__ is None


def test_what_surrounds_a_credential_is_stripped_and_the_secret_kept_quiet() -> None:
    credentials = Credentials.of(" id\t", "\nhunter2 ", "typed")
    assert (credentials.client_id, credentials.client_secret.get_secret_value()) == ("id", "hunter2")
    assert "hunter2" not in f"{credentials} {credentials!r} {credentials.model_dump_json()}"
    with pytest.raises(ValidationError) as caught:
        Credentials(client_id="id", client_secret=["hunter2"], source="typed")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "entry", ["hunter2", "[]", '{"client_id": "x"}', '{"client_id": "", "client_secret": "hunter2"}']
)
def test_a_keyring_entry_of_another_make_is_refused(entry: str, secret_service: SecretService) -> None:
    SecretStore("default").set("client-secret", entry)
    with pytest.raises(SignInError, match="genesys-tui login") as caught:
        found({})
    assert "hunter2" not in str(caught.value)
