"""The packages that are used most, by registry, as `script/package-facts/popular.py` last counted them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types

from builder.safety.packages.shapes import Ecosystem

_FILE: Final = Path(__file__).with_name("popular.json.br")


@dataclass(frozen=True, slots=True)
class Popular:
    """`names` from the most used on (Python's in their normal form), `known` the same as a set; `day` is when they were
    counted (ISO 8601)."""

    names: tuple[str, ...]
    known: frozenset[str]
    day: str


@cache
def popular(ecosystem: Ecosystem) -> Popular:
    """About 15,000 names; read when first asked for."""
    facts = json.loads(brotli.decompress(_FILE.read_bytes()))[ecosystem]
    names = tuple(facts["names"].split())
    return Popular(names, frozenset(names), facts["day"])
