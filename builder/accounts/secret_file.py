"""A secret of this installation: random bytes in a file of DATA_DIR that only its user can read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def cipher(path: Path) -> Fernet:
    """What encrypts with the key in `path`."""
    return Fernet(secret_file(path, Fernet.generate_key))


def secret_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of `path`; made with `make` and mode 0600 when it is missing.

    Two processes that start together end up with one secret: the file appears whole or not at all, and the second
    process reads the secret of the first.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_bytes()
