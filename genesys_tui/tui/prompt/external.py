"""The external editor: a text, edited in a program of the operator's choice."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from genesys_tui.errors import ConfigurationError


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The program and its arguments. Raises ConfigurationError."""
    name = next((each for each in ("VISUAL", "EDITOR") if environ.get(each, "").strip()), None)
    if name is None:
        raise ConfigurationError("No editor is known. Set $VISUAL or $EDITOR, for example to nano or 'code --wait'.")
    try:
        command = shlex.split(environ[name])
    except ValueError as error:
        raise ConfigurationError(f"${name} cannot be read ({error}). Correct its quotes.") from None
    if not shutil.which(command[0], path=environ.get("PATH")):
        raise ConfigurationError(f"${name} names {command[0]}, which is not installed. Set it to an editor that is.")
    return command


def edited(text: str, command: list[str]) -> str:
    """The text after that program had it. Raises ConfigurationError; then it is as it was.

    It is in a file that only this user can read, and that is removed afterwards.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="genesys-tui-") as folder:
            # Both are made for this user alone: the folder by tempfile, the file by its mode.
            file = Path(folder) / "prompt.md"
            file.touch(0o600)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
            with _interrupts_unheard():
                code = subprocess.call([*command, str(file)])  # noqa: S603 - the operator's own
            after = file.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise ConfigurationError(
            f"{command[0]} could not be used ({error.strerror}). The prompt is as it was."
        ) from None
    if code:
        raise ConfigurationError(f"{command[0]} failed with code {code}. The prompt is as it was.")
    after = after.replace("\r\n", "\n")
    # Editors end the last line, too.
    return after[:-1] if after.endswith("\n") and not text.endswith("\n") else after


@contextmanager
def _interrupts_unheard() -> Iterator[None]:
    """Ctrl+c is the editor's. Not SIG_IGN, which the editor would inherit."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
