"""The answers and events that docs/architecture.md writes down have the fields that are sent, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from builder.api import create_api
from builder.base.settings import ROOT
from tests.unit.api.test_api_table import PREFIX, plain

DOCUMENT: Final[dict[str, Any]] = create_api(lambda: None).openapi()  # type: ignore[arg-type, return-value]
SCHEMAS: Final[dict[str, Any]] = DOCUMENT["components"]["schemas"]
PAGE: Final = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SHAPES: Final = ("project", "version", "message", "generation", "share")
# Half of its names, or what no single model is: `{…}` of another place.
ELSEWHERE: Final = "…"


def keys(text: str) -> dict[str, str]:
    """The names of `{a, b: {c}}`, each with what stands behind it."""
    parts, depth = [""], 0
    for letter in text.removeprefix("{").removesuffix("}"):
        depth += (letter in "{[") - (letter in "}]")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    named = (part.partition(":") for part in parts)
    return {name.strip(' "'): value.strip() for name, _, value in named}


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    """Those of the object that a schema is, may be, or is a list of; none where it has no fixed ones."""
    if "$ref" in schema:
        return fields(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *([schema["items"]] if "items" in schema else ())):
        found |= fields(one)
    return found


def differing(text: str, schema: dict[str, Any], where: str) -> Iterator[str]:
    """What `text` names and the schema has not, and the other way round."""
    named, there = keys(text), fields(schema)
    if not there:  # a mapping, whose names are what it is of
        return
    gone = {} if any(ELSEWHERE in name for name in named) else there
    yield from (f"{where}.{name}" for name in named.keys() - there.keys() if ELSEWHERE not in name)
    yield from (f"{where} has {name}" for name in gone.keys() - named.keys())
    for name, value in named.items():
        inner = re.match(r"\[?(\{.*\})\]?", value)
        if inner and name in there:
            yield from differing(inner[1], there[name], f"{where}.{name}")


def written() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each answer to a GET, shape and event that is written down, with its schema."""
    gets = {
        plain(path.removeprefix(PREFIX)): methods["get"]
        for path, methods in DOCUMENT["paths"].items()
        if "get" in methods
    }
    for row in PAGE.partition("| call | what |\n|---|---|\n")[2].partition("\n\n")[0].splitlines():
        call = re.match(r"\| `GET(?:/[A-Z]+)* ([^` ]+)`", row)
        text = re.match(r"`(\{[^`]+\})`", row.split(" | ")[1])
        content = gets[plain(call[1])]["responses"]["200"].get("content", {}) if call and text else {}
        if call and text and "application/json" in content:
            yield call[1], text[1], content["application/json"]["schema"]
    for name in SHAPES:
        if found := re.search(rf"^- `{name}`: `(\{{.+?\}})`", PAGE, re.MULTILINE):
            yield name, found[1], SCHEMAS[f"{name.title()}View"]
    events = SCHEMAS["ProjectEvent"]["discriminator"]["mapping"]
    for name, text in re.findall(r"^\| `(\w+)` \| `(\{[^`]+\})`", PAGE, re.MULTILINE):
        if name in events:
            yield name, text, fields({"$ref": events[name]})["data"]


WRITTEN: Final = [*written()]


def test_most_is_written_down() -> None:
    assert len(WRITTEN) > 30
    assert {*SHAPES} <= {where for where, _, _ in WRITTEN}


@pytest.mark.parametrize(("where", "text", "schema"), WRITTEN, ids=[where for where, _, _ in WRITTEN])
def test_it_has_the_fields_that_are_sent(where: str, text: str, schema: dict[str, Any]) -> None:
    assert sorted(differing(text, schema, where)) == []
