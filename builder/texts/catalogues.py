"""The catalogues: every text a person sees, by key, one catalogue for each language."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

# Babel is imported on first use: that takes 50 ms, for which a start need not wait.
if TYPE_CHECKING:
    from babel import Locale

FOLDER: Final = Path(__file__).resolve().parent
PLURAL: Final = "#"
"""Between the key of a text with plural forms and the name of a form, such as `servers.connections#one`."""
_UNITS: Final = (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024))


class Catalogue(string.Formatter):
    """The texts of one language, `"area.name" -> "text with {value}"`.

    `{value:number}` is written with the language's own signs, `{value:bytes}` as 512 MB. A text with plural forms has
    the keys `key#one`, `key#other` … (CLDR's plural categories of the language); the value `count` selects the form.
    """

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    @cached_property
    def locale(self) -> Locale:
        """CLDR's data for the language."""
        from babel import Locale

        return Locale.parse(self.language, sep="-")

    def say(self, key: str, values: Mapping[str, Any]) -> str:
        """The text for `key` with its values filled in. Raises KeyError for a key or a value that is missing."""
        text = self.texts.get(key)
        if text is None:
            text = self.texts[f"{key}{PLURAL}{self.locale.plural_form(values['count'])}" if "count" in values else key]
        return self.vformat(text, (), values) if values else text

    def format_field(self, value: Any, format_spec: str) -> Any:
        if format_spec == "number":
            return self._number(value)
        if format_spec == "bytes":
            for unit, factor in _UNITS:
                if value >= factor:
                    return f"{self._number(float(f'{value / factor:.3g}'))} {unit}"
            return f"{value} bytes"
        return super().format_field(value, format_spec)

    def _number(self, value: float) -> str:
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.locale)


@cache
def catalogue(language: str) -> Catalogue:
    """The union of `*.<language>.json` in this folder. Raises ValueError when two files share a key."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.json")):
        part: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if shared := texts.keys() & part.keys():
            raise ValueError(f"{path.name} repeats {', '.join(sorted(shared))}")
        texts.update(part)
    return Catalogue(language, MappingProxyType(texts))


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, such as `pt-BR`."""
    return tuple(sorted({path.name.split(".")[1] for path in FOLDER.glob("*.*.json")}))
