"""A server that none of us wrote: LiteLLM's proxy, in a virtual environment of its own, outside of the tree.

It is installed by the first test that wants it (700 MB, a minute) and kept for the next run. ``GENESYS_TUI_FOREIGN``
names the folder to keep it in, or says ``no``.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_cache_path

PACKAGE = "litellm[proxy]>=1.80,<2"
VARIABLE = "GENESYS_TUI_FOREIGN"
KEY = "sk-foreign-1234"
_INSTALLED = "installed"
_LONGEST_INSTALL = 600.0
_LONGEST_START = 180.0


class NotInstalled(Exception):
    """Why not, in words."""


class Foreign(NamedTuple):
    """Where it is."""

    url: str
    python: Path
    """Has OpenAI's own client, too."""


def installed() -> Path:
    """The Python that has it. Raises NotInstalled."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted.lower() in ("no", "0", "off"):
        raise NotInstalled(f"{VARIABLE} says no")
    name = f"litellm-py{sys.version_info.major}.{sys.version_info.minor}"
    folder = (Path(wanted) if wanted else user_cache_path("genesys-tui-tests")) / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / _INSTALLED).exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        quietly = ("--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")
        _run([str(python), "-m", "pip", "install", *quietly, PACKAGE])
        (folder / _INSTALLED).touch()
    return python


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LONGEST_INSTALL)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or "").strip().splitlines()
        raise NotInstalled(f"{PACKAGE} cannot be installed: {said[-1] if said else error}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{PACKAGE} cannot be installed: {error}") from None


@contextlib.contextmanager
def running(models: dict[str, dict[str, Any]], folder: Path) -> Iterator[Foreign]:
    """Serve these models (name → LiteLLM's parameters) on loopback. Raises NotInstalled."""
    python = installed()
    config = folder / "config.yaml"
    entries = [{"model_name": name, "litellm_params": {"api_key": "none", **how}} for name, how in models.items()]
    fields = {"model_list": entries, "general_settings": {"master_key": KEY}}
    # JSON is YAML, but for its surrogate pairs.
    config.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ},
        "HOME": str(folder),
        # No look at the internet for prices.
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
    }
    command = [str(python.with_name("litellm")), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "output").open("wb") as output:
        server = subprocess.Popen(command, env=environ, stdout=output, stderr=output, cwd=folder)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(server, f"{url}/health/liveliness", folder / "output")
        yield Foreign(url, python)
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
        server.wait()


def _wait(server: subprocess.Popen[bytes], url: str, output: Path) -> None:
    end = time.monotonic() + _LONGEST_START
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(f"LiteLLM did not start:\n{output.read_text(errors='replace')[-2000:]}")
