"""The case: what is known of one call, from the ledger and from the wire."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, NamedTuple

from genesys_tui.audit.reading import Call
from genesys_tui.gateway.facts import Headers

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger

_PACKAGES = ("genesys-tui", "httpx", "httpcore", "h11", "textual", "PureCloudPlatformClientV2", "truststore", "certifi")


class Moment(NamedTuple):
    """One event, as it arrived."""

    number: int
    """From 1, counting those no longer kept."""

    at: float
    """Seconds since the call's first request."""

    gap: float | None
    """Seconds since the one before."""

    kind: str
    tokens: int
    """Of the reply so far."""

    note: str
    data: bytes


class Arrived(NamedTuple):
    """What arrived during a call, as far as it is kept."""

    moments: Sequence[Moment]
    headers: Sequence[Headers]
    not_kept: int
    """How many of the first events are not."""


NOTHING = Arrived((), (), 0)


@dataclass(frozen=True)
class Case:
    """All that a bundle is made of. None of it is cleaned or redacted yet."""

    call: Call
    place: dict[str, Any]
    """Where the call stands in the ledger: its events, and the chain's head behind them."""

    head: str
    """What the ledger is by now: its size, root and head, signed where there is a key."""

    arrived: Arrived = NOTHING
    made_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))


def case_of(ledger: Ledger, request_id: str, arrived: Callable[[str], Arrived | None] = lambda _: None) -> Case:
    """Read the case of a call; the beginning of its request id will do. Raises LedgerError.

    ``arrived`` knows what arrived during the call of a request id; of an erased one only the headers are taken.
    """
    call = ledger.get(request_id)
    whole_id = call.record.request_id
    place = ledger.place_of(whole_id)._asdict()
    head = ledger.checkpoints.note().text
    came = arrived(whole_id) or NOTHING
    return Case(call, place, head, Arrived((), came.headers, 0) if call.erased else came)


def versions() -> dict[str, str]:
    """Of what made the call."""
    # platform.platform() would ask another program, which inherits our environment.
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    found = {"python": platform.python_version(), "openssl": ssl.OPENSSL_VERSION, "system": system}
    return found | {package: _version(package) for package in _PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def texts_of(call: Call) -> Sequence[str]:
    """What was said in it, the longest first."""
    said = [*(message.get("content", "") for message in call.messages), call.reply]
    return sorted(filter(None, said), key=len, reverse=True)
