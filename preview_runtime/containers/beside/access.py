"""How an app reaches its sidecars: its database, its way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """How an app reaches its sidecars: over `networks` (names in the engine), with the variables of `environment`."""

    networks: tuple[str, ...]
    environment: Mapping[str, str]
