"""The installation's key, which encrypts the data keys of workspaces: where it comes from.

A source holds one key, or several while the key is being changed: the newest encrypts, each of them opens. A key service
is one more source (docs/decisions/0036-the-vault-s-key-has-sources.md).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from builder.accounts.secret_file import secret_file


class VaultKeys(Protocol):
    """`place`: where people find it, for messages."""

    @property
    def place(self) -> str: ...

    def read(self) -> tuple[bytes, ...]:
        """The keys (Fernet), the newest first, as they are at this moment."""
        ...

    def write(self, keys: Sequence[bytes]) -> bool:
        """Keep exactly these from now on; False where others than Sayso keep them, and nothing is changed."""
        ...


class KeyFile:
    """A file that only its user can read, one key a line; made with the first secret."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def read(self) -> tuple[bytes, ...]:
        return tuple(secret_file(self._path, Fernet.generate_key).split())

    def write(self, keys: Sequence[bytes]) -> bool:
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name too is on the disk before anything is encrypted with the key
        finally:
            os.close(folder)
        return True


class GivenFile:
    """A file that a vault puts into SECRETS_DIR, one key a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def read(self) -> tuple[bytes, ...]:
        return tuple(self._path.read_bytes().split())

    def write(self, keys: Sequence[bytes]) -> bool:  # noqa: ARG002 - the protocol's signature
        return False


class GivenKeys:
    """Keys in a setting, between spaces."""

    def __init__(self, text: str) -> None:
        self._keys = tuple(text.encode().split())

    @property
    def place(self) -> str:
        return "VAULT_KEY"

    def read(self) -> tuple[bytes, ...]:
        return self._keys

    def write(self, keys: Sequence[bytes]) -> bool:  # noqa: ARG002 - the protocol's signature
        return False


def vault_keys(file: Path, given: str, data_dir: Path) -> VaultKeys:
    """Where this installation's key is: a vault's file, then the setting, then `DATA_DIR/vault.key`."""
    if file.parent != data_dir:
        return GivenFile(file)
    return GivenKeys(given) if given else KeyFile(file)


def wrapped(keys: VaultKeys, data_key: bytes) -> bytes:
    """`data_key`, encrypted with the newest key."""
    return Fernet(keys.read()[0]).encrypt(data_key)


def opened(keys: VaultKeys, data_key: bytes) -> Fernet:
    """What a wrapped data key opens. Raises InvalidToken where none of the keys is its own."""
    found = keys.read()
    if not found:
        raise InvalidToken
    return Fernet(MultiFernet([Fernet(key) for key in found]).decrypt(data_key))


def is_newest(key: bytes, data_key: bytes) -> bool:
    """Whether a data key is wrapped with this key."""
    try:
        Fernet(key).decrypt(data_key)
    except InvalidToken:
        return False
    return True
