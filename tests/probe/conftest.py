"""Benches for probes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from probe.bench import Bench

from genesys_tui.audit.ledger import Ledger
from genesys_tui.config import Settings, load_settings
from genesys_tui.demo import DemoGateway

MakeBench = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path, ledger: Ledger) -> Iterator[MakeBench]:
    """Make a bench: ``bench(scenario, rate=0, pace=0.05, tokens=None)``."""
    with ExitStack() as open_demos:

        def make(scenario: str = "calm", *, rate: float = 0, pace: float = 0.05, tokens: int | None = None) -> Bench:
            demo = DemoGateway(scenario, rate=rate, pace=pace, tokens=tokens)
            return Bench(tmp_path, ledger, open_demos.enter_context(demo))

        yield make


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, environ={"GENESYS_TUI_HOME": str(tmp_path)})
