"""The guard: what stands between a profile and its calls."""

from __future__ import annotations

from genesys_tui.config import Settings
from genesys_tui.errors import ConfigurationError


def require_sending(settings: Settings) -> None:
    """Raise ConfigurationError where the profile is for looking only."""
    if settings.profile.read_only:
        raise ConfigurationError(
            f"The profile {settings.name} is read-only: its calls can be looked at, and nothing is sent. "
            "Choose another profile, or set read_only to false."
        )


def must_ask(settings: Settings) -> bool:
    """Whether the first call of a session is to be confirmed."""
    return settings.profile.production


def reaches(settings: Settings) -> dict[str, str]:
    """What a call of the profile reaches, by name: what there is to confirm. Untrusted text."""
    profile = settings.profile
    return {
        "profile": settings.name,
        **({"region": profile.region} if profile.dialect == "genesys" else {}),
        **({"gateway": profile.base_url} if profile.base_url else {}),
        "model": profile.model,
    }
