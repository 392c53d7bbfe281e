"""The app on a gateway of the OpenAI-compatible dialect: estimates, reasoning, and the models it lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fakes import FixedTokens
from gateway.raw_server import DONE, OK, RawServer, Step, answer
from textual.widgets import Input

from genesys_tui.audit.ledger import Ledger
from genesys_tui.config import load_settings
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.parameters.dialog import ParametersDialog
from genesys_tui.tui.transcript.reasoning import ReasoningDialog

from .conftest import Stage

Serve = Callable[..., RawServer]
WIDE = (120, 40)


def said(finish: str | None = None, **delta: Any) -> bytes:
    fields = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def staged(url: str, ledger: Ledger, home: Path, **flags: Any) -> Stage:
    settings = load_settings({"base_url": url, "dialect": "openai", **flags}, environ={"GENESYS_TUI_HOME": str(home)})
    gateway = Gateway(Endpoint(url, dialect="openai"), FixedTokens())
    return Stage(GenesysApp(lambda: Desk(gateway, ledger), settings), None, ledger)  # type: ignore[arg-type]


def begun(*steps: Step) -> Sequence[Step]:
    return [OK, said(role="assistant"), *steps]


async def test_what_is_estimated_says_so_until_the_gateway_has_counted(
    serve: Serve, ledger: Ledger, tmp_path: Path
) -> None:
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 4321}}\n\n'
    server = serve(
        begun(said(content="one "), said(content="two"), said("stop"), DONE),
        begun(said(content="one "), 1.0, said(content="two"), said("stop"), usage, DONE),
    )
    it = staged(server.url, ledger, tmp_path)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        assert "~2 tokens" in it.shown
        await it.until(pilot, lambda: "~2 of 2,048" in it.screen)
        await it.send(pilot, "again")
        await it.until(pilot, lambda: "~1 of 2,048" in it.screen)
        await it.until(pilot, lambda: "4,321 tokens" in it.shown)
        assert "~4,321" not in it.shown
        await it.until(pilot, lambda: "4,321 of 2,048" in it.screen and "~4,321" not in it.screen)


async def test_reasoning_is_a_line_above_the_reply_and_r_unfolds_it(
    serve: Serve, ledger: Ledger, tmp_path: Path
) -> None:
    thoughts = [said(reasoning_content=f"Thought {n}: [bold]\x1b[2J.\n") for n in range(20)]
    server = serve(begun(*thoughts, said(content="The *reply*."), said(reasoning_content="More."), said("stop"), DONE))
    it = staged(server.url, ledger, tmp_path)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        lines = [line.strip() for line in it.shown.splitlines() if line.strip()]
        assert lines[1].startswith("· reasoning, ")
        assert lines[2] == "The reply."
        assert "Thought" not in it.shown
        it.app.chat.transcript.focus()
        await pilot.press("r")
        await it.until(pilot, lambda: isinstance(it.app.screen, ReasoningDialog) and "Thought 19" in it.screen)
        assert "[bold]␛[2J" in it.screen
        await pilot.press("escape")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
        (call,) = it.ledger.calls()
        assert call.reply == "The *reply*."


async def test_reasoning_alone_leaves_its_line(serve: Serve, ledger: Ledger, tmp_path: Path) -> None:
    it = staged(serve(begun(said(reasoning="Hm."), said("length"), DONE)).url, ledger, tmp_path)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        assert "· reasoning, 3 characters" in it.shown
        await it.ask(pilot, "again")
        assert it.shown.count("· reasoning, 3 characters") == 2


async def test_the_models_of_the_gateway_can_be_chosen(serve: Serve, ledger: Ledger, tmp_path: Path) -> None:
    listed = answer(200, '{"data": [{"id": "mine"}, {"id": "theirs\\u001b[2J"}]}', Content_Type="application/json")
    it = staged(serve(listed).url, ledger, tmp_path, models=("mine", "own"))
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: "walk through 3, the gateway's among them" in it.screen)
        field = it.app.screen.query_one("#model", Input)
        seen = []
        for _ in range(3):
            await pilot.press("down")
            seen.append(field.value)
        assert seen == ["mine", "own", "theirs␛[2J"]


async def test_without_a_list_the_name_is_typed(serve: Serve, ledger: Ledger, tmp_path: Path) -> None:
    """Nothing waits for it, and nothing is said."""
    server = serve(answer(404, "{}"))
    it = staged(server.url, ledger, tmp_path)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+e")
        await it.until(pilot, lambda: isinstance(it.app.screen, ParametersDialog) and server.requests)
        await pilot.press(*"gpt-x", "enter")
        await it.until(pilot, lambda: it.app.screen is it.app.chat)
        assert it.app.chat._talk.settings.profile.model == "gpt-x"
        assert server.requests[0].target == "/v1/models"


async def test_the_wire_shows_what_a_chunk_says(serve: Serve, ledger: Ledger, tmp_path: Path) -> None:
    usage = b'data: {"choices": [], "usage": {"completion_tokens": 4321}}\n\n'
    server = serve(begun(said(reasoning_content="Hm."), said(content="Hi"), said("stop"), usage, DONE))
    it = staged(server.url, ledger, tmp_path)
    async with it.app.run_test(size=WIDE) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f4")
        await it.until(pilot, lambda: 'reasoning_content "Hm."' in it.screen)
        assert '"Hi"' in it.screen
        assert "final, stop" in it.screen
        assert "4321" in it.screen
