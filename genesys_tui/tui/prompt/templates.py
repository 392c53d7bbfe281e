"""Templates: prompts saved by name, with ``{{variables}}``."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from genesys_tui.errors import ConfigurationError

_VARIABLE = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")
_LONGEST = 60
_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))])


class Templates:
    """A folder of ``NAME.md``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Of all templates, in order."""
        try:
            return sorted(
                file.stem for file in self._folder.glob("*.md") if file.is_file() and clean(file.stem) == file.stem
            )
        except OSError:
            return []  # a folder that cannot be read offers none; saving to it says why

    def read(self, name: str) -> str:
        """The text of one. Raises ConfigurationError."""
        file = self._file(name)
        try:
            return file.read_text("utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The template {file} cannot be read: {error}.") from None

    def save(self, name: str, text: str) -> str:
        """Save a text under a name, of which the cleaned form is returned. Raises ConfigurationError."""
        file = self._file(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:  # noqa: PTH123
                stream.write(text.encode("utf-8", "replace") + b"\n")
        except FileExistsError:
            raise ConfigurationError(
                f"There is a template {file.stem} already. Choose another name, or edit {file}."
            ) from None
        except OSError as error:
            raise ConfigurationError(f"The template cannot be saved as {file} ({error.strerror}).") from None
        return file.stem

    def _file(self, name: str) -> Path:
        if not (cleaned := clean(name)):
            raise ConfigurationError("A template needs a name with a letter or a digit in it.")
        return self._folder / f"{cleaned}.md"


def clean(name: str) -> str:
    """The name as a file may have it on any platform; empty where nothing is left."""
    name = unicodedata.normalize("NFC", name)
    kept = "".join(each if each.isalnum() or each in "-_. " else " " for each in name)
    kept = " ".join(kept.split()).lstrip(". ")[:_LONGEST].rstrip(". ")
    if not any(map(str.isalnum, kept)):
        return ""
    return f"_{kept}" if kept.partition(".")[0].lower() in _DEVICES else kept


def variables(text: str) -> list[str]:
    """Their names, each once, in order."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with values in the places of its variables; those without one stay."""
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)
