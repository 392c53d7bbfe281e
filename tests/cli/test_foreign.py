"""Against a server that none of us wrote, and with a client that none of us wrote: LiteLLM, and OpenAI's own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from cli.conftest import Run
from foreign_server import KEY, Foreign, NotInstalled, running

from genesys_tui.demo import DemoGateway

pytestmark = [pytest.mark.xdist_group("foreign"), pytest.mark.timeout(900)]

TEXT = "Hello from a server that none of us wrote. Grüße, 你好, 🧹👩‍🚀.\n\n- one\n- two\n"


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoGateway]:
    """The embedded gateway, behind the foreign one."""
    with DemoGateway(rate=0) as demo:
        yield demo


@pytest.fixture(scope="module")
def foreign(demo: DemoGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    models: dict[str, dict[str, Any]] = {
        "mocked": {"model": "openai/mocked", "mock_response": TEXT},
        "limited": {"model": "openai/limited", "mock_response": "litellm.RateLimitError"},
        "behind": {"model": "openai/gpt-4o-mini", "api_base": f"{demo.url}/v1", "api_key": demo.api_key},
    }
    try:
        with running(models, tmp_path_factory.mktemp("foreign")) as server:
            yield server
    except NotInstalled as why:
        pytest.skip(str(why))


def ask(run: Run, foreign: Foreign, model: str, *options: str, key: str = KEY) -> tuple[int, dict[str, Any]]:
    where = ("--dialect", "openai", "--base-url", f"{foreign.url}/v1", "--model", model)
    done = run("ask", *where, "--format", "json", *options, "Compare the queues in a table", OPENAI_API_KEY=key)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def test_its_reply_arrives_whole_with_its_own_count(run: Run, foreign: Foreign) -> None:
    code, record = ask(run, foreign, "mocked")
    assert (code, record["status"], record["stop_reason"], record["content"]) == (0, "completed", "stop", TEXT)
    assert record["total_tokens"] > 0
    assert record["input_tokens"] > 0
    assert record["tokens_estimated"] is False
    assert (record["attempts"], record["diagnostics"], record["sequence_anomalies"]) == (1, 0, 0)
    assert record["correlation_id"]
    assert record["time_to_first_token_seconds"] > 0


def test_its_refusals_are_told_in_words(run: Run, foreign: Foreign) -> None:
    code, record = ask(run, foreign, "limited", "--retries", "0")
    assert (code, record["error"]["kind"]) == (5, "rate_limited")
    assert "mock rate limit error" in record["error"]["message"]
    for key in ("", "sk-wrong-5678"):  # how it says so depends on its version
        code, record = ask(run, foreign, "mocked", key=key)
        assert (code in (1, 4), record["status"], record["content"]) == (True, "failed", "")
        assert "sk-wrong-5678" not in json.dumps(record)
    code, record = ask(run, foreign, "nobody")
    assert (code, record["status"]) == (1, "failed")
    assert "nobody" in record["error"]["message"]


def test_its_models_are_listed(run: Run, foreign: Foreign) -> None:
    done = run("models", "--dialect", "openai", "--base-url", foreign.url, OPENAI_API_KEY=KEY)
    assert set(done.stdout.split()) == {"mocked", "limited", "behind"}


@pytest.mark.parametrize("scenario", ["calm", "truncated", "heartbeats"])
def test_through_it_the_embedded_gateway_says_the_same(
    scenario: str, run: Run, foreign: Foreign, demo: DemoGateway
) -> None:
    """A foreign client reads our embedded gateway, and we read what it makes of it."""
    demo.scenario = scenario
    code, through = ask(run, foreign, "behind")
    where = ("--dialect", "openai", "--base-url", demo.url)
    straight = run("ask", *where, "--format", "json", "Compare the queues in a table", OPENAI_API_KEY=demo.api_key)
    record = json.loads(straight.stdout)
    same = ("content", "status", "stop_reason", "truncated", "total_tokens", "input_tokens", "tokens_estimated")
    assert {name: through[name] for name in same} == {name: record[name] for name in same}
    assert code == straight.returncode == (3 if scenario == "truncated" else 0)


OPENAIS_OWN = """
import json, sys
from openai import OpenAI, RateLimitError
client = OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0)
text, usage, reasons = "", None, []
stream = client.chat.completions.create(
    model="gpt-4o-mini", messages=[{"role": "user", "content": "Compare the queues in a table"}],
    stream=True, stream_options={"include_usage": True}, max_tokens=2048,
)
for chunk in stream:
    usage = chunk.usage or usage
    for choice in chunk.choices:
        text += choice.delta.content or ""
        reasons.append(choice.finish_reason)
models = [model.id for model in client.models.list()]
print(json.dumps({"text": text, "tokens": usage.completion_tokens, "reason": reasons[-1], "models": models}))
"""


@pytest.mark.usefixtures("foreign")
def test_openais_own_client_reads_the_embedded_gateway(run: Run, foreign: Foreign, demo: DemoGateway) -> None:
    demo.scenario = "calm"
    command = [str(foreign.python), "-c", OPENAIS_OWN, f"{demo.url}/v1", demo.api_key]
    environ = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=120, check=True)
    read = json.loads(done.stdout)
    ours = json.loads(run("ask", "--demo", "--rate", "0", "--format", "json", "Compare the queues in a table").stdout)
    assert (read["text"], read["tokens"], read["reason"]) == (ours["content"], ours["total_tokens"], "stop")
    assert "gpt-4o-mini" in read["models"]
