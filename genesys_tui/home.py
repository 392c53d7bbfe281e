"""The home: where the app keeps its files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Where the app keeps its files."""

    config: Path
    data: Path

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> Home:
        """``GENESYS_TUI_HOME`` if set, else the platform's folders for configuration and data."""
        if home := environ.get("GENESYS_TUI_HOME"):
            return cls(Path(home), Path(home))
        import platformdirs

        return cls(
            platformdirs.user_config_path("genesys-tui", appauthor=False),
            platformdirs.user_data_path("genesys-tui", appauthor=False),
        )

    @property
    def config_file(self) -> Path:
        """The settings, as TOML."""
        return self.config / "config.toml"

    @property
    def ledger(self) -> Path:
        """The audit file."""
        return self.data / "ledger.db"
