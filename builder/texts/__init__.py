"""Every text a person sees, by key. The catalogue of a language is the union of `*.<language>.json` in this folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parent


@cache
def catalogue(language: str = "en") -> Mapping[str, str]:
    """All texts of one language, `"area.name" -> "text with {value}"`. Raises ValueError when two files share a key."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*{language}.json")):
        part: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if shared := texts.keys() & part.keys():
            raise ValueError(f"{path.name} repeats {', '.join(sorted(shared))}")
        texts.update(part)
    return MappingProxyType(texts)


def t(key: str, **values: object) -> str:
    """The text for `key` with its `{values}` filled in. Raises KeyError for a key the catalogue lacks."""
    text = catalogue()[key]
    return text.format(**values) if values else text
