"""Settings: defaults < config.toml < environment < flags, and where each one came from."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from genesys_tui.address import is_loopback
from genesys_tui.dialect import DialectName
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway import defaults
from genesys_tui.home import Home
from genesys_tui.table import Limit, Misfit, table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from genesys_tui.call import Context
    from genesys_tui.gateway.payload import Message, Payload

DEFAULT_PROFILE = "default"

_ENVIRONMENT = {
    "region": ("GENESYS_ENVIRONMENT", "GENESYSCLOUD_REGION"),
}
"""Settings that have environment variables; the first one set counts."""


@dataclass(frozen=True)
class Profile:
    """A named region, endpoint, dialect and defaults."""

    region: str = "us-east-1"
    """An AWS region name, a Genesys Cloud domain, or an address in one."""

    base_url: str = ""
    """Where the gateway is; empty for the region's API host."""

    endpoint: str = ""
    """The path of the gateway; empty for the dialect's own."""

    dialect: DialectName = "genesys"
    content_mode: Literal["delta", "cumulative"] = "delta"
    model: Annotated[str, Limit(min_length=1)] = "gpt-4o-mini"
    models: tuple[str, ...] = ()
    """Models to choose from. Others can be named, too."""

    system: str = ""
    """A system prompt; empty for none."""

    max_tokens: int = defaults.MAX_TOKENS
    temperature: float = defaults.TEMPERATURE
    stop: tuple[str, ...] = defaults.STOP
    min_tokens_per_chunk: int = defaults.MIN_TOKENS_PER_CHUNK
    max_tokens_per_chunk: int = defaults.MAX_TOKENS_PER_CHUNK
    flush_interval_ms: int = defaults.FLUSH_INTERVAL_MS
    include_usage: bool = True
    enforce_schema: bool = True
    truncate_on_limit: bool = True
    max_stream_duration: float = defaults.MAX_STREAM_DURATION
    """Seconds."""

    inactivity_timeout: float = defaults.INACTIVITY_TIMEOUT
    """Seconds."""

    retries: Annotated[int, Limit(ge=0, le=20)] = 3
    stall_seconds: Annotated[float, Limit(gt=0)] = 2.0
    """A longer gap between chunks counts as a stall."""

    proxy: str = ""
    """An http:// address; empty for what HTTPS_PROXY says."""

    trust: Literal["openssl", "system", "certifi"] = "openssl"
    """Whose certificates are trusted: OpenSSL's on this machine, the operating system's, or certifi's."""

    ca_bundle: str = ""
    """A file of certificates to trust instead of those."""

    client_certificate: str = ""
    """A PEM file of the certificate to show to servers that demand one; its key may be in it."""

    client_key: str = ""
    """The PEM file of that certificate's key, where it is another one. Its password belongs into the keyring."""

    production: bool = False
    """Whether calls reach production: every screen says so, unmistakably, and the first call is asked about."""

    read_only: bool = False
    """Whether nothing may be sent: calls can be looked at only."""


@dataclass(frozen=True)
class Ui:
    """How the app looks and feels, whichever the profile: the table ``[ui]``."""

    theme: str = ""
    """The name of a theme; empty for the app's own."""

    reduced_motion: bool = False
    """Whether nothing on the screen may move by itself."""

    enter: Literal["send", "newline"] = "send"
    """What Enter does in the prompt editor."""


@dataclass(frozen=True)
class Audit:
    """How calls are recorded, whichever the profile: the table ``[audit]``."""

    mode: Literal["required", "best-effort"] = "required"
    """Whether a call that cannot be recorded is refused, or made and recorded in a spool."""

    text: Literal["full", "hash", "none"] = "full"
    """What is kept of prompts and replies."""

    anchor: str = ""
    """A file elsewhere, such as on another disk, to which each checkpoint is appended; empty for none."""


@dataclass(frozen=True)
class _File:
    """The shape of config.toml; what a profile may hold, the profile says."""

    profile: str = DEFAULT_PROFILE
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    ui: Ui = Ui()
    audit: Audit = Audit()
    keys: dict[str, Any] = field(default_factory=dict)
    """By binding: the key or keys to take instead. Judged by the screen, which knows the bindings."""


@dataclass(frozen=True)
class Settings:
    """One profile's settings, ready for use."""

    name: str
    """The profile's name."""

    profile: Profile
    origins: Mapping[str, str]
    """Where each setting that is not a default came from, in words."""

    home: Home
    ui: Ui = field(default_factory=Ui)
    keys: Mapping[str, Any] = field(default_factory=dict)
    """The table ``[keys]``: binding id → key, or list of keys."""

    audit: Audit = field(default_factory=Audit)

    @property
    def sign_in_place(self) -> str:
        """Where to sign in: the region, or a gateway on this machine, which serves sign-in as well."""
        base_url = self.profile.base_url
        return base_url if base_url and is_loopback(urlsplit(base_url).hostname or "") else self.profile.region

    def payload(self, *messages: Message) -> Payload:
        """A payload for these messages, behind the system prompt. Raises ConfigurationError."""
        from genesys_tui.gateway.payload import Message, build_payload  # late: settings are read before the first frame

        profile = self.profile
        system = (Message(role="system", content=profile.system),) if profile.system else ()
        return build_payload({**payload_fields(profile), "input": {"messages": (*system, *messages)}})

    def context(self, conversation_id: str | None = None, continues: str | None = None) -> Context:
        """What the record of a call says besides the call itself."""
        from genesys_tui.call import Context  # late, as above

        return Context(
            profile=self.name,
            environment=self.profile.base_url or self.profile.region,
            dialect=self.profile.dialect,
            conversation_id=conversation_id,
            continues=continues,
            stall_seconds=self.profile.stall_seconds,
        )


def payload_fields(profile: Profile) -> dict[str, Any]:
    """What a profile says of a request body: all of it but the messages. Nothing is validated yet."""
    return {
        "model": profile.model,
        "parameters": _chosen(profile, "max_tokens", "temperature", "stop"),
        "stream_config": {
            "chunk_matrix": _chosen(profile, "min_tokens_per_chunk", "max_tokens_per_chunk", "flush_interval_ms"),
            "completion_directives": _chosen(profile, "include_usage", "enforce_schema", "truncate_on_limit"),
            "gateway_constraints": {
                "max_stream_duration_seconds": profile.max_stream_duration,
                "timeout_on_inactivity_seconds": profile.inactivity_timeout,
            },
        },
    }


def _chosen(profile: Profile, *names: str) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in names}


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    profile: str | None = None,
    may_be_new: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Put the layers together. Flags that are None were not given. Raises ConfigurationError, naming file and field."""
    home = Home.of(environ)
    written = read_config(home.config_file)
    name = profile or environ.get("GENESYS_TUI_PROFILE") or written.get("profile") or DEFAULT_PROFILE
    profiles = written.get("profiles", {})
    if name not in profiles and name != DEFAULT_PROFILE and not may_be_new:
        known = ", ".join(sorted({DEFAULT_PROFILE, *profiles}))
        raise ConfigurationError(f"There is no profile {name!r} in {home.config_file}; there are: {known}.")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    layers = [(dict(profiles.get(name, {})), str(home.config_file))]
    for setting, variables in _ENVIRONMENT.items():
        if variable := next((each for each in variables if environ.get(each)), None):
            layers.append(({setting: environ[variable]}, f"environment ({variable})"))
    layers.append(({key: value for key, value in (flags or {}).items() if value is not None}, "command line"))
    for layer, origin in layers:
        values |= layer
        origins |= dict.fromkeys(layer, origin)
    try:
        ui = table(Ui, written.get("ui", {}))
        audit = table(Audit, written.get("audit", {}))
        return Settings(name, table(Profile, values), origins, home, ui, written.get("keys", {}), audit)
    except Misfit as misfit:
        places = {origins.get(setting, "") for setting in misfit.names}
        raise ConfigurationError(f"{misfit} (profile {name}; {', '.join(sorted(places))})") from None


def read_config(file: Path) -> dict[str, Any]:
    """The configuration file as it is; empty where there is none. Raises ConfigurationError."""
    try:
        with file.open("rb") as stream:
            fields: dict[str, Any] = tomllib.load(stream)
            table(_File, fields)
            return fields
    except FileNotFoundError:
        return {}
    except Misfit as misfit:
        raise ConfigurationError(f"{file}: {misfit}") from None
    except (OSError, ValueError, RecursionError) as error:  # no TOML, no UTF-8, or a number of thousands of digits
        raise ConfigurationError(f"{file} cannot be read: {error}.") from error
