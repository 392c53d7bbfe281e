"""Without credentials the app opens a sign-in screen, which blocks for nothing, loses nothing and shows no secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from secret_service import SecretService

from genesys_tui.auth import Credentials, SecretStore, load_credentials, save_credentials
from genesys_tui.config import load_settings
from genesys_tui.setting import write_setting

from .conftest import Build, House

WIDE = (120, 40)
CANARY = "canary-4711-secret"


def _keep(house: House) -> None:
    """What `genesys-tui login` leaves behind."""
    save_credentials(SecretStore("default"), Credentials.of(house.demo.client_id, house.demo.client_secret, "test"))
    write_setting(load_settings().home.config_file, "default", "base_url", house.demo.url)


async def test_signing_in_keeps_the_credentials_and_leads_to_a_chat_that_works(
    build: Build, keyring: SecretService, tmp_path: Path
) -> None:
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        await it.sees(pilot, "Will be kept in SecretService Keyring")
        it.type(it.demo.client_id, it.demo.client_secret)
        it.form.fields.client_secret.focus()
        await pilot.press("enter")
        await it.sees(pilot, "Signing in at 127.0.0.1 … ")
        await it.until(pilot, lambda: not it.signing_in and it.app.chat.is_mounted and it.app.chat.desk)
        await it.until(pilot, lambda: "Kept in SecretService Keyring" in it.told)
        assert "Signed in as Demo OAuth client of Demo Contact Centre." in it.told
        it.app.chat.prompt.text = "hello"
        await pilot.press("enter")
        await it.until(pilot, lambda: it.demo.requests and not it.app.chat.busy)
        calls = list(it.app.chat.desk.ledger.calls())
        assert [call.record.status for call in calls] == ["completed"]
    assert load_credentials(SecretStore("default")).client_secret.get_secret_value() == it.demo.client_secret
    assert load_settings().profile.base_url == it.demo.url
    # The next start signs in by itself.
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.until(pilot, lambda: it.door.token())
        await pilot.pause(0.3)
        assert not it.signing_in


async def test_with_credentials_the_screen_is_never_shown(build: Build, keyring: SecretService) -> None:
    _keep(build())
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        for _ in range(1500):
            assert not it.signing_in
            await pilot.pause(0.02)
            if it.app.chat.desk and it.door._sign_in and it.door._sign_in.identity:
                break
        else:
            raise AssertionError("never signed in")


async def test_a_failure_is_told_beside_the_form_and_nothing_typed_is_lost(build: Build, tmp_path: Path) -> None:
    it = build()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.arrive(pilot)
        frames = []
        it.type(it.demo.client_id, CANARY)
        it.form.fields.select.value = "eu-west-1"
        it.form.action_sign_in()
        await pilot.pause(0.1)
        frames.append(it.screen)
        await it.until(pilot, lambda: "Genesys Cloud refused the client secret from the form" in it.screen)
        frames += [it.screen, it.app.export_screenshot()]
        typed = it.form.fields.form
        assert (typed.client_id, typed.region, typed.base_url) == (it.demo.client_id, "eu-west-1", it.demo.url)
        assert typed.client_secret.get_secret_value() == CANARY
        # Nor by leaving and coming back.
        await pilot.press("escape")
        await it.until(pilot, lambda: not it.signing_in)
        await pilot.press("f9")
        await it.arrive(pilot)
        assert it.form.fields.form == typed
        frames.append(it.screen)
    assert not [frame for frame in frames if CANARY in frame]
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]
    assert CANARY not in repr(typed)


@pytest.mark.parametrize(
    ("client_id", "secret", "base_url", "sentence"),
    [
        ("", "x", "", "The client id from the form is blank"),
        ("x", "", "", "The client secret from the form is blank"),
        ("x", "y", "http://gateway.example.com", "plain http would show the access token"),
        ("x", "y", "[/nope] nonsense", "is no http(s) address"),
        ("x", "y", "http://127.0.0.1:1", "cannot be reached"),
    ],
)
async def test_what_cannot_be_used_is_refused_in_words(
    build: Build, client_id: str, secret: str, base_url: str, sentence: str
) -> None:
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        it.type(client_id, secret, base_url)
        it.form.action_sign_in()
        await it.sees(pilot, sentence)
        assert it.form.fields.form.base_url == base_url


async def test_escape_stops_a_try_and_then_leaves(build: Build) -> None:
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        it.type(it.demo.client_id, it.demo.client_secret)
        it.form.action_sign_in()
        await it.sees(pilot, "esc stops")
        await it.sees(pilot, "esc Stop")
        await pilot.press("escape")
        await it.sees(pilot, "· Signing in was stopped.")
        await it.sees(pilot, "esc Back")
        await pilot.pause(2)  # longer than the try would have taken
        assert it.signing_in
        await pilot.press("escape")
        await it.until(pilot, lambda: not it.signing_in)


async def test_without_a_keyring_it_says_so_and_signs_in_until_the_app_ends(build: Build, tmp_path: Path) -> None:
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        await it.sees(pilot, "the secret is then held in memory only")
        await it.sees(pilot, "GENESYS_CLIENT_SECRET_FILE")
        it.type(it.demo.client_id, it.demo.client_secret)
        it.form.action_sign_in()
        await it.until(pilot, lambda: not it.signing_in)
        await it.until(pilot, lambda: "Not kept: the sign-in ends with the app." in it.told)
        assert it.door.token()
    secret = it.demo.client_secret.encode()
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and secret in file.read_bytes()]


async def test_a_keyring_that_is_started_later_is_found(build: Build, keyring: SecretService) -> None:
    keyring.end_daemon()
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.sees(pilot, "held in memory only")
        keyring.start_daemon()
        await pilot.press("ctrl+r")
        await it.sees(pilot, "Will be kept in SecretService Keyring")


async def test_a_hanging_keyring_delays_neither_the_first_frame_nor_typing(
    build: Build, keyring: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.hang()
    monkeypatch.setenv("DISPLAY", ":77")  # a desktop, where a keyring is waited for
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        assert "genesys-tui" in it.screen
        for key in "typed":
            await pilot.press(key)
        assert it.app.chat.prompt.text == "typed"
        await it.sees(pilot, "● waiting for your keyring to be unlocked")
        await pilot.press("!")
        assert it.app.chat.prompt.text == "typed!"
        keyring.resume()
        await it.until(pilot, lambda: "waiting for your keyring" not in it.screen)
        # There are no credentials in it, but somebody is writing: that is offered, not forced.
        await it.until(pilot, lambda: "Press F9 to sign in" in it.told)
        assert not it.signing_in


async def test_a_keyring_that_hangs_for_good_blocks_no_sign_in(build: Build, keyring: SecretService) -> None:
    keyring.hang()
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await pilot.press("f9")
        await it.arrive(pilot)
        it.type(it.demo.client_id, it.demo.client_secret)
        await pilot.press("x", "backspace")
        it.form.action_sign_in()
        await it.until(pilot, lambda: not it.signing_in)
        await it.until(pilot, lambda: it.app.chat.desk)
        await it.until(pilot, lambda: "Not kept" in it.told)


async def test_the_demo_needs_nothing_and_keeps_the_draft(build: Build) -> None:
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        await pilot.press("escape")
        await it.until(pilot, lambda: not it.signing_in)
        it.app.chat.prompt.text = "a draft"
        await pilot.press("f9")
        await it.arrive(pilot)
        await pilot.click("#demo")
        await it.until(pilot, lambda: not it.signing_in and "demo: calm" in it.screen)
        await it.until(pilot, lambda: it.app.chat.desk)
        assert it.app.chat.prompt.text == "a draft"
        await pilot.press("enter")
        await it.until(pilot, lambda: [call.record.status for call in it.app.chat.desk.ledger.calls()] == ["completed"])
        await pilot.press("f3")
        await it.sees(pilot, "completed")


async def test_the_demo_is_started_once(build: Build) -> None:
    door = build().door
    place = door.demo()
    assert door.demo() is place
    assert place.open_desk() is place.open_desk()


async def test_gc_profiles_fill_the_form_one_after_the_other(build: Build, tmp_path: Path) -> None:
    (tmp_path / ".gc").mkdir()
    (tmp_path / ".gc" / "config.toml").write_text(
        '[other]\nenvironment = "mypurecloud.ie"\nclient_credentials = "id-2"\nclient_secret = "s-2"\n'
        f'[DEFAULT]\nenvironment = "mypurecloud.de"\nclient_credentials = "id-1"\nclient_secret = "{CANARY}"\n'
    )
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        await pilot.press("ctrl+g")
        await it.sees(pilot, "Filled in from gc's profile DEFAULT. There are 2")
        typed = it.form.fields.form
        assert (typed.region, typed.client_id) == ("eu-central-1", "id-1")
        assert typed.client_secret.get_secret_value() == CANARY
        assert CANARY not in it.screen
        await pilot.press("ctrl+g")
        await it.sees(pilot, "gc's profile other")
        assert it.form.fields.form.client_id == "id-2"


async def test_signing_out_forgets_and_offers_the_way_back(build: Build, keyring: SecretService) -> None:
    _keep(build())
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.until(pilot, lambda: it.app.chat.desk and it.door.token())
        it.app.action_sign_out()
        await it.sees(pilot, "Signed out: taken out of the keyring.")
        assert it.signing_in
    assert load_credentials(SecretStore("default")) is None


async def test_where_a_key_is_wanted_no_key_to_press_is_named(build: Build) -> None:
    for name, value in {"dialect": "openai", "base_url": "https://llm.invalid"}.items():
        write_setting(load_settings().home.config_file, "default", name, value)
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.until(pilot, lambda: it.app.chat.desk)
        it.app.chat.prompt.text = "hello"
        await pilot.press("enter")
        await it.until(pilot, lambda: "The call was not made" in it.told and not it.app.chat.busy)
        assert "run `genesys-tui login --api-key`" in it.told
        assert "F9" not in it.told + it.screen


async def test_a_call_that_lacks_a_token_offers_to_sign_in(build: Build, keyring: SecretService) -> None:
    _keep(build())
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.until(pilot, lambda: it.app.chat.desk and it.door.token())
        SecretStore("default").delete("client-secret")
        SecretStore("default").delete("access-token")
        it.door._change(None)
        it.app.chat.prompt.text = "hello"
        await pilot.press("enter")
        await it.until(pilot, lambda: "Press F9 to sign in" in it.told)
        assert not it.signing_in
        assert it.app.chat.prompt.text == "hello"
        # The same place: the chat stays as it is, with its transcript.
        chat = it.app.chat
        await pilot.press("f9")
        await it.arrive(pilot)
        it.type(it.demo.client_id, it.demo.client_secret)
        it.form.action_sign_in()
        await it.until(pilot, lambda: not it.signing_in)
        assert it.app.chat is chat
        await pilot.press("enter")
        await it.until(
            pilot, lambda: not chat.busy and next(it.app.chat.desk.ledger.calls()).record.status == "completed"
        )


async def test_a_secret_is_not_copied_to_the_terminal(build: Build) -> None:
    it = build()
    async with it.app.run_test(size=WIDE) as pilot:
        await it.arrive(pilot)
        it.type("id", CANARY)
        it.form.fields.client_secret.focus()
        await pilot.pause()
        for key in ("ctrl+c", "ctrl+x"):
            it.form.fields.client_secret.action_select_all()
            await pilot.press(key)
            assert it.app.clipboard == ""
