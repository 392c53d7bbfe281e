"""Files to write, as they are named on a command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class OutputFile(click.ParamType[Path]):
    """A file's name. Refuses what names none, before anything is done for it."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        text = os.fspath(value)
        if not text:
            self.fail("An empty text names no file.", param, ctx)
        if text.endswith(("/", os.sep)) or Path(text).is_dir():
            self.fail(f"{text!r} is a folder. Name a file in it.", param, ctx)
        return Path(text)
