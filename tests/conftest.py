"""What every test stands on: nothing of the developer's machine, real servers on loopback, a real ledger."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from gateway.raw_server import RawServer

from genesys_tui.audit.ledger import Ledger

# A slow machine is no failure, and what is found belongs into a test, not into a folder.
hypothesis.settings.register_profile(
    "tests",
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("tests")

# Commands that are started inherit it where a shell in the background, or nohup, has these ignored.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)

_FOREIGN = ("GENESYS", "OPENAI_", "SSL_CERT_")


@pytest.fixture(autouse=True)
def no_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's settings, proxies, certificates and home folder out."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GENESYS_TUI_HOME", str(tmp_path))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as ledger:
        yield ledger


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Start a raw server: ``serve(answer, answer, …, tls=None)``. Stopped after the test."""
    with ExitStack() as servers:
        yield lambda *answers, **options: servers.enter_context(RawServer(*answers, **options))
