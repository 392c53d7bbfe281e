"""An API key, from login to logout: where it comes from, where it goes, and that it stays quiet."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from cli.conftest import Run
from gateway.raw_server import OK, RawServer, answer
from secret_service import SecretService, missing_programs

from genesys_tui.demo import DemoGateway

KEY = DemoGateway.api_key
Serve = Callable[..., RawServer]


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    with DemoGateway(rate=0) as gateway:
        yield gateway


@pytest.fixture
def keyring(environ: dict[str, str]) -> Iterator[None]:
    """An unlocked Secret Service in the commands' environment."""
    if missing := missing_programs():
        pytest.skip(f"needs a Secret Service: {missing} not installed (apt-get install gnome-keyring dbus)")
    with SecretService() as service:
        environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        environ["XDG_RUNTIME_DIR"] = service.environ["XDG_RUNTIME_DIR"]
        yield


@pytest.mark.usefixtures("keyring")
def test_from_login_to_logout(run: Run, gateway: DemoGateway, tmp_path: Path) -> None:
    """The dialect and the place are remembered; the key goes before that of the environment."""
    login = run("login", "--api-key", "--base-url", f"{gateway.url}/v1", stdin=f" {KEY}\n")
    assert login.returncode == 0, login.stderr
    assert "lists 4 models (gpt-4o-mini, " in login.stderr
    status = run("status")
    assert "keyring" in status.stdout
    assert f"{gateway.url}/v1/chat/completions" in status.stdout
    asked = run("ask", "hello", OPENAI_API_KEY="another-key")
    assert asked.returncode == 0, asked.stderr
    assert gateway.requests[-1].headers["authorization"] == KEY[-4:]
    doctor = run("doctor", TERM="xterm")
    assert doctor.returncode == 0, doctor.stdout
    assert run("logout").returncode == 0
    assert "keyring" not in run("status").stdout
    everything = "".join(done.stdout + done.stderr for done in (login, status, asked, doctor))
    assert KEY not in everything
    assert all(KEY.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.usefixtures("keyring")
def test_a_wrong_key_is_refused_and_not_kept(run: Run, gateway: DemoGateway) -> None:
    login = run("login", "--api-key", "--base-url", gateway.url, stdin="wrong-key-5678\n")
    assert login.returncode == 4
    assert "refused the API key" in login.stderr
    assert "Correct the request" not in login.stderr
    assert "wrong-key-5678" not in login.stdout + login.stderr
    status = run("status", OPENAI_API_KEY=KEY)
    assert "keyring" not in status.stdout


def test_a_gateway_on_this_machine_needs_no_key(run: Run, gateway: DemoGateway) -> None:
    asked = run("ask", "--dialect", "openai", "--base-url", gateway.url, "hello")
    assert asked.returncode == 0, asked.stderr
    assert "authorization" not in gateway.requests[-1].headers
    assert "none needed" in status(run, gateway)


def status(run: Run, gateway: DemoGateway, **given: str) -> str:
    """What `status` says where the profile leads to the gateway."""
    run("config", "set", "base_url", gateway.url)
    run("config", "set", "dialect", "openai")
    return run("status", **given).stdout


def test_the_key_of_the_environment_needs_no_keyring(run: Run, gateway: DemoGateway) -> None:
    given = {"OPENAI_API_KEY": KEY}
    assert run("ask", "--dialect", "openai", "--base-url", gateway.url, "hello", **given).returncode == 0
    assert gateway.requests[-1].headers["authorization"] == KEY[-4:]
    assert "environment (OPENAI_API_KEY)" in status(run, gateway, **given)


def test_a_wrong_key_fails_the_call_as_a_sign_in(run: Run, gateway: DemoGateway) -> None:
    asked = run("ask", "--dialect", "openai", "--base-url", gateway.url, "hello", OPENAI_API_KEY="wrong-key-5678")
    assert asked.returncode == 4
    assert "refused the API key from the environment (OPENAI_API_KEY)" in asked.stderr
    assert "wrong-key-5678" not in asked.stderr


def test_a_wrong_key_fails_the_list_of_models_as_it_fails_a_call(run: Run, gateway: DemoGateway) -> None:
    listed = run("models", "--dialect", "openai", "--base-url", gateway.url, OPENAI_API_KEY="wrong-key-5678")
    assert listed.returncode == 4
    assert "refused the API key from the environment (OPENAI_API_KEY)" in listed.stderr
    assert "Correct the request" not in listed.stderr
    assert "wrong-key-5678" not in listed.stderr


def test_a_local_gateway_that_wants_a_key_says_so(run: Run, serve: Serve) -> None:
    server = serve(answer(401, '{"error": {"message": "no"}}'))
    asked = run("ask", "--dialect", "openai", "--base-url", server.url, "hello")
    assert asked.returncode == 4
    assert "login --api-key" in asked.stderr


def test_elsewhere_a_call_without_a_key_is_not_made(run: Run) -> None:
    asked = run("ask", "--dialect", "openai", "--base-url", "https://llm.invalid", "hello")
    assert asked.returncode == 4
    assert "Set OPENAI_API_KEY" in asked.stderr
    assert "GENESYS_CLIENT" not in asked.stderr


def test_without_a_keyring_login_says_what_to_do(run: Run, gateway: DemoGateway) -> None:
    login = run("login", "--api-key", "--base-url", gateway.url, stdin=f"{KEY}\n")
    assert login.returncode == 4
    assert "Set OPENAI_API_KEY instead" in login.stderr
    assert gateway.requests == [], "a key that cannot be kept is not sent"


def test_without_a_base_url_the_key_goes_nowhere(run: Run) -> None:
    for done in (
        run("ask", "--dialect", "openai", "hello", OPENAI_API_KEY=KEY),
        run("login", "--api-key", stdin=KEY),
    ):
        assert done.returncode == 2
        assert "Say where the gateway is" in done.stderr


@pytest.mark.parametrize("key", ["", "two words", "schlüssel"])
def test_what_is_no_key_is_refused_in_words(key: str, run: Run, gateway: DemoGateway) -> None:
    login = run("login", "--api-key", "--base-url", gateway.url, stdin=f"{key}\n")
    assert login.returncode == 4
    assert "The API key from the login" in login.stderr
    assert not key or key not in login.stderr


def test_the_key_is_no_option(run: Run) -> None:
    done = run("login", "--api-key", KEY)
    assert done.returncode == 2
    assert run("login", "--api-key", "--client-id", "x", stdin=KEY).returncode == 2


def test_models_are_listed(run: Run, gateway: DemoGateway) -> None:
    for base_url in (gateway.url, f"{gateway.url}/v1"):
        done = run("models", "--dialect", "openai", "--base-url", base_url)
        assert done.stdout.splitlines() == ["gpt-4o-mini", "gpt-4o", "demo-small", "demo-large"]


LISTS = {
    "of another gateway": (
        b'{"data": [{"id": "a"}, {"id": "b\\u001b[2J"}, {"id": 7}, {}, "x", {"id": "a"}]}',
        ["a", "b␛[2J"],
    ),
    "that is bare": (b'[{"id": "a"}]', ["a"]),
    "that is empty": (b'{"data": []}', []),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_leniently_and_shown_clean(name: str, run: Run, serve: Serve) -> None:
    body, names = LISTS[name]
    done = run("models", "--dialect", "openai", "--base-url", serve(answer(200, body)).url)
    assert done.stdout.splitlines() == names


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (answer(404, "{}"), 1),
        (answer(401, "{}"), 4),
        (answer(403, "{}"), 1),
        (answer(500, "{}"), 1),
        (answer(200, "<html>"), 1),
        (answer(200, "[" * 5000), 1),
        ([OK[:20]], 1),
    ],
)
def test_no_list_is_told_in_a_sentence(steps: list[bytes], code: int, run: Run, serve: Serve) -> None:
    done = run("models", "--dialect", "openai", "--base-url", serve(steps).url)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("genesys-tui: ")


def test_the_genesys_gateway_lists_none(run: Run, gateway: DemoGateway) -> None:
    given = {"GENESYS_CLIENT_ID": gateway.client_id, "GENESYS_CLIENT_SECRET": gateway.client_secret}
    run("config", "set", "models", '["one", "two"]')
    done = run("models", "--base-url", gateway.url, **given)
    assert done.stdout.splitlines() == ["one", "two"]
    assert "lists no models" in done.stderr


def test_ask_says_what_is_estimated(run: Run, serve: Serve) -> None:
    chunk = b'data: {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}\n\n'
    url = serve([OK, chunk, b"data: [DONE]\n\n"]).url
    assert "~1 token" in run("ask", "--dialect", "openai", "--base-url", url, "hello").stderr
    record = json.loads(run("ask", "--dialect", "openai", "--base-url", url, "--format", "json", "hello").stdout)
    assert (record["total_tokens"], record["tokens_estimated"]) == (1, True)


def test_the_embedded_gateway_says_both_of_its_addresses(command: Sequence[str], environ: dict[str, str]) -> None:
    arguments = [*command, "gateway", "--port", "0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        url = server.stdout.readline().strip()
        said = ""
        while f"OpenAI-compatible at {url}/v1, with the key demo-key or none." not in said:
            said += (line := server.stderr.readline())
            assert line, said
        server.terminate()
    assert f"ask --dialect openai --base-url {url}/v1 hello" in said
