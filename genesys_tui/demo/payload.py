"""The payload of a completion request: read field by field, with every fault named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a payload."""

    field: str
    """Its path, as in `parameters.max_tokens`."""
    message: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion request, with a default for whatever was absent or wrong."""

    request_id: str
    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    stops: tuple[str, ...]
    min_tokens_per_chunk: int
    max_tokens_per_chunk: int
    flush_interval: float
    """Seconds after which tokens that wait for their chunk to fill are sent."""
    include_usage: bool
    enforce_schema: bool
    truncate_on_limit: bool
    """Read, and obeyed either way: a reply that does not fit ends truncated, with stop_reason length."""
    max_duration: float
    """Seconds after which the gateway ends the reply, truncated."""

    @property
    def input_tokens(self) -> int:
        """About how many tokens the conversation has."""
        return sum(4 + len(message.content) // 4 for message in self.messages)


class _Section:
    """One JSON object of the payload. A wrong field is noted among the faults and reads as its default."""

    def __init__(self, value: object, path: str, faults: list[Fault]) -> None:
        self._path = path
        self._faults = faults
        self._fields: dict[str, Any] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.fault("", "must be an object")

    def fault(self, name: str, message: str) -> None:
        self._faults.append(Fault(f"{self._path}.{name}".strip(".") or "payload", message))

    def section(self, name: str) -> _Section:
        return _Section(self._fields.get(name, {}), f"{self._path}.{name}".strip("."), self._faults)

    def text(self, name: str, default: str) -> str:
        value = self._fields.get(name, default)
        if isinstance(value, str) and value:
            return value
        self.fault(name, "must be a string that is not empty")
        return default

    def whole(self, name: str, default: int, low: int) -> int:
        value = self._fields.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= low:
            return value
        self.fault(name, f"must be a whole number of {low} or more")
        return default

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self._fields.get(name, default)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.fault(name, f"must be a number from {low:g} to {high:g}")
        return default

    def flag(self, name: str, default: bool) -> bool:
        value = self._fields.get(name, default)
        if isinstance(value, bool):
            return value
        self.fault(name, "must be true or false")
        return default

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._fields.get(name, [])
        if isinstance(value, list) and all(isinstance(text, str) and text for text in value):
            return tuple(value)
        self.fault(name, "must be a list of strings that are not empty")
        return ()

    def messages(self, name: str) -> tuple[Message, ...]:
        value = self._fields.get(name)
        if not isinstance(value, list) or not value:
            self.fault(name, "must be a list with a message at least")
            return ()
        read = [_Section(entry, f"{self._path}.{name}[{at}]", self._faults) for at, entry in enumerate(value)]
        return tuple(entry.message() for entry in read)

    def message(self) -> Message:
        role, content = self._fields.get("role"), self._fields.get("content")
        if role not in ROLES:
            self.fault("role", "must be system, user or assistant")
        if not isinstance(content, str):
            self.fault("content", "must be a string")
        return Message(str(role), content if isinstance(content, str) else "")


def read_payload(value: object, *, request_id: str = "") -> tuple[Completion, list[Fault]]:
    """The request a payload makes, and its faults. `request_id` is the header's, which must be the payload's own."""
    faults: list[Fault] = []
    payload = _Section(value, "", faults)
    parameters = payload.section("parameters")
    config = payload.section("stream_config")
    matrix = config.section("chunk_matrix")
    directives = config.section("completion_directives")
    constraints = config.section("gateway_constraints")
    constraints.number("timeout_on_inactivity_seconds", 30, 0.001, 86400)
    parameters.number("temperature", 0.7, 0, 2)
    completion = Completion(
        request_id=payload.text("request_id", request_id or "unnamed"),
        model=payload.text("model", ""),
        messages=payload.section("input").messages("messages"),
        max_tokens=parameters.whole("max_tokens", 2048, 1),
        stops=parameters.texts("stop"),
        min_tokens_per_chunk=matrix.whole("min_tokens_per_chunk", 1, 1),
        max_tokens_per_chunk=matrix.whole("max_tokens_per_chunk", 16, 1),
        flush_interval=matrix.number("flush_interval_ms", 50, 0, 600_000) / 1000,
        include_usage=directives.flag("include_usage", False),
        enforce_schema=directives.flag("enforce_schema", True),
        truncate_on_limit=directives.flag("truncate_on_limit", True),
        max_duration=constraints.number("max_stream_duration_seconds", 600, 0.001, 86400),
    )
    if request_id and completion.request_id != request_id:
        payload.fault("request_id", "must be the one in the header X-Genesys-Request-Id")
    if completion.max_tokens_per_chunk < completion.min_tokens_per_chunk:
        matrix.fault("max_tokens_per_chunk", "must not be less than min_tokens_per_chunk")
    return completion, faults
