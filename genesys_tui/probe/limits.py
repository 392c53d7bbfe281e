"""Limits: what the streams of a probe have to keep."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """None asks for nothing. A call that failed was not streamed, so only ``max_failed`` knows of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    max_ttft_p95: float | None = Field(None, gt=0, strict=True)
    """Seconds to the first token that 95 of 100 calls may take."""

    min_rate_p50: float | None = Field(None, gt=0, strict=True)
    """Tokens per second that half of the calls must reach."""

    max_gap: float | None = Field(None, gt=0, strict=True)
    """Seconds between two chunks, of any call."""

    max_truncated: int | None = Field(None, ge=0, strict=True)
    """Calls."""

    max_failed: int = Field(0, ge=0, strict=True)
    """Calls. None of them, unless said otherwise: the other limits would not see them."""
