"""The archive: a bundle as one file, whole or not at all, never over another."""

from __future__ import annotations

import io
import os
import zipfile
from contextlib import suppress
from pathlib import Path

from genesys_tui.errors import ConfigurationError
from genesys_tui.incident.bundle import Bundle


def archive_of(bundle: Bundle) -> bytes:
    """The bundle as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in bundle.parts:
            member = zipfile.ZipInfo(f"{Path(bundle.name).stem}/{part.name}")
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            archive.writestr(member, part.text.encode())
    return packed.getvalue()


def save(bundle: Bundle, file: Path) -> Path:
    """Write the zip for its owner only. Raises ConfigurationError, also where there is such a file already."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        # The name is taken first, so that nobody else's file can ever be replaced.
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise ConfigurationError(f"{file} exists already. Name another file.") from None
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(archive_of(bundle))
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(file)
    except OSError as error:
        with suppress(OSError):
            file.unlink()
        raise _unwritable(file, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return file


def _unwritable(file: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{file} cannot be written ({error.strerror}). Name a file in a folder that is yours.")
