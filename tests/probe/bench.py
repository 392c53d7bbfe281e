"""A bench for probes: a real gateway, good day or bad, a real ledger, and reports of calls that were never made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.config import Settings, load_settings
from genesys_tui.demo import DemoGateway
from genesys_tui.gateway.client import Gateway, TokenSource
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.probe.plan import Plan, Turn
from genesys_tui.probe.report import Report, report_of
from genesys_tui.probe.run import Run, Sample

MOMENT = datetime(2026, 3, 1, 8, 0, tzinfo=timezone.utc)


@dataclass
class Tokens:
    demo: DemoGateway

    def token(self) -> str:
        return self.demo.mint_token()

    def renew(self, rejected: str) -> str:
        return self.demo.mint_token()


@dataclass
class Bench:
    """Where runs are made."""

    folder: Path
    ledger: Ledger
    demo: DemoGateway
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = load_settings({"base_url": self.demo.url}, environ={"GENESYS_TUI_HOME": str(self.folder)})

    def run(self, *, tokens: TokenSource | None = None, **plan: Any) -> Run:
        """A run that waits to be made."""
        gateway = Gateway(Endpoint(self.demo.url), tokens or Tokens(self.demo), retry=RetryPolicy(1, base=0.01))
        return Run(Plan.model_validate(plan), self.settings, gateway, self.ledger)

    def report(self, **plan: Any) -> Report:
        """A run's report, once it was made."""
        run = self.run(**plan)
        for _ in run.calls():
            pass
        return report_of(run)


def record(number: int = 1, **fields: Any) -> Record:
    """A call that went well."""
    usual: dict[str, Any] = {
        "request_id": f"r{number}",
        "model": "gpt-4o-mini",
        "conversation_id": f"c{number}",
        "started_at": MOMENT,
        "status": "completed",
        "stop_reason": "completed",
        "total_tokens": 100,
        "total_chunks": 20,
        "elapsed_seconds": 2.0,
        "time_to_first_token_seconds": 0.3,
        "streaming_tokens_per_second": 60.0,
        "gap_max_seconds": 0.1,
        "attempts": 1,
    }
    return Record(**{**usual, **fields})


def failed(number: int = 1, kind: str = "unreachable", message: str = "No way there.", **fields: Any) -> Record:
    """A call that has no stream."""
    nothing = {"time_to_first_token_seconds": None, "streaming_tokens_per_second": None, "gap_max_seconds": None}
    error = {"kind": kind, "message": message}
    return record(number, status="failed", total_chunks=0, total_tokens=0, error=error, **{**nothing, **fields})


def reported(settings: Settings, records: list[Record], **plan: Any) -> Report:
    """A report of these calls."""

    class Nothing:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError("no call is made")

    run = Run(Plan.model_validate({"repeat": max(1, len(records)), **plan}), settings, Nothing(), Nothing())
    run.samples += [Sample(Turn(place, 1, place), each) for place, each in enumerate(records, 1)]
    return report_of(run)
