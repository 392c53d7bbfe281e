"""Records: what the ledger knows of one call."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["running", "completed", "truncated", "cancelled", "failed"]

FINAL_STATUSES: tuple[Status, ...] = ("completed", "truncated", "cancelled", "failed")


class RecordedError(BaseModel):
    """Why a call failed."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """The word of the error's class: see ``genesys_tui.errors``."""

    message: str
    status_code: int | None = None
    correlation_id: str | None = None


class Observation(BaseModel):
    """A diagnostic or an anomaly that was kept, or a retry."""

    model_config = ConfigDict(frozen=True)

    what: Literal["diagnostic", "anomaly", "retry"]
    at: float
    """Seconds since the request."""

    name: str
    detail: str


class Record(BaseModel):
    """One call. Times are in seconds, to the microsecond; None where there was nothing to measure."""

    model_config = ConfigDict(frozen=True)

    request_id: str
    model: str
    total_tokens: int = 0
    tokens_estimated: bool = False
    """Whether these are deltas, counted because the gateway did not say how many tokens there were."""

    elapsed_seconds: float = 0.0
    """From the first request to the end, waits between attempts included."""

    tokens_per_second: float = 0.0
    """``total_tokens / elapsed_seconds``: what the caller saw, waiting included."""

    streaming_tokens_per_second: float | None = None
    """Tokens after the first chunk over the time from first to last chunk: how fast the model wrote."""

    truncated: bool = False
    stop_reason: str = ""
    status: Status = "running"

    conversation_id: str
    continues: str | None = None
    """The request id of the call whose reply this one goes on with."""

    profile: str = "default"
    environment: str = ""
    """The region, or the address of a gateway elsewhere."""

    dialect: str = ""
    """How the gateway was talked to; empty in records older than this field."""

    probe: str = ""
    """The id of the probe that made this call; empty for any other call."""

    started_at: datetime
    input_tokens: int | None = None
    time_to_first_token_seconds: float | None = None
    gap_p50_seconds: float | None = None
    gap_p95_seconds: float | None = None
    gap_max_seconds: float | None = None
    stalls: int = 0
    total_chunks: int = 0
    total_bytes: int = 0
    heartbeats: int = 0
    diagnostics: int = 0
    sequence_anomalies: int = 0
    attempts: int = 0
    correlation_id: str | None = None
    detail: str = ""
    """How it ended in words, where the reason is not the gateway's."""

    error: RecordedError | None = None
    observations: tuple[Observation, ...] = ()
    """The first diagnostics, anomalies and retries, in order."""

    parameters: dict[str, Any] = {}
    """The payload's parameters and stream_config."""
