"""Every text a person sees is in the catalogue, and every text of the catalogue is used."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from builder.base.settings import ROOT
from builder.texts import catalogue, t

_KEY = re.compile(r"""["'`]([a-z_]+\.[a-z0-9_.]+)["'`]""")
_CALL = re.compile(r"""\bt\(\s*["']([a-z_]+\.[a-z0-9_.]+)["']""")


def sources() -> list[Path]:
    kept = [p for p in (ROOT / "builder").rglob("*") if p.suffix in (".py", ".ts", ".tsx") and "testing" not in p.parts]
    return kept + list((ROOT / "templates" / "pages").rglob("*.jinja"))


def test_every_key_that_is_asked_for_exists() -> None:
    asked = {(key, path.name) for path in sources() for key in _CALL.findall(path.read_text(encoding="utf-8"))}
    assert len(asked) > 50
    assert sorted(f"{key} in {name}" for key, name in asked if key not in catalogue()) == []


def test_every_text_is_used() -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    named = set(_KEY.findall(everything))
    # Keys that are put together (`t(f"area.{name}")`) count by the part before the value.
    built = {
        prefix for prefix in re.findall(r"""["'`]([a-z_]+\.[a-z0-9_.]*)(?:\{|\$\{|["'`]\s*\+)""", everything) if prefix
    }
    unused = [key for key in catalogue() if key not in named and not any(key.startswith(prefix) for prefix in built)]
    assert unused == []


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_text_is_one_that_can_be_shown(key: str) -> None:
    text = catalogue()[key]
    assert text.strip()
    names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    assert all(re.fullmatch(r"[a-z_]+(?:[:!][^}]*)?", name) for name in names)
    assert not re.search(r"\b(?:oops|something went wrong|whoops)\b", text, re.IGNORECASE)


def test_values_are_filled_in() -> None:
    assert "Recipes" in t("home.deleted", title="Recipes")
    with pytest.raises(KeyError):
        t("home.no_such_text")
