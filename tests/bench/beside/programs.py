"""The programs that are shown a reply: where each finds the server, and which keys lead to a question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.beside.models import MODEL
from bench.beside.peers import Peer

Prepare = Callable[[Path, str], dict[str, str]]
"""Writes the settings into a home, for a server; gives what the environment is to say."""


@dataclass(frozen=True)
class Program:
    """A program in a terminal."""

    name: str
    command: list[str]
    prepare: Prepare
    mark: str
    """What its first usable frame shows."""

    keys: tuple[str, ...] = ("go", "\r")
    """Ask; each a second after the one before."""

    asking: list[str] = field(default_factory=list)
    """What to add to the command to ask with it, instead of keys."""


def ours() -> Program:
    """The real app."""

    def prepare(home: Path, url: str) -> dict[str, str]:
        limits = "max_tokens = 1000000\nmax_tokens_per_chunk = 64"
        (home / "config.toml").write_text(f'[profiles.default]\nbase_url = "{url}"\n{limits}\n')
        return {"GENESYS_TUI_HOME": str(home), "GENESYSCLOUD_ACCESS_TOKEN": "measured"}

    return Program("genesys-tui", [sys.executable, "-m", "genesys_tui"], prepare, "sk the model")


def elia(peer: Peer) -> Program:
    """elia, which takes a prompt as argument."""

    def prepare(home: Path, url: str) -> dict[str, str]:
        folder = home / ".config" / "elia"
        folder.mkdir(parents=True, exist_ok=True)
        model = f'name = "openai/{MODEL}"\ndisplay_name = "bench"\napi_base = "{url}/v1"\napi_key = "none"\n'
        (folder / "config.toml").write_text(f'default_model = "openai/{MODEL}"\n\n[[models]]\n{model}')
        # Its library would look for prices on the internet.
        return {"OPENAI_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

    return Program("elia-chat", [peer.program("elia")], prepare, "Enter your ", asking=["go"])


_SEED = """
import asyncio, sys
from oterm.store.store import Store
from oterm.types import ChatModel
async def seed():
    store = await Store.get_store()
    await store.save_chat(ChatModel(name="bench", model=sys.argv[1], provider="ollama"))
asyncio.run(seed())
"""


def oterm(peer: Peer) -> Program:
    """oterm, with a chat that is there already."""

    def prepare(home: Path, url: str) -> dict[str, str]:
        data = home / "oterm"
        said = {"OLLAMA_URL": url, "OTERM_DATA_DIR": str(data)}
        if not (data / "store.db").exists():
            data.mkdir(parents=True, exist_ok=True)
            (data / "config.json").write_text(json.dumps({"theme": "textual-dark", "splash-screen": False}))
            environ = {**os.environ, **said, "HOME": str(home)}
            subprocess.run([peer.python, "-c", _SEED, MODEL], env=environ, check=True, capture_output=True)
        return said

    return Program("oterm", [peer.program("oterm")], prepare, "submit")


def parllama(peer: Peer) -> Program:
    """parllama, on its chat."""

    def prepare(home: Path, url: str) -> dict[str, str]:
        data = home / "parllama"
        data.mkdir(parents=True, exist_ok=True)
        chosen = {"provider": "Ollama", "model_name": MODEL, "temperature": 0.5, "num_ctx": 2048}
        (data / "settings.json").write_text(json.dumps({"last_llm_config": chosen, "ui": {"show_first_run": False}}))
        return {"OLLAMA_URL": url, "PARLLAMA_DATA_DIR": str(data), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

    command = [peer.program("parllama"), "-s", "chat", "--use-last-tab-on-startup", "0"]
    return Program("parllama", command, prepare, "Type a message")
