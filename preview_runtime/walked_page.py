"""A page for walks: it is loaded twice in most walks, and all but what leads to its modules comes from the browser's cache."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from preview_runtime.output import Output

SEAL: Final = "v"  # the query field with the digest: an address that bears it stands for these bytes for ever
_SCRIPTS: Final = ("text/javascript", "application/javascript")
_FIRST: Final = b'<script src="/@sayso/capture.js"'
_WATCHED: Final = re.compile(_FIRST + rb'[^>]* data-builder="[^>]*>')


def sealed(body: bytes) -> str:
    """The digest that an address of `body` bears."""
    return hashlib.sha256(body).hexdigest()[:16]


def may_be_sealed(page: bytes) -> bool:
    """Whether a page is one that its author's workbench shows, whole, and has no import map of its own, beside which older
    browsers take no other."""
    first = _WATCHED.search(page)
    return first is not None and b"data-waiting" not in first[0] and b"importmap" not in page


def with_sealed_modules(page: bytes, output: Output, ours: Mapping[str, bytes]) -> bytes:
    """The page with each module, and our scripts (by path), at an address of its content: where the page names it, and by an
    import map for what names it elsewhere."""
    modules = {f"/{name}": file.body for name, file in output.items() if file.type.startswith(_SCRIPTS)} | dict(ours)
    addresses = {path: f"{path}?{SEAL}={sealed(body)}" for path, body in modules.items()}
    if _FIRST not in page:
        return page
    before, first, rest = page.partition(_FIRST)
    rest = first + rest
    for path, address in addresses.items():
        rest = rest.replace(f'="{path}"'.encode(), f'="{address}"'.encode())
    text = json.dumps({"imports": addresses}, separators=(",", ":")).replace("<", "\\u003c")
    return before + b'<script type="importmap">' + text.encode() + b"</script>" + rest
