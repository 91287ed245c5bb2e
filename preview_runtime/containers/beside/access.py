"""How an app reaches what runs beside it: its database, its way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """How an app reaches what runs beside it: over `networks` (names in the engine), with `environment`."""

    networks: tuple[str, ...]
    environment: Mapping[str, str]
