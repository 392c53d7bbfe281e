"""A TOML file: changed in one step, its comments kept, for its owner only."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_TURN = threading.Lock()
"""Two threads of the app may want to change settings at once; each is to see what the other wrote."""


@contextmanager
def changing(file: Path) -> Iterator[TOMLDocument]:
    """The file's document, to be changed; written back when the block ends. Raises ConfigurationError."""
    import tomlkit

    try:
        with _TURN:
            document = tomlkit.parse(file.read_text("utf-8")) if file.exists() else tomlkit.document()
            yield document
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = file.with_suffix(".toml.new")
            aside.unlink(missing_ok=True)
            # It may hold a proxy's password.
            private = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(private, "w", encoding="utf-8") as stream:
                stream.write(tomlkit.dumps(document))
            aside.replace(file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written ({error.strerror}). Check its permissions.") from error
