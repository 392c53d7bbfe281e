"""Limits: what a call may take, as it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record


@dataclass(frozen=True, slots=True)
class Limits:
    """A call's limits; each counts from its request."""

    max_tokens: int | None = None
    duration: float | None = None
    """Seconds that the whole stream may take."""

    inactivity: float | None = None
    """Seconds without any byte after which the call is given up."""

    @classmethod
    def of(cls, record: Record) -> Limits:
        """Those the record was made with. What it does not say is None."""
        parameters = record.parameters
        config = parameters.get("stream_config")
        constraints = config.get("gateway_constraints") if isinstance(config, dict) else None
        constraints = constraints if isinstance(constraints, dict) else {}
        tokens = _number(parameters.get("max_tokens"))
        return cls(
            None if tokens is None else int(tokens),
            _number(constraints.get("max_stream_duration_seconds")),
            _number(constraints.get("timeout_on_inactivity_seconds")),
        )


UNLIMITED = Limits()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
